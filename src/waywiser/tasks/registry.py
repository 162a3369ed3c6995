"""The spatial tasks by name: those of this package, of other packages, and of files.

A module of `waywiser.tasks` that registers a task is found by itself. Other packages bring tasks by
the entry-point group "waywiser.tasks", whose entries name a module or a class; `load_plugin` takes
a file.
"""

import hashlib
import importlib
import logging
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from multiprocessing import parent_process
from pathlib import Path
from typing import TypeVar

import waywiser.tasks
from waywiser.errors import RecipeError, error_text
from waywiser.recipe import nearest_name
from waywiser.tasks.base import Task
from waywiser.tasks.own_tasks import check_kind_and_unit

logger = logging.getLogger(__name__)
ENTRY_POINT_GROUP = "waywiser.tasks"
ROOM_TASKS = ("object_count", "depth_order", "left_right", "camera_distance", "object_size")
"""What a dataset asks by default: tasks for which single rooms do."""

_Task = TypeVar("_Task", bound=Task)


class _Registry(Mapping[str, Task]):
    """Tasks by name, in the order of their seeds. Modules are imported on the first look."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.plugins: dict[Path, tuple[str, ...]] = {}
        self.faults: dict[str, str] = {}
        self._is_loaded = False

    def __getitem__(self, name: str) -> Task:
        self._load()
        return self.tasks[name]

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(sorted(self.tasks, key=lambda name: (self.tasks[name].seed, name)))

    def __len__(self) -> int:
        self._load()
        return len(self.tasks)

    def _load(self) -> None:
        if self._is_loaded:
            return

        self._is_loaded = True
        for module in pkgutil.iter_modules(waywiser.tasks.__path__):
            importlib.import_module(f"waywiser.tasks.{module.name}")

        for entry in entry_points(group=ENTRY_POINT_GROUP):
            if (reason := self._load_entry(entry)) is not None:
                self.faults[entry.name] = f"{_describe_entry(entry)} {reason}"
                if parent_process() is None:  # whoever started a worker has said so
                    logger.warning("the tasks of %s", self.faults[entry.name])

    def _load_entry(self, entry: EntryPoint) -> str | None:
        """Import what an entry point names. Returns why its tasks are not here, if they are not:
        another package's fault must not take ours away, nor leave half of its tasks.
        """
        known = dict(self.tasks)
        try:
            entry.load()
        except (Exception, SystemExit) as error:
            self.tasks = known
            return f"cannot be loaded: {_describe_error(error)}"

        package = entry.module.partition(".")[0]
        if all(type(t).__module__.partition(".")[0] != package for t in self.tasks.values()):
            return "are missing: put @register_task() above their classes"

        return None


def _describe_entry(entry: EntryPoint) -> str:
    """An entry point and the distribution that brings it, which is what can be uninstalled."""
    if entry.dist is None:
        return f"entry point {entry.value!r}"
    return f"{entry.dist.name} {entry.dist.version} (entry point {entry.value!r})"


def _describe_error(error: BaseException) -> str:
    """Why a file cannot be imported, in one line."""
    is_ours = isinstance(error, RecipeError)
    return error_text(error) if is_ours else f"{type(error).__name__}: {error_text(error)}"


_registry = _Registry()
TASKS: Mapping[str, Task] = _registry
"""Every registered task by name, in the order of their seeds."""


def register_task(*, seed: int | None = None) -> Callable[[type[_Task]], type[_Task]]:
    """Register a task class, as a decorator.

    Args:
        seed: What keeps the task's random choices apart from those of other tasks. Default: made
            from its name.

    Returns:
        The decorator, which returns the class as it is.

    Raises:
        RecipeError: For a class that is not whole, or whose name or seed is taken.
    """

    def register(task_class: type[_Task]) -> type[_Task]:
        name = _checked_name(task_class)
        task_class.seed = _seed_of(name) if seed is None else seed
        try:
            task = task_class()
        except TypeError as error:
            raise RecipeError(f"task {name!r} does not implement all methods: {error}") from error

        _refuse_taken(task)
        _registry.tasks[name] = task
        return task_class

    return register


def _checked_name(task_class: type[Task]) -> str:
    for attribute in ("name", "kind", "needs", "scan_needs", "templates"):
        if not hasattr(task_class, attribute):
            raise RecipeError(f"task class {task_class.__name__} has no {attribute!r}")

    if not re.fullmatch(r"[a-z][a-z0-9_]*", task_class.name):
        raise RecipeError(
            f"task name {task_class.name!r} is not lower case letters, digits and underscores"
        )

    check_kind_and_unit(task_class.name, task_class.kind, task_class.unit)
    return task_class.name


def _seed_of(name: str) -> int:
    """A seed above those that are written out."""
    return 2**16 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def _refuse_taken(task: Task) -> None:
    """Refuse a name or a seed that another task has; the same class may be registered again."""
    for other in _registry.tasks.values():
        if _origin(other) == _origin(task):
            continue
        if other.name == task.name:
            raise RecipeError(f"there is a task {task.name!r} already: choose another name")
        if other.seed == task.seed:
            raise RecipeError(
                f"seed {task.seed} of task {task.name!r} is that of {other.name!r}: leave it out"
            )


def _origin(task: Task) -> tuple[str, str]:
    """The file and the class: a plugin's file may be imported under a name of its own as well."""
    module = sys.modules.get(type(task).__module__)
    file = getattr(module, "__file__", None) or type(task).__module__
    return file, type(task).__qualname__


def load_plugin(path: str | Path) -> tuple[str, ...]:
    """Import a file of your own and register its tasks; a file is imported once.

    Args:
        path: A Python file with at least one class under `@register_task()`.

    Returns:
        The names of its tasks.

    Raises:
        RecipeError: For a file that is missing, cannot be imported or holds no task, and for a task
            whose name is taken.
    """
    file = Path(path).expanduser().resolve()
    if file in _registry.plugins:
        return _registry.plugins[file]
    if not file.is_file():
        raise RecipeError(f"there is no plugin {path}: give the path of a Python file")

    known = dict.fromkeys(TASKS)
    digest = hashlib.sha256(str(file).encode()).hexdigest()[:8]
    module_name = f"waywiser_plugin_{re.sub(r'[^a-zA-Z0-9_]', '_', file.stem)}_{digest}"
    spec = spec_from_file_location(module_name, file)
    if spec is None or spec.loader is None:
        raise RecipeError(f"plugin {path} is not a Python file: its name must end in .py")

    module = module_from_spec(spec)
    sys.modules[module_name] = module

    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        _forget(module_name, [name for name in TASKS if name not in known])
        reason = _describe_error(error) + _suggest_one_file(error, file)
        raise RecipeError(f"plugin {path} cannot be loaded: {reason}") from error

    names = tuple(
        name
        for name, task in TASKS.items()
        if name not in known or type(task).__module__ == module_name
    )
    if not names:
        _forget(module_name, [])
        raise RecipeError(f"plugin {path} holds no task: put @register_task() above its class")

    _registry.plugins[file] = names
    return names


def _suggest_one_file(error: BaseException, file: Path) -> str:
    """A hint for a plugin that imports a file beside it, which no search path holds."""
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    if name is None or not file.with_name(f"{name}.py").is_file():
        return ""
    return f"; a plugin is one file: set PYTHONPATH={file.parent} for what lies beside it"


def unload_plugin(path: str | Path) -> None:
    """Forget the tasks of a file, so that it can be loaded anew."""
    names = _registry.plugins.pop(Path(path).expanduser().resolve(), ())
    for name in names:
        _forget(type(_registry.tasks[name]).__module__, [name])


def _forget(module_name: str, names: Iterable[str]) -> None:
    sys.modules.pop(module_name, None)
    for name in names:
        del _registry.tasks[name]


def list_tasks() -> tuple[str, ...]:
    """The names of all tasks, in the order of their seeds.

    Example:
        >>> list_tasks()[:2]
        ('object_count', 'depth_order')
    """
    return tuple(TASKS)


def get_task(name: str) -> Task:
    """The task of a name. Raises RecipeError for an unknown one, naming the nearest.

    Example:
        >>> get_task("left_right").kind
        'choice'
    """
    if name not in TASKS:
        if name in _registry.faults:
            raise RecipeError(f"no task {name!r}: those of {_registry.faults[name]}")

        near = nearest_name(name, TASKS)
        own = "if it is yours, load it with --plugin FILE or waywiser.load_plugin"
        hint = f"did you mean {near!r}?" if near else f"choose from {', '.join(TASKS)}; {own}"
        raise RecipeError(f"unknown task {name!r}: {hint}")

    return TASKS[name]


def choose_tasks(names: str | Iterable[str] = "all") -> tuple[str, ...]:
    """Task names from "all", "a,b" or a list, in the registry's order and without repeats.

    Raises RecipeError for an unknown name (naming the nearest) or an empty choice.
    """
    wanted = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    wanted = [name for name in wanted if name]
    if wanted == ["all"]:
        return tuple(TASKS)
    if "all" in wanted:
        raise RecipeError("'all' already means every task: leave out the other names")

    for name in wanted:
        get_task(name)

    if not wanted:
        raise RecipeError(f"no task was named: choose from {', '.join(TASKS)}, or say all")

    return tuple(name for name in TASKS if name in wanted)
