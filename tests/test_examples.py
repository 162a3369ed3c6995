"""Every script in examples/ runs as its docstring says and prints what it should."""

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
ROOM_TASKS = {"object_count", "depth_order", "left_right", "camera_distance", "object_size"}


def run_example(name: str, *arguments: str, cwd: Path) -> str:
    """What the script prints, run in the empty folder `cwd` on this source."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def run_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """The same in this process, which has imported torch and TRL already."""

    def run(name: str, *arguments: str) -> str:
        path = str(EXAMPLES / f"{name}.py")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [path, *arguments])
        runpy.run_path(path, run_name="__main__")
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_each_example_is_tested_short_and_says_how_to_run_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert any(name.startswith(f"test_{path.stem}") for name in globals()), "it has no test here"
    assert f"python examples/{path.name}" in text.split('"""')[1]
    assert len(text.splitlines()) <= (220 if path.stem == "rlvr_loop" else 75)


def test_question_from_a_room(tmp_path: Path) -> None:
    printed = run_example(
        "question_from_a_room", "--task", "left_right", "--seed", "3", cwd=tmp_path
    )
    lines = dict(line.split(":", 1) for line in printed.splitlines())
    answer = lines["answer"].strip()
    assert answer in ("left", "right")
    assert lines["reasoning"].endswith(f"{answer}.") or f"to the {answer}" in lines["reasoning"]
    assert (tmp_path / lines["picture"].strip()).read_bytes().startswith(b"\x89PNG")


def test_grade_a_completion(tmp_path: Path) -> None:
    printed = run_example("grade_a_completion", cwd=tmp_path)
    scores = [line.split()[:2] for line in printed.splitlines()]
    right = ["1", "right"]
    assert scores == [right, right, right, ["0", "wrong"], right, ["0", "ambiguous"], right, right]


def test_audit_a_dataset(tmp_path: Path) -> None:
    printed = run_example("audit_a_dataset", cwd=tmp_path).splitlines()
    assert re.fullmatch(r"\d\d samples in \d+ scenes, 0 findings", printed[0])
    assert {line.split()[0] for line in printed[1:6]} == ROOM_TASKS
    assert printed[6:] == ["passed"]


def test_evaluate_an_endpoint(tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="the curate extra is not installed")
    from helpers.oracle_server import oracle

    def reply(*_: Any) -> str:
        """Always the same count, in the format that was asked for."""
        return "<think>I guess.</think><answer>2</answer>"

    with oracle(reply) as server:
        printed = run_example(
            "evaluate_an_endpoint", server.url, "some-model", "--rooms", "6", cwd=tmp_path
        )

    questions, *table = printed.splitlines()
    assert questions == f"{len(server.bodies)} questions"
    scores = {
        line.split()[0]: dict(cell.split() for cell in line.split("  ") if " " in cell)
        for line in table
    }
    assert set(scores["format"].values()) == {"1.000"}
    assert scores["exact"]["left_right"] == scores["exact"]["depth_order"] == "0.000"

    sent = server.bodies[0]
    kinds = [part["type"] for part in sent["messages"][-1]["content"]]
    assert (sent["model"], kinds) == ("some-model", ["image_url", "text"])
    assert "<answer>" in sent["messages"][-1]["content"][-1]["text"]


@pytest.mark.slow
def test_reward_in_trl(tmp_path: Path) -> None:
    printed = run_example("reward_in_trl", cwd=tmp_path)
    steps = re.findall(
        r"step \d: reward (\S+) rewards/format/mean (\S+) rewards/accuracy/mean (\S+)", printed
    )
    assert len(steps) == 2
    for reward, form, accuracy in (map(float, step) for step in steps):
        assert reward == pytest.approx(0.2 * form + accuracy, abs=2e-3)
        assert form > 0.5  # the starter knows the format


@pytest.mark.slow
def test_train_on_your_jsonl(tmp_path: Path, run_here: Callable[..., str]) -> None:
    printed = run_here("train_on_your_jsonl", "--out", "mine")
    log = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    assert [row["step"] for row in log] == [1, 2]
    assert log[1]["loss"] < log[0]["loss"]
    assert "<answer>" in printed.partition("reply:")[2]
    assert len((tmp_path / "mine" / "boxes.jsonl").read_text().splitlines()) == 4


@pytest.mark.slow
def test_benchmark_starter(run_here: Callable[..., str]) -> None:
    header, *rows = run_here("benchmark_starter", "--rooms", "6").splitlines()
    assert header.split() == ["task", "greedy", "sampled", "blind"]
    table = {task: [float(cell) for cell in cells] for task, *cells in map(str.split, rows)}
    assert set(table) == ROOM_TASKS | {"mean"}

    greedy, sampled, blind = table["mean"]
    # The shipped starter was trained on other rooms: what it scores on these is not asserted.
    assert 0.2 < blind <= 1
    assert 0 < greedy <= 1
    assert 0.2 < sampled <= 1


@pytest.mark.slow
def test_rlvr_loop(run_here: Callable[..., str]) -> None:
    printed = run_here("rlvr_loop", "--steps", "2", "--rooms", "3", "--prompts", "2")
    step = r"step +(\d)  (\w+) +reward (\S+)  accuracy (\S+)  format (\S+)  weight (\S+)  beta (\S+)  kl (\S+)"
    found = re.findall(step, printed)
    assert [row[0] for row in found] == ["1", "2"]
    assert [row[6] for row in found] == ["0.0300", "0.0150"]  # half a cosine

    for _, task, *numbers in found:
        reward, accuracy, form, weight, _, kl = map(float, numbers)
        assert task in ROOM_TASKS
        assert reward == pytest.approx(0.2 * form + accuracy, abs=2e-3)
        assert 0 <= weight <= 1
        assert weight <= 4 * accuracy * (1 - accuracy) + 2e-3  # the mean of a concave function
        assert 0 < kl < 0.5  # the policy has moved, and not far


def test_your_own_task(tmp_path: Path) -> None:
    question, reasoning, answer = run_example("your_own_task", cwd=tmp_path).splitlines()
    assert question.startswith("Which is nearer to the left edge of the picture, the ")
    assert reasoning.endswith(f"the {answer} is left.")
