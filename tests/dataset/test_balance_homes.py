"""Balance of datasets with homes: classes and places of options level, twins found and kept
together.
"""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.dataset.balance import choose_balanced
from waywiser.dataset.candidates import Candidate, find_contrast_pairs
from waywiser.dataset.share_caps import cap_dependence
from waywiser.dataset.stratification import ALLOWANCE, CELL_SLACK, CLASS_SLACK

WAYS = ("forward", "backward", "left", "right")


def directions(seed: int, views: int) -> list[Candidate]:
    """Directions of which three in four are "front", with the right option mostly first."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(views):
        answer = str(rng.choice(["front", "back", "left", "right"], p=[0.7, 0.08, 0.11, 0.11]))
        position = str(rng.choice([0, 1, 2, 3], p=[0.55, 0.15, 0.15, 0.15]))
        found.append(
            Candidate(
                f"v{k}",
                "relative_direction",
                "choice",
                "t",
                answer,
                None,
                f"s{k}",
                f"q{k % 40}",
                answer,
                position,
            )
        )
    return found


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_no_direction_and_no_place_is_right_much_more_often_than_the_others(seed: int) -> None:
    candidates = directions(seed, 600)
    chosen = [candidates[i] for i in choose_balanced(candidates, 2, np.random.default_rng(seed))]
    assert len(chosen) >= 40  # "back" is right at one place as seldom as 3 times
    for label in (lambda c: c.answer_class, lambda c: c.position):
        counts = Counter(label(c) for c in chosen)
        assert len(counts) == 4
        assert max(counts.values()) <= CLASS_SLACK / 4 * len(chosen) + ALLOWANCE


@pytest.mark.parametrize("skewed", [False, True])
def test_the_place_of_an_option_does_not_tell_the_class(skewed: bool) -> None:
    """Each class is right at each place alike, also where the supply is not."""
    rng = np.random.default_rng(7)
    candidates = []
    for k in range(1200):
        answer = WAYS[int(rng.integers(4))]
        position = int(rng.integers(4))
        if skewed and position == WAYS.index(answer) and rng.random() < 0.4:
            continue
        candidates.append(
            Candidate(
                f"v{k}",
                "camera_motion",
                "choice",
                "t",
                answer,
                None,
                f"s{k}",
                f"q{k % 200}",
                answer,
                str(position),
                4,
            )
        )
    kept = choose_balanced(candidates, 4, np.random.default_rng(0), 0.2, strict=True)
    cells = Counter((candidates[i].answer_class, candidates[i].position) for i in kept)
    assert len(cells) == 16
    assert max(cells.values()) <= CELL_SLACK / 16 * len(kept) + ALLOWANCE
    assert len(kept) > len(candidates) / 2


def test_many_classes_are_levelled_too() -> None:
    """Two hidden turns have nine answers: that both turn back may not be likelier than any other."""
    rng = np.random.default_rng(0)
    candidates = [
        Candidate(
            f"v{k}",
            "route_plan",
            "choice",
            "t",
            str(name),
            None,
            f"s{k}",
            "",
            str(name),
            str(k % 4),
            4,
        )
        for k, name in enumerate(
            rng.choice(9, size=1500, p=[0.4, 0.15, 0.1, 0.1, 0.07, 0.06, 0.05, 0.04, 0.03])
        )
    ]
    chosen = [candidates[i] for i in choose_balanced(candidates, 2, np.random.default_rng(0))]
    counts = Counter(c.answer_class for c in chosen)
    assert len(counts) == 9
    assert len(chosen) >= 200
    assert max(counts.values()) <= CLASS_SLACK / 9 * len(chosen) + ALLOWANCE


def test_twins_ask_the_same_of_another_scene_and_get_another_answer() -> None:
    def asked(scene: str, text: str, answer: str) -> Candidate:
        return Candidate(
            f"{scene}-0", "object_count", "integer", "chair", answer, None, scene, text, answer
        )

    candidates = [
        asked("a", "How many chairs?", "1"),
        asked("b", "How many chairs?", "2"),  # a twin of the first
        asked("c", "How many chairs?", "2"),  # so is this
        asked("a", "How many lamps?", "1"),
        asked("b", "How many lamps?", "1"),  # the same answer
        asked("a", "How many beds?", "1"),
        asked("a", "How many beds?", "2"),  # the same scene
    ]
    assert find_contrast_pairs(candidates) == [0, 1, 2]
    assert find_contrast_pairs([]) == []


@pytest.mark.parametrize("seed", range(3))
def test_twins_are_preferred_and_the_choice_is_the_same_every_time(seed: int) -> None:
    candidates = directions(seed, 600)
    chosen = choose_balanced(candidates, 2, np.random.default_rng(seed))
    assert chosen == choose_balanced(candidates, 2, np.random.default_rng(seed))
    picked = [candidates[i] for i in chosen]
    before = len(find_contrast_pairs(candidates)) / len(candidates)
    assert len(find_contrast_pairs(picked)) / len(picked) >= 0.8 * before


def test_no_text_keeps_one_answer_and_another_text_another() -> None:
    """With few wordings and a rare class, taking the first ones of each class must not tie words to
    answers.
    """
    rng = np.random.default_rng(3)
    letters = rng.choice(list("ABCD"), p=[0.16, 0.28, 0.28, 0.28], size=900)
    candidates = [
        Candidate(
            f"v{k}",
            "correspondence",
            "choice",
            "t",
            letter,
            None,
            f"s{k // 4}",
            f"q{k % 6}",
            letter,
            letter,
            4,
        )
        for k, letter in enumerate(letters.tolist())
    ]
    chosen = [candidates[i] for i in choose_balanced(candidates, 2, rng, strict=True)]
    assert len(chosen) >= 500
    for text in {c.text for c in chosen}:
        found = Counter(c.answer_class for c in chosen if c.text == text)
        assert max(found.values()) <= 0.33 * found.total(), (text, found)


def test_a_rare_class_bounds_its_own_family_only() -> None:
    def asked(subtask: str, classes: list[str], k: int) -> Candidate:
        answer = classes[k % len(classes)]
        return Candidate(
            f"{subtask}{k}",
            "who_moved",
            "choice",
            "t",
            f"{subtask} {answer}",
            None,
            f"s{k}",
            "",
            answer,
            str(k * 7 % 3),
            3,
            subtask,
        )

    common = [asked("approach", ["closer", "farther", "same"], k) for k in range(300)]
    rare = [asked("who", ["object"] * 30 + ["camera"] * 30 + ["both"], k) for k in range(300)]
    chosen = [
        (*common, *rare)[i]
        for i in choose_balanced([*common, *rare], 2, np.random.default_rng(0), strict=True)
    ]
    subtasks = Counter(c.subtask for c in chosen)
    assert subtasks["approach"] >= 270
    assert 3 <= subtasks["who"] <= 30, "five are both"


def test_a_class_that_is_offered_but_never_right_leaves_next_to_nothing() -> None:
    candidates = [
        Candidate(
            f"v{k}",
            "perspective",
            "choice",
            "t",
            f"front-{k % 2}",
            None,
            f"s{k}",
            "",
            f"{k}",
            str(k % 4),
            4,
        )
        for k in range(200)
    ]
    assert len(choose_balanced(candidates, 2, np.random.default_rng(0), strict=True)) <= 4


def test_rivals_of_one_category_win_and_lose_alike() -> None:
    """A person who mostly moves and a chair that mostly stays: the word does not tell."""
    rng = np.random.default_rng(1)
    candidates = []
    for k in range(800):
        word = ("person", "chair")[k % 2]
        moves = rng.random() < (0.8 if word == "person" else 0.15)
        words = ("object", "both") if moves else ("camera", "neither")
        answer_class = f"who {words[int(rng.integers(2))]}"
        compared = (
            (f"{word} moves", f"{word} stays") if moves else (f"{word} stays", f"{word} moves")
        )
        candidates.append(
            Candidate(
                f"v{k}",
                "who_moved",
                "choice",
                "t",
                answer_class,
                compared,
                f"s{k}",
                "",
                answer_class,
                str(k % 4),
                4,
                "who",
            )
        )
    chosen = [candidates[i] for i in choose_balanced(candidates, 2, rng, strict=True)]
    assert len(chosen) >= 40  # "back" is right at one place as seldom as 3 times
    for word in ("person", "chair"):
        wins = Counter(
            c.compared[0] for c in chosen if c.compared and c.compared[0].startswith(word)
        )
        assert abs(wins[f"{word} moves"] - wins[f"{word} stays"]) <= 1


@pytest.mark.parametrize("strict", [True, False])
def test_a_strict_choice_lets_no_count_hold_more_than_its_share(strict: bool) -> None:
    candidates = [
        Candidate(
            f"v{k}",
            "object_count",
            "integer",
            f"t{k % 20}",
            str(1 + k % 6 if k % 6 < 4 or k < 90 else 1),
        )
        for k in range(600)
    ]
    chosen = choose_balanced(candidates, 2, np.random.default_rng(0), 0.2, strict)
    most = max(Counter(candidates[i].answer_class for i in chosen).values()) / len(chosen)
    assert (most <= 0.2) == strict
    assert len(chosen) >= 50


def guessed(samples: list[Candidate], by: Callable[[Candidate], str]) -> float:
    """The share that is right who guesses, in each group, its commonest class."""
    groups: dict[str, Counter[str]] = {}
    for c in samples:
        groups.setdefault(by(c), Counter())[c.answer_class] += 1
    return sum(max(group.values()) for group in groups.values()) / len(samples)


def test_a_category_does_not_tell_the_size() -> None:
    """Thirteen categories of overlapping sizes, one of which, beds, is alone long."""
    rng = np.random.default_rng(2)
    middles = {f"thing {k}": 14 + k % 6 for k in range(12)} | {"bed": 22}
    candidates = [
        Candidate(
            f"v{k}", "object_size", "number", word, str(middles[word] + round(rng.normal(0, 1.5)))
        )
        for k, word in enumerate(rng.choice(list(middles), size=3000).tolist())
    ]
    chosen = [candidates[i] for i in choose_balanced(candidates, 2, rng, strict=True)]
    assert len(chosen) >= 1000
    told = guessed(chosen, lambda c: c.subject) - guessed(chosen, lambda _: "")
    assert (
        told
        <= 0.05
        < 0.1
        < guessed(candidates, lambda c: c.subject) - guessed(candidates, lambda _: "")
    )


def test_metres_and_metres_a_second_are_levelled_apart() -> None:
    """Else each kind's words tell its kind of answers, and half of both would be left out."""
    rng = np.random.default_rng(5)
    candidates = [
        Candidate(
            f"v{k}",
            "displacement",
            "number",
            f"{kind} {'camera' if rng.random() < 0.9 else 'dog'}",
            f"{kind} {rng.integers(8)}",
            subtask=kind,
        )
        for k, kind in enumerate(rng.choice(["displacement", "speed"], size=800).tolist())
    ]
    assert len(choose_balanced(candidates, 2, rng, strict=True)) >= 700


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=60),
    st.floats(1.0, 3.0),
    st.integers(0, 2),
)
def test_independent_keeps_no_cell_above_its_share(
    cells: list[tuple[str, str]], slack: float, spare: int
) -> None:
    kept = cap_dependence(range(len(cells)), cells.__getitem__, slack, spare)
    assert kept == sorted(set(kept))
    held = Counter(cells[i] for i in kept)
    for (row, column), count in held.items():
        in_row = sum(n for cell, n in held.items() if cell[0] == row)
        in_column = sum(n for cell, n in held.items() if cell[1] == column)
        assert count <= max(1, slack * in_row * in_column / len(kept) + spare)
    assert {row for row, _ in cells} == {row for row, _ in held}
    assert cap_dependence(kept, cells.__getitem__, slack, spare) == kept
    for cell in held:  # the first ones stay
        assert [i for i in kept if cells[i] == cell] == [
            i for i in range(len(cells)) if cells[i] == cell
        ][: held[cell]]
