"""Room comparison: which of two rooms that a video walks through has more of something?"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice

import numpy as np

from waywiser.rendering.geometry import inside_polygon
from waywiser.sample import Answer
from waywiser.scenes.categories import CATEGORIES, are_confusable, is_askable, pluralize
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
from waywiser.tasks.visual_cues import keep_short, position_in_words
from waywiser.tasks.wording import list_in_words, list_short_options

MIN_FRAMES_INSIDE = 2
"""Frames of the video whose camera stands in a room that is asked about."""
MAX_COUNT = 6
"""Most things of a kind in a room that is asked about."""
MIN_BESIDE_NONE = 2
"""Fewest things in the fullest room where another has none: one alone is not worth comparing."""
TELLTALES = {
    "bedroom": {"bed"},
    "kitchen": {"stove", "fridge", "dishwasher", "kitchen cabinet"},
    "bathroom": {"toilet", "bathtub", "shower"},
    "living room": {"sofa", "television"},
    "living-dining room": {"sofa", "television"},
    "dining room": {"table"},
    "office": {"desk"},
    "children's room": {"bunk bed", "crib", "teddy bear", "toy car", "dollhouse", "toy box"},
    "hall": {"coat rack", "shoe rack"},
    "storage room": {"cardboard box", "crate", "storage tub"},
}
"""What one knows a room by; one of these is surely seen in it. Other uses are not asked about."""
ADDED_UP = (
    frozenset({"chair", "armchair", "stool", "bar stool"}),
    frozenset({"window", "curtain", "picture"}),
    frozenset({"cup", "plate", "bowl", "bottle"}),
    frozenset({"plant", "vase", "candle"}),
    frozenset({"teddy bear", "toy car"}),
)
"""Kinds that people would add up: two of the same set."""
PER_DEPTH = 4
"""Questions of each depth about one video."""

TEMPLATES = {
    "more": (
        "Which room in the video has more {things}, {either}?",
        "Are there more {things} in {either}?",
        "Which has more {things}: {either}?",
        "Where are there more {things}, in {either}?",
        "Going by the video, which has more {things}: {either}?",
        "Of {both}, which room has more {things}?",
        "In which of these two rooms are there more {things}: {either}?",
        "Compare {both}. Which of them has more {things}?",
    ),
    "most": (
        "Which room in the video has the most {things}: {either}?",
        "Where are there the most {things}, in {either}?",
        "Which of these rooms has the most {things}: {either}?",
        "Going by the video, which room has the most {things}: {either}?",
        "Of {both}, which room has the most {things}?",
        "In which of these three rooms are there the most {things}: {either}?",
        "Compare {both}. Which of them has the most {things}?",
        "Which room has more {things} than the other two: {either}?",
    ),
    "together": (
        "Counting {things} together, which room in the video has more, {either}?",
        "Are there more {things} in total in {either}?",
        "Add up the {things} in each room. Which has more, {either}?",
        "Taking {things} together, are there more of them in {either}?",
        "Which room has the larger total of {things}: {either}?",
        "Of {both}, which room has more {things} altogether?",
        "Counting both {things}, in which room are there more: {either}?",
        "Compare {both}. Which of them has more {things} in total?",
    ),
}


@register_task(seed=26)
class RoomComparison(ClipTask):
    """Instances of a kind in two or three rooms, which are named by what they are for.

    Depth 1 ("more"): two rooms and one kind. Depth 2 ("most"): three rooms. Depth 3 ("together"):
    two rooms and two kinds of a sort, which are added up. Only kinds are asked about of which rooms
    often have several. The home has no other room of such a use, something that tells the use is
    surely seen there, and the camera stands in each room for two frames at least. All instances in
    these rooms, up to six of a kind, are surely seen in some frame; no other word in view fits any
    of them. One room has more than the others; where one of them has none, it has two or more.
    `margin` is by how many.
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
        rooms: tuple[int, ...]
        objects: tuple[ObjectId, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        questions: list[Question] = []
        counts = {
            (category, room): group for category, group, room in countable_groups_by_room(clip_view)
        }
        categories = sorted({category for category, _ in counts})
        rooms = sorted({room for _, room in counts})

        words = noticed_words(clip_view)

        for depth, ask in enumerate(TEMPLATES, start=1):
            drafts = [
                (names, group)
                for names in combinations(categories, 2 if ask == "together" else 1)
                if (len(names) == 1 or any(kinds.issuperset(names) for kinds in ADDED_UP))
                and not any(are_confusable(a, b) for a in names for b in words.difference(names))
                for group in combinations(rooms, 3 if ask == "most" else 2)
                if lead_of_rooms(counts, names, group) >= 1
            ]
            proposed = (
                self._build_question(clip_view, depth, ask, names, group, rng)
                for names, group in sample_up_to(rng, drafts, len(drafts))
            )
            questions += islice((q for q in proposed if q.reasoning), PER_DEPTH)

        return questions

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        totals = [count_in_room(clip_view, inputs.categories, room) for room in inputs.rooms]
        fullest = inputs.rooms[int(np.argmax(totals))]
        return Answer(
            kind="choice",
            value=clip_view.scene.rooms[fullest].use,
            options=[clip_view.scene.rooms[room].use for room in inputs.rooms],
        )

    def _build_question(
        self,
        clip_view: ClipView,
        depth: int,
        ask: str,
        categories: Sequence[str],
        group: Sequence[int],
        rng: np.random.Generator,
    ) -> Question:
        rooms = sample_up_to(rng, group)
        uses = [clip_view.scene.rooms[room].use for room in rooms]
        totals = [count_in_room(clip_view, categories, room) for room in rooms]
        order = np.argsort(totals)[::-1]
        objects = [
            obj.id
            for room in rooms
            for category in categories
            for obj in instances_in_room(clip_view, category, room)
        ]
        named = [f"the {use}" for use in uses]
        text = self.ask(
            rng,
            ask,
            things=list_in_words([pluralize(category) for category in categories]),
            either=f"{', '.join(named[:-1])} or {named[-1]}",
            both=list_in_words(named),
        )
        kinds = " and ".join(categories)

        return self.question(
            clip_view,
            self.Inputs(
                clip=clip_view.clip_index,
                ask=ask,
                categories=tuple(categories),
                rooms=tuple(rooms),
                objects=tuple(objects),
            ),
            f"{text} {list_short_options(uses)}",
            margin=float(totals[order[0]] - totals[order[1]]),
            subject=kinds,
            answer_class=f"{ask} {int(order[0])}",
            subtask=ask,
            complexity=depth,
            compared=(f"{kinds} {uses[order[0]]}", f"{kinds} {uses[order[1]]}"),
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

        high, *others = sorted(totals, reverse=True)
        rest = " and ".join(str(total) for total in others)
        return keep_short(f"{' '.join(told)} {high} is more than {rest}: the {answer.value}.")


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
        if uses.count(room.use) == 1
        and is_recognized(clip_view, index)
        and int(inside_polygon(room.polygon, places_T_2).sum()) >= MIN_FRAMES_INSIDE
    ]


def countable_groups_by_room(clip_view: ClipView) -> Iterator[tuple[str, list[Object], int]]:
    """Kinds with their instances, in id order, in each visited room where all are surely seen.

    A room without any is among them: its group is empty.
    """
    kinds = sorted(
        category
        for category in noticed_words(clip_view)
        if is_askable(category)
        and is_naturally_several(category)
        and not any(clip_view.object(i).category == category for i in clip_view.moving_ids)
    )

    for room in visited_rooms(clip_view):
        for category in kinds:
            group = instances_in_room(clip_view, category, room)
            if len(group) <= MAX_COUNT and all(is_ever_seen(clip_view, obj.id) for obj in group):
                yield category, group, room


def is_recognized(clip_view: ClipView, room: int) -> bool:
    """Whether something is surely seen in the room that tells what it is for."""
    telltales = TELLTALES.get(clip_view.scene.rooms[room].use, ())
    inside = [obj for obj in clip_view.scene.objects if obj.room == room]
    return any(obj.category in telltales and is_ever_seen(clip_view, obj.id) for obj in inside)


def noticed_words(clip_view: ClipView) -> set[str]:
    """The words of all that shows as more than a speck in some frame."""
    noticed = {i for view in clip_view.views for i in view.visible if is_noticeable(view, i)}
    return {clip_view.object(i).category for i in noticed}


def is_naturally_several(category: str) -> bool:
    """Whether rooms often have several of a kind, so that it is natural to compare them."""
    return category in CATEGORIES and CATEGORIES[category].plural_is_natural


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


def lead_of_rooms(
    counts: Mapping[tuple[str, int], list[Object]], categories: Sequence[str], rooms: Sequence[int]
) -> int:
    """By how many the fullest room leads; 0 where not all is known, or one thing is all there is to
    count beside an empty room.
    """
    if any((category, room) not in counts for category in categories for room in rooms):
        return 0
    if any(not any(counts[category, room] for room in rooms) for category in categories):
        return 0

    totals = sorted(sum(len(counts[category, room]) for category in categories) for room in rooms)
    *_, second, first = totals
    return first - second if totals[0] or first >= MIN_BESIDE_NONE else 0
