"""The server's own words in one line, in every form that servers have for an error; never a key."""

import json
from typing import Any

import pytest

from waywiser.clients.config import API_KEY_VARIABLE
from waywiser.clients.error_text import (
    extract_error_message,
    find_named_parameter,
    hide_secrets,
    one_line,
)
from waywiser.clients.replies import status_failure

FASTAPI = {
    "detail": [
        {"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs", "input": 0}
    ]
}


@pytest.mark.case(81)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "No such thing", "type": "x", "param": None}}, "No such thing"),
        ({"error": "Unexpected endpoint"}, "Unexpected endpoint"),
        ({"detail": "Not Found"}, "Not Found"),
        (FASTAPI, "body.seed: Extra inputs"),
        ({"object": "error", "message": {"detail": FASTAPI["detail"]}}, "body.seed: Extra inputs"),
        ({"object": "error", "message": "too long", "code": 400}, "too long"),
        ([{"error": {"code": 400, "message": "API key not valid"}}], "API key not valid"),
        (
            {
                "error": {
                    "message": "Provider returned error",
                    "metadata": {"raw": '{"error": {"message": "no seed"}}'},
                }
            },
            "Provider returned error: no seed",
        ),
        ({"error": {"type": "invalid", "code": 7}}, '{"error": {"type": "invalid", "code": 7}}'),
        ({"status": 500}, '{"status": 500}'),
    ],
)
def test_the_words_of_json(body: Any, words: str) -> None:
    assert extract_error_message(json.dumps(body)) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("upstream connect error\nor disconnect", "upstream connect error or disconnect"),
        ("\n<html>\n<head><title>502 Bad\nGateway</title></head>", "a web page: 502 Bad Gateway"),
        ("<!doctype html><h1>Oh &lt;no&gt;</h1>", "a web page: Oh <no>"),
        ("<html><script>var a</script><p>Just text</p></html>", "a web page: Just text"),
        ("<html></html>", "a web page: without a title"),
        ("\x1b[31mred\x1b[0m\x00", "[31mred [0m"),
        ("[" * 100_000, None),
        ("", ""),
    ],
)
def test_the_words_of_anything_else(body: str, words: str | None) -> None:
    shown = extract_error_message(body)
    assert words is None or shown == words
    assert shown.isprintable()
    assert len(shown) <= 400


def test_the_parameter_that_an_error_names() -> None:
    assert (
        find_named_parameter(json.dumps({"error": {"message": "?", "param": "max_tokens"}}))
        == "max_tokens"
    )
    assert find_named_parameter(json.dumps(FASTAPI)) == "seed"
    assert (
        find_named_parameter("no JSON")
        is find_named_parameter("{}")
        is find_named_parameter("[" * 100_000)
        is None
    )


def test_no_key_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "my-very-secret-key-0123456789"
    monkeypatch.setenv(API_KEY_VARIABLE, f"{key}\n")
    body = json.dumps(
        {
            "error": {
                "message": f"Bad key: {key} (Bearer {key}), also {key[:12]}*** and sk-abcdefghijkl"
            }
        }
    )
    failure = status_failure(401, body)
    assert failure.reason == "http 401: Bad key: *** (Bearer ***), also *** and sk-***"
    shown = one_line("http://me:word@host/v1?api_key=abc&x=1")
    assert shown == "http://***@host/v1?api_key=***&x=1"
    monkeypatch.setenv(API_KEY_VARIABLE, "short")
    assert hide_secrets("a short key") == "a *** key"
