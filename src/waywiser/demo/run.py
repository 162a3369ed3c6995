"""Run the demo: each stage once, then the numbers and the page."""

import json
import logging
import time
from pathlib import Path
from typing import Any

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.synthesize import synthesize
from waywiser.demo.arms import run_side_by_side, write_recipe
from waywiser.demo.compare import ARMS, compare_arms, results_path
from waywiser.demo.config import DemoConfig
from waywiser.demo.memory import PeakMemory
from waywiser.demo.page import write_demo_page
from waywiser.demo.stages import Stages, write_json
from waywiser.errors import AssetsError
from waywiser.models.loading import default_starter_path
from waywiser.scenes.assets import fetch_assets

logger = logging.getLogger(__name__)



def run_demo(config: DemoConfig, json_file: Path | None = None) -> Path:
    """Make everything under `config.out` and return the page; a second run goes on where the first one stopped.

    Raises RecipeError for a folder that holds something else, and what the stages raise.
    """
    started = time.monotonic()
    settings = config.model_dump(mode="json", exclude={"out", "workers"})
    stages = Stages(config.out, settings)
    with PeakMemory() as memory:
        spent = {name: result["seconds"] for name, result in _stages(config, stages).items()}
        result = compare_arms(config)
        result["wall_s"] = round(sum(spent.values()), 1)
        result["this_run_s"] = round(time.monotonic() - started, 1)
        result["stage_s"] = spent
    previous = config.out / "demo.json"
    earlier = json.loads(previous.read_text())["peak_rss_mb"] if previous.exists() else 0.0
    result["peak_rss_mb"] = round(max(memory.peak_mb, earlier), 1)
    page = write_demo_page(config, result)
    result["report"] = str(page)
    write_json(previous, result)
    if json_file is not None and json_file.resolve() != previous.resolve():
        write_json(json_file, result)
    return page


def _stages(config: DemoConfig, stages: Stages) -> dict[str, dict[str, Any]]:
    out = config.out
    results = {
        "furniture": stages.run("furniture", _timed(lambda: {"assets": furniture(config)})),
    }
    assets = results["furniture"]["assets"]
    for name, rooms, split, offset in (
        ("train", config.train_rooms, "train", 0),
        ("known", config.known_rooms, "train", 1),
        ("heldout", config.heldout_rooms, "heldout", 2),
    ):
        request = SynthesisConfig(
            out=out / "data" / name,
            rooms=rooms,
            split=split,
            seed=3 * config.seed + offset,  # never the seed of another set, nor of another demo
            assets=assets,
            workers=config.workers,
        )
        results[f"rooms_{name}"] = stages.run(f"rooms_{name}", _timed(lambda r=request: _synthesize(r)))
    results["difficulty"] = stages.run("difficulty", _timed(lambda: _difficulty(config)))
    results["sft"] = stages.run("sft", _timed(lambda: _sft(config)), produces=out / "sft")
    results["arms"] = stages.run("arms", _timed(lambda: _arms(config)))
    results["evaluation"] = stages.run("evaluation", _timed(lambda: _evaluate(config)))
    return results
