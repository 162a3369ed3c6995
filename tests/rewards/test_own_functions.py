"""Reward functions of a user's own: found by name, called as TRL calls rewards, wrong ones told in
one line.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from waywiser.errors import RecipeError
from waywiser.recipe import build
from waywiser.rewards import (
    CustomReward,
    RewardConfig,
    compute_score,
    make_reward_functions,
    reward_weights,
)

MODULE = '''
"""Rewards of a test."""


def brevity(prompts, completions, **columns):
    return [1.0 / (1 + len(text)) for text in completions]


def accuracy(completions, task):
    return [float(name == "count") for name in task]


def bare(completions):
    return [0.5 for _ in completions]


async def slow(completions, **columns):
    return [None] * len(completions)


def positional(completions, /):
    return []


def needs(completions, depth_map):
    return []


def too_few(completions, **columns):
    return [1.0]


def words(completions, **columns):
    return ["good"] * len(completions)


def nan(completions, **columns):
    return [float("nan")] * len(completions)


def single(completions, **columns):
    return 1.0


def broken(completions, **columns):
    raise KeyError("depth")


class Judge:
    def __call__(self, completions, **columns):
        return [2.0] * len(completions)


judge = Judge()
weight = 3
'''


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory with the module, which no other test finds imported."""
    (tmp_path / "own_rewards_of_a_test.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in [name for name in sys.modules if "own_rewards_of_a_test" in name]:
        del sys.modules[name]


def rewards(*entries: Any, weights: dict[str, float] | None = None) -> list[Any]:
    values = {"functions": list(entries), "weights": weights or {}}
    return make_reward_functions(build(RewardConfig, values))


def own(name: str) -> CustomReward:
    (reward,) = rewards(f"own_rewards_of_a_test:{name}")
    return reward


@pytest.mark.parametrize(
    "module", ["own_rewards_of_a_test", "own_rewards_of_a_test.py", "./own_rewards_of_a_test.py"]
)
def test_a_function_of_the_working_directory(module: str) -> None:
    (reward,) = rewards(f"{module}:brevity")
    assert reward.__name__ == "brevity"
    assert reward(prompts=["?"] * 2, completions=["", "abc"], task=["a", "b"]) == [1.0, 0.25]


def test_a_file_elsewhere_and_an_installed_module(
    in_a_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    assert [r.__name__ for r in rewards(f"{in_a_folder}/own_rewards_of_a_test.py:bare")] == ["bare"]
    assert [r.__name__ for r in rewards("waywiser.rewards:format_reward")] == ["format_reward"]


def test_a_function_deep_in_a_package_and_one_with_helpers(
    in_a_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = in_a_folder / "pack_own_rewards_of_a_test" / "inner"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "code.py").write_text(
        "def deep(completions):\n    return [1.0] * len(completions)\n"
    )
    assert rewards("pack_own_rewards_of_a_test.inner.code:deep")[0](completions=["a"]) == [1.0]

    (package / "helper_own_rewards_of_a_test.py").write_text("VALUE = 0.25\n")
    text = "from helper_own_rewards_of_a_test import VALUE\n\n\ndef helped(completions):\n    return [VALUE]\n"
    (package / "main.py").write_text(text)
    monkeypatch.chdir("/")
    assert rewards(f"{package}/main.py:helped")[0](completions=["a"]) == [0.25]


def test_weights_stand_behind_those_of_the_components() -> None:
    values = {
        "weights": {"accuracy": 1.0},
        "functions": [
            "own_rewards_of_a_test:bare",
            {"function": "own_rewards_of_a_test:brevity", "weight": -0.5},
        ],
    }
    config = build(RewardConfig, values)
    assert [reward.__name__ for reward in make_reward_functions(config)] == [
        "accuracy",
        "bare",
        "brevity",
    ]
    assert reward_weights(config) == [1.0, 1.0, -0.5]
    assert RewardConfig.model_validate_json(config.model_dump_json()) == config


def test_a_name_that_is_taken_is_told_apart() -> None:
    names = [
        reward.__name__
        for reward in rewards("own_rewards_of_a_test:accuracy", weights={"accuracy": 1.0})
    ]
    assert names == ["accuracy", "own_rewards_of_a_test.accuracy"]


def test_a_function_gets_what_it_has_parameters_for() -> None:
    columns = {"prompts": ["?"] * 2, "task": ["count", "size"], "log_metric": print}
    assert own("accuracy")(completions=["a", "b"], **columns) == [1.0, 0.0]
    assert own("bare")(completions=["a", "b"], **columns) == [0.5, 0.5]
    assert own("judge")(completions=["a"], **columns) == [2.0]
    assert own("slow")(completions=["a", "b"], **columns) == [None, None]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("too_few", "returned 1 values for 2 completions"),
        ("words", "returned 'good', which is not a number"),
        ("nan", "returned nan: return None where"),
        ("single", "returned float, not a list"),
        ("broken", "raised KeyError: 'depth'"),
    ],
)
def test_a_wrong_result_names_the_function(name: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        own(name)(completions=["a", "b"])
    assert str(caught.value).startswith(f"own_rewards_of_a_test:{name} ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("nowhere:brevity", "there is no module 'nowhere'"),
        ("own_rewards_of_a_test.deeper:brevity", "there is no module"),
        ("nowhere.py:brevity", "no file nowhere.py"),
        ("own_rewards_of_a_test:brevty", "has no 'brevty'; it has accuracy, bare, brevity"),
        ("own_rewards_of_a_test:weight", "has the type int, not"),
        ("own_rewards_of_a_test:Judge", "has the type type, not"),
        ("own_rewards_of_a_test:positional", "positional-only"),
        ("needy:f", "needy needs 'no_such_package': pip install it"),
        ("typo:f", "typo cannot be imported \\(SyntaxError"),
        ("quits.py:f", "quits.py cannot be imported \\(SystemExit"),
    ],
)
def test_what_cannot_be_loaded_is_a_bad_request(
    entry: str, problem: str, in_a_folder: Path
) -> None:
    (in_a_folder / "needy.py").write_text("import no_such_package\n")
    (in_a_folder / "typo.py").write_text("def f(:\n")
    (in_a_folder / "quits.py").write_text("raise SystemExit(1)\n")
    with pytest.raises(RecipeError, match=problem) as caught:
        rewards(entry)
    assert "\n" not in str(caught.value)


def test_one_function_twice_is_a_bad_request() -> None:
    with pytest.raises(RecipeError, match="twice: give it one weight"):
        rewards(*["own_rewards_of_a_test:bare"] * 2)


@pytest.mark.parametrize(
    "name", ["brevity", "my_rewards:", ":brevity", "my_rewards:not a name", "a.py:1"]
)
def test_what_names_no_function_is_refused_by_the_recipe(name: str) -> None:
    with pytest.raises(ValidationError, match="write module:name"):
        RewardConfig.model_validate({"functions": [name]})


def test_a_column_that_rows_lack_is_told_at_the_start() -> None:
    with pytest.raises(RecipeError, match="needs depth_map, which the rows lack"):
        own("needs").check_columns(["answer", "task"])
    own("accuracy").check_columns(["answer", "task"])
    own("brevity").check_columns([])


def test_verl_takes_its_own_way() -> None:
    with pytest.raises(RecipeError, match="custom_reward_function"):
        compute_score("a", "3", {"kind": "integer", "value": 3}, rewards={"functions": ["a:b"]})
