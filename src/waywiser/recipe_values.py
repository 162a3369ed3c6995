"""The values of a recipe as people write them, where pydantic reads them otherwise."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from waywiser.errors import RecipeError


def read_by_types(
    model_type: type[BaseModel] | None, values: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """What pydantic does not read as people write it: `~/` is the home folder and an empty section
    its default. Raises RecipeError for an empty path and for a truth value as a number.
    """
    fields = {f.alias or n: f for n, f in model_type.model_fields.items()} if model_type else {}
    read: dict[str, Any] = {}

    for name, value in values.items():
        field = fields.get(name)
        types = leaf_types(field.annotation) if field is not None else set()
        section = next((t for t in types if issubclass(t, BaseModel)), None)

        if value is None and section is not None and type(None) not in types:
            if field is None or not field.is_required():
                continue
            value = {}
        elif value == "" and Path in types and str not in types:
            raise RecipeError(f"{where}{name} is empty: give a path")
        elif isinstance(value, bool) and types & {int, float} and bool not in types:
            raise RecipeError(f"{where}{name}: give a number, not {str(value).lower()}")

        if isinstance(value, Mapping):
            value = read_by_types(section, value, f"{where}{name}.")
        elif isinstance(value, list | tuple):
            value = [_expand_home(each) for each in value]

        read[name] = _expand_home(value)

    return read


def _expand_home(value: Any) -> Any:
    is_in_home = isinstance(value, str | Path) and str(value).startswith("~/")
    return type(value)(Path(value).expanduser()) if is_in_home else value


def leaf_types(annotation: Any) -> set[type]:
    """The classes that an annotation allows, those inside of lists and unions too."""
    if getattr(annotation, "__origin__", None) in (dict, Mapping):
        return {dict}
    if isinstance(annotation, type) and not get_args(annotation):
        return {annotation}
    return {leaf for argument in get_args(annotation) for leaf in leaf_types(argument)}


def key_of(problem: Any, values: Any) -> str:
    """The dotted path of the key that a problem is about, without pydantic's names of types."""
    path: list[str] = []
    for part in problem["loc"]:
        is_index = isinstance(values, list | tuple) and isinstance(part, int)
        if is_index or (isinstance(values, Mapping) and part in values):
            values = values[part]
        elif problem["type"] != "missing" or part != problem["loc"][-1]:
            continue
        path.append(str(part))

    return ".".join(path)


_MEANINGS = {
    "model_type": "input should be a section of keys",
    "model_attributes_type": "input should be a section of keys",
    "dict_type": "input should be a section of keys",
    "list_type": "input should be a list, as in [a, b]",
    "tuple_type": "input should be a list, as in [a, b]",
    "path_type": "input should be a path; quotes make one of a number",
}
"""What pydantic calls otherwise, in the words of a recipe."""


def _describe_problem(problem: Any) -> str:
    message: str = problem["msg"]
    return _MEANINGS.get(problem["type"], message.removeprefix("Value error, "))


def describe_type_errors(path: str, problems: Sequence[Any]) -> str:
    """What pydantic says of one key (empty for the whole recipe), in the words of a recipe; of a
    union, for each type.
    """
    messages = list(dict.fromkeys(_describe_problem(problem) for problem in problems))
    if not path:
        return "; ".join(messages)

    said = ", or ".join(f"{text[:1].lower()}{text[1:]}" for text in messages)
    given = problems[0]["input"]
    if problems[0]["type"] == "value_error" and isinstance(given, Mapping):
        return f"{path}: {said}"  # about keys that do not go together, which it names

    text = repr(given)
    return f"{path}: {said}, not {text if len(text) <= 60 else text[:57] + '...'}"
