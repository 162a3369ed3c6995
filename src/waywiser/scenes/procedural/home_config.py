"""`HomeConfig`: how procedural homes are laid out, furnished, lit and recorded."""

from typing import Any

from pydantic import Field, model_validator

from waywiser.scenes.procedural.camera_config import CameraConfig, check_ranges
from waywiser.scenes.procedural.room_config import RoomConfig, drop_retired_fields


class HomeConfig(CameraConfig):
    """Ranges that homes are sampled from; lengths in meters."""

    width: int = Field(default=448, ge=16, le=8192, description="Width of a picture, in pixels.")
    height: int = Field(default=336, ge=16, le=8192, description="Height of a picture, in pixels.")
    min_rooms: int = Field(default=1, ge=1, le=6, description="Fewest rooms of a home.")
    max_rooms: int = Field(default=6, ge=1, le=6, description="Most rooms of a home.")
    min_room_area: float = Field(
        default=9.0,
        ge=6,
        le=40,
        description="Smallest mean floor area of a home's rooms, in square meters: bathrooms are smaller.",
    )
    max_room_area: float = Field(
        default=20.0,
        ge=6,
        le=60,
        description="Largest mean floor area of a home's rooms: living rooms are larger.",
    )
    min_height: float = Field(default=2.4, ge=2.2, le=6, description="Lowest ceiling, in meters.")
    max_height: float = Field(default=3.0, ge=2.2, le=6, description="Highest ceiling, in meters.")
    l_shaped_share: float = Field(
        default=0.25, ge=0, le=1, description="Share of rooms with an L-shaped floor."
    )
    min_objects: int = Field(
        default=12,
        ge=1,
        le=60,
        description="Fewest things in a room, small ones and lamps included.",
    )
    max_objects: int = Field(default=25, ge=1, le=60, description="Most things in a room.")
    several_share: float = Field(
        default=0.9,
        ge=0,
        le=1,
        description="Share of rooms in which small things (books, cups) come in several.",
    )
    night_share: float = Field(
        default=0.2, ge=0, le=1, description="Share of homes that are shown at night, by lamplight."
    )
    moving_share: float = Field(
        default=0.9, ge=0, le=1, description="Share of homes with clips in which something moves."
    )
    moving_clips: int = Field(default=2, ge=1, le=6, description="Most such clips of one home.")
    photos: int = Field(default=12, ge=1, le=24, description="Most single pictures of a home.")
    excerpts: int = Field(
        default=5,
        ge=0,
        le=11,
        description="Most stretches of the walk that become clips of their own.",
    )
    fps: float = Field(default=2.0, gt=0, le=30, description="Frames per second of a clip.")
    min_frames: int = Field(default=16, ge=4, le=256, description="Fewest frames of a walk.")
    max_frames: int = Field(default=32, ge=4, le=256, description="Most frames of a walk.")
    moving_frames: int = Field(
        default=16, ge=4, le=256, description="Frames of a clip in which something moves."
    )

    @model_validator(mode="before")
    @classmethod
    def _without_retired(cls, fields: Any) -> Any:
        return drop_retired_fields(fields)

    @model_validator(mode="after")
    def _ordered(self) -> "HomeConfig":
        check_ranges(self, ("rooms", "room_area", "height", "objects", "frames"))
        return self

    @property
    def room(self) -> RoomConfig:
        """The same ranges for furnishing and photographing a single room."""
        return RoomConfig(
            width=self.width,
            height=self.height,
            **{name: getattr(self, name) for name in CameraConfig.model_fields},
            min_objects=self.min_objects,
            max_objects=self.max_objects,
            several_share=self.several_share,
            min_height=self.min_height,
            max_height=self.max_height,
        )
