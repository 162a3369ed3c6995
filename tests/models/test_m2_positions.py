"""The rule of positions, against a plain loop over every token."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.errors import ModelError
from waywiser.models.m2_reasoning.positions import text_positions, token_types, vision_positions

P = 300
IS = 301
IE = 302
VS = 303
VE = 304
SHARED = {"image": P, "video": P, "image_start": IS, "video_start": VS}

side = st.integers(1, 5)
picture = st.tuples(st.just("image"), st.tuples(st.just(1), side, side))
film = st.tuples(st.just("video"), st.tuples(st.integers(1, 9), side, side))
words = st.tuples(st.just("text"), st.integers(1, 6))
row = st.lists(st.one_of(picture, film, words), min_size=1, max_size=6)


def build(blocks):
    """Ids of a row, its (t, h, w) in patches, and positions by one step at a time."""
    ids = []
    places = []
    grids = {"image": [], "video": []}
    n = 0
    for kind, what in blocks:
        if kind == "text":
            for _ in range(what):
                ids.append(7)
                places.append((n, n, n))
                n += 1
            continue
        t, h, w = what
        grids[kind].append((t, 2 * h, 2 * w))
        ids.append(IS if kind == "image" else VS)
        places.append((n, n, n))
        n += 1
        highest = n - 1
        for i in range(t):
            for j in range(h):
                for k in range(w):
                    ids.append(P)
                    places.append((n + i, n + j, n + k))
                    highest = max(highest, n + i, n + j, n + k)
        n = highest + 1
        ids.append(IE if kind == "image" else VE)
        places.append((n, n, n))
        n += 1
    return ids, places, grids, n


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(row, min_size=1, max_size=4),
    pads=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4))),
)
def test_positions_equal_a_loop_over_tokens_wherever_the_padding_is(rows, pads):
    built = [build(blocks) for blocks in rows]
    pads = (pads + [(0, 0)] * len(rows))[: len(rows)]
    length = max(len(ids) + a + b for (ids, *_), (a, b) in zip(built, pads, strict=True))
    ids = torch.full((len(rows), length), P)  # padding that looks like patches counts for nothing
    mask = torch.zeros_like(ids)
    for r, ((tokens, *_), (left, _)) in enumerate(zip(built, pads, strict=True)):
        ids[r, left : left + len(tokens)], mask[r, left : left + len(tokens)] = (
            torch.tensor(tokens),
            1,
        )
    images = [grid for _, _, grids, _ in built for grid in grids["image"]]
    videos = [grid for _, _, grids, _ in built for grid in grids["video"]]
    positions, deltas = vision_positions(token_types(ids, **SHARED), mask, images, videos, 2)
    for r, (tokens, places, _, following) in enumerate(built):
        assert positions[:, r][:, mask[r].bool()].T.tolist() == [list(place) for place in places]
        assert not positions[:, r][:, ~mask[r].bool()].any()
        assert int(deltas[r]) == following - len(tokens)


def test_a_long_video_is_followed_by_its_time_not_its_side():
    ids = torch.tensor([[VS, *[P] * 12, VE, 7]])
    positions, deltas = vision_positions(
        token_types(ids, **SHARED), torch.ones_like(ids), [], [(12, 2, 2)], 2
    )
    assert positions[0, 0].tolist() == [0, *range(1, 13), 13, 14]
    assert positions[1, 0].tolist() == [0, *[1] * 12, 13, 14]
    assert int(deltas) == 0


def test_two_pictures_of_different_sizes_without_a_token_between_their_patches():
    ids = torch.tensor([[IS, *[P] * 2, *[P] * 6, IE]])
    positions, _ = vision_positions(
        token_types(ids, **SHARED), torch.ones_like(ids), [(1, 2, 4), (1, 4, 6)], [], 2
    )
    assert positions[2, 0].tolist() == [0, 1, 2, 3, 4, 5, 3, 4, 5, 6]
    assert positions[1, 0].tolist() == [0, 1, 1, 3, 3, 3, 4, 4, 4, 6]


def test_own_ids_for_video_patches_need_no_start_token():
    types = token_types(
        torch.tensor([[9, P, 5, 8]]), image=P, video=9, image_start=IS, video_start=VS
    )
    assert types.tolist() == [[2, 1, 0, 0]]


@pytest.mark.parametrize(
    ("images", "videos", "message"),
    [
        ([], [], "not given"),
        ([(1, 2, 2), (1, 2, 2)], [], "beyond"),
        ([(1, 4, 4)], [], "fewer"),
        ([(1, 2, 2)], [(2, 2, 2)], "beyond"),
    ],
)
def test_pictures_and_places_that_do_not_match_are_refused(images, videos, message):
    ids = torch.tensor([[IS, P, IE, 7]])
    with pytest.raises(ModelError, match=message):
        vision_positions(token_types(ids, **SHARED), torch.ones_like(ids), images, videos, 2)


def test_text_counts_over_what_is_not_masked():
    mask = torch.tensor([[0, 0, 1, 1], [1, 1, 1, 0]])
    assert text_positions(mask)[1].tolist() == [[0, 0, 0, 1], [0, 1, 2, 2]]
