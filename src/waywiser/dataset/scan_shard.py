"""One shard of scans: read them and ask questions (stage one; `shard` does it for built scenes)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import pyarrow as pa

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.scan_frames import FRAME_SCHEMA, FrameRow
from waywiser.dataset.scan_questions import read_and_ask, scan_id
from waywiser.dataset.shard import ShardBuffer, ShardPaths
from waywiser.errors import SceneError
from waywiser.io import write_atomically, write_table
from waywiser.scenes.scans.scan_reader import find_scan_folders


class ScanNotes(TypedDict):
    """Notes on a shard's scans: the license of each, and counts of what was left out by reason."""

    licences: dict[str, str]
    left_out: dict[str, dict[str, int]]


def generate_scan_shard(config: SynthesisConfig, shard: int) -> int:
    """Read one shard's scans and ask questions about them; returns the number of scans.

    A scan that cannot be used is skipped and noted.
    """
    config.load_plugins()
    shard_paths = ShardPaths.of(config, shard)
    buffer = ShardBuffer()
    frames: list[FrameRow] = []
    notes: ScanNotes = {"licences": {}, "left_out": {}}
    folders = find_scan_folders(config.scans or Path())

    for index in config.indices(shard):
        name = scan_id(folders[index], index)

        try:
            scan_questions = read_and_ask(config, index)
        except SceneError as error:
            buffer.skipped[name] = str(error)
            continue

        buffer.add(shard_paths, scan_questions.scene, scan_questions.rendered)
        frames += scan_questions.frames
        notes["licences"][name] = scan_questions.license
        _add_counts(notes["left_out"], scan_questions.left_out)

    write_table(shard_paths.scans, pa.Table.from_pylist(frames, schema=FRAME_SCHEMA))
    write_atomically(shard_paths.scan_notes, json.dumps(notes, sort_keys=True).encode())
    buffer.write(shard_paths)

    return len(config.indices(shard))


def read_scan_notes(config: SynthesisConfig) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """The license of every scan, and how often something was left out, by kind and reason."""
    licenses: dict[str, str] = {}
    left_out: dict[str, dict[str, int]] = {}

    for shard in range(config.shards):
        notes: ScanNotes = json.loads(ShardPaths.of(config, shard).scan_notes.read_text())
        licenses |= notes["licences"]
        _add_counts(left_out, notes["left_out"])

    return licenses, {
        kind: dict(sorted(reasons.items())) for kind, reasons in sorted(left_out.items()) if reasons
    }


def _add_counts(total: dict[str, dict[str, int]], more: Mapping[str, Mapping[str, int]]) -> None:
    """Add counts by kind and reason."""
    for kind, reasons in more.items():
        counted = total.setdefault(kind, {})
        for reason, count in reasons.items():
            counted[reason] = counted.get(reason, 0) + count
