"""What the pipeline adds to an endpoint's own time, and a cached re-run of many items.

    python benchmarks/curation.py --json curation.json

A server in a process of its own answers each request after a fixed delay, at concurrency 64. `endpoint_s` is its own
time: the mean of a bare client before and after ours, 64 sockets that send the same bytes and look at no reply.
`overhead` is our time over it, less 1; `ideal_s` is requests / 64 * delay, which nothing reaches. Then `--items`
samples with one cached reply each are curated from nothing but the cache: load, de-duplicate, check, choose, split,
write; up to 20,000 items with the profile's largest entries.
"""

import argparse
import asyncio
import cProfile
import json
import multiprocessing
import pstats
import tempfile
import time
from pathlib import Path
from typing import Any

from waywiser.curation.cache import ReplyCache
from waywiser.curation.config import CurationRecipe, EndpointConfig, TeacherConfig
from waywiser.curation.endpoint import Teacher
from waywiser.curation.pipeline import curate
from waywiser.curation.requests import Outcome, Reply, Request
from waywiser.curation.teaching import chain_requests
from waywiser.recipe import build
from waywiser.sample import Sample
from waywiser.sources import open_source

CONCURRENCY = 64
_REPLY = json.dumps(
    {"choices": [{"message": {"role": "assistant", "content": "<think>a b c</think><answer>1</answer>"}}],
     "usage": {"prompt_tokens": 10, "completion_tokens": 10}}
).encode()  # fmt: skip


def serve(delay: float, port: Any) -> None:
    """Answer every request after `delay` seconds."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
                )
                await reader.readexactly(length)
                await asyncio.sleep(delay)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_REPLY)
                )
                writer.write(_REPLY)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=256)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def _bare(port: int, bodies: list[bytes]) -> None:
    async def place(share: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in share:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(len(_REPLY))
        writer.close()

    await asyncio.gather(*(place(bodies[k::CONCURRENCY]) for k in range(CONCURRENCY)))


def endpoint_seconds(port: int, requests: list[Request]) -> float:
    """The endpoint's own time for all requests, `CONCURRENCY` at once."""
    bodies = [json.dumps(request.body()).encode() for request in requests]
    start = time.perf_counter()
    asyncio.run(_bare(port, bodies))
    return time.perf_counter() - start


def overhead(delay: float, rounds: int) -> dict[str, float]:
    """`rounds` requests for each of the 64 places."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(delay, theirs), daemon=True)
    process.start()
    port = ours.recv()
    config = EndpointConfig(url=f"http://127.0.0.1:{port}/v1", model="m", concurrency=CONCURRENCY)
    requests = [Request("m", f"question {k}") for k in range(CONCURRENCY * rounds)]
    found: list[Outcome] = []
    before = endpoint_seconds(port, requests)
    with tempfile.TemporaryDirectory() as folder:
        teacher = Teacher(config, ReplyCache(Path(folder) / "cache.sqlite"))
        start, cpu = time.perf_counter(), time.process_time()
        teacher.ask_all(enumerate(requests), lambda _, o: found.append(o))
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    endpoint = (before + endpoint_seconds(port, requests)) / 2
    process.terminate()
    assert all(isinstance(outcome, Reply) for outcome in found)
    return {"delay_s": delay, "requests": len(requests), "seconds": seconds, "endpoint_s": endpoint,
            "ideal_s": rounds * delay, "overhead": seconds / endpoint - 1,
            "cpu_ms_a_request": 1000 * cpu / len(requests)}  # fmt: skip


def cached(items: int) -> dict[str, Any]:
    """Curate `items` word problems of which every reply is in the cache."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = ({"question": f"Box {k} holds {k % 97 + 3} pens; {k % 89 + 2} more are put in. How many pens are in it?",
                 "answer": f"#### {k % 97 + k % 89 + 5}"} for k in range(items))  # fmt: skip
        (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        mapping = (
            "licence: none\nquestion: question\nanswer: {field: answer, pattern: '####\\s*(.+)$', kind: integer}\n"
        )
        (folder / "rows.yaml").write_text(mapping)
        source = {"kind": "mapped", "name": str(folder / "rows.yaml"), "path": str(folder / "rows.jsonl")}
        teacher = {"model": "m", "samples": 1}
        recipe = build(CurationRecipe, {
            "out": folder / "out", "shard_size": 2048, "sources": [source], "teacher": teacher,
            "cache": folder / "cache.sqlite",
            "splits": {"sft": {"samples": items // 2}, "rlvr": {"samples": items // 3}},
        })  # fmt: skip
        _fill(recipe, folder / "cache.sqlite")
        profile = cProfile.Profile(time.process_time)  # a busy machine changes it less
        start, cpu = time.perf_counter(), time.process_time()
        result = curate(recipe)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        again = recipe.model_copy(update={"out": folder / "profiled"})
        if items <= 20_000:
            profile.runcall(curate, again)
        usage = json.loads((folder / "out" / "usage.json").read_text())["teacher"]
    assert result["funnel"]["adds_up"]
    assert usage["asked"] == 0
    return {"items": items, "seconds": seconds, "cpu_s": cpu, "accepted": result["funnel"]["accepted"],
            "profile": _largest(profile) if items <= 20_000 else []}  # fmt: skip


def _fill(recipe: CurationRecipe, path: Path) -> None:
    cache = ReplyCache(path)
    source = open_source(recipe.sources[0])
    config = recipe.teacher
    assert isinstance(config, TeacherConfig)
    samples = [(k, item) for k, item in enumerate(source.items(0, len(source))) if isinstance(item, Sample)]
    cache._database.execute("BEGIN")
    for (_, sample), request in zip(samples, chain_requests(samples, config), strict=True):
        text = (
            f"<think>Step 1: There are some pens at first.\nStep 2: More are put in, so they add up to "
            f"{sample.answer.value}.\nCheck: taking them out again leaves the first ones.</think>"
            f"<answer>{sample.answer.value}</answer>"
        )
        cache.put(request.key(), "m", Reply(text, "stop", 100, 60))
    cache._database.execute("COMMIT")
    cache.close()


def _largest(profile: cProfile.Profile) -> list[str]:
    stats: Any = pstats.Stats(profile)
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])[:12]
    return [f"{row[1][2]:.2f} s  {Path(row[0][0]).name}:{row[0][2]}" for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=["overhead", "cached"])
    arguments = parser.parse_args()
    result: dict[str, Any] = {}
    if arguments.only != "cached":
        result["overhead"] = [overhead(delay, arguments.rounds) for delay in (1.0, 0.25)]
    if arguments.only != "overhead":
        result["cached"] = cached(arguments.items)
    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
