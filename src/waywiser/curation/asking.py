"""Ask a model about shards: a stream of requests over all of them, each shard finished as its last reply comes."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.config import EndpointConfig
from waywiser.clients.requests import Outcome, Request
from waywiser.curation.batch_files import read_batch, write_batch
from waywiser.curation.workspace import Shard
from waywiser.errors import TeacherError

MOST_BEHIND = 4
Requests = Callable[[Shard], list[Request]]
Finish = Callable[[Shard, list[Outcome]], None]


def ask_shards(
    client: ChatClient, cache: ReplyCache, shards: list[Shard], requests: Requests, finish: Finish, title: str
) -> None:
    """Call `finish(shard, outcomes)` for every shard, outcomes in the order of its requests.

    Requests of the next shards are under way while the last ones of a shard are waited for. Each of the callables runs
    in a thread of its own, one call at a time, so that no reply waits for a shard to be read or finished before it is
    in the cache, unless shards are answered faster than that. In batch-file mode nothing is sent: raises TeacherError
    that says where the file is, until all replies are there.
    """
    if client.config.batch is not None:
        _by_files(client.config, cache, shards, requests, title)
    with (
        tqdm(total=len(shards), desc=title, unit="shard", disable=None) as bar,
        ThreadPoolExecutor(1, "read") as reader,
        ThreadPoolExecutor(1, "finish") as finisher,
    ):
        finishing = _Finishing(finisher, finish, bar)
        asked = _Asked(finishing)
        try:
            client.ask_all(asked.stream(shards, lambda shard: reader.submit(requests, shard)), asked.done)
            finishing.wait()
        except BaseException:  # Ctrl-C, too, waits for no more than the shard in hand
            finisher.shutdown(wait=False, cancel_futures=True)
            raise


class _Finishing:
    """Finishes shards beside the asking. At most `MOST_BEHIND` wait, so that outcomes do not pile up."""

    def __init__(self, finisher: ThreadPoolExecutor, finish: Finish, bar: tqdm) -> None:
        self._finisher, self._finish, self._bar = finisher, finish, bar
        self._behind: deque[Future[None]] = deque()

    def start(self, shard: Shard, outcomes: list[Outcome]) -> None:
        """Finish a shard when its turn comes; raises what an earlier one raised."""
        self.wait(MOST_BEHIND)
        self._behind.append(self._finisher.submit(self._finish, shard, outcomes))

    def wait(self, most: int = 0) -> None:
        """Wait until at most so many shards are behind."""
        while self._behind and (len(self._behind) > most or self._behind[0].done()):
            self._behind.popleft().result()
            self._bar.update(1)


class _Asked:
    """Shards of which replies are waited for."""

    def __init__(self, finishing: _Finishing) -> None:
        self._finishing = finishing
        self._open: dict[int, tuple[Shard, list[Outcome | None]]] = {}
        self._left: dict[int, int] = {}

    def stream(
        self, shards: list[Shard], read: Callable[[Shard], Future[list[Request]]]
    ) -> Iterator[tuple[tuple[int, int], Request]]:
        """Every request as ((shard, place), request). A shard is read while the one before is asked."""
        ahead = [read(shard) for shard in shards[:1]]
        for n, shard in enumerate(shards):
            wanted = ahead.pop().result()
            ahead += [read(following) for following in shards[n + 1 : n + 2]]
            self._open[shard.index], self._left[shard.index] = (shard, [None] * len(wanted)), len(wanted)
            if not wanted:
                self._finish(shard.index)
            for place, request in enumerate(wanted):
                yield (shard.index, place), request

    def done(self, tag: tuple[int, int], outcome: Outcome) -> None:
        """Take an outcome; the last one of a shard finishes it."""
        index, place = tag
        self._open[index][1][place] = outcome
        self._left[index] -= 1
        if self._left[index] == 0:
            self._finish(index)

    def _finish(self, index: int) -> None:
        shard, outcomes = self._open.pop(index)
        self._finishing.start(shard, [outcome for outcome in outcomes if outcome is not None])


def _by_files(config: EndpointConfig, cache: ReplyCache, shards: list[Shard], requests: Requests, title: str) -> None:
    folder = Path(config.batch or ".")
    read = bad = 0
    reasons: Counter[str] = Counter()
    for path in sorted(folder.glob("replies*.jsonl")):
        more, worse = read_batch(path, cache, config.model, reasons)
        read, bad = read + more, bad + worse
    missing = [r for shard in shards for r in requests(shard) if cache.get(r.key()) is None]
    if missing:
        path = folder / f"requests-{title}.jsonl"
        count = write_batch(path, missing)
        raise TeacherError(
            f"{count} requests are in {path}: have them answered, put the replies beside it as replies*.jsonl and run "
            f"again ({read} replies were read, {bad} lines held none{_most_often(reasons)})"
        )


def _most_often(reasons: Counter[str]) -> str:
    return "".join(f", most often: {reason}" for reason, _ in reasons.most_common(1))
