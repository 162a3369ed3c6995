"""A teacher asked in tags or in JSON, with or without a worked example; one form is read, any other
is none.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.clients.replies import read_reply
from waywiser.clients.requests import Reply
from waywiser.curation.chain_format import (
    add_worked_example,
    chain_response_format,
    is_reply_incomplete,
    parse_chain_reply,
    parse_json_chain,
    system_instruction,
)
from waywiser.curation.chains import Chain
from waywiser.curation.config import JudgeConfig, TeacherConfig, WorkedExample
from waywiser.curation.judge_rubric import make_judge_request, parse_judge_scores

EXAMPLE = WorkedExample(question="1 + 1?", thinking="Step 1: 1 + 1 = 2.", answer="2")
TAGS = TeacherConfig(model="m")
JSON = TeacherConfig(model="m", json_mode="schema")
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<>"))


@settings(deadline=None)
@given(words, words)
def test_each_form_reads_its_own_chains_and_no_other(thinking: str, answer: str) -> None:
    chain = Chain(thinking.strip(), answer.strip())
    written = json.dumps({"thinking": thinking, "answer": answer})
    assert parse_chain_reply(written, JSON) == chain
    assert parse_chain_reply(chain.text(), TAGS) == chain
    assert parse_chain_reply(chain.text(), JSON) is None
    assert parse_chain_reply(written, TAGS) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "[]",
        "null",
        '{"thinking": "a"}',
        '{"thinking": "a", "answer": 7}',
        '{"thinking": "a", "answer": "7"',
        '{"thinking": "a", "answer": "7", "more": ""}',
        '{"thinking": "<answer>8</answer>", "answer": "7"}',
        "[" * 99_999,
    ],
)
def test_anything_else_is_no_chain(text: str) -> None:
    assert parse_json_chain(text) is None


def test_thoughts_beside_the_reply_are_not_part_of_the_json() -> None:
    content = json.dumps({"thinking": "1 + 1 = 2", "answer": "2"})
    reply = read_reply(
        json.dumps({"choices": [{"message": {"content": content, "reasoning_content": "hm"}}]})
    )
    assert isinstance(reply, Reply)
    assert parse_chain_reply(reply.text, JSON) == Chain("1 + 1 = 2", "2")
    assert not is_reply_incomplete(reply.text, reply.finish, JSON)
    assert is_reply_incomplete(reply.text, "length", JSON)
    scores = '{"structure": 5, "cognitive_load": 5, "verification": 5, "verdict": "keep"}'
    assert (
        parse_judge_scores("<think>hm</think>" + scores) == parse_judge_scores(scores) is not None
    )


def test_the_example_stands_before_the_question_in_the_form_asked_for() -> None:
    assert add_worked_example("2 + 2?", TAGS) == "2 + 2?"
    shown = add_worked_example("2 + 2?", TAGS.model_copy(update={"example": EXAMPLE}))
    assert shown == f"Question: 1 + 1?\n{Chain(EXAMPLE.thinking, '2').text()}\n\nQuestion: 2 + 2?"
    shown = add_worked_example("2 + 2?", JSON.model_copy(update={"example": EXAMPLE}))
    assert json.loads(shown.split("\n")[1]) == {"thinking": EXAMPLE.thinking, "answer": "2"}
    assert "<answer>" in system_instruction(TAGS)
    assert "JSON" in system_instruction(JSON)


def test_each_server_is_asked_for_json_in_its_own_way() -> None:
    assert chain_response_format(TAGS) == ""
    strict = json.loads(chain_response_format(JSON))["json_schema"]["schema"]
    assert set(strict["required"]) == {"thinking", "answer"}
    llama = json.loads(chain_response_format(TeacherConfig(model="m", json_mode="object_schema")))
    assert llama == {"type": "json_object", "schema": strict}
    assert json.loads(chain_response_format(TeacherConfig(model="m", json_mode="object"))) == {
        "type": "json_object"
    }
    assert chain_response_format(TeacherConfig(model="m", json_mode="none")) == ""
    judge = json.loads(
        make_judge_request(
            JudgeConfig(model="j", json_mode="object_schema"), "q", "t", "a"
        ).response_format
    )
    assert "verdict" in judge["schema"]["properties"]
