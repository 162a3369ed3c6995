"""`CameraConfig`: the lenses, heights and tilts of cameras, for rooms and homes alike."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, model_validator


def check_ranges(config: BaseModel, names: Iterable[str]) -> None:
    """Raises ValueError if `min_` of a name is larger than its `max_`."""
    for name in names:
        low = getattr(config, f"min_{name}")
        high = getattr(config, f"max_{name}")
        if low > high:
            raise ValueError(f"min_{name} ({low:g}) is larger than max_{name} ({high:g})")


class CameraConfig(BaseModel):
    """Ranges that cameras are sampled from.

    A picture of a single room or of a home, a group of views and a video each have one lens, one
    height and one tilt.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fov_degrees: float | None = Field(
        default=None,
        ge=20,
        le=120,
        description="Horizontal field of view of every camera, in degrees. null: drawn for each"
        " picture and clip.",
    )
    min_fov_degrees: float = Field(
        default=55.0, ge=20, le=120, description="Narrowest horizontal field of view, in degrees."
    )
    max_fov_degrees: float = Field(
        default=90.0, ge=20, le=120, description="Widest horizontal field of view, in degrees."
    )
    min_eye: float = Field(
        default=0.5, ge=0.3, le=2.1, description="Lowest camera height, in meters."
    )
    max_eye: float = Field(
        default=1.9, ge=0.3, le=2.1, description="Highest camera height, in meters."
    )
    low_share: float = Field(
        default=0.15,
        ge=0,
        le=1,
        description="Share of cameras at the height of a small child or a robot, 0.5 to 0.9 m.",
    )
    seated_share: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Share of cameras at the height of somebody seated, 1.0 to 1.2 m; all others"
        " are held standing, at 1.5 to 1.7 m.",
    )
    rolled_share: float = Field(
        default=0.25, ge=0, le=1, description="Share of cameras that are held slightly askew."
    )

    @model_validator(mode="after")
    def _camera_ranges(self) -> "CameraConfig":
        check_ranges(self, ("fov_degrees", "eye"))
        if self.low_share + self.seated_share > 1:
            raise ValueError("low_share and seated_share must not exceed 1 together")
        return self
