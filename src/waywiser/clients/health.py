"""`EndpointHealth`: counts answers and failures of an endpoint, and decides when to give up."""

from collections import Counter

from waywiser.clients.config import EndpointConfig
from waywiser.clients.error_text import one_line
from waywiser.clients.fix_suggestions import SettingNames, suggest_fix
from waywiser.clients.requests import Failure, Request
from waywiser.errors import EndpointError

_PERMANENT_FAILURES = frozenset(
    {"http 401", "http 402", "http 429", "error 401", "error 402", "error 429"}
)
"""Refusals that do not depend on the question (429 here means an exhausted quota)."""


class EndpointHealth:
    """Counts of one endpoint.

    `answers`, `failures` by kind and `failed_attempts` are counts; `last` is the last failure, and
    `refused` holds the questions that were refused since the last answer.
    """

    def __init__(self, config: EndpointConfig, setting_names: SettingNames) -> None:
        self._config = config
        self._setting_names = setting_names
        self.answers = self.failed_attempts = 0
        self.failures: Counter[str] = Counter()
        self.refused: dict[int, Failure] = {}
        self.last: tuple[Failure, Request] | None = None
        self._num_silent_in_a_row = 0

    @property
    def has_only_failed(self) -> bool:
        """Whether attempts failed and nothing was ever answered."""
        return self.failed_attempts > 0 and not self.answers

    def record_reply(self) -> None:
        """Record a reply."""
        self.answers += 1
        self._num_silent_in_a_row = 0
        self.refused.clear()

    def record_failure(self, request: Request, failure: Failure) -> EndpointError | None:
        """Record a failed request; returns the error to stop with if there were too many."""
        self.failures[failure.kind] += 1
        if failure.fault == "request":
            return None

        self.last = failure, request

        if failure.fault != "refuses":
            self._num_silent_in_a_row += 1
            return (
                self._no_answer_error()
                if self._num_silent_in_a_row >= self._config.give_up_after
                else None
            )

        self.refused[question_hash(request)] = failure
        is_permanent = failure.kind in _PERMANENT_FAILURES and not self.answers

        return (
            self._refused_error()
            if is_permanent or len(self.refused) >= self._config.max_refusals
            else None
        )

    def no_reply_error(self, *, answered_before: bool) -> EndpointError | None:
        """The error to raise if nothing was answered, with the reason; else None.

        Requests that are repeated after an earlier run (`answered_before`) may fail again: then it
        is an error only if the endpoint cannot be reached.
        """
        if self.answers or self.last is None:
            return None

        fault = self.last[0].fault
        if answered_before and fault != "absent":
            return None

        return self._refused_error() if fault == "refuses" else self._no_answer_error()

    def invalid_address_error(self, request: Request) -> EndpointError:
        """The error for an address that no request can be sent to."""
        self.last = (
            Failure(f"unreachable: {one_line(self._config.url)} is no http address", "absent"),
            request,
        )
        return self._no_answer_error()

    def _no_answer_error(self) -> EndpointError:
        assert self.last is not None
        return EndpointError(
            f"the endpoint {one_line(self._config.url)} does not answer ({self.last[0].reason}):"
            " check that it runs and that its address, model and key are right, then run again to"
            " resume"
        )

    def _refused_error(self) -> EndpointError:
        assert self.last is not None
        failure, request = self.last

        after = (
            f" since its last answer, {len(self.refused)} questions in a row"
            if self.answers
            else ""
        )

        return EndpointError(
            f"the endpoint {one_line(self._config.url)} refuses what it is asked{after}"
            f" ({failure.reason}): {suggest_fix(failure, request, self._setting_names)}, then run"
            " again to resume"
        )


def question_hash(request: Request) -> int:
    """A hash that all samples of a question share."""
    return hash((request.text, request.images))
