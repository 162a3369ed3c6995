"""What `waywiser synthesize` is asked for: a recipe, short options and keys of the configuration."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from waywiser.cli._command import with_dashes
from waywiser.dataset.config import SynthesisConfig
from waywiser.errors import RecipeError
from waywiser.recipe import (
    build,
    dotted_keys,
    merge,
    nearest_name,
    parse_overrides,
    read_yaml,
    resolve_aliases,
)
from waywiser.tasks.registry import load_plugin

DEFAULT_ROOMS = 100

SHORT_OPTIONS: dict[str, tuple[str, ...]] = {
    "views": ("room.views",),
    "width": ("room.width", "home.width"),
    "height": ("room.height", "home.height"),
    "several_share": ("room.several_share", "home.several_share"),
    "home_rooms": ("home.max_rooms",),
}
"""Options that stand for keys of a section; of several, for those of the scenes that are made."""

_UNUSED_WITH_SCANS = ("rooms", "homes", "assets", "room", "home", *SHORT_OPTIONS)


def read_synthesis_request(
    recipe: Path | None, options: Mapping[str, Any], arguments: Sequence[str]
) -> SynthesisConfig:
    """The configuration of a dataset, from a recipe and what the command line changes in it.

    Args:
        recipe: YAML file, or None where flags say everything.
        options: Values of the command's own options, None where they were not given.
        arguments: Flags of the configuration's other keys, with their values.

    Raises RecipeError for what is unknown, wrong or would have no effect.
    """
    short = {name: options[name] for name in SHORT_OPTIONS if options.get(name) is not None}
    keys = {
        name: value
        for name, value in options.items()
        if value is not None and name not in SHORT_OPTIONS
    }

    parsed = parse_overrides(arguments, [SynthesisConfig])
    flags = merge(resolve_aliases(SynthesisConfig, parsed), keys)
    _refuse_unknown(flags)
    base = resolve_aliases(SynthesisConfig, _read_data_recipe(recipe))
    values = merge({"rooms": DEFAULT_ROOMS, "workers": os.cpu_count() or 1}, merge(base, flags))

    for path in values.get("plugins") or ():
        load_plugin(Path(path))  # before the names of tasks are checked

    if values.get("scans") is not None and values.get("tasks") is None:
        values["tasks"] = "all"
    if values.get("out") is None:
        raise RecipeError("--out is missing: name the folder of the dataset")

    config = build(SynthesisConfig, values, source=str(recipe or ""))
    _refuse_unused(config, flags, short)
    if not short:
        return config

    sizes: dict[str, Any] = {}
    sections = _used_sections(config)

    for name, value in short.items():
        for key in SHORT_OPTIONS[name]:
            section, _, field = key.partition(".")
            if section not in sections:
                continue
            if field in flags.get(section, {}):
                raise RecipeError(f"--{with_dashes(name)} and --{key} are one key: give only one")
            sizes = merge(sizes, {section: {field: value}})

    return build(SynthesisConfig, merge(values, sizes), source=str(recipe or ""))


def _read_data_recipe(recipe: Path | None) -> dict[str, Any]:
    if recipe is None:
        return {}

    values = read_yaml(recipe, "rooms: 100")
    stage = values.pop("stage", "synthesize")
    if stage != "synthesize":
        command = "curate" if stage == "curate" else "train"
        raise RecipeError(f"{recipe} is of stage {stage!r}: run waywiser {command} {recipe}")

    return values


def _used_sections(config: SynthesisConfig) -> set[str]:
    """Which of `room` and `home` decide something."""
    homes = config.home_count
    used = {"home": homes > 0, "room": homes <= 0 or homes < config.rooms}
    return {section for section, is_used in used.items() if is_used}


def _refuse_unknown(flags: Mapping[str, Any]) -> None:
    """Raises RecipeError that names the nearest option, for a flag that there is not."""
    known = [*dotted_keys(SynthesisConfig), *SHORT_OPTIONS]
    for key in _leaf_keys(flags):
        if key not in known:
            near = nearest_name(key, known)
            hint = f"did you mean --{with_dashes(near)}?" if near else "--keys lists them all"
            raise RecipeError(f"there is no option --{with_dashes(key)}; {hint}")


def _refuse_unused(
    config: SynthesisConfig, flags: Mapping[str, Any], short: Mapping[str, Any]
) -> None:
    """Raises RecipeError for a flag that changes nothing in this dataset, and says why."""
    given = [*flags, *short]
    reasons: dict[str, str] = {}

    if config.scans is not None:
        if not config.scans.exists():
            return  # which is the better message

        reasons |= dict.fromkeys(_UNUSED_WITH_SCANS, "is for scenes that are built: leave it out")
        reasons |= {name: f"{reasons[name]} with --scans" for name in _UNUSED_WITH_SCANS}
        reasons["width"] = "is for scenes that are built: with --scans give --scan-width"
        reasons["height"] = reasons["width"]
    else:
        reasons |= dict.fromkeys(("scan_frames", "scan_width"), "is for real scans: give --scans")
        used = _used_sections(config)

        if "home" not in used:
            reason = "is for homes: give --homes N, or --tasks with one that needs homes"
            reasons |= {"home": reason, "home_rooms": reason}
            if config.video != "frames":
                reasons["video"] = "mp4 is for clips, which single rooms do not have: give --homes"
        if "room" not in used:
            reason = "is for single rooms, and all scenes are homes"
            reasons |= {"room": reason, "views": f"{reason}: see --home.photos"}

    if config.realism != "cycles":
        reasons["cycles"] = "is for Blender: give --renderer cycles"

    for name in given:
        if name in reasons:
            shown = next((key for key in _leaf_keys({name: flags.get(name)})), name)
            raise RecipeError(f"--{with_dashes(shown)} {reasons[name]}")


def _leaf_keys(values: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Dotted paths of everything that is not a section."""
    return [
        path
        for name, value in values.items()
        for path in (
            _leaf_keys(value, f"{prefix}{name}.")
            if isinstance(value, Mapping) and value
            else [prefix + name]
        )
    ]
