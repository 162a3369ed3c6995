"""`RoomConfig`: how procedural rooms are furnished, lit and photographed."""

from typing import Any

from pydantic import Field, model_validator

from waywiser.scenes.procedural.camera_config import CameraConfig, check_ranges

RETIRED_FIELDS = ("distinct_share", "once_share")
"""Fields of older recipes: rooms now hold what such rooms hold, so they have nothing to say."""


def drop_retired_fields(fields: Any) -> Any:
    """The fields of a configuration without those that older recipes had."""
    if not isinstance(fields, dict):
        return fields
    return {name: value for name, value in fields.items() if name not in RETIRED_FIELDS}


class RoomConfig(CameraConfig):
    """Ranges that rooms are sampled from; lengths in meters."""

    views: int = Field(default=1, ge=1, le=64, description="Pictures of each room.")
    width: int = Field(default=320, ge=16, le=8192, description="Width of a picture, in pixels.")
    height: int = Field(default=240, ge=16, le=8192, description="Height of a picture, in pixels.")
    min_side: float = Field(
        default=3.0, ge=2.5, le=20, description="Shortest side of a room, in meters."
    )
    max_side: float = Field(
        default=7.0, ge=2.5, le=20, description="Longest side of a room, in meters."
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
        default=0.7,
        ge=0,
        le=1,
        description="Share of rooms in which small things (books, cups) come in several.",
    )
    night_share: float = Field(
        default=0.2, ge=0, le=1, description="Share of rooms that are shown at night, by lamplight."
    )
    clearance: float = Field(
        default=0.04,
        ge=0.0,
        le=0.5,
        description="Smallest gap between pieces of furniture, in meters.",
    )
    camera_clearance: float = Field(
        default=0.5,
        ge=0.1,
        le=1.5,
        description="Smallest distance from the camera to walls and furniture, in meters.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> "RoomConfig":
        check_ranges(self, ("side", "height", "objects"))
        return self
