"""Data flows one way: a layer imports only from the layers below it."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "waywiser"
LAYERS = [
    "lazy",
    "errors",
    "json_types",
    "io",
    "sample",
    "recipe_yaml",
    "recipe_values",
    "recipe",
    "media",
    "prompting",
    "engine",
    "answers",
    "scenes",
    "rendering",
    "tasks",
    "dataset",
    "sources",
    "rewards",
    "clients",
    "audit",
    "hub",
    "models",
    "training",
    "evaluation",
    "curation",
    "report",
    "demo",
    "cli",
    "__main__",
]
HEAVY = {"torch", "transformers", "trl", "peft", "accelerate"}
TORCH_FREE = [*LAYERS[: LAYERS.index("models")], "curation"]


def modules() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if p != SOURCE / "__init__.py")


def layer_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Absolute names of all modules that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = [SOURCE.name, *path.relative_to(SOURCE).parts[:-1]]
            base = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_flow_downwards(path: Path) -> None:
    layer = layer_of(path)
    assert layer in LAYERS, f"{layer} is on no layer: add it to LAYERS and to docs/design.md"
    for name in imported(path):
        parts = name.split(".")
        if parts[0] != "waywiser" or len(parts) < 2:
            continue
        other = parts[1]
        if other == "__version__":
            continue
        assert LAYERS.index(other) <= LAYERS.index(layer), f"{layer} imports from above: {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_pure_layers_know_no_trainer(path: Path) -> None:
    if layer_of(path) in TORCH_FREE:
        heavy = {n.split(".")[0] for n in imported(path)} & HEAVY
        assert not heavy, f"{path.relative_to(SOURCE)} imports {heavy}"
