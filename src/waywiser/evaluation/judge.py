"""An optional judge for outputs that rules cannot read: cached, counted, and never in place of the rule's score."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from waywiser.errors import ModelError
from waywiser.evaluation.benchmarks import BenchmarkItem
from waywiser.evaluation.endpoint import Endpoint
from waywiser.evaluation.profiles import OWN, score

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

    def verdict(self, item: BenchmarkItem, output: str) -> bool:
        """Whether the output is right. Raises ModelError where the judge fails or answers neither 1 nor 0."""
        shown = (
            output if len(output) <= _LONGEST else output[: _LONGEST // 4] + "\n...\n" + output[-3 * _LONGEST // 4 :]
        )
        prompt = _PROMPT.format(question=item.prompt, truth=item.truth, output=shown)
        key = hashlib.sha256(f"{self._endpoint.model}\0{prompt}".encode()).hexdigest()
        if key not in self._verdicts:
            reply = self._endpoint.complete(prompt, max_tokens=8).text.strip()
            if reply not in ("0", "1"):
                raise ModelError(f"nonsense: the judge answered {reply[:40]!r}")
            self._verdicts[key] = reply == "1"
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({"key": key, "model": self._endpoint.model, "right": reply == "1"}) + "\n")
        return self._verdicts[key]

    def judge(self, items: Sequence[BenchmarkItem], outputs: Sequence[str]) -> Judged:
        """Settle each output by our profile's rule, and by the judge where the rule read no answer."""
        judged = Judged(self._endpoint.model, [], [])
        for item, output in zip(items, outputs, strict=True):
            ruled = score(item.row(output), OWN)
            judged.rule.append(ruled.value)
            value = ruled.value
            if ruled.extracted is not None and not ruled.note:
                judged.by_rule += 1
            else:
                try:
                    value = float(self.verdict(item, output))
                    judged.by_judge += 1
                except ModelError as error:
                    judged.failed += 1
                    judged.failures[str(error).partition(":")[0]] += 1
            judged.scores.append(value)
        return judged


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
