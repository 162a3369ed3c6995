"""A task of one's own: registered, loaded from a file, synthesized, audited, drawn and refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.tool_modules import load_tool
from waywiser.audit.audit_summary import summarize_dataset_audit
from waywiser.audit.dataset_audit import AuditConfig, audit_dataset
from waywiser.cli import main
from waywiser.errors import RecipeError
from waywiser.tasks.base import ImageTask
from waywiser.tasks.registry import (
    TASKS,
    get_task,
    list_tasks,
    load_plugin,
    register_task,
    unload_plugin,
)


@pytest.fixture
def plugin(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "own_task.py"
    assert main(["new-task", "own_task", "--out", str(path)]) == 0
    yield path
    unload_plugin(path)


def test_seeds_are_the_places_that_tasks_have_always_had() -> None:
    assert [TASKS[name].seed for name in list_tasks()] == list(range(27))
    assert get_task("left_right").seed == 2
    with pytest.raises(RecipeError, match="did you mean 'left_right'"):
        get_task("left_rigth")


def test_a_plugin_asks_in_two_processes_and_is_not_independently_checked(
    plugin: Path, tmp_path: Path
) -> None:
    out = tmp_path / "data"
    words = ["--plugin", str(plugin), "--tasks", "own_task", "--rooms", "6"]
    more = ["--assets", "parametric", "--workers", "2", "--width", "112", "--height", "84"]
    assert main(["synthesize", "--out", str(out), *words, *more]) == 0

    audit = audit_dataset(AuditConfig(folder=out, assets="parametric"), progress=False)
    count = audit.tasks["own_task"].samples
    assert count > 3
    assert audit.tasks["own_task"].outcomes == {"unchecked": count}
    assert not audit.findings
    text = summarize_dataset_audit(audit)
    assert f"not independently checked: own_task ({count} samples)" in text

    page = ["--plugin", str(plugin), "--page", str(tmp_path / "audit.html")]
    assert main(["audit", str(out), "--assets", "parametric", *page]) == 0
    html = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert f" {count} more have no independent check" in html
    assert "Derived: None" not in html


def test_the_catalogue_draws_a_plugin(plugin: Path, tmp_path: Path) -> None:
    tool = load_tool("task_catalogue")
    tool.draw_plugin(plugin, tmp_path / "catalogue")
    assert "own_task.jpg" in (tmp_path / "catalogue" / "own_task.md").read_text()
    assert (tmp_path / "catalogue" / "own_task.jpg").stat().st_size > 500


def test_the_generated_test_passes(plugin: Path) -> None:
    namespace = {"__file__": str(plugin.with_name("test_own_task.py"))}
    exec(plugin.with_name("test_own_task.py").read_text(), namespace)
    namespace["test_a_question_is_graded_and_derived_again"]()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no plugin"),
        ("x = 1\n", "holds no task"),
        ("1 / 0\n", "cannot be loaded: ZeroDivisionError"),
    ],
)
def test_a_plugin_that_is_none_is_one_line(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "plugin.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(RecipeError, match=said) as caught:
        load_plugin(path)
    assert "\n" not in str(caught.value)


def test_names_and_seeds_that_are_taken_are_refused(plugin: Path) -> None:
    taken = plugin.with_name("taken.py")
    taken.write_text(plugin.read_text().replace('"own_task"', '"left_right"'))
    with pytest.raises(RecipeError, match="there is a task 'left_right' already"):
        load_plugin(taken)
    taken.write_text(plugin.read_text().replace("register_task()", "register_task(seed=3)"))
    with pytest.raises(RecipeError, match="that of 'camera_distance'"):
        load_plugin(taken)
    assert len(TASKS) == 27


def test_a_class_that_is_not_whole_is_refused() -> None:
    class Half(ImageTask):
        name = "half"
        kind = "choice"
        templates = ("?",)

    with pytest.raises(
        RecipeError, match=r"does not implement all methods: .*answer.*explain.*propose"
    ):
        register_task()(Half)
