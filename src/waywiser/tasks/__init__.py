"""Spatial tasks: each turns a rendered view or clip into questions with exact answers.

A task of your own is one class in one file: docs/guide/add_a_task.md.
"""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.tasks.base import ClipTask as ClipTask
    from waywiser.tasks.base import ImageTask as ImageTask
    from waywiser.tasks.base import Question as Question
    from waywiser.tasks.base import Task as Task
    from waywiser.tasks.base import View as View
    from waywiser.tasks.clip_view import ClipView as ClipView
    from waywiser.tasks.completion import format_answer as format_answer
    from waywiser.tasks.completion import gold_completion as gold_completion
    from waywiser.tasks.inputs import ObjectId as ObjectId
    from waywiser.tasks.inputs import TaskInputs as TaskInputs
    from waywiser.tasks.own_tasks import KINDS as KINDS
    from waywiser.tasks.own_tasks import UNITS as UNITS
    from waywiser.tasks.registry import TASKS as TASKS
    from waywiser.tasks.registry import choose_tasks as choose_tasks
    from waywiser.tasks.registry import get_task as get_task
    from waywiser.tasks.registry import list_tasks as list_tasks
    from waywiser.tasks.registry import load_plugin as load_plugin
    from waywiser.tasks.registry import register_task as register_task
    from waywiser.tasks.sampling import sample_one as sample_one
    from waywiser.tasks.sampling import sample_up_to as sample_up_to
    from waywiser.tasks.views import derive_answer as derive_answer
    from waywiser.tasks.views import render_clip as render_clip
    from waywiser.tasks.views import render_view as render_view
    from waywiser.tasks.visible_objects import is_clearly_visible as is_clearly_visible
    from waywiser.tasks.visible_objects import is_fully_visible as is_fully_visible
    from waywiser.tasks.visible_objects import is_visible as is_visible
    from waywiser.tasks.visible_objects import uniquely_named as uniquely_named

_ORIGINS = {
    "ClipTask": "waywiser.tasks.base.ClipTask",
    "ClipView": "waywiser.tasks.clip_view.ClipView",
    "ImageTask": "waywiser.tasks.base.ImageTask",
    "KINDS": "waywiser.tasks.own_tasks.KINDS",
    "ObjectId": "waywiser.tasks.inputs.ObjectId",
    "Question": "waywiser.tasks.base.Question",
    "TASKS": "waywiser.tasks.registry.TASKS",
    "Task": "waywiser.tasks.base.Task",
    "TaskInputs": "waywiser.tasks.inputs.TaskInputs",
    "UNITS": "waywiser.tasks.own_tasks.UNITS",
    "View": "waywiser.tasks.base.View",
    "choose_tasks": "waywiser.tasks.registry.choose_tasks",
    "derive_answer": "waywiser.tasks.views.derive_answer",
    "format_answer": "waywiser.tasks.completion.format_answer",
    "get_task": "waywiser.tasks.registry.get_task",
    "gold_completion": "waywiser.tasks.completion.gold_completion",
    "is_clearly_visible": "waywiser.tasks.visible_objects.is_clearly_visible",
    "is_fully_visible": "waywiser.tasks.visible_objects.is_fully_visible",
    "is_visible": "waywiser.tasks.visible_objects.is_visible",
    "list_tasks": "waywiser.tasks.registry.list_tasks",
    "load_plugin": "waywiser.tasks.registry.load_plugin",
    "register_task": "waywiser.tasks.registry.register_task",
    "render_clip": "waywiser.tasks.views.render_clip",
    "render_view": "waywiser.tasks.views.render_view",
    "sample_one": "waywiser.tasks.sampling.sample_one",
    "sample_up_to": "waywiser.tasks.sampling.sample_up_to",
    "uniquely_named": "waywiser.tasks.visible_objects.uniquely_named",
}

__all__ = [
    "KINDS",
    "TASKS",
    "UNITS",
    "ClipTask",
    "ClipView",
    "ImageTask",
    "ObjectId",
    "Question",
    "Task",
    "TaskInputs",
    "View",
    "choose_tasks",
    "derive_answer",
    "format_answer",
    "get_task",
    "gold_completion",
    "is_clearly_visible",
    "is_fully_visible",
    "is_visible",
    "list_tasks",
    "load_plugin",
    "register_task",
    "render_clip",
    "render_view",
    "sample_one",
    "sample_up_to",
    "uniquely_named",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
