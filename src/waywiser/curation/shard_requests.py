"""Send the requests of many shards as one stream, and finish each shard when its last reply
arrives.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.config import EndpointConfig
from waywiser.clients.requests import ReplyOrFailure, Request
from waywiser.curation.batch_files import read_batch, write_batch
from waywiser.curation.workspace import SourceShard
from waywiser.errors import ChatClientError

MAX_PENDING_SHARDS = 4
MakeRequests = Callable[[SourceShard], list[Request]]
FinishShard = Callable[[SourceShard, list[ReplyOrFailure]], None]


def ask_shards(
    client: ChatClient,
    cache: ReplyCache,
    shards: list[SourceShard],
    requests: MakeRequests,
    finish: FinishShard,
    title: str,
) -> None:
    """Call `finish(shard, outcomes)` for every shard, with outcomes in the order of its requests.

    Requests of the next shards are sent while the last replies of a shard are pending. `requests`
    and `finish` each run in a thread of their own, one call at a time, so that replies reach the
    cache without waiting for a shard to be read or finished.

    Args:
        client: the endpoint to ask.
        cache: replies of earlier runs; batch files are read into it.
        shards: the shards to ask about.
        requests: makes the requests of a shard.
        finish: called once per shard.
        title: title of the progress bar, and part of the name of a batch file.

    Raises:
        ChatClientError: in batch-file mode, where nothing is sent, until all replies have been put
            next to the requests. The message names the file of requests.
    """
    if client.config.batch is not None:
        _ask_by_files(client.config, cache, shards, requests, title)

    with (
        tqdm(total=len(shards), desc=title, unit="shard", disable=None) as progress_bar,
        ThreadPoolExecutor(1, "read") as reader,
        ThreadPoolExecutor(1, "finish") as finisher,
    ):
        finishing = _ShardFinisher(finisher, finish, progress_bar)
        collector = _ShardCollector(finishing)
        try:
            client.ask_all(
                collector.stream(shards, lambda shard: reader.submit(requests, shard)),
                collector.done,
            )

            finishing.wait()
        except BaseException:  # Ctrl-C waits only for the shard that is being finished
            finisher.shutdown(wait=False, cancel_futures=True)
            raise


class _ShardFinisher:
    """Finishes shards while others are asked about.

    At most `MAX_PENDING_SHARDS` wait to be finished, which bounds the memory of their outcomes.
    """

    def __init__(
        self, finisher: ThreadPoolExecutor, finish: FinishShard, progress_bar: tqdm
    ) -> None:
        self._finisher = finisher
        self._finish = finish
        self._progress_bar = progress_bar
        self._pending: deque[Future[None]] = deque()

    def start(self, shard: SourceShard, outcomes: list[ReplyOrFailure]) -> None:
        """Queue a shard to be finished; raises the error of an earlier one."""
        self.wait(MAX_PENDING_SHARDS)
        self._pending.append(self._finisher.submit(self._finish, shard, outcomes))

    def wait(self, max_pending: int = 0) -> None:
        """Wait until at most `max_pending` shards are unfinished."""
        while self._pending and (len(self._pending) > max_pending or self._pending[0].done()):
            self._pending.popleft().result()
            self._progress_bar.update(1)


class _ShardCollector:
    """Collects the outcomes of shards whose replies are pending."""

    def __init__(self, finishing: _ShardFinisher) -> None:
        self._finishing = finishing
        self._outcomes: dict[int, tuple[SourceShard, list[ReplyOrFailure | None]]] = {}
        self._num_left: dict[int, int] = {}

    def stream(
        self, shards: list[SourceShard], read: Callable[[SourceShard], Future[list[Request]]]
    ) -> Iterator[tuple[tuple[int, int], Request]]:
        """Every request as ((shard, position), request).

        A shard is read while the one before it is asked about.
        """
        prefetched = [read(shard) for shard in shards[:1]]

        for n, shard in enumerate(shards):
            shard_requests = prefetched.pop().result()
            prefetched += [read(following) for following in shards[n + 1 : n + 2]]

            self._outcomes[shard.index] = (shard, [None] * len(shard_requests))
            self._num_left[shard.index] = len(shard_requests)
            if not shard_requests:
                self._finish(shard.index)

            for position, request in enumerate(shard_requests):
                yield (shard.index, position), request

    def done(self, tag: tuple[int, int], outcome: ReplyOrFailure) -> None:
        """Record an outcome; the last one of a shard finishes the shard."""
        index, position = tag
        self._outcomes[index][1][position] = outcome
        self._num_left[index] -= 1
        if self._num_left[index] == 0:
            self._finish(index)

    def _finish(self, index: int) -> None:
        shard, outcomes = self._outcomes.pop(index)
        self._finishing.start(shard, [outcome for outcome in outcomes if outcome is not None])


def _ask_by_files(
    config: EndpointConfig,
    cache: ReplyCache,
    shards: list[SourceShard],
    requests: MakeRequests,
    title: str,
) -> None:
    folder = Path(config.batch or ".")
    read = 0
    bad = 0
    reasons: Counter[str] = Counter()

    for path in sorted(folder.glob("replies*.jsonl")):
        num_more_read, num_more_bad = read_batch(path, cache, config.model, reasons)
        read += num_more_read
        bad += num_more_bad

    missing = [r for shard in shards for r in requests(shard) if cache.get(r.key()) is None]
    if missing:
        path = folder / f"requests-{title}.jsonl"
        count = write_batch(path, missing)

        raise ChatClientError(
            f"{count} requests are in {path}: have them answered, put the replies next to it as"
            f" replies*.jsonl and run again ({read} replies were read, {bad} lines held"
            f" none{_most_common_reason(reasons)})"
        )


def _most_common_reason(reasons: Counter[str]) -> str:
    return "".join(f", most often: {reason}" for reason, _ in reasons.most_common(1))
