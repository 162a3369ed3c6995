"""A small general data set in the layout of GSM8K, and a teacher that knows its answers."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai", reason="the curate extra is not installed")
pytest.importorskip("stamina", reason="the curate extra is not installed")
pytest.importorskip("imagehash", reason="the curate extra is not installed")

NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hal")


def problem(number: int) -> tuple[str, int, int, int]:
    """(question, a, b, answer) of problem `number`."""
    draw = random.Random(number)
    a = draw.randint(3, 40)
    b = draw.randint(3, 40)
    name = draw.choice(NAMES)
    things = draw.choice(("marbles", "stamps", "apples", "coins", "shells"))
    question = f"{name} has {a} {things} in box {number} and finds {b} more. How many {things} does {name} have now?"
    return question, a, b, a + b


def write_gsm8k(path: Path, count: int) -> Path:
    """`count` problems in GSM8K's layout."""
    rows = [
        {"question": q, "answer": f"{a} + {b} = {c}\n#### {c}"}
        for q, a, b, c in map(problem, range(count))
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


MAPPING = """licence: MIT
task: word_problem
question: question
answer: {field: answer, pattern: '####\\s*(.+?)\\s*$', kind: integer}
"""


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    """A folder with problems.jsonl (24 problems) and problems.yaml, a mapping without its chains."""
    folder = tmp_path / "problems"
    write_gsm8k(folder / "problems.jsonl", 24)
    (folder / "problems.yaml").write_text(MAPPING)
    return folder


def chain(question: str, *, wrong: bool = False) -> str:
    """A good chain for a problem of ours."""
    number = int(question.split("box ")[1].split(" ")[0])
    _, a, b, c = problem(number)
    said = c + 1 if wrong else c
    shown = f"{a} + {b} = {c}"
    return (
        f"<think>Step 1: At first there are {a}.\nStep 2: Then {b} more are found, so {shown}.\n"
        f"Step 3: So there are {said} now.\nCheck: put back, {c} - {b} = {a}, as at first.</think>"
        f"<answer>{said}</answer>"
    )


def judgement(body: dict[str, Any]) -> str:
    """A fair judge: it likes order, short steps and checks."""
    text = body["messages"][-1]["content"]
    ordered = "Step 1" in text and "Step 2" in text
    checked = "Check" in text
    length = len(text) % 3
    scores = {
        "structure": 9 - length if ordered else 2,
        "cognitive_load": 8 - length if ordered else 3,
        "verification": 9 - length if checked else 1,
        "verdict": "keep" if ordered and checked else "reject",
    }
    return json.dumps(scores)
