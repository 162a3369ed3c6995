import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.tiny_models import TEXTS
from waywiser.errors import ModelError
from waywiser.models.starter.tokenizer import SPECIAL_TOKENS, TAGS, train_tokenizer

TOKENIZER = train_tokenizer(TEXTS, 320)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_any_text_round_trips(text):
    ids = TOKENIZER(text, add_special_tokens=False)["input_ids"]
    assert TOKENIZER.decode(ids, skip_special_tokens=False) == text


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 99))
def test_every_digit_is_its_own_token(whole, part):
    text = f"{whole}.{part} m"
    tokens = TOKENIZER.tokenize(text)
    assert sum(c.isdigit() for c in text) == sum(t.isdigit() and len(t) == 1 for t in tokens)
    assert all(len(t) == 1 for t in tokens if any(c.isdigit() for c in t))


def test_a_space_belongs_to_the_figure_behind_it():
    tokens = TOKENIZER.tokenize("the lamp is 31 m away")
    assert "Ġ" not in tokens
    assert [t.lstrip("Ġ") for t in tokens if t.lstrip("Ġ").isdigit()] == ["3", "1"]


def test_no_learned_token_holds_two_digits_or_a_tag():
    for token in TOKENIZER.get_vocab():
        if token not in SPECIAL_TOKENS + TAGS:
            assert sum(c.isdigit() for c in token) <= 1
            assert "<think" not in token


def test_tags_survive_decoding_without_special_tokens_as_trl_decodes():
    text = "<think>2 chairs</think><answer>2</answer>"
    ids = TOKENIZER(text + "<|end|>")["input_ids"]
    assert TOKENIZER.decode(ids, skip_special_tokens=True) == text
    assert [TOKENIZER.convert_tokens_to_ids(tag) in ids for tag in TAGS] == [True] * 4
    assert not set(TAGS) & set(TOKENIZER.all_special_tokens)


def test_special_tokens_are_single_distinct_ids_and_the_size_is_bounded():
    ids = [TOKENIZER(token)["input_ids"] for token in SPECIAL_TOKENS + TAGS]
    assert all(len(i) == 1 for i in ids)
    assert len({i[0] for i in ids}) == len(SPECIAL_TOKENS + TAGS)
    assert len(TOKENIZER) <= 320
    assert (TOKENIZER.pad_token, TOKENIZER.eos_token, TOKENIZER.bos_token) == (
        "<|pad|>",
        "<|end|>",
        None,
    )
    assert TOKENIZER.padding_side == "left"


def test_training_compresses_and_is_repeatable():
    large = train_tokenizer(TEXTS, 400)
    assert len(large(TEXTS[0])["input_ids"]) < 0.5 * len(TEXTS[0])
    assert (
        large.backend_tokenizer.to_str() == train_tokenizer(TEXTS, 400).backend_tokenizer.to_str()
    )


def test_no_text_gives_a_byte_tokenizer_that_still_round_trips():
    empty = train_tokenizer([], 1024)
    assert empty.decode(empty("Wie weit? 你好")["input_ids"]) == "Wie weit? 你好"


def test_a_vocabulary_below_the_bytes_is_refused():
    with pytest.raises(ModelError, match="266"):
        train_tokenizer(TEXTS, 100)
