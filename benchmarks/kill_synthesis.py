"""Kill synthesis at random moments, resume it, and compare with a dataset that nothing disturbed,
byte by byte.

    python benchmarks/kill_synthesis.py --json kills.json [--kills 20] [--homes 6] [--workers 2]
    [--video mp4] python benchmarks/kill_synthesis.py --json kills.json --scans data/scans       # a
    folder of scans instead of homes

The same command is started again and again on one folder and its whole process group gets SIGKILL
after a random part of the time that an undisturbed run takes; then it is let finish. Every file of
the dataset must be the same.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MAKE = (
    "import sys\n"
    "from waywiser.dataset.config import SynthesisConfig\n"
    "from waywiser.dataset.synthesize import synthesize\n"
    "if __name__ == '__main__':\n"
    "    synthesize(SynthesisConfig.model_validate_json(sys.argv[1]), progress=False)\n"
)


def request(out: Path, args: argparse.Namespace) -> str:
    """Small homes with everything: photographs, views, walks, things that move; or the scans."""
    if args.scans:
        config = {
            "out": str(out),
            "scans": str(args.scans.resolve()),
            "rooms": 1,
            "shard_rooms": 2,
            "tasks": "all",
            "workers": args.workers,
            "video": args.video,
            "engine": args.engine,
        }

        return json.dumps(config)

    home = {
        "width": 112,
        "height": 84,
        "max_rooms": 2,
        "max_frames": 16,
        "moving_frames": 6,
        "moving_share": 1.0,
    }

    config = {
        "out": str(out),
        "rooms": args.homes,
        "shard_rooms": 1,
        "seed": 5,
        "assets": "parametric",
        "tasks": "all",
        "home": home,
        "workers": args.workers,
        "video": args.video,
        "engine": args.engine,
    }

    return json.dumps(config)


def start(script: Path, out: Path, args: argparse.Namespace) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(script), request(out, args)], start_new_session=True
    )


def contents(folder: Path) -> dict[str, str]:
    """Hash of every file under the folder, by its name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def disturbed(
    script: Path, out: Path, seconds: float, args: argparse.Namespace
) -> list[dict[str, Any]]:
    """Start, kill and start again until so many kills were made; the last start is let finish."""
    chance = random.Random(args.seed)
    kills = []
    while len(kills) < args.kills:
        process = start(script, out, args)
        wait = chance.uniform(0.0, seconds)
        try:
            code = process.wait(wait)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills.append(
                {"after_s": round(wait, 2), "files": len(contents(out)) if out.is_dir() else 0}
            )
            continue

        if code:
            raise SystemExit(
                f"the run failed by itself with exit code {code} after {len(kills)} kills"
            )

        if contents(out) != args.whole:  # it ended before the kill: begin another one
            raise SystemExit(f"the run that ended after {len(kills)} kills differs")

        args.ended += 1
        shutil.rmtree(out)

    if start(script, out, args).wait():
        raise SystemExit("the last run failed")

    return kills


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--homes", type=int, default=6)
    parser.add_argument("--scans", type=Path, help="scans in the place of homes")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--engine", default="processes")
    parser.add_argument("--video", choices=("frames", "mp4"), default="frames")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        script = folder / "make.py"
        script.write_text(MAKE)
        began = time.monotonic()

        if start(script, folder / "whole", args).wait():
            raise SystemExit("the undisturbed run failed")

        seconds = time.monotonic() - began
        args.whole = contents(folder / "whole")
        args.ended = 0
        kills = disturbed(script, folder / "killed", seconds, args)
        same = contents(folder / "killed") == args.whole

    scenes = f"scans of {args.scans}" if args.scans else f"{args.homes} homes"
    report = {
        "same_bytes": same,
        "kills": len(kills),
        "moments": kills,
        "undisturbed_s": round(seconds, 1),
    }

    report |= {
        "runs_that_ended_before_their_kill": args.ended,
        "files": len(args.whole),
        "scenes": scenes,
    }

    report |= {"workers": args.workers, "engine": args.engine, "video": args.video}
    print(json.dumps(report, indent=1))

    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n")
    if not same:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
