"""A real local Ray cluster in a process of its own, and drivers: Daft takes one engine a process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CLUSTER = """
import logging, sys, ray
ray.init(address="local", num_cpus=4, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
print(ray.get_runtime_context().gcs_address, flush=True)
sys.stdin.read()
"""
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token", "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[subprocess.Popen[str]]:
    """The process that holds the cluster; its address is the attribute `address`."""
    pytest.importorskip("ray", reason="the scale extra is not installed")
    holder = subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **QUIET},
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    holder.address = holder.stdout.readline().strip()  # type: ignore[attr-defined]
    if not holder.address:  # no line of ours ran yet
        pytest.skip(f"Ray itself does not start on this machine (exit code {holder.wait(60)})")
    yield holder
    holder.stdin.close()
    try:
        holder.wait(60)
    except subprocess.TimeoutExpired:
        holder.kill()
        holder.wait()


@pytest.fixture
def drive(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`drive(engine, *command)`: Python on a command, in a process group of its own, in `tmp_path`;
    for engine "ray" on the cluster. What still runs after the test is killed.
    """
    started: list[subprocess.Popen[str]] = []

    def start(engine: str, *command: object, cluster: bool = True) -> subprocess.Popen[str]:
        environment = {
            name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"
        } | QUIET
        if engine in ("native", "ray"):
            pytest.importorskip("daft", reason="the scale extra is not installed")
        if engine == "ray":
            pytest.importorskip("ray", reason="the scale extra is not installed")
            address = request.getfixturevalue("ray_cluster").address
            if cluster:
                environment["RAY_ADDRESS"] = address
        here = Path(__file__).parent
        environment["PYTHONPATH"] = os.pathsep.join(
            [str(here), str(here.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
        process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=tmp_path,
            env=environment,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
