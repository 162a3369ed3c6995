"""`build_home_scene`: a furnished, lit home of one to six rooms with doors, from a seed.

The scene also has the cameras of single pictures and the clips that film it.
"""

import numpy as np

from waywiser.errors import SceneError
from waywiser.scenes.furniture.furniture_library import FurnitureLibrary
from waywiser.scenes.procedural.appearance import sample_room, sample_tints
from waywiser.scenes.procedural.camera_path import make_subclips, make_walk_clip
from waywiser.scenes.procedural.camera_placement import sample_good_cameras
from waywiser.scenes.procedural.dynamic_objects import make_motion_clips
from waywiser.scenes.procedural.framing import find_landmarks, fully_framed, nameable_pieces
from waywiser.scenes.procedural.furnish_home import furnish_home
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.lighting import sample_ambient, sample_lights
from waywiser.scenes.procedural.overlapping_views import make_views_clip
from waywiser.scenes.procedural.room import SPLITS
from waywiser.scenes.procedural.surroundings import Surroundings
from waywiser.scenes.procedural.walk_path import make_walk_path
from waywiser.scenes.procedural.walkers import add_walkers
from waywiser.scenes.scene import Box, Camera, Light, Object, Room, Scene

__all__ = ["HomeConfig", "build_home_scene"]

VERSION = "homes-3"
CANDIDATES_PER_PHOTO = 3
_SEED_STREAM = 4  # keeps the draws of homes apart from those of single rooms


def build_home_scene(
    index: int, seed: int, split: str, library: FurnitureLibrary, config: HomeConfig | None = None
) -> Scene:
    """A furnished home with lights and cameras: the same arguments give the same scene.

    Rooms are listed in the order of a walk; `doors[i]` joins rooms i and i + 1, and further doors
    come
    after. Furniture suits each room's use, no two pieces share space, and an aisle leads from every
    door to every other. `cameras` take single pictures. `clips` hold a video of the walk through
    all
    rooms, overlapping views of one room if some are found, excerpts of the walk and, for a share of
    the
    homes, videos in which something moves.

    Args:
        index: Number of the home, counted from 0.
        seed: Seed of the dataset.
        split: "train" or "heldout"; each uses its own half of the library's models.
        library: The furniture.
        config: Ranges that homes are sampled from.

    Returns:
        The scene, with id "{split}-home-{seed}-{index}".

    Raises:
        SceneError: The split is unknown, the index or seed is negative, or no home fits the ranges.
    """
    config = config or HomeConfig()
    if split not in SPLITS:
        raise SceneError(f"unknown split {split!r}: use 'train' or 'heldout'")
    if index < 0 or seed < 0:
        raise SceneError(f"home index and seed must not be negative, got {index} and {seed}")

    rng = np.random.default_rng([seed, SPLITS.index(split), index, _SEED_STREAM])
    height = round(float(rng.uniform(config.min_height, config.max_height)), 3)
    plan, rooms = furnish_home(rng, library, split, height, config)
    is_dynamic = rng.random() < config.moving_share

    if is_dynamic:
        add_walkers(rng, rooms, split)

    is_night = bool(rng.random() < config.night_share)
    shapes, lights = _sample_appearance(rng, rooms, height, is_night)
    photos = _choose_photos(rng, rooms, config)
    surroundings = Surroundings.of_home(plan, rooms)
    path = make_walk_path(plan, rooms, surroundings)
    walk = make_walk_clip(rng, path, rooms, surroundings, config)
    clips = [
        walk,
        *(clip for room, camera in photos[:1] if (clip := make_views_clip(rng, room, camera))),
        *(make_motion_clips(rng, rooms, config) if is_dynamic else ()),
        *make_subclips(rng, walk, rooms, config),
    ]

    return Scene(
        id=f"{split}-home-{seed}-{index:06d}",
        seed=seed,
        split=split,
        furniture=library.name,
        rooms=shapes,
        objects=_make_objects(rng, rooms, is_night),
        lights=lights,
        ambient=sample_ambient(rng, is_night),
        cameras=tuple(room.to_home_camera(camera) for room, camera in photos),
        version=VERSION,
        doors=plan.doors,
        clips=tuple(clips),
    )


def _sample_appearance(
    rng: np.random.Generator, rooms: list[FurnishedRoom], height: float, is_night: bool
) -> tuple[tuple[Room, ...], tuple[Light, ...]]:
    """Painted rooms and their lights; also sets the rooms' `first_id`."""
    shapes: list[Room] = []
    lights: list[Light] = []
    first_id = 1

    for room in rooms:
        room.first_id = first_id
        first_id = first_id + len(room.pieces)
        shape = sample_room(rng, room.placed_room.plan, height, room.use)
        shapes.append(shape.model_copy(update={"polygon": room.placed_room.polygon}))

        for light in sample_lights(rng, room.placed_room.plan, room.pieces, height, is_night):
            x, y = room.placed_room.to_home_frame(light.position[:2])
            lights.append(
                light.model_copy(update={"position": (round(x, 3), round(y, 3), light.position[2])})
            )

    return tuple(shapes), tuple(lights)


def _choose_photos(
    rng: np.random.Generator, rooms: list[FurnishedRoom], config: HomeConfig
) -> list[tuple[FurnishedRoom, Camera]]:
    """Up to `config.photos` cameras, at most four a room, in room coordinates.

    Each is the best of three candidates (see `_choose_camera`).
    """
    views = max(1, min(4, config.photos // len(rooms)))
    room_config = config.room
    photos: list[tuple[FurnishedRoom, Camera]] = []
    room_order = rng.permutation(len(rooms)).tolist()

    for room in (rooms[i] for i in room_order[: config.photos]):
        if not room.pieces:  # a small library may have nothing that suits a room
            continue

        chosen: list[Camera] = []
        for number in range(views):
            cameras = sample_good_cameras(
                rng,
                room.placed_room.plan,
                room.pieces,
                [(*room.walkways.hub, 0.5)],
                room_config,
                others=chosen,
                count=CANDIDATES_PER_PHOTO,
            )
            camera = _choose_camera(cameras, room, counts_alike=number % 2 == 1)
            if camera not in chosen:
                chosen.append(camera)

        photos += [(room, camera) for camera in chosen]

    return photos


def _most_telling(
    photos: list[tuple[FurnishedRoom, Camera]],
) -> list[tuple[FurnishedRoom, Camera]]:
    """The photo with most landmarks, which other views of the room can be compared with; none
    without photos.
    """
    if not photos:
        return []

    def count_landmarks(photo: tuple[FurnishedRoom, Camera]) -> int:
        room, camera = photo
        surroundings = Surroundings.of_room(room.placed_room.plan, room.pieces)
        landmarks_N = find_landmarks(camera, room, surroundings)
        return int((landmarks_N & nameable_pieces(room.pieces)).sum())

    return [max(photos, key=count_landmarks)]


def _choose_camera(cameras: list[Camera], room: FurnishedRoom, counts_alike: bool) -> Camera:
    """The camera that fully frames most pieces.

    Pieces count whose category is unique in the room, or those that share one category if
    `counts_alike`.
    """
    words = [piece.model.category for piece in room.pieces]
    fully_framed_C_P = np.array([fully_framed(camera, room.pieces) for camera in cameras])

    if counts_alike:
        score_C = np.max(
            [fully_framed_C_P[:, np.array(words) == word].sum(axis=1) for word in set(words)],
            axis=0,
        )
    else:
        score_C = (fully_framed_C_P & nameable_pieces(room.pieces)).sum(axis=1)

    return cameras[int(np.argmax(score_C))]


def _make_objects(
    rng: np.random.Generator, rooms: list[FurnishedRoom], is_night: bool
) -> tuple[Object, ...]:
    objects: list[Object] = []

    for index, room in enumerate(rooms):
        for number, (piece, tint) in enumerate(
            zip(room.pieces, sample_tints(rng, room.pieces, is_night), strict=True)
        ):
            x, y = room.placed_room.to_home_frame((piece.footprint.x, piece.footprint.y))
            center = (x, y, piece.z + piece.size[2] / 2)
            objects.append(
                Object(
                    id=room.first_id + number,
                    category=piece.model.category,
                    model=piece.model.key,
                    box=Box(center=center, size=piece.size, yaw=piece.footprint.yaw),
                    tint=tint,
                    on=None if piece.on is None else room.first_id + piece.on,
                    room=index,
                )
            )

    return tuple(objects)
