"""Made outputs score as the harnesses' own functions scored them, and a failing rule is its row's,
not the run's.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from waywiser.answers.verifier import HarnessComparison, Verifier, VerifierConfig
from waywiser.errors import DatasetError
from waywiser.evaluation import profiles
from waywiser.evaluation.profiles import (
    LMMS_EVAL,
    OFFICIAL,
    VLMEVALKIT,
    WAYWISER_PROFILE,
    OutputRow,
    score_row,
)

DATA = Path(__file__).parents[2] / "data" / "benchmark_scoring"


def _by_rule() -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in json.loads((DATA / "harness_verdicts.json").read_text(encoding="utf-8")):
        rows[f"{row['profile']}-{row['benchmark']}-{row.get('variant', 'default')}"].append(row)
    return rows


RECORDED = _by_rule()


@pytest.mark.parametrize("rule", RECORDED)
def test_made_outputs_score_as_the_harness_scored_them(rule: str) -> None:
    differing = [
        row
        for row in RECORDED[rule]
        if abs(score_row(row, row["profile"]).value - row["score"]) > 1e-9
    ]
    assert not differing


def _value(
    profile: str,
    benchmark: str,
    output: str,
    truth: str,
    options: tuple[str, ...] = (),
    **more: Any,
) -> float:
    kind = more.pop("kind", "mc" if options else "free")
    return score_row(OutputRow(benchmark, kind, options, truth, output, **more), profile).value


@pytest.mark.parametrize(
    ("output", "truth", "right"),
    [
        ("\\boxed{\\frac{14}{2}} is it", "7", 1),  # the library reads boxes by itself
        ("1 and \\boxed{7}", "7", 1),
        ("\\boxed{7.0}", "7", 1),
        ("39^\\circ", "39", 1),
        ("\\boxed{6\\sqrt{2}}", "6\\sqrt{2}", 0),  # no root has a value in its Python
        ("6\\sqrt{2}", "6\\sqrt{2}", 1),
        ("a", "7", 1),  # its own variable, which holds the truth
    ],
)
def test_vlmevalkit_mathvision_free_answers(output: str, truth: str, right: float) -> None:
    assert _value(VLMEVALKIT, "mathvision", output, truth) == right


def test_vlmevalkit_mathvision_reads_the_whole_output_for_a_letter() -> None:
    options = ("1", "2", "3")
    assert _value(VLMEVALKIT, "mathvision", "B or C.\n\n\\boxed{C}", "C", options) == 0
    assert _value(VLMEVALKIT, "mathvision", "So we get \\boxed{C}", "C", options) == 1


@pytest.mark.parametrize(
    ("benchmark", "output", "truth", "right"),
    [
        ("cv-bench", "<answer>C</answer>", "(C)", 1),
        ("cv-bench", "<answer>(B)</answer>", "(C)", 0),
        ("logicvista", "<answer>B</answer>", "B, D", 1),
        ("dynamath", "<answer>The answer is 4</answer>", "4", 1),
        ("dynamath", "<answer>x = 4 cm</answer>", "4", 1),
        ("dynamath", "\\boxed{6\\sqrt{2}}", "6", 1),
        ("dynamath", "\\boxed{5}", "6", 0),
        ("dynamath", "", "6", 0),
    ],
)
def test_reasoning_tasks_fall_back_to_math_verify(
    benchmark: str, output: str, truth: str, right: float
) -> None:
    assert _value(LMMS_EVAL, benchmark, output, truth, variant="reasoning") == right


def test_a_choice_of_mathvista_is_its_letter_in_the_reasoning_task() -> None:
    row = OutputRow(
        "mathvista",
        "multi_choice/text",
        ("red", "blue"),
        "blue",
        "<answer>B</answer>",
        variant="reasoning",
    )
    assert score_row(row, LMMS_EVAL).value == 1
    assert score_row(row, OFFICIAL).value == 0, "the default task reads no block"


@pytest.mark.parametrize("output", ["²", "①②", '{"short answer": "²"}', "٤", "1" * 5000])
@pytest.mark.parametrize("profile", [OFFICIAL, VLMEVALKIT, LMMS_EVAL, WAYWISER_PROFILE])
def test_digits_that_float_does_not_read_stop_no_run(profile: str, output: str) -> None:
    assert _value(profile, "dynamath", output, "4.5", kind="float") == 0


def test_a_rule_that_fails_refuses_its_row_and_names_the_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(row: OutputRow) -> profiles.RowScore:
        raise KeyError(row.output)

    monkeypatch.setitem(profiles._RULES[OFFICIAL], "wemath", broken)
    with pytest.raises(DatasetError, match="official failed on this output: KeyError"):
        _value(OFFICIAL, "wemath", "x", "A")


def test_a_harnesses_rule_keeps_within_the_bounds() -> None:
    verifier = Verifier(VerifierConfig(workers=1, deadline_s=0.5))
    try:
        slow = HarnessComparison(
            "lmms-eval", "$\\int_0^1 x^{x^{x^x}} \\sin(x^x) \\cos(e^{x^x}) dx$", "$0.123$"
        )
        assert verifier.compare_as_harness(slow).status in ("different", "timed_out")
        assert (
            verifier.compare_as_harness(HarnessComparison("lmms-eval", "9" * 300_000, "4")).status
            == "unreadable"
        )
        assert (
            verifier.compare_as_harness(HarnessComparison("lmms-eval", "x = 4", "4")).status
            == "equal"
        )
        assert (
            verifier.compare_as_harness(HarnessComparison("vlmevalkit", "no box", "4")).status
            == "different"
        )
    finally:
        verifier.close()
