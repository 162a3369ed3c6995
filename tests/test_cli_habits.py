"""What holds for every command: short summaries, examples that run, dashes and underscores, choices
that are shown, keys that are listed, and no flag that does nothing.
"""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from waywiser.cli import app, main
from waywiser.curation.config import ChainConfig, CurationRecipe, SplitConfig
from waywiser.dataset.config import SynthesisConfig
from waywiser.engine import ENGINES
from waywiser.evaluation.profiles import BENCHMARKS, PROFILES
from waywiser.recipe import ALIASES, build, dotted_keys, override
from waywiser.training.config import RLVRRecipe, SFTRecipe
from waywiser.training.train import load_recipe

ROOT = Path(__file__).parents[1]
DATA_RECIPES = sorted((ROOT / "recipes" / "data").glob("*.yaml"))


def commands(group: Any = None, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    group = group or typer.main.get_command(app)
    found: dict[tuple[str, ...], Any] = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found |= commands(command, (*path, name)) if inner else {(*path, name): command}
    return found


COMMANDS = commands()


def parse(words: list[str]) -> Any:
    """The context of a command line that is parsed and not run."""
    path = max((p for p in COMMANDS if tuple(words[: len(p)]) == p), key=len)
    settings = {"token_normalize_func": lambda name: name.replace("_", "-")}
    return COMMANDS[path].make_context("waywiser", words[len(path) :], **settings)


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main([*map(str, words)]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_no_summary_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["--help"]) == 0
    assert "..." not in capsys.readouterr().out.split("Commands:")[1]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_summary_is_one_short_sentence(path: tuple[str, ...]) -> None:
    summary = COMMANDS[path].help.split("\n\n")[0]
    assert len(summary) <= 50, summary
    assert summary.endswith(".")


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_examples_can_be_copied(path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    context = COMMANDS[path].make_context("waywiser", [], resilient_parsing=True)
    lines = [line.strip() for line in COMMANDS[path].get_help(context).splitlines()]
    examples = [line for line in lines if line.startswith("waywiser ")]
    assert examples
    for line in examples:
        parsed = parse(shlex.split(line)[1:])
        for recipe in (value for value in parsed.params.values() if isinstance(value, Path)):
            assert not str(recipe).startswith("recipes/") or (ROOT / recipe).is_file()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_flags_take_underscores_as_well(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    flags = [flag for param in command.params for flag in param.opts if flag.count("-") > 2]
    for flag in flags:
        option = next(param for param in command.params if flag in param.opts)
        value = [] if option.is_flag else ["1"]
        seen = [
            command.make_context(
                "waywiser",
                [spelling, *value],
                resilient_parsing=True,
                token_normalize_func=lambda name: name.replace("_", "-"),
            ).params[option.name]
            for spelling in (flag, "--" + flag[2:].replace("-", "_"))
        ]
        assert seen[0] == seen[1]
        assert seen[0] not in (None, False)


def test_choices_are_those_that_there_are() -> None:
    shown = {
        name: next(p.metavar for p in COMMANDS[(command,)].params if p.name == name)
        for command, name in (
            ("synthesize", "engine"),
            ("grade", "benchmark"),
            ("grade", "profile"),
        )
    }
    assert shown["engine"] == f"[{'|'.join(ENGINES)}]"
    assert shown["benchmark"] == f"[{'|'.join([*BENCHMARKS, 'spatial'])}]"
    harnesses = dict.fromkeys(profile.partition("@")[0] for profile in PROFILES)
    assert shown["profile"] == f"[{'|'.join(harnesses)}]"


@pytest.mark.parametrize(
    ("words", "path", "bare"),
    [
        (["audit", "d", "--json"], None, True),
        (["audit", "d", "--json", "a.json"], Path("a.json"), False),
        (["audit", "d", "--json=a.json"], Path("a.json"), False),
        (["audit", "d", "--findings", "a.json", "--json"], Path("a.json"), True),
        (["audit", "--json", str(ROOT)], None, True),
        (["demo", "--json", "--rlvr_minutes", "1"], None, True),
        (["demo", "--json", "a.json"], Path("a.json"), False),
    ],
)
def test_json_is_a_switch_and_its_old_form_a_path(
    words: list[str], path: Path | None, bare: bool
) -> None:
    parameters = parse(words).params
    assert parameters["json_file"] == path
    assert parameters["as_json"] is bare


@pytest.mark.parametrize("command", ["synthesize", "train", "curate", "demo"])
def test_keys_are_listed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--keys", "--json"]) == 0
    keys = json.loads(capsys.readouterr().out)
    assert keys["out"]["type"] == "path"
    assert all(row["type"] for row in keys.values())
    if command == "synthesize":
        assert list(keys) == dotted_keys(SynthesisConfig)
        assert all(row["description"] for row in keys.values())


def test_keys_of_a_prefix_and_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--keys", "strategy.kl"]) == 0
    out = capsys.readouterr().out
    assert "strategy.kl  (none | constant | cosine; default cosine; stage rlvr)" in out
    assert "learning_rate" not in out
    assert "'strategy'" in refused(capsys, "train", "--keys", "stratgy")


RLVR = ROOT / "recipes" / "rlvr_tiny.yaml"
SFT = ROOT / "recipes" / "sft_tiny.yaml"


def test_an_alias_is_its_key() -> None:
    sft = load_recipe(SFT, ["--lr", "5e-4", "--bs", "3", "--grad-accum=2", "--steps", "9"])
    assert isinstance(sft, SFTRecipe)
    assert (sft.learning_rate, sft.batch_size, sft.gradient_accumulation_steps, sft.max_steps) == (
        5e-4,
        3,
        2,
        9,
    )
    rlvr = load_recipe(RLVR, ["--kl_coef", "0.5", "--bs", "4", "--num_samples", "7"])
    assert isinstance(rlvr, RLVRRecipe)
    assert (rlvr.strategy.beta, rlvr.prompts_per_step, rlvr.data.limit) == (0.5, 4, 7)
    assert rlvr.strategy.pace_steps == 120  # the rest of the section is still the recipe's
    made = build(SynthesisConfig, {"out": "d", "rooms": 2, "max_answer_share": 0.5})
    assert made.count_share == 0.5


def test_a_key_under_two_names_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, "train", SFT, "--lr", "1", "--learning_rate", "1")
    assert "'lr' and 'learning_rate' are one key" in message


@pytest.mark.parametrize("recipe_type", [SFTRecipe, RLVRRecipe, SynthesisConfig])
def test_an_alias_never_hides_a_key(recipe_type: Any) -> None:
    known = dotted_keys(recipe_type)
    values = {name: 1 for name in ALIASES if name in known}
    assert set(values) <= {"temperature", "beta"} | set(recipe_type.model_fields)


def test_every_alias_means_a_key_of_some_recipe() -> None:
    recipes = (SFTRecipe, RLVRRecipe, SynthesisConfig, CurationRecipe)
    known = {f".{key}" for each in recipes for key in dotted_keys(each)}
    for name, targets in ALIASES.items():
        assert any(key.endswith(f".{target}") for key in known for target in targets), name


def test_keys_of_the_first_version_are_read_and_stored_as_before() -> None:
    """Also beside a flag of today's name; a run's key in its checkpoints has the first names."""
    flags = ["--micro_batches", "2", "--strategy.sigma", "3", "--redraw_dead_groups", "1"]
    flags += ["--drop_dead_groups", "false"]
    rlvr = load_recipe(RLVR, [*flags, "--rewards.length.free", "9"])
    assert isinstance(rlvr, RLVRRecipe)
    assert (rlvr.gradient_accumulation_steps, rlvr.strategy.weight_scale) == (2, 3.0)
    assert (rlvr.resample_zero_std_groups, rlvr.rewards.length.free_length) == (1, 9)
    assert rlvr.model_dump(by_alias=True)["micro_batches"] == 2

    sft = override(SFTRecipe, {"accumulate": 2}, {"gradient_accumulation_steps": 4})
    assert sft == {"gradient_accumulation_steps": 4}

    chains = ChainConfig.model_validate({"fewest_words": 2, "repetition": 0.5})
    assert (chains.min_words, chains.max_repetition) == (2, 0.5)
    assert SplitConfig.model_validate({"samples": 1, "needs_reasoning": False}) == SplitConfig(
        samples=1, require_reasoning=False
    )


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--views", 2, "--tasks", "all"), ("--views", "single rooms")),
        (("--room.views", 2, "--tasks", "all"), ("--room.views", "single rooms")),
        (("--home-rooms", 2), ("--home-rooms", "homes")),
        (("--home.fps", 2), ("--home.fps", "homes")),
        (("--video", "mp4"), ("--video", "clips")),
        (("--scan-width", 64), ("--scan-width", "--scans")),
        (("--cycles.samples", 2), ("--cycles.samples", "--renderer cycles")),
        (("--scans", ROOT, "--rooms", 2), ("--rooms", "--scans")),
        (("--scans", ROOT, "--width", 64), ("--scan-width",)),
        (("--scans", ROOT, "--several-share", 0.1), ("--several-share", "--scans")),
        (("--width", 64, "--room.width", 65), ("--width", "--room.width")),
        (("--home.widht", 64), ("--home.width",)),
    ],
)
def test_synthesize_takes_no_flag_in_vain(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    flags: tuple[object, ...],
    words: tuple[str, ...],
) -> None:
    message = refused(capsys, "synthesize", "--out", tmp_path / "out", *flags)
    assert all(word in message for word in words), message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        (("plan", SFT, "--dtype", "float16"), "--dtype"),
        (("plan", "--model", "starter", "--devices", 2), "--devices"),
        (("plan", ROOT / "recipes/curate_small.yaml", "--width", 64), "--width"),
        (("evaluate", "starter", "--data", "d", "--shard", "1/2"), "--shard"),
        (("evaluate", "starter", "--benchmark", "cv-bench", "--blind", "d"), "--blind"),
        (("audit", ROOT, "--answers", "--scenes", 3), "--scenes"),
        (("report", ROOT, "--data", "d"), "--data"),
        (("ask", "starter", "What?", "--top-k", 3), "--top-k"),
    ],
)
def test_no_command_takes_a_flag_in_vain(
    capsys: pytest.CaptureFixture[str], words: tuple[object, ...], flag: str
) -> None:
    assert flag in refused(capsys, *words)


def request(*words: str) -> SynthesisConfig:
    from waywiser.cli._synthesis_request import read_synthesis_request

    context = parse(["synthesize", *words])
    names = {"recipe", "keys", "plugin", "as_json"}
    options = {name: value for name, value in context.params.items() if name not in names}
    return read_synthesis_request(context.params["recipe"], options, context.args)


def test_sizes_reach_the_scenes_that_are_made() -> None:
    rooms = request("--out", "d", "--width", "64", "--workers", "1")
    assert (rooms.room.width, rooms.home.width) == (64, 448)
    homes = request("--out", "d", "--width", "64", "--tasks", "all", "--home.fps", "4")
    assert (homes.room.width, homes.home.width, homes.home.fps) == (320, 64, 4)
    both = request("--out", "d", "--several_share", "0.5", "--rooms", "4", "--homes", "2")
    assert (both.room.several_share, both.home.several_share) == (0.5, 0.5)


def test_flags_alone_mean_what_they_meant() -> None:
    plain = request("--out", "d", "--workers", "2")
    assert plain == SynthesisConfig(out=Path("d"), rooms=100, workers=2)
    assert request("--out", "d", "--scans", "s").tasks == "all"


@pytest.mark.parametrize("path", DATA_RECIPES, ids=lambda path: path.stem)
def test_recipes_of_data_are_whole(path: Path) -> None:
    changed = request(str(path), "--questions_per_view", "1")
    assert changed.questions_per_view == 1
    assert str(changed.out).startswith("data/")
    assert request("--seed", "9", str(path)).seed == 9  # a recipe may stand anywhere


def test_a_recipe_of_another_stage_names_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert "waywiser train" in refused(capsys, "synthesize", SFT)
