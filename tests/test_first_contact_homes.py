"""What others' users ran into with homes, furniture files and spatial questions: reduced from public
reports, each named above its test.
"""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.box_clips import camera, filmed, room, thing
from helpers.furniture_files import MTL, box_obj, catalogue_entry, png, write_sh3f
from helpers.room_checks import (
    FLAT,
    WALKERS,
    bottom,
    check_no_collision,
    check_support,
    footprint,
    inside,
)
from helpers.tiny_scans import scan_json, write_tiny
from tasks.conftest import Patch, paint_patches
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.manifest import Manifest, dataset_summary
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import AssetsError, RecipeError
from waywiser.recipe import load_config_file
from waywiser.scenes.categories import categorize
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.furniture.obj_polygons import clip_ears, split_concave_faces
from waywiser.scenes.furniture.sh3f import Sh3fCatalog
from waywiser.scenes.mesh import Mesh
from waywiser.scenes.procedural.footprint import footprints_overlap
from waywiser.scenes.procedural.home import build_home_scene
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.scans.scan_reader import read_scan
from waywiser.scenes.scene import Scene
from waywiser.tasks.base import Question
from waywiser.tasks.registry import TASKS
from waywiser.tasks.visible_objects import is_clearly_visible, is_visible

CHAIR = (0.5, 0.5, 0.9)


# --- furniture files


def write_library(path: Path, *kinds: tuple[str, tuple[int, int, int], int]) -> Path:
    """A library of plain boxes: (name, size in centimeters, how many)."""
    catalogue = ""
    members: dict[str, bytes | str] = {}
    for number, (name, size) in enumerate((n, s) for n, s, count in kinds for _ in range(count)):
        width, depth, height = size
        catalogue += catalogue_entry(
            number, id=f"x{number}", name=name, width=width, depth=depth, height=height
        )
        members[f"m/{number}/m.obj"] = box_obj(width / 10, depth / 10, height / 10)
    return write_sh3f(path, catalogue, members)


def open_model(
    folder: Path, obj: str, mtl: str = MTL, more: dict[str, bytes | str] | None = None
) -> tuple[str | None, Callable[[], Mesh]]:
    """What is wrong with a chair's model, and its mesh."""
    members = {"m/1/m.obj": obj, "m/1/m.mtl": mtl, **(more or {})}
    library = Sh3fCatalog(write_sh3f(folder / "x.sh3f", catalogue_entry(1, id="a"), members))
    entry = library.entries["a"]
    return library.find_problem(entry), lambda: library.mesh(entry)


def surface(mesh: Mesh) -> float:
    """Area of a mesh in its unit box."""
    corners = mesh.vertices_V_3.astype(float)[mesh.faces_F_3]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.linalg.norm(normals, axis=1).sum() / 2)


# BlenderProc#133: a spelling of a kind that the table of names did not have ended the run
@pytest.mark.parametrize(
    ("name", "size", "word"),
    [
        ("Two-seat sofa", (1.6, 0.9, 0.85), "sofa"),
        ("Love seat", (1.5, 0.9, 0.85), "sofa"),
        ("dining_chair_01", CHAIR, "chair"),
        ("diningChair01", CHAIR, "chair"),
        ("PlayStation", (0.33, 0.3, 0.06), "game console"),
        ("TV-unit", (1.6, 0.4, 0.5), "TV stand"),
        ("Arm chair", (0.8, 0.8, 0.8), "armchair"),
        ("Barstool", (0.4, 0.4, 0.75), "bar stool"),
        ("Flower bed", (1.8, 2.0, 0.5), None),
        ("pet_bed", (1.0, 1.9, 0.5), None),
        ("kidsChair", CHAIR, None),
        ("Bottle rack", (0.6, 0.3, 0.9), None),
        ("Chair", (50.0, 50.0, 90.0), None),
    ],
)
def test_a_kind_is_known_however_its_name_is_written(
    name: str, size: tuple[float, float, float], word: str | None
) -> None:
    assert categorize("k", name, size) == word


NOTCHED = "".join(
    f"v {x} {y} {z}\n" for z in (0, 5) for x, y in ((0, 0), (5, 0), (5, 9), (0, 9), (4, 4.5))
)


# tinyobjloader#295: the concave face of a model was filled, or parts of it were missing
def test_a_concave_face_covers_its_outline_and_no_more(tmp_path: Path) -> None:
    problem, mesh = open_model(tmp_path, f"{NOTCHED}f 1 2 3 4 5\nf 6 7 8 9 10\n")
    assert problem is None
    assert surface(mesh()) == pytest.approx(2 * (1 - 0.4), rel=1e-5)


def test_polygons_are_cut_at_their_corners() -> None:
    ring = [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (1, 1), (1, 3), (3, 3), (3, 1), (1, 1)]
    outline = np.array(ring, float)
    triangles = clip_ears(outline)
    assert triangles is not None
    a, b, c = (outline[[t[i] for t in triangles]] for i in range(3))
    areas = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    assert areas.min() >= 0
    assert areas.sum() == pytest.approx(16 - 4)

    convex = b"v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n"
    assert split_concave_faces(convex) == convex
    for damaged in (convex.replace(b"4\n", b"9\n"), convex.replace(b"v 1 1 0", b"v 1 x 0")):
        assert split_concave_faces(damaged) == damaged


# 3D-FRONT-ToolBox#7 (a shadow far off), trimesh#2335 (unused vertices), trimesh#1047 (no faces),
# SUNCGtoolbox#4 (NaN)
@pytest.mark.parametrize(
    ("obj", "reason"),
    [
        (box_obj(5, 5, 9) + "v 900 900 900\n", None),
        (box_obj(5, 5, 9) + "f 1 1 1\nf 2 2 3\nl 1 2\np 1\n", None),
        (box_obj(5, 5, 9) + "v 90 0 0\nv 91 0 0\nv 90 1 0\nf 9 10 11\n", "proportions"),
        (box_obj(5, 5, 9).replace("v 2.5 9 2.5", "v nan 9 2.5"), "out of range"),
        (NOTCHED, "no faces"),
        (
            NOTCHED.replace("4 4.5", "2 4.5") + "f 1 1 1\nf 3 3 8\nf 1 2 2\n",
            "no faces with an area",
        ),
        ("", "no faces"),
    ],
)
def test_what_is_drawn_decides_whether_a_model_is_sound(
    tmp_path: Path, obj: str, reason: str | None
) -> None:
    problem, mesh = open_model(tmp_path, obj)
    if reason is not None:
        assert reason in (problem or "")
    else:
        assert problem is None
        assert surface(mesh()) > 4


WOOD = (0.2140, 0.0508, 0.0)
RED = (0.5776, 0.0212, 0.0212)


# trimesh#475 and #1709: the colors of a model are lost with one statement that is not understood
@pytest.mark.parametrize(
    ("mtl", "mtllib", "color"),
    [
        ("newmtl wood\nKd 0.5 0.25 0\n", "mtllib none.mtl\nmtllib m.mtl", WOOD),
        ("newmtl wood\nKd 0.5 0.25 0\n", "mtllib none.mtl m.mtl", WOOD),
        ("newmtl x\nKd nan 0 0\nnewmtl wood\nKd 0.5 0.25 0\n", "mtllib m.mtl", WOOD),
        ("newmtl x\nKd spectral a.rfl\nnewmtl wood\nKd 0.5 0.25 0", "mtllib m.mtl", WOOD),
        ("newmtl wood\nKd 127.5 63.75 0\n", "mtllib m.mtl", WOOD),
        ("newmtl wood\nKd 0.5 0.25 0\nmap_Kd none.png\n", "mtllib m.mtl", WOOD),
        ("newmtl wood\nKd 1 1 1\nmap_Kd -s 1 1 1 -clamp on t.png\n", "mtllib m.mtl", RED),
        ("newmtl  wood\nKd 0.5 0.25 0\n".replace("  ", " "), "mtllib  m.mtl ", WOOD),
    ],
)
def test_colors_survive_what_exporters_write(
    tmp_path: Path, mtl: str, mtllib: str, color: tuple[float, float, float]
) -> None:
    obj = box_obj(5, 5, 9).replace("mtllib m.mtl", mtllib)
    problem, mesh = open_model(tmp_path, obj, mtl, {"m/1/t.png": png()})
    assert problem is None
    assert any(m.albedo == pytest.approx(color, abs=2e-3) for m in mesh().materials)


# infinigen#326 and #453, usb-live-linux#131: rooms whose furniture a library does not have
def test_what_is_lent_is_said_in_one_line_and_in_the_manifest(tmp_path: Path) -> None:
    path = write_library(
        tmp_path / "x.sh3f", ("Chair", (50, 50, 90), 3), ("Table", (120, 80, 74), 3)
    )
    config = SynthesisConfig(out=tmp_path / "d", assets=path, rooms=1, seed=2)
    manifest = synthesize(
        config.model_copy(update={"room": config.room.model_copy(update={"width": 32})}),
        progress=False,
    )
    used = {obj["category"] for obj in read_objects(tmp_path / "d")}
    assert manifest.lent is not None
    assert manifest.lent == sorted(used - {"chair", "table"})
    assert Manifest.model_validate_json((tmp_path / "d/manifest.json").read_text()) == manifest
    (line,) = [x for x in dataset_summary(manifest, tmp_path, "room").split("\n") if "lacks" in x]
    assert manifest.lent[0] in line
    assert ("manifest.json" in line) == (len(manifest.lent) > 6)


def read_objects(folder: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    (file,) = (folder / "scenes").glob("*.parquet")
    return [
        o for text in pq.read_table(file)["scene"].to_pylist() for o in json.loads(text)["objects"]
    ]


# usb-live-linux#131: no furniture at all, or of one kind
def test_a_library_of_one_kind_is_enough_and_an_empty_one_is_not(tmp_path: Path) -> None:
    beds = open_library(write_library(tmp_path / "beds.sh3f", ("Bed", (160, 200, 90), 2)))
    assert {model.category for model in beds.models} == {"bed"}
    assert beds.left_out == ""
    assert "bed" not in {model.category for model in beds.lent_models}
    with pytest.raises(AssetsError, match=r"empty\.sh3f lists no usable furniture"):
        open_library(write_library(tmp_path / "empty.sh3f"))


# --- ranges


# habitat-sim#321 (negative sizes), threejs-sims-house-builder#73 (rooms too small for what they hold)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("home: {fov_degrees: 0}", "home.fov_degrees: input should be greater than or equal to 20"),
        ("home: {fov_degrees: 180}", "less than or equal to 120, not 180"),
        ("home: {min_room_area: -4}", "home.min_room_area"),
        ("home: {max_room_area: .nan}", "home.max_room_area"),
        ("room: {clearance: -1}", "room.clearance"),
        ("home: {min_frames: 64}", "home: min_frames (64) is larger than max_frames (32)"),
        ("home: {max_height: 2.3}", "home: min_height (2.4) is larger than max_height (2.3)"),
        ("room: {min_side: 9}", "room: min_side (9) is larger than max_side (7)"),
    ],
)
def test_a_range_that_cannot_be_met_says_both_ends(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "c.yaml").write_text(f"out: d\nrooms: 1\n{text}\n")
    with pytest.raises(RecipeError) as caught:
        load_config_file(tmp_path / "c.yaml", SynthesisConfig)
    assert words in str(caught.value)
    assert "{" not in str(caught.value)


# --- homes


@pytest.fixture(scope="module", params=["small", "full", "low"])
def home(request: pytest.FixtureRequest) -> Scene:
    config = {
        "small": HomeConfig(min_room_area=9, max_room_area=9, max_rooms=3),
        "full": HomeConfig(min_objects=60, max_objects=60, max_rooms=3),
        "low": HomeConfig(min_height=2.2, max_height=2.2, max_rooms=2, l_shaped_share=1),
    }[request.param]
    return build_home_scene(3, 77, "train", open_library("parametric"), config)


# infinigen#469, 3D-FRONT-ToolBox#4 and #6 (furniture in furniture), infinigen#457 (two rugs),
# procthor#39 (things in the air)
def test_things_share_no_space_and_stand_on_something(home: Scene) -> None:
    still = [obj for obj in home.objects if obj.category not in WALKERS]
    check_no_collision(still)
    check_support(home.model_copy(update={"objects": tuple(still)}))
    rugs = [obj for obj in still if obj.category in FLAT]
    assert not any(
        footprints_overlap(footprint(a), footprint(b)) for a, b in itertools.combinations(rugs, 2)
    )


# infinigen#469 and #457 (a shelf or table before a door), BlenderProc#103 (outside the room)
def test_doors_are_free_and_lights_and_cameras_are_indoors(home: Scene) -> None:
    for door in home.doors:
        middle = np.mean(door.ends, axis=0)
        along = np.subtract(door.ends[1], door.ends[0])
        normal = np.array([-along[1], along[0]]) / np.linalg.norm(along)
        blocking = [
            obj.category
            for obj in home.objects
            if obj.on is None and obj.category not in FLAT and bottom(obj) < 1.9
            for step in (-0.5, -0.3, 0.0, 0.3, 0.5)
            if footprint(obj).distance(*(middle + step * normal)) < 0.12
        ]
        assert blocking == []

    for light in home.lights:
        assert any(
            inside(r.polygon, *light.position[:2]) and 0 < light.position[2] < r.height
            for r in home.rooms
        )
    for eye in home.cameras:
        assert any(inside(r.polygon, *eye.position[:2]) for r in home.rooms)
        for obj in home.objects:
            offset = (eye.position - np.array(obj.box.center)) @ obj.box.axes
            assert (np.abs(offset) > np.array(obj.box.size) / 2).any(), obj.category


# --- questions


def proposed(task: str, show: object, seeds: int = 3) -> list[Question]:
    return [q for s in range(seeds) for q in TASKS[task].propose(show, np.random.default_rng(s))]


# ai2thor#1199 and #815, habitat-sim#1692, BlenderProc#906: visible, says the list, and it is not
def test_what_is_behind_a_wall_is_not_counted() -> None:
    halves = [
        room([(-4, -4), (4, -4), (4, 0), (-4, 0)]),
        room([(-4, 0.1), (4, 0.1), (4, 4), (-4, 4)]),
    ]
    things = [
        thing(1, "chair", -1.2, -1.0),
        thing(2, "chair", 0.0, -1.0),
        thing(3, "chair", 1.2, 0.7, (0.8, 0.8, 1.2), room=1),
    ]
    eyes = [camera(x, -3.5, 90) for x in (-0.4, -0.2, 0.0, 0.2)]
    walled = filmed(things, eyes, rooms=halves)
    assert [q.answer.value for q in proposed("scene_count", walled, 1)] == [2]
    assert all(3 not in view.visible for view in walled.views)
    opened = filmed(things, eyes)
    assert [q.answer.value for q in proposed("scene_count", opened, 1)] == [3]


# Spatial457#2 (yes and no for a count), ScanQA#18 (the count is not that of the listed objects),
# thinking-in-space#40 (another word for some of them)
def test_a_count_is_the_number_of_the_objects_that_it_is_about() -> None:
    squares = [(10 + 45 * i, 40, 30 + 45 * i, 60) for i in range(4)]
    view = paint_patches([Patch("chair", rect) for rect in squares])
    for question in proposed("object_count", view):
        assert question.answer.kind == "integer"
        assert question.answer.value == len(question.program.inputs["objects"]) == 4
    mixed = paint_patches(
        [
            Patch(word, rect)
            for word, rect in zip(("chair", "chair", "armchair", "plant"), squares, strict=True)
        ]
    )
    asked = {q.program.inputs["category"] for q in proposed("object_count", mixed)}
    assert asked == {"plant"}


# RoboSpatial#9, STI-Bench#1: left and right are the camera's, not those of a thing with a front
def test_left_and_right_change_sides_with_the_camera() -> None:
    things = [thing(1, "plant", -1.0, 0.0), thing(2, "fridge", 1.0, 0.0, (0.6, 0.6, 1.5))]
    for x, y, degrees, side in ((0.0, -2.5, 90.0, "left"), (0.0, 2.5, -90.0, "right")):
        (view,) = filmed(things, [camera(x, y, degrees)], fps=None).views
        asked = proposed("left_right", view, 6)
        assert asked
        for question in asked:
            is_plant = question.program.inputs["objects"] == [1, 2]
            assert (question.answer.value == side) == is_plant
    assert not any("its {" in text or "'s {" in text for text in TASKS["left_right"].templates)


# ai2thor#235: two ways to tell what is visible that disagree
def test_what_is_clearly_visible_is_visible() -> None:
    thin = paint_patches([Patch("wall shelf", (10, 50, 440, 54), size=(2.0, 0.2, 0.02))], 448, 336)
    assert thin.pixel_share(1) > 0.01
    assert not is_visible(thin, 1)
    assert not is_clearly_visible(thin, 1)


# ScanNet#51 (every object twice, under two ids), habitat-sim#321 (sizes below 0)
def test_a_scan_that_lists_things_twice_or_with_negative_sizes(tmp_path: Path) -> None:
    listed = scan_json()["objects"]
    twice = [*listed, *({**record, "id": record["id"] + 30} for record in listed)]
    write_tiny(tmp_path / "twice", ids=False, scan=scan_json(objects=twice))
    scan = read_scan(tmp_path / "twice", "twice")
    assert [obj.id for obj in scan.objects] == [record["id"] for record in listed]
    assert scan.left_out["objects"] == {"is listed twice, under two ids": 3}

    sizes = [{**r["box"], "size": [-side for side in r["box"]["size"]]} for r in listed]
    negative = [{**record, "box": box} for record, box in zip(listed, sizes, strict=True)]
    write_tiny(tmp_path / "negative", scan=scan_json(objects=negative))
    scan = read_scan(tmp_path / "negative", "negative")
    assert scan.left_out["objects"] == {"has a box without size": 3}
