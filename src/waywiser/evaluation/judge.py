"""An optional judge for outputs that rules cannot read: cached, counted, and never in place of the rule's score."""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from waywiser.clients.replies import without_thoughts
from waywiser.clients.requests import Failure, Outcome
from waywiser.errors import EndpointError
from waywiser.evaluation.benchmarks import BenchmarkItem
from waywiser.evaluation.endpoint import Endpoint
from waywiser.evaluation.profiles import OWN, Score
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
_LONGEST = 20_000
_MAX_TOKENS = 1024
"""A verdict is one token; a judge that thinks first needs the others."""


@dataclass
class Judged:
    """`scores` with the judge, beside `rule` without it, both in the order of the items.

    `by_rule`, `by_judge` and `failed` count how each was settled; a failed verdict leaves the rule's score, and
    `failures` counts failures by kind ("timeout", "http 500", "nonsense", ...).
    """

    model: str
    rule: list[float]
    scores: list[float]
    by_rule: int = 0
    by_judge: int = 0
    failed: int = 0
    failures: Counter[str] = field(default_factory=Counter)


class Judge:
    """Asks an endpoint whether an answer is right, and keeps every verdict in a JSONL file."""

    def __init__(self, endpoint: Endpoint, cache: Path) -> None:
        self._endpoint, self._path = endpoint, cache
        self._verdicts = _read_cache(cache)

    def judge(self, items: Sequence[BenchmarkItem], outputs: Sequence[str]) -> Judged:
        """Settle each output by our profile's rule, and by the judge where the rule read no answer."""
        ruled = [_ruled(item, output) for item, output in zip(items, outputs, strict=True)]
        unread = [k for k, rule in enumerate(ruled) if rule.extracted is None or rule.note]
        verdicts = self.verdicts([_prompt(items[k], outputs[k]) for k in unread])

        judged = Judged(self._endpoint.model, [rule.value for rule in ruled], [rule.value for rule in ruled])
        judged.by_rule = len(ruled) - len(unread)
        for k, verdict in zip(unread, verdicts, strict=True):
            if isinstance(verdict, bool):
                judged.scores[k] = float(verdict)
                judged.by_judge += 1
            else:
                judged.failed += 1
                judged.failures[verdict.kind] += 1
        return judged

    def verdicts(self, prompts: Sequence[str]) -> list[bool | Failure]:
        """Whether each output is right, by the cache or by asking, or why the judge gave no verdict."""
        names = [self._key(prompt) for prompt in prompts]
        failed: dict[str, Failure] = {}

        def done(name: str, outcome: Outcome) -> None:
            verdict = _read(outcome)
            if isinstance(verdict, bool):
                self._keep(name, verdict)
            else:
                failed[name] = verdict

        missing = {name: prompt for name, prompt in zip(names, prompts, strict=True) if name not in self._verdicts}
        requests = ((n, self._endpoint.request(p, max_tokens=_MAX_TOKENS)) for n, p in missing.items())
        stopped = Failure("not asked: the judge gave no verdicts")
        try:
            self._endpoint.ask_all(requests, done)
        except EndpointError as error:
            stopped = Failure(f"stopped: {error}")
            logging.getLogger(__name__).warning("the judge is asked no more: %s", error)
        return [self._verdicts.get(name, failed.get(name, stopped)) for name in names]

    def _key(self, prompt: str) -> str:
        return hashlib.sha256(f"{self._endpoint.model}\0{prompt}".encode()).hexdigest()

    def _keep(self, name: str, right: bool) -> None:
        self._verdicts[name] = right
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"key": name, "model": self._endpoint.model, "right": right}) + "\n")


def _ruled(item: BenchmarkItem, output: str) -> Score:
    """The rule's score; what the rule cannot score has read no answer either."""
    found = try_score(item.row(output), OWN)
    return Score(0.0, note=found) if isinstance(found, str) else found


def _prompt(item: BenchmarkItem, output: str) -> str:
    if len(output) > _LONGEST:
        output = output[: _LONGEST // 4] + "\n...\n" + output[-3 * _LONGEST // 4 :]
    return _PROMPT.format(question=item.prompt, truth=item.truth, output=output)


def _read(outcome: Outcome) -> bool | Failure:
    """The verdict: 1 or 0 and nothing else, after the judge's own thoughts."""
    if isinstance(outcome, Failure):
        return outcome
    said = without_thoughts(outcome.text).strip()
    if said in ("0", "1"):
        return said == "1"
    cut = outcome.finish == "length"
    return Failure(f"truncated: after {_MAX_TOKENS} tokens" if cut else f"nonsense: the judge answered {said[:40]!r}")


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
