"""Settings of all tests: how long one takes says nothing about it on a busy machine."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("waywiser", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("waywiser")

# Threads that wait for each other sleep: with more of them than free cores, as when two workers
# share two, spinning takes several times as long as the work. It is read when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

gc.disable()  # until everything is collected: what is imported lives as long as the run does


@pytest.fixture(scope="session", autouse=True)
def _own_cache() -> Iterator[None]:
    """Data that tests read is cached in a folder of this run, not in the user's."""
    folder = Path(tempfile.mkdtemp(prefix="waywiser-cache-"))
    os.environ["WAYWISER_CACHE"] = str(folder)
    yield
    shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_finish() -> None:
    """Set what is alive after collection apart from what the garbage collector looks through.

    Seven thousand tests with torch, transformers and their like are millions of objects. Trainers
    ask for a full collection with every run, and looking through all of them took more than half
    of the time of the training tests.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
