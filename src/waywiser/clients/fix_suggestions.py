"""Suggest how to fix a refused request: which setting to change, or what to check."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waywiser.clients.config import API_KEY_VARIABLE
from waywiser.clients.parameters import SENT_PARAMETERS, Parameters
from waywiser.clients.requests import Failure, Request

_ACCEPTED_PARAMETERS = re.compile(
    r"(?:expected one of|\b(?:valid|allowed|supported|accepted|known|permitted|available)\s+"
    r"(?:param|field|arg|key|option|value|name)).*",
    re.I | re.S,
)
"""Matches from where a message lists the parameters that the server accepts."""
_REPLACEMENT_PATTERNS = (
    re.compile(r"\buse\s+(?:of\s+)?[`'\"]?(\w+)[`'\"]?\s+instead", re.I),
    re.compile(
        r"\b(?:replaced (?:by|with)|did you mean|in favou?r of|renamed to)[\s:]+[`'\"]?(\w+)", re.I
    ),
    re.compile(r"\b(max_completion_tokens|max_output_tokens|max_new_tokens)\b"),
)
_TOO_LARGE = re.compile(
    r"too (?:large|high|big|long)|at most|maximum|exceed|(?:less|smaller|lower|greater)"
    r" than|fewer|must be|between",
    re.I,
)
_MUTUALLY_EXCLUSIVE = re.compile(r"\bboth\b|only one|either|together|mutually|same time", re.I)


@dataclass(frozen=True)
class SettingNames:
    """Names of settings for messages: keys of a recipe, or flags (which begin with --)."""

    parameters: str
    max_tokens: str
    json_mode: str = ""
    max_refusals: str = ""


def recipe_setting_names(role: str) -> SettingNames:
    """The keys of a role in a curation recipe."""
    return SettingNames(
        *(f"{role}.{name}" for name in ("parameters", "max_tokens", "json_mode", "max_refusals"))
    )


def suggest_fix(failure: Failure, request: Request, setting_names: SettingNames) -> str:
    """What to do about the refusal of a request, in the imperative."""
    rejected = _rejected_parameters(failure, request)
    if rejected:
        return _suggest_parameters(rejected, failure.reason, request.parameters, setting_names)

    kind = failure.kind
    reason = failure.reason

    if kind in ("http 401", "http 403"):
        return f"see that {API_KEY_VARIABLE} holds a key that it accepts for this model"
    if kind.endswith(" 402") or "insufficient" in reason.lower():
        return "see that the account has credit"
    if kind in ("http 404", "http 405"):
        return "see that the address (as a rule it ends in /v1) and the name of the model are right"

    if "stream of events" in reason:
        return _format_setting(
            setting_names, _merge_parameters(request.parameters, add={"stream": False})
        )

    if kind == "nonsense":
        return (
            "see that the address is that of an OpenAI-compatible server (as a rule it ends in /v1)"
        )

    more = (
        f", or raise {setting_names.max_refusals} if only these questions are at fault"
        if setting_names.max_refusals
        else ""
    )

    return f"see what it says{more}"


def _rejected_parameters(failure: Failure, request: Request) -> list[str]:
    """The parameters on the wire that the server's words find wrong, by the names they are sent
    under.
    """
    sent_names = set(request.body()) - {"model", "messages"}
    if (
        failure.parameter is not None
        and (name := re.split(r"[.\[]", failure.parameter)[0]) in sent_names
    ):
        return [name]

    message = _ACCEPTED_PARAMETERS.sub("", re.sub(_word_pattern(request.model), "", failure.reason))
    return [name for name in sorted(sent_names) if re.search(_word_pattern(name), message)]


def _word_pattern(name: str) -> str:
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])"


def _suggest_parameters(
    rejected: Sequence[str], reason: str, parameters: Parameters, setting_names: SettingNames
) -> str:
    ours = {parameters.rename.get(name, name): name for name in SENT_PARAMETERS}
    if "response_format" in rejected and setting_names.json_mode:
        return f"set {setting_names.json_mode} to another of schema, object_schema, object and none"
    if added := [name for name in rejected if name in parameters.add]:
        suffix = "" if setting_names.parameters.startswith("-") else ".add"
        return f"take {added[0]} out of {setting_names.parameters}{suffix}"

    names = [ours[name] for name in rejected if name in ours]
    if "max_tokens" in names and _TOO_LARGE.search(reason):
        return f"lower {setting_names.max_tokens}"
    if {"temperature", "top_p"} <= set(names) and _MUTUALLY_EXCLUSIVE.search(reason):
        names = ["top_p"]

    rename: dict[str, str] = {}
    drop: list[str] = []

    for name in sorted(names):
        other = _replacement_name(reason, name) or (
            "max_completion_tokens" if name == "max_tokens" else None
        )
        if other is None or other == parameters.rename.get(name, name):
            drop.append(name)
        else:
            rename[name] = other

    return _format_setting(setting_names, _merge_parameters(parameters, rename=rename, drop=drop))


def _replacement_name(reason: str, name: str) -> str | None:
    """The name that the server suggests instead of `name`, if any."""
    for pattern in _REPLACEMENT_PATTERNS[: 3 if name == "max_tokens" else 2]:
        if (match := pattern.search(reason)) and match[1] not in SENT_PARAMETERS:
            return match[1]
    return None


def _merge_parameters(
    before: Parameters,
    rename: Mapping[str, str] = {},
    drop: Sequence[str] = (),
    add: Mapping[str, object] = {},
) -> Parameters:
    still_renamed = {name: new for name, new in before.rename.items() if name not in drop}
    return Parameters.model_construct(
        rename={**still_renamed, **rename},
        drop=sorted({*before.drop, *drop}),
        add={**before.add, **add},
    )


def _format_setting(setting_names: SettingNames, parameters: Parameters) -> str:
    text = parameters.to_yaml()
    flag = setting_names.parameters.startswith("--")

    return (
        f"set {setting_names.parameters} '{text}'"
        if flag
        else f"set {setting_names.parameters}: {text}"
    )
