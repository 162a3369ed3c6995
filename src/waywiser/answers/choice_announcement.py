"""Peel off the words that announce or close the answer of a choice: "I choose", "is correct"."""

import re

from waywiser.answers.hedge_words import HEDGES

_LEAD = re.compile(
    r"(?:"
    r"(?:so|thus|hence|therefore|ok|okay|well)\b[,:]? "
    r"|(?:(?:the|my) )?(?:(?:final|correct|right|best|most likely)"
    r" ){0,2}(?:answer|option|choice|solution|letter)s?"
    r"(?: to (?:the|this) question)?(?: (?:is|are|would be|should be|must be|:)|:| ?=)[: ]*"
    r"|(?:i|we) (?:would |will |'d |'ll )?"
    r"(?:choose|pick|select|go with|think it is|say|believe it is|chose|picked|selected)[: ]+"
    r"|i(?:'d|'ll) (?:choose|pick|select|go with|say)[: ]+"
    r"|(?:it|this|that)(?: is|'s| would be| must be| should be)\b[: ]*"
    r"|(?:option|choice|answer|letter)s?[: ]+(?=[(\[]?[a-z][)\]]?(?:\W|$))"
    r"|(?:the|a correct|choose|select|pick)[: ]+(?=(?:option|choice|answer)\b)"
    r"|(?:choose|select|pick)[: ]+"
    r"|(?:正确)?(?:答案|选项|選項|答え|正解|정답)(?:是|为|為|应为|は)?[: ]*"
    r"|\w{0,12}?(?:故|应|應|该|該)?[选選](?:择|擇)?(?:项|項)?[: ]*(?=[(\[]?[a-z][)\]]?(?:\W|$))"
    r"|(?:antwort|ответ|réponse|respuesta|risposta|resposta|antwoord|odpowiedź|svar|cevap)"
    r"(?: (?:ist|est|es|è|é))?[: -]+"
    r")"
)
_CLOSER = re.compile(
    r"(?:,? (?:is|as|being) (?:the |my )?(?:(?:correct|right|best|final)"
    r" ?)?(?:answer|option|choice|one)?"
    r"|,? (?:is|seems|must be) (?:correct|right|true))[.! ]*$"
)
_OUTER = " \t\n.,;!\"'`*•"
_MAX_LEADS = 6


def strip_announcement(text: str) -> str:
    """`text` without the words that announce and close an answer; case and LaTeX stay."""
    for _ in range(_MAX_LEADS):
        text = text.strip(" \t\n.,;:*")
        peeled = _strip_wrapping(text)
        if peeled == text:
            return text

        text = peeled

    return text


def answer_cores(low: str, *, bullets: bool) -> list[str]:
    """The answer, then the answer with one announcement or closing less each: "I choose B", "B".

    A dash in front is a bullet if `bullets`, else it may be a minus sign.
    """
    cores = [low]

    for _ in range(_MAX_LEADS):
        core = cores[-1].strip(_OUTER)
        core = core.removeprefix("- ") if bullets or len(core) == len("- b") else core
        core = _strip_wrapping(core)
        if core == cores[-1]:
            break
        if core:
            cores.append(core)

    return cores


def _strip_wrapping(text: str) -> str:
    """`text` without one announcement or closing words; unchanged if it has neither."""
    low = text.lower()
    if len(low) != len(text):
        return text
    if (match := _LEAD.match(low)) and not HEDGES.search(match.group()):
        return text[match.end() :]
    if match := _CLOSER.search(low):
        return text[: match.start()]

    return text
