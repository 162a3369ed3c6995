"""Whether a viewer sees a thing: by the audit's means, and where these and the tasks' part ways."""

import math

import pytest

from helpers.box_clips import Boxes, scene, thing
from waywiser.audit import thresholds
from waywiser.audit.geometry.posed_objects import ModelMeshes
from waywiser.audit.geometry.recognition import is_conspicuous, is_recognizable, shorter_side
from waywiser.audit.geometry.scene_raster import ImageRaster, SceneRaster
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.scenes.scene import Camera, Object
from waywiser.tasks.base import View, recognize
from waywiser.tasks.views import render_view

SUBJECT = 1


def pictured(*things: Object) -> tuple[View, ImageRaster]:
    """The things from the middle of the room, looking along +x: to the tasks and to the audit."""
    camera = Camera.look_at(
        (0, 0, 1.0), (1, 0, 1.0), width=320, height=240, horizontal_fov=math.radians(80)
    )
    world = scene(list(things), []).model_copy(update={"cameras": (camera,), "clips": ()})
    view = render_view(RoomRenderer(world, Boxes()), world, 0, RenderOptions(rgb=False))
    return view, SceneRaster(world, ModelMeshes(Boxes())).image(0)


PLAIN = {
    "a box in the open": [thing(SUBJECT, "box", 2.5, 0.0)],
    "one cut by the edge": [thing(SUBJECT, "box", 2.5, 2.0, (0.8, 0.8, 0.9))],
    "one that is half hidden": [
        thing(SUBJECT, "box", 3.0, 0.0, (0.8, 0.8, 0.9)),
        thing(2, "wardrobe", 1.5, 0.6, (0.4, 1.0, 2.0)),
    ],
}


@pytest.mark.parametrize("things", PLAIN.values(), ids=PLAIN)
def test_both_notions_agree_on_what_is_plain_to_see(things: list[Object]) -> None:
    view, raster = pictured(*things)
    assert recognize(view, SUBJECT) == "seen"
    assert is_recognizable(raster, SUBJECT)


@pytest.mark.parametrize(
    "things",
    [
        [thing(SUBJECT, "box", -2.5, 0.0)],
        [
            thing(SUBJECT, "box", 3.0, 0.0, (0.3, 0.3, 0.3)),
            thing(2, "wardrobe", 1.5, 0.0, (0.4, 1.5, 2.0)),
        ],
    ],
    ids=["behind the camera", "behind a wardrobe"],
)
def test_both_notions_agree_on_what_does_not_show(things: list[Object]) -> None:
    view, raster = pictured(*things)
    assert recognize(view, SUBJECT) == "unseen"
    assert not is_recognizable(raster, SUBJECT)
    assert not is_conspicuous(raster, SUBJECT)
    assert shorter_side(raster, SUBJECT) == 0.0


def test_a_thin_strip_is_not_recognizable() -> None:
    """It covers more than enough pixels; what it belongs to nobody could say."""
    view, raster = pictured(thing(SUBJECT, "lamp", 2.5, 0.0, (0.02, 0.02, 2.0)))
    assert shorter_side(raster, SUBJECT) < thresholds.MIN_RECOGNIZABLE_SIDE
    assert not is_recognizable(raster, SUBJECT)
    assert recognize(view, SUBJECT) != "seen"


def test_a_long_thin_thing_is_conspicuous() -> None:
    view, raster = pictured(thing(SUBJECT, "lamp", 3.5, 0.0, (0.02, 0.02, 1.2)))
    assert is_conspicuous(raster, SUBJECT)
    assert recognize(view, SUBJECT) != "unseen"  # no question may depend on it
    short = pictured(thing(SUBJECT, "lamp", 3.5, 0.0, (0.02, 0.02, 0.3)))[1]
    assert not is_conspicuous(short, SUBJECT)


def test_surface_is_measured_apart_from_the_silhouette() -> None:
    """A wardrobe of which a strip shows beside another: both say how much of it is left, one by its
    pixels and one by its surface, and the audit refuses it once the surface is too little.
    """
    wardrobe = thing(SUBJECT, "wardrobe", 3.0, 0.0, (0.6, 1.2, 2.0))
    shares = []

    for width in (0.6, 0.8, 0.9):
        _, raster = pictured(wardrobe, thing(2, "fridge", 1.8, -0.16, (0.3, width, 2.0)))
        shares.append(raster.visible_surface(SUBJECT))
        too_little = shares[-1] < thresholds.MIN_VISIBLE_SURFACE
        assert is_recognizable(raster, SUBJECT) != too_little
        assert shares[-1] == pytest.approx(raster.visible_fraction(SUBJECT), abs=0.15)

    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]
