import pytest
import torch
from transformers import AutoProcessor

from helpers.tiny_models import picture
from waywiser.errors import ModelError
from waywiser.models.starter.processor import WaywiserStarterProcessor

QUESTION = {"role": "user", "content": "How far is the chair?"}
ANSWER = {"role": "assistant", "content": "<think>It is 2.</think><answer>2 m</answer>"}


def asked(question, *images):
    content = [
        {"type": "text", "text": question},
        *({"type": "image", "image": image} for image in images),
    ]
    return [{"role": "user", "content": content}]


def tokens(processor, *conversations, **options):
    return processor.apply_chat_template(
        list(conversations),
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"padding": True},
        **options,
    )


def test_the_template_renders_roles_and_ends_the_assistants_turn(starter):
    text = starter[1].apply_chat_template([QUESTION, ANSWER, QUESTION], add_generation_prompt=True)
    assert text == (
        "<|user|>How far is the chair?<|assistant|><think>It is 2.</think><answer>2 m</answer><|end|>"
        "<|user|>How far is the chair?<|assistant|>"
    )


def test_a_string_and_a_list_of_parts_render_alike_and_system_text_comes_through(starter):
    parts = [{"type": "text", "text": "How far is the chair?", "image": None}]
    processor = starter[1]
    assert processor.apply_chat_template(
        [{"role": "user", "content": parts}]
    ) == processor.apply_chat_template([QUESTION])
    assert processor.apply_chat_template(
        [{"role": "system", "content": "Be brief."}, QUESTION]
    ).startswith("<|system|>Be brief.<|user|>")


def test_images_stand_before_the_text_wherever_the_message_puts_them(starter):
    processor = starter[1]
    out = tokens(processor, asked("near?", picture(1), picture(2)))
    ids = out["input_ids"][0].tolist()
    image = processor.image_token_id
    assert ids.count(image) == 98
    assert ids[1:99] == [image] * 98
    assert out["pixel_values"].shape == (2, 3, 224, 224)


def test_two_questions_about_one_picture_share_their_prefix(starter):
    a = tokens(starter[1], asked("near?", picture(1)))["input_ids"][0, :50]
    b = tokens(starter[1], asked("How many lamps are there?", picture(1)))["input_ids"][0, :50]
    assert torch.equal(a, b)


def test_a_batch_is_padded_on_the_left_and_masked(starter):
    processor = starter[1]
    out = tokens(
        processor,
        asked("near?", picture(1)),
        asked("a much longer question, is it not?", picture(2)),
    )
    pad = processor.tokenizer.pad_token_id
    assert out["input_ids"][0, 0] == pad
    assert torch.equal(out["attention_mask"] == 0, out["input_ids"] == pad)
    assert set(out) == {"input_ids", "attention_mask", "pixel_values"}


def test_the_assistant_mask_covers_the_reply_and_its_end_behind_images(starter):
    processor = starter[1]
    out = tokens(
        processor,
        [*asked("near?", picture(1)), ANSWER],
        return_assistant_tokens_mask=True,
        add_generation_prompt=False,
    )
    marked = out["input_ids"][0][torch.as_tensor(out["assistant_masks"])[0].bool()]
    assert processor.decode(marked) == ANSWER["content"] + "<|end|>"


def test_text_only_batches_and_mixed_batches(starter):
    processor = starter[1]
    assert "pixel_values" not in processor(text=["near?"], images=[[]], return_tensors="pt")
    out = processor(
        text=["<|image|>a", "b"], images=[[picture(1)], []], padding=True, return_tensors="pt"
    )
    assert (out["input_ids"] == processor.image_token_id).sum(1).tolist() == [49, 0]


@pytest.mark.parametrize(("text", "count"), [("a", 1), ("<|image|>", 0), ("<|image|><|image|>", 1)])
def test_places_and_images_must_agree(starter, text, count):
    with pytest.raises(ModelError, match="placeholders"):
        starter[1](text=[text], images=[picture(1)] * count, return_tensors="pt")


def test_videos_and_nothing_at_all_are_refused(starter):
    with pytest.raises(ModelError, match="frames"):
        starter[1](text=["a"], videos=[[picture(1)]])
    with pytest.raises(ModelError, match="neither"):
        starter[1]()


def test_the_saved_processor_comes_back_through_auto_processor(starter, saved):
    again = AutoProcessor.from_pretrained(saved)
    assert type(again) is WaywiserStarterProcessor
    talk = [*asked("How far, 12.5?", picture(1)), ANSWER]
    before = tokens(starter[1], talk)
    after = tokens(again, talk)
    assert all(torch.equal(before[key], after[key]) for key in before)
