"""Settings of all tests: how long one takes says nothing about it on a busy machine."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("waywiser", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("waywiser")


@pytest.fixture(scope="session", autouse=True)
def _own_cache() -> Iterator[None]:
    """Data that tests read is cached in a folder of this run, not in the user's."""
    folder = Path(tempfile.mkdtemp(prefix="waywiser-cache-"))
    os.environ["WAYWISER_CACHE"] = str(folder)
    yield
    shutil.rmtree(folder, ignore_errors=True)
