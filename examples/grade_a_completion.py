"""What the grader makes of completions: a score, what it read, and a word for what went wrong.

    python examples/grade_a_completion.py

The same function grades in training, in evaluation and in the audit of datasets.
"""

import waywiser

DISTANCE = waywiser.Answer(kind="number", value=2.4, unit="m", tolerance=0.05)
COUNT = waywiser.Answer(kind="integer", value=3)
CHOICE = waywiser.Answer(kind="choice", value="sofa", options=["lamp", "sofa"])
FRACTION = waywiser.Answer(kind="expression", value=r"\frac{1}{2}")

COMPLETIONS = [
    ("<think>The lamp stands near.</think><answer>2.4 m</answer>", DISTANCE),
    ("<think>In other units.</think><answer>240 cm</answer>", DISTANCE),
    ("<answer>2.5 meters</answer>", DISTANCE),  # 4 % off: inside the tolerance
    ("<answer>3 m</answer>", DISTANCE),
    ("There are three chairs.", COUNT),
    ("<answer>3 or 4</answer>", COUNT),  # hedging earns nothing
    ("The answer is B.", CHOICE),
    (r"\boxed{0.5}", FRACTION),
]


def main() -> None:
    for completion, answer in COMPLETIONS:
        verdict = waywiser.grade(completion, answer)
        print(f"{verdict.score:.0f}  {verdict.outcome:12s}  {answer.value!s:11s}  {completion}")

    # Rows of other programs work too: a mapping instead of an `Answer`.
    assert (
        waywiser.grade("It is 2.4 m.", {"kind": "number", "value": 2.4, "unit": "m"}).score == 1.0
    )


if __name__ == "__main__":
    main()
