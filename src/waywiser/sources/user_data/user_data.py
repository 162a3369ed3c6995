"""`UserData`: which files to read and how, and how their videos become pictures."""

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from waywiser.media import FrameSampling, read_video


class FrameConfig(BaseModel):
    """How a video becomes pictures: frames that are evenly spaced in time."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    fps: float = Field(default=2.0, gt=0)
    """Frames per second to sample."""
    max_frames: int = Field(default=16, ge=2)
    """Maximum number of frames."""
    max_pixels: int = Field(
        default=256 * 28 * 28, ge=28 * 28, description="of a frame, which is scaled down to it"
    )

    @property
    def sampling(self) -> FrameSampling:
        return FrameSampling(fps=self.fps, least=2, most=self.max_frames, exact=False)


@dataclass(frozen=True)
class FrameReader:
    """Reads the frames of a video as pictures."""

    config: FrameConfig

    def __call__(self, source: Path | bytes) -> list[Image.Image]:
        video = read_video(source, self.config.sampling, self._fit)
        return [Image.fromarray(frame) for frame in video.frames]

    def _fit(self, count: int, height: int, width: int) -> tuple[int, int]:  # noqa: ARG002
        scale = min(1.0, (self.config.max_pixels / (height * width)) ** 0.5)
        return max(1, round(height * scale)), max(1, round(width * scale))


@dataclass(frozen=True)
class UserData:
    """Which files to read, and how.

    Attributes:
        path: a JSON, JSONL, Parquet, CSV or TSV file, a folder or glob of such files, or hub:NAME.
        layout: one of LAYOUTS or its aliases; "auto" detects it.
        mapping: a mapping file (or the name of a shipped mapping), used instead of a layout.
        images: folder that relative paths of pictures and videos start from; None: the folder of
            the file that names them.
        split: keep only files or rows of this split.
        frames: how videos become pictures.
    """

    path: str
    layout: str = "auto"
    mapping: str | None = None
    images: Path | None = None
    split: str | None = None
    frames: FrameConfig = field(default_factory=FrameConfig)
