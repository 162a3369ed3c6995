"""Faces of packages: public names that are imported on first use, so that importing is quick."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from sys import modules
from typing import Any


def lazy_attributes(
    package: str, origins: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package whose public names are defined elsewhere (PEP 562).

    Args:
        package: the package's `__name__`.
        origins: public name -> "module.name" of its definition. A public name must not be that of
            a submodule: importing the submodule would put the module in its place.

    Returns:
        `__getattr__`, which imports a public name or a submodule on first use and raises
        AttributeError with the nearest public name for anything else, and `__dir__`.
    """
    namespace = vars(modules[package])

    def get_attribute(name: str) -> Any:
        if name in origins:
            module, _, attribute = origins[name].rpartition(".")
            value = getattr(import_module(module), attribute)
        elif not name.startswith("_") and find_spec(f"{package}.{name}") is not None:
            value = import_module(f"{package}.{name}")
        else:
            raise AttributeError(_unknown_name(package, name, namespace["__all__"]))

        namespace[name] = value  # the next look-up does not come here
        return value

    def list_attributes() -> list[str]:
        return sorted({*namespace, *namespace["__all__"]})

    return get_attribute, list_attributes


def _unknown_name(package: str, name: str, public: list[str]) -> str:
    near = get_close_matches(name, public, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(public)}"
    return f"module {package!r} has no attribute {name!r}: {hint}"
