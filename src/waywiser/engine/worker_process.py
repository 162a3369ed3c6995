"""What a worker process owes to the process that started it."""

import os
import signal
import threading
import time

_POLL_S = 0.5


def exit_with_parent() -> None:
    """Leave Ctrl-C to the parent, which a terminal tells as well; end with the parent, however it
    ends.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_after, args=(os.getppid(),), daemon=True).start()


def _exit_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_S)
    os._exit(1)
