"""`waywiser ask` for every family, in this process: what is printed, and one line for every bad
request.
"""

import json
import shutil

import pytest
from PIL import Image
from typer.testing import CliRunner

from helpers.qwen_tiny import tiny_qwen
from helpers.tiny_models import picture
from models.test_videos import gif
from waywiser.cli import app, main
from waywiser.models import ask
from waywiser.models.batch_chat import read_questions
from waywiser.prompting import SYSTEM_PROMPTS, PromptConfig

FEW = ("--max-new-tokens", "6")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    for i in (1, 2):
        picture(i, (40 + 20 * i, 40)).save(folder / f"{i}.png")
    gif(folder / "film.gif", 12, size=(40, 32))
    gif(folder / "still.gif", 1)
    (folder / "empty.png").write_bytes(b"")
    Image.new("RGB", (2020, 10)).save(folder / "line.png")
    return folder


@pytest.fixture(scope="module")
def folders(m2_folder, saved, tmp_path_factory):
    found = {"m2": m2_folder, "starter": saved}
    for family in ("qwen2_5_vl", "qwen3_vl"):
        found[family] = tmp_path_factory.mktemp(family)
        tiny_qwen(found[family], family)
    return found


def run(*arguments):
    return CliRunner().invoke(app, ["ask", *map(str, arguments)], catch_exceptions=False)


@pytest.mark.parametrize("family", ["m2", "qwen2_5_vl", "qwen3_vl", "starter"])
def test_every_family_answers_about_pictures_and_a_video(folders, files, family):
    seen = ("--image", files / "1.png", "--image", files / "2.png", "--video", files / "film.gif")
    result = run(folders[family], "What is it?", *seen, *FEW, "--json")
    assert result.exit_code == 0
    reply = json.loads(result.stdout)
    assert set(reply) == {"answer", "reasoning", "text"}
    shown = run(folders[family], "What is it?", *seen, *FEW)
    assert shown.stdout.strip() == reply["text"]


def test_a_reply_comes_piece_by_piece_and_whole(m2):
    pieces = []
    reply = ask(*m2, "What is it?", [picture(1)], max_new_tokens=20, on_text=pieces.append)
    assert "".join(pieces).strip() == reply.text
    sampled = [
        ask(*m2, "a?", temperature=2.0, top_k=50, top_p=0.9, max_new_tokens=9, seed=s).text
        for s in (1, 1, 2)
    ]
    assert sampled[0] == sampled[1] != sampled[2]


def test_presets_of_system_prompts(m2_folder):
    assert (
        PromptConfig().resolve(m2_folder, "bailing_qwen2_5").system
        == SYSTEM_PROMPTS["m2-reasoning"]
    )
    assert "\\boxed{}" in str(SYSTEM_PROMPTS["m2-reasoning"])
    assert PromptConfig().resolve(None, "qwen3_vl").system is None
    assert PromptConfig(system="none").resolve(m2_folder, "bailing_qwen2_5").system is None
    assert (
        PromptConfig(system="Answer in Latin.").resolve(None, "qwen3_vl").system
        == "Answer in Latin."
    )
    texts = {
        run(m2_folder, "a?", "--system", name, *FEW).stdout
        for name in ("none", "think", "m2-reasoning")
    }
    assert len(texts) == 3
    assert (
        run(m2_folder, "a?", *FEW).stdout
        == run(m2_folder, "a?", "--system", "m2-reasoning", *FEW).stdout
    )
    assert (
        run(m2_folder, "a?", *FEW).stdout
        != run(m2_folder, "a?", "--generation-prompt", "released", *FEW).stdout
    )


def test_a_batch_writes_a_reply_or_an_error_for_every_row(m2_folder, files, tmp_path):
    rows = [
        {"id": 1, "question": "What is it?", "images": ["1.png", "2.png"]},
        {"id": 2, "question": "What is it?", "image": "none.png"},
        {"id": 3, "question": "And now?", "video": "film.gif", "system": "none"},
        {"id": 4},
    ]
    batch = files / "rows.jsonl"
    batch.write_text("\n".join([*map(json.dumps, rows), "{", "", '"text"']))
    result = run(m2_folder, "--batch", batch, "--out", tmp_path / "replies.jsonl", *FEW)
    assert result.exit_code == 1
    replies = [json.loads(line) for line in (tmp_path / "replies.jsonl").read_text().splitlines()]
    assert ["error" in reply for reply in replies] == [False, True, False, True, True, True]
    assert "none.png" in replies[1]["error"]
    assert "question" in replies[3]["error"]
    alone = run(
        m2_folder,
        "What is it?",
        "--image",
        files / "1.png",
        "--image",
        files / "2.png",
        *FEW,
        "--json",
    )
    assert replies[0]["text"] == json.loads(alone.stdout)["text"]
    batch.write_text(json.dumps(rows[2]))
    printed = run(m2_folder, "--batch", batch, *FEW)
    assert printed.exit_code == 0
    assert json.loads(printed.stdout)["text"] == replies[2]["text"]
    assert [f.name for f in tmp_path.iterdir()] == ["replies.jsonl"]


@pytest.mark.case(17)
def test_a_row_without_pictures_may_say_so_by_null(m2_folder, files):
    asked = {"question": "What is it?"}
    rows = [
        asked,
        {**asked, "image": None},
        {**asked, "images": None, "video": None, "system": None},
        {**asked, "images": []},
        {**asked, "images": None, "image": "1.png"},
        {**asked, "images": 0},
    ]
    batch = files / "nulls.jsonl"
    batch.write_text("\n".join(map(json.dumps, rows)))
    replies = [
        json.loads(line) for line in run(m2_folder, "--batch", batch, *FEW).stdout.splitlines()
    ]
    assert ["error" in reply for reply in replies] == [False] * 5 + [True]
    assert len({reply["text"] for reply in replies[:4]}) == 1
    assert "images must be a list" in replies[5]["error"]


@pytest.mark.case(48, 49)
def test_lines_end_at_line_feeds_alone(tmp_path):
    rows = [
        {"question": f"Is this{mark}one row?"}
        for mark in ("\u2028", "\u2029", "\u0085", "\x0b", "\x1c", " ")
    ]
    text = "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "rows.jsonl").write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\n")
    assert read_questions(tmp_path / "rows.jsonl") == rows


@pytest.mark.case(18)
def test_an_address_is_no_picture(m2_folder, capsys):
    assert main(["ask", str(m2_folder), "What?", "--image", "https://example.org/a.png", *FEW]) == 2
    assert "download the image" in capsys.readouterr().err


@pytest.mark.case(12)
def test_a_picture_of_one_line_is_refused(m2_folder, tmp_path, capsys):
    Image.new("RGB", (10000, 1)).save(tmp_path / "line.png")
    assert main(["ask", str(m2_folder), "What?", "--image", str(tmp_path / "line.png"), *FEW]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--image", "empty.png"), "empty"),
        (("--image", "line.png"), "too narrow"),
        (("--image", "none.png"), "none.png"),
        (("--video", "still.gif"), "got 1; pass a single frame"),
        (("--video", "none.mp4"), "none.mp4"),
        (("--system", "m2-reasonin"), "did you mean m2-reasoning"),
        (("--generation-prompt", "odd"), "odd"),
        (("--batch", "rows.jsonl"), "a question, or --batch"),
        (("--out", "x.jsonl"), "--out"),
        (("--top-p", "0"), "top_p"),
    ],
)
def test_bad_requests_are_one_line(m2_folder, files, capsys, monkeypatch, arguments, word):
    monkeypatch.chdir(files)
    assert main(["ask", str(m2_folder), "What is it?", *arguments, *FEW]) == 2
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert len(lines) == 1, captured.err
    assert lines[0].startswith("waywiser: ")
    assert word in lines[0]
    assert not captured.out.strip()


def test_a_narrow_picture_is_one_line_for_qwen_too(folders, files, capsys):
    assert (
        main(["ask", str(folders["qwen2_5_vl"]), "What?", "--image", str(files / "line.png"), *FEW])
        == 2
    )
    assert "200" in capsys.readouterr().err


def test_broken_folders_are_one_line(folders, capsys, tmp_path):
    folder = shutil.copytree(folders["m2"], tmp_path / "m2")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert main(["ask", str(folder), "What?", *FEW]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
