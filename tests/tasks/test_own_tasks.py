"""Mistakes in a task of one's own: each is one line that names the task and the place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from waywiser.cli import main
from waywiser.errors import RecipeError
from waywiser.tasks import own_tasks
from waywiser.tasks.base import ImageTask
from waywiser.tasks.registry import TASKS, load_plugin, register_task, unload_plugin

NUMBER = """
from waywiser import Answer, ImageTask, register_task
from waywiser.tasks import ObjectId, uniquely_named


@register_task()
class Height(ImageTask):
    name = "height"
    kind = "number"
    unit = "cm"
    single_rooms = True
    templates = ("How tall is the {a}, in centimetres?",)

    class Inputs(ImageTask.Inputs):
        object: ObjectId

    def propose(self, view, rng):
        for obj in uniquely_named(view):
            inputs = self.Inputs(camera=view.camera_index, object=obj.id)
            yield self.question(view, inputs, self.ask(rng, a=obj.category), subject=obj.category)

    def answer(self, view, inputs):
        return Answer(kind="number", value=self.height(view, inputs), unit="cm")

    def height(self, view, inputs):
        return round(100 * view.object(inputs.object).box.size[2])

    def explain(self, view, inputs, answer):
        return f"It is {answer.value} cm tall."
"""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "height.py"
    yield path
    unload_plugin(path)


def _synthesize(file: Path, workers: int = 1) -> int:
    words = ["--plugin", str(file), "--tasks", "height", "--rooms", "4", "--workers", str(workers)]
    room = ["--width", "96", "--height", "72", "--assets", "parametric"]
    return main(["synthesize", "--out", str(file.with_name("data")), *words, *room])


def _number_task(**attributes: object) -> type[ImageTask]:
    class Number(ImageTask):
        name = "number_task"
        kind = "number"
        templates = ("How much?",)

        def propose(self, view, rng, /):  # type: ignore[no-untyped-def]
            raise NotImplementedError

        def answer(self, view, inputs, /):  # type: ignore[no-untyped-def]
            raise NotImplementedError

        def explain(self, view, inputs, answer, /):  # type: ignore[no-untyped-def]
            raise NotImplementedError

    for name, value in attributes.items():
        setattr(Number, name, value)

    return Number


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"kind": "float"}, r"'number_task' has the kind 'float': choose from integer, number, "),
        ({"unit": "furlong"}, r"'number_task' has the unit 'furlong', which is unknown: .* m, cm"),
        ({"unit": 3}, r"'number_task' has the unit 3, which is unknown"),
        ({"kind": "text", "unit": "m"}, r"'number_task' .* only numbers have a unit"),
    ],
)
def test_an_impossible_kind_or_unit_is_refused_when_it_is_registered(
    attributes: dict[str, object], said: str
) -> None:
    with pytest.raises(RecipeError, match=said):
        register_task()(_number_task(**attributes))
    assert "number_task" not in TASKS


def test_every_unit_that_is_offered_is_known() -> None:
    for unit in own_tasks.UNITS:
        own_tasks.check_kind_and_unit("task", "number", unit)


MISTAKES = [
    (
        'unit="cm")',
        'unit="m")',
        "propose",
        "class says unit = 'cm', but answer() returned unit = 'm'",
    ),
    (', unit="cm")', ")", "propose", "unit = 'cm', but answer() returned unit = None"),
    ('Answer(kind="number"', 'Answer(kind="integer"', "propose", "kind = 'number', but answer()"),
    ("return Answer(", "Answer(", "propose", "answer() returned nothing, not an Answer"),
    ("value=self.height(view, inputs)", "value=float('nan')", "propose", "is not a finite number"),
    ("return f", "f", "propose", "explain() returned nothing, not text"),
    ("answer.value}", "answer.vlaue}", "explain", "AttributeError: 'Answer' object has no"),
    ("box.size[2]", "box.size[9]", "answer", "IndexError: "),
    ("How tall is the {a}", "How tall is the {b}", "propose", "cannot be filled in with a: 'b'"),
    ("How tall is the {a}", "How tall is {", "propose", "cannot be filled in with a"),
    ("object=obj.id)", "thing=obj.id)", "propose", "thing: Extra inputs are not permitted"),
    ("uniquely_named(view):", "uniquely_named(view) and [1 / 0]:", "propose", "ZeroDivisionError"),
]


@pytest.mark.parametrize(("right", "wrong", "method", "said"), MISTAKES)
def test_a_mistake_in_a_plugin_is_one_line_with_its_place(
    file: Path,
    right: str,
    wrong: str,
    method: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert right in NUMBER
    file.write_text(NUMBER.replace(right, wrong))
    assert _synthesize(file) == 2
    error = capsys.readouterr().err
    line = error.strip().splitlines()[-1]
    assert f"task 'height', {method} ({file}:" in line
    assert said in line
    assert "Traceback" not in error


def test_a_mistake_in_a_worker_process_is_the_same_line(
    file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file.write_text(NUMBER.replace("box.size[2]", "box.size[9]"))
    words = ["--shard-rooms", "2"]
    out = ["--out", str(file.with_name("data")), "--assets", "parametric", "--workers", "2"]
    assert (
        main(
            ["synthesize", "--plugin", str(file), "--tasks", "height", *out, "--rooms", "4", *words]
        )
        == 2
    )
    error = capfd.readouterr().err
    assert f"task 'height', answer ({file}:" in error
    assert "Traceback" not in error


def test_long_reasoning_is_told_once(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    own_tasks._reported.discard("height")
    file.write_text(NUMBER.replace("It is", "so " * 130 + "it is"))
    assert _synthesize(file) == 0
    (message,) = [text for text in caplog.messages if "explain()" in text]
    assert "'height'" in message
    assert "at most 120" in message


def test_a_plugin_that_is_imported_as_well_is_harmless(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(NUMBER)
    load_plugin(file)
    monkeypatch.syspath_prepend(str(file.parent))
    exec("import height", {})
    assert load_plugin(file) == ("height",)
