"""What to do about a server that refuses: which key to set where it finds a parameter wrong, else what to look at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waywiser.clients.config import KEY_VARIABLE
from waywiser.clients.parameters import SENT, Parameters
from waywiser.clients.requests import Failure, Request

_OTHERS = re.compile(
    r"(?:expected one of|\b(?:valid|allowed|supported|accepted|known|permitted|available)\s+"
    r"(?:param|field|arg|key|option|value|name)).*",
    re.I | re.S,
)
"""Where a message goes on with the parameters that the server does take."""
_INSTEAD = (
    re.compile(r"\buse\s+(?:of\s+)?[`'\"]?(\w+)[`'\"]?\s+instead", re.I),
    re.compile(r"\b(?:replaced (?:by|with)|did you mean|in favou?r of|renamed to)[\s:]+[`'\"]?(\w+)", re.I),
    re.compile(r"\b(max_completion_tokens|max_output_tokens|max_new_tokens)\b"),
)
_TOO_LARGE = re.compile(
    r"too (?:large|high|big|long)|at most|maximum|exceed|(?:less|smaller|lower|greater) than|fewer|must be|between",
    re.I,
)
_NOT_BOTH = re.compile(r"\bboth\b|only one|either|together|mutually|same time", re.I)


@dataclass(frozen=True)
class Keys:
    """How a user sets what a request carries: keys of a recipe, or flags (which begin with --)."""

    parameters: str
    max_tokens: str
    json_mode: str = ""
    max_refusals: str = ""


def recipe_keys(role: str) -> Keys:
    """The keys of a role in a curation recipe."""
    return Keys(*(f"{role}.{name}" for name in ("parameters", "max_tokens", "json_mode", "max_refusals")))


def advice(failure: Failure, request: Request, keys: Keys) -> str:
    """What to do about the refusal of a request, in the imperative."""
    wrong = _wrong_parameters(failure, request)
    if wrong:
        return _about_parameters(wrong, failure.reason, request.parameters, keys)

    kind, reason = failure.kind, failure.reason
    if kind in ("http 401", "http 403"):
        return f"see that {KEY_VARIABLE} holds a key that it accepts for this model"
    if kind.endswith(" 402") or "insufficient" in reason.lower():
        return "see that the account has credit"
    if kind in ("http 404", "http 405"):
        return "see that the address (as a rule it ends in /v1) and the name of the model are right"
    if "stream of events" in reason:
        return _set(keys, _merged(request.parameters, add={"stream": False}))
    if kind == "nonsense":
        return "see that the address is that of an OpenAI-compatible server (as a rule it ends in /v1)"
    more = f", or raise {keys.max_refusals} if only these questions are at fault" if keys.max_refusals else ""
    return f"see what it says{more}"


def _wrong_parameters(failure: Failure, request: Request) -> list[str]:
    """The parameters on the wire that the server's words find wrong, by the names they are sent under."""
    wire = set(request.body()) - {"model", "messages"}
    if failure.named is not None and (name := re.split(r"[.\[]", failure.named)[0]) in wire:
        return [name]
    said = _OTHERS.sub("", re.sub(_word(request.model), "", failure.reason))
    return [name for name in sorted(wire) if re.search(_word(name), said)]


def _word(name: str) -> str:
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])"


def _about_parameters(wrong: Sequence[str], reason: str, parameters: Parameters, keys: Keys) -> str:
    ours = {parameters.rename.get(name, name): name for name in SENT}
    if "response_format" in wrong and keys.json_mode:
        return f"set {keys.json_mode} to another of schema, object_schema, object and none"
    if added := [name for name in wrong if name in parameters.add]:
        return f"take {added[0]} out of {keys.parameters}{'' if keys.parameters.startswith('-') else '.add'}"

    names = [ours[name] for name in wrong if name in ours]
    if "max_tokens" in names and _TOO_LARGE.search(reason):
        return f"lower {keys.max_tokens}"
    if {"temperature", "top_p"} <= set(names) and _NOT_BOTH.search(reason):
        names = ["top_p"]

    rename: dict[str, str] = {}
    drop: list[str] = []
    for name in sorted(names):
        other = _other_name(reason, name) or ("max_completion_tokens" if name == "max_tokens" else None)
        if other is None or other == parameters.rename.get(name, name):
            drop.append(name)
        else:
            rename[name] = other
    return _set(keys, _merged(parameters, rename=rename, drop=drop))


def _other_name(reason: str, name: str) -> str | None:
    """The name that the server wants in place of `name`, where it says one."""
    for pattern in _INSTEAD[: 3 if name == "max_tokens" else 2]:
        if (found := pattern.search(reason)) and found[1] not in SENT:
            return found[1]
    return None


def _merged(
    before: Parameters, rename: Mapping[str, str] = {}, drop: Sequence[str] = (), add: Mapping[str, object] = {}
) -> Parameters:
    kept = {name: new for name, new in before.rename.items() if name not in drop}
    return Parameters.model_construct(
        rename={**kept, **rename}, drop=sorted({*before.drop, *drop}), add={**before.add, **add}
    )


def _set(keys: Keys, parameters: Parameters) -> str:
    shown = parameters.as_yaml()
    flag = keys.parameters.startswith("--")
    return f"set {keys.parameters} '{shown}'" if flag else f"set {keys.parameters}: {shown}"
