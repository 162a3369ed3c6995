"""Video frames -> patches, with Pillow and numpy alone: transformers' own video processors need
torchvision.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from transformers import AutoTokenizer, BatchFeature
from transformers.image_transforms import normalize, rescale
from transformers.image_utils import ChannelDimension
from transformers.utils.constants import (
    IMAGENET_STANDARD_MEAN,
    IMAGENET_STANDARD_STD,
    OPENAI_CLIP_MEAN,
    OPENAI_CLIP_STD,
)
from transformers.video_processing_utils import VideoProcessorMixin
from transformers.video_utils import VideoMetadata

from waywiser.errors import ModelError
from waywiser.json_types import JsonObject
from waywiser.media.pictures import to_rgb
from waywiser.media.sampling import FrameSampling
from waywiser.models.resizing import check_shape, fit_size

_PATCH_KEYS = ("patch_size", "temporal_patch_size", "merge_size", "image_mean", "image_std")


class FrameVideoProcessor(VideoProcessorMixin):
    """Videos of frames -> `pixel_values_videos` (patches, size) float32 and `video_grid_thw`
    (videos, 3) int64.

    A video is an array (T, H, W, 3) or (T, 3, H, W) or a list of pictures; frames are taken as they
    are given unless `do_sample_frames`. Each frame has `size["shortest_edge"]` to
    `size["longest_edge"]` pixels, and all of a video at most `total_pixels` in pairs, but never
    below 1.05 times the least. An odd last frame is repeated. The values of this class are
    Qwen2.5-VL's (arXiv 2502.13923). Raises ModelError for one frame and what is none.
    """

    model_input_names = ["pixel_values_videos", "video_grid_thw"]  # noqa: RUF012
    size: dict[str, int] = {"shortest_edge": 128 * 784, "longest_edge": 768 * 784}  # noqa: RUF012
    total_pixels = int(128_000 * 784 * 0.9)
    image_mean: list[float] = OPENAI_CLIP_MEAN
    image_std: list[float] = OPENAI_CLIP_STD
    patch_size = 14
    temporal_patch_size = 2
    merge_size = 2
    fps = 2.0
    min_frames = 4
    max_frames = 768
    exact_sampling = False
    saved_as: str | None = "Qwen2VLVideoProcessor"
    """Transformers' class with this arithmetic: what a saved folder names, so that others can read
    it.
    """
    _SETTINGS = (
        "size",
        "total_pixels",
        "image_mean",
        "image_std",
        "patch_size",
        "temporal_patch_size",
        "merge_size",
        "fps",
        "min_frames",
        "max_frames",
        "exact_sampling",
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()

        for name in self._SETTINGS:
            given = kwargs.get(name)
            setattr(self, name, getattr(type(self), name) if given is None else given)

        size_keys = (
            ("shortest_edge", "min_pixels"),
            ("longest_edge", "max_pixels"),
        )  # older folders have the latter

        self.size = {
            key: int(self.size.get(key) or self.size.get(old) or type(self).size[key])
            for key, old in size_keys
        }

    def to_dict(self) -> JsonObject:
        return {**super().to_dict(), "video_processor_type": self.saved_as or type(self).__name__}

    @property
    def sampling(self) -> FrameSampling:
        """Which frames of a video the model was trained to look at."""
        return FrameSampling(self.fps, self.min_frames, self.max_frames, exact=self.exact_sampling)

    def frame_size(self, frames: int, height: int, width: int) -> tuple[int, int]:
        """The (height, width) that each of so many frames is brought to."""
        min_pixels = self.size["shortest_edge"]
        max_pixels = self.size["longest_edge"]
        share = self.total_pixels * self.temporal_patch_size // frames
        max_pixels = max(min(max_pixels, share), int(min_pixels * 1.05))

        return fit_size(
            height,
            width,
            factor=self.patch_size * self.merge_size,
            min_pixels=min_pixels,
            max_pixels=max_pixels,
        )

    def preprocess(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        videos: Any,
        *,
        video_metadata: Any = None,
        do_sample_frames: bool | None = None,
        return_metadata: bool | None = None,
        return_tensors: str | None = None,
        **_: Any,
    ) -> BatchFeature:
        """Turn videos into patches; see the class.

        Args:
            videos: A video or a list of videos.
            video_metadata: For each video a mapping with fps, total_num_frames and frames_indices.
            do_sample_frames: Whether to sample frames by the processor's settings; None: no.
            return_metadata: Whether the result has `video_metadata`.
            return_tensors: "pt" for tensors of torch; None for arrays.

        Raises:
            ModelError: A video has fewer than two frames, or is not a video.
        """
        video_list = list(_iter_videos(videos))

        if video_metadata is None:
            given: list[Any] = [{} for _ in video_list]
        else:
            given = list(_flatten_metadata(video_metadata))

        patches = []
        grids = []
        described = []

        for frames, metadata in zip(video_list, given, strict=True):
            about = VideoMetadata(**{"total_num_frames": len(frames), **dict(metadata)})
            if about.frames_indices is None:
                about.frames_indices = list(range(len(frames)))

            if do_sample_frames:
                chosen = self.sampling.indices(len(frames), about.fps or self.fps)
                frames = [frames[i] for i in chosen]
                about.frames_indices = chosen

            rows, grid = self._patches(frames)
            patches.append(rows)
            grids.append(grid)
            described.append(about)

        data = {
            "pixel_values_videos": np.concatenate(patches),
            "video_grid_thw": np.array(grids, dtype=np.int64),
        }

        features = BatchFeature(data, tensor_type=return_tensors)
        if return_metadata:
            features["video_metadata"] = described

        return features

    def _patches(self, frames: list[Any]) -> tuple[NDArray[np.float32], tuple[int, int, int]]:
        pictures = [to_rgb(frame) for frame in frames]
        if len(pictures) < 2:
            raise ModelError(
                f"a video needs at least 2 frames, got {len(pictures)}; pass a single frame as an"
                " image"
            )

        if len({picture.size for picture in pictures}) > 1:
            raise ModelError("the frames of a video differ in size: bring them to one size first")

        pictures += pictures[-1:] * (-len(pictures) % self.temporal_patch_size)
        size = self.frame_size(len(pictures), pictures[0].height, pictures[0].width)
        return self._to_patches(np.stack([self._pixels(picture, size) for picture in pictures]))

    def _pixels(self, picture: Image.Image, size: tuple[int, int]) -> NDArray[np.float32]:
        height, width = size
        if picture.size != (width, height):
            picture = picture.resize((width, height), Image.Resampling.BICUBIC)

        pixels = np.asarray(picture, dtype=np.uint8).transpose(2, 0, 1)
        layout: JsonObject = {
            "data_format": ChannelDimension.FIRST,
            "input_data_format": ChannelDimension.FIRST,
        }

        scaled = rescale(pixels, scale=1 / 255, **layout)
        return normalize(scaled, mean=list(self.image_mean), std=list(self.image_std), **layout)

    def _to_patches(
        self, frames: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], tuple[int, int, int]]:
        """(T, 3, H, W) -> patches (t * h * w, 3 * pair * patch * patch), those to be merged side by
        side.
        """
        pair = self.temporal_patch_size
        merge = self.merge_size
        patch = self.patch_size
        count, channels, height, width = frames.shape
        t = count // pair
        h = height // patch
        w = width // patch
        parts = frames.reshape(
            t, pair, channels, h // merge, merge, patch, w // merge, merge, patch
        )
        rows = parts.transpose(0, 3, 6, 4, 7, 2, 1, 5, 8).reshape(
            t * h * w, channels * pair * patch * patch
        )

        return np.ascontiguousarray(rows, dtype=np.float32), (t, h, w)


class Qwen3FrameVideoProcessor(FrameVideoProcessor):
    """Qwen3-VL's values: the budget is of the whole video, `size` counts pixels in time too."""

    size: dict[str, int] = {"shortest_edge": 128 * 1024, "longest_edge": 768 * 1024}  # noqa: RUF012
    image_mean = IMAGENET_STANDARD_MEAN
    image_std = IMAGENET_STANDARD_STD
    patch_size = 16
    saved_as = "Qwen3VLVideoProcessor"
    frame_tokens = 768

    def frame_size(self, frames: int, height: int, width: int) -> tuple[int, int]:
        from transformers.models.qwen3_vl.video_processing_qwen3_vl import smart_resize

        factor = self.patch_size * self.merge_size
        min_pixels = self.size["shortest_edge"]
        share = max(
            min(self.frame_tokens * factor**2, self.size["longest_edge"] // frames),
            int(min_pixels * 1.05),
        )

        check_shape(height, width)
        return smart_resize(
            frames,
            height,
            width,
            self.temporal_patch_size,
            factor,
            min_pixels=min_pixels,
            max_pixels=share * frames,
        )


class AcceptsFramesMixin:
    """Mix-in for a ProcessorMixin: its video processor may be ours, which transformers cannot know
    by name.
    """

    def check_argument_for_proper_class(self, argument_name: str, argument: Any) -> Any:
        if argument_name == "video_processor" and isinstance(argument, FrameVideoProcessor):
            return FrameVideoProcessor
        return cast(Any, super()).check_argument_for_proper_class(argument_name, argument)


def build_processor(
    processor_class: Any,
    folder: str | Path,
    images: Any,
    video_class: type[FrameVideoProcessor],
    **options: Any,
) -> Any:
    """A processor from a model folder with our video processor, where AutoProcessor needs
    torchvision.

    What the folder says about video is kept; where it speaks of pictures only, nothing but how they
    are cut into patches is taken from it: the sizes are the pictures'.

    Args:
        processor_class: Class of the processor.
        folder: The model folder.
        images: Image processor to use.
        video_class: Class of the video processor.
        **options: Options of `from_pretrained`.

    Returns:
        A `processor_class`.
    """
    values, _ = processor_class.get_processor_dict(folder, **options)
    try:
        video, _ = FrameVideoProcessor.get_video_processor_dict(folder, **options)
    except OSError:
        video = {}

    if "video_processor_type" not in video:
        video = {key: video[key] for key in _PATCH_KEYS if key in video}

    parts = {
        "image_processor": images,
        "tokenizer": AutoTokenizer.from_pretrained(folder, **options),
        "video_processor": video_class(**video),
    }

    return processor_class.from_args_and_dict(
        [parts[name] for name in processor_class.get_attributes()], values
    )


def _iter_videos(videos: Any) -> Iterator[list[Any]]:
    """The videos of nested lists, each as a list of frames."""
    if getattr(videos, "ndim", 0) == 5:
        videos = list(videos)

    if getattr(videos, "ndim", 0) == 4:
        yield list(videos)
    elif isinstance(videos, list | tuple):
        if videos and all(_is_frame(frame) for frame in videos):
            yield list(videos)
        else:
            for video in videos:
                yield from _iter_videos(video)
    elif videos is not None:
        raise ModelError(
            f"a {type(videos).__name__} is not a video: read it first (waywiser.models.read_video)"
        )


def _is_frame(frame: Any) -> bool:
    return isinstance(frame, Image.Image) or getattr(frame, "ndim", 0) in (2, 3)


def _flatten_metadata(metadata: Any) -> Iterator[Any]:
    if isinstance(metadata, list | tuple):
        for item in metadata:
            yield from _flatten_metadata(item)
    else:
        yield metadata
