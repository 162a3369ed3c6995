"""The light of a whole scene, worked out once: lamps, light through doorways, light that bounces
and the exposure of each room.

Dimensions: P points of a room's grid, D directions, F faces, N hits of their rays, K chosen hits,
E corners of a room.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.direct_lighting import Tracer, direct_light
from waywiser.rendering.embree.lamps import (
    GOLDEN_SHARE,
    Lamp,
    LampSet,
    doorway_lamps,
    lamps_by_room,
    with_radiance,
)
from waywiser.rendering.embree.light_field import (
    NUM_DIRECTIONS,
    LightField,
    ProbeGrid,
    fit_field,
    sphere_directions,
    usable_points,
)
from waywiser.rendering.embree.rays import Floats
from waywiser.rendering.embree.vectors import Vectors, dot, put
from waywiser.rendering.scene_mesh import SceneMesh
from waywiser.scenes.scene import Scene, Vec3

AMBIENT_SHARE = 0.3  # of a scene's ambient light: the rest is what surfaces really bounce
NUM_BOUNCES = 3
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
DOORWAY_SAMPLES = 8  # shadow rays of each of as many points in a doorway, to measure its light
MIDDLE_RADIANCE = 0.3  # what the median of a room's surfaces is exposed to
BRIGHT_RADIANCE = 1.1  # what its brightest twentieth may reach
MIN_EXPOSURE, MAX_EXPOSURE = 0.03, 8.0
ADAPTATION = 0.85  # share, of the stops that a room is off, that exposure makes up for
MAX_SHOWN_GLOW = 3.0  # exposed radiance of white things that glow, at most
ROOM_BLEND_DISTANCE = 0.5  # meters from a room over which its exposure fades


@dataclass(frozen=True)
class FaceLooks:
    """What bounces light: normals, albedos and rooms of all faces, movable ones last."""

    normal_3_F: Floats
    albedo_3_F: Floats
    room_F: NDArray[np.int32]

    @classmethod
    def of(cls, scene_mesh: SceneMesh) -> "FaceLooks":
        soups = (scene_mesh.opaque, scene_mesh.movable)
        material_F = np.concatenate([soup.material_F for soup in soups])
        return cls(
            np.concatenate([soup.normal_3_F for soup in soups], axis=1),
            np.take(scene_mesh.materials.mean_color_3_M, material_F, axis=1),
            np.concatenate([soup.room_F for soup in soups]),
        )


@dataclass(frozen=True)
class RoomLight:
    """The light of a scene.

    Attributes:
        lamp_sets: Lamps by room, or a single set for all of a scene without doors.
        fields: Bounced light by room; none in empty space.
        exposures: Factors on radiance, by room.
        ambient: Irradiance from everywhere.
        middles: A point in the middle of each room.
    """

    lamp_sets: tuple[LampSet, ...]
    fields: tuple[LightField, ...]
    exposures: tuple[float, ...]
    ambient: float
    middles: tuple[Vec3, ...]

    @cached_property
    def mean_light(self) -> Vectors:
        """(3, R) irradiance in the middle of each room, from all around; one in empty space."""
        up_3_1 = np.array([[0.0], [0.0], [1.0]], np.float32)
        points = np.array(self.middles or [(0, 0, 0)], np.float32)[..., None]
        lights = [
            (self.indirect(index, point_3_1, up_3_1) + self.indirect(index, point_3_1, -up_3_1)) / 2
            for index, point_3_1 in enumerate(points)
        ]
        return np.concatenate(lights, axis=1)

    def indirect(self, room: int, points_3_K: Vectors, normal_3_K: Vectors) -> Vectors:
        """Irradiance (3, K) that does not come straight from a lamp."""
        if not self.fields:
            gray_K = np.float32(self.ambient) * (0.85 + 0.15 * normal_3_K[2])
            return np.broadcast_to(gray_K, (3, normal_3_K.shape[1]))

        field = self.fields[min(max(room, 0), len(self.fields) - 1)]
        light_3_K = field.irradiance(points_3_K, normal_3_K)
        light_3_K += np.float32(self.ambient)
        return light_3_K

    def limit_glow(self, room: int, emission_K: Floats) -> Floats:
        """Emission (K,) no brighter than the room's exposure can show with its shape."""
        exposure = self.exposures[min(room, len(self.exposures) - 1)] if self.exposures else 1.0
        return np.minimum(emission_K, np.float32(MAX_SHOWN_GLOW / exposure))

    def exposure_at(self, scene: Scene, position_3: NDArray[np.float64]) -> float:
        """The exposure of a camera there: its room's, blended with the next one's near a door."""
        if not self.exposures:
            return 1.0

        weights = [
            np.exp(-_distance_to(room.polygon, position_3) / ROOM_BLEND_DISTANCE)
            for room in scene.rooms
        ]
        stops = np.average(np.log(self.exposures), weights=np.maximum(weights, 1e-30))
        return float(np.exp(stops))


def _distance_to(polygon: tuple[tuple[float, float], ...], position_3: Floats) -> float:
    """Meters from a polygon's outline, negative inside."""
    a_E_2 = np.asarray(polygon)
    edge_E_2 = np.roll(a_E_2, -1, axis=0) - a_E_2
    to_E_2 = np.asarray(position_3)[:2] - a_E_2
    share_E = (to_E_2 * edge_E_2).sum(axis=1) / np.maximum((edge_E_2**2).sum(axis=1), 1e-12)
    gap_E_2 = to_E_2 - np.clip(share_E, 0, 1)[:, None] * edge_E_2
    distance = float(np.hypot(*gap_E_2.T).min())
    nearest_2 = np.asarray(position_3)[:2]
    crossings = 0

    for (ax, ay), (ex, ey) in zip(a_E_2.tolist(), edge_E_2.tolist(), strict=True):
        if (ay > nearest_2[1]) != (ay + ey > nearest_2[1]):
            crossings += nearest_2[0] < ax + ex * (nearest_2[1] - ay) / ey

    return -distance if crossings % 2 else distance


def compute_room_light(scene: Scene, scene_mesh: SceneMesh, tracer: Tracer) -> RoomLight:
    """Light the scene: lamps, doorways, then `NUM_BOUNCES` bounces between its surfaces."""
    lamps = lamps_by_room(scene)
    own_sets = [LampSet.of(room_lamps) for room_lamps in lamps]

    for door in scene.doors:
        sides = doorway_lamps(scene, door)
        if len(sides) != 2:
            continue

        for (room, lamp), (neighbor, opposite) in (sides, sides[::-1]):
            radiance_3 = _doorway_radiance(tracer, own_sets[neighbor], opposite)
            lamps[room] = [*lamps[room], with_radiance(lamp, radiance_3)]

    lamp_sets = tuple(LampSet.of(room_lamps) for room_lamps in lamps)
    ambient = scene.ambient * (AMBIENT_SHARE if scene.rooms else 1.0)
    looks = FaceLooks.of(scene_mesh)
    probes = [
        _trace_probes(scene, index, lamp_sets, looks, tracer, ambient)
        for index in range(len(scene.rooms))
    ]
    radiances = [probe.direct_3_N for probe in probes]
    fields: list[LightField] = []

    for _ in range(NUM_BOUNCES):
        fields = [probe.field(radiance) for probe, radiance in zip(probes, radiances, strict=True)]
        radiances = [probe.bounced(fields) for probe in probes]

    exposures = tuple(choose_exposure(radiance_3_N) for radiance_3_N in radiances)
    middles = tuple((*np.mean(room.polygon, axis=0), room.height / 2) for room in scene.rooms)
    return RoomLight(lamp_sets, tuple(fields), exposures, ambient, middles)


def _doorway_radiance(tracer: Tracer, lamp_set: LampSet, opposite: Lamp) -> Floats:
    """(3,) radiance of a doorway: what lamps of the room behind send into it.

    `opposite` is the doorway's rectangle on that room's side, which faces their light.
    """
    points_N_3 = opposite.sample_points()[::9].repeat(DOORWAY_SAMPLES, axis=0)
    normal_3_1 = np.asarray(opposite.normal, np.float32)[:, None]
    quantile_N = (np.arange(len(points_N_3), dtype=np.float32) + 0.5) / len(points_N_3)
    points_3_N = np.ascontiguousarray(points_N_3.T)
    quantile_N = quantile_N * np.float32(DOORWAY_SAMPLES) % 1
    light_3_N, visible_N = direct_light(
        tracer, lamp_set, points_3_N, normal_3_1, normal_3_1, [quantile_N]
    )

    return (light_3_N * visible_N).mean(axis=1)


@dataclass(frozen=True)
class _Probes:
    """What the rays from a room's grid meet."""

    grid: ProbeGrid
    usable_P: NDArray[np.bool_]
    points_3_N: Vectors
    normal_3_N: Vectors
    albedo_3_N: Vectors
    room_N: NDArray[np.int32]
    direct_3_N: Vectors

    def field(self, radiance_3_N: Vectors) -> LightField:
        radiance_P_D_3 = radiance_3_N.T.reshape(-1, NUM_DIRECTIONS, 3)
        return fit_field(
            self.grid, radiance_P_D_3, sphere_directions(NUM_DIRECTIONS), self.usable_P
        )

    def bounced(self, fields: list[LightField]) -> Vectors:
        """Radiance (3, N) of what was met, lit by lamps and these fields."""
        radiance_3_N = self.direct_3_N.copy()
        for room, field in enumerate(fields):
            there_K = np.flatnonzero(self.room_N == room)
            points_3_K, normal_3_K, albedo_3_K, radiance_3_K = (
                np.take(rows, there_K, axis=1)
                for rows in (self.points_3_N, self.normal_3_N, self.albedo_3_N, radiance_3_N)
            )
            radiance_3_K += field.irradiance(points_3_K, normal_3_K) * albedo_3_K
            put(radiance_3_N, there_K, radiance_3_K)

        return radiance_3_N


def _trace_probes(
    scene: Scene,
    index: int,
    lamp_sets: tuple[LampSet, ...],
    looks: FaceLooks,
    tracer: Tracer,
    ambient: float,
) -> _Probes:
    room = scene.rooms[index]
    grid = ProbeGrid.of(room)
    points_P_3 = grid.points()
    directions_D_3 = sphere_directions(NUM_DIRECTIONS)
    origins_N_3 = np.repeat(points_P_3, NUM_DIRECTIONS, axis=0)
    directions_N_3 = np.tile(directions_D_3, (len(points_P_3), 1))
    hits = tracer.intersect(origins_N_3, directions_N_3)
    missed_N = hits.face_N < 0
    distance_N = np.where(missed_N, np.float32(1), hits.t_N)
    usable_P = usable_points(room, points_P_3, distance_N.reshape(-1, NUM_DIRECTIONS))
    face_N = np.maximum(hits.face_N, 0)
    directions_3_N = np.ascontiguousarray(directions_N_3.T)
    normal_3_N = np.take(looks.normal_3_F, face_N, axis=1)
    normal_3_N *= np.where(dot(normal_3_N, directions_3_N) > 0, np.float32(-1), np.float32(1))
    albedo_3_N = np.take(looks.albedo_3_F, face_N, axis=1) * ~missed_N
    points_3_N = np.ascontiguousarray((origins_N_3 + directions_N_3 * distance_N[:, None]).T)
    room_N = np.where(missed_N, -1, np.clip(looks.room_F[face_N], 0, len(scene.rooms) - 1))
    direct_3_N = np.full_like(points_3_N, ambient)
    quantile_N = (np.arange(len(room_N)) * GOLDEN_SHARE % 1).astype(np.float32)

    for lamp_room, lamp_set in enumerate(lamp_sets):
        there_K = np.flatnonzero((room_N == lamp_room) | (len(lamp_sets) == 1))
        points_3_K, normal_3_K, total_3_K = (
            np.take(rows, there_K, axis=1) for rows in (points_3_N, normal_3_N, direct_3_N)
        )
        light_3_K, visible_K = direct_light(
            tracer, lamp_set, points_3_K, normal_3_K, normal_3_K, [quantile_N[there_K]]
        )
        put(direct_3_N, there_K, total_3_K + light_3_K * visible_K)

    direct_3_N *= albedo_3_N
    return _Probes(grid, usable_P, points_3_N, normal_3_N, albedo_3_N, room_N, direct_3_N)


def choose_exposure(radiance_3_N: Vectors) -> float:
    """The factor that brings the median of these radiances near `MIDDLE_RADIANCE`, but their
    brightest twentieth not far above `BRIGHT_RADIANCE`.
    """
    luminance_N = dot(LUMINANCE[:, None], radiance_3_N)
    median, bright = np.maximum(np.percentile(luminance_N, [50, 95]), 1e-6).tolist()
    wanted = min(MIDDLE_RADIANCE / median, BRIGHT_RADIANCE / bright)
    return float(np.clip(wanted**ADAPTATION, MIN_EXPOSURE, MAX_EXPOSURE))
