"""People and pets: true sizes, closed bodies, feet that stay where they stand, and their homes."""

import math
from collections import Counter

import numpy as np
import pytest

from helpers.box_clips import slide
from waywiser.errors import AssetsError
from waywiser.scenes.furniture.dynamic_models import (
    DynamicModel,
    build_dynamic_models,
    build_gait_pose,
    dynamic_model_keys,
)
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.gait_phase import NUM_GAIT_PHASES, posed_model_key
from waywiser.scenes.mesh import Mesh
from waywiser.scenes.procedural.home import build_home_scene
from waywiser.scenes.procedural.walkers import MAX_PER_HOME
from waywiser.scenes.scene import Motion, Scene

WALKERS = [key for key, model in build_dynamic_models().items() if model.stride is not None]
ONE_OF_EACH = ("mover#person-1", "mover#person-5", "mover#dog-2", "mover#cat-1")
HALF = NUM_GAIT_PHASES // 2


def in_meters(model: DynamicModel, mesh: Mesh) -> np.ndarray:
    """Vertices (V, 3) over the floor below the middle of the box at rest."""
    return (mesh.vertices_V_3 + np.array([0, 0, 0.5])) * np.array(model.size)


# --- bodies


@pytest.mark.parametrize("key", WALKERS)
def test_bodies_have_true_sizes_and_few_faces(key: str) -> None:
    model = build_dynamic_models()[key]
    heights = {"person": (1.1, 1.95), "dog": (0.35, 0.95), "cat": (0.28, 0.42)}
    low, high = heights[model.category]
    assert low < model.size[2] < high
    assert 1000 < len(model.mesh.faces_F_3) < 6000

    if model.category != "person":  # longer than high, and narrow
        assert 0.95 < model.size[1] / model.size[2] < 2.2
        assert model.size[0] < 0.4 * model.size[1]
    if model.category == "cat":
        assert 0.45 < model.size[1] < 0.8, "with its tail"


def test_people_are_adults_and_children_of_several_builds() -> None:
    people = [m for m in build_dynamic_models().values() if m.category == "person"]
    heights = sorted(m.size[2] for m in people)
    assert heights[0] < 1.3
    assert heights[1] < 1.4
    assert heights[2] > 1.55
    assert len({round(m.size[0] / m.size[2], 2) for m in people}) > 4
    assert len({m.mesh.materials for m in people}) == len(people)


@pytest.mark.parametrize("key", WALKERS)
def test_bodies_are_closed(key: str) -> None:
    """Every edge is passed once each way, by two faces that are turned alike."""
    faces = build_dynamic_models()[key].mesh.faces_F_3
    edges = np.concatenate([faces[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))])
    there = Counter(map(tuple, edges.tolist()))
    assert set(there.values()) == {1}
    assert all((b, a) in there for a, b in there)


def test_bodies_show_their_outside() -> None:
    """The volume within the faces is positive, and a little more than a liter a kilogram of such a
    body, because parts overlap.
    """
    for key, low, high in (("mover#person-1", 60, 130), ("mover#dog-1", 15, 45)):
        model = build_dynamic_models()[key]
        corners = in_meters(model, model.mesh)[model.mesh.faces_F_3]
        liters = 1000 * np.einsum("fi,fi->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
        assert low < liters / 6 < high


def test_a_person_at_rest_fills_its_box() -> None:
    for key in ("mover#person-1", "mover#person-3"):
        model = build_dynamic_models()[key]
        points = in_meters(model, model.mesh)
        width, depth, height = model.size
        assert points.min(axis=0) == pytest.approx((-width / 2, -depth / 2, 0), abs=0.01)
        assert points.max(axis=0) == pytest.approx((width / 2, depth / 2, height), abs=0.01)

        foot = points[points[:, 2] < 0.02]
        assert np.ptp(foot[:, 1]) < 0.2 * height, "the feet stand side by side"


# --- the gait


@pytest.mark.parametrize("key", ONE_OF_EACH)
def test_feet_stay_on_the_floor_where_they_stand(key: str) -> None:
    model = build_dynamic_models()[key]
    assert model.stride is not None
    before = None

    for phase in range(NUM_GAIT_PHASES + 1):
        points = in_meters(model, build_gait_pose(key, phase % NUM_GAIT_PHASES))
        assert abs(points[:, 2].min()) < 0.01
        is_low = points[:, 2] < 0.012
        walked = points - (0.0, model.stride * phase / NUM_GAIT_PHASES, 0.0)

        if before is not None:
            stands = is_low & before[1]
            slips = np.linalg.norm((walked - before[0])[stands][:, :2], axis=1)
            assert stands.sum() > 20
            assert np.quantile(slips, 0.3) < 0.012

        before = walked, is_low


@pytest.mark.parametrize("key", ONE_OF_EACH)
def test_half_a_cycle_later_the_other_side_does_the_same(key: str) -> None:
    model = build_dynamic_models()[key]

    for phase in range(0, HALF, 3):
        one, other = (in_meters(model, build_gait_pose(key, p)) for p in (phase, phase + HALF))
        mirrored = other * (-1, 1, 1)

        for axis in range(3):
            assert np.sort(one[:, axis]) == pytest.approx(np.sort(mirrored[:, axis]), abs=0.002)


def test_a_person_strides_bends_the_knees_and_swings_the_arms_against_the_legs() -> None:
    key = "mover#person-1"
    model = build_dynamic_models()[key]
    height = model.size[2]
    stride = in_meters(model, build_gait_pose(key, 6))
    feet = stride[stride[:, 2] < 0.04 * height]
    hands = stride[
        (np.abs(stride[:, 0]) > 0.12 * height) & (np.abs(stride[:, 2] / height - 0.5) < 0.1)
    ]
    ahead = feet[np.argmin(feet[:, 1])]
    assert np.ptp(feet[:, 1]) > 0.45 * height
    assert ahead[0] * hands[np.argmin(hands[:, 1])][0] < 0, "the hand of the other side is ahead"

    passing = in_meters(model, build_gait_pose(key, 0))
    knees = passing[np.abs(passing[:, 2] / height - 0.28) < 0.03]
    assert -knees[:, 1].min() > 0.1 * height, "the knee of the leg that swings is ahead"


def test_poses_are_the_same_faces_of_the_same_looks() -> None:
    for key in ONE_OF_EACH:
        mesh = build_dynamic_models()[key].mesh
        pose = build_gait_pose(key, 5)
        assert np.array_equal(pose.faces_F_3, mesh.faces_F_3)
        assert np.array_equal(pose.face_material_F, mesh.face_material_F)
        assert pose.materials == mesh.materials
        assert not np.array_equal(pose.vertices_V_3, mesh.vertices_V_3)


# --- keys and times


def test_libraries_give_poses_by_key() -> None:
    library = open_library("parametric")
    pose = library.mesh(posed_model_key("mover#dog-1", 7))
    assert np.array_equal(pose.vertices_V_3, build_gait_pose("mover#dog-1", 7).vertices_V_3)

    for key in ("mover#dog-1@24", "mover#robot-vacuum-1@03", "mover#dog-99@01", "nothing@01"):
        with pytest.raises(AssetsError):
            library.mesh(key)


def test_balls_roll_forward() -> None:
    library = open_library("parametric")
    key = next(m.key for m in library.models_for("train") if m.category == "ball")
    still = library.mesh(key).vertices_V_3
    quarter = library.mesh(posed_model_key(key, NUM_GAIT_PHASES // 4)).vertices_V_3
    assert quarter == pytest.approx(still[:, [0, 2, 1]] * (1, -1, 1), abs=1e-6)


def test_a_walker_stands_except_while_it_walks() -> None:
    motion = slide(1, (1.0, 0, 0), (3.0, 0, 1.2), (4.0, 0, 1.2), (5.0, 0.6, 1.2)).model_copy(
        update={"stride": 1.2}
    )
    assert [motion.gait_phase_at(t) for t in (0.0, 0.99, 3.0, 3.5, 5.0, 7.0)] == [None] * 6
    assert [motion.gait_phase_at(t) for t in (1.0, 1.5, 2.0, 2.5)] == [0, 6, 12, 18]
    assert [motion.gait_phase_at(t) for t in (4.0, 4.5)] == [0, 6], "the whole way counts"
    assert motion.model_copy(update={"stride": None}).gait_phase_at(2.0) is None


# --- homes


@pytest.fixture(scope="module")
def homes() -> list[Scene]:
    library = open_library("parametric")
    return [build_home_scene(index, 5, "train", library) for index in range(4)]


def moved(homes: list[Scene]) -> list[tuple[Scene, Motion]]:
    return [(home, motion) for home in homes for clip in home.clips for motion in clip.motions]


def test_only_what_can_move_alone_moves(homes: list[Scene]) -> None:
    words = {home.object(motion.object).category for home, motion in moved(homes)}
    assert len(moved(homes)) >= 3
    assert words <= {*MAX_PER_HOME, "ball", "toy car"}
    assert "person" in words


def test_homes_have_several_that_might_move(homes: list[Scene]) -> None:
    together = 0

    for home in homes:
        walkers = [obj for obj in home.objects if obj.category in MAX_PER_HOME]
        counts = Counter(obj.category for obj in walkers)
        assert all(counts[word] <= most for word, most in MAX_PER_HOME.items())
        in_rooms = Counter((obj.room, obj.category) for obj in walkers)
        assert set(in_rooms.values()) <= {1}, "no two of a word in a room"
        together += max(Counter(obj.room for obj in walkers).values(), default=0) > 1
        assert all(obj.tint == (1, 1, 1) for obj in walkers)

    assert together >= 1


def test_walks_are_whole_steps(homes: list[Scene]) -> None:
    for home, motion in moved(homes):
        obj = home.object(motion.object)
        if obj.category not in ("person", "dog", "cat"):
            continue

        model = build_dynamic_models()[obj.model]
        assert motion.stride is not None
        assert model.stride is not None
        assert motion.stride / model.stride == pytest.approx(
            obj.box.size[2] / model.size[2], abs=0.01
        )
        places = np.array(motion.centers)
        for length in np.linalg.norm(np.diff(places, axis=0), axis=1):
            assert abs(length / (motion.stride / 2) - round(length / (motion.stride / 2))) < 0.01

        for (x0, y0, _), (x1, y1, _), yaw in zip(
            motion.centers, motion.centers[1:], motion.yaws[1:], strict=False
        ):
            if math.dist((x0, y0), (x1, y1)) > 0.1:  # it faces where it walks
                heading = math.atan2(y1 - y0, x1 - x0)
                assert math.cos(yaw - math.pi / 2 - heading) > 0.999


def test_held_out_homes_have_bodies_of_their_own() -> None:
    train, held_out = (set(dynamic_model_keys(split)) for split in ("train", "heldout"))
    assert not train & held_out
    assert train | held_out == set(build_dynamic_models())
    categories = {build_dynamic_models()[key].category for key in held_out}
    assert categories == set(MAX_PER_HOME)
