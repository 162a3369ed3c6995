"""One worker process as its owner sees it: start, ask within a deadline, kill. See `_symbolic` for
its inside.
"""

import contextlib
import importlib.util
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from typing import Any

from waywiser.answers._symbolic import LOST_REQUEST
from waywiser.errors import VerifierError
from waywiser.json_types import JsonObject

GRACE_S = 1.0
"""A worker ends a call at its deadline by itself; if it has not after this much longer, it is
killed from here.
"""
_START_S = 120.0
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from waywiser.answers._symbolic import serve; serve(int(sys.argv[2]))"
)


class Worker:
    """A worker that starts at its first request. Requests are serialised; `kill` may come from any
    thread.
    """

    def __init__(self, memory_mb: int) -> None:
        self._memory = memory_mb << 20
        self._busy = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._requests = 0

    def ask(self, request: JsonObject, deadline_s: float) -> Any:
        """The reply's statuses, or why there are none: "deadline", "starved" (the machine gave it
        less than an eighth of the time), "memory" or "crashed". Raises VerifierError where no
        worker can start.
        """
        with self._busy:
            try:
                process = self._running()
                self._requests += 1
                message = {"id": self._requests, "deadline": deadline_s, **request}
                _send(process, message)
                status = _reply(process, message, deadline_s + GRACE_S)
            except BaseException:  # Ctrl-C in between: what the worker does now is nobody's
                self._end()
                raise

            if status is None:
                status = "crashed" if process.poll() is not None else "deadline"
                self._end()

            return status

    def start(self) -> None:
        """Start the process now, unless it runs."""
        with self._busy:
            self._running()

    def kill(self) -> None:
        """Kill the process, also in the middle of a request, which then returns "crashed"."""
        process = self._process
        if process is not None:
            _kill(process)

        if self._busy.acquire(blocking=False):  # else its user notices, and cleans up
            try:
                self._end()
            finally:
                self._busy.release()

    def forget(self) -> None:
        """After a fork, in the child: let go of the parent's process without touching it."""
        process = self._process
        self._process = None
        self._busy = threading.Lock()

        if process is not None:
            _close(process)
            process.returncode = 0  # not ours to wait for

    @property
    def pid(self) -> int | None:
        """Process id, None while none runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process = _spawn(self._memory)
            if _reply(self._process, {"id": 0}, _START_S) != "ready":
                self._end()
                raise VerifierError(
                    "the worker that compares expressions did not start: run python -m sympy"
                )

        return self._process

    def _end(self) -> None:
        process = self._process
        self._process = None
        if process is not None:
            _kill(process)
            process.wait()
            _close(process)


def _spawn(memory_bytes: int) -> subprocess.Popen[bytes]:
    if importlib.util.find_spec("sympy") is None:
        raise VerifierError("expressions need SymPy, which is not installed: pip install sympy")
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, json.dumps(sys.path), str(memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,  # a terminal's Ctrl-C is not for it, and it is killed with its child
    )


def _send(process: subprocess.Popen[bytes], message: JsonObject) -> None:
    body = json.dumps(message).encode()
    with contextlib.suppress(BrokenPipeError):  # a dead worker shows as the end of its replies
        process.stdin.write(struct.pack("<I", len(body)) + body)  # type: ignore[union-attr]


def _reply(process: subprocess.Popen[bytes], request: JsonObject, timeout_s: float) -> Any:
    """Status of the reply to `request`, skipping older ones; None after the timeout or at the end.

    The request is sent again where a child may have died with it: a second reply is skipped by its
    id.
    """
    end = time.monotonic() + timeout_s
    reader = process.stdout.fileno()  # type: ignore[union-attr]
    data = b""

    while True:
        while len(data) >= 4 and len(data) >= 4 + (size := struct.unpack("<I", data[:4])[0]):
            message = json.loads(data[4 : 4 + size])
            data = data[4 + size :]

            if message["id"] == request["id"]:
                return message["status"]
            if message["id"] == LOST_REQUEST:
                _send(process, request)

        poll = select.poll()  # not select: it fails on descriptors above 1,023
        poll.register(reader, select.POLLIN)

        if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
            return None

        piece = os.read(reader, 65536)
        if not piece:
            return None

        data += piece


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
