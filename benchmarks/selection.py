"""What balancing costs in a large dataset: memory and time of the one step that sees all drafts at
once.

    python benchmarks/selection.py --homes 40 --times 1 25 250 --json selection.json

A few small homes are staged, their drafts copied under other names (scene, view and wording, so
that nothing is shared between copies that homes would not share), and the selection is made in a
process of its own. `peak_mib` is that process's largest size, imports included;
`mib_a_thousand_drafts` is what the largest has more than the smallest.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.shard import ShardPaths, generate_shard, library_fingerprint
from waywiser.engine import open_engine
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.procedural.home_config import HomeConfig

CHILD = """
import json, resource, sys, time
from pathlib import Path
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.selection import select_questions
start = time.process_time()
found = select_questions(SynthesisConfig(out=Path({out!r}), rooms={rooms}, tasks="all", seed=1))
print(json.dumps({{"homes": {rooms}, "drafts": sum(found.proposed.values()), "chosen": sum(map(len, found.rows)),
    "cpu_s": round(time.process_time() - start, 1),
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}}))
"""


def request(out: Path, homes: int) -> SynthesisConfig:
    return SynthesisConfig(
        out=out,
        rooms=homes,
        tasks="all",
        seed=1,
        assets="parametric",
        home=HomeConfig(width=112, height=84),
    )


def copied(source: SynthesisConfig, out: Path, times: int) -> None:
    """The staged drafts of `source`, `times` over, as those of a larger dataset in `out`."""
    larger = SynthesisConfig(out=out, rooms=source.rooms * times, tasks="all", seed=1)
    for shard in range(larger.shards):
        table = pq.read_table(ShardPaths.of(source, shard % source.shards).drafts)

        for name in ("view", "scene_id", "question"):
            place = table.schema.get_field_index(name)
            named = pc.binary_join_element_wise(
                table[name], pa.scalar(str(shard // source.shards)), " "
            )  # type: ignore[attr-defined]
            table = table.set_column(place, name, named)

        path = ShardPaths.of(larger, shard).drafts
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, path)


def measured(source: SynthesisConfig, folder: Path, times: int) -> dict[str, Any]:
    out = folder / f"times-{times}"
    copied(source, out, times)
    script = CHILD.format(out=str(out), rooms=source.rooms * times)
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True
    )

    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--homes", type=int, default=40, help="a multiple of a shard's eight")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 25, 250])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        source = request(Path(name) / "homes", arguments.homes)
        furniture = library_fingerprint(open_library("parametric"))

        with open_engine("processes", arguments.workers) as run_jobs:
            for _ in run_jobs(
                generate_shard, [(source, shard, furniture) for shard in range(source.shards)]
            ):
                pass

        rows = [measured(source, Path(name), times) for times in sorted(arguments.times)]

    more = rows[-1]["drafts"] - rows[0]["drafts"]
    result = {"rows": rows}

    if more:
        result["mib_a_thousand_drafts"] = round(
            1000 * (rows[-1]["peak_mib"] - rows[0]["peak_mib"]) / more, 3
        )

    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
