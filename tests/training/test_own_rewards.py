"""A reward function of the user's own in an RLVR recipe."""

import json
from pathlib import Path
from typing import Any

import pytest

from training.test_rlvr import recipe, rows
from waywiser.errors import RecipeError, TrainingError
from waywiser.training.rlvr import run_rlvr

MODULE = """
seen = []


def brevity(prompts, completions, task, images, sample_id, **columns):
    assert len(prompts) == len(completions) == len(task) == len(images) == len(sample_id)
    seen.append([len(pictures) for pictures in images])
    return [1.0 / (1 + len(completion[0]["content"])) for completion in completions]


def second_step_fails(completions, trainer_state):
    if trainer_state.global_step == 1:
        raise OSError("the judge is away")
    return [float(k % 2) for k in range(len(completions))]


def only_some(completions, task):
    return [0.5 if name == "count" else None for name in task]


def needs_depth(completions, depth):
    return []
"""


@pytest.fixture
def functions(tmp_path: Path) -> str:
    path = tmp_path / "own.py"
    path.write_text(MODULE)
    return str(path)


def with_functions(dataset: Path, model: Path, out: Path, functions: list[Any], **more: Any) -> Any:
    rewards = {"weights": {"format": 0.2, "accuracy": 1.0}, "functions": functions}
    return recipe(dataset, model, out, rewards=rewards, max_steps=2, save_steps=1, **more)


def test_it_is_paid_and_logged_beside_the_others(
    dataset, model_folder, tmp_path, functions
) -> None:
    entries = [{"function": f"{functions}:brevity", "weight": 0.5}, f"{functions}:only_some"]
    result = run_rlvr(with_functions(dataset, model_folder, tmp_path / "run", entries))
    assert result.steps == 2
    for row in rows(result.log):
        (task,) = {name.split("/")[1] for name in row if name.startswith("tasks/")}
        assert 0 < row["rewards/brevity/mean"] <= 1
        assert row[f"tasks/{task}/brevity"] == pytest.approx(row["rewards/brevity/mean"], rel=1e-4)
        assert (row.get("rewards/only_some/mean") == 0.5) == (task == "count")
        parts = (
            0.2 * row["rewards/format/mean"]
            + row["rewards/accuracy/mean"]
            + 0.5 * row["rewards/brevity/mean"]
        )
        assert row["reward"] == pytest.approx(parts + (0.5 if task == "count" else 0), abs=1e-5)
    assert {"brevity", "only_some"} <= rows(result.out / "rollouts.jsonl")[0]["rewards"].keys()
    saved = (result.out / "recipe.yaml").read_text()
    assert "own.py:brevity" in saved


def test_it_may_be_the_only_reward(dataset, model_folder, tmp_path, functions) -> None:
    rewards = {"weights": {}, "functions": [f"{functions}:brevity"]}
    settings = {"rewards": rewards, "strategy": {"weight": "none"}, "max_steps": 2}
    result = run_rlvr(recipe(dataset, model_folder, tmp_path / "run", **settings))
    assert [row["reward"] for row in rows(result.log)] == [
        row["rewards/brevity/mean"] for row in rows(result.log)
    ]
    with pytest.raises(RecipeError, match="needs the accuracy reward"):
        run_rlvr(recipe(dataset, model_folder, tmp_path / "other", rewards=rewards))


def test_one_that_fails_stops_the_run_in_one_line(
    dataset, model_folder, tmp_path, functions
) -> None:
    settings = with_functions(
        dataset, model_folder, tmp_path / "run", [f"{functions}:second_step_fails"]
    )
    with pytest.raises(TrainingError, match="a reward failed at step 1") as caught:
        run_rlvr(settings)
    assert "own.py:second_step_fails raised OSError: the judge is away" in str(caught.value)
    assert "checkpoint-1" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nothing", "has no 'nothing'"),
        ("needs_depth", "needs depth, which the rows lack: they have answer"),
    ],
)
def test_what_can_be_known_is_said_before_anything_is_written(
    name, problem, dataset, model_folder, tmp_path, functions
) -> None:
    with pytest.raises(RecipeError, match=problem):
        run_rlvr(with_functions(dataset, model_folder, tmp_path / "run", [f"{functions}:{name}"]))
    assert not (tmp_path / "run").exists()


def test_it_resumes(dataset, model_folder, tmp_path, functions) -> None:
    fixed = Path(functions)
    settings = with_functions(
        dataset, model_folder, tmp_path / "run", [f"{functions}:second_step_fails"]
    )
    with pytest.raises(TrainingError):
        run_rlvr(settings)
    fixed.write_text(MODULE.replace("global_step == 1", "global_step == 9"))
    result = run_rlvr(settings, resume=True)
    assert [json.loads(line)["step"] for line in result.log.read_text().splitlines()] == [1, 2]
