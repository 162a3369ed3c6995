"""An endpoint that solves `problem` and judges after a fixed delay, in a process of its own; and
its own time.
"""

import asyncio
import json
import multiprocessing
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from waywiser.clients.requests import Request

TEACHER = "teacher"
JUDGE = "judge"
"""The names of its two models."""
_NUMBERS = re.compile(rb"holds (\d+) pens; (\d+) more")


def problem(k: int) -> tuple[str, int]:
    """Question number `k` and its answer. Texts of different numbers are no duplicates."""
    a = k % 97 + 3
    b = k % 89 + 2
    return f"Box {k} holds {a} pens; {b} more are put in. How many pens are in it?", a + b


def thinking(a: int, b: int) -> str:
    """What the teacher thinks."""
    return (
        f"Step 1: There are {a} pens at first.\nStep 2: Then {b} are put in, so {a} + {b} = {a + b}.\n"
        f"Check: taking them out again, {a + b} - {b} = {a}, as at first."
    )


def completion(body: bytes) -> bytes:
    """The reply to a request: the judge's is the same for all."""
    if f'"{JUDGE}"'.encode() in body:
        text = json.dumps(
            {"structure": 8, "cognitive_load": 8, "verification": 8, "verdict": "keep"}
        )
    else:
        found = _NUMBERS.search(body)
        a, b = (int(found[1]), int(found[2])) if found else (0, 0)
        text = f"<think>{thinking(a, b)}</think><answer>{a + b}</answer>"

    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return json.dumps(
        {"choices": [choice], "usage": {"prompt_tokens": 100, "completion_tokens": 60}}
    ).encode()


@contextmanager
def endpoint(delay: float) -> Iterator[int]:
    """The port of a server that answers every request after `delay` seconds."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(delay, theirs), daemon=True)
    process.start()
    theirs.close()  # so that a server that does not start is an error

    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def own_seconds(port: int, requests: list[Request], concurrency: int) -> float:
    """The endpoint's own time: `concurrency` sockets that send all requests' bodies and look at no
    reply.
    """
    bodies = [json.dumps(request.body()).encode() for request in requests]
    start = time.perf_counter()
    asyncio.run(_bare(port, bodies, concurrency))
    return time.perf_counter() - start


async def _bare(port: int, bodies: list[bytes], concurrency: int) -> None:
    async def place(share: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in share:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            await reader.readexactly(_length(await reader.readuntil(b"\r\n\r\n")))
        writer.close()

    await asyncio.gather(*(place(bodies[k::concurrency]) for k in range(concurrency)))


def _length(head: bytes) -> int:
    return next(
        int(line[15:])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    )


def _serve(delay: float, port: Any) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                reply = completion(await reader.readexactly(_length(head)))
                await asyncio.sleep(delay)

                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    % len(reply)
                )

                writer.write(reply)
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
