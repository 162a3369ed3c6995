"""How hard the next samples of each task should be: a level that steers the pass rate to a target."""

from collections.abc import Iterable


class LevelController:
    """A level in [0, 1] for each task, raised while the task passes more often than `target` and
    lowered else.

    Integral control: each observed pass rate r moves the level by `gain` (r - target). Where pass
    rates fall as levels rise it settles at the target, or at the end of the range that comes
    closest.

    Args:
        tasks: Names of the tasks.
        start: First level of each task, in [0, 1].
        target: Pass rate to steer to, in [0, 1].
        gain: Change of the level per unit of difference between pass rate and target.
    """

    def __init__(
        self, tasks: Iterable[str], *, start: float = 0.3, target: float = 0.5, gain: float = 0.15
    ) -> None:
        self.target = target
        self.gain = gain
        self._level = dict.fromkeys(sorted(tasks), float(start))

    def level(self, task: str) -> float:
        """The level to draw `task` at."""
        return self._level[task]

    def observe(self, task: str, pass_rate: float) -> None:
        """Take in the mean pass rate of a batch of `task`."""
        moved = self._level[task] + self.gain * (pass_rate - self.target)
        self._level[task] = min(1.0, max(0.0, moved))

    def state(self) -> dict[str, float]:
        """The levels, as plain JSON."""
        return dict(self._level)

    def load(self, state: dict[str, float]) -> None:
        """Go on from what `state` gave."""
        self._level.update(state)
