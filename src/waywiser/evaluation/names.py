"""Names of benchmarks and profiles as people write them."""

from collections.abc import Iterable, Sequence

from waywiser.errors import RecipeError
from waywiser.evaluation.profiles import BENCHMARKS, PROFILES, VLMEVALKIT
from waywiser.recipe import nearest

_KNOWN = (*BENCHMARKS, "spatial", "multiple-choice")
_PREFERRED = (VLMEVALKIT,)
"""Of several versions of a harness the one that its short name means."""


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """The second half of an error: the name that was meant, or all that there are."""
    near = next((k for k in known if _plain(k) == _plain(name)), None) or nearest(name.lower(), known)
    listed = f"known: {', '.join(known)}"
    return f"did you mean {near}? {listed}" if near else listed


def benchmark_named(name: str) -> str:
    """A benchmark that profiles score, also by its subset ("vsi-bench:debiased"). Raises RecipeError for others."""
    base = name.partition(":")[0]
    if base not in _KNOWN:
        raise RecipeError(f"unknown benchmark {name!r}: {did_you_mean(base, _KNOWN)}")
    return base


def profile_named(name: str) -> str:
    """A profile by its name, or by the harness alone: "vlmevalkit" is the newest of its versions here.

    Raises RecipeError for an unknown one.
    """
    if name in PROFILES:
        return name
    matching = [profile for profile in PROFILES if _harness(profile) == _plain(name)]
    matching = matching or [profile for profile in PROFILES if "@" in name and profile.startswith(name.lower())]
    chosen = [profile for profile in matching if profile in _PREFERRED] or matching
    if len(chosen) != 1:
        raise RecipeError(f"unknown profile {name!r}: {did_you_mean(name, PROFILES)}")
    return chosen[0]


def profiles_named(names: Iterable[str]) -> list[str]:
    """`profile_named` for each, without repetitions."""
    return list(dict.fromkeys(map(profile_named, names)))


def _harness(profile: str) -> str:
    return _plain(profile.partition("@")[0])


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
