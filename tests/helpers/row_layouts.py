"""Small files of ours in the layouts that people publish: eight rows each, with pictures."""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

ROWS = 8
COLORS = ("red", "green", "blue")


def png(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    sink = io.BytesIO()
    Image.fromarray(pixels).resize((64, 48), Image.Resampling.NEAREST).save(sink, "PNG")
    return sink.getvalue()


def pictures(folder: Path, count: int = ROWS) -> list[str]:
    """Pictures in a folder, by their names below `folder`."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    names = [f"images/{i}.png" for i in range(count)]
    for i, name in enumerate(names):
        (folder / name).write_bytes(png(i))
    return names


def chain(i: int) -> str:
    return f"<think>I count {i % 3} and one more.</think><answer>{i % 3 + 1}</answer>"


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def turn(text: str, reply: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}, {"role": "assistant", "content": reply}]


def ms_swift(folder: Path) -> Path:
    """Messages with `<image>` in the text, a system turn, and a list of pictures."""
    names = pictures(folder)
    system = {"role": "system", "content": "Be brief."}
    rows = [
        {"messages": [system, *turn("<image>How many discs?", chain(i))], "images": [names[i]]}
        for i in range(ROWS)
    ]
    return write_lines(folder / "swift.jsonl", rows)


def ms_swift_grpo(folder: Path) -> Path:
    """Messages without the assistant's turn; the answer is in `solution`."""
    names = pictures(folder)
    rows = [
        {
            "messages": [{"role": "user", "content": "<image>How many discs?"}],
            "images": [names[i]],
            "solution": f"<answer> {i % 3 + 1} </answer>",
        }
        for i in range(ROWS)
    ]
    return write_lines(folder / "swift_grpo.jsonl", rows)


def openai_chat(folder: Path) -> Path:
    """Parts with data: addresses."""
    rows = []
    for i in range(ROWS):
        url = "data:image/png;base64," + base64.b64encode(png(i)).decode()
        parts = [
            {"type": "text", "text": "How many discs?"},
            {"type": "image_url", "image_url": {"url": url}},
        ]
        rows.append(
            {
                "messages": [
                    {"role": "user", "content": parts},
                    {"role": "assistant", "content": str(i % 3 + 1)},
                ]
            }
        )
    return write_lines(folder / "openai.jsonl", rows)


def trl(folder: Path) -> Path:
    """Prompt and completion in parts, pictures in a column."""
    rows = []
    for i in range(ROWS):
        user = {
            "role": "user",
            "content": [{"type": "image", "text": None}, {"type": "text", "text": "How many?"}],
        }
        gold = {"role": "assistant", "content": [{"type": "text", "text": chain(i)}]}
        rows.append(
            {"prompt": [user], "completion": [gold], "images": [{"bytes": png(i), "path": None}]}
        )
    return write_parquet(folder / "trl.parquet", rows)


def verl(folder: Path) -> Path:
    rows = [
        {
            "data_source": "discs",
            "prompt": [{"role": "user", "content": "<image>How many discs?"}],
            "images": [{"bytes": png(i), "path": None}],
            "ability": "counting",
            "reward_model": {"style": "rule", "ground_truth": str(i % 3 + 1)},
            "extra_info": {"index": i},
        }
        for i in range(ROWS)
    ]
    return write_parquet(folder / "verl.parquet", rows)


def llava(folder: Path) -> Path:
    """One JSON list; some rows without a picture, one with two."""
    names = pictures(folder)
    rows: list[dict[str, Any]] = []
    for i in range(ROWS):
        human = {"from": "human", "value": "<image>\nHow long is the bar?"}
        gpt = {"from": "gpt", "value": f"{1.5 + i / 4} m"}
        rows.append({"id": f"r{i}", "image": names[i], "conversations": [human, gpt]})
    del rows[0]["image"]
    rows[0]["conversations"][0]["value"] = "How long is a metre stick?"
    rows[1] |= {"image": names[:2]}
    rows[1]["conversations"][0]["value"] = "Left: <image> right: <image> How long are both?"
    path = folder / "llava.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def sharegpt(folder: Path) -> Path:
    names = pictures(folder)
    rows = [
        {
            "conversations": [
                {"from": "human", "value": "<image>What color?\nA. red\nB. green\nC. blue"},
                {"from": "gpt", "value": "ABC"[i % 3]},
            ],
            "images": [names[i]],
        }
        for i in range(ROWS)
    ]
    path = folder / "sharegpt.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def vlm_r1(folder: Path) -> Path:
    """JSON lines here, pictures elsewhere."""
    names = pictures(folder / "elsewhere")
    rows = [
        {
            "id": i,
            "image": names[i],
            "conversations": [
                {"from": "human", "value": "<image>How many?"},
                {"from": "gpt", "value": str(i)},
            ],
        }
        for i in range(ROWS)
    ]
    (folder / "lists").mkdir()
    return write_lines(folder / "lists" / "vlm_r1.jsonl", rows)


def r1_v(folder: Path) -> Path:
    rows = [
        {
            "image": {"bytes": png(i), "path": None},
            "problem": "How many items are there?",
            "solution": f"<answer> {i % 3} </answer>",
        }
        for i in range(ROWS)
    ]
    return write_parquet(folder / "r1_v.parquet", rows)


def open_r1(folder: Path) -> Path:
    """Options in the question, a chain and a letter in the solution."""
    rows = [
        {
            "image": {"bytes": png(i), "path": None},
            "problem": "What color is it?\n(A) red\n(B) green\n(C) blue",
            "solution": f"<think>It looks {COLORS[i % 3]}.</think>\n<answer>{'ABC'[i % 3]}</answer>",
            "original_answer": f"The answer is {'ABC'[i % 3]}.",
        }
        for i in range(ROWS)
    ]
    return write_parquet(folder / "open_r1.parquet", rows)


def video_r1(folder: Path) -> Path:
    """Pictures and videos (folders of frames) of several kinds of problems, options with their
    letters.
    """
    names = pictures(folder)
    (folder / "film").mkdir()
    for i in range(6):
        (folder / "film" / f"frame_{i}.png").write_bytes(png(i))
    rows: list[dict[str, Any]] = []
    for i in range(ROWS):
        video = i % 2
        rows.append(
            {
                "problem_id": i,
                "problem": "What color comes first?",
                "data_type": "video" if video else "image",
                "problem_type": "multiple choice",
                "options": [f"{'ABC'[n]}. {color}" for n, color in enumerate(COLORS)],
                "process": "<think>I look at the first frame.</think>",
                "solution": f"<answer>{'ABC'[i % 3]}</answer>",
                "path": "./film" if video else f"./{names[i]}",
                "data_source": "ours",
            }
        )
    path = folder / "video_r1.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def easyr1(folder: Path) -> Path:
    rows = [
        {
            "images": [{"bytes": png(i), "path": None}],
            "problem": "<image>Find $x$.",
            "answer": f"\\frac{{{i + 1}}}{{7}}",
        }
        for i in range(ROWS)
    ]
    return write_parquet(folder / "easyr1.parquet", rows)


def science_qa(folder: Path) -> Path:
    """Answers by number, counted from 0; a column of pictures with gaps."""
    rows = [
        {
            "question": "Which color is it?",
            "choices": list(COLORS),
            "answer": i % 3,
            "image": {"bytes": png(i), "path": None} if i % 2 else None,
            "hint": "",
            "solution": "Look at it.",
        }
        for i in range(ROWS)
    ]
    return write_parquet(folder / "science_qa.parquet", rows)


def table(folder: Path) -> Path:
    """A spreadsheet's CSV with a byte order mark."""
    pictures(folder)
    lines = ["question,answer,image"] + [
        f"How many discs?,{i % 3},images/{i}.png" for i in range(ROWS)
    ]
    path = folder / "table.csv"
    path.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8")
    return path


LAYOUTS: dict[str, Callable[[Path], Path]] = {
    "ms_swift": ms_swift,
    "ms_swift_grpo": ms_swift_grpo,
    "openai": openai_chat,
    "trl": trl,
    "verl": verl,
    "llava": llava,
    "sharegpt": sharegpt,
    "vlm_r1": vlm_r1,
    "r1_v": r1_v,
    "open_r1": open_r1,
    "video_r1": video_r1,
    "easyr1": easyr1,
    "science_qa": science_qa,
    "table": table,
}
