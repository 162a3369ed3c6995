"""What servers send is read in every dialect; what is no reply is a failure with the server's
words.
"""

import json
from typing import Any

import pytest

from helpers.dialects import BESIDE, WHOLE, completion
from waywiser.clients.replies import read_reply, strip_code_fence
from waywiser.clients.requests import Failure, Reply

CHAIN = "<think>1 + 2 = 3, so 3.</think><answer>3</answer>"


def read(value: Any) -> Reply | Failure:
    return read_reply(json.dumps(value))


@pytest.mark.case(69, 70, 71)
@pytest.mark.parametrize("dialect", BESIDE)
def test_thoughts_beside_the_answer_come_before_it(dialect: str) -> None:
    message = BESIDE[dialect]("1 + 2 = 3, so 3.", "<answer>3</answer>")
    assert read(completion(message)) == Reply(CHAIN)


@pytest.mark.case(71, 94)
@pytest.mark.parametrize("dialect", WHOLE)
def test_a_content_of_any_form_is_its_text(dialect: str) -> None:
    assert read(completion(WHOLE[dialect](CHAIN))) == Reply(CHAIN)


@pytest.mark.case(69)
def test_thoughts_that_stand_in_the_content_too_are_taken_once() -> None:
    assert read(completion({"content": CHAIN, "reasoning": "1 + 2 = 3"})) == Reply(CHAIN)


@pytest.mark.case(68)
@pytest.mark.parametrize(
    ("finish", "usage", "reply"),
    [
        (None, None, Reply("a")),
        ("eos", {"prompt_tokens": 5, "completion_tokens": 7}, Reply("a", "eos", 5, 7)),
        ("stop", {"prompt_tokens": "5", "completion_tokens": None}, Reply("a")),
        ("stop", {"prompt_tokens": -5, "completion_tokens": True}, Reply("a")),
        ("stop", [], Reply("a")),
    ],
)
def test_odd_ends_and_counts_are_no_fault(finish: Any, usage: Any, reply: Reply) -> None:
    assert read(completion({"content": "a"}, finish, usage=usage)) == reply


@pytest.mark.case(74)
def test_thoughts_that_used_up_the_limit_are_a_cut_reply() -> None:
    cut = read(completion({"content": None, "reasoning": "Let me see"}, "length"))
    assert cut == Reply("<think>Let me see</think>", "length")
    assert read(completion({"content": None}, "length")) == Reply("", "length")


@pytest.mark.case(74)
@pytest.mark.parametrize("content", ["", None, "\n", []])
def test_a_reply_that_stands_where_thoughts_belong_is_the_reply(content: Any) -> None:
    assert read(completion({"content": content, "reasoning": '{"a": 1}'})) == Reply('{"a": 1}')


def test_whole_json_with_the_end_of_a_stream_is_read() -> None:
    body = json.dumps(completion({"content": "a"})) + "\n\ndata: [DONE]\n\n"
    assert read_reply(body) == Reply("a")


@pytest.mark.case(79)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"error": "Insufficient credits"}', "error: Insufficient credits"),
        (
            '{"error": {"message": "Insufficient credits", "code": 402}}',
            "error 402: Insufficient credits",
        ),
        ('{"error": {"message": "Slow down", "code": "429"}}', "error 429: Slow down"),
        (
            '{"choices": [{"error": {"message": "Upstream broke", "code": 502}}]}',
            "error 502: Upstream broke",
        ),
        (
            '{"code": 1113, "msg": "the account is in arrears"}',
            "nonsense: the reply is no chat completion: the account is in arrears",
        ),
        ('{"choices": []}', 'nonsense: the reply is no chat completion: {"choices": []}'),
        (
            '{"choices": [{"text": "hm"}]}',
            'nonsense: the reply is no chat completion: {"choices": [{"text": "hm"}]}',
        ),
        (
            "<!DOCTYPE html><html><head><title>Sign in &amp; go</title></head></html>",
            "nonsense: the reply is a web page: Sign in & go",
        ),
        (
            'data: {"error": {"message": "no model is loaded"}}\n\ndata: [DONE]\n',
            "nonsense: the reply is a stream of events, which was not asked for: no model is loaded",
        ),
        ('{"choices": [{"mess', 'nonsense: the reply is no JSON: {"choices": [{"mess'),
        ("", "nonsense: the reply is empty"),
        ("[]", "nonsense: the reply is no chat completion: []"),
        ("7", "nonsense: the reply is no chat completion: 7"),
        ("null", "nonsense: the reply is no chat completion: null"),
    ],
)
def test_what_is_no_completion_is_told_in_the_servers_words(body: str, reason: str) -> None:
    failure = read_reply(body.encode())
    assert isinstance(failure, Failure)
    assert failure.reason == reason
    assert failure.fault == ("silent" if failure.kind in ("error 429", "error 502") else "refuses")


@pytest.mark.parametrize(
    ("message", "finish", "fault", "reason"),
    [
        (
            {"content": None, "refusal": "I cannot help"},
            "stop",
            "request",
            "declined: I cannot help",
        ),
        ({"content": None}, "content_filter", "request", "declined: content_filter"),
        (
            {"content": None},
            "tool_calls",
            "refuses",
            "nonsense: the reply has no text (finish_reason tool_calls)",
        ),
        (
            {"content": []},
            "stop",
            "refuses",
            "nonsense: the reply has no text (finish_reason stop)",
        ),
    ],
)
def test_a_reply_without_text_is_not_paid_for_again(
    message: Any, finish: str, fault: str, reason: str
) -> None:
    assert read(completion(message, finish)) == Failure(reason, fault)  # type: ignore[arg-type]


@pytest.mark.case(77, 91)
def test_a_fence_round_everything_is_taken_off_and_no_other() -> None:
    for fenced in (
        "```json\n{}\n```",
        "```\n{}\n```",
        "\n```JSON {} ```\n",
        "```json5\n\n{}\n\n```  ",
    ):
        assert strip_code_fence(fenced) == "{}"
    for other in (
        "{}",
        "Here: ```json\n{}\n```",
        "```json\n{}\n``` so",
        "```json\n{}",
        '{"a": "```b```"}',
    ):
        assert strip_code_fence(other) == other
    assert strip_code_fence('```json\n{"a": "```b```"}\n```') == '{"a": "```b```"}'
