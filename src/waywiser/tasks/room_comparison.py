"""Room comparison: which of two rooms that a video walks through has more of something?"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations

import numpy as np

from waywiser.rendering.geometry import inside_polygon
from waywiser.sample import Answer
from waywiser.scenes.categories import are_confusable, is_askable, pluralize
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    ClipTask,
    ObjectId,
    Question,
    is_noticeable,
    is_visible,
    sample_up_to,
)
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.registry import register_task
from waywiser.tasks.scene_count import first_seen_frame
from waywiser.tasks.visual_cues import keep_short, list_in_words, position_in_words
from waywiser.tasks.wording import list_short_options

MIN_FRAMES_INSIDE = 2
"""Frames of the video whose camera stands in a room that is asked about."""
MAX_COUNT = 6
"""Most things of a kind in a room that is asked about."""
AMBIGUOUS_USES = frozenset({"studio"})
"""Rooms that people would name in several ways."""
NUMBERS = 4
"""Differences that are offered."""
PER_DEPTH = 4
"""Questions of each depth about one video."""

TEMPLATES = {
    "more": (
        "Which room in the video has more {things}, the {a} or the {b}?",
        "Are there more {things} in the {a} or in the {b}?",
        "Which has more {things}: the {a} or the {b}?",
        "Where are there more {things}, in the {a} or in the {b}?",
        "Going by the video, does the {a} or the {b} have more {things}?",
        "Of the {a} and the {b}, which room has more {things}?",
        "In which of these two rooms are there more {things}: the {a} or the {b}?",
        "Compare the {a} and the {b}. Which of them has more {things}?",
    ),
    "difference": (
        "How many more {things} are there in the {a} than in the {b}?",
        "How many more {things} does the {a} have than the {b}?",
        "By how many {things} does the {a} exceed the {b}?",
        "The {a} has more {things} than the {b}. How many more?",
        "Going by the video, how many more {things} are in the {a} than in the {b}?",
        "Count the {things} in the {a} and in the {b}. How many more are in the {a}?",
        "What is the difference between the number of {things} in the {a} and in the {b}?",
        "Compared with the {b}, how many more {things} does the {a} have?",
    ),
    "together": (
        "Counting {things} together, which room in the video has more, the {a} or the {b}?",
        "Are there more {things} in total in the {a} or in the {b}?",
        "Add up the {things} in each room. Which has more, the {a} or the {b}?",
        "Taken together, are there more {things} in the {a} or in the {b}?",
        "Which room has the larger total of {things}: the {a} or the {b}?",
        "If you count both {things}, does the {a} or the {b} have more?",
        "Which of the {a} and the {b} has more {things} altogether?",
        "Counting both {things}, in which room are there more: the {a} or the {b}?",
    ),
}


@register_task(seed=26)
class RoomComparison(ClipTask):
    """Instances of a kind in two rooms, which are named by what they are for.

    Depth 1 ("more"): which room has more of a kind. Depth 2 ("difference"): how many more. Depth 3
    ("together"): which room has more of two kinds together. The video has no other room of such a
    use, and its camera stands in both for two frames at least. All instances in both rooms, up to
    six of a kind, are surely seen in some frame; no other word fits any of them, nor anything that
    shows. Both rooms have some, and one has more. `margin` is the difference between the totals, or
    1 where that is asked for.
    """

    name = "room_comparison"
    kind = "choice"
    needs = "video"
    scan_needs = ("objects", "frames", "times", "uses")
    min_rooms = 2
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        ask: str
        categories: tuple[str, ...]
        rooms: tuple[int, int]
        objects: tuple[ObjectId, ...]
        options: tuple[str, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        questions: list[Question] = []
        counts = {
            (category, room): group for category, group, room in countable_groups_by_room(clip_view)
        }
        categories = sorted({category for category, _ in counts})
        rooms = sorted({room for _, room in counts})

        for depth, ask in enumerate(TEMPLATES, start=1):
            kinds = list(combinations(categories, 2 if ask == "together" else 1))
            drafts = [
                (names, pair)
                for names in kinds
                for pair in permutations(rooms, 2)
                if is_comparison_plain(counts, ask, names, pair)
            ]
            proposed = (
                self._build_question(clip_view, depth, ask, names, pair, counts, rng)
                for names, pair in sample_up_to(rng, drafts)
            )
            questions += [question for question in proposed if question.reasoning][:PER_DEPTH]

        return questions

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        totals = [count_in_room(clip_view, inputs.categories, room) for room in inputs.rooms]
        value = str(abs(totals[0] - totals[1]))
        if inputs.ask != "difference":
            value = clip_view.scene.rooms[inputs.rooms[int(np.argmax(totals))]].use
        return Answer(kind="choice", value=value, options=list(inputs.options))

    def _build_question(
        self,
        clip_view: ClipView,
        depth: int,
        ask: str,
        categories: Sequence[str],
        rooms: tuple[int, int],
        counts: Mapping[tuple[str, int], list[Object]],
        rng: np.random.Generator,
    ) -> Question:
        uses = [clip_view.scene.rooms[room].use for room in rooms]
        totals = [sum(len(counts[c, room]) for c in categories) for room in rooms]
        difference = totals[0] - totals[1]
        options = sample_up_to(rng, uses)
        if ask == "difference":
            first = difference - min(difference - 1, int(rng.integers(NUMBERS)))
            options = sample_up_to(rng, [str(first + step) for step in range(NUMBERS)])

        inputs = self.Inputs(
            clip=clip_view.clip_index,
            ask=ask,
            categories=tuple(categories),
            rooms=rooms,
            objects=tuple(obj.id for room in rooms for c in categories for obj in counts[c, room]),
            options=tuple(options),
        )
        answer = self.answer(clip_view, inputs)
        things = list_in_words([pluralize(category) for category in categories])
        text = self.ask(rng, ask, things=things, a=uses[0], b=uses[1])
        kinds = " and ".join(categories)
        winner, loser = uses if difference > 0 else uses[::-1]
        place = options.index(str(answer.value))

        return self.question(
            clip_view,
            inputs,
            f"{text} {list_short_options(options)}",
            answer=answer,
            margin=1.0 if ask == "difference" else float(abs(difference)),
            subject=kinds,
            answer_class=str(answer.value) if ask == "difference" else ("first", "second")[place],
            subtask=ask,
            complexity=depth,
            compared=None if ask == "difference" else (f"{kinds} {winner}", f"{kinds} {loser}"),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        told: list[str] = []
        totals: list[int] = []

        for room in inputs.rooms:
            kinds: list[str] = []
            sizes: list[int] = []
            for category in inputs.categories:
                ids = [
                    i
                    for i in inputs.objects
                    if clip_view.object(i).room == room and clip_view.object(i).category == category
                ]
                sizes.append(len(ids))
                kinds.append(f"{pluralize(category)}: {list_sightings(clip_view, ids)}")

            total = str(sum(sizes))
            if len(sizes) > 1:
                total = f"{' + '.join(map(str, sizes))} = {sum(sizes)}"
            told.append(
                f"In the {clip_view.scene.rooms[room].use} I see {'; '.join(kinds)}. That makes"
                f" {total}."
            )
            totals.append(sum(sizes))

        low, high = sorted(totals)
        if inputs.ask == "difference":
            return keep_short(f"{' '.join(told)} {high} - {low} = {answer.value} more.")
        return keep_short(f"{' '.join(told)} {high} is more than {low}: the {answer.value}.")


def list_sightings(clip_view: ClipView, ids: Sequence[int]) -> str:
    """When and where each of several things first shows, such as "1 at 2 s on the left"."""
    sightings = sorted((first_seen_frame(clip_view, i), i) for i in ids)
    words = [
        f"{number} at {clip_view.times[frame]:g} s {position_in_words(clip_view.views[frame], i)}"
        for number, (frame, i) in enumerate(sightings, start=1)
    ]
    return ", ".join(words) or "none"


def visited_rooms(clip_view: ClipView) -> list[int]:
    """Rooms with a use of their own in which the camera stands for some frames."""
    rooms = clip_view.scene.rooms
    uses = [room.use for room in rooms]
    places_T_2 = np.array([camera.position[:2] for camera in clip_view.cameras])

    return [
        index
        for index, room in enumerate(rooms)
        if room.use
        and uses.count(room.use) == 1
        and room.use not in AMBIGUOUS_USES
        and int(inside_polygon(room.polygon, places_T_2).sum()) >= MIN_FRAMES_INSIDE
    ]


def countable_groups_by_room(clip_view: ClipView) -> Iterator[tuple[str, list[Object], int]]:
    """Kinds with their instances, in id order, in each visited room where all are surely seen.

    A room without any is among them: its group is empty.
    """
    noticed = {i for view in clip_view.views for i in view.visible if is_noticeable(view, i)}
    words = {clip_view.object(i).category for i in noticed}
    kinds = sorted(
        category
        for category in words
        if is_askable(category)
        and not any(are_confusable(category, word) for word in words if word != category)
        and not any(clip_view.object(i).category == category for i in clip_view.moving_ids)
    )

    for room in visited_rooms(clip_view):
        for category in kinds:
            group = instances_in_room(clip_view, category, room)
            if len(group) <= MAX_COUNT and all(is_ever_seen(clip_view, obj.id) for obj in group):
                yield category, group, room


def instances_in_room(clip_view: ClipView, category: str, room: int) -> list[Object]:
    """All instances of a kind in a room, in id order."""
    inside = [obj for obj in clip_view.scene.objects if obj.room == room]
    return sorted((obj for obj in inside if obj.category == category), key=lambda obj: obj.id)


def is_ever_seen(clip_view: ClipView, object_id: int) -> bool:
    """Whether some frame surely shows the object."""
    return any(is_visible(view, object_id) for view in clip_view.views)


def count_in_room(clip_view: ClipView, categories: Sequence[str], room: int) -> int:
    """Instances of some kinds in a room."""
    return sum(len(instances_in_room(clip_view, category, room)) for category in categories)


def is_comparison_plain(
    counts: Mapping[tuple[str, int], list[Object]],
    ask: str,
    categories: Sequence[str],
    rooms: tuple[int, int],
) -> bool:
    """Whether both rooms have some of what is counted, one of them more, as the question says."""
    if any((category, room) not in counts for category in categories for room in rooms):
        return False
    if any(not any(counts[category, room] for room in rooms) for category in categories):
        return False

    one, other = (sum(len(counts[category, room]) for category in categories) for room in rooms)
    is_ordered = one > other if ask == "difference" else one != other
    return is_ordered and min(one, other) >= 1
