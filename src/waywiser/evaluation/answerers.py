"""Who answers a benchmark's items: a model in transformers, vLLM in this process, or an OpenAI-compatible endpoint.

Each makes a batch ready in one step (`prepare`: pictures, frames, tensors) and answers it in another, so that the next
batch can be made ready in a thread while the model answers this one.
"""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from PIL import Image

from waywiser.clients.requests import Outcome, Request
from waywiser.clients.requests import Reply as Answered
from waywiser.errors import DatasetError, EndpointError, ModelError
from waywiser.evaluation.benchmarks import BenchmarkItem
from waywiser.evaluation.endpoint import Completion, Endpoint, chat_messages, completion_of
from waywiser.prompting import PromptFormat

NO_PROMPT = PromptFormat()
"""Neither a system prompt nor an instruction."""

Asked = tuple[str, list[Image.Image]]
"""A question and its pictures."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An output, or why there is none; `cut` where it was stopped at the limit of tokens.

    Items with an `error` are asked again when the run is resumed.
    """

    id: str
    output: str | None
    error: str | None = None
    seconds: float = 0.0
    cut: bool = False


@dataclass(slots=True)
class Batch:
    """Items made ready: `asked` by id, `errors` by the id of those that cannot be shown, `inputs` for the model."""

    ids: list[str]
    asked: dict[str, Asked] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    inputs: Any = None

    def replies(self, completions: Sequence[Completion], seconds: float) -> list[Reply]:
        """Replies in the items' order from one completion for each of `asked`; `seconds` were spent on all."""
        each = round(seconds / max(1, len(completions)), 4)
        answered = {
            identifier: Reply(identifier, found.text, None, each, found.cut)
            for identifier, found in zip(self.asked, completions, strict=True)
        }
        return [answered.get(i) or Reply(i, None, self.errors[i]) for i in self.ids]


class Answerer(Protocol):
    """Answers batches. A bad item is an error in its reply, not an exception. `prepare` may run in a thread."""

    def prepare(self, items: Sequence[BenchmarkItem]) -> Batch: ...

    def answer(self, batch: Batch) -> list[Reply]:
        """One reply for each item, in order."""
        ...


class TransformersAnswerer:
    """Greedy answers of a loaded model, one `generate` a batch."""

    def __init__(
        self, model: Any, processor: Any, *, frames: int, max_new_tokens: int, prompt: PromptFormat = NO_PROMPT
    ) -> None:
        self._model, self._processor, self._prompt = model, processor, prompt
        self._frames, self._max_new_tokens = frames, max_new_tokens
        self._tokenizing = threading.Lock()  # fast tokenizers refuse to encode and decode at the same time

    def prepare(self, items: Sequence[BenchmarkItem]) -> Batch:
        """Pictures decoded and made tensors; what the processor refuses is an error of its item alone.

        Raises ModelError where it takes each question but not all together.
        """
        batch = _shown(items, self._frames)
        try:
            batch.inputs = self._inputs(list(batch.asked.values()))
        except Exception:  # processors raise what they like for a picture they cannot take
            for identifier, asked in list(batch.asked.items()):
                try:
                    self._inputs([asked])
                except Exception as error:
                    batch.errors[identifier] = f"the processor refuses it: {' '.join(str(error).split())[:200]}"
                    del batch.asked[identifier]
            batch.inputs = self._together(batch)
        return batch

    def answer(self, batch: Batch) -> list[Reply]:
        """One reply for each item, in order."""
        if not batch.asked:
            return batch.replies([], 0.0)
        import torch

        from waywiser.models.families import stopping
        from waywiser.models.generation import generate_tokens

        start = time.perf_counter()
        tokens = generate_tokens(self._model, self._processor, batch.inputs, max_new_tokens=self._max_new_tokens).cpu()
        ends = stopping(self._model, self._processor)["eos_token_id"] or []
        ended = torch.isin(tokens, torch.tensor(ends, dtype=tokens.dtype)).any(dim=1).tolist()
        with self._tokenizing:
            texts = self._processor.batch_decode(tokens, skip_special_tokens=True)
        found = [Completion(text, not end) for text, end in zip(texts, ended, strict=True)]
        return batch.replies(found, time.perf_counter() - start)

    def _together(self, batch: Batch) -> Any:
        try:
            return self._inputs(list(batch.asked.values()))
        except Exception as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelError(
                f"the processor takes these questions only one by one ({reason}): --batch-size 1"
            ) from error

    def _inputs(self, asked: list[Asked]) -> Any:
        from waywiser.models.generation import chat_inputs

        with self._tokenizing:
            return chat_inputs(self._processor, asked, self._prompt) if asked else None


class EndpointAnswerer:
    """Answers from an OpenAI-compatible endpoint, a batch's questions at the same time."""

    def __init__(
        self, endpoint: Endpoint, *, frames: int, max_new_tokens: int, prompt: PromptFormat = NO_PROMPT
    ) -> None:
        self._endpoint, self._frames, self._max_new_tokens = endpoint, frames, max_new_tokens
        self._prompt = prompt
        self._stopped: EndpointError | None = None

    def prepare(self, items: Sequence[BenchmarkItem]) -> Batch:
        """Pictures decoded, and encoded for the request."""
        batch = _shown(items, self._frames)
        with ThreadPoolExecutor() as pool:
            requests = pool.map(self._request, batch.asked.values())
            batch.inputs = list(zip(batch.asked, requests, strict=True))
        return batch

    def answer(self, batch: Batch) -> list[Reply]:
        """One reply for each item, in order; what the server fails at is an error.

        Raises EndpointError where it does not answer or refuses everything, but not before the replies that it gave
        to this batch were returned.
        """
        if self._stopped is not None:
            raise self._stopped
        outcomes: dict[str, Outcome] = {}
        try:
            self._endpoint.ask_all(batch.inputs, outcomes.__setitem__)
        except EndpointError as error:
            if not any(isinstance(outcome, Answered) for outcome in outcomes.values()):
                raise
            self._stopped = error
        return [self._reply(batch, identifier, outcomes.get(identifier)) for identifier in batch.ids]

    def check(self, replies: Sequence[Reply]) -> None:
        """Raises EndpointError where no item of a run was answered."""
        if any(reply.output is not None for reply in replies):
            return
        reasons = Counter(reply.error or "unknown" for reply in replies).most_common(3)
        listed = "; ".join(f"{reason} ({count})" for reason, count in reasons)
        raise self._endpoint.unanswered() or EndpointError(f"none of {len(replies)} items was answered: {listed}")

    def _request(self, asked: Asked) -> Request:
        question, images = asked
        text, system = self._prompt.instructed(question), self._prompt.system or ""
        return self._endpoint.request(text, images, max_tokens=self._max_new_tokens, system=system)

    def _reply(self, batch: Batch, identifier: str, outcome: Outcome | None) -> Reply:
        if isinstance(outcome, Answered):
            found = completion_of(outcome)
            return Reply(identifier, found.text, None, round(outcome.seconds, 4), found.cut)
        if outcome is not None:
            return Reply(identifier, None, outcome.reason)
        return Reply(identifier, None, batch.errors.get(identifier) or f"not asked: {self._stopped}")


class VllmAnswerer:
    """Greedy answers of a model folder in vLLM, in this process; vLLM batches by itself.

    Raises ModelError where vLLM is not installed.
    """

    def __init__(self, model: str, *, frames: int, max_new_tokens: int, prompt: PromptFormat = NO_PROMPT) -> None:
        try:
            from vllm import LLM, SamplingParams  # pyright: ignore[reportMissingImports]
        except ImportError as error:
            raise ModelError(
                "vllm is not installed: pip install vllm where there is a GPU, or serve the model and give --endpoint"
            ) from error
        self._frames = frames
        self._prompt = prompt
        self._llm: Any = LLM(model=model, limit_mm_per_prompt={"image": max(16, frames)})
        self._sampling: Any = SamplingParams(temperature=0.0, max_tokens=max_new_tokens)

    def prepare(self, items: Sequence[BenchmarkItem]) -> Batch:
        """Pictures decoded and written as messages."""
        batch = _shown(items, self._frames)
        system = self._prompt.system or ""
        batch.inputs = [
            chat_messages(self._prompt.instructed(question), images, system)
            for question, images in batch.asked.values()
        ]
        return batch

    def answer(self, batch: Batch) -> list[Reply]:
        """One reply for each item, in order."""
        start = time.perf_counter()
        outputs = self._llm.chat(batch.inputs, self._sampling, use_tqdm=False) if batch.inputs else []
        found = [Completion(o.outputs[0].text, o.outputs[0].finish_reason == "length") for o in outputs]
        return batch.replies(found, time.perf_counter() - start)


def _shown(items: Sequence[BenchmarkItem], frames: int) -> Batch:
    batch = Batch([item.id for item in items])
    for item in items:
        try:
            batch.asked[item.id] = (item.prompt, item.pictures(frames))
        except DatasetError as error:
            batch.errors[item.id] = str(error)
    return batch
