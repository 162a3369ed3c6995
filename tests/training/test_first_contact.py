"""What people bring at first: pictures beside a video, sideways photographs, deep scans; the same
text everywhere.
"""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from helpers.qwen_tiny import tiny_qwen
from waywiser.clients.requests import Request
from waywiser.media import decode_picture
from waywiser.media.videos import read_video
from waywiser.models.chat import build_messages as asked
from waywiser.prompting import PromptFormat, read_prompt_format, sample_messages
from waywiser.recipe import build
from waywiser.rewards import RewardConfig
from waywiser.training.config import DataConfig, SFTRecipe
from waywiser.training.data.dataset_conversion import convert_dataset
from waywiser.training.data.dataset_export import FORMATS, export_dataset
from waywiser.training.data.training_set import TrainingSet, read_training_set
from waywiser.training.sft import run_sft

RED = (200, 0, 0)
BLUE = (0, 0, 200)
ENDINGS = {"messages": "jsonl", "llava": "json"}


def photograph() -> bytes:
    """Upright 48 x 80 with a white top, as a camera stores it: 80 x 48 and a note."""
    upright = Image.new("RGB", (48, 80), RED)
    upright.paste((255, 255, 255), (0, 0, 48, 20))
    exif = Image.Exif()
    sink = io.BytesIO()
    exif[0x0112] = 6
    upright.transpose(Image.Transpose.ROTATE_90).save(sink, "JPEG", exif=exif, quality=95)
    return sink.getvalue()


def scan() -> bytes:
    """Depths of 16 bits, of which 8-bit readers leave white."""
    sink = io.BytesIO()
    Image.fromarray(np.linspace(300, 60000, 48 * 64).reshape(48, 64).astype(np.uint16)).save(
        sink, "PNG"
    )
    return sink.getvalue()


@pytest.fixture
def mine(tmp_path: Path) -> Callable[[list[dict[str, Any]]], TrainingSet]:
    """Rows in a file beside `0.png`, `side.jpg`, `deep.png` and a video of four blue frames, read."""
    Image.new("RGB", (64, 48), RED).save(tmp_path / "0.png")
    (tmp_path / "side.jpg").write_bytes(photograph())
    (tmp_path / "deep.png").write_bytes(scan())
    (tmp_path / "clip").mkdir()
    for number in range(4):
        Image.new("RGB", (64, 48), BLUE).save(tmp_path / f"clip/{number}.png")

    def write(rows: list[dict[str, Any]]) -> TrainingSet:
        (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return read_training_set(DataConfig(path=tmp_path / "mine.jsonl"))

    return write


def shape(messages: list[dict[str, Any]]) -> str:
    """The user's turn with a letter for each picture, by its colour, and V for a video."""
    letters = []
    for part in messages[-1]["content"]:
        if part["type"] == "text":
            letters.append(part["text"])
        elif part["type"] == "video":
            letters.append("[V]")
        else:
            red, _, blue = np.asarray(part["image"]).mean((0, 1))
            letters.append("[r]" if red > blue else "[b]")
    return "".join(letters)


BOTH = {
    "id": "both",
    "problem": "<video>Is the thing of <image> in the clip?",
    "images": ["0.png"],
    "videos": ["clip"],
    "options": ["yes", "no"],
    "answer": "yes",
}


def test_a_picture_stands_in_its_place_beside_a_video(
    mine: Callable[[list[dict[str, Any]]], TrainingSet], tmp_path: Path
) -> None:
    data = mine(
        [BOTH, {**BOTH, "id": "first", "problem": "<image><video>Is the thing in the clip?"}]
    )
    placed = "Is the thing of [r] in the clip?[b][b][b][b]A. yes\nB. no"
    before = "[r][b][b][b][b]Is the thing in the clip?\nA. yes\nB. no"

    def shown(found: TrainingSet) -> list[str]:
        return [
            shape(sample_messages(found.samples[i], found.images(i))) for i in range(len(found))
        ]

    assert shown(data) == [placed, before]

    convert_dataset(data, tmp_path / "ours")
    assert shown(read_training_set(DataConfig(path=tmp_path / "ours"))) == [placed, before]


@pytest.mark.parametrize("to", FORMATS)
def test_an_export_holds_every_picture_and_frame_as_any_reader_shows_it(
    to: str, mine: Callable[[list[dict[str, Any]]], TrainingSet], tmp_path: Path
) -> None:
    data = mine(
        [
            BOTH,
            {"problem": "What turns?", "videos": ["clip"], "answer": "nothing"},
            {"problem": "What is on top?", "images": ["side.jpg", "0.png"], "answer": "white"},
            {"problem": "How deep is it?", "images": ["deep.png"], "answer": "2"},
        ]
    )
    out = tmp_path / "out" / f"train.{ENDINGS.get(to, 'parquet')}"
    export_dataset(DataConfig(path=tmp_path / "mine.jsonl"), to, out)

    for index, content in enumerate(exported(out)):
        ours = data.images(index)
        theirs = [Image.open(io.BytesIO(one)) for one in content]
        assert [image.size for image in theirs] == [image.size for image in ours]
        for one, other in zip(theirs, ours, strict=True):
            assert (
                np.abs(np.asarray(one.convert("RGB")).astype(int) - np.asarray(other)).max() < 8
            )  # frames are JPEG

    back = read_training_set(DataConfig(path=out))
    assert [len(back.images(i)) for i in range(len(back))] == [5, 4, 2, 1]


def exported(out: Path) -> list[list[bytes]]:
    """The encoded pictures of each row of an exported file."""
    if out.suffix == ".parquet":
        return [[one["bytes"] for one in row["images"]] for row in pq.read_table(out).to_pylist()]
    rows = (
        json.loads(out.read_text())
        if out.suffix == ".json"
        else map(json.loads, out.read_text().splitlines())
    )
    named = [row.get("images") or row["image"] for row in rows]
    return [
        [(out.parent / path).read_bytes() for path in ([n] if isinstance(n, str) else n)]
        for n in named
    ]


@pytest.mark.parametrize("picture", [photograph(), scan()], ids=["sideways", "16 bits"])
def test_a_server_gets_a_picture_that_it_cannot_misread(picture: bytes) -> None:
    request = Request("judge", "What is it?", images=(picture, b"no picture"))
    sent = [
        base64.b64decode(p["image_url"]["url"].split(",")[1])
        for p in request.messages()[0]["content"][:2]
    ]
    assert np.array_equal(
        np.asarray(Image.open(io.BytesIO(sent[0])).convert("RGB")), decode_picture(picture)
    )
    assert sent[1] == b"no picture"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Same?", "[r][b]{video}Same?"),
        ("Is <image> like <image>?", "Is [r] like [b]?{video}"),
        ("<image>\n<image>\nSame?", "[r][b]{video}Same?"),
        ("Is <image> a tag?", "[r][b]{video}Is <image> a tag?"),
    ],
)
def test_a_question_places_its_pictures_as_in_training(
    question: str, expected: str, tmp_path: Path
) -> None:
    images = [Image.new("RGB", (8, 8), RED), Image.new("RGB", (8, 8), BLUE)]
    assert shape(asked(question, images, None, None, frames_as_images=True)) == expected.format(
        video=""
    )

    for number in range(4):
        Image.new("RGB", (64, 48), BLUE).save(tmp_path / f"{number}.png")
    video = read_video(tmp_path)
    assert shape(asked(question, images, video, None, frames_as_images=False)) == expected.format(
        video="[V]"
    )


@pytest.mark.parametrize("lora", [None, {"rank": 2}], ids=["full", "lora"])
def test_a_checkpoint_says_what_it_was_told_too(
    lora: dict[str, int] | None, mine: Callable[[list[dict[str, Any]]], TrainingSet], tmp_path: Path
) -> None:
    mine([BOTH, {"id": "text", "problem": "What is 2 + 3?", "answer": "5"}])
    tiny_qwen(tmp_path / "qwen", "qwen2_5_vl")
    told = PromptFormat(system="You look closely.", instruction="Answer in a word.")
    values = {
        "out": tmp_path / "run",
        "model": str(tmp_path / "qwen"),
        "data": {"path": tmp_path / "mine.jsonl"},
        "prompt": told.model_dump(),
        "lora": lora,
        "batch_size": 2,
        "max_steps": 1,
        "save_steps": 1,
        "keep_checkpoints": True,
    }
    result = run_sft(build(SFTRecipe, values))
    assert read_prompt_format(result.model) == told
    assert read_prompt_format(result.out / "checkpoints" / "checkpoint-1") == told


def test_one_reward_function_needs_no_list() -> None:
    one = build(RewardConfig, {"functions": "own.py:short"})
    assert one == build(RewardConfig, {"functions": ["own.py:short"]})
