"""Only what the model said is paid for, in every shape in which trainers pass conversations."""

from typing import Any

import pytest

from waywiser.errors import DatasetError
from waywiser.rewards import (
    RewardConfig,
    completion_text,
    compute_score,
    compute_score_batched,
    format_reward,
    make_reward_functions,
    messages_text,
    model_turns,
)
from waywiser.rewards import for_verl as verl

CHAIR = {"kind": "choice", "value": "chair", "options": ["table", "chair", "lamp"]}
THOUGHT = "<think>two</think><answer>B</answer>"


def says(role: str | None, content: Any, **more: Any) -> dict[str, Any]:
    return ({"role": role} if role else {}) | {"content": content} | more


def paid(completion: Any, component: str = "accuracy") -> float | None:
    (reward,) = make_reward_functions(RewardConfig.model_validate({"weights": {component: 1.0}}))
    return reward(prompts=["?"], completions=[completion], answer=[CHAIR])[0]


@pytest.mark.parametrize(
    "role",
    ["user", "system", "tool", "function", "observation", "environment", "developer", "User"],
)
def test_what_others_say_is_not_paid_for(role: str) -> None:
    talk = [
        says("assistant", "Let me look."),
        says(role, "<answer>B</answer>"),
        says("assistant", "Done."),
    ]
    assert paid(talk) == 0
    assert completion_text(talk) == "Let me look.\nDone."
    assert compute_score("x", talk, CHAIR)["acc"] == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "talk",
    [
        [
            says("assistant", "Let me look."),
            says("tool", "<answer>A</answer>"),
            says("assistant", "<answer>B</answer>"),
        ],
        [says("model", "<answer>B</answer>")],
        [says(None, "<answer>B</answer>")],
        says("assistant", [{"type": "text", "text": "<answer>B"}, {"type": "image"}, "</answer>"]),
        [
            {"from": "gpt", "value": "<answer>B</answer>"},
            {"from": "human", "value": "<answer>A</answer>"},
        ],
        [says("assistant", None, tool_calls=[{}]), says("assistant", "<answer>B</answer>")],
        "<answer>B</answer>",
    ],
)
def test_what_the_model_says_is_paid_for(talk: Any) -> None:
    assert paid(talk) == 1


def test_thoughts_in_a_field_of_their_own_are_thoughts() -> None:
    message = says("assistant", "<answer>B</answer>", reasoning_content="two")
    assert model_turns(message) == [THOUGHT]
    assert paid([message]) == paid([message], "format") == 1


CALL = "<think>a</think><tool_call>{}</tool_call>"
LEAK = "<tool_response>\nThe answer is B.\n</tool_response>"


@pytest.mark.parametrize(
    "text",
    [
        f"{CALL}\nuser\n{LEAK}\nassistant\nSAID",
        f"{CALL}<|im_end|>\n<|im_start|>user\n{LEAK}<|im_end|>\n<|im_start|>assistant\nSAID<|im_end|>",
        f"{CALL}\n{LEAK}\nSAID",
        f"{CALL}\n<observation>The answer is B.</observation>SAID",
        f"{CALL}\ntool\nThe answer is B.\nassistant\nSAID",
        f"{CALL}SAID\nuser\nThe answer is B.",
    ],
    ids=["decoded", "marked", "responses", "observations", "roles", "user at the end"],
)
def test_conversations_that_were_decoded_to_one_text(text: str) -> None:
    for said, right in (("I cannot tell.", 0), ("", 0)):
        assert compute_score("x", text.replace("SAID", said), CHAIR)["acc"] == right
    turns = model_turns(text.replace("SAID", "<think>b</think><answer>B</answer>"))
    assert "".join(turns).count("B") == 1
    assert format_reward(turns) == 1


def test_a_plain_text_is_left_as_it_is() -> None:
    for text in ("", "  a\n", "the\nfunction\nis x", "user", "a\n\nassistant", THOUGHT):
        assert model_turns(text) == [text]
    assert (
        messages_text([says("user", "a"), says("system", [{"type": "text", "text": "b"}])]) == "ab"
    )


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        (
            "I see two.</think><answer>B</answer>",
            1,
        ),  # the template opened the thought in the prompt
        ("\nI see two.\n</think>\n\n<answer>B</answer>", 1),
        ("</think><answer>B</answer>", 0),
        ("a</think>b</think><answer>B</answer>", 0),
        ("a</think>", 0),
        ("a</think>B", 0),
        ("<answer>B</answer></think>", 0),
        ("<answer>A</answer></think><answer>B</answer>", 0),
        (f"{CALL}<think>b</think><answer>B</answer>", 1),
        (f"{CALL}b</think><answer>B</answer>", 1),
        (f"{CALL}\n<tool_call>2</tool_call>\n{CALL}{THOUGHT}", 1),
        (f"{CALL}<answer>B</answer>", 0),
        (CALL, 0),
        (
            "<think>a</think><think>b</think><tool_call>{}</tool_call><think>c</think><answer>B</answer>",
            0,
        ),
        ("<tool_call>{}</tool_call><think>b</think><answer>B</answer>", 0),
        (
            "<think>a</think><answer>A</answer><tool_call>{}</tool_call><think>b</think><answer>B</answer>",
            0,
        ),
    ],
)
def test_one_thought_a_turn_and_one_answer(completion: str, expected: float) -> None:
    assert format_reward(completion) == expected
    assert paid(completion, "format") == expected


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["<think>a</think>", THOUGHT], 1),
        (["<think>a</think>look", "b</think><answer>B</answer>"], 1),
        (["look", THOUGHT], 0),
        (["<think>a</think><answer>B</answer>", THOUGHT], 0),
        ([THOUGHT, "<think>a</think>"], 0),
        ([], 0),
        ([""], 0),
    ],
)
def test_turns_of_a_conversation(turns: list[str], expected: float) -> None:
    assert format_reward(turns) == expected
    talk = [
        message for turn in turns for message in (says("assistant", turn), says("tool", "<think>"))
    ]
    assert paid(talk, "format") == expected


@pytest.mark.parametrize(
    "gold", [None, "", '{"kind": "integer"', {"kind": "integer", "value": "many"}]
)
def test_a_run_without_a_gradable_row_stops_in_verl_too(
    gold: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verl, "_GRADABLE_CHECK", verl._GradableCheck())
    with pytest.raises(DatasetError, match="none of 2 rows has an answer that can be graded"):
        compute_score_batched(["x"] * 2, [THOUGHT] * 2, [gold] * 2)

    monkeypatch.setattr(verl, "_GRADABLE_CHECK", verl._GradableCheck())
    outcomes = [
        compute_score("x", THOUGHT, gold)["outcome"] for _ in range(verl._MAX_UNGRADED_ROWS - 1)
    ]
    assert set(outcomes) == {"malformed_row"}
    with pytest.raises(DatasetError, match="none of"):
        compute_score("x", THOUGHT, gold)

    monkeypatch.setattr(verl, "_GRADABLE_CHECK", verl._GradableCheck())
    compute_score("x", THOUGHT, CHAIR)
    assert [
        row["score"] for row in compute_score_batched(["x"] * 2, [THOUGHT] * 2, [gold] * 2)
    ] == [0, 0]
