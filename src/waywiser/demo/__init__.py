"""The whole loop, small: rooms, difficulty, SFT, RLVR, equal-time SFT, evaluation, a page."""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.demo.config import DemoConfig as DemoConfig
    from waywiser.demo.runner import run_demo as run_demo

_ORIGINS = {
    "DemoConfig": "waywiser.demo.config.DemoConfig",
    "run_demo": "waywiser.demo.runner.run_demo",
}

__all__ = [
    "DemoConfig",
    "run_demo",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
