"""A model as judge of chains of thought: the rubric, the request, and a strict parser of
replies.
"""

import json

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from waywiser.clients.replies import strip_code_fence, strip_thinking
from waywiser.clients.requests import Request, make_response_format
from waywiser.curation.config import JudgeConfig
from waywiser.json_types import JsonObject
from waywiser.sample import Quality

JUDGE_RUBRIC = """You score a chain of thought for use in training. Do not solve the \
question. Score each dimension from 1
to 10.

structure - structural correctness of the reasoning: does it go in ordered steps, each \
following from the question or
from earlier steps, without gaps, to the stated answer?
 1-3 no order, or steps that do not follow; 4-6 an order with gaps or idle steps; \
7-8 sound with small gaps;
 9-10 every step follows and is needed.
cognitive_load - cognitive load management: can a reader follow it without holding too much at once?
 1-3 long dense steps, many new symbols at a time; 4-6 uneven; 7-8 mostly short \
steps, notation explained;
 9-10 one idea a step, nothing introduced that is not used.
verification - verification richness: does it check itself?
 1-3 no check; 4-6 a claim to have checked, without showing it; 7-8 one check that is shown;
 9-10 checks of the result and of intermediate steps, by another way or by putting it back.
verdict - "keep" if you would train on it, "reject" if not.

Reply with one JSON object and nothing else:
{"structure": 1-10, "cognitive_load": 1-10, "verification": 1-10, "verdict": "keep" or "reject"}"""

_JUDGE_PROMPT = """Question:
{question}

Chain of thought:
{thinking}

Stated answer: {answer}"""
_MAX_THINKING_CHARACTERS = 24_000


class JudgeScores(BaseModel):
    """The JSON object that a judge must reply with."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    structure: int = Field(ge=1, le=10)
    cognitive_load: int = Field(ge=1, le=10)
    verification: int = Field(ge=1, le=10)
    verdict: str = Field(pattern="^(keep|reject)$")

    @property
    def mean(self) -> float:
        return (self.structure + self.cognitive_load + self.verification) / 3

    @property
    def contradicts_itself(self) -> bool:
        """Whether the verdict contradicts the scores."""
        return (self.verdict == "keep" and self.mean < 4) or (
            self.verdict == "reject" and self.mean > 7
        )

    def quality(self, judge: str) -> Quality:
        """The scores in [0, 1]."""
        scores = (self.structure, self.cognitive_load, self.verification)
        structure, load, verification = (round((score - 1) / 9, 6) for score in scores)
        return Quality(
            structure=structure, cognitive_load=load, verification=verification, judge=judge
        )


def make_judge_request(
    config: JudgeConfig, question: str, thinking: str, answer: str, seed: int = 0
) -> Request:
    """The request to judge one chain. Pictures are not sent: the rubric is about the text.

    Args:
        config: the judge.
        question: text of the question.
        thinking: the chain; the middle of a very long one is left out.
        answer: answer of the chain.
        seed: tells repeated judgments of a chain apart.
    """
    if len(thinking) > _MAX_THINKING_CHARACTERS:
        thinking = (
            thinking[: _MAX_THINKING_CHARACTERS // 2]
            + "\n...\n"
            + thinking[-_MAX_THINKING_CHARACTERS // 2 :]
        )

    return Request(
        model=config.model,
        text=_JUDGE_PROMPT.format(question=question, thinking=thinking, answer=answer),
        system=JUDGE_RUBRIC,
        temperature=config.temperature,
        top_p=config.top_p,
        max_tokens=config.max_tokens,
        seed=seed,
        response_format=make_response_format(config.json_mode, "scores", _response_schema()),
        parameters=config.parameters,
    )


def parse_judge_scores(text: str) -> JudgeScores | None:
    """The scores in a reply; None unless it is exactly one JSON object of the rubric's form.

    Thinking before it and a Markdown fence around it are allowed.
    """
    try:
        return JudgeScores.model_validate(json.loads(strip_code_fence(strip_thinking(text))))
    except (ValueError, ValidationError, RecursionError):
        return None


def _response_schema() -> JsonObject:
    score = {"type": "integer", "minimum": 1, "maximum": 10}
    names = ("structure", "cognitive_load", "verification")
    properties = {
        **dict.fromkeys(names, score),
        "verdict": {"type": "string", "enum": ["keep", "reject"]},
    }

    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
