"""Small synthetic copies of the eight benchmarks in their published layouts."""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

CHOICES = ["red", "green", "blue"]


def png(colour: str = "red", size: int = 24) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(sink, "PNG")
    return sink.getvalue()


def picture_file(folder: Path, name: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png())
    return name


def parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def mathvista(folder: Path) -> None:
    """Parquet, as on the hub."""
    shared = {
        "unit": None,
        "decoded_image": {"bytes": png(), "path": "1.jpg"},
        "image": "images/1.jpg",
    }
    rows = [
        {
            "pid": "1",
            "question": "Which colour?",
            "choices": CHOICES,
            "precision": None,
            "answer": "red",
        }
        | {"question_type": "multi_choice", "answer_type": "text"},
        {"pid": "2", "question": "How many?", "choices": None, "precision": None, "answer": "0"}
        | {"question_type": "free_form", "answer_type": "integer"},
        {"pid": "3", "question": "How long?", "choices": None, "precision": 1.0, "answer": "1.2"}
        | {"question_type": "free_form", "answer_type": "float"},
    ]
    parquet(folder / "data" / "testmini-00000-of-00001.parquet", [row | shared for row in rows])


def mathvision(folder: Path) -> None:
    """JSONL and images."""
    rows = [
        {
            "id": "1",
            "question": "Pick <image1>",
            "options": CHOICES,
            "answer": "A",
            "image": "images/1.jpg",
        },
        {
            "id": "2",
            "question": "Length?",
            "options": [],
            "answer": "4\\sqrt{2}",
            "image": "images/1.jpg",
        },
    ]
    picture_file(folder, "images/1.jpg")
    (folder / "test.jsonl").write_text(
        "\n".join(json.dumps(row | {"level": 1, "subject": "x"}) for row in rows)
    )


def mathverse(folder: Path) -> None:
    """One JSON list and images."""
    versions = ["Text Dominant", "Text Lite", "Vision Intensive", "Vision Dominant", "Vision Only"]
    rows = [
        {
            "sample_index": str(5 * p + v),
            "problem_index": str(p),
            "problem_version": version,
            "question": "x?",
        }
        | {
            "image": "images_version/1.png",
            "answer": "A",
            "question_type": "multi-choice",
            "query_wo": "Pick A or B",
        }
        for p in range(2)
        for v, version in enumerate(versions)
    ]
    picture_file(folder, "images/images_version/1.png")
    (folder / "testmini.json").write_text(json.dumps(rows))


def dynamath(folder: Path) -> None:
    """A JSON object for each variant, in a folder of its own."""
    for variant in range(1, 4):
        rows = {
            "1": {
                "id": "1",
                "question": "x?",
                "image": "image/1.png",
                "ground_truth": "1.5",
                "answer_type": "float",
            },
            "2": {"id": "2", "question": "y?", "image": "image/1.png", "ground_truth": "B"}
            | {"answer_type": "multiple choice"},
        }
        (folder / f"sample_variant{variant}").mkdir(parents=True)
        (folder / f"sample_variant{variant}" / "dataset.json").write_text(json.dumps(rows))
    picture_file(folder, "image/1.png")


def wemath(folder: Path) -> None:
    """One JSON list; a problem's steps and its whole."""
    rows = [
        {
            "ID": "1",
            "split": "testmini",
            "key": f"{steps}steps_{part}",
            "question": "x?",
            "answer": "B",
        }
        | {"option": "A. 300; B. 400; C. No correct answer", "image_path": "1.png"}
        for steps in (2, 3)
        for part in [*range(1, steps + 1), "multi"]
    ]
    picture_file(folder, "images/1.png")
    (folder / "testmini.json").write_text(json.dumps(rows))


def logicvista(folder: Path) -> None:
    """TSV with base64 pictures."""
    picture = base64.b64encode(png(size=200) + b"\0" * 400).decode()
    lines = ["index\timage\tquestion\tanswer\tskill"]
    lines += [
        f"{i}\t{picture}\tWhich?\t{answer}\tspatial" for i, answer in enumerate(("C", "B, D", "3"))
    ]
    lines.append(f"9\t{picture}\tWhich?\t\tspatial")  # the one empty answer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "LogicVista.tsv").write_text("\n".join(lines))


def cv_bench(folder: Path) -> None:
    """Parquet of 2D and of 3D."""
    for name, kind, task, source in (
        ("test_2d", "2D", "Count", "ADE20K"),
        ("test_2d_coco", "2D", "Relation", "COCO"),
        ("test_3d", "3D", "Depth", "Omni3D"),
    ):
        rows = [
            {
                "idx": f"{name}{i}",
                "type": kind,
                "task": task,
                "question": "x?",
                "choices": CHOICES,
                "answer": "(B)",
            }
            | {
                "prompt": "x? (A) red (B) green (C) blue",
                "source": source,
                "filename": f"{name}{i}.png",
            }
            | {"image": {"bytes": png(), "path": None}}
            for i in range(2)
        ]
        parquet(folder / f"{name}.parquet", rows)


def vsi_bench(folder: Path) -> None:
    """JSONL and a folder of frames for each scene."""
    kinds = {
        "object_counting": ("4", None),
        "object_abs_distance": ("1.5", None),
        "object_rel_direction_easy": ("A", ["A. left", "B. right"]),
        "route_planning": ("B", ["A. Turn Left", "B. Turn Right"]),
    }
    rows = [
        {
            "id": n,
            "dataset": "scannet",
            "scene_name": f"scene{n % 2}",
            "question_type": kind,
            "question": "x?",
        }
        | {"ground_truth": truth, "options": options, "pruned": n % 2 == 0}
        for n, (kind, (truth, options)) in enumerate(kinds.items())
    ]
    for scene in range(2):
        for frame in range(3):
            picture_file(folder, f"scannet/scene{scene}/{frame:03d}.jpg")
    (folder / "test.jsonl").write_text("\n".join(map(json.dumps, rows)))


WRITERS: dict[str, Callable[[Path], None]] = {
    "mathvista": mathvista,
    "mathvision": mathvision,
    "mathverse": mathverse,
    "dynamath": dynamath,
    "wemath": wemath,
    "logicvista": logicvista,
    "cv-bench": cv_bench,
    "vsi-bench": vsi_bench,
}
COUNTS = {
    "mathvista": 3,
    "mathvision": 2,
    "mathverse": 10,
    "dynamath": 6,
    "wemath": 7,
    "logicvista": 3,
}
COUNTS |= {"cv-bench": 6, "vsi-bench": 4}
