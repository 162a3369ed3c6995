"""Count what a reader of the code meets: air, names, density, docstrings and loose types.

    python tools/house_counters.py                  # a table
    python tools/house_counters.py --json
    python tools/house_counters.py --repeated       # public names defined in more than one module
    python tools/house_counters.py --root PATH      # another checkout, or another project's package

Only the standard library is used, so that the same script runs on any project.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef

DEFAULT_ROOT = Path(__file__).parents[1] / "src" / "waywiser"
"""Our own package."""

LONG_LINE = 100
"""Columns beyond which a line counts as long."""

LONG_FUNCTION = 12
"""Lines from which a function should show its steps by blank lines."""

MANY_PARAMETERS = 3
"""A public function with more parameters than this needs a section of arguments."""

SECTION = re.compile(
    r"^\s*(Args|Arguments|Parameters|Attributes|Returns|Yields)\s*:?\s*$", re.MULTILINE
)


@dataclass(frozen=True)
class SourceFile:
    """One parsed module.

    Attributes:
        path: Where it lies, relative to the counted package.
        lines: Its text, line by line.
        tree: Its syntax tree.
    """

    path: Path
    lines: list[str]
    tree: ast.Module


def read_sources(root: Path) -> list[SourceFile]:
    """Parse every Python file under `root`, in the order of their names."""
    sources = []

    for path in sorted(root.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        sources.append(SourceFile(path.relative_to(root), text.splitlines(), ast.parse(text)))

    return sources


def functions_of(source: SourceFile) -> Iterator[Function]:
    """All functions and methods of a module, nested ones included."""
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            yield node


def body_lines(source: SourceFile, function: Function) -> list[str]:
    """The lines of a function's body, without its docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    if not body:
        return []

    first = body[0].lineno
    decorators = getattr(body[0], "decorator_list", [])
    if decorators:
        first = min(first, *(decorator.lineno for decorator in decorators))

    return source.lines[first - 1 : function.end_lineno]


def code_lines(function: Function) -> int:
    """How long a function is, from its signature to its end, without its docstring."""
    length = (function.end_lineno or 0) - function.lineno + 1

    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        length -= (docstring.end_lineno or 0) - docstring.lineno + 1

    return length


def is_blank(line: str) -> bool:
    return not line.strip()


def share(part: int, whole: int) -> float:
    """`part` of `whole` in percent; 0 if there is nothing to count."""
    return 100 * part / whole if whole else 0.0


def public_functions(source: SourceFile) -> list[Function]:
    """Public functions of a module and public methods of its public classes."""
    public: list[Function] = []
    scopes: list[ast.Module | ast.ClassDef] = [source.tree]

    while scopes:
        scope = scopes.pop()
        for node in scope.body:
            if getattr(node, "name", "_").startswith("_"):
                continue

            if isinstance(node, ast.ClassDef):
                scopes.append(node)
            elif isinstance(node, Function):
                public.append(node)

    return public


def parameter_count(function: Function) -> int:
    """How many arguments a caller may pass, `self` and `cls` not counted."""
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def repeated_names(sources: list[SourceFile]) -> dict[str, list[str]]:
    """Public top-level functions and classes whose name stands in more than one module."""
    homes: dict[str, list[str]] = defaultdict(list)

    for source in sources:
        for node in source.tree.body:
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(source.path.as_posix())

    return {name: paths for name, paths in sorted(homes.items()) if len(set(paths)) > 1}


def parallel_assignments(sources: list[SourceFile]) -> int:
    """Statements like `a, b = x, y`, which put two thoughts on one line."""
    count = 0

    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                count += isinstance(node.targets[0], ast.Tuple)

    return count


def count_house(sources: list[SourceFile]) -> dict[str, float]:
    """All counters of a package by name; see the table that `main` prints."""
    lines = [line for source in sources for line in source.lines]
    functions = [(source, function) for source in sources for function in functions_of(source)]
    bodies = [body_lines(source, function) for source, function in functions]
    lengths = [code_lines(function) for _, function in functions]

    long_bodies = [body for body in bodies if len(body) >= LONG_FUNCTION]
    airy = [body for body in long_bodies if any(map(is_blank, body))]
    body_total = sum(map(len, bodies))

    public = [function for source in sources for function in public_functions(source)]
    wide = [function for function in public if parameter_count(function) > MANY_PARAMETERS]
    explained = [f for f in wide if SECTION.search(ast.get_docstring(f) or "")]
    documented = [f for f in public if ast.get_docstring(f)]

    text = "\n".join(lines)
    file_lengths = [len(source.lines) for source in sources]

    return {
        "files": len(sources),
        "lines": len(lines),
        "file lines, median": statistics.median(file_lengths),
        "file lines, largest": max(file_lengths),
        "function lines, median": statistics.median(lengths),
        "function lines, largest": max(lengths),
        "public names in several modules": len(repeated_names(sources)),
        "blank lines per 100 function lines": share(
            sum(is_blank(line) for body in bodies for line in body), body_total
        ),
        "functions of 12 lines or more with a blank line, %": share(len(airy), len(long_bodies)),
        "lines over 100 characters, %": share(
            sum(len(line) > LONG_LINE for line in lines), len(lines)
        ),
        "fmt: skip": len(re.findall(r"# fmt: skip", text)),
        "parallel assignments per 1,000 function lines": 10
        * share(parallel_assignments(sources), body_total),
        "public functions with a docstring, %": share(len(documented), len(public)),
        "wide public functions with Args or Returns, %": share(len(explained), len(wide)),
        "dict[str, Any]": text.count("dict[str, Any]"),
        ": Any": len(re.findall(r": Any\b", text)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=Path, default=DEFAULT_ROOT)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--repeated", action="store_true", help="list the repeated public names")
    arguments = parser.parse_args()

    sources = read_sources(arguments.root)

    if arguments.repeated:
        for name, paths in repeated_names(sources).items():
            print(f"{name:28} {', '.join(paths)}")

        return

    counters = count_house(sources)

    if arguments.json:
        print(json.dumps(counters, indent=1))
        return

    for name, value in counters.items():
        print(f"{name:52} {value:>10,.1f}".removesuffix(".0"))


if __name__ == "__main__":
    main()
