"""`waywiser curate` of families that go through sets gives the same bytes whatever Python's hash
seed is.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from curation.test_curate import contents


@pytest.mark.skipif(
    find_spec("reasoning_gym") is None, reason="the families extra is not installed"
)
def test_the_hash_seed_of_the_process_does_not_matter(tmp_path: Path) -> None:
    sources = [
        {"kind": "reasoning-gym", "name": name, "count": 3}
        for name in ("ransom_note", "word_ladder")
    ]
    splits = {"rlvr": {"samples": 6, "require_reasoning": False}}
    path = tmp_path / "recipe.yaml"
    path.write_text(json.dumps({"out": "set by a flag", "sources": sources, "splits": splits}))
    found = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        command = [sys.executable, "-m", "waywiser", "curate", str(path), "--out", str(out)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        found.append(contents(out))
        assert found[-1].pop("report.html")
    assert found[0] == found[1]
    assert json.loads(found[0]["curation.json"])["funnel"]["accepted"] >= 3
