"""Ask a model about shards: a stream of requests over all of them, each shard finished as its last reply comes."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tqdm import tqdm

from waywiser.curation.batch_files import read_batch, write_batch
from waywiser.curation.cache import ReplyCache
from waywiser.curation.config import EndpointConfig
from waywiser.curation.endpoint import Teacher
from waywiser.curation.requests import Outcome, Request
from waywiser.curation.workspace import Shard
from waywiser.errors import TeacherError

Requests = Callable[[Shard], list[Request]]
Finish = Callable[[Shard, list[Outcome]], None]


def ask_shards(
    teacher: Teacher, cache: ReplyCache, shards: list[Shard], requests: Requests, finish: Finish, title: str
) -> None:
    """Call `finish(shard, outcomes)` for every shard, outcomes in the order of its requests.

    Requests of the next shards are under way while the last ones of a shard are waited for. In batch-file mode
    nothing is sent: raises TeacherError that says where the file is, until all replies are there.
    """
    if teacher.config.batch is not None:
        _by_files(teacher.config, cache, shards, requests, title)
    open_: dict[int, list[Outcome | None]] = {}
    left: dict[int, int] = {}
    by_index = {shard.index: shard for shard in shards}
    with tqdm(total=len(shards), desc=title, unit="shard", disable=None) as bar:

        def stream() -> Iterator[tuple[tuple[int, int], Request]]:
            for shard in shards:
                wanted = requests(shard)
                open_[shard.index], left[shard.index] = [None] * len(wanted), len(wanted)
                if not wanted:
                    finish(shard, [])
                    bar.update(1)
                for place, request in enumerate(wanted):
                    yield (shard.index, place), request

        def done(tag: tuple[int, int], outcome: Outcome) -> None:
            index, place = tag
            open_[index][place] = outcome
            left[index] -= 1
            if left[index] == 0:
                finish(by_index[index], [o for o in open_.pop(index) if o is not None])
                bar.update(1)

        teacher.ask_all(stream(), done)


def _by_files(config: EndpointConfig, cache: ReplyCache, shards: list[Shard], requests: Requests, title: str) -> None:
    folder = Path(config.batch or ".")
    read = bad = 0
    for path in sorted(folder.glob("replies*.jsonl")):
        more, worse = read_batch(path, cache, config.model)
        read, bad = read + more, bad + worse
    missing = [r for shard in shards for r in requests(shard) if cache.get(r.key()) is None]
    if missing:
        path = folder / f"requests-{title}.jsonl"
        count = write_batch(path, missing)
        raise TeacherError(
            f"{count} requests are in {path}: have them answered, put the replies beside it as replies*.jsonl and run "
            f"again ({read} replies were read, {bad} lines held none)"
        )
