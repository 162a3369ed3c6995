"""waywiser: teach multimodal language models to reason about space and to measure it.

Make rooms with questions about them, check every answer, ask a model and grade what it says:

    from pathlib import Path
    import waywiser
    from waywiser.media import decode_picture

    rooms = Path("rooms")
    waywiser.synthesize(waywiser.SynthesisConfig(out=rooms, rooms=8))   # questions, exact answers
    audit = waywiser.audit_dataset(waywiser.AuditConfig(folder=rooms))  # each is derived again
    print(audit.findings)                                               # []: none is wrong

    sample = next(waywiser.load_dataset(rooms))
    model, processor = waywiser.load_model("starter")                   # small, and shipped
    reply = waywiser.ask(model, processor, sample.question, [decode_picture(sample.images[0])])
    print(waywiser.grade(reply.text, sample.answer).score)              # 1.0 if it is right
"""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.answers.grade import Verdict as Verdict
    from waywiser.answers.grade import grade as grade
    from waywiser.audit.dataset_audit import AuditConfig as AuditConfig
    from waywiser.audit.dataset_audit import audit_dataset as audit_dataset
    from waywiser.dataset.config import SynthesisConfig as SynthesisConfig
    from waywiser.dataset.question_generator import QuestionGenerator
    from waywiser.dataset.reader import read_samples as load_dataset
    from waywiser.dataset.synthesize import synthesize as synthesize
    from waywiser.evaluation.dataset_run import evaluate_folder as evaluate
    from waywiser.evaluation.dataset_run import summarize
    from waywiser.models.chat import ask
    from waywiser.models.loading import load as load_model
    from waywiser.rewards.config import RewardConfig as RewardConfig
    from waywiser.rewards.trl import make_reward_functions
    from waywiser.sample import Answer as Answer
    from waywiser.sample import Sample as Sample
    from waywiser.scenes.furniture.library import open_library
    from waywiser.scenes.scene import Scene as Scene
    from waywiser.tasks.base import ClipTask, ImageTask, Question, Task, View
    from waywiser.tasks.clip_view import ClipView
    from waywiser.tasks.registry import get_task, list_tasks, load_plugin, register_task
    from waywiser.training.train import load_recipe
    from waywiser.training.train import train as train

__version__ = "0.2.0"

_ORIGINS = {
    # Questions and answers
    "Sample": "waywiser.sample.Sample",
    "Answer": "waywiser.sample.Answer",
    "Verdict": "waywiser.answers.grade.Verdict",
    "grade": "waywiser.answers.grade.grade",
    # Tasks
    "Task": "waywiser.tasks.base.Task",
    "ImageTask": "waywiser.tasks.base.ImageTask",
    "ClipTask": "waywiser.tasks.base.ClipTask",
    "Question": "waywiser.tasks.base.Question",
    "View": "waywiser.tasks.base.View",
    "ClipView": "waywiser.tasks.clip_view.ClipView",
    "register_task": "waywiser.tasks.registry.register_task",
    "load_plugin": "waywiser.tasks.registry.load_plugin",
    "list_tasks": "waywiser.tasks.registry.list_tasks",
    "get_task": "waywiser.tasks.registry.get_task",
    # Scenes and datasets
    "Scene": "waywiser.scenes.scene.Scene",
    "open_library": "waywiser.scenes.furniture.library.open_library",
    "QuestionGenerator": "waywiser.dataset.question_generator.QuestionGenerator",
    "SynthesisConfig": "waywiser.dataset.config.SynthesisConfig",
    "synthesize": "waywiser.dataset.synthesize.synthesize",
    "load_dataset": "waywiser.dataset.reader.read_samples",
    "AuditConfig": "waywiser.audit.dataset_audit.AuditConfig",
    "audit_dataset": "waywiser.audit.dataset_audit.audit_dataset",
    # Training
    "RewardConfig": "waywiser.rewards.config.RewardConfig",
    "make_reward_functions": "waywiser.rewards.trl.make_reward_functions",
    "load_recipe": "waywiser.training.train.load_recipe",
    "train": "waywiser.training.train.train",
    # Models
    "load_model": "waywiser.models.loading.load",
    "ask": "waywiser.models.chat.ask",
    "evaluate": "waywiser.evaluation.dataset_run.evaluate_folder",
    "summarize": "waywiser.evaluation.dataset_run.summarize",
}
"""Where each public name is defined: it is imported on first use, so `import waywiser` is quick."""

__all__ = [
    "Answer",
    "AuditConfig",
    "ClipTask",
    "ClipView",
    "ImageTask",
    "Question",
    "QuestionGenerator",
    "RewardConfig",
    "Sample",
    "Scene",
    "SynthesisConfig",
    "Task",
    "Verdict",
    "View",
    "__version__",
    "ask",
    "audit_dataset",
    "evaluate",
    "get_task",
    "grade",
    "list_tasks",
    "load_dataset",
    "load_model",
    "load_plugin",
    "load_recipe",
    "make_reward_functions",
    "open_library",
    "register_task",
    "summarize",
    "synthesize",
    "train",
]


if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
