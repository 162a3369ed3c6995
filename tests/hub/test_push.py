"""Pushing datasets and models: what is sent, what never is, the cards, and the way back by name."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from helpers.hub_rooms import write_split
from helpers.hub_server import TOKEN, Hub
from waywiser.cli import main
from waywiser.errors import DatasetError, HubError, ModelError
from waywiser.hub.push import plan_push, push
from waywiser.models import load


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """A dataset of two splits, with things beside it that are nobody's business."""
    folder = tmp_path / "rooms"
    write_split(folder, "train", ["count", "count", "size"])
    write_split(folder, "heldout", ["count"])
    (folder / "ATTRIBUTION.md").write_text("# Furniture\n\nA chair by someone, CC-BY 4.0\n")
    for name in (
        "notes.txt",
        ".env",
        "data/.train.partial-3",
        "cache/requests.sqlite",
        "rejected/a.parquet",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("private")
    return folder


@pytest.fixture
def run(tmp_path: Path, qwen: Path) -> Path:
    """A training run as `train` leaves it, with checkpoints and pickles beside the model."""
    folder = tmp_path / "runs" / "rlvr"
    shutil.copytree(qwen, folder / "model")
    recipe = {
        "stage": "rlvr",
        "out": "/home/alice/runs/rlvr",
        "model": "Qwen/Qwen2.5-VL-3B-Instruct",
        "seed": 0,
        "data": {"path": "/home/alice/data/rooms", "split": None},
        "lora": {"rank": 8},
        "load_4bit": True,
        "rewards": {"numeric": "ednm", "weights": {"format": 0.2, "accuracy": 1.0}},
    }
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False))
    (folder / "result.json").write_text(
        json.dumps({"steps": 500, "samples": 4426, "seconds": 12.5})
    )
    checkpoint = folder / "checkpoints" / "checkpoint-5"
    checkpoint.mkdir(parents=True)
    for name in (
        "model/training_args.bin",
        "model/optimizer.pt",
        "model/pytorch_model.bin",
        "model/trainer_state.json",
    ):
        (folder / name).write_text("{}")
    (checkpoint / "rng_state.pth").write_bytes(b"pickle")
    return folder


def header_of(card: bytes | str) -> dict[str, Any]:
    text = card.decode() if isinstance(card, bytes) else card
    return yaml.safe_load(text.split("---")[1])


@pytest.mark.usefixtures("logged_in")
def test_a_model_comes_back_by_its_name(hub: Hub, run: Path, qwen: Path) -> None:
    pushed = push(plan_push(run, "someone/tiny"))
    assert pushed.url == f"{hub.address}/someone/tiny"

    files = hub.files("someone/tiny")
    assert set(files) - {".gitattributes"} == {path.name for path in qwen.iterdir()} | {"README.md"}
    model, _ = load("someone/tiny")
    before, _ = load(qwen)
    assert all(
        torch.equal(a, b) for a, b in zip(model.parameters(), before.parameters(), strict=True)
    )


def test_the_card_of_a_model_says_what_it_is_and_not_where_it_lay(run: Path) -> None:
    card = plan_push(run, "someone/tiny", "apache-2.0").card
    assert card is not None
    header = header_of(card)
    assert (header["license"], header["base_model"]) == (
        "apache-2.0",
        "Qwen/Qwen2.5-VL-3B-Instruct",
    )
    assert header["tags"] == ["spatial-reasoning", "waywiser", "rlvr"]
    for words in (
        "500 steps on 4426 samples",
        "data: rooms",
        "format 0.2, accuracy 1",
        "rank 8 on weights in 4 bits",
    ):
        assert words in card
    assert "stage: rlvr" in card
    assert "alice" not in card
    assert header_of(plan_push(run, "a/b").card or "")["license"] == "other"


def test_a_model_s_base_is_found_through_the_runs_before_it(run: Path, tmp_path: Path) -> None:
    later = tmp_path / "runs" / "later"
    shutil.copytree(run, later)
    recipe = yaml.safe_load((later / "recipe.yaml").read_text())
    (later / "recipe.yaml").write_text(yaml.safe_dump({**recipe, "model": str(run / "model")}))
    (run / "model" / "README.md").write_text("---\nlicense: mit\n---\n")

    header = header_of(plan_push(later, "a/b").card or "")
    assert header["base_model"] == "Qwen/Qwen2.5-VL-3B-Instruct"
    assert header["license"] == "mit"


@pytest.mark.usefixtures("logged_in")
def test_a_dataset_comes_back_by_its_name(hub: Hub, rooms: Path, home: Path) -> None:
    pushed = push(plan_push(rooms, "someone/rooms"), private=True)
    assert pushed.url == f"{hub.address}/datasets/someone/rooms"
    assert hub.repositories["datasets", "someone/rooms"].private
    files = hub.files("someone/rooms", "datasets")
    data = {f"data/{split}-00000-of-00001.parquet" for split in ("train", "heldout")}
    assert set(files) == {".gitattributes", "ATTRIBUTION.md", "README.md", *data}
    assert all(files[name] == (rooms / name).read_bytes() for name in data)

    code = (
        "from waywiser.sources.rows import open_rows\n"
        "rows = open_rows('hub:someone/rooms', 'train')\n"
        "found = list(rows.read(0, len(rows)))\n"
        "print(len(found), found[2]['task'], found[0]['images'][0]['bytes'][:4])\n"
    )
    environment = {**os.environ, "HF_DATASETS_CACHE": str(home / "datasets")}
    read = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=120,
    )
    assert read.returncode == 0, read.stderr
    assert read.stdout.split(maxsplit=2)[:2] == ["3", "size"]
    assert "PNG" in read.stdout


def test_the_card_of_a_dataset_counts_by_task_and_split(rooms: Path) -> None:
    card = plan_push(rooms, "someone/rooms").card or ""
    header = header_of(card)
    assert (header["license"], header["license_link"]) == ("other", "ATTRIBUTION.md")
    (config,) = header["configs"]
    assert config["default"] is True
    assert [split["split"] for split in config["data_files"]] == ["heldout", "train"]
    assert "| count | 1 | 2 |" in card
    assert "| size | 0 | 1 |" in card
    assert 'load_dataset("someone/rooms", split="heldout")' in card
    assert "| images |" in card
    assert header_of(plan_push(rooms, "a/b", "cc-by-4.0").card or "")["license"] == "cc-by-4.0"


@pytest.mark.usefixtures("logged_in")
def test_a_card_that_is_there_is_sent_as_it_is(hub: Hub, rooms: Path) -> None:
    (rooms / "README.md").write_text("---\nlicense: mit\n---\n# Mine\n")
    push(plan_push(rooms, "someone/rooms"))
    assert hub.files("someone/rooms", "datasets")["README.md"] == (rooms / "README.md").read_bytes()


def test_a_dry_run_lists_everything_and_touches_nothing(hub: Hub, run: Path, capsys: Any) -> None:
    before = sorted(str(path) for path in run.rglob("*"))
    assert main(["push", str(run), "someone/tiny", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    for words in (
        "someone/tiny",
        "model.safetensors",
        "kB",
        "README.md",
        "base_model: Qwen/Qwen2.5-VL-3B-Instruct",
    ):
        assert words in shown
    assert "optimizer" not in shown
    assert not hub.requests
    assert sorted(str(path) for path in run.rglob("*")) == before

    assert main(["push", str(run), "someone/tiny", "--dry-run", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["files"]["config.json"] == (run / "model" / "config.json").stat().st_size
    assert listed["kind"] == "model"


@pytest.mark.usefixtures("logged_in")
def test_the_token_is_in_a_header_and_nowhere_else(hub: Hub, run: Path, capsys: Any) -> None:
    assert main(["push", str(run), "someone/tiny"]) == 0
    assert not any(TOKEN.encode() in body for body in hub.bodies)
    assert not any(TOKEN.encode() in content for content in hub.files("someone/tiny").values())
    assert TOKEN not in "".join(capsys.readouterr())


@pytest.mark.usefixtures("logged_in")
def test_a_name_that_is_taken_is_updated_when_told(hub: Hub, rooms: Path) -> None:
    push(plan_push(rooms, "someone/rooms"))
    with pytest.raises(HubError, match="someone/rooms is there already: --update"):
        push(plan_push(rooms, "someone/rooms"))

    (rooms / "data" / "heldout-00000-of-00001.parquet").unlink()
    write_split(rooms, "train", ["count"])
    hub.repositories["datasets", "someone/rooms"].commit(
        {
            **hub.files("someone/rooms", "datasets"),
            "README.md": b"# edited there",
            "extra.txt": b"theirs",
        }
    )
    push(plan_push(rooms, "someone/rooms"), update=True)
    files = hub.files("someone/rooms", "datasets")
    assert "data/heldout-00000-of-00001.parquet" not in files
    assert (
        files["data/train-00000-of-00001.parquet"]
        == (rooms / "data/train-00000-of-00001.parquet").read_bytes()
    )
    assert files["README.md"] == b"# edited there"
    assert files["extra.txt"] == b"theirs"


@pytest.mark.usefixtures("logged_in")
def test_a_push_that_was_stopped_is_simply_run_again(hub: Hub, rooms: Path) -> None:
    hub.add("tester/rooms", {".gitattributes": b""}, "datasets")  # made, and then nothing more
    pushed = push(plan_push(rooms, "rooms"))
    assert pushed.name == "tester/rooms"
    assert "README.md" in hub.files("tester/rooms", "datasets")


@pytest.mark.usefixtures("logged_in")
def test_a_revision_leaves_the_main_branch_alone(hub: Hub, run: Path) -> None:
    push(plan_push(run, "someone/tiny"))
    before = dict(hub.files("someone/tiny"))
    config = json.loads((run / "model" / "config.json").read_text())
    (run / "model" / "config.json").write_text(json.dumps({**config, "note": "v2"}))
    for _ in range(2):  # the second time the branch is there
        push(plan_push(run, "someone/tiny"), revision="v2")
    assert hub.files("someone/tiny") == before
    assert b"v2" in hub.files("someone/tiny", branch="v2")["config.json"]
    assert load("someone/tiny@v2")[0].config.note == "v2"


def refused(capsys: Any, *arguments: str) -> str:
    assert main(["push", *arguments]) == 2
    captured = capsys.readouterr()
    assert len(captured.err.strip().splitlines()) == 1, captured.err
    assert TOKEN not in captured.err
    return captured.err


def test_without_token_or_network_one_line(
    rooms: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no token: log in with `hf auth login`" in refused(capsys, str(rooms), "someone/rooms")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert "127.0.0.1:9 cannot be reached" in refused(capsys, str(rooms), "someone/rooms")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE is set" in refused(capsys, str(rooms), "someone/rooms")


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        (
            403,
            "You have used up your private storage",
            "does not allow it: You have used up your private storage",
        ),
        (402, "Upgrade to PRO", "asks for payment: Upgrade to PRO"),
        (401, "Invalid credentials in Authorization header", "does not accept the token"),
        (413, "Too large", "takes no files of this size: Too large"),
        (400, "name is reserved", "answered 400: name is reserved"),
    ],
)
@pytest.mark.usefixtures("logged_in")
def test_a_refusal_is_given_in_the_server_s_words(
    status: int, words: str, expected: str, hub: Hub, rooms: Path, capsys: Any
) -> None:
    hub.refuse = (status, words)
    message = refused(capsys, str(rooms), "someone/rooms")
    assert "someone/rooms was not pushed" in message
    assert expected in message
    assert "Traceback" not in message


def test_a_wrong_token_is_said(
    hub: Hub, rooms: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert f"{hub.address.removeprefix('http://')} does not accept the token" in refused(
        capsys, str(rooms), "a/b"
    )


@pytest.mark.parametrize("name", ["a/b/c", "-x/y", "a b", "someone/", "so..me/x", "x" * 120])
def test_what_is_no_name_is_refused_at_once(name: str, hub: Hub, rooms: Path) -> None:
    with pytest.raises(HubError, match="is not a hub name"):
        plan_push(rooms, name)
    assert not hub.requests


def test_what_is_neither_or_not_whole_is_refused(tmp_path: Path, run: Path, rooms: Path) -> None:
    with pytest.raises(HubError, match="no folder at"):
        plan_push(tmp_path / "none", "a/b")
    (tmp_path / "empty").mkdir()
    with pytest.raises(HubError, match="neither a dataset"):
        plan_push(tmp_path / "empty", "a/b")

    (rooms / "manifest.json").write_text(
        json.dumps({"files": [{"path": "data/train-9.parquet", "bytes": 3}]})
    )
    with pytest.raises(DatasetError, match="1 files differ from"):
        plan_push(rooms, "a/b")
    (rooms / "manifest.json").unlink()
    (rooms / "data" / "train-00000-of-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match="damaged"):
        plan_push(rooms, "a/b")

    weights = run / "model" / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:100])
    with pytest.raises(ModelError, match="damaged or truncated"):
        plan_push(run, "a/b")
    weights.unlink()
    with pytest.raises(ModelError, match="pickled weights only, which are never pushed"):
        plan_push(run, "a/b")
    (run / "model" / "model-00001-of-00002.safetensors").write_bytes(content)
    index = {
        "weight_map": {
            "a": "model-00001-of-00002.safetensors",
            "b": "model-00002-of-00002.safetensors",
        }
    }
    (run / "model" / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelError, match="1 of 2 weight files are missing"):
        plan_push(run, "a/b")


def test_a_text_that_holds_a_token_is_not_pushed(run: Path) -> None:
    (run / "model" / "README.md").write_text("export HF_TOKEN=hf_" + "Ab1" * 12)
    with pytest.raises(HubError, match=r"README\.md holds what looks like an access token"):
        plan_push(run, "a/b")
