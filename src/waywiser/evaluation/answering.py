"""Let a model answer a benchmark, item by item, so that a kill loses nothing and a resumed run ends the same.

A folder holds `run.json` (what was asked of whom) and `answers.jsonl` (a line an item, synced batch by batch). Batches
are fixed by the order of the items: a batch that a kill cut short is generated again whole, because the padding of a
batch can change its greedy answers, and only its missing answers are added.
"""

import contextlib
import io
import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from waywiser.dataset.files import write_atomically
from waywiser.errors import DatasetError, ModelError, RecipeError
from waywiser.evaluation.benchmarks import BenchmarkItem, Loaded
from waywiser.evaluation.endpoint import Endpoint
from waywiser.evaluation.profiles import OWN, score
from waywiser.sample import Answer, Sample

RUN, ANSWERS = "run.json", "answers.jsonl"


class RunConfig(BaseModel):
    """What decides a run's answers. `shard` is (i, n) for the i-th of n parts, counted from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    benchmark: str
    sha256: str = ""
    limit: int | None = Field(default=None, ge=1)
    shard: tuple[int, int] = (1, 1)
    batch_size: int = Field(default=16, ge=1)
    max_new_tokens: int = Field(default=1024, ge=1)
    frames: int = Field(default=16, ge=1)


@dataclass(frozen=True, slots=True)
class Reply:
    """An output, or why there is none. `error` items are asked again when the run is resumed."""

    id: str
    output: str | None
    error: str | None = None
    seconds: float = 0.0


class Answerer(Protocol):
    """Answers a batch of items, one reply each, in order. A bad item is an error in its reply, not an exception."""

    def __call__(self, items: Sequence[BenchmarkItem]) -> list[Reply]: ...


def chosen(items: Sequence[BenchmarkItem], config: RunConfig) -> list[BenchmarkItem]:
    """The first `limit` items, and of these every n-th from the i-th. Raises RecipeError for a shard out of range."""
    index, count = config.shard
    if not 1 <= index <= count:
        raise RecipeError(f"shard {index}/{count}: give i/n with 1 <= i <= n")
    return list(items[: config.limit])[index - 1 :: count]


def answer_benchmark(loaded: Loaded, answerer: Answerer, folder: Path, config: RunConfig) -> list[Reply]:
    """Ask every chosen item that `folder` has no output for; all replies in the items' order.

    Raises RecipeError where the folder holds a run with other settings, DatasetError where nothing is chosen.
    """
    config = config.model_copy(update={"sha256": loaded.sha256})
    items = chosen(loaded.items, config)
    if not items:
        raise DatasetError(f"no items of {loaded.benchmark} are left to ask: raise --limit or change --shard")
    _claim(folder, config)
    replies = {reply.id: reply for reply in read_replies(folder)}
    with (folder / ANSWERS).open("a", encoding="utf-8") as stream, _Bar(len(items), loaded.benchmark) as bar:
        for batch in _batches(items, config.batch_size):
            missing = {i.id for i in batch if i.id not in replies or replies[i.id].output is None}
            if missing:
                new = [reply for reply in answerer(batch) if reply.id in missing]
                _append(stream, new)
                replies |= {reply.id: reply for reply in new}
            bar.show(batch, replies)
    return [replies[item.id] for item in items]


def read_replies(folder: Path) -> list[Reply]:
    """The replies in a folder, the last one of an item; a last line that a kill cut short is not one."""
    path = folder / ANSWERS
    found: dict[str, Reply] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                reply = Reply(**json.loads(line))
            except (ValueError, TypeError):
                continue
            found[reply.id] = reply
    return list(found.values())


def read_config(folder: Path) -> RunConfig:
    """The settings of a run. Raises DatasetError where the folder holds none."""
    try:
        return RunConfig.model_validate_json((folder / RUN).read_bytes())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder} holds no evaluation run ({RUN} is missing or damaged)") from error


def transformers_answerer(model: Any, processor: Any, config: RunConfig) -> Answerer:
    """Greedy answers of a loaded model, one `generate` a batch."""
    from waywiser.models.generation import generate_completions

    def answer(items: Sequence[BenchmarkItem]) -> list[Reply]:
        start = time.perf_counter()
        ready: list[Sample] = []
        replies: dict[str, Reply] = {}
        for item in items:
            try:
                ready.append(_as_sample(item, config.frames))
            except DatasetError as error:
                replies[item.id] = Reply(item.id, None, str(error))
        texts = generate_completions(
            model, processor, ready, batch_size=config.batch_size, max_new_tokens=config.max_new_tokens
        )
        seconds = (time.perf_counter() - start) / max(1, len(ready))
        replies |= {s.id: Reply(s.id, text[0], None, round(seconds, 4)) for s, text in zip(ready, texts, strict=True)}
        return [replies[item.id] for item in items]

    return answer


def endpoint_answerer(endpoint: Endpoint, config: RunConfig) -> Answerer:
    """Answers from an OpenAI-compatible endpoint, a batch's questions at the same time."""

    def one(item: BenchmarkItem) -> Reply:
        start = time.perf_counter()
        try:
            text = endpoint.complete(item.prompt, item.pictures(config.frames), max_tokens=config.max_new_tokens)
        except (DatasetError, ModelError) as error:
            return Reply(item.id, None, str(error))
        return Reply(item.id, text, None, round(time.perf_counter() - start, 4))

    def answer(items: Sequence[BenchmarkItem]) -> list[Reply]:
        with ThreadPoolExecutor(max_workers=min(16, len(items))) as pool:
            return list(pool.map(one, items))

    return answer


class _Bar:
    """A progress bar with the running score by our profile; none where the output is no terminal."""

    def __init__(self, total: int, title: str) -> None:
        self._bar = tqdm(total=total, desc=title, disable=None)
        self._sum = self._count = 0.0

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, batch: Sequence[BenchmarkItem], replies: dict[str, Reply]) -> None:
        self._bar.update(len(batch))
        if self._bar.disable:
            return
        for item in batch:
            output = replies[item.id].output
            if output is not None:
                with contextlib.suppress(DatasetError):  # an item that cannot be scored is listed in the summary
                    self._sum += score(item.row(output), OWN).value
                    self._count += 1
        self._bar.set_postfix(score=f"{self._sum / max(1, self._count):.3f}")


def _claim(folder: Path, config: RunConfig) -> None:
    """Write the run's settings, or check that the run in the folder has the same."""
    if (folder / RUN).exists():
        before = read_config(folder)
        if before != config:
            changed = [name for name in RunConfig.model_fields if getattr(before, name) != getattr(config, name)]
            raise RecipeError(f"{folder} holds a run with another {', '.join(changed)}: choose another folder")
    else:
        write_atomically(folder / RUN, config.model_dump_json(indent=1).encode())
    _end_last_line(folder / ANSWERS)


def _end_last_line(path: Path) -> None:
    """After a kill the file may end within a line: the next reply must not be glued to it."""
    if path.is_file() and path.stat().st_size:
        with path.open("rb+") as stream:
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                stream.write(b"\n")


def _append(stream: io.TextIOBase | Any, replies: Sequence[Reply]) -> None:
    for reply in replies:
        row = {"id": reply.id, "output": reply.output, "error": reply.error, "seconds": reply.seconds}
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    stream.flush()
    os.fsync(stream.fileno())


def _batches(items: Sequence[BenchmarkItem], size: int) -> Iterator[Sequence[BenchmarkItem]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _as_sample(item: BenchmarkItem, frames: int) -> Sample:
    images: list[bytes] = []
    for picture in item.pictures(frames):
        sink = io.BytesIO()
        picture.save(sink, "PNG", compress_level=1)
        images.append(sink.getvalue())
    # The answer is not looked at: only the question and the pictures reach the model.
    return Sample(
        id=item.id,
        split="test",
        domain="spatial",
        task=item.question_type,
        source=item.benchmark,
        question=item.prompt,
        answer=Answer(kind="text", value=""),
        images=images,
    )
