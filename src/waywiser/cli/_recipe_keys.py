"""`--keys`: every key of a recipe, with its type, default and meaning."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from waywiser.errors import RecipeError
from waywiser.recipe import iterate_fields, nearest_name

KeysOption = Annotated[
    str | None,
    typer.Option(
        "--keys",
        metavar="[PREFIX]",
        help="List the recipe's keys (that begin with PREFIX) and exit.",
    ),
]

_BOUNDS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def print_keys(recipe_types: Sequence[type[BaseModel]], prefix: str, as_json: bool = False) -> None:
    """Print the keys of the recipes that begin with `prefix`.

    With several recipe types, each key says which of them has it. Raises RecipeError, naming the
    nearest key, where none begins so.
    """
    keys = _collect_keys(recipe_types)
    prefix = prefix.replace("-", "_")
    shown = {path: row for path, row in keys.items() if path.startswith(prefix)}

    if not shown:
        near = nearest_name(prefix, keys)
        hint = f"did you mean {near!r}?" if near else "--keys alone lists them all"
        raise RecipeError(f"no key begins with {prefix!r}; {hint}")

    typer.echo(json.dumps(shown) if as_json else "\n".join(map(_format_key, shown, shown.values())))


def _collect_keys(recipe_types: Sequence[type[BaseModel]]) -> dict[str, dict[str, str]]:
    """Rows by dotted path; what differs between recipes is told apart by their stages."""
    rows: dict[str, dict[str, dict[str, str]]] = {}

    for recipe_type in recipe_types:
        stage = recipe_type.model_fields.get("stage")
        name = str(stage.default) if stage is not None else recipe_type.__name__

        for path, field in iterate_fields(recipe_type):
            row = {
                "type": _describe_type(field.annotation) + _describe_bounds(field),
                "default": _describe_default(field),
                "description": " ".join((field.description or "").split()),
            }
            rows.setdefault(path, {}).setdefault(name, row)

    merged: dict[str, dict[str, str]] = {}
    for path, by_stage in rows.items():
        row = dict(next(iter(by_stage.values())))
        if len({each["default"] for each in by_stage.values()}) > 1:
            row["default"] = ", ".join(f"{r['default']} ({name})" for name, r in by_stage.items())
        if len(by_stage) < len(recipe_types):
            row["stage"] = ", ".join(by_stage)
        merged[path] = row

    return merged


def _format_key(path: str, row: Mapping[str, str]) -> str:
    default = row["default"]
    notes = [
        row["type"],
        default if default == "required" else f"default {default}" * bool(default),
    ]
    notes += [f"stage {row['stage']}"] if "stage" in row else []
    lines = [f"{path}  ({'; '.join(filter(None, notes))})"]
    lines += textwrap.wrap(row["description"], 92, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines)


def _describe_type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)

    if annotation is type(None):
        return "null"
    if origin is Annotated:
        return _describe_type(arguments[0])
    if origin is Literal:
        return " | ".join(map(str, arguments))
    if origin in (Union, UnionType):
        return " | ".join(dict.fromkeys(_describe_type(each) for each in arguments))
    if origin in (list, tuple, set, frozenset, Sequence):
        inner = dict.fromkeys(_describe_type(each) for each in arguments if each is not Ellipsis)
        return f"list of {' or '.join(inner)}"
    if origin in (dict, Mapping):
        return f"mapping of {_describe_type(arguments[0])} to {_describe_type(arguments[1])}"
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return "section"
        names = {str: "text", int: "integer", float: "number", bool: "true | false", Path: "path"}
        return names.get(annotation, annotation.__name__)

    return "value"


def _describe_bounds(field: FieldInfo) -> str:
    bounds = [
        f"{sign} {bound}"
        for constraint in field.metadata
        for name, sign in _BOUNDS.items()
        if (bound := getattr(constraint, name, None)) is not None
    ]

    return f" {' and '.join(bounds)}" if bounds else ""


def _describe_default(field: FieldInfo) -> str:
    """ "" for a section, whose keys have defaults of their own."""
    if field.is_required():
        return "required"

    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel):
        return ""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"

    return str(value)
