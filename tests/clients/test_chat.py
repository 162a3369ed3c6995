"""A server that refuses everything is noticed after a few requests; one bad request among good ones
is not.
"""

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from helpers.dialects import completion
from helpers.oracle_server import Oracle, Sent, oracle, text_of
from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.config import API_KEY_VARIABLE, EndpointConfig
from waywiser.clients.dispatch import INITIAL_REQUESTS
from waywiser.clients.requests import Failure, Reply, ReplyOrFailure, Request
from waywiser.errors import ChatClientError, EndpointError

PAGE = Sent(b"<html><title>Sign in</title></html>", headers={"Content-Type": "text/html"})
REFUSALS: dict[str, Sent] = {
    "400": Sent(
        {"error": {"message": "Unsupported parameter: 'max_tokens'", "param": "max_tokens"}}, 400
    ),
    "403": Sent({"detail": "not yours"}, 403),
    "404": Sent({"error": "model not loaded"}, 404),
    "422": Sent(
        {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}, 422
    ),
    "200 with an error": Sent({"error": {"message": "Insufficient credits"}}),
    "200 with an error's code": Sent({"error": {"message": "Insufficient balance", "code": 400}}),
    "page": PAGE,
    "stream": Sent(b'data: {"choices": []}\n\n', headers={"Content-Type": "text/event-stream"}),
    "odd": Sent({"odd": True}),
    "no text": Sent(completion({"content": None})),
}


def client(url: str, cache: Path | None = None, **changes: Any) -> ChatClient:
    values = {
        "url": url,
        "model": "m",
        "initial_wait": 0.001,
        "max_wait": 0.002,
        "attempts": 6,
        **changes,
    }
    return ChatClient(EndpointConfig.model_validate(values), ReplyCache(cache) if cache else None)


def ask(asked: ChatClient, requests: Iterable[Request], **how: Any) -> list[ReplyOrFailure]:
    found: dict[int, ReplyOrFailure] = {}
    asked.ask_all(enumerate(requests), found.__setitem__, **how)
    return [found[k] for k in sorted(found)]


def questions(count: int) -> list[Request]:
    return [Request("m", f"question {k}") for k in range(count)]


def count(server: Oracle) -> int:
    return sum(server.received.values())


@pytest.mark.case(79, 80, 81)
@pytest.mark.parametrize("kind", REFUSALS)
def test_a_server_that_refuses_everything_is_asked_a_few_times(kind: str) -> None:
    with oracle(lambda *_: REFUSALS[kind]) as server:
        with pytest.raises(EndpointError, match="refuses what it is asked") as error:
            ask(client(server.url), questions(300))
        first = 16  # at most, on a machine too busy to notice the first refusal in time
        assert count(server) <= first + (10 if kind.isdigit() else 10 * 3 + INITIAL_REQUESTS * 3)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.case(80)
@pytest.mark.parametrize(
    "sent",
    [
        Sent({"error": {"message": "Invalid key"}}, 401),
        Sent({"error": {"message": "Insufficient credits"}}, 402),
        Sent({"error": {"message": "Insufficient credits", "code": 402}}),
        Sent({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}, 429),
    ],
)
def test_what_no_other_question_changes_ends_a_run_at_once(sent: Sent) -> None:
    with oracle(lambda *_: sent) as server:
        with pytest.raises(EndpointError, match=sent.body["error"]["message"]):
            ask(client(server.url), questions(300))
        assert count(server) <= 16


@pytest.mark.case(79, 81)
@pytest.mark.parametrize("kind", REFUSALS)
def test_few_questions_that_are_all_refused_are_an_error_too(kind: str) -> None:
    with oracle(lambda *_: REFUSALS[kind]) as server:
        with pytest.raises(EndpointError, match="refuses"):
            ask(client(server.url), questions(2))
        asked = client(server.url)
        assert {type(outcome) for outcome in ask(asked, questions(2), last=False)} == {Failure}
        assert isinstance(asked.no_reply_error(), EndpointError)


@pytest.mark.case(83)
@pytest.mark.parametrize("kind", REFUSALS)
def test_bad_requests_among_good_ones_never_stop_a_run(kind: str) -> None:
    def mostly(body: dict[str, Any], _: int) -> Any:
        return REFUSALS[kind] if int(text_of(body).split()[-1]) % 4 else "good"

    with oracle(mostly) as server:
        outcomes = ask(client(server.url, concurrency=1), questions(80))
    assert sum(isinstance(outcome, Reply) for outcome in outcomes) == 20
    assert sum(isinstance(outcome, Failure) for outcome in outcomes) == 60


def test_many_samples_of_one_bad_question_are_one_refusal() -> None:
    requests = [Request("m", f"question {k}", seed=seed) for k in range(12) for seed in range(20)]

    def behave(body: dict[str, Any], _: int) -> Any:
        return REFUSALS["400"] if text_of(body) in ("question 3", "question 4") else "good"

    with oracle(behave) as server:
        outcomes = ask(client(server.url, concurrency=1), requests)
    assert sum(isinstance(outcome, Failure) for outcome in outcomes) == 40


@pytest.mark.case(80)
def test_a_server_that_refuses_from_some_moment_on_ends_the_run_and_says_so() -> None:
    def credit(_: dict[str, Any], number: int) -> Any:
        return "good" if number <= 20 else Sent({"error": {"message": "Insufficient credits"}}, 402)

    with oracle(credit) as server:
        with pytest.raises(
            EndpointError,
            match=r"since its last answer, 10 questions in a row .*Insufficient credits",
        ):
            ask(client(server.url, concurrency=4), questions(300))
        assert 30 <= count(server) <= 34
        with pytest.raises(EndpointError):
            ask(client(server.url, concurrency=1, max_refusals=2), questions(300))


@pytest.mark.case(78)
@pytest.mark.parametrize(
    "sent",
    [
        REFUSALS["200 with an error"],
        Sent({"error": {"message": "Upstream", "code": 502}}),
        PAGE,
        Sent(b"<html><title>502 Bad Gateway</title></html>", 502),
        Sent(b"", 524),
        Sent(b"slow down", 429),
        Sent(b'{"choices": [{"mess'),
    ],
)
def test_what_may_pass_is_asked_again(sent: Sent) -> None:
    with oracle(lambda _, number: sent if number <= 2 else "good") as server:
        asked = client(server.url)
        assert ask(asked, questions(1)) == [Reply("good", "stop", 100, 1)]
        assert asked.retries == 2


@pytest.mark.case(78, 79)
def test_nonsense_is_not_asked_for_as_often_as_silence() -> None:
    with oracle(
        lambda body, _: PAGE if "0" in text_of(body) else 500 if "1" in text_of(body) else "good"
    ) as server:
        ask(client(server.url, concurrency=1), questions(3))
        texts = [text_of(body) for body in server.bodies]
    assert [texts.count(f"question {k}") for k in range(3)] == [4, 6, 1]


@pytest.mark.case(83)
def test_the_last_bad_question_of_an_earlier_run_is_no_error(tmp_path: Path) -> None:
    def behave(body: dict[str, Any], _: int) -> Any:
        return REFUSALS["400"] if "question 0" in text_of(body) else "good"

    with oracle(behave) as server:
        for _ in range(2):
            outcomes = ask(client(server.url, tmp_path / "cache.sqlite"), questions(3))
            assert [type(outcome) for outcome in outcomes] == [Failure, Reply, Reply]
        assert count(server) == 4


@pytest.mark.case(84, 85)
@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after-ms": "500"}, 0.5),
        (
            {
                "Retry-After": "Sun, 01 Mar 2026 12:00:01 GMT",
                "Date": "Sun, 01 Mar 2026 12:00:00 GMT",
            },
            1,
        ),
    ],
)
def test_the_server_says_how_long_to_wait(headers: dict[str, str], least: float) -> None:
    moments: list[float] = []

    def behave(_: Any, number: int) -> Any:
        moments.append(time.monotonic())
        return Sent({"error": {"message": "slow down"}}, 429, headers) if number == 1 else "good"

    with oracle(behave) as server:
        assert isinstance(ask(client(server.url), questions(1))[0], Reply)
    assert moments[1] - moments[0] >= least


@pytest.mark.case(86)
def test_the_servers_words_are_in_the_error() -> None:
    with (
        oracle(
            lambda *_: Sent({"error": {"message": "The model `m` does not exist"}}, 404)
        ) as server,
        pytest.raises(EndpointError, match=r"The model `m` does not exist.*name of the model"),
    ):
        ask(client(server.url), questions(20))


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "a-secret-of-mine-0123456789"
    monkeypatch.setenv(API_KEY_VARIABLE, f" {key}\n")

    def echo(*_: Any) -> Sent:
        return Sent({"error": {"message": f"Incorrect key {key}"}}, 401)

    with (
        oracle(echo) as server,
        pytest.raises(EndpointError, match=r"Incorrect key \*\*\*") as error,
    ):
        ask(client(server.url.replace("http://", "http://me:hush-hush@")), questions(1))
    assert key not in str(error.value)
    assert "hush" not in str(error.value)
    monkeypatch.setenv(API_KEY_VARIABLE, "a\u00e4b")
    with pytest.raises(ChatClientError, match="holds characters that no key has") as error:
        ask(client("http://127.0.0.1:9/v1"), questions(1))
    assert "\u00e4" not in str(error.value)


@pytest.mark.parametrize(
    "url", ["localhost:8000/v1", "file:///etc/passwd", "http://", "http://[::1", "http://a b/v1"]
)
def test_an_address_that_is_none_is_said_at_once(url: str) -> None:
    with pytest.raises(EndpointError, match="is no http address"):
        ask(client(url), questions(1))


def test_the_whole_path_is_taken_for_its_base() -> None:
    with oracle(lambda *_: "good") as server:
        assert isinstance(ask(client(f"{server.url}/chat/completions"), questions(1))[0], Reply)


def test_without_a_cache_every_request_is_sent() -> None:
    with oracle(lambda *_: "good", delay=0.02) as server:
        assert len(ask(client(server.url), [Request("m", "same")] * 5)) == 5
        assert count(server) == 5


def test_in_a_notebook_too() -> None:
    async def cell(url: str) -> list[ReplyOrFailure]:
        return ask(client(url), questions(3))

    with oracle(lambda *_: "good") as server:
        assert len(asyncio.run(cell(server.url))) == 3


def test_all_places_are_taken_once_a_server_has_answered() -> None:
    with oracle(lambda *_: "good", delay=0.2) as server:
        ask(client(server.url, concurrency=12), questions(40))
        assert INITIAL_REQUESTS < server.most_at_once <= 12
