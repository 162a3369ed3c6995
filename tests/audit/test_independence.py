"""The audit shares no geometry with what it checks."""

import ast
from pathlib import Path

import pytest

import waywiser.audit

FOLDER = Path(waywiser.audit.__file__).parent
GEOMETRY = {"axes", "to_camera", "project", "pose", "position", "look_at"}
"""What `Camera`, `Box` and others compute; the audit reads their stored numbers only."""
FILES = [
    FOLDER / "sample_judge.py",
    *sorted((FOLDER / "geometry").glob("*.py")),
    *sorted((FOLDER / "rules").glob("*.py")),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_geometry_is_shared(path: Path) -> None:
    tree = ast.parse(path.read_text())
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert not [
        name for name in modules if name.startswith(("waywiser.tasks", "waywiser.rendering"))
    ]
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & GEOMETRY
    calls = [
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    moments = [ast.unparse(call) for call in calls if call.attr == "at"]
    assert set(moments) <= {"np.minimum.at"}, (
        "Scene.at and Motion.at say where things are for the tasks"
    )
