"""The dry run, the recipes that are shipped, and the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curation.conftest import judgement
from curation.test_curate import play, recipe
from helpers.oracle_server import oracle
from waywiser.cli import main
from waywiser.curation.config import CurationRecipe
from waywiser.curation.cost_estimate import describe_curation_plan, plan_curation
from waywiser.recipe import build, load_config_file
from waywiser.sources.synthetic_figures import FIGURE_TASKS
from waywiser.sources.synthetic_text import TEXT_TASKS

RECIPES = Path(__file__).parents[2] / "recipes"


def test_a_plan_counts_requests_tokens_and_cost(tmp_path: Path, problems: Path) -> None:
    values = recipe(tmp_path / "out", problems, "http://127.0.0.1:9/v1")
    values["teacher"] |= {"price_in": 1.0, "price_out": 2.0}
    values["plan"] = {
        "prompt_tokens": 100,
        "picture_tokens": 0,
        "chain_tokens": 50,
        "acceptance_rate": 0.5,
    }
    found = plan_curation(build(CurationRecipe, values))
    assert (found.questions, found.teacher_questions, found.accepted) == (30, 24, 18)
    teacher = found.roles["teacher"]
    assert (teacher.requests, teacher.tokens_in, teacher.tokens_out) == (72, 7200, 3600)
    assert teacher.cost == pytest.approx((7200 + 2 * 3600) / 1e6)
    assert found.roles["judge"].requests == 36 + 6 + 20
    assert found.roles["difficulty"].requests == 18 * 4
    assert found.feasible
    assert not (tmp_path / "out").exists()  # writes nothing
    short = plan_curation(build(CurationRecipe, {**values, "splits": {"sft": {"samples": 19}}}))
    assert short.unfilled_splits
    capped = plan_curation(
        build(CurationRecipe, {**values, "teacher": {**values["teacher"], "max_cost": 0.01}})
    )
    assert capped.roles["teacher"].over_cap
    assert "OVER ITS CAP" in describe_curation_plan(capped)


def test_the_papers_scale_is_168_and_126_thousand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where no data was made
    config = load_config_file(RECIPES / "curate_paper.yaml", CurationRecipe)
    found = plan_curation(config)
    assert found.splits == {"sft": 168_000, "rlvr": 126_200}
    assert found.requested == 294_200
    assert found.domains == {"general": 268_000, "spatial": 26_200}
    assert not found.unfilled_splits  # enough of everything at the assumed yield
    assert any("data/rooms" in problem for problem in found.missing)  # to be made first
    assert found.cost > 0
    text = describe_curation_plan(found)
    assert "1,400,000 requests" in text
    load_config_file(RECIPES / "curate_small.yaml", CurationRecipe)


def test_the_starters_general_data_needs_no_model() -> None:
    config = load_config_file(RECIPES / "starter" / "general.yaml", CurationRecipe)
    assert {s.name for s in config.sources} == {*TEXT_TASKS, *FIGURE_TASKS}
    found = plan_curation(config)
    assert found.feasible
    assert found.accepted == found.questions  # all have their own chains
    assert found.roles == {}


def test_commands_plan_and_curate(
    tmp_path: Path, problems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with oracle(play) as server:
        values = {"stage": "curate", **recipe(tmp_path / "out", problems, server.url)}
        path = tmp_path / "recipe.yaml"
        path.write_text(json.dumps(values))  # JSON is YAML
        assert main(["plan", str(path), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["questions"] == 30
        assert main(["curate", str(path)]) == 0
        assert "24 of 30 items accepted" in capsys.readouterr().out
        page = (tmp_path / "out" / "report.html").read_text()
        assert "<h2>Funnel</h2>" in page
        assert "does not add up" not in page
        assert "Nothing speaks against it." in page
        assert "data:image/jpeg" in page
        assert "<td>drawn:table</td><td>6</td><td>Apache-2.0</td>" in page
        assert main(["report", str(tmp_path / "out")]) == 0


def verdict(score: int, word: str) -> str:
    return json.dumps(
        {"structure": score, "cognitive_load": score, "verification": score, "verdict": word}
    )


@pytest.mark.parametrize(
    ("judge", "words"),
    [
        (lambda _: verdict(10, "keep"), "the same scores"),
        (lambda body: f"I like it: {judgement(body)}", "only 0% of its replies are the JSON"),
        (
            lambda body: json.dumps({**json.loads(judgement(body)), "verdict": "reject"}),
            "against its own scores",
        ),
    ],
    ids=["always ten", "never JSON", "contradicts itself"],
)
def test_a_bad_judge_ends_with_exit_code_1(
    tmp_path: Path,
    problems: Path,
    capsys: pytest.CaptureFixture[str],
    judge: Callable[[dict[str, Any]], str],
    words: str,
) -> None:
    def behave(body: dict[str, Any], number: int) -> str:
        return judge(body) if body["model"] == "judge" else play(body, number)

    with oracle(behave) as server:
        path = tmp_path / "recipe.yaml"
        path.write_text(json.dumps(recipe(tmp_path / "out", problems, server.url, difficulty=None)))
        assert main(["curate", str(path)]) == 1
        assert words in capsys.readouterr().err
    result = json.loads((tmp_path / "out" / "curation.json").read_text())
    assert not result["judge"]["trustworthy"]
    assert result["funnel"]["adds_up"]
    assert result["funnel"]["accepted"] == 24  # the measures stand in for it


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sources": []}, "sources"),
        ({"teachr": {}}, "did you mean 'teacher'"),
        ({"splits": {"unused": {"samples": 1}}}, "'unused' is reserved"),
        ({"difficulty_tables": ["none.json"]}, "not a table"),
    ],
)
def test_bad_recipes_stop_before_anything_is_written(
    tmp_path: Path,
    problems: Path,
    change: dict[str, Any],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(
        json.dumps(recipe(tmp_path / "out", problems, "http://127.0.0.1:9/v1", **change))
    )
    assert main(["curate", str(path)]) == 2
    shown = capsys.readouterr().err
    assert words in shown
    assert len(shown.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
    assert main(["plan"]) == 2
