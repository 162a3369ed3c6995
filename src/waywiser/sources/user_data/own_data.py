"""`OwnData`: which files to read and how, and how their videos become pictures."""

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from waywiser.media import FrameSampling, read_video


class FrameConfig(BaseModel):
    """How a video becomes pictures: evenly spaced in time, `fps` a second, at most `max_frames` of
    `max_pixels`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fps: float = Field(default=2.0, gt=0)
    max_frames: int = Field(default=16, ge=2)
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
class OwnData:
    """What to read.

    Attributes:
        path: a JSON, JSONL, Parquet, CSV or TSV file, a folder or glob of such files, or hub:NAME.
        layout: one of LAYOUTS or its aliases; "auto" tells by looking.
        mapping: a mapping file (or a shipped mapping's name) in place of a layout. images: where
        relative paths of pictures and videos start; None: beside the file that names them. split:
        keep files or rows of one split.
        frames: how videos become pictures.
    """

    path: str
    layout: str = "auto"
    mapping: str | None = None
    images: Path | None = None
    split: str | None = None
    frames: FrameConfig = field(default_factory=FrameConfig)
