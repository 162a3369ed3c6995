"""Completions in groups are those that plain `generate` gives, in the order of the questions."""

import io
import math
from contextlib import nullcontext

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from transformers.cache_utils import DynamicLayer

from waywiser.errors import ModelError
from waywiser.models.decoding import PreallocatedCacheLayer, grouped_generation
from waywiser.models.forced_thought import forced_thought
from waywiser.models.generation import build_prompt_inputs, generate_completions
from waywiser.models.starter import WaywiserStarterConfig, build_starter
from waywiser.prompting import conversation
from waywiser.sample import Answer, Sample

torch.set_num_threads(1)


def picture(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(stream, "PNG")
    return stream.getvalue()


def question(text: str, *images: bytes) -> Sample:
    answer = Answer(kind="integer", value=1)
    return Sample(
        id=text,
        split="train",
        domain="spatial",
        task="t",
        source="s",
        question=text,
        answer=answer,
        images=list(images),
    )


RED = picture("red")
BLUE = picture("blue")
SAMPLES = [
    question("How many chairs and tables can you see in the room?", RED),
    question("Chairs?", BLUE),
    question("Chairs?", RED),
    question("What is nearer, the chair or the table?", BLUE),
    question("Two plus two?"),
]
MIXED = [*SAMPLES, question("Which is larger?", RED, BLUE)]
"""About one picture, none and two."""


@pytest.fixture(scope="module")
def loaded():
    text = {
        "model_type": "qwen3",
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 16,
        "intermediate_size": 48,
        "max_position_embeddings": 512,
    }
    config = WaywiserStarterConfig(
        text_config=text,
        connector_layers=1,
        connector_heads=2,
        connector_intermediate_size=32,
        initializer_range=0.3,
    )
    return build_starter([sample.question for sample in SAMPLES], config, vocab_size=300, seed=0)


def repeated(inputs, group: int) -> dict[str, torch.Tensor]:
    """Each row of MIXED `group` times in a row, as TRL passes prompts."""
    pixels = inputs.pop("pixel_values").split([len(sample.images) for sample in MIXED])
    rows = {name: value.repeat_interleave(group, dim=0) for name, value in inputs.items()}
    return {**rows, "pixel_values": torch.cat([p for p in pixels for _ in range(group)])}


@pytest.mark.parametrize("group", [1, 2, 5])
@pytest.mark.parametrize(
    "sampling", [{"do_sample": False}, {"do_sample": True, "temperature": 1.0, "top_k": 0}]
)
def test_grouped_generation_gives_the_tokens_of_plain_generation(
    loaded, group: int, sampling: dict
) -> None:
    model, processor = loaded
    inputs = repeated(build_prompt_inputs(processor, MIXED), group)

    def tokens(context) -> torch.Tensor:
        torch.manual_seed(1)
        with torch.no_grad(), context:
            return model.generate(**inputs, max_new_tokens=70, **sampling)

    plain = tokens(nullcontext())
    grouped = tokens(grouped_generation(model, group))
    assert torch.equal(plain, grouped)
    assert "forward" not in vars(model)


def test_the_prefill_really_has_one_row_a_prompt(loaded) -> None:
    model, processor = loaded
    inputs = repeated(build_prompt_inputs(processor, MIXED), 3)
    rows: list[int] = []
    hook = model.model.language_model.register_forward_pre_hook(
        lambda _m, _a, kwargs: rows.append(kwargs["inputs_embeds"].shape[0]), with_kwargs=True
    )
    with torch.no_grad(), grouped_generation(model, 3):
        model.generate(**inputs, max_new_tokens=2, do_sample=True)
    hook.remove()
    assert rows == [6, 18]


def test_rows_that_are_no_groups_are_left_as_they_are(loaded) -> None:
    """Same words about another picture, and other words: neither may be taken for a repetition."""
    model, processor = loaded
    for pair in ([SAMPLES[1], SAMPLES[2]], [SAMPLES[0], SAMPLES[2]]):
        inputs = build_prompt_inputs(processor, pair)
        with torch.no_grad():
            plain = model.generate(**inputs, max_new_tokens=20)
            with grouped_generation(model, 2):
                assert torch.equal(plain, model.generate(**inputs, max_new_tokens=20))


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 3), st.integers(0, 2**16)
)
def test_a_roomy_layer_holds_what_a_dynamic_layer_holds(
    lengths: list[int], at: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)

    def new(length: int, rows: int) -> tuple[torch.Tensor, torch.Tensor]:
        return tuple(torch.randn(rows, 2, length, 4, generator=generator) for _ in range(2))  # type: ignore[return-value]

    first = new(3, 4)
    plain = DynamicLayer()
    roomy = PreallocatedCacheLayer(*first)
    rows = 4
    plain.update(*first)
    for step, length in enumerate(lengths):
        if step == at:
            for layer in (plain, roomy):
                layer.crop(-2)
                layer.batch_select_indices(torch.tensor([3, 1]))
                layer.batch_repeat_interleave(3)
            rows = 6
        keys, values = new(length, rows)
        expected = [t.clone() for t in plain.update(keys, values)]
        found = roomy.update(keys, values)
        assert torch.equal(found[0], expected[0])
        assert torch.equal(found[1], expected[1])
        assert roomy.get_seq_length() == plain.get_seq_length()


def test_completions_come_in_the_order_of_the_questions(loaded) -> None:
    model, processor = loaded
    options = {"max_new_tokens": 12, "temperature": 0.0}
    together = generate_completions(model, processor, SAMPLES, batch_size=3, **options)
    alone = [generate_completions(model, processor, [sample], **options)[0] for sample in SAMPLES]
    assert together == alone
    assert generate_completions(model, processor, SAMPLES, n=2, **options) == [
        texts * 2 for texts in alone
    ]


def test_sampling_follows_the_seed_and_leaves_the_callers_randomness_alone(loaded) -> None:
    model, processor = loaded
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    draw = lambda seed: generate_completions(  # noqa: E731
        model, processor, SAMPLES, n=3, temperature=1.0, max_new_tokens=8, batch_size=7, seed=seed
    )
    first = draw(1)
    assert torch.equal(before, torch.random.get_rng_state())
    assert [len(texts) for texts in first] == [3] * 5
    assert first == draw(1)
    assert first != draw(2)
    assert any(len(set(texts)) > 1 for texts in first)


def test_nothing_to_do_is_an_empty_list(loaded) -> None:
    assert generate_completions(*loaded, []) == []


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1.0}, {"temperature": float("inf")}, {"n": 0}, {"batch_size": 0}]
)
def test_requests_out_of_range_are_refused(loaded, wrong: dict) -> None:
    with pytest.raises(ModelError, match="at least"):
        generate_completions(*loaded, SAMPLES, **wrong)


def test_a_damaged_picture_is_named(loaded) -> None:
    with pytest.raises(ModelError, match="picture of sample broken is a PNG"):
        generate_completions(*loaded, [question("broken", RED[:40])])


def test_messages_hold_the_pictures_before_the_text() -> None:
    assert conversation("Q?", ["a", "b"]) == [
        {
            "role": "user",
            "content": [
                {"type": "image", "image": "a"},
                {"type": "image", "image": "b"},
                {"type": "text", "text": "Q?"},
            ],
        }
    ]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_thought_can_be_forced(loaded, temperature: float) -> None:
    """Every completion opens its thought, and does not end or close it too early."""
    model, processor = loaded
    settings = {"n": 3, "temperature": temperature, "max_new_tokens": 14}
    free = generate_completions(model, processor, SAMPLES, **settings)
    forced = generate_completions(model, processor, SAMPLES, **settings, min_thought_tokens=8)
    assert not all(text.startswith("<think>") for texts in free for text in texts)

    for text in (text for texts in forced for text in texts):
        assert text.startswith("<think>")
        thought = text.removeprefix("<think>").partition("</think>")[0]
        assert len(processor.tokenizer.encode(thought, add_special_tokens=False)) >= 1
        assert "<answer>" not in thought


def test_an_early_end_of_a_forced_thought_is_forbidden(loaded) -> None:
    """Also where the model would close it at once, and where the prompt has opened it already."""
    processor = loaded[1]
    close = processor.tokenizer.convert_tokens_to_ids("</think>")
    begin = processor.tokenizer.convert_tokens_to_ids("<think>")
    stop = processor.tokenizer.eos_token_id
    scores = torch.zeros(1, len(processor.tokenizer))
    scores[0, close] = 9.0

    def choices(prompt: list[int], new_tokens: int) -> list[int]:
        rules = forced_thought(processor, torch.tensor([prompt]), 2, [stop])
        tokens = [begin, 9, 9, 9][:new_tokens] if prompt[-1] != begin else [9] * new_tokens
        return rules(torch.tensor([prompt + tokens]), scores.clone())[0].tolist()

    first = choices([5, 6], 0)
    assert [token for token, score in enumerate(first) if score > -math.inf] == [begin]
    for prompt, new_tokens in (([5, 6], 2), ([5, begin], 1)):
        assert choices(prompt, new_tokens)[close] == choices(prompt, new_tokens)[stop] == -math.inf
        assert choices(prompt, new_tokens + 1)[close] == 9.0
    assert choices([5, begin], 0)[begin] > -math.inf


@pytest.mark.parametrize("tokens", [-1, 14])
def test_a_forced_thought_must_fit(loaded, tokens: int) -> None:
    model, processor = loaded
    with pytest.raises(ModelError, match="min_thought_tokens"):
        generate_completions(
            model, processor, SAMPLES, max_new_tokens=15, min_thought_tokens=tokens
        )
