"""Pictures by Blender's Cycles beside the same ones by Embree: seconds a picture, memory, and how
well truth agrees.

    python benchmarks/cycles.py --homes 2 --json cycles.json --pictures docs/pictures

Draws the first photographs of homes at the usual 448 x 336 pixels. Cycles' seconds are processor
seconds of Blender's process (all its threads), so that they mean the same on a busy machine; the
wall clock's stand beside them. With `--pictures` the last photograph of each home is written too,
Embree's on the left.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

from waywiser.rendering.blender import Blender, CyclesOptions
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.procedural.home import build_home_scene


def processor_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def measure(
    first: int, homes: int, photos: int, samples: int, assets: str | None, folder: Path | None
) -> dict[str, Any]:
    """Means over all pictures, the peak of Blender's memory, and the worst agreement of a picture."""
    library = open_library(assets)
    cache = MeshCache(library)
    options = CyclesOptions(samples=samples)
    gathering = []
    drawing = []
    walls = []
    embree = []
    same_ids = []
    same_depth = []
    peak = 0

    with Blender() as blender:
        (process,) = [
            child
            for child in psutil.Process().children()
            if "worker.py" in " ".join(child.cmdline())
        ]

        for index in range(first, first + homes):
            scene = build_home_scene(index, 1, "train", library)
            before = processor_s(process)
            blender.load_scene(scene, cache)
            gathering.append(processor_s(process) - before)
            renderer = RoomRenderer(scene, cache)

            for number, camera in enumerate(scene.cameras[:photos]):
                start = time.process_time()
                frame = renderer.render(camera)
                embree.append(time.process_time() - start)
                depth_H_W, ids_H_W = blender.render_ground_truth(camera)
                same_ids.append(float(np.mean(ids_H_W == frame.ids)))
                same_depth.append(float(np.mean(np.abs(depth_H_W - frame.depth) < 1e-3)))
                before = processor_s(process)
                start = time.perf_counter()
                rgb = blender.render(camera, options=options)
                drawing.append(processor_s(process) - before)
                walls.append(time.perf_counter() - start)
                peak = max(peak, process.memory_info().rss)

                if folder is not None and number == min(photos, len(scene.cameras)) - 1:
                    both = Image.fromarray(np.concatenate([frame.rgb, rgb], axis=1))
                    both.save(folder / f"realism_{index}.jpg", quality=80)

    return {
        "pictures": len(drawing),
        "samples": samples,
        "cycles_processor_s": float(np.mean(drawing)),
        "cycles_wall_s": float(np.mean(walls)),
        "gathering_a_home_processor_s": float(np.mean(gathering)),
        "embree_processor_s": float(np.mean(embree)),
        "ratio": float(np.mean(drawing) / np.mean(embree)),
        "blender_peak_mb": peak / 1e6,
        "least_same_ids": min(same_ids),
        "least_same_depth_to_1_mm": min(same_depth),
        "load": psutil.getloadavg()[0],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--first", type=int, default=0, help="number of the first home")
    parser.add_argument("--homes", type=int, default=2)
    parser.add_argument("--photos", type=int, default=3, help="at most so many of each home")
    parser.add_argument("--samples", type=int, default=CyclesOptions().samples)
    parser.add_argument("--assets", default=None)
    parser.add_argument("--pictures", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None)
    chosen = parser.parse_args()
    found = measure(
        chosen.first, chosen.homes, chosen.photos, chosen.samples, chosen.assets, chosen.pictures
    )
    text = json.dumps(found, indent=1)
    print(text)

    if chosen.json is not None:
        chosen.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
