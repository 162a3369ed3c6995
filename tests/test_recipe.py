from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from waywiser.errors import RecipeError
from waywiser.recipe import (
    MAX_RECIPE_BYTES,
    build,
    dotted_keys,
    load_config_file,
    merge,
    nearest_name,
    parse_overrides,
    read_yaml,
)


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    learning_rate: float = Field(1e-3, gt=0)
    betas: tuple[float, float] = (0.9, 0.98)


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stage: str
    steps: int | None = Field(None, ge=1)
    bf16: bool = False
    tasks: list[str] | None = None
    optimizer: Inner = Field(default_factory=Inner)
    weights: dict[str, float] = Field(default_factory=dict)


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(path: Path, *overrides: str) -> str:
    with pytest.raises(RecipeError) as caught:
        load_config_file(path, Outer, overrides)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 600
    return message


def test_values_come_from_the_file_then_from_flags(tmp_path: Path) -> None:
    path = write(tmp_path, "stage: sft\nsteps: 5\noptimizer: {learning_rate: 1e-4}\n")
    recipe = load_config_file(
        path, Outer, ["--steps", "7", "--optimizer.betas=[0.8, 0.9]", "--bf16", "true"]
    )
    assert recipe == Outer(
        stage="sft", steps=7, bf16=True, optimizer=Inner(learning_rate=1e-4, betas=(0.8, 0.9))
    )


def test_flags_may_be_written_with_dashes_equals_and_null(tmp_path: Path) -> None:
    path = write(tmp_path, "stage: sft\nsteps: 5\n")
    recipe = load_config_file(
        path, Outer, ["--optimizer.learning-rate=2e-3", "--steps", "null", "--tasks", "[a, b]"]
    )
    assert recipe.optimizer.learning_rate == 2e-3
    assert recipe.steps is None
    assert recipe.tasks == ["a", "b"]


def test_the_last_flag_wins_and_negative_numbers_are_values(tmp_path: Path) -> None:
    path = write(tmp_path, "stage: sft\n")
    assert load_config_file(path, Outer, ["--steps", "1", "--steps", "2"]).steps == 2
    assert "greater than 0, not '-1'" in refused(path, "--optimizer.learning_rate", "-1")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("stage: sft\nstep: 3\n", "unknown key 'step'; did you mean 'steps'?"),
        ("stage: sft\noptimizer: {learning_rte: 1}\n", "did you mean 'optimizer.learning_rate'?"),
        ("stage: sft\nlearning_rate: 1\n", "did you mean 'optimizer.learning_rate'?"),
        ("stage: sft\nzzzzqqq: 1\n", "known here are stage, steps"),
        ("steps: 2\n", "stage is missing"),
        ("stage: sft\nsteps: many\n", "steps: input should be a valid integer"),
        ("stage: sft\nsteps: 0\n", "steps: input should be greater than or equal to 1, not 0"),
        ("stage: sft\noptimizer: 3\n", "optimizer: "),
        ("stage: sft\nweights: {a: b}\n", "weights.a: "),
    ],
)
def test_wrong_keys_and_values_are_named_in_one_line(tmp_path: Path, text: str, hint: str) -> None:
    message = refused(write(tmp_path, text))
    assert hint in message
    assert "recipe.yaml" in message


def test_an_unknown_flag_names_the_nearest_key(tmp_path: Path) -> None:
    assert "did you mean 'optimizer.betas'?" in refused(
        write(tmp_path, "stage: a\n"), "--optimizer.beta", "1"
    )


@pytest.mark.parametrize(
    "words", [["--steps"], ["--steps", "--bf16", "true"], ["steps", "3"], ["--"], ["-s", "3"]]
)
def test_flags_without_value_and_words_without_flag_are_refused(words: list[str]) -> None:
    with pytest.raises(RecipeError, match=r"needs a value|unexpected argument"):
        parse_overrides(words)


def test_a_value_that_is_no_yaml_list_is_refused() -> None:
    with pytest.raises(RecipeError, match="cannot read the value"):
        parse_overrides(["--tasks", "[a, b"])


def billion_laughs() -> str:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("- a\n- b\n", "holds a list"),
        ("just words\n", "holds a str"),
        ("stage: [sft\n", "not valid YAML"),
        ("stage: sft\nstage: rlvr\n", "written twice"),
        ("1: sft\n", "is not a string"),
        ("? [a, b]\n: c\n", "not valid YAML"),
        ("stage: !!python/object/apply:os.system ['true']\n", "not valid YAML"),
        (b"stage: \xff\xfe\xff", "not valid YAML"),
        (b"\x00\x01\x02", "not valid YAML"),
        ("stage: " + "[" * 20000, "not valid YAML"),
        (billion_laughs(), "aliases are not allowed"),
        ("stage: " + "x" * (10 * 1024 * 1024), "it is not a recipe"),
        ("stage: " + "x" * MAX_RECIPE_BYTES, "it is not a recipe"),
    ],
    ids=range(15),
)
def test_files_that_are_no_recipe_are_refused_in_one_line(
    tmp_path: Path, content: str | bytes, hint: str
) -> None:
    assert hint in refused(write(tmp_path, content))


def test_a_missing_file_names_a_near_one(tmp_path: Path) -> None:
    path = write(tmp_path, "stage: sft\n")
    assert f"did you mean {path}?" in refused(tmp_path / "recpie.yaml")
    assert "there is no recipe" in refused(tmp_path)
    assert "there is no recipe" in refused(tmp_path / "nowhere" / "recipe.yaml")


def test_many_mistakes_still_make_one_line() -> None:
    with pytest.raises(RecipeError, match=r"and 3 more"):
        build(Outer, {"stage": "x", **{f"bad{i}": 0 for i in range(6)}})


def test_keys_lists_nested_paths_and_not_the_keys_of_free_mappings() -> None:
    assert dotted_keys(Outer) == [
        "stage",
        "steps",
        "bf16",
        "tasks",
        "optimizer",
        "optimizer.learning_rate",
        "optimizer.betas",
        "weights",
    ]


def test_nearest() -> None:
    assert nearest_name("lerning_rate", ["learning_rate", "steps"]) == "learning_rate"
    assert nearest_name("xyz", ["learning_rate", "steps"]) is None


@given(
    st.dictionaries(
        st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple),
        st.text("xyz01", min_size=1),
    )
)
def test_overrides_are_nested_as_their_dots_say(flags: dict[tuple[str, ...], str]) -> None:
    words = [word for path, text in flags.items() for word in (f"--{'.'.join(path)}", text)]
    values = parse_overrides(words)
    for path, text in flags.items():
        found = values
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        longer = [other for other in flags if other != path and other[: len(path)] == path]
        shorter = [other for other in flags if other != path and path[: len(other)] == other]
        if not longer and not shorter:
            assert found == text


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers()),
    st.dictionaries(st.sampled_from("abc"), st.integers()),
)
def test_merge_keeps_what_is_not_overridden(base: dict[str, int], over: dict[str, int]) -> None:
    assert merge(base, over) == {**base, **over}
    assert merge({"m": base}, {"m": over}) == {"m": {**base, **over}}


@given(st.binary(max_size=200))
def test_any_bytes_give_a_mapping_or_one_clear_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "recipe.yaml"
    path.write_bytes(content)
    problem = None
    values = None
    try:
        values = read_yaml(path)
    except RecipeError as error:
        problem = str(error)
    assert isinstance(values, dict) if problem is None else "\n" not in problem
