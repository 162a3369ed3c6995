"""Reading at the paper's size: 300,000 rows with 100,000 distinct pictures and 20,000 videos of 16
frames.

Three phases, each in processes of its own: the first process reads the files and keeps its copy, a
second one maps that copy while the first lives, and `show` answers. Then a warm epoch's reading is
set beside a step of a tiny Qwen2.5-VL. Prints one JSON object. `--scale 0.01` makes a hundredth of
it; the files are made once per scale under --folder.

    python benchmarks/reading.py --folder /tmp/reading [--scale 0.1] [--layout waywiser|llava]
"""

import argparse
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
from PIL import Image
from tqdm import tqdm

ROWS = 300_000
PICTURES = 100_000
VIDEOS = 20_000
FRAMES = 16
ROWS_PER_FILE = 10_000
SIDE = 112


def jpeg(seed: int) -> bytes:
    """A picture of SIDE x SIDE pixels, about 2 kB; no two seeds give the same."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (5, 5, 3), dtype=np.uint8))
    sink = io.BytesIO()
    coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(sink, "JPEG", quality=80)
    return sink.getvalue()


def make_ours(folder: Path, scale: float) -> None:
    """Our own Parquet: rows of pictures, and rows of videos as frames."""
    from waywiser.dataset.schema import SAMPLE_SCHEMA
    from waywiser.io import write_table

    rows, pictures, videos = (max(1, int(n * scale)) for n in (ROWS, PICTURES, VIDEOS))
    files = -(-rows // ROWS_PER_FILE)
    for number in tqdm(range(files), desc="files", disable=None):
        start = number * ROWS_PER_FILE
        chosen = range(start, min(rows, start + ROWS_PER_FILE))
        table = pa.Table.from_pylist(
            [_row(i, rows, pictures, videos) for i in chosen], schema=SAMPLE_SCHEMA
        )
        write_table(
            folder / "data" / f"train-{number:05d}-of-{files:05d}.parquet",
            table,
            row_group_size=1000,
        )


def _row(i: int, rows: int, pictures: int, videos: int) -> dict[str, Any]:
    # A row in fifteen shows a video, and each video once; questions about one picture lie together.
    every = rows // videos
    if i % every == 0 and i // every < videos:
        first = 10_000_000 + (i // every) * FRAMES
        images = [jpeg(first + frame) for frame in range(FRAMES)]
    else:
        images = [jpeg(i * pictures // rows)]

    return {
        "id": f"q{i}",
        "split": "train",
        "domain": "spatial",
        "task": ("count", "distance", "order")[i % 3],
        "source": "benchmark",
        "question": f"How many metres are there from place {i} to the door of the room?",
        "answer": {"kind": "number", "value": str(1 + i % 70 / 10), "unit": "m"},
        "images": [{"bytes": content, "path": f"{i}-{n}.jpg"} for n, content in enumerate(images)],
        "reasoning": "The door is as far as the table is long, twice." * 3,
        "seed": i,
    }


def make_llava(folder: Path, scale: float) -> None:
    """LLaVA's layout: one JSON list beside its pictures and folders of frames."""
    rows, pictures, videos = (max(1, int(n * scale)) for n in (ROWS, PICTURES, VIDEOS))
    for i in tqdm(range(pictures), desc="pictures", disable=None):
        _write(folder / "images" / str(i // 1000) / f"{i}.jpg", jpeg(i))

    for i in tqdm(range(videos), desc="videos", disable=None):
        for frame in range(FRAMES):
            content = jpeg(10_000_000 + i * FRAMES + frame)
            _write(folder / "videos" / str(i // 1000) / str(i) / f"{frame}.jpg", content)

    with (folder / "train.json").open("w") as file:
        file.write("[")
        for i in range(rows):
            file.write("," * (i > 0) + json.dumps(_llava_row(i, rows, pictures, videos)))

        file.write("]")


def _llava_row(i: int, rows: int, pictures: int, videos: int) -> dict[str, Any]:
    every = rows // videos
    human = f"How many metres are there from place {i} to the door?"
    turns = [{"from": "human", "value": human}, {"from": "gpt", "value": f"{1 + i % 70 / 10} m"}]

    if i % every == 0 and i // every < videos:
        video = i // every
        return {"id": i, "video": f"videos/{video // 1000}/{video}", "conversations": turns}

    picture = i * pictures // rows
    return {"id": i, "image": f"images/{picture // 1000}/{picture}.jpg", "conversations": turns}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


OPEN = """
import json, sys, time
start = time.perf_counter()
from waywiser.training.config import DataConfig
from waywiser.training.data.training_set import data_key, read_training_set
imported = time.perf_counter()
data = read_training_set(DataConfig(path=sys.argv[1]))
tasks, key = data.tasks, data_key(data)
print(json.dumps({"samples": len(data), "seconds": time.perf_counter() - start, "key": key,
                  "imports": imported - start}), flush=True)
sys.stdin.readline()
"""


def opened(path: Path) -> tuple[dict[str, Any], subprocess.Popen[str]]:
    """A process that is ready to train, and what it says; it lives until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    peak = _Peak(process.pid)
    assert process.stdout is not None
    line = peak.while_waiting(process.stdout)
    found = json.loads(line)

    return {**found, "peak_mb": peak.megabytes, **_memory(process.pid)}, process


class _Peak:
    """The most private and shared memory that a process held while something was waited for."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.megabytes = 0.0

    def while_waiting(self, stream: Any) -> str:
        import threading

        line: list[str] = []
        reader = threading.Thread(target=lambda: line.append(stream.readline()))
        reader.start()

        while reader.is_alive():
            try:
                self.megabytes = max(self.megabytes, self._process.memory_info().rss / 2**20)
            except psutil.NoSuchProcess:
                break

            time.sleep(0.1)

        reader.join()
        return line[0]


def _memory(pid: int) -> dict[str, float]:
    """MB of a process: all, and its own alone (what no other process shares)."""
    full = psutil.Process(pid).memory_full_info()
    return {"rss_mb": full.rss / 2**20, "own_mb": full.uss / 2**20}


def warm_epoch(path: Path, batches: int = 40, size: int = 16) -> dict[str, float]:
    """Milliseconds of reading a batch of rows in random order, and of a step of a tiny Qwen2.5-VL
    on it.
    """
    import torch

    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from helpers.qwen_tiny import tiny_qwen
    from waywiser.models import load
    from waywiser.models.generation import build_prompt_inputs
    from waywiser.training.config import DataConfig
    from waywiser.training.data.training_set import read_training_set

    torch.set_num_threads(1)
    data = read_training_set(DataConfig(path=path))
    order = np.random.default_rng(0).permutation(len(data))[: batches * size].reshape(batches, size)
    for batch in order:  # warm: the pages are in memory
        _read(data, batch)

    data.stores[0].clear_cache()
    start = time.perf_counter()

    for batch in order:
        _read(data, batch)

    reading = (time.perf_counter() - start) / batches

    folder = path.parent / "tiny-qwen"
    if not folder.exists():
        tiny_qwen(folder, "qwen2_5_vl")

    model, processor = load(folder, dtype="float32")
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    seconds = []

    for batch in order[:5]:
        samples, images = _read(data, batch)
        start = time.perf_counter()
        inputs = build_prompt_inputs(processor, samples, None, images)
        loss = model(**inputs, labels=inputs["input_ids"]).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - start)

    step = float(np.median(seconds))
    return {"reading_ms": 1000 * reading, "step_ms": 1000 * step, "share": reading / step}


def _read(data: Any, batch: Any) -> tuple[list[Any], list[Any]]:
    return [data.samples[int(i)] for i in batch], [data.images(int(i)) for i in batch]


def show_seconds(path: Path) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "waywiser", "show", str(path)], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--layout", choices=["waywiser", "llava"], default="waywiser")
    options = parser.parse_args()

    folder = options.folder / f"{options.layout}-{options.scale:g}"
    path = folder if options.layout == "waywiser" else folder / "train.json"

    if not (folder / "made").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        {"waywiser": make_ours, "llava": make_llava}[options.layout](folder, options.scale)
        (folder / "made").touch()

    cache = options.folder / f"cache-{os.getpid()}"
    os.environ["WAYWISER_CACHE"] = str(cache)
    print(json.dumps(dict(_phases(path, options.scale)), indent=1))


def _phases(path: Path, scale: float) -> Iterator[tuple[str, Any]]:
    yield "scale", scale
    first, process_1 = opened(path)
    yield "first", first
    second, process_2 = opened(path)
    yield "second", second

    for process in (process_1, process_2):
        process.communicate("\n")

    yield "show_seconds", [show_seconds(path) for _ in range(2)]
    yield "warm_epoch", warm_epoch(path)


if __name__ == "__main__":
    main()
