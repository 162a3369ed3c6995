"""The page of a dataset: tasks, distributions of answers, text-only scores, samples with images."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from waywiser.dataset.manifest import read_manifest
from waywiser.dataset.reader import read_samples
from waywiser.errors import DatasetError
from waywiser.evaluation.blind import BlindBaseline
from waywiser.evaluation.evaluate import summarise
from waywiser.report.charts import plot_counts, plot_histogram
from waywiser.report.embedded_images import embed_first_image
from waywiser.report.html_page import Chart, captioned_chart, write_page
from waywiser.sample import Sample
from waywiser.tasks.completion import format_answer

MAX_CARDS = 12


class _CardQuestion(TypedDict):
    """A question of a card, for the template."""

    question: str
    answer: str
    reasoning: str


class _ImageCard(TypedDict):
    """An image with all its questions, for the template."""

    image: str
    alt: str
    width: int
    height: int
    questions: list[_CardQuestion]


def write_dataset_page(folder: Path, out: Path) -> Path:
    """Write the page of the dataset in `folder` to `out`. Raises DatasetError if it is not
    finished.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise DatasetError(f"{folder} is not a finished dataset: run waywiser synthesize first")

    samples = list(read_samples(folder, columns=("options", "scene_id", "program", "difficulty")))
    blind = _blind_scores(samples)
    tasks = sorted(manifest.tasks)

    return write_page(
        out,
        "dataset.html",
        title=f"Dataset: {folder.resolve().name}",
        lead=(
            f"{manifest.samples} questions about {manifest.rooms} rooms, split {manifest.split},"
            f" made by waywiser {manifest.versions.get('waywiser', '')} with seed"
            f" {manifest.recipe.get('seed')}."
        ),
        tasks=[
            {
                "name": task.replace("_", " "),
                "count": manifest.tasks[task],
                "kind": next((s.answer.kind for s in samples if s.task == task), ""),
                "blind": f"{blind[task]:.3f}" if task in blind else "too few",
            }
            for task in tasks
        ],
        charts=[_chart(task, [s for s in samples if s.task == task]) for task in tasks],
        cards=_cards(folder),
        attribution=(folder / "ATTRIBUTION.md").read_text(),
    )


def _blind_scores(samples: Sequence[Sample]) -> dict[str, float]:
    """Text-only scores by task: fitted on every second scene, scored on the others."""
    scenes = sorted({sample.scene_id or sample.id for sample in samples})
    fit_scenes = set(scenes[::2])
    fit_samples = [s for s in samples if (s.scene_id or s.id) in fit_scenes]
    test_samples = [s for s in samples if (s.scene_id or s.id) not in fit_scenes]

    if not fit_samples or not test_samples:
        return {}

    baseline = BlindBaseline.fit(fit_samples)
    return summarise(baseline.evaluate(test_samples))


def _chart(task: str, samples: Sequence[Sample]) -> Chart:
    name = task.replace("_", " ")
    if not samples:
        return {"caption": f"{name}: no questions", "svg": ""}

    answer = samples[0].answer
    if answer.kind == "number":
        values = [float(s.answer.value) for s in samples]  # type: ignore[arg-type]
        return captioned_chart(name, plot_histogram(values, x_label=answer.unit or "value"))

    if answer.kind == "integer":
        table = Counter(int(s.answer.value) for s in samples)  # type: ignore[arg-type]
        counts = {str(value): table[value] for value in sorted(table)}
        return captioned_chart(name, plot_counts(counts, x_label="answer"))

    positions = Counter((s.answer.options or []).index(str(s.answer.value)) for s in samples)
    letters = {chr(65 + index): positions[index] for index in sorted(positions)}
    chart = plot_counts(letters, x_label="option")

    return captioned_chart(f"{name}: which option is right", chart)


def _cards(folder: Path) -> list[_ImageCard]:
    """The first images of the dataset with all their questions."""
    cards: dict[bytes, _ImageCard] = {}

    for sample in read_samples(folder):
        if not sample.images:
            continue

        key = sample.images[0]
        if key not in cards:
            if len(cards) == MAX_CARDS:
                break

            view = embed_first_image(sample.images)
            cards[key] = {
                "image": view.image,
                "alt": view.alt,
                "width": view.width,
                "height": view.height,
                "questions": [],
            }

        cards[key]["questions"].append(
            {
                "question": sample.question,
                "answer": format_answer(sample.answer),
                "reasoning": sample.reasoning or "",
            }
        )

    return list(cards.values())
