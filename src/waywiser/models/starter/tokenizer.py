"""A small byte-level BPE: any text round-trips, every digit is a token of its own."""

from collections.abc import Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from waywiser.errors import ModelError

PAD = "<|pad|>"
END = "<|end|>"
USER = "<|user|>"
ASSISTANT = "<|assistant|>"
IMAGE = "<|image|>"
SYSTEM = "<|system|>"
SPECIAL_TOKENS = (PAD, END, USER, ASSISTANT, IMAGE, SYSTEM)
# Not special: TRL decodes with skip_special_tokens=True, and rewards must see the tags.
TAGS = ("<think>", "</think>", "<answer>", "</answer>")
_MIN_VOCAB_SIZE = 256 + len(SPECIAL_TOKENS) + len(TAGS)


def train_tokenizer(texts: Iterable[str], vocab_size: int = 1024) -> PreTrainedTokenizerFast:
    """A tokenizer of at most `vocab_size` tokens in all, learned from `texts`; the same texts give
    the same tokenizer.

    Digits are never merged, so numbers are read and written digit by digit. Raises ModelError
    below 266 tokens.
    """
    if vocab_size < _MIN_VOCAB_SIZE:
        raise ModelError(
            f"vocab_size {vocab_size} is too small: 256 bytes and the tags need {_MIN_VOCAB_SIZE}"
        )

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            # A space belongs to the digit after it: the digit is then read at the word, not at a
            # bare space.
            pre_tokenizers.Split(Regex(r" ?\d"), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )

    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - len(TAGS),
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )

    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens([AddedToken(tag, special=False, normalized=False) for tag in TAGS])

    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[USER, ASSISTANT, IMAGE, SYSTEM],
        padding_side="left",
        clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"],
    )
