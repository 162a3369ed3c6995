"""A home of two rooms made of plain boxes: a kitchen and a bedroom, filmed and photographed."""

from helpers.box_clips import camera, room, scene, thing
from waywiser.scenes.scene import Object, Room, Scene

KITCHEN = [
    thing(1, "table", -2.0, 2.6, (1.0, 0.8, 0.75)),
    thing(2, "fridge", -3.5, 0.2, (0.7, 0.7, 1.8)),
    thing(3, "stove", -2.2, -3.0, (0.6, 0.6, 0.9)),
    thing(4, "trash can", -0.6, 1.2, (0.4, 0.4, 0.6)),
    thing(5, "chair", -0.7, -2.4, (0.5, 0.5, 0.9)),
]
BEDROOM = [
    thing(11, "bed", 3.0, 2.4, (1.4, 1.8, 0.5), room=1),
    thing(12, "wardrobe", 1.2, -3.2, (1.2, 0.6, 1.9), room=1),
    thing(13, "chair", 3.4, -0.6, (0.5, 0.5, 0.9), room=1),
    thing(14, "chair", 0.8, 2.2, (0.5, 0.5, 0.9), room=1),
    thing(15, "floor lamp", 3.2, -2.8, (0.4, 0.4, 1.5), room=1),
    thing(16, "plant", 1.0, 3.4, (0.5, 0.5, 1.1), room=1),
]
LOOKS = (
    camera(-2.0, 0.0, 90, pitch=15),
    camera(-0.5, -3.6, 110, pitch=15),
    camera(0.6, -1.0, 50, pitch=15),
    camera(3.6, 3.4, 235, pitch=20),
    camera(0.5, -2.0, 60, pitch=20),
    camera(-0.6, -1.9, 117, pitch=10),
)


def outlines() -> list[Room]:
    """The kitchen, west of x = 0, and the bedroom, east of it."""
    west = room(((-4, -4), (0, -4), (0, 4), (-4, 4)))
    east = room(((0, -4), (4, -4), (4, 4), (0, 4)))
    return [
        west.model_copy(update={"use": "kitchen"}),
        east.model_copy(update={"use": "bedroom"}),
    ]


def two_rooms(*more: Object) -> Scene:
    """The home, with more things if wanted: a video that turns round in each room, and photos."""
    west = [camera(-2.0, -0.5, angle, pitch=18) for angle in range(0, 360, 30)]
    east = [camera(2.0, 0.0, angle, pitch=18) for angle in range(0, 360, 30)]
    home = scene([*KITCHEN, *BEDROOM, *more], [*west, *east], rooms=outlines())
    return home.model_copy(update={"cameras": LOOKS})
