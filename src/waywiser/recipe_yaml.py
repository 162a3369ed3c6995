"""YAML as recipes are written: plain data, in which a word stays a word.

PyYAML reads YAML 1.1, where `no` is false, `1:30` is ninety, `010` is eight and `1e-5` is a word.
Here true, false, null and numbers are what YAML 1.2 says they are. All else is text, for the
recipe's types to read. Aliases are refused, and so is a key that is written twice.
"""

import re
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError
from yaml.reader import ReaderError

YAML_ERRORS = (yaml.YAMLError, ValueError, RecursionError)
"""What `load_yaml` raises."""


class _RecipeLoader(yaml.SafeLoader):
    """SafeLoader without aliases and without silently overwritten keys."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own, filled below)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise ComposerError(None, None, "aliases are not allowed", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                problem = f"key {key.value!r} is written twice"
                raise ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)

        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        for name in mapping:
            if not isinstance(name, str):
                raise ConstructorError(None, None, f"key {name!r} is not a string", node.start_mark)

        return mapping


_SCALARS = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*|0x[0-9a-fA-F]+)", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
)
for _name, _pattern, _first in _SCALARS:
    _RecipeLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(rf"^(?:{_pattern})$"), _first
    )


def load_yaml(content: str | bytes) -> Any:
    """The plain data of one YAML document. Raises one of YAML_ERRORS."""
    return yaml.load(content, _RecipeLoader)  # a SafeLoader


def describe_problem(error: Exception) -> str:
    """What is wrong with a YAML text, and in which line."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, ReaderError) and "byte" in error.reason:
        return f"it is not UTF-8 at byte {error.position + 1}: save it as UTF-8"

    mark = getattr(error, "problem_mark", None)
    where = f" (line {mark.line + 1})" if mark is not None else ""
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    if r"'\t'" in problem:
        problem = "a tab: write spaces instead"

    return problem[:200] + where
