"""What is believed of each prompt's pass rate while the model changes: a measured prior, then
training itself.

The rule is that of Elo and Rasch: a prompt has an ease, a task a skill, both on the logit scale,
and every group of completions moves both. A prompt that was not drawn for long thus follows what
its task has learned since.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from waywiser.json_types import JsonObject

_MIN_RATE = 0.01


class PassRateEstimator:
    """Estimated pass rates in (0, 1) of N prompts of some tasks.

    A group of G completions with mean accuracy a makes the belief p of n completions
    (n p + G a) / (n + G) of n + G, at most `capacity`: the older the evidence, the less it counts.
    It also moves its task's skill by `gain` (a - p), averaged over a batch's groups of that task,
    and with it the estimate of every prompt of the task.

    Args:
        tasks: Task of each of the N prompts.
        prior_N: Measured pass rates (1 - difficulty), shape (N,), in [0, 1]. NaN where unknown:
            those start at their task's mean, or at one half.
        prior_weight: Number of completions that a prior counts as.
        capacity: Maximum number of completions that a belief counts as.
        gain: Change of a task's skill, on the logit scale, per unit of surprise.
    """

    def __init__(
        self,
        tasks: Sequence[str],
        prior_N: Sequence[float] | np.ndarray,
        *,
        prior_weight: float = 4.0,
        capacity: float = 16.0,
        gain: float = 0.5,
    ) -> None:
        self.tasks = np.asarray(tasks)
        self.capacity = capacity
        self.gain = gain
        prior = np.array(prior_N, dtype=np.float64)

        for task in sorted(set(tasks)):
            in_task = self.tasks == task
            known = prior[in_task & ~np.isnan(prior)]
            prior[in_task & np.isnan(prior)] = known.mean() if len(known) else 0.5

        self._logit_N = _logit(prior)
        self._evidence_N = np.full(len(prior), float(prior_weight))
        self._skill_N = np.zeros(len(prior))  # the task's skill when the belief was formed
        self._skill = {str(task): 0.0 for task in sorted(set(tasks))}
        self._rate: dict[str, float] = {}
        self._updated: set[int] = set()

    def estimate(self, prompts: Iterable[int]) -> np.ndarray:
        """Believed pass rates of `prompts` (indices below N), each in (0, 1)."""
        index = np.fromiter(prompts, dtype=np.int64)
        skill = np.array([self._skill[task] for task in self.tasks[index]])
        return _sigmoid(self._logit_N[index] + skill - self._skill_N[index])

    def update(self, prompts: Sequence[int], accuracy_P: Sequence[float], completions: int) -> None:
        """Take in groups of `completions` each with these mean accuracies in [0, 1]; NaN ones are
        left out.
        """
        index = np.asarray(prompts, dtype=np.int64)
        accuracies = np.clip(np.asarray(accuracy_P, dtype=np.float64), 0, 1)
        index = index[~np.isnan(accuracies)]
        accuracies = accuracies[~np.isnan(accuracies)]
        estimates = self.estimate(index)

        for i, accuracy, belief in zip(
            index.tolist(), accuracies.tolist(), estimates.tolist(), strict=True
        ):
            evidence = self._evidence_N[i]
            rate = (evidence * belief + completions * accuracy) / (evidence + completions)
            self._logit_N[i] = _logit(np.array(rate))
            self._evidence_N[i] = min(self.capacity, evidence + completions)
            self._skill_N[i] = self._skill[str(self.tasks[i])]
            self._updated.add(i)

        for task in sorted({str(name) for name in self.tasks[index]}):
            in_task = self.tasks[index] == task
            mean = float(accuracies[in_task].mean())
            self._skill[task] += self.gain * (mean - float(estimates[in_task].mean()))
            self._rate[task] = (
                mean if task not in self._rate else 0.8 * self._rate[task] + 0.2 * mean
            )

    def task_rates(self) -> dict[str, float]:
        """Running mean of the pass rate of each task that was drawn."""
        return dict(self._rate)

    def state(self) -> JsonObject:
        """All that training has added, as plain JSON; `load` gives it back exactly."""
        seen = sorted(self._updated)
        beliefs = [
            [i, self._logit_N[i].item(), self._evidence_N[i].item(), self._skill_N[i].item()]
            for i in seen
        ]

        return {"beliefs": beliefs, "skill": self._skill, "rate": self._rate}

    def load(self, state: JsonObject) -> None:
        """Take up what `state` gave, in a memory of the same prompts."""
        for i, logit, evidence, skill in state["beliefs"]:
            self._logit_N[i], self._evidence_N[i], self._skill_N[i] = logit, evidence, skill
            self._updated.add(i)
        self._skill.update(state["skill"])
        self._rate.update(state["rate"])


def _logit(rate: np.ndarray) -> np.ndarray:
    rate = np.clip(rate, _MIN_RATE, 1 - _MIN_RATE)
    return np.log(rate / (1 - rate))


def _sigmoid(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
