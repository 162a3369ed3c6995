"""The demo, tiny: the whole loop in real processes, its numbers, its page, and going on after a
stop.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from helpers.browser import WIDTHS, assert_self_contained, visit
from waywiser.demo.findings import describe_findings
from waywiser.demo.runner import learnable_tasks
from waywiser.demo.stage_cache import StageCache
from waywiser.errors import RecipeError

SMALL = {
    "train_rooms": 48,
    "heldout_rooms": 8,
    "known_rooms": 8,
    "difficulty_samples": 2,
    "sft_minutes": 0.05,
    "rlvr_minutes": 0.1,
    "prompts_per_step": 2,
    "eval_samples": 2,
    "bootstrap": 200,
}
ARMS = ("start", "sft", "rlvr", "sft_equal_time")


def demo(out: Path, **settings: Any) -> subprocess.CompletedProcess[str]:
    flags = [
        word for key, value in {**SMALL, **settings}.items() for word in (f"--{key}", str(value))
    ]
    command = [
        sys.executable,
        "-m",
        "waywiser",
        "demo",
        "--out",
        str(out),
        "--assets",
        "parametric",
        *flags,
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=280
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "out"
    result = demo(out, json=out.parent / "numbers.json")
    assert result.returncode == 0, result.stderr[-2000:]
    assert result.stdout.strip().endswith("report.html")
    return out


def test_the_numbers_have_the_promised_shape(finished: Path) -> None:
    numbers = json.loads((finished.parent / "numbers.json").read_text())
    assert numbers["wall_s"] > 0
    assert 100 < numbers["peak_rss_mb"] < 6000
    for name in ("heldout", "known"):
        scores = numbers[name]
        for arm in ("blind", *ARMS):
            for mode in ("greedy", "sampled"):
                row = scores[arm][mode]
                tasks = {k: v for k, v in row.items() if k not in ("mean", "ci95", "format")}
                assert len(tasks) == 5
                assert all(0 <= value <= 1 for value in tasks.values())
                assert row["mean"] == pytest.approx(sum(tasks.values()) / 5)
        for against in ("sft", "sft_equal_time"):
            difference = scores[f"rlvr_minus_{against}"]
            low, high = difference["ci95"]
            assert low <= difference["mean"] <= high
            expected = scores["rlvr"]["sampled"]["mean"] - scores[against]["sampled"]["mean"]
            assert difference["mean"] == pytest.approx(expected)


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_the_page_is_self_contained_and_says_what_happened(finished: Path, width: int) -> None:
    page = finished / "report.html"
    assert_self_contained(page, width)
    with visit(page, width) as seen:
        text = seen.page.inner_text("main")
        assert "Sampled reward:" in text
        assert "Against equal-time SFT" in text
        assert seen.page.locator(".card img").count() >= 12
        assert seen.page.locator("svg").count() >= 5


def test_a_second_run_starts_at_once_and_other_settings_are_refused(finished: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in (finished / "data").rglob("*.parquet")}
    numbers = json.loads((finished / "demo.json").read_text())
    assert demo(finished).returncode == 0
    assert before == {p: p.stat().st_mtime_ns for p in (finished / "data").rglob("*.parquet")}
    again = json.loads((finished / "demo.json").read_text())
    assert again["heldout"] == numbers["heldout"]
    other = demo(finished, train_rooms=49)
    assert other.returncode == 2
    assert "other settings" in other.stderr


def test_unknown_settings_name_the_nearest(tmp_path: Path) -> None:
    result = demo(tmp_path / "d", trainrooms=3)
    assert result.returncode == 2
    assert "train_rooms" in result.stderr
    assert not (tmp_path / "d").exists()


def test_stages_run_once(tmp_path: Path) -> None:
    calls: list[int] = []

    def stage() -> dict[str, Any]:
        calls.append(1)
        return {"n": len(calls)}

    def interrupted() -> dict[str, Any]:
        raise KeyboardInterrupt

    stages = StageCache(tmp_path / "d", {"seed": 1})
    with pytest.raises(KeyboardInterrupt):
        stages.run("a", interrupted)
    assert stages.run("a", stage) == {"n": 1}
    assert StageCache(tmp_path / "d", {"seed": 1}).run("a", stage) == {"n": 1}
    assert len(calls) == 1
    with pytest.raises(RecipeError, match="other settings"):
        StageCache(tmp_path / "d", {"seed": 2})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("precious")
    with pytest.raises(RecipeError, match="holds no demo"):
        StageCache(tmp_path / "other", {"seed": 1})


def _scores(sampled: tuple[float, float], greedy: tuple[float, float]) -> dict[str, Any]:
    def interval(low_high: tuple[float, float]) -> dict[str, Any]:
        return {"mean": sum(low_high) / 2, "ci95": list(low_high)}

    change = {**interval(sampled), "greedy": interval(greedy), "by_task": {}}
    row = {"mean": 0.5}
    return {
        "rlvr_minus_sft": change,
        "rlvr_minus_sft_equal_time": change,
        "rlvr_minus_start": change,
        "sft": {"sampled": row, "t=0.5": row},
        "rlvr": {"sampled": row},
    }


@pytest.mark.parametrize(
    ("sampled", "greedy", "words", "sharpening"),
    [
        ((0.01, 0.03), (-0.02, 0.01), "RLVR gained +0.020", True),
        ((0.01, 0.03), (0.01, 0.02), "RLVR gained +0.020", False),
        ((-0.03, -0.01), (-0.02, -0.01), "RLVR lost 0.020", False),
        ((-0.01, 0.02), (-0.02, 0.01), "no change shown", False),
    ],
)
def test_findings_follow_the_intervals(
    sampled: tuple[float, float], greedy: tuple[float, float], words: str, sharpening: bool
) -> None:
    said = describe_findings(_scores(sampled, greedy))
    assert words in said[0]["text"]
    assert any(finding["head"] == "Sharpening:" for finding in said) == sharpening


def test_only_tasks_with_a_batch_between_always_and_never_solved_are_taught() -> None:
    tasks = {f"{task}-{i}": task for task in ("count", "size", "left_right") for i in range(8)}
    hard = {"count": 0.5, "size": 0.01, "left_right": 0.0}
    difficulty = {key: hard[task] for key, task in tasks.items()}
    assert learnable_tasks(tasks, difficulty, 8) == ["count"]
    assert learnable_tasks(tasks, difficulty | {"left_right-1": 0.9}, 1) == ["count", "left_right"]
    assert learnable_tasks(tasks, difficulty, 9) == []
    assert learnable_tasks(tasks, {}, 1) == []
