"""`HomeConfig`: how procedural homes are laid out, furnished, lit and filmed."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waywiser.scenes.procedural.room_config import RoomConfig


class HomeConfig(BaseModel):
    """Ranges that homes are drawn from; lengths in meters, speeds in m/s, `fov_degrees` horizontal.

    `distinct_share` of the homes get no two kinds of furniture that one could call by the same word
    (a chair and a stool), so that words pick things out; `once_share` of those hold no kind twice.
    `several_share` of the rooms hold several of one kind, to be counted. `moving_share` of the
    homes get up to `moving_clips` clips in which something moves. `photos` bounds the single
    pictures. A walk has `min_frames` to `max_frames` frames at `fps`; up to `excerpts` stretches of
    it are clips of their own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int = Field(default=448, ge=16, le=8192)
    height: int = Field(default=336, ge=16, le=8192)
    fov_degrees: float = Field(default=78.0, ge=20, le=120)
    min_rooms: int = Field(default=1, ge=1, le=6)
    max_rooms: int = Field(default=6, ge=1, le=6)
    min_room_area: float = Field(default=9.0, ge=6, le=40)
    max_room_area: float = Field(default=20.0, ge=6, le=60)
    min_height: float = Field(default=2.4, ge=2.2, le=6)
    max_height: float = Field(default=3.0, ge=2.2, le=6)
    l_shaped_share: float = Field(default=0.25, ge=0, le=1)
    min_objects: int = Field(default=6, ge=1, le=40)
    max_objects: int = Field(default=16, ge=1, le=40)
    several_share: float = Field(default=0.9, ge=0, le=1)
    distinct_share: float = Field(default=0.8, ge=0, le=1)
    once_share: float = Field(default=0.5, ge=0, le=1)
    moving_share: float = Field(default=0.9, ge=0, le=1)
    moving_clips: int = Field(default=2, ge=1, le=6)
    photos: int = Field(default=12, ge=1, le=24)
    excerpts: int = Field(default=5, ge=0, le=11)
    fps: float = Field(default=2.0, gt=0, le=30)
    min_frames: int = Field(default=16, ge=4, le=256)
    max_frames: int = Field(default=32, ge=4, le=256)
    moving_frames: int = Field(default=16, ge=4, le=256)

    @model_validator(mode="after")
    def _ordered(self) -> "HomeConfig":
        for name in ("rooms", "room_area", "height", "objects", "frames"):
            if getattr(self, f"min_{name}") > getattr(self, f"max_{name}"):
                raise ValueError(f"min_{name} is larger than max_{name}")
        return self

    @property
    def room(self) -> RoomConfig:
        """The same ranges for what furnishes and photographs a single room."""
        return RoomConfig(
            width=self.width,
            height=self.height,
            fov_degrees=self.fov_degrees,
            min_objects=self.min_objects,
            max_objects=self.max_objects,
            several_share=self.several_share,
            min_height=self.min_height,
            max_height=self.max_height,
            min_eye=1.2,
            max_eye=2.1,
        )
