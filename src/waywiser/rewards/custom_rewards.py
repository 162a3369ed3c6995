"""Reward functions of users' own, by name in a recipe: `my_rewards:brevity` or
`path/file.py:brevity`.

They are code that the user names on purpose, from the working directory, an installed package or a
file. No name is ever taken from a dataset or a model folder.
"""

import asyncio
import importlib
import importlib.util
import inspect
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from waywiser.errors import RecipeError
from waywiser.rewards.config import CustomRewardConfig, RewardConfig

TRL_ARGUMENTS = frozenset(
    {"prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric"}
)
"""What TRL passes beside the columns of the dataset."""


class CustomReward:
    """A user's function as one of TRL's `reward_funcs`: it gets what it has parameters for.

    It is called with prompts, completions, completion_ids, trainer_state, log_extra, log_metric and
    the columns of the dataset, each a list with one entry per completion, and returns a number or None
    (does not apply) for each. It may be a coroutine function. Raises ValueError, naming the
    function, for any other result.
    """

    def __init__(self, name: str, spec: str, function: Callable[..., Any]) -> None:
        self.__name__ = name
        self.spec = spec
        self.function = function
        self._accepted, self._required = _parameter_names(function, spec)

    def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float | None]:
        arguments = {"completions": completions, **columns}
        if self._accepted is not None:
            arguments = {name: value for name, value in arguments.items() if name in self._accepted}

        try:
            values = self.function(**arguments)
            if inspect.isawaitable(values):
                values = asyncio.run(_await_value(values))
        except Exception as error:
            raise ValueError(
                f"{self.spec} raised {type(error).__name__}: {_one_line(error)}"
            ) from error

        return self._validate_values(values, len(completions))

    def check_columns(self, columns: Sequence[str]) -> None:
        """Raises RecipeError where the function needs a column that the rows do not have."""
        missing = sorted(self._required - TRL_ARGUMENTS - set(columns))
        if missing:
            raise RecipeError(
                f"the reward {self.spec} needs {', '.join(missing)}, which the rows lack: they have"
                f" {', '.join(sorted(columns))}"
            )

    def _validate_values(self, values: Any, count: int) -> list[float | None]:
        values = values.tolist() if hasattr(values, "tolist") else values
        if isinstance(values, str | Mapping) or not hasattr(values, "__iter__"):
            raise ValueError(f"{self.spec} returned {type(values).__name__}, not a list of numbers")

        values = list(values)
        if len(values) != count:
            raise ValueError(f"{self.spec} returned {len(values)} values for {count} completions")

        return [self._validate_number(value) for value in values]

    def _validate_number(self, value: Any) -> float | None:
        if value is None:
            return None

        try:
            number = float(value)
        except (TypeError, ValueError):
            raise ValueError(
                f"{self.spec} returned {_one_line(repr(value))}, which is not a number"
            ) from None

        if not math.isfinite(number):
            raise ValueError(
                f"{self.spec} returned {number}: return None where a reward does not apply"
            )

        return number


def load_custom_rewards(config: RewardConfig) -> list[CustomReward]:
    """The functions that a recipe names, loaded, in order.

    A function is logged by its own name, or as module.name where that is taken. Raises RecipeError,
    in one line, for one that cannot be loaded or called.
    """
    used_names: set[str] = {*config.weights, "overlong"}
    rewards: list[CustomReward] = []
    specs = [entry.function for entry in config.functions]

    for entry in config.functions:
        if specs.count(entry.function) > 1:
            raise RecipeError(f"rewards.functions names {entry.function} twice: give it one weight")

        function = load_function(entry)
        module = Path(entry.module).stem if entry.module.endswith(".py") else entry.module
        name = entry.name if entry.name not in used_names else f"{module}.{entry.name}"
        if name in used_names:
            raise RecipeError(
                f"rewards.functions: another reward is called {name!r} already: rename one of them"
            )

        used_names.add(name)
        rewards.append(CustomReward(name, entry.function, function))

    return rewards


def load_function(entry: CustomRewardConfig) -> Callable[..., Any]:
    """The function that an entry names. Raises RecipeError, in one line, where there is none."""
    module = _import_file(entry) if entry.module.endswith(".py") else _import_module(entry)
    function: Any = module

    for part in entry.name.split("."):
        function = getattr(function, part, None)

    if function is None:
        names = [
            name
            for name, value in vars(module).items()
            if inspect.isfunction(value) and not name.startswith("_")
        ]

        available = f"it has {', '.join(sorted(names))}" if names else "it has no functions"
        raise RecipeError(f"rewards.functions: {entry.module} has no {entry.name!r}; {available}")

    if not callable(function) or inspect.isclass(function):
        raise RecipeError(
            f"rewards.functions: {entry.function} has the type {type(function).__name__}, not a"
            " function's: name one that takes prompts, completions and **columns"
        )

    return function


def _import_module(entry: CustomRewardConfig) -> ModuleType:
    cwd = Path.cwd()
    _make_importable(cwd)

    try:
        return importlib.import_module(entry.module)
    except ModuleNotFoundError as error:
        if error.name != entry.module.split(".")[0] and error.name != entry.module:
            raise RecipeError(
                f"rewards.functions: {entry.module} needs {error.name!r}: pip install it"
            ) from error

        raise RecipeError(
            f"rewards.functions: there is no module {entry.module!r} in {cwd} or installed: name a"
            " file as path/file.py:function, or run from its folder"
        ) from error
    except (Exception, SystemExit) as error:
        raise _import_error(entry, error) from error


def _import_file(entry: CustomRewardConfig) -> ModuleType:
    path = Path(entry.module).resolve()
    if not path.is_file():
        raise RecipeError(
            f"rewards.functions: no file {entry.module}: give its path from {Path.cwd()}"
        )

    name = f"waywiser_own_rewards_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RecipeError(f"rewards.functions: {entry.module} is not a Python file")

    _make_importable(path.parent)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and pickles look

    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _import_error(entry, error) from error

    return module


def _make_importable(folder: Path) -> None:
    """Behind all other places: a file that lies around cannot take the place of what is installed."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    importlib.invalidate_caches()


def _import_error(entry: CustomRewardConfig, error: BaseException) -> RecipeError:
    return RecipeError(
        f"rewards.functions: {entry.module} cannot be imported ({type(error).__name__}:"
        f" {_one_line(error)})"
    )


def _parameter_names(function: Callable[..., Any], spec: str) -> tuple[set[str] | None, set[str]]:
    """Names that a function takes (None: any) and names that it needs. Raises RecipeError for one
    without names.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None, set()  # written in C: it takes what it takes

    if any(p.kind is p.POSITIONAL_ONLY and p.default is p.empty for p in parameters):
        raise RecipeError(
            f"rewards.functions: {spec} has positional-only parameters: rewards are called by name"
        )

    keyword_parameters = [
        p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]
    required = {p.name for p in keyword_parameters if p.default is p.empty}
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters)

    return (None if takes_all else {p.name for p in keyword_parameters}), required


async def _await_value(value: Any) -> Any:
    return await value


def _one_line(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 160 else f"{text[:157]}..."
