"""Teacher, judge and solver are asked by one process while Ray runs the stages around it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import yaml

from curation.conftest import MAPPING, write_gsm8k
from curation.test_curate import contents, play, recipe, run
from helpers.oracle_server import oracle


def test_a_curation_with_models_is_the_same_on_ray(
    tmp_path: Path, drive: Callable[..., "subprocess.Popen[str]"]
) -> None:
    problems = tmp_path / "problems"
    write_gsm8k(problems / "problems.jsonl", 24)
    (problems / "problems.yaml").write_text(MAPPING)
    with oracle(play) as server:
        values = recipe(tmp_path / "alone", problems, server.url)
        run(values)
        once = dict(server.received)
        server.received.clear()
        path = tmp_path / "recipe.yaml"
        path.write_text(yaml.safe_dump({**values, "out": str(tmp_path / "out")}))
        process = drive(
            "ray", "-m", "waywiser", "curate", path, "--engine", "ray", "--workers", "2"
        )
        _, errors = process.communicate(timeout=280)
        assert process.returncode == 0, errors
        assert server.received == once
    found = contents(tmp_path / "out")
    assert "<h2>Funnel</h2>" in found.pop("report.html").decode()
    assert found == contents(tmp_path / "alone")
