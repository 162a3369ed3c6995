"""How far a run has come: by steps, by the clock, or by whichever of the two is further."""

import time


class TrainingBudget:
    """A run's end in optimizer steps, in seconds of training, or both; one of them must be given.

    `seconds_spent` seconds count from an earlier part of the run, so that a resumed run goes on
    annealing where it stopped. The clock starts with `start`, when training begins.
    """

    first_step = 0
    """Steps of the run before this budget's first one."""

    def __init__(
        self, max_steps: int | None, max_seconds: float | None, seconds_spent: float = 0.0
    ) -> None:
        if max_steps is None and max_seconds is None:
            raise ValueError("a budget needs steps or seconds")

        self.max_steps = max_steps
        self.max_seconds = max_seconds
        self.seconds_spent = seconds_spent
        self._started: float | None = None

    def start(self) -> None:
        """Start (or go on with) the clock."""
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds of training so far, earlier parts of the run included."""
        return self.seconds_spent + (
            time.monotonic() - self._started if self._started is not None else 0.0
        )

    def progress(self, step: int) -> float:
        """Progress in [0, 1] after `step` optimizer steps."""
        by_steps = step / self.max_steps if self.max_steps is not None else 0.0
        by_clock = self.seconds / self.max_seconds if self.max_seconds is not None else 0.0
        return min(1.0, max(by_steps, by_clock))

    def is_exhausted(self, step: int) -> bool:
        """Whether training must stop after `step` optimizer steps."""
        return self.progress(step) >= 1.0


class RoundBudget(TrainingBudget):
    """The budget of one round of a run: `max_steps` steps, and the round's share of the clock.

    Progress, which the learning rate follows, is that of the whole run.

    Args:
        index: Which round, from 0.
        count: Rounds of the run, each with the same share.
        first_step: Steps of the rounds before.
        max_steps: Steps of this round.
        max_seconds: Seconds of the whole run.
        seconds_spent: Seconds of the run before this round trains.
    """

    def __init__(
        self,
        index: int,
        count: int,
        first_step: int,
        max_steps: int | None,
        max_seconds: float | None,
        seconds_spent: float,
    ) -> None:
        super().__init__(max_steps, max_seconds, seconds_spent)
        self.index = index
        self.count = count
        self.first_step = first_step

    def progress(self, step: int) -> float:
        """Progress of the run in [0, 1] after `step` optimizer steps of this round."""
        by_steps = min(1.0, step / self.max_steps) if self.max_steps is not None else 0.0
        by_clock = self.seconds / self.max_seconds if self.max_seconds is not None else 0.0
        return min(1.0, max((self.index + by_steps) / self.count, by_clock))

    def is_exhausted(self, step: int) -> bool:
        """Whether this round must stop after `step` optimizer steps.

        The first step is always taken: what was sampled took the time, and would teach nothing.
        """
        by_clock = (
            step > 0
            and self.max_seconds is not None
            and (self.seconds >= self.max_seconds * (self.index + 1) / self.count)
        )
        return by_clock or (self.max_steps is not None and step >= self.max_steps)
