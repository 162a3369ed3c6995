"""Parameters under other names, left out and added; and which key an error names."""

import json
from typing import Any

import pytest

from waywiser.clients.config import EndpointConfig
from waywiser.clients.fix_suggestions import SettingNames, recipe_setting_names, suggest_fix
from waywiser.clients.parameters import Parameters
from waywiser.clients.replies import read_reply, status_failure
from waywiser.clients.requests import Failure, Request
from waywiser.errors import RecipeError
from waywiser.recipe import build, dotted_keys

FLAGS = SettingNames("--parameters", "--max-new-tokens")


def request(**parameters: Any) -> Request:
    return Request(
        "m", "q", temperature=0.5, max_tokens=9, seed=3, parameters=Parameters(**parameters)
    )


@pytest.mark.case(81)
def test_a_request_says_things_as_the_server_wants_them() -> None:
    added = {
        "reasoning_effort": "low",
        "chat_template_kwargs": {"enable_thinking": False},
        "stop": None,
    }
    body = request(
        rename={"max_tokens": "max_completion_tokens"}, drop=["temperature", "top_p"], add=added
    ).body()
    assert body == {
        "model": "m",
        "messages": [{"role": "user", "content": "q"}],
        "seed": 3,
        "max_completion_tokens": 9,
        **added,
    }


def test_what_changes_replies_is_part_of_a_requests_key_and_new_names_are_not() -> None:
    plain = Request("m", "q", temperature=0.5, max_tokens=9, seed=3).key()
    assert request().key() == plain
    assert request(rename={"max_tokens": "max_completion_tokens"}).key() == plain
    others = {
        request(drop=["seed"]).key(),
        request(add={"top_k": 1}).key(),
        request(add={"top_k": 2}).key(),
        plain,
    }
    assert len(others) == 4
    assert request(add={"a": 1, "b": 2}).key() == request(add={"b": 2, "a": 1}).key()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"drop": ["max_token"]}, "'max_token' is not sent"),
        ({"rename": {"model": "name"}}, "'model' is not sent"),
        ({"drop": ["seed"], "rename": {"seed": "random_seed"}}, "seed is both renamed and dropped"),
        ({"rename": {"seed": "temperature"}}, "which is sent too: drop temperature"),
        ({"rename": {"seed": "messages"}}, "cannot be renamed to 'messages'"),
        ({"rename": {"seed": "x", "top_p": "x"}}, "both renamed to x"),
        ({"rename": {"seed": ""}}, "cannot be renamed to ''"),
        ({"add": {"temperature": 1}}, "sent already"),
        ({"add": {"x": 1}, "rename": {"seed": "x"}}, "give it once"),
        ({"add": {"messages": []}}, "'messages' cannot be added"),
        ({"add": {"stream": True}}, "'stream' cannot be added"),
        ({"add": {"n": 4}}, "'n' cannot be added"),
        ({"add": {"x": float("nan")}}, "what JSON cannot"),
        ({"extra": {}}, "unknown key"),
    ],
)
def test_wishes_that_contradict_one_another_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        build(EndpointConfig, {"model": "m", "parameters": given})


def test_names_may_be_swapped_and_a_dropped_one_given_anew() -> None:
    swapped = request(rename={"seed": "temperature", "temperature": "seed"}).body()
    assert (swapped["seed"], swapped["temperature"]) == (0.5, 3)
    fixed = request(drop=["temperature"], add={"temperature": 1, "stream": False}).body()
    assert fixed["temperature"] == 1
    assert "parameters.rename" in dotted_keys(EndpointConfig)


def advise(
    words: Any, status: int = 400, keys: SettingNames = FLAGS, request: Request = request()
) -> str:
    body = words if isinstance(words, str) else json.dumps(words)
    return suggest_fix(status_failure(status, body), request, keys)


RENAMED = "set --parameters '{rename: {max_tokens: max_completion_tokens}}'"


@pytest.mark.case(81)
@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        (
            {
                "error": {
                    "message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                    "'max_completion_tokens' instead.",
                    "param": "max_tokens",
                }
            },
            400,
            RENAMED,
        ),
        ("max_tokens: unknown field", 422, RENAMED),
        (
            {
                "error": {
                    "message": "Unsupported value: 'temperature' does not support 0.5 with this model. Only the "
                    "default (1) value is supported.",
                    "param": "temperature",
                }
            },
            400,
            "set --parameters '{drop: [temperature]}'",
        ),
        (
            {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]},
            422,
            "set --parameters '{drop: [seed]}'",
        ),
        (
            {"message": "Validation: property seed is unsupported, did you mean random_seed?"},
            422,
            "set --parameters '{rename: {seed: random_seed}}'",
        ),
        (
            "unknown field `seed`, expected one of `model`, `messages`, `temperature`, `top_p`, `max_tokens`",
            422,
            "set --parameters '{drop: [seed]}'",
        ),
        (
            "Unknown parameter: seed. Supported parameters: model, messages, temperature, top_p",
            400,
            "set --parameters '{drop: [seed]}'",
        ),
        (
            "`temperature` and `top_p` cannot both be specified for this model",
            400,
            "set --parameters '{drop: [top_p]}'",
        ),
        (
            {
                "error": {
                    "message": 'proxy.BadRequest: Provider - b\'{"type": "error", "error": {"message": "`temperature` '
                    "and `top_p` cannot both be given to this model: choose only one\"}}'",
                    "param": "None",
                    "code": "400",
                }
            },
            400,
            "set --parameters '{drop: [top_p]}'",
        ),
        ("`top_p` must be > 0.0 and < 1.0", 422, "set --parameters '{drop: [top_p]}'"),
        (
            {"status": 422, "message": "Invalid params: temperature must be in range (0, +inf)"},
            422,
            "set --parameters '{drop: [temperature]}'",
        ),
        (
            {
                "object": "error",
                "message": {
                    "detail": [
                        {
                            "type": "less_than_equal",
                            "loc": ["body", "temperature"],
                            "msg": "Input should be less than or equal to 1",
                        }
                    ]
                },
            },
            422,
            "set --parameters '{drop: [temperature]}'",
        ),
        (
            "This request requires more credits, or fewer max_tokens: 9000 were asked for, 300 can be paid",
            402,
            "lower --max-new-tokens",
        ),
        (
            "max_tokens is too large: 9000. This model supports at most 4096 completion tokens",
            400,
            "lower --max-new-tokens",
        ),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 2048",
            400,
            "lower --max-new-tokens",
        ),
        ("This model does not take images", 400, "see what it says"),
        ("The model seed-oss does not exist", 404, "see that the address"),
        ("no access", 403, "see that WAYWISER_API_KEY holds"),
        ("Payment required", 402, "see that the account has credit"),
    ],
)
def test_an_error_names_the_key_to_set(words: Any, status: int, expected: str) -> None:
    assert advise(words, status).startswith(expected)


@pytest.mark.case(81)
def test_advice_keeps_what_is_set_already_and_can_be_pasted() -> None:
    wanted = request(
        rename={"max_tokens": "max_completion_tokens"}, drop=["temperature"], add={"top_k": 5}
    )
    told = advise(
        "seed: Extra inputs are not permitted", 422, recipe_setting_names("judge"), wanted
    )
    renamed = "rename: {max_tokens: max_completion_tokens}"
    assert (
        told == f"set judge.parameters: {{{renamed}, drop: [seed, temperature], add: {{top_k: 5}}}}"
    )
    assert (
        advise("unknown: top_k", 400, recipe_setting_names("judge"), wanted)
        == "take top_k out of judge.parameters.add"
    )
    told = advise("max_completion_tokens is unknown", 400, recipe_setting_names("judge"), wanted)
    assert told == "set judge.parameters: {drop: [max_tokens, temperature], add: {top_k: 5}}"


def test_advice_about_what_is_no_parameter() -> None:
    formatted = Request("m", "q", response_format='{"type": "json_object"}')
    told = advise(
        "response_format.type must be text", 400, recipe_setting_names("teacher"), formatted
    )
    assert told == "set teacher.json_mode to another of schema, object_schema, object and none"
    stream = read_reply("data: {}\n")
    assert isinstance(stream, Failure)
    assert suggest_fix(stream, request(), FLAGS) == "set --parameters '{add: {stream: false}}'"
    page = read_reply("<html></html>")
    assert isinstance(page, Failure)
    assert "ends in /v1" in suggest_fix(page, request(), FLAGS)
    assert advise("odd", keys=recipe_setting_names("teacher")).endswith(
        "raise teacher.max_refusals if only these questions are at fault"
    )
