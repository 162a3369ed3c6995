"""An optional judge for outputs that rules cannot read: cached, counted, and never in place of the
rule's score.
"""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from waywiser.clients.replies import strip_thinking
from waywiser.clients.requests import Failure, ReplyOrFailure
from waywiser.errors import EndpointError
from waywiser.evaluation.benchmarks import BenchmarkItem
from waywiser.evaluation.endpoint_client import EndpointClient
from waywiser.evaluation.profiles import WAYWISER_PROFILE, RowScore
from waywiser.evaluation.scoring import try_score

_PROMPT = """Decide whether a model's final answer to a question is correct. Compare it with the reference answer only;
do not solve the question yourself. Where there are options, the letter and the option's words mean the same.

Question:
{question}

Reference answer:
{truth}

The model's output:
{output}

Reply with 1 if the final answer is correct and with 0 if it is not, and with nothing else."""
_MAX_OUTPUT_CHARACTERS = 20_000
_MAX_TOKENS = 1024
"""A verdict is one token; a judge that thinks first needs the others."""


@dataclass
class JudgedScores:
    """`scores` with the judge and `rule` without it, both in the order of the items.

    `by_rule`, `by_judge` and `failed` count how each was settled; a failed verdict leaves the
    rule's score, and `failures` counts failures by kind ("timeout", "http 500", "nonsense", ...).
    """

    model: str
    rule: list[float]
    scores: list[float]
    by_rule: int = 0
    by_judge: int = 0
    failed: int = 0
    failures: Counter[str] = field(default_factory=Counter)


class AnswerJudge:
    """Asks an endpoint whether an answer is right, and keeps every verdict in a JSONL file."""

    def __init__(self, endpoint: EndpointClient, cache: Path) -> None:
        self._endpoint = endpoint
        self._path = cache
        self._verdicts = _read_cache(cache)

    def judge(self, items: Sequence[BenchmarkItem], outputs: Sequence[str]) -> JudgedScores:
        """Settle each output by our profile's rule, or by the judge if the rule reads no answer."""
        rule_scores = [
            _score_by_rule(item, output) for item, output in zip(items, outputs, strict=True)
        ]
        unread_indices = [
            k for k, rule in enumerate(rule_scores) if rule.extracted is None or rule.note
        ]
        verdicts = self.verdicts([_judge_prompt(items[k], outputs[k]) for k in unread_indices])

        judged = JudgedScores(
            self._endpoint.model,
            [rule.value for rule in rule_scores],
            [rule.value for rule in rule_scores],
        )

        judged.by_rule = len(rule_scores) - len(unread_indices)

        for k, verdict in zip(unread_indices, verdicts, strict=True):
            if isinstance(verdict, bool):
                judged.scores[k] = float(verdict)
                judged.by_judge += 1
            else:
                judged.failed += 1
                judged.failures[verdict.kind] += 1

        return judged

    def verdicts(self, prompts: Sequence[str]) -> list[bool | Failure]:
        """Whether each output is right, by the cache or by asking, or why the judge gave no
        verdict.
        """
        keys = [self._key(prompt) for prompt in prompts]
        failed: dict[str, Failure] = {}

        def done(name: str, outcome: ReplyOrFailure) -> None:
            verdict = _read_verdict(outcome)
            if isinstance(verdict, bool):
                self._store(name, verdict)
            else:
                failed[name] = verdict

        missing = {
            name: prompt
            for name, prompt in zip(keys, prompts, strict=True)
            if name not in self._verdicts
        }

        requests = (
            (n, self._endpoint.request(p, max_tokens=_MAX_TOKENS)) for n, p in missing.items()
        )
        stopped = Failure("not asked: the judge gave no verdicts")

        try:
            self._endpoint.ask_all(requests, done)
        except EndpointError as error:
            stopped = Failure(f"stopped: {error}")
            logging.getLogger(__name__).warning("the judge is asked no more: %s", error)

        return [self._verdicts.get(name, failed.get(name, stopped)) for name in keys]

    def _key(self, prompt: str) -> str:
        return hashlib.sha256(f"{self._endpoint.model}\0{prompt}".encode()).hexdigest()

    def _store(self, name: str, right: bool) -> None:
        self._verdicts[name] = right
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(
                json.dumps({"key": name, "model": self._endpoint.model, "right": right}) + "\n"
            )


def _score_by_rule(item: BenchmarkItem, output: str) -> RowScore:
    """The rule's score; what the rule cannot score has read no answer either."""
    found = try_score(item.row(output), WAYWISER_PROFILE)
    return RowScore(0.0, note=found) if isinstance(found, str) else found


def _judge_prompt(item: BenchmarkItem, output: str) -> str:
    if len(output) > _MAX_OUTPUT_CHARACTERS:
        output = (
            output[: _MAX_OUTPUT_CHARACTERS // 4]
            + "\n...\n"
            + output[-3 * _MAX_OUTPUT_CHARACTERS // 4 :]
        )

    return _PROMPT.format(question=item.prompt, truth=item.truth, output=output)


def _read_verdict(outcome: ReplyOrFailure) -> bool | Failure:
    """The verdict: 1 or 0 and nothing else, after the judge's own thoughts."""
    if isinstance(outcome, Failure):
        return outcome

    verdict_text = strip_thinking(outcome.text).strip()
    if verdict_text in ("0", "1"):
        return verdict_text == "1"

    cut = outcome.finish == "length"
    return Failure(
        f"truncated: after {_MAX_TOKENS} tokens"
        if cut
        else f"nonsense: the judge answered {verdict_text[:40]!r}"
    )


def _read_cache(path: Path) -> dict[str, bool]:
    """Verdicts of earlier runs; a line that a kill cut short is left out."""
    verdicts: dict[str, bool] = {}

    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                row = json.loads(line)
                verdicts[row["key"]] = bool(row["right"])
            except (ValueError, KeyError, TypeError):
                continue

    return verdicts
