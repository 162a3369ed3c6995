"""Names of benchmarks and profiles as people write them."""

from collections.abc import Iterable, Sequence

from waywiser.errors import RecipeError
from waywiser.evaluation.profiles import BENCHMARKS, PROFILES, VLMEVALKIT
from waywiser.recipe import nearest_name

_KNOWN_BENCHMARKS = (*BENCHMARKS, "spatial", "multiple-choice")
_PREFERRED_PROFILES = (VLMEVALKIT,)
"""Of several versions of a harness the one that its short name means."""


def suggest_name(name: str, known: Sequence[str]) -> str:
    """The second half of an error: the name that was meant, or all that there are."""
    closest = next(
        (k for k in known if _alphanumeric(k) == _alphanumeric(name)), None
    ) or nearest_name(name.lower(), known)
    listed = f"known: {', '.join(known)}"
    return f"did you mean {closest}? {listed}" if closest else listed


def resolve_benchmark(name: str) -> str:
    """A benchmark that profiles score, also by its subset ("vsi-bench:debiased"). Raises
    RecipeError for others.
    """
    base = name.partition(":")[0]
    if base not in _KNOWN_BENCHMARKS:
        raise RecipeError(f"unknown benchmark {name!r}: {suggest_name(base, _KNOWN_BENCHMARKS)}")
    return base


def resolve_profile(name: str) -> str:
    """A profile by its name, or by the harness alone: "vlmevalkit" is the newest of its versions
    here.

    Raises RecipeError for an unknown one.
    """
    if name in PROFILES:
        return name

    matching = [profile for profile in PROFILES if _harness_name(profile) == _alphanumeric(name)]
    matching = matching or [
        profile for profile in PROFILES if "@" in name and profile.startswith(name.lower())
    ]
    chosen = [profile for profile in matching if profile in _PREFERRED_PROFILES] or matching
    if len(chosen) != 1:
        raise RecipeError(f"unknown profile {name!r}: {suggest_name(name, PROFILES)}")

    return chosen[0]


def resolve_profiles(names: Iterable[str]) -> list[str]:
    """`resolve_profile` for each, without repetitions."""
    return list(dict.fromkeys(map(resolve_profile, names)))


def _harness_name(profile: str) -> str:
    return _alphanumeric(profile.partition("@")[0])


def _alphanumeric(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
