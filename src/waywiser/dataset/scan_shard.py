"""One shard of scans: read and ask (stage one, as `shard.stage` does it for scenes that are built)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.files import write_atomically, write_table
from waywiser.dataset.scan_frames import FRAMES
from waywiser.dataset.scans import scan_id, shoot_scan
from waywiser.dataset.shard import Gathered, Staged
from waywiser.errors import SceneError
from waywiser.scenes.scans.read import scan_folders


def stage_scans(config: SynthesisConfig, shard: int) -> int:
    """Read and ask one shard's scans; returns their number. A scan that cannot be used is left out and noted."""
    parts, gathered = Staged.of(config, shard), Gathered()
    frames: list[dict[str, Any]] = []
    notes: dict[str, Any] = {"licences": {}, "left_out": {}}
    folders = scan_folders(config.scans or Path())
    for index in config.indices(shard):
        name = scan_id(folders[index], index)
        try:
            made = shoot_scan(config, index)
        except SceneError as error:
            gathered.skipped[name] = str(error)
            continue
        gathered.add(parts, made.scene, made.shot)
        frames += made.frames
        notes["licences"][name] = made.licence
        _add(notes["left_out"], made.left_out)
    write_table(parts.scans, pa.Table.from_pylist(frames, schema=FRAMES))
    write_atomically(parts.scan_notes, json.dumps(notes, sort_keys=True).encode())
    gathered.write(parts)
    return len(config.indices(shard))


def scan_notes(config: SynthesisConfig) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """The licence of every scan, and what was left out of all of them: by kind, how often for each reason."""
    licences: dict[str, str] = {}
    left_out: dict[str, dict[str, int]] = {}
    for shard in range(config.shards):
        notes = json.loads(Staged.of(config, shard).scan_notes.read_text())
        licences |= notes["licences"]
        _add(left_out, notes["left_out"])
    return licences, {kind: dict(sorted(reasons.items())) for kind, reasons in sorted(left_out.items()) if reasons}


def _add(total: dict[str, dict[str, int]], more: Mapping[str, Mapping[str, int]]) -> None:
    """Add counts by kind and reason."""
    for kind, reasons in more.items():
        counted = total.setdefault(kind, {})
        for reason, count in reasons.items():
            counted[reason] = counted.get(reason, 0) + count
