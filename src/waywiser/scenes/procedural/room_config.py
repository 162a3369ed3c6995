"""`RoomConfig`: how procedural rooms are furnished, lit and photographed."""

from pydantic import BaseModel, ConfigDict, Field, model_validator


class RoomConfig(BaseModel):
    """Ranges that rooms are drawn from; lengths in meters, `fov_degrees` is the horizontal field of
    view.

    The field of view is fixed by default because a distance read off one picture needs a known
    camera. `several_share` of the rooms get two to six of one kind, for questions that count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    views: int = Field(default=1, ge=1, le=64)
    width: int = Field(default=320, ge=16, le=8192)
    height: int = Field(default=240, ge=16, le=8192)
    fov_degrees: float = Field(default=70.0, ge=20, le=120)
    min_side: float = Field(default=3.0, ge=2.5, le=20)
    max_side: float = Field(default=7.0, ge=2.5, le=20)
    min_height: float = Field(default=2.4, ge=2.2, le=6)
    max_height: float = Field(default=3.0, ge=2.2, le=6)
    l_shaped_share: float = Field(default=0.25, ge=0, le=1)
    min_objects: int = Field(default=5, ge=1, le=40)
    max_objects: int = Field(default=14, ge=1, le=40)
    several_share: float = Field(default=0.45, ge=0, le=1)
    clearance: float = Field(default=0.04, ge=0.0, le=0.5)
    camera_clearance: float = Field(default=0.5, ge=0.1, le=1.5)
    min_eye: float = Field(default=1.0, ge=0.3, le=2.1)
    max_eye: float = Field(default=1.9, ge=0.3, le=2.1)

    @model_validator(mode="after")
    def _ordered(self) -> "RoomConfig":
        for name in ("side", "height", "objects", "eye"):
            low = f"min_{name}"
            high = f"max_{name}"
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} is larger than {high}")
        return self
