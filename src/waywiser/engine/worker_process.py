"""`exit_with_parent`: makes a worker process end with the process that started it."""

import os
import signal
import threading
import time

_POLL_S = 0.5


def exit_with_parent() -> None:
    """Ignore Ctrl-C, which the parent receives too, and exit when the parent ends for any
    reason.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_after, args=(os.getppid(),), daemon=True).start()


def _exit_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_S)
    os._exit(1)
