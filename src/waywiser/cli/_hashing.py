"""Procedural families go through sets of texts: their items are the same only where Python hashes
texts the same.
"""

import os
import sys


def fix_hashing(command: list[str]) -> None:
    """Go on in the same process as `waywiser COMMAND` with PYTHONHASHSEED=0, if it is not so
    already.

    Does nothing where another program called the command: it must have been started with
    PYTHONHASHSEED=0 itself.
    """
    if sys.flags.hash_randomization == 0 or sys.argv[1:2] != command[:1]:
        return

    sys.stdout.flush()
    sys.stderr.flush()

    os.execve(
        sys.executable,
        [sys.executable, "-m", "waywiser", *command],
        {**os.environ, "PYTHONHASHSEED": "0"},
    )
