"""Samples drawn while training: ordered ahead, recorded, replayed, and the same however they are
made.
"""

import json
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

from helpers.killing import run_and_kill
from training.conftest import png
from training.test_resume import lines, rlvr, same, weights
from waywiser.dataset.reader import read_samples
from waywiser.errors import DatasetError, TrainingError
from waywiser.sample import Answer, Sample
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.training.data import prompts
from waywiser.training.data.level_controller import LevelController
from waywiser.training.data.question_sampler import QuestionSampler
from waywiser.training.data.room_question_sampler import RoomQuestionSampler, room_config_at
from waywiser.training.data.stream import SampleStream
from waywiser.training.rlvr import run_rlvr

TASKS = ("count", "length")


def draw(task: str, seed: int, level: float) -> Sample:
    return Sample(
        id=f"{task}-{seed}",
        split="train",
        domain="spatial",
        task=task,
        source="test",
        question=f"How many chairs at level {level:.4f}?",
        answer=Answer(kind="integer", value=seed % 7),
        images=[png(seed % 5)],
        seed=seed,
    )


def failing(task: str, seed: int, level: float) -> Sample:
    raise OSError(f"no {task}\nat {seed} {level}")


def stream(folder: Path, **more) -> SampleStream:
    values = {
        "batches": 8,
        "size": 2,
        "seed": 3,
        "record": folder / "samples",
        "workers": 0,
        "prefetch_steps": 2,
    } | more
    return SampleStream(
        values.pop("draw", draw), TASKS, LevelController(TASKS, start=0.5, gain=0.2), **values
    )


def rate(batch: int) -> float:
    return (0.9, 0.2, 0.7)[batch % 3]


def run_through(made: SampleStream, first: int = 0) -> list[list[Sample]]:
    drawn = []
    with made.worker_pool(first):
        for batch in range(first, made.batches):
            drawn.append([made.sample(batch * made.size + place) for place in range(made.size)])
            made.observe(batch, rate(batch))
    return drawn


def test_a_level_waits_for_the_steps_before_it_and_no_longer(tmp_path: Path) -> None:
    made = stream(tmp_path)
    drawn = run_through(made)
    levels = LevelController(TASKS, start=0.5, gain=0.2)
    expected = []
    for batch in range(8):
        if batch >= 3:  # ahead 2: batch 3 knows batch 0
            levels.observe(made.task_of(batch - 3), rate(batch - 3))
        expected.append(f"How many chairs at level {levels.level(made.task_of(batch)):.4f}?")
    assert [samples[0].question for samples in drawn] == expected
    assert len(set(expected)) > 2
    assert [sample.task for batch in drawn for sample in batch] == made.tasks
    assert set(made.tasks) == set(TASKS)
    ids = [sample.id for batch in drawn for sample in batch]
    assert len(set(ids)) == len(ids)


def test_every_sample_is_recorded_and_can_be_replayed(tmp_path: Path) -> None:
    drawn = run_through(stream(tmp_path / "first"))
    record = tmp_path / "first" / "samples"
    assert list(read_samples(record)) == [sample for batch in drawn for sample in batch]
    table = pq.read_table(record / "data" / "train-000004.parquet")
    assert (table["batch"].to_pylist(), table["place"].to_pylist()) == ([4, 4], [0, 1])
    assert drawn[4][0].question.endswith(f"{table['level'][0].as_py():.4f}?")
    again = run_through(stream(tmp_path / "again", replay=record, draw=failing))
    assert again == drawn
    for path in sorted((record / "data").iterdir()):
        assert (
            tmp_path / "again" / "samples" / "data" / path.name
        ).read_bytes() == path.read_bytes()


def test_a_resumed_stream_orders_what_the_first_one_did(tmp_path: Path) -> None:
    whole = run_through(stream(tmp_path / "whole"))
    begun = stream(tmp_path / "begun")
    with begun.worker_pool():
        for batch in range(3):
            begun.sample(batch * 2)
            begun.observe(batch, rate(batch))
        state = json.loads(json.dumps(begun.state()))
    resumed = stream(tmp_path / "begun")
    resumed.load(state)
    assert run_through(resumed, first=3) == whole[3:]


def test_workers_make_the_same(tmp_path: Path) -> None:
    made = stream(
        tmp_path / "b", workers=1, draw=RoomQuestionSampler("parametric"), batches=2, size=1
    )
    made.names = ["camera_distance"]
    made.controller = LevelController(made.names)
    found = run_through(made)
    inline = stream(tmp_path / "a", draw=RoomQuestionSampler("parametric"), batches=2, size=1)
    inline.names, inline.controller = made.names, LevelController(made.names)
    assert run_through(inline) == found


def test_bad_draws_and_records_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"drawing samples of .* for step 0 failed") as caught:
        run_through(stream(tmp_path / "a", draw=failing))
    assert "\n" not in str(caught.value)
    run_through(stream(tmp_path / "b", batches=3))
    with pytest.raises(DatasetError, match="holds no samples of step 3"):
        run_through(stream(tmp_path / "c", replay=tmp_path / "b" / "samples"))
    path = tmp_path / "b" / "samples" / "data" / "train-000001.parquet"
    path.write_bytes(b"torn")
    with pytest.raises(DatasetError, match=r"train-000001.parquet is not a record"):
        run_through(stream(tmp_path / "b"))


def test_rooms_fill_up_and_margins_shrink_with_the_level() -> None:
    draws = RoomQuestionSampler("parametric")
    easy, hard = (room_config_at(draws.room, level) for level in (0.0, 1.0))
    assert (easy.min_objects, easy.max_objects, hard.min_objects, hard.max_objects) == (
        4,
        6,
        12,
        16,
    )
    low = draws("depth_order", 5, 0.0)
    high = draws("depth_order", 5, 1.0)
    assert draws("depth_order", 5, 1.0) == high
    assert low.task == high.task == "depth_order"
    assert low.images
    assert low.margin is not None
    assert draws.furniture_keys()


@pytest.mark.parametrize("task", ["camera_motion", "above_below"])
def test_other_tasks_are_drawn_from_homes(task: str) -> None:
    draws = QuestionSampler("parametric", room=RoomConfig(width=112, height=84))
    sample = draws(task, 3, 0.5)
    assert sample == draws(task, 3, 0.5)
    assert sample.task == task
    assert sample.images


def test_a_run_on_drawn_samples_is_killed_resumed_and_replayed(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompts, "QuestionSampler", lambda *_: _Fake())
    monkeypatch.setattr(prompts, "choose_tasks", lambda _: TASKS)
    online = {"online": {"workers": 0, "gain": 0.5}}
    changes = {
        "data": online,
        "strategy": {"order": "random"},
        "resample_zero_std_groups": 0,
        "max_steps": 6,
    }
    whole = run_rlvr(rlvr(Path(), model_folder, tmp_path / "whole", **changes))
    assert any(name.startswith("level/") for name in whole.last)
    recipe = rlvr(Path(), model_folder, tmp_path / "broken", **changes)
    assert run_and_kill(lambda: run_rlvr(recipe), recipe.out / "log.jsonl", 3, Random(0), late=0.5)
    resumed = run_rlvr(recipe, resume=True)
    replay = changes | {
        "data": {"online": {"workers": 0, "gain": 0.5, "replay": whole.out / "samples"}}
    }
    replayed = run_rlvr(rlvr(Path(), model_folder, tmp_path / "replayed", **replay))
    for other in (resumed, replayed):
        assert same(weights(whole.model), weights(other.model))
        levels = [
            {k: v for k, v in row.items() if k.startswith("level/")} for row in lines(other.log)
        ]
        assert levels == [
            {k: v for k, v in row.items() if k.startswith("level/")} for row in lines(whole.log)
        ]


class _Fake:
    """A draw without rooms, as quick as it is cheap."""

    def __call__(self, task: str, seed: int, level: float) -> Sample:
        return draw(task, seed, level)

    def load_plugins(self) -> None:
        """Its tasks are the package's own."""

    def furniture_keys(self) -> set[str]:
        return set()
