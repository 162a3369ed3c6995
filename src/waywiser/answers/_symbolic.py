"""The process that compares expressions by SymPy: warm, bounded from within, replaced when it dies.

Run by `waywiser.answers.verifier` as a program of its own. It imports SymPy once, then forks: the
child answers requests, the parent only waits and forks again, so a replacement costs milliseconds,
not an import. The kernel ends a child that passes its deadline (an interval timer whose signal
nobody handles, so that no Python code has to run) or that asks for more memory than RLIMIT_AS
allows. End of input ends both.

Requests and replies are JSON after a four-byte length, over standard input and output.
"""

import contextlib
import json
import logging
import mmap
import os
import resource
import signal
import struct
import time
from pathlib import Path

from waywiser.answers._harness_values import harness_equal
from waywiser.json_types import JsonObject

MAX_REQUESTS = 500
"""A child answers this many requests, then a fresh one takes over: caches of the parser cannot grow
for ever.
"""
LOST_REQUEST = -1
"""Id of the word that a child died without having begun a request; one may have gone with it."""
_EXIT_DONE = 0
_EXIT_RECYCLE = 3
_EXIT_MEMORY = 4
_WARM_UP = (
    (r"\frac{1}{2}", "0.5"),
    (r"x^{2}+2x+1", r"(x+1)^{2}"),
    (r"\sqrt{8}", r"2\sqrt{2}"),
    (r"\sin x\cdot\cos\pi", r"-\sin x"),
    (r"e^{-x}", r"\frac{1}{e^{x}}"),
    ("(1,2)", "[1,2]"),
    (r"\{1,2\}", "1,2"),
    ("x<3", "3>x"),
    (r"y=2x+1", r"2x-y+1=0"),
    (r"\log_{10} 100", r"\ln e^{2}"),
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"|x|"),
)


def compare_latex(gold: str, text: str, tolerance: float = 0.0) -> str:
    """ "equal", "different" or "unreadable", for two LaTeX expressions without dollar signs.

    Where both are numbers they may differ by `tolerance`.
    """
    from waywiser.answers.expression import (
        compare_texts,  # here: the owner of a worker imports this module too
    )
    from waywiser.answers.sympy_form import equal_by_sympy

    try:
        equal = compare_texts(gold, text, tolerance)
    except ArithmeticError:  # too large, or without a value
        equal = equal_by_sympy(gold, text)

    if equal is None:
        return "unreadable"

    return "equal" if equal else "different"


def serve(memory_bytes: int) -> None:
    """Keep one child answering until the input ends."""
    reader = os.dup(0)
    writer = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)  # what a library prints or reads must not reach the protocol
    os.dup2(null, 1)
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's; the end of input is ours
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from waywiser.answers.arithmetic_limits import raise_limits
    from waywiser.answers.sympy_form import equal_by_sympy

    raise_limits()

    for gold, text in _WARM_UP:
        compare_latex(gold, text)
        equal_by_sympy(gold, text)

    current = mmap.mmap(
        -1, 16
    )  # shared: number of the request that the child works on, and see _mark
    _send(writer, {"id": 0, "status": "ready"})

    while True:
        pid = os.fork()
        if pid == 0:
            os._exit(_answer(reader, writer, current, memory_bytes))

        _, wait_status, usage = os.wait4(pid, 0)
        code = os.waitstatus_to_exitcode(wait_status)
        if code == _EXIT_DONE:
            return

        request, fair_share = struct.unpack("<qd", current[:])
        if request:
            status = {-signal.SIGALRM: "deadline", _EXIT_MEMORY: "memory"}.get(code, "crashed")
            if status == "deadline" and usage.ru_utime + usage.ru_stime < fair_share:
                status = "starved"

            _mark(current, 0)
            _send(writer, {"id": request, "status": status})
        elif code != _EXIT_RECYCLE:
            _discard(reader)  # half a request, where the child died between its head and its body
            _send(writer, {"id": LOST_REQUEST, "status": "crashed"})


def _discard(reader: int) -> None:
    """Empty the input; whoever wrote to it sends again when told that something was lost."""
    os.set_blocking(reader, False)
    with contextlib.suppress(BlockingIOError):
        while os.read(reader, 1 << 16):
            pass
    os.set_blocking(reader, True)


def _answer(reader: int, writer: int, current: mmap.mmap, memory_bytes: int) -> int:
    """Answer requests; returns the child's exit code."""
    _limit_memory(memory_bytes)

    for _ in range(MAX_REQUESTS):
        request = _receive(reader)
        if request is None:
            return _EXIT_DONE

        _mark(current, request["id"], time.process_time() + request["deadline"] / 8)
        signal.setitimer(signal.ITIMER_REAL, request["deadline"])

        try:
            status = _statuses(request)
        except MemoryError:
            return _EXIT_MEMORY
        except Exception:  # whatever a parser raises about hostile text, it has not read it
            status = ["unreadable"]

        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(writer, {"id": request["id"], "status": status})
        _mark(current, 0)

    return _EXIT_RECYCLE


def _statuses(request: JsonObject) -> list[str]:
    """One status for each part, or the one of a harness's own rule."""
    if "harness" in request:
        return [harness_equal(request["harness"], request["answer"], request["truth"])]
    return [compare_latex(request["gold"], part, tolerance) for part, tolerance in request["parts"]]


def _limit_memory(allowance: int) -> None:
    """At most `allowance` bytes of address space beyond what the process has now."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):  # no /proc (macOS): the deadline alone bounds a call
        return

    limit = pages * resource.getpagesize() + allowance
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _mark(current: mmap.mmap, request: int, fair_share: float = 0.0) -> None:
    """Note the request, and below which processor time (seconds) at its deadline the machine had
    none to give.
    """
    current[:] = struct.pack("<qd", request, fair_share)


def _send(writer: int, message: JsonObject) -> None:
    body = json.dumps(message).encode()
    os.write(writer, struct.pack("<I", len(body)) + body)  # below PIPE_BUF: all of it or nothing


def _receive(reader: int) -> JsonObject | None:
    head = _read(reader, 4)
    body = _read(reader, struct.unpack("<I", head)[0]) if head else b""
    return json.loads(body) if body else None


def _read(reader: int, size: int) -> bytes:
    """Exactly `size` bytes, or none at the end of input."""
    data = b""
    while len(data) < size:
        piece = os.read(reader, size - len(data))
        if not piece:
            return b""
        data += piece

    return data
