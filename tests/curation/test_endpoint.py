"""Asking a real server: bounded, retried, cached, counted; what is bad is an outcome, not a crash."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from helpers.oracle_server import oracle, text_of
from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.replies import read_reply
from waywiser.clients.requests import Failure, Reply, ReplyOrFailure, Request
from waywiser.curation.config import EndpointConfig
from waywiser.errors import ChatClientError

PIXEL = b"\x89PNG not really, but sent as it is"


def teacher(path: Path, url: str, **changes: Any) -> ChatClient:
    values = {
        "url": url,
        "model": "m",
        "initial_wait": 0.01,
        "max_wait": 0.02,
        "concurrency": 8,
        "attempts": 4,
    }
    return ChatClient(
        EndpointConfig.model_validate({**values, **changes}), ReplyCache(path / "cache.sqlite")
    )


def ask(client: ChatClient, requests: Iterable[Request]) -> list[ReplyOrFailure]:
    found: dict[int, ReplyOrFailure] = {}
    client.ask_all(enumerate(requests), found.__setitem__)
    return [found[k] for k in sorted(found)]


def requests(count: int) -> list[Request]:
    return [Request("m", f"question {k}", seed=k) for k in range(count)]


def echo(body: dict[str, Any], _: int) -> str:
    return f"re: {text_of(body)} {body['seed']}"


def test_every_reply_comes_back_to_its_request_within_the_bound(tmp_path: Path) -> None:
    with oracle(echo, delay=0.02) as server:
        outcomes = ask(teacher(tmp_path, server.url), requests(40))
        assert [o.text for o in outcomes if isinstance(o, Reply)] == [
            f"re: question {k} {k}" for k in range(40)
        ]
        assert 2 <= server.most_at_once <= 8


def test_a_second_teacher_finds_everything_in_the_cache(tmp_path: Path) -> None:
    with oracle(echo) as server:
        first = teacher(tmp_path, server.url)
        before = ask(first, requests(10))
        second = teacher(tmp_path, server.url)
        assert ask(second, requests(12))[:10] == before
        assert (second.cached, second.asked) == (10, 2)
        assert max(server.received.values()) == 1
        assert second.budget.replies == 12  # a cap holds over runs
        assert second.budget.tokens_in == 1200


def test_the_same_request_twice_is_asked_once(tmp_path: Path) -> None:
    with oracle(echo, delay=0.05) as server:
        outcomes = ask(teacher(tmp_path, server.url), [Request("m", "same")] * 6)
        assert len(set(outcomes)) == 1
        assert sum(server.received.values()) == 1


def test_each_part_of_a_request_is_part_of_its_key() -> None:
    base = Request("m", "text", "system", (PIXEL,), 0.5, 0.9, 100, 1, "{}")
    changes = {
        "model": "n",
        "text": "t",
        "system": "s",
        "images": (PIXEL + b"!",),
        "temperature": 0.0,
        "top_p": 1.0,
        "max_tokens": 99,
        "seed": 2,
        "response_format": "",
    }
    from dataclasses import replace

    keys = {replace(base, **{name: value}).key() for name, value in changes.items()}  # type: ignore[arg-type]
    assert len(keys | {base.key()}) == 10


def test_pictures_are_sent_unchanged(tmp_path: Path) -> None:
    import base64

    with oracle(echo) as server:
        ask(teacher(tmp_path, server.url), [Request("m", "what is this?", images=(PIXEL,))])
        url = server.bodies[0]["messages"][0]["content"][0]["image_url"]["url"]
    assert base64.b64decode(url.removeprefix("data:image/png;base64,")) == PIXEL


def test_a_storm_of_429_is_waited_out(tmp_path: Path) -> None:
    def storm(body: dict[str, Any], number: int) -> str | int:
        return 429 if number <= 20 else echo(body, number)

    with oracle(storm, retry_after="0.01") as server:
        client = teacher(tmp_path, server.url, attempts=12)
        assert all(isinstance(o, Reply) for o in ask(client, requests(8)))
        assert client.retries == 20


def test_half_a_json_a_hang_up_and_a_500_are_retried(tmp_path: Path) -> None:
    faults: list[Any] = [b'{"choices": [{"message": {"conte', None, 500, 503]

    def sick(body: dict[str, Any], number: int) -> Any:
        return faults[number - 1] if number <= len(faults) else echo(body, number)

    with oracle(sick) as server:
        client = teacher(tmp_path, server.url, concurrency=1, attempts=6)
        assert isinstance(ask(client, requests(1))[0], Reply)
        assert client.retries == 4


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [(b"[]", "nonsense"), (400, "http 400"), (500, "http 500"), (None, "unreachable")],
)
def test_what_stays_bad_is_counted_by_kind_and_not_cached(
    tmp_path: Path, behaviour: Any, kind: str
) -> None:
    def partly(body: dict[str, Any], number: int) -> Any:
        return echo(body, number) if body["seed"] == 0 else behaviour

    with oracle(partly) as server:
        client = teacher(tmp_path, server.url, attempts=2)
        good, *bad = ask(client, requests(4))
        assert isinstance(good, Reply)
        assert [o.kind for o in bad if isinstance(o, Failure)] == [kind] * 3
        assert client.failures == {kind: 3}
        assert client.budget.replies == 1
        assert sum(server.received.values()) == 1 + (
            3 if kind == "http 400" else 6
        )  # a bad request is not repeated


def test_an_endpoint_that_answers_nothing_is_one_error(tmp_path: Path) -> None:
    with (
        oracle(echo, delay=0.6) as server,
        pytest.raises(ChatClientError, match="does not answer \\(timeout"),
    ):
        ask(teacher(tmp_path, server.url, timeout=0.1, attempts=1), requests(1))


def test_tokens_are_guessed_where_the_server_does_not_say(tmp_path: Path) -> None:
    bare = b'{"choices": [{"message": {"content": "' + b"x" * 300 + b'"}}]}'
    with oracle(lambda *_: bare) as server:
        client = teacher(tmp_path, server.url)
        ask(client, requests(1))
        assert client.budget.tokens_out == 101
        assert client.budget.tokens_in > 0


def test_a_picture_too_large_for_a_request_is_set_aside_unsent(tmp_path: Path) -> None:
    with oracle(echo) as server:
        huge = Request("m", "?", images=(b"\x89PNG" + bytes(200 * 2**20),))
        first, second = ask(teacher(tmp_path, server.url), [huge, Request("m", "small")])
        assert isinstance(first, Failure)
        assert first.kind == "too large"
        assert isinstance(second, Reply)
        assert sum(server.received.values()) == 1


def test_a_wrong_key_stops_at_once(tmp_path: Path) -> None:
    with oracle(lambda *_: 401) as server, pytest.raises(ChatClientError, match="http 401"):
        ask(teacher(tmp_path, server.url, concurrency=2), requests(50))
    assert sum(server.received.values()) <= 2


def test_the_rate_limit_spreads_requests(tmp_path: Path) -> None:
    with oracle(echo) as server:
        client = teacher(tmp_path, server.url, requests_per_minute=6000)
        ask(client, requests(20))
        assert client._next_slot > 0
        assert sum(server.received.values()) == 20


def test_an_error_in_what_follows_comes_out_as_itself(tmp_path: Path) -> None:
    def done(*_: object) -> None:
        raise ChatClientError("the disk is full")

    with oracle(echo) as server, pytest.raises(ChatClientError, match="disk is full"):
        teacher(tmp_path, server.url).ask_all(enumerate(requests(3)), done)


def test_a_file_that_is_no_cache_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_text("a diary, not a database; " * 100)
    with pytest.raises(ChatClientError, match="choose another file"):
        ReplyCache(tmp_path / "cache.sqlite")


def test_reasoning_beside_the_content_becomes_thinking() -> None:
    reply = read_reply(
        '{"choices": [{"message": {"content": "<answer>3</answer>", "reasoning_content": "1+2"}}]}'
    )
    assert reply == Reply("<think>1+2</think><answer>3</answer>")
    assert isinstance(read_reply("[" * 100_000), Failure)
    assert isinstance(read_reply('{"choices": [{"message": {"content": null}}]}'), Failure)
