"""Let a model answer a benchmark, item by item, so that a kill loses nothing and a resumed run ends
the same.

A folder holds `run.json` (what was asked of whom) and `answers.jsonl` (one line per item, synced
batch by batch). Batches are fixed by the items: a batch that a kill cut short is generated again
whole, because the padding of a batch can change its greedy answers, and only its missing answers
are added.
"""

import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from waywiser.errors import DatasetError, RecipeError
from waywiser.evaluation.backends import ItemReply, ModelBackend, PreparedBatch
from waywiser.evaluation.benchmarks import BenchmarkItem, LoadedBenchmark
from waywiser.evaluation.jsonl import replace_surrogates
from waywiser.evaluation.official_prompts import to_official_form
from waywiser.evaluation.profiles import WAYWISER_PROFILE
from waywiser.evaluation.scoring import try_score
from waywiser.io import write_atomically
from waywiser.prompting import PromptFormat

RUN_FILE = "run.json"
ANSWERS_FILE = "answers.jsonl"


class RunConfig(BaseModel):
    """What decides a run's answers. `shard` is (i, n) for the i-th of n parts, counted from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    benchmark: str
    backend: str = "transformers"
    sha256: str = ""
    limit: int | None = Field(default=None, ge=1)
    shard: tuple[int, int] = (1, 1)
    batch_size: int = Field(default=16, ge=1)
    max_new_tokens: int = Field(default=1024, ge=1)
    frames: int = Field(default=16, ge=1)
    prompt: PromptFormat = PromptFormat()
    prompts: Literal["waywiser", "official"] = "waywiser"
    """Whether questions end with the instruction that the benchmark's own scoring relies on."""


def select_items(items: Sequence[BenchmarkItem], config: RunConfig) -> list[BenchmarkItem]:
    """The first `limit` items, and of these every n-th from the i-th. Raises RecipeError for a
    shard out of range.
    """
    index, count = config.shard
    if not 1 <= index <= count:
        raise RecipeError(f"shard {index}/{count}: give i/n with 1 <= i <= n")
    return list(items[: config.limit])[index - 1 :: count]


def answer_benchmark(
    loaded: LoadedBenchmark, model_backend: ModelBackend, folder: Path, config: RunConfig
) -> list[ItemReply]:
    """Ask every chosen item that has no output in `folder` yet.

    Args:
        loaded: The benchmark.
        model_backend: The model to ask.
        folder: The folder of the run; replies are appended to its answers file.
        config: The settings of the run, which select the items.

    Returns:
        The replies of this run and of earlier ones, in the order of the items.

    Raises:
        RecipeError: The folder holds a run with other settings.
        DatasetError: No item is chosen.
    """
    config = config.model_copy(update={"sha256": loaded.sha256})
    items = select_items(loaded.items, config)

    if config.prompts == "official":
        items = [to_official_form(item) for item in items]

    if not items:
        raise DatasetError(
            f"no items of {loaded.benchmark} are left to ask: raise --limit or change --shard"
        )

    _write_or_check_config(folder, config)
    replies = {reply.id: reply for reply in read_replies(folder)}

    with (
        (folder / ANSWERS_FILE).open("a", encoding="utf-8") as stream,
        _ProgressBar(len(items), loaded.benchmark) as bar,
    ):
        batches = _make_batches(items, config.batch_size)
        incomplete_batches: list[Sequence[BenchmarkItem]] = []

        for batch in batches:
            if any(_lacks_output(item, replies) for item in batch):
                incomplete_batches.append(batch)
            else:
                bar.advance(batch, replies)

        for batch, prepared in _prepare_ahead(incomplete_batches, model_backend):
            missing = {item.id for item in batch if _lacks_output(item, replies)}
            replied = [reply for reply in model_backend.answer(prepared) if reply.id in missing]
            new = [replace(reply, output=replace_surrogates(reply.output)) for reply in replied]
            _append_replies(stream, new)
            replies |= {reply.id: reply for reply in new}
            bar.advance(batch, replies)

    return [replies[item.id] for item in items]


def _lacks_output(item: BenchmarkItem, replies: Mapping[str, ItemReply]) -> bool:
    return item.id not in replies or replies[item.id].output is None


def _prepare_ahead(
    batches: Sequence[Sequence[BenchmarkItem]], model_backend: ModelBackend
) -> Iterator[tuple[Sequence[BenchmarkItem], PreparedBatch]]:
    """Each batch made ready, the next one in a thread while this one is answered."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        pending = [executor.submit(model_backend.prepare, batch) for batch in batches[:1]]

        for i, batch in enumerate(batches):
            prepared = pending.pop().result()
            pending += [
                executor.submit(model_backend.prepare, following)
                for following in batches[i + 1 : i + 2]
            ]

            yield batch, prepared


def read_replies(folder: Path) -> list[ItemReply]:
    """The replies in a folder, the last one of an item; a last line that a kill cut short is not
    one.
    """
    path = folder / ANSWERS_FILE
    found: dict[str, ItemReply] = {}

    if path.is_file():
        # Not splitlines(): an output may hold U+2028 and other marks that it takes for ends of
        # lines.
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                reply = ItemReply(**json.loads(line))
            except (ValueError, TypeError):
                continue

            found[reply.id] = reply

    return list(found.values())


def read_config(folder: Path) -> RunConfig:
    """The settings of a run. Raises DatasetError where the folder holds none."""
    try:
        return RunConfig.model_validate_json((folder / RUN_FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"{folder} holds no evaluation run ({RUN_FILE} is missing or damaged)"
        ) from error


class _ProgressBar:
    """A progress bar with the running score by our profile; hidden unless in a terminal."""

    def __init__(self, total: int, title: str) -> None:
        self._bar = tqdm(total=total, desc=title, disable=None)
        self._sum = self._count = 0.0

    def __enter__(self) -> "_ProgressBar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def advance(self, batch: Sequence[BenchmarkItem], replies: dict[str, ItemReply]) -> None:
        self._bar.update(len(batch))
        if self._bar.disable:
            return

        for item in batch:
            output = replies[item.id].output
            found = None if output is None else try_score(item.row(output), WAYWISER_PROFILE)
            if found is not None and not isinstance(
                found, str
            ):  # what cannot be scored is listed in the summary
                self._sum += found.value
                self._count += 1

        self._bar.set_postfix(score=f"{self._sum / max(1, self._count):.3f}")


def _write_or_check_config(folder: Path, config: RunConfig) -> None:
    """Write the run's settings, or check that the run in the folder has the same."""
    if (folder / RUN_FILE).exists():
        previous = read_config(folder)
        if previous != config:
            changed = [
                name
                for name in RunConfig.model_fields
                if getattr(previous, name) != getattr(config, name)
            ]

            raise RecipeError(
                f"{folder} holds a run with another {', '.join(changed)}: choose another folder"
            )
    else:
        write_atomically(folder / RUN_FILE, config.model_dump_json(indent=1).encode())

    _end_last_line(folder / ANSWERS_FILE)


def _end_last_line(path: Path) -> None:
    """After a kill the file may end within a line: the next reply must not be glued to it."""
    if path.is_file() and path.stat().st_size:
        with path.open("rb+") as stream:
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                stream.write(b"\n")


def _append_replies(stream: io.TextIOBase | Any, replies: Sequence[ItemReply]) -> None:
    for reply in replies:
        stream.write(json.dumps(asdict(reply), ensure_ascii=False) + "\n")
    stream.flush()
    os.fsync(stream.fileno())


def _make_batches(items: Sequence[BenchmarkItem], size: int) -> list[Sequence[BenchmarkItem]]:
    """Items of like length together, so that little is padded; the same for the same items,
    whatever is answered.
    """
    ordered = sorted(
        items, key=lambda item: (item.video is not None, len(item.images), len(item.prompt))
    )
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]
