"""Findings of the demo in plain words, whether or not training helped."""

from typing import TypedDict

from waywiser.demo.arm_comparison import Difference
from waywiser.json_types import JsonObject


class Finding(TypedDict):
    """A sentence with its heading; `tone` is "good", "bad" or empty."""

    head: str
    tone: str
    text: str


def describe_findings(scores: JsonObject) -> list[Finding]:
    """Sentences about the held-out scores; `scores` is one set of `compare_arms`."""
    sentences = [
        _difference(
            scores["rlvr_minus_sft"],
            "Sampled reward:",
            "RLVR",
            "over the SFT model it started from",
        ),
        _difference(
            scores["rlvr_minus_sft"]["greedy"], "Greedy accuracy:", "RLVR", "over that SFT model"
        ),
        _difference(
            scores["rlvr_minus_sft_equal_time"],
            "Against equal-time SFT, sampled:",
            "RLVR",
            "over SFT for equal time",
        ),
        _difference(
            scores["rlvr_minus_sft_equal_time"]["greedy"],
            "Against equal-time SFT, greedy:",
            "RLVR",
            "over SFT for equal time",
        ),
        _difference(
            scores["rlvr_minus_start"],
            "Against the model before any training here, sampled:",
            "RLVR",
            "over it",
        ),
    ]

    sharpening = _sharpening(scores)
    if sharpening is not None:
        sentences.append(sharpening)

    return [*sentences, _low_temperature(scores), _tasks(scores)]


def _difference(interval: Difference, heading: str, arm: str, against: str) -> Finding:
    mean = interval["mean"]
    low, high = interval["ci95"]
    numbers = f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]"

    if low > 0:
        return {"head": heading, "tone": "good", "text": f"{arm} gained {numbers} {against}."}

    if high < 0:
        lost = f"{-mean:.3f} [{-high:.3f}, {-low:.3f}]"
        against = against.replace("over ", "against ", 1)
        return {"head": heading, "tone": "bad", "text": f"{arm} lost {lost} {against}."}

    return {
        "head": heading,
        "tone": "",
        "text": f"no change shown for {arm} {against}: {numbers} includes 0.",
    }


def _sharpening(scores: JsonObject) -> Finding | None:
    """If sampled reward rose and greedy accuracy did not: the model became surer, not better."""
    change = scores["rlvr_minus_sft"]
    if change["ci95"][0] > 0 and change["greedy"]["ci95"][0] <= 0:
        text = (
            "sampled answers moved towards the greedy ones, while greedy answers did not get"
            " better. What RLVR did here is sharpening, not new skill."
        )

        return {"head": "Sharpening:", "tone": "", "text": text}

    return None


def _low_temperature(scores: JsonObject) -> Finding:
    """The cheap alternative: sample the SFT model at a lower temperature."""
    modes = [mode for mode in scores["sft"] if mode.startswith("t=")]
    if not modes:
        return {"head": "Low temperature:", "tone": "", "text": "not measured."}

    low = scores["sft"][modes[0]]["mean"]
    rlvr = scores["rlvr"]["sampled"]["mean"]
    text = (
        f"sampling the SFT model at temperature {modes[0][2:]} instead scores {low:.3f}; "
        f"the RLVR model at the training temperature scores {rlvr:.3f}."
    )

    return {"head": "Low temperature:", "tone": "", "text": text}


def _tasks(scores: JsonObject) -> Finding:
    """Which tasks moved, sampled and greedy."""
    by_task = scores["rlvr_minus_sft"]["by_task"]
    parts = []

    for mode in ("sampled", "greedy"):
        up = [_name(task) for task, change in by_task.items() if change[mode]["ci95"][0] > 0]
        down = [_name(task) for task, change in by_task.items() if change[mode]["ci95"][1] < 0]
        parts.append(f"{mode}: better {', '.join(up) or 'none'}, worse {', '.join(down) or 'none'}")

    return {
        "head": "By task,",
        "tone": "",
        "text": "; ".join(parts) + "; for the others no change is shown.",
    }


def _name(task: str) -> str:
    return task.replace("_", " ")
