"""What `waywiser show` prints: how data was read, and samples exactly as a model is prompted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from PIL import Image

from waywiser.errors import DatasetError
from waywiser.prompting import PromptFormat, sample_messages
from waywiser.sample import Sample
from waywiser.tasks.completion import gold_completion
from waywiser.training.data.training_set import TrainingSet

pc: Any = import_module(
    "pyarrow.compute"
)  # its functions are made at run time: type checkers see none


@dataclass(frozen=True)
class SamplePreview:
    """A sample as a model meets it: the whole prompt, what is to be written, and how many pictures
    it shows.
    """

    id: str
    task: str
    prompt: str
    completion: str
    images: list[tuple[int, int]]
    prompt_tokens: int | None = None
    problem: str | None = None


@dataclass(frozen=True)
class DataDescription:
    """What was read of some data.

    `left_out` and `notes` map reasons to counts; `examples` says where a reason was met first.
    """

    rows: int
    questions: int
    layouts: list[str]
    kinds: dict[str, int]
    tasks: dict[str, int]
    pictures: int
    videos: int
    with_reasoning: int
    left_out: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)


def describe_data(data: TrainingSet) -> DataDescription:
    """Count what a training set holds and what was left out of its files."""
    left_out: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    examples: dict[str, str] = {}

    for store in data.stores:
        left_out.update(store.info.left_out)
        notes.update(store.info.notes)
        examples |= store.info.examples

    return DataDescription(
        rows=sum(store.info.rows for store in data.stores),
        questions=len(data),
        layouts=sorted({store.info.layout for store in data.stores}),
        kinds=_count_values(_answer_kinds(column) for column in data.arrow_columns("answer")),
        tasks=_count_values(data.arrow_columns("task")),
        pictures=sum(
            pc.sum(pc.list_value_length(c)).as_py() or 0 for c in data.arrow_columns("pictures")
        ),
        videos=sum(len(column) - column.null_count for column in data.arrow_columns("video")),
        with_reasoning=sum(_count_non_empty(column) for column in data.arrow_columns("reasoning")),
        left_out=dict(left_out.most_common()),
        examples=examples,
        notes=dict(notes.most_common()),
    )


def _count_values(columns: Iterable[Any]) -> dict[str, int]:
    """How often each text occurs, the commonest first."""
    counts: Counter[str] = Counter()
    for column in columns:
        for pair in pc.value_counts(column).to_pylist():
            counts[pair["values"]] += pair["counts"]
    return dict(counts.most_common())


def _answer_kinds(answers: Any) -> Any:
    """The kinds of answers with their units: "integer", "number (m)"."""
    kind = pc.struct_field(answers, "kind")
    unit = pc.struct_field(answers, "unit")
    with_unit = pc.binary_join_element_wise(kind, " (", unit, ")", "")
    return pc.if_else(pc.is_valid(unit), with_unit, kind)


def _count_non_empty(texts: Any) -> int:
    """How many texts there are that are not empty."""
    return pc.sum(pc.greater(pc.fill_null(pc.binary_length(texts), 0), 0)).as_py() or 0


def preview_sample(
    data: TrainingSet, index: int, prompt: PromptFormat, processor: Any = None
) -> SamplePreview:
    """A sample as the model is asked it.

    Args:
        data: The samples.
        index: Number of the sample, from 0.
        prompt: System prompt and instruction.
        processor: Processor whose chat template is applied; None gives plain text.

    Returns:
        The preview. An image that cannot be read is noted in it.
    """
    sample = data.samples[index]

    try:
        images = data.images(index)
    except DatasetError as error:
        text = format_prompt(sample, 0, prompt)
        return SamplePreview(
            sample.id, sample.task, text, gold_completion(sample), [], None, str(error)
        )

    sizes = [image.size for image in images]

    if processor is None:
        return SamplePreview(
            sample.id,
            sample.task,
            format_prompt(sample, len(images), prompt),
            gold_completion(sample),
            sizes,
        )

    text, tokens = _apply_chat_template(sample, images, prompt, processor)
    return SamplePreview(sample.id, sample.task, text, gold_completion(sample), sizes, tokens)


def format_prompt(sample: Sample, images: int, prompt: PromptFormat) -> str:
    """The messages of a prompt as text, with `<image>` where a picture stands."""
    lines: list[str] = []

    for message in sample_messages(sample, [None] * images, prompt):
        parts = [
            "<image>" if part["type"] == "image" else part["text"] for part in message["content"]
        ]
        lines.append(f"[{message['role']}] {''.join(parts)}")

    return "\n".join(lines)


def _apply_chat_template(
    sample: Sample, images: list[Image.Image], prompt: PromptFormat, processor: Any
) -> tuple[str, int]:
    from waywiser.models.chat_processors import (
        strip_control_marks,  # torch is not needed without a model
    )

    messages = sample_messages(sample, list(images), prompt)
    text = processor.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    inputs = processor(text=[text], images=[images] if images else None, add_special_tokens=False)

    return strip_control_marks(text), len(inputs["input_ids"][0])


def format_description(description: DataDescription, title: str) -> str:
    """The lines about what was read."""
    lines = [
        f"{title}: {description.rows} rows, {description.questions} questions, layout"
        f" {', '.join(description.layouts)}"
    ]
    lines.append("answers: " + _format_counts(description.kinds))

    if list(description.tasks) != ["general"]:
        lines.append("tasks: " + _format_counts(description.tasks))

    lines.append(
        f"pictures: {description.pictures}; videos: {description.videos}; with a chain of thought:"
        f" {description.with_reasoning}"
    )
    lines += _format_reasons("left out", description.left_out, description.examples)
    lines += _format_reasons("guessed", description.notes, {})

    return "\n".join(lines)


def format_preview(shown: SamplePreview) -> str:
    """The lines about one sample."""
    sizes = ", ".join(f"{width} x {height}" for width, height in shown.images) or "no pictures"
    tokens = f", {shown.prompt_tokens} tokens" if shown.prompt_tokens is not None else ""
    lines = [
        f"--- {shown.id} (task {shown.task}; {sizes}{tokens})",
        shown.prompt,
        "--- to be written",
        shown.completion,
    ]

    if shown.problem:
        lines.append(f"--- cannot be shown: {shown.problem}")

    return "\n".join(lines)


def _format_counts(counts: dict[str, int], max_items: int = 12) -> str:
    shown = [f"{count} {name}" for name, count in list(counts.items())[:max_items]]
    return ", ".join(shown) + (
        f", and {len(counts) - max_items} more" if len(counts) > max_items else ""
    )


def _format_reasons(title: str, counts: dict[str, int], examples: dict[str, str]) -> list[str]:
    if not counts:
        return []

    lines = [f"{title}: {sum(counts.values())}"]
    lines += [
        f"  {count} x {reason}" + (f" (first: {examples[reason]})" if reason in examples else "")
        for reason, count in counts.items()
    ]

    return lines
