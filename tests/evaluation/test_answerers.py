"""Answerers: batches made ready ahead, cut outputs marked, bad pictures cost their own item, and
vLLM's call shape.
"""

import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from helpers.chat_server import chat_server
from helpers.layout_files import cv_bench, png
from waywiser.errors import ModelError, RecipeError
from waywiser.evaluation.backends import ItemReply, PreparedBatch, TransformersBackend, VllmBackend
from waywiser.evaluation.benchmark_answers import RunConfig, answer_benchmark, read_replies
from waywiser.evaluation.benchmark_run import run_benchmark
from waywiser.evaluation.benchmarks import BenchmarkItem, LoadedBenchmark, load_benchmark
from waywiser.evaluation.endpoint_client import Completion
from waywiser.models import load
from waywiser.training.run.initial_model import resolve_model_path

torch.set_num_threads(1)


def item(number: int, picture: bytes = b"", prompt: str = "x?") -> BenchmarkItem:
    return BenchmarkItem(
        "cv-bench", str(number), prompt, "Count", "(A)", ("1", "2"), images=(picture or png(),)
    )


def loaded_of(items: list[BenchmarkItem]) -> LoadedBenchmark:
    return LoadedBenchmark("cv-bench", items, {}, "none", "0" * 64)


class Echo:
    """Answers with the prompt; notes what is done in which order and in which thread."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self.next_is_ready = threading.Event()
        self.threads: set[int] = set()

    def prepare(self, items: Sequence[BenchmarkItem]) -> PreparedBatch:
        self.threads.add(threading.get_ident())
        self.log.append(("prepare", items[0].id))
        if len([entry for entry in self.log if entry[0] == "prepare"]) == 2:
            self.next_is_ready.set()
        return PreparedBatch([i.id for i in items], {i.id: (i.prompt, []) for i in items})

    def answer(self, batch: PreparedBatch) -> list[ItemReply]:
        # Would never come if the next batch were made ready after this one was answered.
        assert self.next_is_ready.wait(20)
        self.log.append(("answer", batch.ids[0]))
        return batch.replies([Completion(text) for text, _ in batch.questions.values()], 0.0)


def test_the_next_batch_is_made_ready_in_a_thread_while_this_one_is_answered(
    tmp_path: Path,
) -> None:
    echo = Echo()
    items = [item(i, prompt="x" * (9 - i)) for i in range(6)]
    config = RunConfig(model="m", benchmark="cv-bench", batch_size=2)
    replies = answer_benchmark(loaded_of(items), echo, tmp_path, config)
    assert [r.output for r in replies] == [i.prompt for i in items], "in the items' order"
    assert threading.get_ident() not in echo.threads
    assert [name for kind, name in echo.log if kind == "answer"] == ["5", "3", "1"], (
        "the shortest together first"
    )


def test_outputs_with_unusual_line_ends_are_read_back(tmp_path: Path) -> None:
    class Odd(Echo):
        def answer(self, batch: PreparedBatch) -> list[ItemReply]:
            return batch.replies(
                [Completion("a\u2028b\x85c\n\rd", cut=True) for _ in batch.questions], 0.0
            )

    config = RunConfig(model="m", benchmark="cv-bench")
    written = answer_benchmark(loaded_of([item(0)]), Odd(), tmp_path, config)
    assert read_replies(tmp_path) == written
    assert written[0].cut


def test_the_starter_marks_what_its_limit_cut_and_loses_no_neighbour_of_a_bad_picture() -> None:
    model, processor = load(resolve_model_path("starter"))
    items = [
        item(0, prompt="How many chairs are there?"),
        item(1, b"no picture"),
        item(2, prompt="Is a sofa left?"),
    ]
    short, long = (
        TransformersBackend(model, processor, frames=2, max_new_tokens=tokens)
        for tokens in (1, 200)
    )
    cut = short.answer(short.prepare(items))
    assert [r.id for r in cut] == ["0", "1", "2"]
    assert (cut[0].cut, cut[1].output, cut[2].cut) == (True, None, True)
    assert "cannot be decoded" in (cut[1].error or "")
    whole = long.answer(long.prepare(items[:1]))[0]
    assert whole.cut == ("</answer>" not in (whole.output or "")), (
        "the starter ends after its answer"
    )


def test_what_the_processor_refuses_is_an_error_of_its_item_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, processor = load(resolve_model_path("starter"))
    model_backend = TransformersBackend(model, processor, frames=2, max_new_tokens=1)
    make = model_backend._inputs

    def picky(asked: list[Any]) -> Any:
        if any(text == "refuse" for text, _ in asked):
            raise ValueError("absolute aspect ratio\nmust be smaller than 200")
        return make(asked)

    monkeypatch.setattr(model_backend, "_inputs", picky)
    replies = model_backend.answer(
        model_backend.prepare([item(0), item(1, prompt="refuse"), item(2)])
    )
    assert [r.output is None for r in replies] == [False, True, False]
    assert (
        replies[1].error
        == "the processor refuses it: absolute aspect ratio must be smaller than 200"
    )


def test_a_processor_that_takes_no_batches_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    model_backend = TransformersBackend(None, None, frames=2, max_new_tokens=1)

    def single(asked: list[Any]) -> str:
        if len(asked) > 1:
            raise ValueError("ragged")
        return "tensors"

    monkeypatch.setattr(model_backend, "_inputs", single)
    with pytest.raises(ModelError, match=r"ragged.*--batch-size 1"):
        model_backend.prepare([item(0), item(1)])


def test_an_endpoint_says_what_it_cut(tmp_path: Path) -> None:
    cv_bench(tmp_path / "data")
    with chat_server(lambda *_: "(B)", finish="length") as (url, _):
        summary = run_benchmark("m", "cv-bench", tmp_path / "data", tmp_path / "run", endpoint=url)
    assert summary["signatures"]["truncated"] == 1


def test_vllm_is_asked_in_its_own_form(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Against a stand-in with vLLM's signatures; the engine itself needs a GPU."""
    seen: dict[str, Any] = {}

    class LLM:
        def __init__(self, model: str, limit_mm_per_prompt: dict[str, int]) -> None:
            seen.update(model=model, most=limit_mm_per_prompt)

        def chat(self, messages: list[Any], sampling_params: Any, use_tqdm: bool) -> list[Any]:
            seen.update(messages=messages, sampling=sampling_params, bar=use_tqdm)
            return [
                SimpleNamespace(outputs=[SimpleNamespace(text="(B)", finish_reason="length")])
                for _ in messages
            ]

    stand_in = SimpleNamespace(LLM=LLM, SamplingParams=lambda **options: options)
    monkeypatch.setitem(sys.modules, "vllm", stand_in)  # type: ignore[arg-type]
    cv_bench(tmp_path)
    model_backend = VllmBackend("folder", frames=4, max_new_tokens=7)
    items = [*load_benchmark("cv-bench", tmp_path).items[:2], item(9, b"no picture")]
    replies = model_backend.answer(model_backend.prepare(items))
    assert [(r.output, r.cut) for r in replies] == [("(B)", True), ("(B)", True), (None, False)]
    assert seen["sampling"] == {"temperature": 0.0, "max_tokens": 7}
    content = seen["messages"][0][0]["content"]
    assert [part["type"] for part in content] == ["image_url", "text"]
    assert content[0]["image_url"]["url"].startswith("data:image/png;base64,")


def test_vllm_that_is_not_there_and_an_unknown_backend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="give --endpoint"):
        VllmBackend("folder", frames=4, max_new_tokens=7)
    with pytest.raises(RecipeError, match="transformers or vllm"):
        run_benchmark("m", "cv-bench", tmp_path, tmp_path / "run", backend="sglang")
