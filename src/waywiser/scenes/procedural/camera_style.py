"""How a camera is held: its lens, height and tilt, which all frames of a clip share."""

import math
from dataclasses import dataclass

import numpy as np

from waywiser.scenes.procedural.camera_config import CameraConfig
from waywiser.scenes.scene import Camera

LOW_EYES = (0.5, 0.9)
SEATED_EYES = (1.0, 1.2)
STANDING_EYES = (1.5, 1.7)
"""Heights (m) of a small child or a robot, of somebody seated and of somebody who stands."""
MAX_ROLL = 2.5
"""Degrees by which a camera is held askew, at most."""


@dataclass(frozen=True)
class CameraStyle:
    """Lens, height and tilt of a camera; angles in radians, lengths in meters.

    Attributes:
        width: Width of a picture in pixels.
        height: Height of a picture in pixels.
        fov: Horizontal field of view.
        eye: Height above the floor.
        pitch: Angle by which it looks down.
        roll: Angle by which it is turned about its optical axis.
    """

    width: int
    height: int
    fov: float
    eye: float
    pitch: float
    roll: float

    @classmethod
    def of(cls, camera: Camera) -> "CameraStyle":
        """The style of a camera that `make_camera` made."""
        down = math.asin(float(np.clip(-camera.pose[2, 2], -1, 1)))
        return cls(
            width=camera.width,
            height=camera.height,
            fov=2 * math.atan(camera.width / 2 / camera.fx),
            eye=float(camera.position[2]),
            pitch=down,
            roll=math.asin(float(np.clip(-camera.pose[2, 0] / math.cos(down), -1, 1))),
        )

    @property
    def vertical_fov(self) -> float:
        """Vertical field of view in radians."""
        return 2 * math.atan(math.tan(self.fov / 2) * self.height / self.width)

    def make_camera(
        self, x: float, y: float, yaw: float, rise: float = 0.0, nod: float = 0.0, sway: float = 0.0
    ) -> Camera:
        """A camera of this style at a place, looking along a heading.

        Args:
            x: World x in meters.
            y: World y in meters.
            yaw: Heading in radians, counter-clockwise from +x.
            rise: Meters above the style's height.
            nod: Radians by which it looks down beyond the style's pitch.
            sway: Radians of roll beyond the style's own.

        Returns:
            The camera, its position rounded to 0.1 mm.
        """
        pitch = self.pitch + nod
        flat = math.cos(pitch)
        position = (round(x, 4), round(y, 4), round(self.eye + rise, 4))
        target = (
            position[0] + math.cos(yaw) * flat,
            position[1] + math.sin(yaw) * flat,
            position[2] - math.sin(pitch),
        )

        return Camera.look_at(
            position,
            target,
            width=self.width,
            height=self.height,
            horizontal_fov=self.fov,
            roll=self.roll + sway,
        )


def sample_camera_style(
    rng: np.random.Generator, config: CameraConfig, width: int, height: int
) -> CameraStyle:
    """A lens, a height of the eye, and a pitch that goes with the height.

    Args:
        rng: Source of randomness.
        config: Ranges of lenses and heights.
        width: Width of a picture in pixels.
        height: Height of a picture in pixels.
    """
    fov = float(rng.uniform(config.min_fov_degrees, config.max_fov_degrees))
    eye = _sample_eye(rng, config)
    # Who stands looks down at furniture, who is low looks level.
    pitch = float(rng.uniform(2, 8)) + 9 * (eye - 0.7)
    is_rolled = rng.random() < config.rolled_share
    roll = float(rng.uniform(-MAX_ROLL, MAX_ROLL)) * is_rolled

    return CameraStyle(
        width=width,
        height=height,
        fov=math.radians(config.fov_degrees or round(fov, 1)),
        eye=round(eye, 3),
        pitch=math.radians(pitch),
        roll=math.radians(roll),
    )


def _sample_eye(rng: np.random.Generator, config: CameraConfig) -> float:
    """A height of one kind, of those that the configured range allows."""
    shares = (config.low_share, config.seated_share, 1 - config.low_share - config.seated_share)
    ranges = [
        (max(low, config.min_eye), min(high, config.max_eye), share)
        for (low, high), share in zip((LOW_EYES, SEATED_EYES, STANDING_EYES), shares, strict=True)
    ]
    ranges = [(low, high, share) for low, high, share in ranges if low <= high and share > 0]
    if not ranges:
        return float(rng.uniform(config.min_eye, config.max_eye))

    weights = np.array([share for *_, share in ranges])
    low, high, _ = ranges[int(rng.choice(len(ranges), p=weights / weights.sum()))]
    return float(rng.uniform(low, high))
