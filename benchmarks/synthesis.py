"""What a dataset of homes costs: its share of ray casting, its stages, two workers against one,
memory.

    python benchmarks/synthesis.py --homes 4 --audit --json out.json
    python benchmarks/synthesis.py --homes 16 --workers --memory 8 64 --engine native

The first number is the time inside Embree over the whole time from scene to written samples: 1
means that nothing but rays costs anything; `render_share` is the same within the frames alone. Both
are processor seconds of one process in one run, so other load moves them little. `--workers`
compares wall clocks, which means something on idle cores only, and beside it says what the
processor seconds of driver and workers allow: one worker's over the driver's and half of those of
two workers.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from waywiser.audit.dataset_audit import AuditConfig, audit_dataset
from waywiser.dataset import scene_questions, shard, synthesize
from waywiser.dataset.config import SynthesisConfig
from waywiser.rendering.embree import rays, renderer
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.tasks import views
from waywiser.tasks.registry import TASKS

FRAMES = "frames (trace and shade)"


class Clock:
    """Processor seconds and calls by stage; stages may nest, each counts its own time in full."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.counts: dict[str, int] = defaultdict(int)
        self.rays = 0
        self.embree_in_frames = 0.0  # seconds in Embree while a frame is drawn
        self._frames_open = 0

    def timed(
        self, stage: str, work: Callable[..., Any], is_ray: bool = False
    ) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            is_frame = stage == FRAMES
            self._frames_open += is_frame

            try:
                return work(*args, **kwargs)
            finally:
                spent = time.process_time() - start
                self.seconds[stage] += spent
                self._frames_open -= is_frame
                self.embree_in_frames += spent if is_ray and self._frames_open else 0.0
                self.counts[stage] += 1
                self.rays += len(args[2]) if is_ray else 0

        return run


@contextmanager
def watched(clock: Clock) -> Iterator[None]:
    """Times the pipeline's stages while it lasts."""
    places: list[tuple[Any, str, str, bool]] = [
        (rays.RayTracer, "intersect", "embree", True),
        (rays.RayTracer, "occluded", "embree", True),
        (shard, "_build_scene", "layout", False),
        (renderer.RoomRenderer, "__init__", "gather triangles, build trees", False),
        (renderer.RoomRenderer, "with_movable", "gather triangles, build trees", False),
        (renderer.RoomRenderer, "render", FRAMES, False),
        (views, "visibility", "visibility", False),
        (scene_questions, "encode_png", "encode", False),
        (scene_questions, "encode_jpeg", "encode", False),
        (shard, "write_table", "write", False),
        (shard, "write_tables", "write", False),
        *((type(task), "questions", "ask", False) for task in TASKS.values()),
    ]

    kept = [(owner, name, getattr(owner, name)) for owner, name, *_ in places]
    for owner, name, stage, is_ray in places:
        setattr(owner, name, clock.timed(stage, getattr(owner, name), is_ray))

    try:
        yield
    finally:
        for owner, name, original in kept:
            setattr(owner, name, original)


def request(
    out: Path, homes: int, workers: int, width: int, assets: str | None, engine: str = "processes"
) -> SynthesisConfig:
    home = HomeConfig(width=width, height=width * 3 // 4)
    return SynthesisConfig(
        out=out,
        rooms=homes,
        tasks="all",
        seed=1,
        workers=workers,
        home=home,
        assets=assets,
        shard_rooms=2,
        engine=engine,
    )


def cost(homes: int, width: int, assets: str | None, audits: bool = False) -> dict[str, Any]:
    """Stages of one run in this process, and of its audit if wanted."""
    clock = Clock()

    with tempfile.TemporaryDirectory() as folder:
        request_ = request(Path(folder) / "d", homes, 1, width, assets)
        synthesize.open_library(assets)  # its first opening reads every model once
        start = time.process_time()

        with watched(clock):
            manifest = synthesize.synthesize(request_, progress=False)

        total = time.process_time() - start
        audit_seconds = audit_cost(request_.out, assets) if audits else None

    frames = clock.counts[FRAMES]
    return {
        "homes": homes,
        "picture": [width, width * 3 // 4],
        "embree_share": round(clock.seconds["embree"] / total, 3),
        "render_share": round(clock.embree_in_frames / clock.seconds[FRAMES], 3),
        "million_rays_per_second_in_embree": round(clock.rays / clock.seconds["embree"] / 1e6, 3),
        "million_rays_per_second_end_to_end": round(clock.rays / total / 1e6, 3),
        "seconds": round(total, 2),
        "seconds_by_stage": {
            k: round(v, 2) for k, v in sorted(clock.seconds.items(), key=lambda kv: -kv[1])
        },
        "frames_per_second": round(frames / total, 2),
        "questions_per_second": round(manifest.samples / total, 2),
        "questions": manifest.tasks,
        **(
            {}
            if audit_seconds is None
            else {
                "audit_seconds": round(audit_seconds, 2),
                "audit_over_synthesis": round(audit_seconds / total, 2),
            }
        ),
    }


def audit_cost(folder: Path, assets: str | None) -> float:
    """Processor seconds of a dataset's audit."""
    start = time.process_time()
    audit_dataset(AuditConfig(folder=folder, assets=assets), progress=False)
    return time.process_time() - start


CHILD = """
import resource, sys, time
sys.path.insert(0, {here!r})
from pathlib import Path
from synthesis import request
from waywiser.dataset.synthesize import synthesize
if __name__ == "__main__":
    start = time.perf_counter()
    synthesize(request(Path({out!r}), {homes}, {workers}, {width}, {assets!r}, {engine!r}), progress=False)
    wall = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(wall, max(u.ru_maxrss for u in used) / 1024, *(u.ru_utime + u.ru_stime for u in used))
"""


def child(
    homes: int, workers: int, width: int, assets: str | None, engine: str
) -> tuple[float, float, float, float]:
    """Seconds on the wall, peak MiB of the largest process, processor seconds of the driver and of
    its workers, of a run in processes of its own. Ray's workers are not the driver's, so their
    memory and seconds are not seen.
    """
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "run.py"
        here = str(Path(__file__).parent)
        out = str(Path(folder) / "d")

        values = {
            "homes": homes,
            "workers": workers,
            "width": width,
            "assets": assets,
            "engine": engine,
        }

        script.write_text(CHILD.format(here=here, out=out, **values))
        done = subprocess.run(
            [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, check=True
        )

    seconds, peak, driver, others = map(float, done.stdout.split())
    return seconds, peak, driver, others


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--homes", type=int, default=4)
    parser.add_argument("--width", type=int, default=448)
    parser.add_argument("--assets", default=None)
    parser.add_argument("--engine", default="processes", help="of --workers and --memory")
    parser.add_argument("--audit", action="store_true", help="also what the audit of it costs")
    parser.add_argument("--workers", action="store_true", help="also two workers against one")
    parser.add_argument("--no-cost", action="store_true", help="nothing but --workers and --memory")
    parser.add_argument(
        "--memory", type=int, nargs=2, metavar=("FEW", "MANY"), help="also peak memory of two sizes"
    )
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found: dict[str, Any] = {}

    if not given.no_cost:
        found["cost"] = cost(given.homes, given.width, given.assets, given.audit)

    if given.workers:
        one, two = (
            child(given.homes, workers, given.width, given.assets, given.engine)
            for workers in (1, 2)
        )

        found["engine"] = given.engine
        found["two_workers_over_one"] = round(one[0] / two[0], 2)
        found["by_processor_seconds"] = round((one[2] + one[3]) / (two[2] + two[3] / 2), 2)
        found["load"] = [round(value, 1) for value in os.getloadavg()]

    if given.memory:
        peaks = [
            child(homes, 1, given.width, given.assets, given.engine)[1] for homes in given.memory
        ]
        found["peak_mib"] = dict(
            zip(map(str, given.memory), [round(peak) for peak in peaks], strict=True)
        )
        found["peak_ratio"] = round(peaks[1] / peaks[0], 3)

    text = json.dumps(found, indent=1)
    print(text)

    if given.json:
        given.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
