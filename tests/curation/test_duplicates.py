"""De-duplication and decontamination: what is the same is found, what differs in a number or a
picture is not.
"""

import io
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from waywiser.curation.config import BenchmarkConfig, DecontaminationConfig, DuplicateConfig
from waywiser.curation.contamination import BenchmarkIndex, distinct_shingles
from waywiser.curation.duplicates import (
    Fingerprint,
    find_duplicates,
    group_by_image_hash,
    make_fingerprint_text,
)
from waywiser.curation.image_hashes import hash_distance, perceptual_hash
from waywiser.curation.minhash import make_shingles, minhash_signatures
from waywiser.sources.synthetic_figures import FigureSource

WORDS = [a + b for a in "bcdfghklmn" for b in ("at", "ilo", "end", "ura", "omi", "ask")]


def sentence(seed: int, length: int = 60) -> str:
    draw = random.Random(seed)
    return " ".join(draw.choice(WORDS) for _ in range(length))


def one_word_changed(text: str, place: int = 30) -> str:
    words = text.split()
    words[place] = "changed"
    return " ".join(words)


def jpeg(image: bytes, quality: int = 60, scale: float = 0.8) -> bytes:
    with Image.open(io.BytesIO(image)) as opened:
        small = opened.convert("RGB").resize(
            (round(opened.width * scale), round(opened.height * scale))
        )
    sink = io.BytesIO()
    small.save(sink, "JPEG", quality=quality)
    return sink.getvalue()


def photo(seed: int, size: int = 96) -> bytes:
    """A random picture with the spectrum of real ones: less and less contrast towards fine detail."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size, size, 3))
    for octave in range(1, 6):
        side = 3 * 2**octave
        layer = Image.fromarray(rng.integers(0, 255, (side, side, 3), np.uint8))
        total += np.asarray(layer.resize((size, size), Image.Resampling.BICUBIC)) / 1.6**octave
    total = (total - total.min()) / (total.max() - total.min()) * 255
    sink = io.BytesIO()
    Image.fromarray(total.astype(np.uint8)).save(sink, "PNG")
    return sink.getvalue()


def test_exact_and_near_duplicates_are_found_and_the_first_stays() -> None:
    texts = [sentence(k) for k in range(50)]
    texts += [texts[3], one_word_changed(texts[7]), texts[7].upper()]
    fingerprints = [Fingerprint(make_fingerprint_text(text, None), "1") for text in texts]
    found = {d.index: (d.of, d.kind) for d in find_duplicates(fingerprints)}
    assert found == {50: (3, "exact"), 51: (7, "near"), 52: (7, "exact")}


def test_another_number_answer_or_picture_is_another_question() -> None:
    text = sentence(1) + " with 12 of them"
    base = Fingerprint(text, "1", ("p",), perceptual_hash(photo(1)))
    others = [
        Fingerprint(text.replace("12", "13"), "1", ("p",), base.image_hashes),
        Fingerprint(one_word_changed(text), "2", ("p",), base.image_hashes),
        Fingerprint(text, "1", ("q",), perceptual_hash(photo(2))),
    ]
    assert find_duplicates([base, *others]) == []
    same = Fingerprint(one_word_changed(text), "1", ("r",), perceptual_hash(jpeg(photo(1))))
    assert [d.kind for d in find_duplicates([base, same])] == ["near"]


def test_pictures_are_known_again_after_recompression_and_only_then() -> None:
    photos = [photo(k) for k in range(16)]
    for k, picture in enumerate(photos):
        assert hash_distance(perceptual_hash(picture), perceptual_hash(jpeg(picture))) <= 15
        assert hash_distance(perceptual_hash(picture), perceptual_hash(photos[k - 1])) > 40
    groups = group_by_image_hash(
        [*map(perceptual_hash, photos), *(perceptual_hash(jpeg(p)) for p in photos), b""], 15
    )
    assert groups[:16] == groups[16:32]
    assert len(set(groups[:16])) == 16
    assert groups[32] == ""


def test_different_figures_of_one_drawn_task_mostly_stay_apart() -> None:
    for task in ("grid_polygon_area", "l_shape_area"):
        images = [s.images[0] for s in FigureSource(task, 24, 0).items(0, 24)]  # type: ignore[union-attr]
        groups = group_by_image_hash(
            [perceptual_hash(i) for i in images], DuplicateConfig().picture_bits
        )
        assert len(set(groups)) >= 20


@given(st.lists(st.text(max_size=60), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_any_texts_have_shingles_and_equal_texts_equal_signatures(texts: list[str]) -> None:
    codes, starts = make_shingles(texts)
    assert len(starts) == len(texts)
    assert (np.diff(np.append(starts, len(codes))) >= 1).all()
    rows = minhash_signatures([*texts, *texts])
    assert (rows[: len(texts)] == rows[len(texts) :]).all()
    alone = np.concatenate([minhash_signatures([text]) for text in texts])
    assert (
        rows[: len(texts)] == alone
    ).all()  # a text's signature does not depend on its neighbours


def test_signatures_estimate_jaccard_similarity() -> None:
    errors = []
    for k in range(40):
        a = sentence(k)
        b = " ".join(w if (i + k) % 9 else "other" for i, w in enumerate(a.split()))
        one = distinct_shingles(a)
        two = distinct_shingles(b)
        truth = len(one & two) / len(one | two)
        rows = minhash_signatures([a, b])
        errors.append(float((rows[0] == rows[1]).mean()) - truth)
    assert abs(np.mean(errors)) < 0.03
    assert np.std(errors) < 0.08


@pytest.fixture
def benchmark(tmp_path: Path) -> DecontaminationConfig:
    """A MathVision file with a long question and a short one, each about a picture."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "p.png").write_bytes(photo(5))
    (tmp_path / "images" / "o.png").write_bytes(photo(9))
    rows = [
        {
            "id": "1",
            "question": sentence(100),
            "options": [],
            "answer": "4",
            "image": "images/o.png",
        },
        {
            "id": "2",
            "question": "How many chairs are there?",
            "options": [],
            "answer": "3",
            "image": "images/p.png",
        },
    ]
    path = tmp_path / "mathvision.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return DecontaminationConfig(benchmarks=[BenchmarkConfig(name="mathvision", path=path)])


def test_a_benchmark_item_is_found_by_words_and_by_picture(
    benchmark: DecontaminationConfig,
) -> None:
    index = BenchmarkIndex.load(benchmark)
    assert index.find(Fingerprint(sentence(100), "4")) is not None
    assert index.find(Fingerprint(one_word_changed(sentence(100)), "4")) is not None
    assert index.find(Fingerprint("Please say: " + sentence(100) + " Thank you.", "4")) is not None
    found = index.find(Fingerprint("anything else", "0", ("x",), perceptual_hash(jpeg(photo(5)))))
    assert found is not None
    assert "mathvision 2: picture" in found


def test_what_is_in_no_benchmark_stays(benchmark: DecontaminationConfig) -> None:
    index = BenchmarkIndex.load(benchmark)
    assert index.find(Fingerprint(sentence(101), "4")) is None
    assert (
        index.find(
            Fingerprint("how many chairs are there?", "3", ("x",), perceptual_hash(photo(6)))
        )
        is None
    )
    assert (
        index.find(Fingerprint("how many chairs are there?", "3")) is not None
    )  # without a picture it is the question
    assert index.find(Fingerprint("", "3")) is None
