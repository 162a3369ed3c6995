"""Models by name: what is fetched, what is not, and the one line for everything that can go wrong."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from PIL import Image

from helpers.hub_rooms import write_split
from helpers.hub_server import Hub
from waywiser.cli import main
from waywiser.errors import ModelError
from waywiser.models import load, load_config
from waywiser.models.model_paths import resolve_model_folder

NAME = "someone/tiny-vl"


def refused(name: str) -> str:
    with pytest.raises(ModelError) as caught:
        load(name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.case(18, 33)
def test_a_name_is_fetched_and_loads_as_its_folder_does(
    hub: Hub, qwen: Path, qwen_files: dict[str, bytes]
) -> None:
    hub.add(NAME, qwen_files)
    model, processor = load(NAME)
    local, _ = load(qwen)
    assert all(
        torch.equal(a, b) for a, b in zip(model.parameters(), local.parameters(), strict=True)
    )
    assert type(processor).__name__ == "Qwen2_5_VLProcessor"


def test_code_pickles_and_folders_are_left_where_they_are(
    hub: Hub, qwen_files: dict[str, bytes]
) -> None:
    unsafe = {"modeling_x.py": b"1/0", "pytorch_model.bin": b"pickle", "optimizer.pt": b"pickle"}
    unsafe |= {
        "onnx/model.json": b"{}",
        "original/w.safetensors": b"",
        "consolidated.safetensors": b"x",
    }
    texts = {"merges.txt": b"#version", "tokenizer.model": b"x"}
    hub.add(NAME, {**qwen_files, **unsafe, **texts, "README.md": b"# x", ".gitattributes": b""})

    folder = resolve_model_folder(NAME)
    assert {path.name for path in folder.iterdir()} == {*qwen_files, *texts}
    fetched = {line.rpartition("/")[2] for line in hub.requests if "/resolve/" in line}
    assert fetched == {*qwen_files, *texts}


def test_a_plan_fetches_no_weights_and_loading_then_does(
    hub: Hub, qwen_files: dict[str, bytes]
) -> None:
    hub.add(NAME, qwen_files)
    assert main(["plan", "--model", NAME]) == 0
    assert not any(line.endswith(".safetensors") for line in hub.requests)
    load(NAME)
    assert any(line.endswith(".safetensors") for line in hub.requests)


def test_a_revision_is_its_own_copy(hub: Hub, qwen_files: dict[str, bytes]) -> None:
    repository = hub.add(NAME, qwen_files)
    first = repository.branches["main"]
    config = json.loads(qwen_files["config.json"])
    repository.commit(
        {**qwen_files, "config.json": json.dumps({**config, "note": "v2"}).encode()}, "v2/new"
    )

    assert "note" not in load_config(NAME).to_dict()
    assert load_config(f"{NAME}@v2/new").to_dict()["note"] == "v2"
    assert "note" not in load_config(f"{NAME}@{first}").to_dict()
    assert "no such revision" in refused(f"{NAME}@v3")
    assert "--revision v3" in refused(f"{NAME}@v3")


@pytest.mark.parametrize("offline", [True, False])
def test_what_is_in_the_cache_needs_no_network(
    offline: bool, hub: Hub, qwen_files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(NAME, qwen_files)
    fetched = resolve_model_folder(NAME)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    if offline:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert resolve_model_folder(NAME) == fetched
    load(NAME)


def test_a_copy_that_was_cut_off_is_not_taken(
    hub: Hub, qwen_files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(NAME, qwen_files)
    (resolve_model_folder(NAME) / "model.safetensors").unlink()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "no whole copy" in refused(NAME)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    load(NAME)  # fetched again


@pytest.mark.case(18, 33)
def test_without_a_network_one_line_says_how_to_get_the_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = refused(NAME)
    assert "127.0.0.1:9 cannot be reached" in message
    assert f"`hf download {NAME} --local-dir DIR`" in message
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE is set" in refused(NAME)
    assert f"no model folder at {NAME}" in refused(NAME)


def test_what_the_hub_refuses_is_said_in_one_line(hub: Hub, qwen_files: dict[str, bytes]) -> None:
    hub.add("someone/gated", qwen_files, gated=True)
    hub.add("someone/private", qwen_files, private=True)
    assert "gated" in refused("someone/gated")
    assert "hf auth login" in refused("someone/gated")
    for name in ("someone/private", "someone/unknown"):
        assert "no such repository" in refused(name)
        assert "hf auth login" in refused(name)
    assert "did you mean Qwen/Qwen2.5-VL-7B-Instruct?" in refused("Qwen/Qwen2.5-VL-7B-Instrct")


@pytest.mark.usefixtures("logged_in")
def test_a_token_opens_what_is_gated(hub: Hub, qwen_files: dict[str, bytes]) -> None:
    hub.add("someone/gated", qwen_files, gated=True)
    load("someone/gated")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"pytorch_model.bin": b"x"}, "pickled weights only (pytorch_model.bin)"),
        ({"pytorch_model-00001-of-00002.bin": b"x", "w.pt": b"x"}, "pickled weights only"),
        ({"model.gguf": b"x", "tf_model.h5": b"x"}, "no weights in safetensors, only .gguf, .h5"),
        ({"README.md": b"x"}, "no weights in safetensors"),
    ],
)
def test_repositories_without_safetensors_are_refused_unread(
    hub: Hub, files: dict[str, bytes], words: str
) -> None:
    hub.add(NAME, {"config.json": b"{}", **files})
    assert words in refused(NAME)
    assert not any("/resolve/" in line for line in hub.requests)


def test_code_of_a_repository_is_never_run(
    hub: Hub, qwen_files: dict[str, bytes], tmp_path: Path
) -> None:
    flag = tmp_path / "ran"
    code = f"open({str(flag)!r}, 'w')".encode()
    config = {
        **json.loads(qwen_files["config.json"]),
        "auto_map": {"AutoConfig": "evil.C", "AutoModel": "evil.M"},
    }
    hub.add(NAME, {**qwen_files, "config.json": json.dumps(config).encode(), "evil.py": code})
    load(NAME)  # its type is known without it
    config["model_type"] = "evil_vl"
    hub.add(
        "someone/evil", {**qwen_files, "config.json": json.dumps(config).encode(), "evil.py": code}
    )
    assert "code from a folder is never run" in refused("someone/evil")
    assert not flag.exists()


def test_a_folder_goes_before_a_name(hub: Hub, qwen: Path, qwen_files: dict[str, bytes]) -> None:
    hub.add(NAME, qwen_files)
    shutil.copytree(qwen, NAME)
    assert resolve_model_folder(NAME) == Path(NAME)
    assert not hub.requests
    assert resolve_model_folder(f"hub:{NAME}").is_dir()
    assert hub.requests


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/x",
        "./some/model",
        "../model",
        "~/nowhere-x",
        "runs/a/modle",
        "runs/modle",
        "a/b/c",
        "x/",
        "a\\b",
        "~nobody-at-all/x",
        "a/" * 3000,
    ],
)
@pytest.mark.case(18)
def test_what_can_only_be_a_path_asks_no_hub(path: str, hub: Hub) -> None:
    Path("runs/model").mkdir(parents=True)
    message = refused(path)
    assert message.startswith("no model folder at ")
    assert not hub.requests
    if path == "runs/modle":
        assert "did you mean runs/model?" in message
        assert "hub:runs/modle" in message


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("Qwen2.5-VL-7B-Instruct", "write Qwen/Qwen2.5-VL-7B-Instruct to fetch it"),
        ("qwen3-vl-8b-instrct", "did you mean Qwen/Qwen3-VL-8B-Instruct?"),
        ("startr", "did you mean starter?"),
        ("mymodel", "a name on the hub (owner/name)"),
    ],
)
def test_a_word_alone_is_no_name_on_the_hub(word: str, hint: str, hub: Hub) -> None:
    assert hint in refused(word)
    assert not hub.requests


@pytest.mark.parametrize(
    "form", ["https://huggingface.co/{}", "https://huggingface.co/{}/tree/main", "hub:{}"]
)
def test_a_page_s_address_is_a_name_too(form: str, hub: Hub, qwen_files: dict[str, bytes]) -> None:
    hub.add(NAME, qwen_files)
    load_config(form.format(NAME))


@pytest.mark.case(18, 33)
@pytest.mark.parametrize("command", ["ask", "difficulty", "evaluate", "train"])
def test_every_command_takes_a_name(
    command: str, hub: Hub, qwen_files: dict[str, bytes], tmp_path: Path, capsys: Any
) -> None:
    hub.add(NAME, qwen_files)
    write_split(tmp_path / "rooms", "train", ["count"] * 2)
    Image.new("RGB", (56, 56), "red").save("p.png")
    recipe = {
        "stage": "sft",
        "out": "run",
        "data": {"path": "rooms"},
        "max_steps": 1,
        "batch_size": 2,
    }
    Path("recipe.yaml").write_text(yaml.safe_dump(recipe))
    arguments = {
        "ask": [
            "ask",
            "{}",
            "What is this?",
            "--image",
            "p.png",
            "--max-new-tokens",
            "2",
            "--json",
        ],
        "difficulty": ["difficulty", "{}", "--data", "rooms", "--out", "d.json", "--samples", "1"],
        "evaluate": ["evaluate", "{}", "--data", "rooms", "--limit", "1", "--samples", "1"],
        "train": ["train", "recipe.yaml", "--model", "{}"],
    }[command]

    assert main([argument.format(NAME) for argument in arguments]) == 0
    capsys.readouterr()
    shutil.rmtree("run", ignore_errors=True)
    assert main([argument.format("someone/unknown") for argument in arguments]) == 2
    errors = capsys.readouterr().err.strip()
    assert len(errors.splitlines()) == 1, errors
    assert "`hf download someone/unknown --local-dir DIR`" in errors


@pytest.mark.case(33)
def test_a_recipe_with_an_unknown_name_stops_before_it_writes(
    hub: Hub, tmp_path: Path, capsys: Any
) -> None:
    hub.add(NAME, {"pytorch_model.bin": b"x"})
    write_split(tmp_path / "rooms", "train", ["count"] * 2)
    recipe = {
        "stage": "rlvr",
        "out": "run",
        "model": NAME,
        "data": {"path": "rooms"},
        "max_steps": 1,
    }
    Path("recipe.yaml").write_text(
        yaml.safe_dump({**recipe, "strategy": {"order": "random"}, "prompts_per_step": 1})
    )
    assert main(["train", "recipe.yaml"]) == 2
    assert "pickled weights only" in capsys.readouterr().err
    assert not Path("run").exists()


def test_a_picture_that_is_not_there_is_said_before_anything_is_fetched(
    hub: Hub, capsys: Any
) -> None:
    hub.add(NAME, {})
    assert main(["ask", NAME, "What?", "--image", "none.png"]) == 2
    assert "none.png" in capsys.readouterr().err
    assert not hub.requests


def test_a_cached_file_that_is_truncated_is_named(hub: Hub, qwen_files: dict[str, bytes]) -> None:
    hub.add(NAME, qwen_files)
    weights = resolve_model_folder(NAME) / "model.safetensors"
    weights.resolve().write_bytes(weights.read_bytes()[:500])
    assert "damaged or truncated" in refused(NAME)


def test_a_plan_works_offline_where_only_the_configuration_was_fetched(
    hub: Hub, qwen_files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(NAME, qwen_files)
    assert main(["plan", "--model", NAME]) == 0
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert main(["plan", "--model", NAME]) == 0
    assert "no whole copy" in refused(NAME)
