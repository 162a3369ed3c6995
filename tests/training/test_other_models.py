"""Models of other people in both stages: padding, rows with and without pictures, control tokens in
questions.
"""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import AutoTokenizer
from trl.trainer.grpo_config import GRPOConfig

from helpers.m2_tiny import tiny_folder
from helpers.qwen_tiny import tiny_qwen
from helpers.tiny_models import picture
from training.test_two_processes import in_forks
from waywiser.models import load
from waywiser.models.generation import build_chat_inputs, generate_tokens
from waywiser.models.starter import default_starter_path
from waywiser.recipe import build
from waywiser.sample import Answer, Sample
from waywiser.training.config import DataConfig, RLVRRecipe, SFTRecipe, StrategyConfig
from waywiser.training.data.prompts import make_prompt_rows
from waywiser.training.data.training_set import read_training_set
from waywiser.training.grpo.mixed_batches import move_images_into_prompt
from waywiser.training.grpo.trainer import DynamicGRPOTrainer
from waywiser.training.rlvr import run_rlvr, vision_token_ids
from waywiser.training.run.initial_model import load_initial_model
from waywiser.training.run.run_dir import RunDir
from waywiser.training.run.training_budget import TrainingBudget
from waywiser.training.sft import run_sft

QWEN = ("qwen2_5_vl", "qwen3_vl")
FAMILIES = (*QWEN, "m2_reasoning", "starter")
PICTURES = {
    "one": (1,),
    "two": (2,),
    "none to three": (0, 1, 2, 3),
    "none or one": (0, 0, 1, 1),
    "none": (0,),
}
TYPED = (
    "<image>",
    "<|image_pad|>",
    "<|vision_start|><|image_pad|><|vision_end|>",
    "<image><imagePatch></image>",
    "<|image|>",
    "<|im_end|>",
)
PLAIN = StrategyConfig(order="random", mixing="shuffled", weight="none", kl="constant", beta=0.1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A tiny model of each family; the tokenizers of the two Qwens pad on the right."""
    root = tmp_path_factory.mktemp("models")
    for family in QWEN:
        tiny_qwen(root / family, family)
    m2 = tiny_folder(root / "m2")
    return {
        **{family: str(root / family) for family in QWEN},
        "m2_reasoning": str(m2),
        "starter": "starter",
    }


def encoded(seed: int, width: int) -> bytes:
    stream = io.BytesIO()
    picture(seed, (width, 48)).save(stream, "PNG")
    return stream.getvalue()


def questions(counts: tuple[int, ...], extra: str = "", rows: int = 8) -> list[Sample]:
    """Questions of unequal length, row i about counts[i % len(counts)] pictures of unequal size;
    two tasks.
    """
    return [
        Sample(
            id=f"q{i}",
            split="train",
            domain="general",
            source="test",
            task="first" if i < rows // 2 else "second",
            question=f"How many{' really' * (i % 5)} chairs are there?{extra}",
            answer=Answer(kind="integer", value=i % 4),
            reasoning="I count them." * (1 + i % 3),
            difficulty=i / rows,
            images=[encoded(4 * i + k, 64 + 16 * (i % 3)) for k in range(counts[i % len(counts)])],
        )
        for i in range(rows)
    ]


@pytest.fixture
def data(
    tmp_path: Path, write_dataset: Callable[[Path, list[Sample]], Path]
) -> Callable[..., Path]:
    def write(counts: tuple[int, ...], extra: str = "") -> Path:
        return write_dataset(tmp_path / "data", questions(counts, extra))

    return write


def rlvr(model: str, data: Path, out: Path, **more: Any) -> RLVRRecipe:
    common = {
        "out": out,
        "model": model,
        "data": {"path": data},
        "max_steps": 2,
        "prompts_per_step": 4,
        "num_generations": 2,
        "max_completion_length": 5,
        "learning_rate": 1e-3,
        "warmup_steps": 0,
        "save_steps": 0,
        "log_rollouts": 1,
    }
    return build(RLVRRecipe, common | more)


def log_of(result: Any) -> list[dict[str, float]]:
    return [json.loads(line) for line in result.log.read_text().splitlines()]


@pytest.mark.case(59, 60, 61)
@pytest.mark.parametrize("counts", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("family", FAMILIES)
def test_rlvr_trains_on_prompts_of_unequal_length(
    family: str,
    counts: tuple[int, ...],
    folders: dict[str, str],
    data: Callable[..., Path],
    tmp_path: Path,
) -> None:
    result = run_rlvr(rlvr(folders[family], data(counts), tmp_path / "run"))
    assert result.steps == 2
    assert all(abs(row["kl"]) < 1 for row in log_of(result))


@pytest.mark.case(59, 60)
@pytest.mark.parametrize(
    "change",
    [
        {"lora": {"rank": 2, "targets": ["q_proj", "v_proj"]}},
        {"strategy": {"mixing": "shuffled"}},
        {"strategy": {"mixing": "shuffled"}, "gradient_accumulation_steps": 4},
        {
            "strategy": {"order": "online"},
            "resample_zero_std_groups": 1,
            "drop_zero_std_groups": True,
        },
        {"freeze_vision": True, "gradient_checkpointing": True},
    ],
    ids=["lora", "shuffled", "micro batches", "dead groups", "frozen tower"],
)
@pytest.mark.parametrize("family", QWEN)
def test_rlvr_trains_both_families_of_qwen_however_it_is_set(
    family: str,
    change: dict[str, Any],
    folders: dict[str, str],
    data: Callable[..., Path],
    tmp_path: Path,
) -> None:
    result = run_rlvr(rlvr(folders[family], data((0, 1, 2, 3)), tmp_path / "run", **change))
    assert result.steps == 2


@pytest.mark.case(62)
@pytest.mark.parametrize("counts", [(0, 1, 2, 3), (0,)], ids=["none to three", "none"])
@pytest.mark.parametrize("family", FAMILIES)
def test_sft_trains_on_rows_with_and_without_pictures(
    family: str,
    counts: tuple[int, ...],
    folders: dict[str, str],
    data: Callable[..., Path],
    tmp_path: Path,
) -> None:
    values = {
        "out": tmp_path / "run",
        "model": folders[family],
        "data": {"path": data(counts)},
        "packing": "none",
        "batch_size": 4,
        "max_steps": 2,
        "save_steps": 0,
    }
    assert run_sft(build(SFTRecipe, values)).steps == 2


# --- the numbers are those of each row alone
# -----------------------------------------------------------------


def trainer(
    model_name: str, data: Path, out: Path, reward: Any, *, rows: int = 16, **more: Any
) -> DynamicGRPOTrainer:
    samples = read_training_set(DataConfig(path=data))
    model, processor = load_initial_model(model_name)
    arguments = GRPOConfig(
        output_dir=str(out / "checkpoints"),
        max_steps=1,
        per_device_train_batch_size=rows,
        num_generations=2,
        max_completion_length=5,
        beta=0.1,
        bf16=False,
        use_cpu=True,
        gradient_checkpointing=False,
        disable_dropout=True,
        report_to="none",
        save_strategy="no",
        remove_unused_columns=False,
        disable_tqdm=True,
        seed=3,
        top_k=0,
        generation_kwargs={"suppress_tokens": vision_token_ids(model, processor)},
    )
    made = DynamicGRPOTrainer(
        model=model,
        args=arguments,
        reward_funcs=[reward],
        train_dataset=make_prompt_rows(samples),
        processing_class=processor,
        strategy=PLAIN,
        tasks=[sample.task for sample in samples.samples],
        difficulty=[0.5] * len(samples.samples),
        **more,
    )
    settings = rlvr(model_name, data, out / "run")
    folder = RunDir(settings, resume=False)
    folder.open()
    made.use_budget(settings, TrainingBudget(1, None), folder, ())
    return made


def by_length(completion_ids: list[list[int]], **_: Any) -> list[float]:
    return [float(sum(ids) % 7) for ids in completion_ids]


def scored(made: DynamicGRPOTrainer) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows that a generation batch ends with, and what the trainer makes of them."""
    torch.manual_seed(0)
    made.model.train()
    rows: Any = next(iter(made.get_train_dataloader()))
    batch = made._generate_and_score_completions(rows)
    return rows, batch


def alone(
    made: DynamicGRPOTrainer, row: dict[str, Any], prompt: torch.Tensor, completion: torch.Tensor
) -> Any:
    """Log-probabilities of a completion behind its prompt, without padding, neighbours or TRL."""
    processor: Any = made.processing_class
    inputs = dict(
        processor.apply_chat_template(
            [move_images_into_prompt(row)["prompt"]],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        )
    )
    assert inputs["input_ids"][0].tolist() == prompt.tolist()

    inputs["input_ids"] = torch.cat([prompt, completion])[None]
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    if "mm_token_type_ids" in inputs:
        types = inputs["mm_token_type_ids"]
        inputs["mm_token_type_ids"] = torch.cat([types, types.new_zeros(1, len(completion))], dim=1)

    with torch.no_grad():
        logits = made.ref_model(**inputs).logits[0, len(prompt) - 1 : -1]
    return logits.log_softmax(-1).gather(1, completion[:, None])[:, 0]


@pytest.mark.case(59, 60)
@pytest.mark.parametrize("counts", [(1,), (0, 1, 2, 3)], ids=["one", "none to three"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_padded_batch_has_the_numbers_of_its_rows_alone(
    family: str,
    counts: tuple[int, ...],
    folders: dict[str, str],
    data: Callable[..., Path],
    tmp_path: Path,
) -> None:
    made = trainer(folders[family], data(counts), tmp_path, by_length)
    rows, batch = scored(made)

    lengths = set()
    for k, row in enumerate(rows):
        prompt = batch["prompt_ids"][k][batch["prompt_mask"][k].bool()]
        kept = batch["completion_mask"][k].bool()
        expected = alone(made, row, prompt, batch["completion_ids"][k][kept])
        torch.testing.assert_close(
            batch["ref_per_token_logps"][k][kept], expected, atol=2e-5, rtol=1e-4
        )
        lengths.add(len(prompt))

    assert len(lengths) > 2  # so that most rows were padded


@pytest.mark.case(59, 60)
@pytest.mark.parametrize("family", FAMILIES)
def test_generation_gives_each_row_what_it_gets_alone(family: str, folders: dict[str, str]) -> None:
    model, processor = load(
        default_starter_path() if family == "starter" else folders[family], dtype="float32"
    )
    asked = [
        (sample.question, [Image.open(io.BytesIO(content)) for content in sample.images])
        for sample in questions((0, 1, 2, 3), rows=4)
    ]
    together = generate_tokens(
        model, processor, build_chat_inputs(processor, asked), max_new_tokens=6
    )
    for row, question in zip(together, asked, strict=True):
        single = generate_tokens(
            model, processor, build_chat_inputs(processor, [question]), max_new_tokens=6
        )[0]
        assert row[: len(single)].tolist() == single.tolist()


@pytest.mark.case(60)
@pytest.mark.parametrize("pictured", [True, False], ids=["pictures leave", "pictures stay"])
def test_groups_can_leave_a_mixed_batch(
    pictured: bool, folders: dict[str, str], data: Callable[..., Path], tmp_path: Path
) -> None:
    seen: list[int] = []

    def reward(images: list[list[Any]], **_: Any) -> list[float]:
        seen.extend(map(len, images))
        return [float(k % 2) if bool(shown) != pictured else 0.0 for k, shown in enumerate(images)]

    made = trainer(folders["qwen2_5_vl"], data((0, 1)), tmp_path, reward, drop_zero_std_groups=True)
    rows, batch = scored(made)
    assert sorted(seen) == [0] * 8 + [1] * 8  # a reward function sees the pictures too
    assert len(rows) == len(batch["prompt_ids"]) == 8
    assert all(bool(row["images"]) != pictured for row in rows)
    assert ("pixel_values" in batch) != pictured


@pytest.mark.case(60)
@pytest.mark.parametrize("pictured", [True, False])
def test_groups_are_drawn_anew_in_a_mixed_batch(
    pictured: bool, folders: dict[str, str], data: Callable[..., Path], tmp_path: Path
) -> None:
    """Alive are only those with (or without) a picture: each dead group is replaced until none is
    left to draw.
    """

    def reward(images: list[list[Any]], **_: Any) -> list[float]:
        return [float(k % 2) if bool(shown) == pictured else 0.0 for k, shown in enumerate(images)]

    made = trainer(folders["qwen3_vl"], data((0, 1)), tmp_path, reward, rows=4, max_resamples=3)
    rows, batch = scored(made)
    assert len(rows) == len(batch["prompt_ids"]) == 4
    assert all(bool(row["images"]) == pictured for row in rows)
    assert ("pixel_values" in batch) == pictured


@pytest.mark.case(60)
@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize("family", QWEN)
def test_one_process_may_have_all_the_pictures(
    family: str, folders: dict[str, str], data: Callable[..., Path], tmp_path: Path
) -> None:
    """The first task has no pictures, the second one each; a batch holds one prompt of either."""
    settings = rlvr(
        folders[family],
        data((0, 0, 0, 0, 1, 1, 1, 1)),
        tmp_path / "run",
        prompts_per_step=2,
        strategy={"mixing": "shuffled"},
    )

    def work() -> None:
        torch.set_num_threads(1)
        assert run_rlvr(settings).steps == 2

    in_forks(work, tmp_path / "forks", 2)
    assert [row["step"] for row in log_of(run_rlvr(settings, resume=True))] == [1, 2]


# --- text of users stays text
# --------------------------------------------------------------------------------


@pytest.mark.case(60)
@pytest.mark.parametrize("family", FAMILIES)
def test_control_tokens_in_a_question_are_text(
    family: str, folders: dict[str, str], data: Callable[..., Path], tmp_path: Path
) -> None:
    path = data((0, 1), " ".join(("", *TYPED)))
    result = run_rlvr(rlvr(folders[family], path, tmp_path / "rlvr"))
    assert result.steps == 2
    values = {
        "model": folders[family],
        "data": {"path": path},
        "batch_size": 4,
        "max_steps": 2,
        "save_steps": 0,
    }
    assert (
        run_sft(build(SFTRecipe, {**values, "out": tmp_path / "sft", "packing": "none"})).steps == 2
    )


@pytest.mark.case(60)
@pytest.mark.parametrize("family", FAMILIES)
def test_control_tokens_in_a_gold_answer_are_text(
    family: str,
    folders: dict[str, str],
    write_dataset: Callable[[Path, list[Sample]], Path],
    tmp_path: Path,
) -> None:
    typed = [sample.model_copy(update={"reasoning": " ".join(TYPED)}) for sample in questions((1,))]
    path = write_dataset(tmp_path / "data", typed)
    values = {
        "model": folders[family],
        "data": {"path": path},
        "batch_size": 4,
        "max_steps": 2,
        "save_steps": 0,
    }
    assert (
        run_sft(build(SFTRecipe, {**values, "out": tmp_path / "sft", "packing": "none"})).steps == 2
    )
    if family == "starter":
        values["max_pack_tokens"] = 512
        assert (
            run_sft(
                build(SFTRecipe, {**values, "out": tmp_path / "packed", "packing": "image"})
            ).steps
            == 2
        )


@pytest.mark.parametrize("family", FAMILIES)
def test_a_typed_token_is_read_letter_by_letter(family: str, folders: dict[str, str]) -> None:
    _, processor = load(default_starter_path() if family == "starter" else folders[family])
    processor: Any = processor
    hostile = f"Is it {' '.join(TYPED)} <think>"
    messages = [
        {
            "role": "user",
            "content": [{"type": "image", "image": picture(1)}, {"type": "text", "text": hostile}],
        }
    ]

    # in one call, as `ask` does, and in two, as TRL does
    at_once = processor.apply_chat_template(
        messages, tokenize=True, return_dict=True, add_generation_prompt=True
    )
    text = processor.apply_chat_template(messages, add_generation_prompt=True)
    in_two = processor(text=[text], images=[[picture(1)]])
    assert at_once["input_ids"][0] == in_two["input_ids"][0]

    plain = processor.apply_chat_template(
        [
            {
                "role": "user",
                "content": [
                    {"type": "image", "image": picture(1)},
                    {"type": "text", "text": "Is it"},
                ],
            }
        ],
        tokenize=True,
        return_dict=True,
        add_generation_prompt=True,
    )
    ids = at_once["input_ids"][0]
    expected = plain["input_ids"][0]
    special = [i for i, token in processor.tokenizer.added_tokens_decoder.items() if token.special]
    assert [i for i in ids if i in special] == [i for i in expected if i in special]
    assert hostile in processor.tokenizer.decode(ids)


# --- what is saved
# -------------------------------------------------------------------------------------------


@pytest.mark.case(59)
@pytest.mark.parametrize("side", ["right", "left", None])
def test_the_saved_folder_pads_as_the_source_did(
    side: str | None, tmp_path: Path, data: Callable[..., Path]
) -> None:
    folder = tmp_path / "model"
    tiny_qwen(folder, "qwen2_5_vl")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings.pop("padding_side", None)
    (folder / "tokenizer_config.json").write_text(
        json.dumps(settings | ({"padding_side": side} if side else {}))
    )

    result = run_rlvr(
        rlvr(
            str(folder),
            data((1,)),
            tmp_path / "run",
            max_steps=1,
            save_steps=1,
            keep_checkpoints=True,
        )
    )
    for saved in (result.model, result.out / "checkpoints" / "checkpoint-1"):
        assert AutoTokenizer.from_pretrained(saved).padding_side == (side or "right")
        assert (
            json.loads((saved / "processor_config.json").read_text())["processor_class"]
            == "Qwen2_5_VLProcessor"
        )

    _, processor = load(result.model)
    assert (
        processor.tokenizer.padding_side == "left"
    )  # here prompts are padded on the left, whatever a folder says


@pytest.mark.case(63)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_policy_cannot_write_tokens_of_pictures(family: str, folders: dict[str, str]) -> None:
    model, processor = load_initial_model(folders[family])
    assert model.config.image_token_id in vision_token_ids(model, processor)
