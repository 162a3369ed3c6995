"""`RoomConfig`: how procedural rooms are furnished, lit and photographed."""

from pydantic import BaseModel, ConfigDict, Field, model_validator


class RoomConfig(BaseModel):
    """Ranges that rooms are sampled from; lengths in meters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    views: int = Field(default=1, ge=1, le=64)
    """Single pictures of a room."""
    width: int = Field(default=320, ge=16, le=8192)
    """Width of the pictures in pixels."""
    height: int = Field(default=240, ge=16, le=8192)
    """Height of the pictures in pixels."""
    fov_degrees: float = Field(default=70.0, ge=20, le=120)
    """Horizontal field of view of the cameras.

    It is fixed by default, because a distance read off one picture needs a known camera.
    """
    min_side: float = Field(default=3.0, ge=2.5, le=20)
    """Shortest side of a room."""
    max_side: float = Field(default=7.0, ge=2.5, le=20)
    """Longest side of a room."""
    min_height: float = Field(default=2.4, ge=2.2, le=6)
    """Lowest ceiling."""
    max_height: float = Field(default=3.0, ge=2.2, le=6)
    """Highest ceiling."""
    l_shaped_share: float = Field(default=0.25, ge=0, le=1)
    """Probability that a large enough room is L-shaped."""
    min_objects: int = Field(default=5, ge=1, le=40)
    """Fewest pieces of furniture that a room should have."""
    max_objects: int = Field(default=14, ge=1, le=40)
    """Most pieces of furniture of a room."""
    several_share: float = Field(default=0.45, ge=0, le=1)
    """Probability that a room has several pieces of one category, for questions that count."""
    clearance: float = Field(default=0.04, ge=0.0, le=0.5)
    """Gap between pieces of furniture."""
    camera_clearance: float = Field(default=0.5, ge=0.1, le=1.5)
    """Least distance between a camera and furniture on the floor."""
    min_eye: float = Field(default=1.0, ge=0.3, le=2.1)
    """Lowest camera."""
    max_eye: float = Field(default=1.9, ge=0.3, le=2.1)
    """Highest camera."""

    @model_validator(mode="after")
    def _ordered(self) -> "RoomConfig":
        for name in ("side", "height", "objects", "eye"):
            low = f"min_{name}"
            high = f"max_{name}"
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} is larger than {high}")
        return self
