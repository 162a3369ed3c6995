"""Peak memory of this process and its children."""

import threading

import psutil


class PeakMemoryMonitor:
    """Samples the resident memory of the process tree in the background.

    Args:
        seconds: Time between two samples.

    Example:
        >>> with PeakMemoryMonitor() as memory:
        ...     work()
        ...     peak_mb = memory.reset_peak()
    """

    def __init__(self, seconds: float = 0.5) -> None:
        self._peak_mb = 0.0
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemoryMonitor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def reset_peak(self) -> float:
        """The peak in MB since the last call, or since the start."""
        peak = max(self._peak_mb, _tree_mb())
        self._peak_mb = 0.0
        return peak

    def _watch(self) -> None:
        while True:
            self._peak_mb = max(self._peak_mb, _tree_mb())
            if self._stop.wait(self._seconds):
                return


def _tree_mb() -> float:
    this_process = psutil.Process()
    total = 0

    for process in [this_process, *this_process.children(recursive=True)]:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue

    return total / 2**20
