"""The judge's strict JSON, and the report that says when a judge cannot be trusted."""

import json
import random

import pytest

from waywiser.curation.chain_measures import measure_chain
from waywiser.curation.chains import Chain
from waywiser.curation.config import JudgeConfig
from waywiser.curation.judge_agreement import JudgeAgreement, corrupt_chain, measure_agreement
from waywiser.curation.judge_rubric import JudgeScores, make_judge_request, parse_judge_scores

DRAW = random.Random(0)


def judgement(structure: int, load: int, verification: int, verdict: str = "keep") -> JudgeScores:
    return JudgeScores(
        structure=structure, cognitive_load=load, verification=verification, verdict=verdict
    )


def chains() -> list[Chain]:
    """Twelve chains that get better: more steps, then a check, then a shown check."""
    found = []
    for k in range(12):
        lines = [f"Step {i}: So we have {i} and {i + k}." for i in range(1, 2 + k % 6)]
        lines += ["Check: that agrees."] * (k >= 4) + [f"Check: {k} + 1 = {k + 1}."] * (k >= 8)
        found.append(Chain("\n".join(lines), str(k)))
    return found


def fair(chain: Chain) -> JudgeScores:
    """Reads the chain: order and checks."""
    checks = chain.thinking.count("Check")
    order = 8 if chain.thinking.startswith("Step 1") else 2
    return judgement(order, order, min(9, 2 + 3 * checks), "keep" if order > 5 else "reject")


def report(judge, again=None) -> JudgeAgreement:
    all_chains = chains()
    judged = [(judge(c), measure_chain(c, "?")) for c in all_chains]
    repeats = [(j, (again or judge)(c)) for (j, _), c in zip(judged, all_chains, strict=True)]
    spoilt = [(j, judge(corrupt_chain(c))) for (j, _), c in zip(judged, all_chains, strict=True)]
    return measure_agreement("judge", judged, repeats, spoilt)


def test_a_fair_judge_is_trusted() -> None:
    found = report(fair)
    assert found.faults == []
    assert found.auc is not None
    assert found.auc > 0.9
    assert (found.rank["verification"] or 0) > 0.8
    assert found.repeat_error == 0


def test_a_judge_that_always_says_ten_is_detected() -> None:
    found = report(lambda _: judgement(10, 10, 10))
    assert any("the same scores" in fault for fault in found.faults)
    assert any("spoilt" in fault for fault in found.faults)
    assert found.auc == 0.5


def test_a_judge_that_never_writes_json_is_detected() -> None:
    found = report(lambda _: None)
    assert found.valid == 0
    assert any("JSON" in fault for fault in found.faults)


def test_a_judge_that_contradicts_itself_is_detected() -> None:
    def moody(_: Chain) -> JudgeScores:
        return judgement(*(DRAW.randint(1, 10) for _ in range(3)))

    assert any("asked twice" in fault for fault in report(moody).faults)
    torn = report(lambda chain: fair(chain).model_copy(update={"verdict": "reject"}))
    assert any("against its own scores" in fault for fault in torn.faults)


def test_a_judge_of_too_few_chains_is_not_trusted() -> None:
    assert not measure_agreement("judge", []).trustworthy


@pytest.mark.parametrize(
    "text",
    [
        "10",
        "[]",
        "{}",
        '{"structure": 5, "cognitive_load": 5, "verification": 5}',
        '{"structure": 5, "cognitive_load": 5, "verification": 5, "verdict": "maybe"}',
        '{"structure": 11, "cognitive_load": 5, "verification": 5, "verdict": "keep"}',
        '{"structure": "5", "cognitive_load": 5, "verification": 5, "verdict": "keep"}',
        '{"structure": 5.5, "cognitive_load": 5, "verification": 5, "verdict": "keep"}',
        '{"structure": 5, "cognitive_load": 5, "verification": 5, "verdict": "keep", "note": "x"}',
        'Sure! {"structure": 5, "cognitive_load": 5, "verification": 5, "verdict": "keep"}',
        "[" * 10_000,
    ],
)
def test_only_the_very_json_counts(text: str) -> None:
    assert parse_judge_scores(text) is None


def test_scores_are_scaled_and_the_schema_is_asked_for() -> None:
    read = parse_judge_scores(
        '{"structure": 1, "cognitive_load": 10, "verification": 4, "verdict": "reject"}'
    )
    assert read is not None
    quality = read.quality("j")
    assert (quality.structure, quality.cognitive_load, quality.judge) == (0, 1, "j")
    assert quality.verification == pytest.approx(1 / 3, abs=1e-6)
    request = make_judge_request(JudgeConfig(model="j"), "q", "t", "a")
    schema = json.loads(request.response_format)["json_schema"]["schema"]
    assert set(schema["required"]) == set(JudgeScores.model_fields)
    assert (
        make_judge_request(JudgeConfig(model="j", json_mode="none"), "q", "t", "a").response_format
        == ""
    )


def test_a_spoilt_chain_keeps_its_answer_and_loses_its_checks() -> None:
    chain = chains()[-1]
    spoilt = corrupt_chain(chain)
    assert spoilt.answer == chain.answer
    assert "Check" not in spoilt.thinking
    assert corrupt_chain(chain) == spoilt
