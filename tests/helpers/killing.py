"""Run something in a process of its own and kill it with SIGKILL at a random moment."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

PATIENCE = 240.0


def run_and_kill(
    run: Callable[[], object], log: Path, lines: int, chance: Random, late: float = 1.2
) -> bool:
    """Whether `run` was killed: within `late` steps after `log` has `lines` lines; False: it ended
    before.

    The child is a fork, so that it need not import anything again. Anything raised in it fails the
    test.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            run()
            code = 0
        finally:
            os._exit(code)
    started = time.monotonic()
    last = 0
    step = 0.05
    stamp = started
    while time.monotonic() - started < PATIENCE:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            assert os.waitstatus_to_exitcode(status) == 0
            return False
        count = len(log.read_text().splitlines()) if log.is_file() else 0
        if count > last:
            step = time.monotonic() - stamp
            stamp = time.monotonic()
            last = count
        if count >= lines:
            time.sleep(chance.uniform(0.0, late) * min(step, 20.0))
            break
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == -signal.SIGKILL
