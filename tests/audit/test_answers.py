"""The audit of answers: it passes for the grader we have, and sees what a lax or a deaf one would
do.
"""

from typing import Any

import pytest

import waywiser.audit.grader.answer_audit as audited
from waywiser.answers import Verdict, grade
from waywiser.audit.grader.adversarial import adversarial_completions
from waywiser.audit.grader.answer_audit import (
    audit_answers,
    best_constant_answer,
    summarize_answer_audit,
)
from waywiser.audit.grader.answer_variants import correct_completions
from waywiser.errors import DatasetError
from waywiser.sample import Answer, Sample

ANSWERS = [
    Answer(kind="integer", value=3),
    Answer(kind="integer", value=0),
    Answer(kind="integer", value=12345),
    Answer(kind="integer", value=-7, tolerance=0.5),
    *(
        Answer(kind="number", value=2.5, unit=unit)
        for unit in ("m", "cm", "mm", "km", "ft", "in", "m2", "ft2")
    ),
    *(Answer(kind="number", value=35.2, unit=unit) for unit in ("deg", "rad", "s", "m/s", None)),
    Answer(kind="number", value=0.0, unit="m"),
    Answer(kind="number", value=1234.5, unit="cm", tolerance=0.001),
    Answer(kind="choice", value="chair", options=["table", "chair", "lamp"]),
    Answer(kind="choice", value="22.6", options=["21", "22.6", "30"]),
    Answer(kind="choices", value=["red box", "rug"], options=["red box", "stool", "rug"]),
    Answer(kind="text", value="San José"),
    Answer(kind="expression", value="\\frac{x+1}{2}"),
    Answer(kind="expression", value="2\\sqrt{3}"),
]


def sample(answer: Answer, number: int = 0, task: str = "t") -> Sample:
    return Sample(
        id=f"s{number}",
        split="train",
        domain="spatial",
        task=task,
        source="x",
        question="?",
        answer=answer,
    )


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_every_kind_passes_its_own_audit(answer: Answer) -> None:
    found = audit_answers([sample(answer)])
    assert found.findings == []
    assert found.passed
    assert found.renderings >= 8
    assert found.attacks >= 10
    assert "passed" in summarize_answer_audit(found)


def test_renderings_and_attacks_have_no_text_in_common() -> None:
    for answer in ANSWERS:
        assert not set(correct_completions(answer)) & {
            text for _, text in adversarial_completions(answer)
        }


def test_a_lax_grader_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def substring(texts: list[str], answers: list[Any]) -> list[Verdict]:
        return [
            Verdict(float(str(a.value) in t), t, "right" if str(a.value) in t else "wrong", "")
            for t, a in zip(texts, answers, strict=True)
        ]

    monkeypatch.setattr(audited, "grade_all", substring)
    found = audit_answers([sample(Answer(kind="number", value=2.5, unit="m"))])
    assert not found.passed
    assert {"gold", "two answers", "other unit", "only in the thinking", "tags nested"} <= set(
        found.failures
    )
    assert "FAILED" in summarize_answer_audit(found)


def test_the_best_constant_of_a_task() -> None:
    counts = [Answer(kind="integer", value=value) for value in (2, 2, 2, 5)]
    assert best_constant_answer(counts).model_dump() == {
        "answer": "2",
        "exact": 0.75,
        "ednm": 0.75,
        "ednm_zero_floor": 0.75,
    }
    far = [Answer(kind="number", value=value, unit="m") for value in (1.0, 1e6)]
    constant = best_constant_answer(far)
    assert constant.exact == 0.5
    assert constant.ednm > constant.ednm_zero_floor
    sides = [
        Answer(kind="choice", value=value, options=["left", "right"])
        for value in ("left", "left", "right")
    ]
    assert best_constant_answer(sides).exact == pytest.approx(2 / 3, abs=1e-4)


def test_constants_are_reported_by_task() -> None:
    samples = [
        sample(ANSWERS[0], 0, "count"),
        sample(ANSWERS[0], 1, "count"),
        sample(ANSWERS[4], 2, "far"),
    ]
    assert audit_answers(samples).constants.keys() == {"count", "far"}


def test_a_malformed_answer_or_no_sample_is_a_bad_request() -> None:
    with pytest.raises(DatasetError, match="s0"):
        audit_answers([sample(Answer(kind="integer", value="many"))])
    with pytest.raises(DatasetError, match="no samples"):
        audit_answers([])


def test_what_the_audit_calls_gold_is_what_grade_pays() -> None:
    for text in correct_completions(ANSWERS[4]):
        assert grade(text, ANSWERS[4]).score == 1.0, text
