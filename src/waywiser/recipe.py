"""One configuration system: YAML recipe -> pydantic model, and every key is also a command-line
flag.

Relative paths in a recipe are relative to the working directory, not to the recipe's folder; `~/`
is the home folder. A section that is there and empty is its default.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from waywiser.errors import RecipeError
from waywiser.recipe_values import describe_type_errors, key_of, leaf_types, read_by_types
from waywiser.recipe_yaml import YAML_ERRORS, describe_problem, load_yaml

MAX_RECIPE_BYTES = 256 * 1024
"""Largest recipe file. Recipes are about 45 lines; anything near this size is a mistake."""

ALIASES: dict[str, tuple[str, ...]] = {
    "lr": ("learning_rate",),
    "bs": ("batch_size", "prompts_per_step"),
    "batch": ("batch_size", "prompts_per_step"),
    "train_batch_size": ("batch_size", "prompts_per_step"),  # verl counts prompts, as we do
    "per_device_train_batch_size": ("batch_size",),
    "steps": ("max_steps",),
    "total_training_steps": ("max_steps",),
    "grad_accum": ("gradient_accumulation_steps",),
    "accumulate": ("gradient_accumulation_steps",),
    "micro_batches": ("gradient_accumulation_steps",),
    "drop_dead_groups": ("drop_zero_std_groups",),
    "redraw_dead_groups": ("resample_zero_std_groups",),
    "sigma": ("weight_scale",),
    "ahead": ("prefetch_steps",),
    "allowed": ("max_rate",),
    "free": ("free_length",),
    "fewest_words": ("min_words",),
    "most_words": ("max_words",),
    "repetition": ("max_repetition",),
    "foreign_letters": ("max_foreign_letter_share",),
    "text": ("min_text_similarity",),
    "keep": ("acceptance_rate",),
    "first_wait": ("initial_wait",),
    "longest_wait": ("max_wait",),
    "num_epochs": ("epochs",),
    "num_train_epochs": ("epochs",),
    "total_epochs": ("epochs",),
    "kl_coef": ("strategy.beta",),
    "kl_loss_coef": ("strategy.beta",),
    "beta": ("strategy.beta",),
    "grad_clip": ("max_grad_norm",),
    "logging_steps": ("log_steps",),
    "save_freq": ("save_steps",),
    "output_dir": ("out",),
    "model_name_or_path": ("model",),
    "max_new_tokens": ("max_completion_length", "max_tokens"),
    "max_response_length": ("max_completion_length",),
    "group_size": ("num_generations",),
    "lora_r": ("lora.rank",),
    "lora_rank": ("lora.rank",),
    "dataset": ("data.path",),
    "num_samples": ("samples", "data.limit"),
    "num_rooms": ("rooms",),
    "num_workers": ("workers",),
    "max_answer_share": ("count_share",),
    "renderer": ("realism",),
}
"""Other names of keys: usual short forms, what TRL, verl and transformers call them, and better
names of old keys. The first target that a recipe has is meant; a recipe's own key always wins.
"""

Model = TypeVar("Model", bound=BaseModel)


def load_config_file(
    path: str | Path, model_type: type[Model], overrides: Sequence[str] = ()
) -> Model:
    """Read the recipe at `path`, apply command-line `overrides` and validate it as `model_type`.

    Raises RecipeError, in one line, for a file that is missing, empty or not a YAML mapping, and
    for an unknown key or flag, a wrong type or a value out of range (naming the key).
    """
    example = f"{next(iter(model_type.model_fields))}: ..."
    flags = parse_overrides(overrides, [model_type])
    values = override(model_type, read_yaml(path, example), flags)
    return build(model_type, values, source=str(path))


def override(
    model_type: type[BaseModel], base: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    """`merge`, where an alias and its key are the same: `--lr` replaces a recipe's
    `learning_rate`.
    """
    return merge(resolve_aliases(model_type, base), resolve_aliases(model_type, values))


def resolve_aliases(model_type: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` under the recipe's own keys, where `ALIASES` has another name of them.

    Raises RecipeError where a key is given under two names.
    """
    return _rename_keys(values, "", set(dotted_keys(model_type)))


def read_yaml(path: str | Path, example: str = "stage: sft") -> dict[str, Any]:
    """The mapping in a YAML file, read safely. Raises RecipeError for anything else, with `example`
    as the line to write where the file is empty.
    """
    path = Path(path)
    if not path.is_file():
        hint = f"; did you mean {near}?" if (near := _nearest_file(path)) else ""
        raise RecipeError(f"there is no recipe at {path}{hint}")

    try:
        with path.open("rb") as file:
            content = file.read(MAX_RECIPE_BYTES + 1)
    except OSError as error:
        raise RecipeError(f"cannot read {path}: {error.strerror}") from error

    if len(content) > MAX_RECIPE_BYTES:
        raise RecipeError(
            f"{path} is larger than {MAX_RECIPE_BYTES // 1024} kB: it is not a recipe"
        )

    try:
        values = load_yaml(content)
    except YAML_ERRORS as error:
        raise RecipeError(f"{path} is not valid YAML: {describe_problem(error)}") from error

    if values is None:
        raise RecipeError(f"{path} is empty: write keys and values, such as '{example}'")
    if not isinstance(values, dict):
        raise RecipeError(f"{path} holds a {type(values).__name__}, not 'key: value' lines")

    return values


def parse_overrides(
    arguments: Sequence[str], model_types: Iterable[type[BaseModel]] = ()
) -> dict[str, Any]:
    """`--a.b value`, `--a.b=value` and `--a-b value` as nested values, the last one of a key
    winning.

    Values stay text for the recipe's types to read; `null`, `[a, b]` and `{a: b}` are read as YAML.
    Raises RecipeError for a flag without a value, which is told apart from one that `model_types`
    do not have, and for a word without a flag.
    """
    values: dict[str, Any] = {}
    words = list(arguments)
    while words:
        word = words.pop(0)
        if not word.startswith("--") or len(word) < 3:
            raise RecipeError(f"unexpected argument {word!r}: options are written --key value")

        key, equals, text = word[2:].partition("=")
        if not equals:
            if not words or words[0].startswith("--"):
                raise RecipeError(_explain_bare_flag(key, model_types))

            text = words.pop(0)

        values = merge(values, _nest(key.replace("-", "_").split("."), _parse_value(text)))

    return values


def merge(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `override`; mappings are merged key by key, everything else is
    replaced.
    """
    merged = dict(base)

    for key, value in override.items():
        base_value = merged.get(key)
        if isinstance(base_value, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(base_value, value)
        else:
            merged[key] = value

    return merged


def build(model_type: type[Model], values: Mapping[str, Any], source: str = "") -> Model:
    """Validate `values` as `model_type`. Raises RecipeError naming the keys that are wrong."""
    prefix = f"{source}: ".removeprefix(": ")
    resolved = read_by_types(model_type, resolve_aliases(model_type, values), prefix)
    try:
        return model_type.model_validate(resolved)
    except ValidationError as error:
        by_path: dict[str, list[Any]] = {}
        for problem in error.errors():
            by_path.setdefault(key_of(problem, resolved), []).append(problem)

        shown = [_explain(model_type, *entry) for entry in list(by_path.items())[:3]]
        more = len(by_path) - len(shown)
        tail = f" (and {more} more)" if more else ""

        raise RecipeError(prefix + "; ".join(shown) + tail) from error


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """The most similar of `names`, or None where nothing resembles `name`."""
    matches = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return matches[0] if matches else None


def dotted_keys(model_type: type[BaseModel], prefix: str = "") -> list[str]:
    """Dotted paths of all keys of a recipe type, nested ones included."""
    return [path for path, _ in iterate_fields(model_type, prefix)]


def iterate_fields(
    model_type: type[BaseModel], prefix: str = ""
) -> Iterator[tuple[str, FieldInfo]]:
    """Each key of a recipe type as its dotted path and its field."""
    for name, field in model_type.model_fields.items():
        path = prefix + (field.alias or name)
        yield path, field

        for inner in _nested_models(field.annotation):
            yield from iterate_fields(inner, f"{path}.")


def _rename_keys(values: Mapping[str, Any], parent: str, known: set[str]) -> dict[str, Any]:
    """One level of `resolve_aliases`; `parent` is the path of the level, with its last dot."""
    renamed: dict[str, Any] = {}
    aliased: dict[str, str] = {}

    for name, value in values.items():
        path = f"{parent}{name}"
        if path in known:
            nested = _rename_keys(value, f"{path}.", known) if isinstance(value, Mapping) else value
            renamed = merge(renamed, {name: nested})
            continue

        target = next((t for t in _alias_targets(name, parent) if parent + t in known), None)
        if target is None:
            renamed[name] = value
            continue

        if target in aliased or _has_key(values, target.split(".")):
            other = aliased.get(target, target)
            raise RecipeError(f"{path!r} and {parent + other!r} are one key: give only one of them")

        aliased[target] = name
        renamed = merge(renamed, _nest(target.split("."), value))

    return renamed


def _alias_targets(name: str, parent: str) -> list[str]:
    """What an alias can stand for, relative to `parent`."""
    targets = ALIASES.get(name, ())
    return [*targets, *(t.removeprefix(parent) for t in targets if parent and t.startswith(parent))]


def _has_key(values: Any, path: list[str]) -> bool:
    for name in path:
        if not isinstance(values, Mapping) or name not in values:
            return False
        values = values[name]
    return True


def _explain(model_type: type[BaseModel], path: str, problems: Sequence[Any]) -> str:
    """What is wrong with a key; of a union, each type that it could have had."""
    first, known = problems[0], dotted_keys(model_type)
    if first["type"] == "extra_forbidden":
        if path in known:
            section, _, name = path.rpartition(".")
            return f"unknown key {path!r}; write {name} in a section {section}"
        return f"unknown key {path!r}{_suggest_key(path, known)}"
    if first["type"] == "missing":
        return f"{path} is missing"

    return describe_type_errors(path, problems)


def _explain_bare_flag(key: str, model_types: Iterable[type[BaseModel]]) -> str:
    """Why a flag without a value is refused: there is none, or it takes one."""
    fields = {path: field for each in model_types for path, field in iterate_fields(each)}
    name = key.replace("-", "_")
    is_switch = {path for path, field in fields.items() if bool in leaf_types(field.annotation)}

    if name in fields or name in ALIASES or not fields:
        return f"--{key} needs a value, as in --{key} {'true' if name in is_switch else 'VALUE'}"
    if (switch := name.removeprefix("no_")) in is_switch:
        return f"there is no option --{key}; give --{switch.replace('_', '-')} false"

    near = nearest_name(name, fields)
    hint = f"did you mean --{near.replace('_', '-')}?" if near else "--keys lists them all"
    return f"there is no option --{key}; {hint}"


def _suggest_key(path: str, known: list[str]) -> str:
    parent, _, name = path.rpartition(".")
    siblings = [key for key in known if key.rpartition(".")[0] == parent]
    if near := nearest_name(name, [key.rpartition(".")[2] for key in siblings]):
        return f"; did you mean {'.'.join(filter(None, [parent, near]))!r}?"

    by_last = {key.rpartition(".")[2]: key for key in reversed(known)}
    if near := nearest_name(path, known) or by_last.get(nearest_name(name, by_last) or ""):
        return f"; did you mean {near!r}?"

    return f"; known here are {', '.join(siblings) or 'none'}"


def _nested_models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if getattr(annotation, "__origin__", None) in (dict, Mapping):
        return []  # its keys are the user's
    return [model for argument in get_args(annotation) for model in _nested_models(argument)]


def _nest(path: list[str], value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return value


def _parse_value(text: str) -> Any:
    if text[:1] in ("[", "{") or text in ("null", "~"):
        try:
            return load_yaml(text[:MAX_RECIPE_BYTES])
        except YAML_ERRORS as error:
            raise RecipeError(
                f"cannot read the value {text[:60]!r}: {describe_problem(error)}"
            ) from error

    return text


def _nearest_file(path: Path) -> str | None:
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml")]
    except OSError:
        return None
    near = nearest_name(path.name, names)
    return str(path.parent / near) if near else None
