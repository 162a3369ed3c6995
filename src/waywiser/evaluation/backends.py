"""Who answers a benchmark's items: a model in transformers, vLLM in this process, or an
OpenAI-compatible endpoint.

Each makes a batch ready in one step (`prepare`: pictures, frames, tensors) and answers it in
another, so that the next batch can be made ready in a thread while the model answers this one.
"""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from PIL import Image

from waywiser.clients.requests import Reply as EndpointReply
from waywiser.clients.requests import ReplyOrFailure, Request
from waywiser.errors import DatasetError, EndpointError, ModelError, error_text
from waywiser.evaluation.benchmarks import BenchmarkItem
from waywiser.evaluation.endpoint_client import (
    Completion,
    EndpointClient,
    chat_messages,
    to_completion,
)
from waywiser.prompting import PromptFormat

EMPTY_PROMPT = PromptFormat()
"""Neither a system prompt nor an instruction."""

QuestionWithImages = tuple[str, list[Image.Image]]
"""A question and its pictures."""


@dataclass(frozen=True, slots=True)
class ItemReply:
    """An output, or why there is none; `cut` where it was stopped at the limit of tokens.

    Items with an `error` are asked again when the run is resumed.
    """

    id: str
    output: str | None
    error: str | None = None
    seconds: float = 0.0
    cut: bool = False


@dataclass(slots=True)
class PreparedBatch:
    """Items made ready: `questions` by id, `errors` by the id of those that cannot be shown,
    `inputs` for the model.
    """

    ids: list[str]
    questions: dict[str, QuestionWithImages] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    inputs: Any = None

    def replies(self, completions: Sequence[Completion], seconds: float) -> list[ItemReply]:
        """Replies in the items' order from one completion for each of `questions`; `seconds` were
        spent on all.
        """
        seconds_each = round(seconds / max(1, len(completions)), 4)
        answered = {
            identifier: ItemReply(identifier, found.text, None, seconds_each, found.cut)
            for identifier, found in zip(self.questions, completions, strict=True)
        }

        return [answered.get(i) or ItemReply(i, None, self.errors[i]) for i in self.ids]


class ModelBackend(Protocol):
    """Answers batches. A bad item is an error in its reply, not an exception. `prepare` may run in
    a thread.
    """

    def prepare(self, items: Sequence[BenchmarkItem]) -> PreparedBatch: ...

    def answer(self, batch: PreparedBatch) -> list[ItemReply]:
        """One reply for each item, in order."""
        ...


class TransformersBackend:
    """Greedy answers of a loaded model, one `generate` a batch."""

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        frames: int,
        max_new_tokens: int,
        prompt: PromptFormat = EMPTY_PROMPT,
    ) -> None:
        """Wrap a loaded model.

        Args:
            model: The loaded model.
            processor: Its processor.
            frames: Frames sampled from each video.
            max_new_tokens: Token limit of each answer.
            prompt: System prompt and instruction around each question.
        """
        self._model = model
        self._processor = processor
        self._prompt = prompt
        self._frames = frames
        self._max_new_tokens = max_new_tokens
        self._tokenizer_lock = (
            threading.Lock()
        )  # fast tokenizers refuse to encode and decode at the same time

    def prepare(self, items: Sequence[BenchmarkItem]) -> PreparedBatch:
        """Pictures decoded and made tensors; what the processor refuses is an error of its item
        alone.

        Raises ModelError where it takes each question but not all together.
        """
        batch = _start_batch(items, self._frames)
        try:
            batch.inputs = self._inputs(list(batch.questions.values()))
        except Exception:  # processors raise what they like for a picture they cannot take
            for identifier, questions in list(batch.questions.items()):
                try:
                    self._inputs([questions])
                except Exception as error:
                    batch.errors[identifier] = (
                        f"the processor refuses it: {' '.join(str(error).split())[:200]}"
                    )
                    del batch.questions[identifier]

            batch.inputs = self._prepare_all(batch)

        return batch

    def answer(self, batch: PreparedBatch) -> list[ItemReply]:
        """One reply for each item, in order."""
        if not batch.questions:
            return batch.replies([], 0.0)

        import torch

        from waywiser.models.generation import generate_tokens
        from waywiser.models.model_families import stop_token_kwargs

        start = time.perf_counter()
        tokens = generate_tokens(
            self._model, self._processor, batch.inputs, max_new_tokens=self._max_new_tokens
        ).cpu()
        end_tokens = stop_token_kwargs(self._model, self._processor)["eos_token_id"] or []
        has_ended = (
            torch.isin(tokens, torch.tensor(end_tokens, dtype=tokens.dtype)).any(dim=1).tolist()
        )

        with self._tokenizer_lock:
            texts = self._processor.batch_decode(tokens, skip_special_tokens=True)

        found = [Completion(text, not end) for text, end in zip(texts, has_ended, strict=True)]

        return batch.replies(found, time.perf_counter() - start)

    def _prepare_all(self, batch: PreparedBatch) -> Any:
        try:
            return self._inputs(list(batch.questions.values()))
        except Exception as error:
            reason = error_text(error, 200)
            raise ModelError(
                f"the processor takes these questions only one by one ({reason}): --batch-size 1"
            ) from error

    def _inputs(self, questions: list[QuestionWithImages]) -> Any:
        from waywiser.models.generation import build_chat_inputs

        with self._tokenizer_lock:
            return (
                build_chat_inputs(self._processor, questions, self._prompt) if questions else None
            )


class EndpointBackend:
    """Answers from an OpenAI-compatible endpoint, a batch's questions at the same time."""

    def __init__(
        self,
        endpoint: EndpointClient,
        *,
        frames: int,
        max_new_tokens: int,
        prompt: PromptFormat = EMPTY_PROMPT,
    ) -> None:
        """Prepare to ask one endpoint.

        Args:
            endpoint: The client of the endpoint.
            frames: Frames sampled from each video.
            max_new_tokens: Token limit of each answer.
            prompt: System prompt and instruction around each question.
        """
        self._endpoint = endpoint
        self._frames = frames
        self._max_new_tokens = max_new_tokens
        self._prompt = prompt
        self._stop_error: EndpointError | None = None

    def prepare(self, items: Sequence[BenchmarkItem]) -> PreparedBatch:
        """Pictures decoded, and encoded for the request."""
        batch = _start_batch(items, self._frames)
        with ThreadPoolExecutor() as pool:
            requests = pool.map(self._request, batch.questions.values())
            batch.inputs = list(zip(batch.questions, requests, strict=True))
        return batch

    def answer(self, batch: PreparedBatch) -> list[ItemReply]:
        """One reply for each item, in order; what the server fails at is an error.

        Raises EndpointError where it does not answer or refuses everything, but not before the
        replies that it gave to this batch were returned.
        """
        if self._stop_error is not None:
            raise self._stop_error

        outcomes: dict[str, ReplyOrFailure] = {}
        try:
            self._endpoint.ask_all(batch.inputs, outcomes.__setitem__)
        except EndpointError as error:
            if not any(isinstance(outcome, EndpointReply) for outcome in outcomes.values()):
                raise

            self._stop_error = error

        return [
            self._reply(batch, identifier, outcomes.get(identifier)) for identifier in batch.ids
        ]

    def check(self, replies: Sequence[ItemReply]) -> None:
        """Raises EndpointError where no item of a run was answered."""
        if any(reply.output is not None for reply in replies):
            return

        reasons = Counter(reply.error or "unknown" for reply in replies).most_common(3)
        listed = "; ".join(f"{reason} ({count})" for reason, count in reasons)
        raise self._endpoint.no_reply_error() or EndpointError(
            f"none of {len(replies)} items was answered: {listed}"
        )

    def _request(self, questions: QuestionWithImages) -> Request:
        question, images = questions
        text = self._prompt.with_instruction(question)
        system = self._prompt.system or ""
        return self._endpoint.request(text, images, max_tokens=self._max_new_tokens, system=system)

    def _reply(
        self, batch: PreparedBatch, identifier: str, outcome: ReplyOrFailure | None
    ) -> ItemReply:
        if isinstance(outcome, EndpointReply):
            found = to_completion(outcome)
            return ItemReply(identifier, found.text, None, round(outcome.seconds, 4), found.cut)
        if outcome is not None:
            return ItemReply(identifier, None, outcome.reason)
        return ItemReply(
            identifier, None, batch.errors.get(identifier) or f"not asked: {self._stop_error}"
        )


class VllmBackend:
    """Greedy answers of a model folder in vLLM, in this process; vLLM batches by itself."""

    def __init__(
        self, model: str, *, frames: int, max_new_tokens: int, prompt: PromptFormat = EMPTY_PROMPT
    ) -> None:
        """Load the model.

        Args:
            model: The model folder.
            frames: Frames sampled from each video; a question may have max(16, frames) images.
            max_new_tokens: Token limit of each answer.
            prompt: System prompt and instruction around each question.

        Raises:
            ModelError: vLLM is not installed.
        """
        try:
            from vllm import LLM, SamplingParams  # pyright: ignore[reportMissingImports]
        except ImportError as error:
            raise ModelError(
                "vllm is not installed: pip install vllm where there is a GPU, or serve the model"
                " and give --endpoint"
            ) from error

        self._frames = frames
        self._prompt = prompt
        self._llm: Any = LLM(model=model, limit_mm_per_prompt={"image": max(16, frames)})
        self._sampling: Any = SamplingParams(temperature=0.0, max_tokens=max_new_tokens)

    def prepare(self, items: Sequence[BenchmarkItem]) -> PreparedBatch:
        """Pictures decoded and written as messages."""
        batch = _start_batch(items, self._frames)
        system = self._prompt.system or ""
        batch.inputs = [
            chat_messages(self._prompt.with_instruction(question), images, system)
            for question, images in batch.questions.values()
        ]

        return batch

    def answer(self, batch: PreparedBatch) -> list[ItemReply]:
        """One reply for each item, in order."""
        start = time.perf_counter()
        outputs = (
            self._llm.chat(batch.inputs, self._sampling, use_tqdm=False) if batch.inputs else []
        )
        found = [
            Completion(o.outputs[0].text, o.outputs[0].finish_reason == "length") for o in outputs
        ]

        return batch.replies(found, time.perf_counter() - start)


def _start_batch(items: Sequence[BenchmarkItem], frames: int) -> PreparedBatch:
    batch = PreparedBatch([item.id for item in items])

    for item in items:
        try:
            batch.questions[item.id] = (item.prompt, item.pictures(frames))
        except DatasetError as error:
            batch.errors[item.id] = str(error)

    return batch
