"""Procedural families of reasoning-gym and reasoning-core as sources: endless, exact, the same for
the same seed.

Some go through sets of texts, whose order is the same in every process only under PYTHONHASHSEED=0
(`waywiser curate` starts itself so).
"""

import hashlib
import random
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import lru_cache
from importlib.metadata import version
from io import StringIO
from typing import Any

from waywiser import __version__
from waywiser.errors import DatasetError, RecipeError
from waywiser.json_types import JsonObject
from waywiser.recipe import nearest_name
from waywiser.sample import Program, Sample
from waywiser.sources.answer_parsing import parse_answer
from waywiser.sources.base import InvalidItem, verify_gold
from waywiser.sources.family_checks import CORE_EXCLUDED, GYM_EXCLUDED, find_scorer_fault

MAX_QUESTION_CHARACTERS = 8000
TIME_LIMIT_S = 60
"""Time limit of an item of reasoning-core, instead of its own 10 s.

An item that exceeds the limit is generated again: a short one would make items depend on the speed
of the machine.
"""


class GymSource:
    """One family of reasoning-gym; item i is the family's own item i for this seed.

    Args:
        family: name of the family.
        count: number of items.
        seed: seed of the family.
        options: options of the family's configuration.
    """

    licence = "Apache-2.0"

    def __init__(
        self, family: str, count: int, seed: int, options: JsonObject | None = None
    ) -> None:
        self.name = f"reasoning-gym:{family}"
        self._family = family
        self._count = count
        self._seed = seed
        self._options = options or {}
        _check_name(family, "reasoning-gym", "family", GYM_EXCLUDED, gym_families)

        try:
            self._dataset = _import_reasoning_gym().create_dataset(
                family, size=max(1, count), seed=seed, **self._options
            )
        except Exception as error:
            raise RecipeError(
                f"reasoning-gym cannot make {family!r} with these options: {_short(error)}"
            ) from error

    def __len__(self) -> int:
        return self._count

    def items(self, start: int, stop: int) -> Iterator[Sample | InvalidItem]:
        for index in range(start, stop):
            where = f"{self.name} {index}"

            try:
                entry = self._dataset[index]
                question = str(entry["question"])
                gold = entry["answer"]
                reason = find_scorer_fault(
                    lambda answer_text, entry=entry: self._dataset.score_answer(answer_text, entry),
                    gold,
                )
            except Exception as error:  # a family that raises costs its item, no more
                yield InvalidItem(where, f"the family raised {_short(error)}")
                continue

            if reason:
                yield InvalidItem(where, reason)
                continue

            inputs = {
                "family": self._family,
                "seed": self._seed,
                "index": index,
                "options": self._options,
                "version": version("reasoning-gym"),
            }
            yield _make_sample(self, index, question, gold, inputs)


class CoreSource:
    """One task of reasoning-core; item i uses random generators seeded by (seed, task, i).

    Args:
        family: name of the task.
        count: number of items.
        seed: seed of the items.
        options: arguments of the task's `generate_example`.
    """

    licence = "MIT"

    def __init__(
        self, family: str, count: int, seed: int, options: JsonObject | None = None
    ) -> None:
        self.name = f"reasoning-core:{family}"
        self._family = family
        self._count = count
        self._seed = seed
        self._options = options or {}
        _check_name(family, "reasoning-core", "task", CORE_EXCLUDED, core_families)
        self._make = _import_reasoning_core().get_task

    def __len__(self) -> int:
        return self._count

    def draw(self, index: int) -> tuple[Any, Any]:
        """The package's own task and problem of an item. A task remembers its answers: a new one
        for each item.
        """
        with _silence_output(), _seeded_generators(self._family, self._seed, index):
            task = self._make(self._family)
            return task, task.generate_example(**{"timeout": TIME_LIMIT_S, **self._options})

    def items(self, start: int, stop: int) -> Iterator[Sample | InvalidItem]:
        for index in range(start, stop):
            where = f"{self.name} {index}"

            try:
                task, problem = self.draw(index)
                question = str(problem.prompt)
                gold = problem.answer

                with (
                    _silence_output(),
                    _seeded_generators(self._family, self._seed, index, "score"),
                ):
                    reason = find_scorer_fault(
                        lambda answer_text, t=task, p=problem: t.score_answer(answer_text, p), gold
                    )
            except Exception as error:
                yield InvalidItem(where, f"the family raised {_short(error)}")
                continue

            if reason:
                yield InvalidItem(where, reason)
                continue

            inputs = {
                "family": self._family,
                "seed": self._seed,
                "index": index,
                "options": self._options,
                "version": version("reasoning-core"),
            }
            yield _make_sample(self, index, question, gold, inputs)


def _check_name(
    name: str, package: str, kind: str, excluded: Mapping[str, str], known: Callable[[], list[str]]
) -> None:
    """Raises RecipeError for a family or task that is left out, or that the package has not."""
    if name in excluded:
        raise RecipeError(f"the {kind} {name!r} of {package} is left out: {excluded[name]}")

    names = known()
    if name not in names:
        near = nearest_name(name, names)
        hint = f"; did you mean {near!r}?" if near else ""
        raise RecipeError(f"{package} has no {kind} {name!r}{hint}")


def gym_families() -> list[str]:
    """Names of the families of reasoning-gym that are not left out. Raises RecipeError where it is
    not installed.
    """
    from_package = _import_reasoning_gym().factory.DATASETS
    return sorted(name for name in from_package if name not in GYM_EXCLUDED)


def core_families() -> list[str]:
    """Names of the tasks of reasoning-core that run offline. Raises RecipeError where it is not
    installed.
    """
    return sorted(
        name for name in _import_reasoning_core().list_tasks() if name not in CORE_EXCLUDED
    )


def _make_sample(
    source: GymSource | CoreSource, index: int, question: str, gold: Any, inputs: JsonObject
) -> Sample | InvalidItem:
    where = f"{source.name} {index}"

    if len(question) > MAX_QUESTION_CHARACTERS:
        return InvalidItem(
            where, f"the question is longer than {MAX_QUESTION_CHARACTERS} characters"
        )

    try:
        answer = parse_answer(str(gold))
    except DatasetError as error:
        return InvalidItem(where, str(error))

    sample = Sample(
        id=f"{source.name.replace(':', '-')}-{inputs['seed']}-{index}",
        split="",
        domain="general",
        task=inputs["family"],
        source=source.name,
        question=question.strip(),
        answer=answer,
        program=Program(name=source.name.partition(":")[0], inputs=inputs),
        seed=inputs["seed"],
        version=__version__,
    )

    return verify_gold(sample, where)


@lru_cache(maxsize=1)
def _import_reasoning_gym() -> Any:
    try:
        with _silence_output():
            import reasoning_gym  # pyright: ignore[reportMissingImports]  # an extra that few install
            import reasoning_gym.factory  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError as error:
        raise RecipeError(
            "reasoning-gym is not installed: pip install 'waywiser[families]'"
        ) from error

    return reasoning_gym


@lru_cache(maxsize=1)
def _import_reasoning_core() -> Any:
    try:
        with _silence_output():
            import reasoning_core  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError as error:
        raise RecipeError(
            "reasoning-core is not installed: pip install 'waywiser[families]'"
        ) from error

    return reasoning_core


@contextmanager
def _seeded_generators(*parts: object) -> Iterator[None]:
    """The global generators that a family draws from, seeded by the item, and put back afterwards.

    A family's grammar library calls `random.seed()` before it draws, which would take its seed from
    the operating system: within this block, seeding with nothing leaves the generators as they are.
    """
    import numpy as np

    seed = int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4], "big")
    states = (random.getstate(), np.random.get_state())
    seed_functions = (random.seed, np.random.seed)
    random.seed(seed)
    np.random.seed(seed)
    random.seed, np.random.seed = (
        _ignore_none_seed(seed_function) for seed_function in seed_functions
    )

    try:
        yield
    finally:
        random.seed, np.random.seed = seed_functions
        random.setstate(states[0])
        np.random.set_state(states[1])


def _ignore_none_seed(seed_function: Callable[..., None]) -> Callable[..., None]:
    def seed(value: Any = None, *rest: Any, **named: Any) -> None:
        if value is not None:
            seed_function(value, *rest, **named)

    return seed


@contextmanager
def _silence_output() -> Iterator[None]:
    """Families that print or warn must not disturb the progress bar."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
