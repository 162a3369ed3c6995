"""Scores with calibrated numbers: fitted by task and unit on other questions, nothing else touched."""

import math
from pathlib import Path

import pytest

from waywiser.errors import DatasetError
from waywiser.evaluation.calibrated import calibrate, fit_calibrations, summarize_calibrated
from waywiser.evaluation.dataset_run import read_results, write_results
from waywiser.evaluation.evaluate import ItemResult, score_completions
from waywiser.evaluation.thoughts import summarize_thoughts, thought_of
from waywiser.sample import Answer, Sample


def sample(name: str, answer: Answer, task: str) -> Sample:
    common = {"split": "t", "domain": "spatial", "source": "t", "question": "?"}
    return Sample(id=name, answer=answer, task=task, **common)


def results(split: str, thought: str = "far") -> list[ItemResult]:
    """Distances said twice as long, sizes (in cm) half as long, a count, and one without a number."""
    samples, texts = [], []

    for i in range(1, 6):
        samples.append(
            sample(f"{split}-m{i}", Answer(kind="number", value=i, unit="m"), "distance")
        )
        texts.append(f"{2 * i} m")
        samples.append(
            sample(f"{split}-cm{i}", Answer(kind="number", value=80.0 + i, unit="cm"), "size")
        )
        texts.append(f"{40 + i / 2} cm")

    samples.append(sample(f"{split}-n", Answer(kind="integer", value=2), "count"))
    samples.append(sample(f"{split}-x", Answer(kind="number", value=1.0, unit="m"), "distance"))
    texts += ["2", "far"]
    said = [[f"<think>{thought}</think><answer>{text}</answer>"] for text in texts]
    return score_completions(samples, said)


def test_numbers_are_scored_as_if_the_model_had_said_them_calibrated(tmp_path: Path) -> None:
    heldout = results("heldout")
    assert (heldout[0].said, heldout[0].truth, heldout[0].unit) == ([2.0], 1.0, "m")
    assert (heldout[-2].said, heldout[-2].truth, heldout[-2].unit) == ([], None, None)
    assert heldout[-1].said == [None]

    write_results(tmp_path / "train.jsonl", {"greedy": results("train")})
    fitted = fit_calibrations(read_results(tmp_path / "train.jsonl")["greedy"], "factor")
    assert {key: c.factor for key, c in fitted.items()} == {
        ("distance", "m"): 0.5,
        ("size", "cm"): 2.0,
    }

    calibrated = calibrate(heldout, fitted)
    assert [item.score for item in calibrated] == [*[1.0] * 11, 0.0]
    assert calibrated[-2:] == heldout[-2:]
    assert calibrated[0].scores["exact"] == [0.0]
    assert heldout[0].score == pytest.approx(math.exp(-2))


def test_the_table_has_both_calibrations_of_each_mode() -> None:
    rows = summarize_calibrated(
        {"greedy": results("heldout"), "t=2": []}, {"greedy": results("train")}
    )
    assert rows["greedy, calibrated by factor"]["size"] == 1.0
    assert rows["greedy, calibrated by affine"]["distance"] == pytest.approx(5 / 6)
    assert rows["greedy, factor: factor"] == {"distance m": 0.5, "size cm": 2.0}
    assert rows["greedy, affine: offset"]["distance m"] == pytest.approx(0.0)
    assert not any(name.startswith("t=2") for name in rows)


def test_a_calibration_must_not_know_the_answers() -> None:
    greedy = {"greedy": results("heldout")}
    with pytest.raises(DatasetError, match="heldout-m1 is also in the results to calibrate on"):
        summarize_calibrated(greedy, greedy)
    with pytest.raises(DatasetError, match="the modes sampled, not greedy"):
        summarize_calibrated(greedy, {"sampled": results("train")})
    with pytest.raises(DatasetError, match="have no numbers"):
        summarize_calibrated(greedy, {"greedy": results("train")[-2:-1]})


@pytest.mark.parametrize(
    ("completion", "thought"),
    [
        ("<think>a b</think><answer>1</answer>", "a b"),
        ("<think> </think><answer>1</answer>", ""),
        ("opened before</think>1", "opened before"),
        ("<think>cut off", "cut off"),
        ("<answer>1</answer>", ""),
    ],
)
def test_a_thought_is_what_comes_before_the_answer(completion: str, thought: str) -> None:
    assert thought_of(completion) == thought


def test_thoughts_are_counted_by_task() -> None:
    items = [*results("a", "two words")[:2], *results("b", "")[:1]]
    rows = summarize_thoughts({"greedy": items})
    assert rows == {
        "greedy, empty thoughts": {"distance": 0.5, "size": 0.0, "mean": 0.25},
        "greedy, thought words": {"distance": 1.0, "size": 2.0, "mean": 1.5},
    }
