"""A question that a task proposes, with its answer, reasoning and program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from waywiser import __version__
from waywiser.rendering.marks import Mark
from waywiser.sample import Answer, Program, Sample
from waywiser.scenes.scene import Camera
from waywiser.tasks.wording import shared_fov


@dataclass(frozen=True)
class Question:
    """A question that a view can ask, before it is chosen and numbered.

    `subject` is what a blind reader could lean on (a category, or a pair of them) and
    `answer_class` the class of answer; `compared` names the categories (winner, loser) of a
    comparison. Balancing evens out answer classes within subjects, and wins against losses, so that
    the question's words do not give the answer away. Choices of one task that offer different kinds
    of answers name their `subtask`: each is balanced by itself.

    A question about a clip shows the clip's `frames`, in that order (None: all); `annotate` maps
    indices of those frames to what is drawn on their pictures before they are shown. `complexity`
    is how much it asks one to keep in mind: candidates, hidden turns, classes, instances, or frames
    between.
    """

    task: str
    question: str
    answer: Answer
    reasoning: str
    program: Program
    subject: str
    answer_class: str
    margin: float | None = None
    compared: tuple[str, str] | None = field(default=None)
    subtask: str = ""
    frames: tuple[int, ...] | None = None
    annotate: Mapping[int, tuple[Mark, ...]] | None = None
    complexity: int = 0

    def to_sample(
        self,
        sample_id: str,
        *,
        split: str,
        source: str,
        scene_id: str,
        seed: int,
        images: Sequence[bytes] = (),
        fps: float | None = None,
        timestamps: Sequence[float] | None = None,
        cameras: Sequence[Camera] = (),
    ) -> Sample:
        """The sample that asks this question.

        Args:
            sample_id: Its id, unique in its dataset.
            split: "train" or "heldout".
            source: What made it.
            scene_id: The id of the scene that it is about.
            seed: The seed that the scene was made with.
            images: Encoded pictures in the order shown.
            fps: Frames per second of a video.
            timestamps: Seconds of each picture of a video.
            cameras: Cameras of the pictures, whose field of view the sample states.

        Returns:
            The sample, with this version of waywiser.
        """
        return Sample(
            id=sample_id,
            split=split,
            domain="spatial",
            task=self.task,
            source=source,
            question=self.question,
            options=self.answer.options,
            answer=self.answer,
            images=list(images),
            fps=fps,
            timestamps=None if timestamps is None else list(timestamps),
            horizontal_fov_deg=shared_fov(cameras),
            reasoning=self.reasoning,
            scene_id=scene_id,
            program=self.program,
            margin=self.margin,
            seed=seed,
            version=__version__,
        )
