"""The command against servers as they are: dialects of replies, refusals, and what is asked again
afterwards.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from curation.conftest import chain, judgement, problem, write_gsm8k
from curation.test_curate import play, recipe
from helpers.dialects import BESIDE, WHOLE, completion
from helpers.oracle_server import Behaviour, Oracle, Sent, oracle, text_of
from waywiser.cli import main
from waywiser.clients.cache import ReplyCache
from waywiser.clients.requests import Request
from waywiser.curation.batch_files import read_batch
from waywiser.dataset.reader import read_samples

Values = dict[str, Any]


def write(path: Path, values: Values) -> Path:
    path.write_text(json.dumps({"stage": "curate", **values}))  # JSON is YAML
    return path


def teach(tmp_path: Path, problems: Path, url: str, **teacher: Any) -> Path:
    """A recipe of 24 problems for a teacher alone."""
    values = recipe(
        tmp_path / "out", problems, url, judge=None, difficulty=None, sources=[source_of(problems)]
    )
    values["teacher"] |= {"samples": 1, **teacher}
    return write(tmp_path / "recipe.yaml", values)


def source_of(problems: Path) -> Values:
    return {
        "kind": "mapped",
        "name": str(problems / "problems.yaml"),
        "path": str(problems / "problems.jsonl"),
    }


def result(tmp_path: Path) -> Values:
    return json.loads((tmp_path / "out" / "curation.json").read_text())


def asked(server: Oracle) -> int:
    return sum(server.received.values())


def halves(text: str) -> tuple[str, str]:
    """The thinking and the answer, tagged, of a chain."""
    thinking, _, answer = chain(text).removeprefix("<think>").partition("</think>")
    return thinking, answer


def number_of(text: str) -> int:
    """The number of the problem that is asked."""
    return int(text.split("box ")[1].split(" ")[0])


def accepted_numbers(tmp_path: Path) -> set[int]:
    return {number_of(sample.question) for sample in read_samples(tmp_path / "out")}


def reasons_by_number(tmp_path: Path) -> dict[int, str | None]:
    """The kind of each problem's rejection."""
    rows = pq.read_table(tmp_path / "out" / "chains").to_pylist()
    return {
        int(row["id"].removeprefix("problems-")): row["reason"] and row["reason"].partition(":")[0]
        for row in rows
    }


@pytest.mark.case(69, 70, 71)
def test_chains_are_taken_in_every_dialect(tmp_path: Path, problems: Path) -> None:
    dialects = [*BESIDE, *WHOLE]

    def behave(body: Values, _: int) -> Sent:
        text = text_of(body)
        dialect = dialects[number_of(text) % len(dialects)]
        return Sent(
            completion(
                BESIDE[dialect](*halves(text)) if dialect in BESIDE else WHOLE[dialect](chain(text))
            )
        )

    with oracle(behave) as server:
        assert main(["curate", str(teach(tmp_path, problems, server.url))]) == 0
        assert asked(server) == 24
    assert len(dialects) <= 24
    assert result(tmp_path)["funnel"]["accepted"] == 24


IN_TAGS: list[tuple[Any, str | None]] = [
    (lambda c: f"\n  {c}\n", None),
    (lambda c: c.removeprefix("<think>"), None),  # the template opened it
    (lambda c: f"\n{c.removeprefix('<think>')}", None),
    (
        lambda c: c.replace("<answer>", "<answer>\n\\boxed{").replace("</answer>", "}\n</answer>"),
        None,
    ),
    (lambda c: c.partition("<answer>")[0] + "So it is 5.", "format"),
    (lambda c: c.partition("<answer>")[0], "format"),
    (lambda _: "It is 5.", "format"),
    (lambda c: c.removesuffix("</answer>"), "truncated"),
    (lambda c: c.partition("</think>")[0], "truncated"),
    (lambda c: Sent(completion({"content": None, "reasoning": c}, "length")), "truncated"),
    (lambda _: Sent(completion({"content": "It is 5.", "reasoning": "Let me see."})), "format"),
    (lambda c: f"```\n{c}\n```", "format"),
    (lambda c: f"Sure!\n{c}", "format"),
    (lambda c: c.replace("think>", "Think>"), "format"),
    (lambda c: c.removeprefix("<think>") + c, "format"),
]


@pytest.mark.case(68, 72, 73, 74, 76)
def test_what_is_a_chain_in_tags_and_why_not(tmp_path: Path, problems: Path) -> None:
    write_gsm8k(problems / "problems.jsonl", len(IN_TAGS))
    with oracle(
        lambda body, _: IN_TAGS[number_of(text_of(body))][0](chain(text_of(body)))
    ) as server:
        assert main(["curate", str(teach(tmp_path, problems, server.url))]) == 0
    assert reasons_by_number(tmp_path) == {k: reason for k, (_, reason) in enumerate(IN_TAGS)}


def as_json(text: str, **more: Any) -> str:
    thinking, tagged = halves(text)
    answer = tagged.removeprefix("<answer>").removesuffix("</answer>")
    return json.dumps({"thinking": thinking, "answer": answer, **more})


IN_JSON: list[tuple[Any, str]] = [
    (lambda t: as_json(t), "always"),
    (lambda t: f"```json\n{as_json(t)}\n```", "always"),
    (lambda t: f"```\n{as_json(t)}\n```", "always"),
    (lambda t: f"<think>hm</think>\n```json\n{as_json(t)}\n```", "always"),
    (lambda t: as_json(t, answer=problem(number_of(t))[3]), "unless enforced"),
    (lambda t: as_json(t, answer=float(problem(number_of(t))[3])), "unless enforced"),
    (lambda t: as_json(t, confidence=0.9), "unless enforced"),
    (lambda t: as_json(t, answer=None), "never"),
    (lambda t: as_json(t, answer=True), "never"),
    (lambda t: as_json(t, thinking=7), "never"),
    (lambda t: f"Here it is: {as_json(t)}", "never"),
    (lambda t: as_json(t).replace("}", ",}"), "never"),
    (lambda t: as_json(t).replace('"', "'"), "never"),
    (lambda t: f"[{as_json(t)}]", "never"),
]


@pytest.mark.case(77)
@pytest.mark.parametrize("mode", ["object", "none", "schema", "object_schema"])
def test_json_is_read_as_strictly_as_the_server_enforces_it(
    mode: str, tmp_path: Path, problems: Path
) -> None:
    write_gsm8k(problems / "problems.jsonl", len(IN_JSON))
    with oracle(lambda body, _: IN_JSON[number_of(text_of(body))][0](text_of(body))) as server:
        assert main(["curate", str(teach(tmp_path, problems, server.url, json_mode=mode))]) == 0
    taken = {"always", "unless enforced"} if mode in ("object", "none") else {"always"}
    assert accepted_numbers(tmp_path) == {k for k, (_, when) in enumerate(IN_JSON) if when in taken}


MAX_TOKENS = Sent(
    {
        "error": {
            "message": "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            "param": "max_tokens",
        }
    },
    400,
)
NO_SEED = Sent(
    {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}, 422
)


def picky(body: Values, _: int) -> Any:
    """A server that takes neither max_tokens nor a seed, and wants an effort."""
    if "max_tokens" in body:
        return MAX_TOKENS
    if "seed" in body:
        return NO_SEED
    return chain(text_of(body)) if body.get("effort") == {"level": "low"} else 500


@pytest.mark.case(81, 88)
def test_each_error_names_the_key_that_mends_it_and_the_run_goes_on(
    tmp_path: Path, problems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with oracle(picky) as server:
        command = ["curate", str(teach(tmp_path, problems, server.url))]
        for told in (
            "{rename: {max_tokens: max_completion_tokens}}",
            "{rename: {max_tokens: max_completion_tokens}, drop: [seed]}",
        ):
            assert main(command) == 1
            shown = capsys.readouterr().err
            assert f"set teacher.parameters: {told}, then run again" in shown
            assert len(shown.splitlines()) == 1
            command = [*command[:2], "--teacher.parameters", told]
        assert asked(server) <= 2 * (10 + 4)
        assert main([*command, "--teacher.parameters.add", "{effort: {level: low}}"]) == 0
    assert result(tmp_path)["funnel"]["accepted"] == 24
    assert result(tmp_path)["recipe"]["teacher"]["parameters"] == [
        ["seed"],
        '{"effort": {"level": "low"}}',
    ]


@pytest.mark.case(79, 80, 81)
@pytest.mark.parametrize(
    ("sent", "words", "most"),
    [
        (NO_SEED, "body.seed: Extra inputs are not permitted", 16 + 10),
        (MAX_TOKENS, "Use 'max_completion_tokens' instead", 16 + 10),
        (Sent({"error": {"message": "Insufficient credits"}}, 402), "Insufficient credits", 16),
        (
            Sent({"error": {"message": "Insufficient credits", "code": 402}}),
            "Insufficient credits",
            16,
        ),
        (Sent({"error": "the model is not loaded"}), "the model is not loaded", 16 + 30 + 12),
        (Sent(b"<!doctype html><title>Sign in</title>"), "a web page: Sign in", 16 + 30 + 12),
        (
            Sent(b"data: {}\n\ndata: [DONE]\n"),
            "teacher.parameters: {add: {stream: false}}",
            16 + 30 + 12,
        ),
        (Sent({"choices": "none"}), "is no chat completion", 16 + 30 + 12),
    ],
)
def test_a_server_that_refuses_everything_ends_the_command(
    sent: Sent,
    words: str,
    most: int,
    tmp_path: Path,
    problems: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with oracle(lambda *_: sent) as server:
        path = teach(
            tmp_path, problems, server.url, samples=12, attempts=6, concurrency=16
        )  # 288 requests
        assert main(["curate", str(path)]) == 1
        assert asked(server) <= most
    shown = capsys.readouterr()
    assert words in shown.err
    assert len(shown.err.splitlines()) == 1
    assert shown.out == ""
    assert not (tmp_path / "out" / "curation.json").exists()


@pytest.mark.case(88)
def test_the_same_command_asks_what_was_refused_once_the_cause_is_mended(
    tmp_path: Path, problems: Path
) -> None:
    broken = True

    def behave(body: Values, _: int) -> Any:
        return NO_SEED if broken else chain(text_of(body))

    with oracle(behave) as server:
        path = teach(tmp_path, problems, server.url)
        assert main(["curate", str(path)]) == 1
        broken = False
        server.received.clear()
        assert main(["curate", str(path)]) == 0
        assert asked(server) == 24
        assert main(["curate", str(path)]) == 0
        assert asked(server) == 24, "a finished run asks nothing"
    assert result(tmp_path)["funnel"]["accepted"] == 24


@pytest.mark.case(88, 83)
@pytest.mark.parametrize("fault", [400, Sent({"error": "no"})])
def test_a_finished_run_that_lacks_replies_asks_for_them_again(
    fault: Any, tmp_path: Path, problems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = True

    def behave(body: Values, number: int) -> Any:
        return fault if broken and "box 3 " in text_of(body) else play(body, number)

    with oracle(behave) as server:
        values = recipe(tmp_path / "out", problems, server.url)
        path = write(tmp_path / "recipe.yaml", values)
        assert main(["curate", str(path)]) == 0
        assert "the same command asks them again" in capsys.readouterr().err
        first = result(tmp_path)
        assert set(first["unanswered"]) == {"teacher"}
        assert not (tmp_path / "out" / ".work").exists()

        server.received.clear()
        assert main(["curate", str(path)]) == 0
        assert 1 <= len(server.received) <= 3, "samples of that question alone"
        assert result(tmp_path) == first

        broken = False
        assert main(["curate", str(path)]) == 0
        assert capsys.readouterr().err.count("the same command") == 1
        whole = write(tmp_path / "whole.yaml", {**values, "out": str(tmp_path / "whole")})
        assert main(["curate", str(whole)]) == 0
    mended = result(tmp_path)
    good = json.loads((tmp_path / "whole" / "curation.json").read_text())
    assert mended == good
    assert mended["funnel"]["accepted"] == first["funnel"]["accepted"] + 1


@pytest.mark.case(88)
def test_without_its_cache_a_finished_run_is_left_alone(tmp_path: Path, problems: Path) -> None:
    with oracle(
        lambda body, number: 400 if "box 3 " in text_of(body) else play(body, number)
    ) as server:
        path = teach(tmp_path, problems, server.url)
        assert main(["curate", str(path)]) == 0
        (tmp_path / "out" / "cache.sqlite").unlink()
        server.received.clear()
        assert main(["curate", str(path)]) == 0
        assert asked(server) == 0, "nothing is paid for twice"


@pytest.mark.case(83)
def test_a_text_only_server_sets_pictures_aside_with_its_words(
    tmp_path: Path, problems: Path
) -> None:
    def behave(body: Values, number: int) -> Any:
        if isinstance(body["messages"][-1]["content"], list):
            return Sent({"error": {"message": "image input is not supported"}}, 500)
        return play(body, number)

    rows = [{"question": problem(k)[0], "answer": f"#### {problem(k)[3]}"} for k in range(24)]
    (problems / "dot.png").write_bytes(png())
    rows[5]["image"] = "dot.png"
    (problems / "problems.jsonl").write_text(
        "".join(json.dumps({"image": None, **row}) + "\n" for row in rows)
    )
    with (problems / "problems.yaml").open("a") as mapping:
        mapping.write("images: image\n")
    with oracle(behave) as server:
        assert main(["curate", str(teach(tmp_path, problems, server.url))]) == 0
    rejected = pq.read_table(tmp_path / "out" / "rejected").to_pylist()
    assert any("image input is not supported" in row["detail"] for row in rejected)


def png() -> bytes:
    import io

    from PIL import Image

    sink = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(sink, "PNG")
    return sink.getvalue()


@pytest.mark.case(53)
def test_nothing_accepted_says_why_and_exits_1(
    tmp_path: Path, problems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"question": problem(k)[0], "answer": "#### 1", "image": f"images/{k:03} of box.png"}
        for k in range(24)
    ]
    (problems / "problems.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with (problems / "problems.yaml").open("a") as mapping:
        mapping.write("images: image\n")
    values = {
        "out": str(tmp_path / "out"),
        "sources": [source_of(problems)],
        "splits": {"sft": {"samples": 9}},
    }
    assert main(["curate", str(write(tmp_path / "recipe.yaml", values))]) == 1
    shown = capsys.readouterr()
    assert "0 of 24 items accepted" in shown.out
    assert len(result(tmp_path)["funnel"]["rejected"]["load"]) == 1
    assert "24 items" in shown.err
    assert "000 of box.png" in shown.err


@pytest.mark.case(53, 73)
def test_a_teacher_that_is_never_right_says_why_and_exits_1(
    tmp_path: Path, problems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with oracle(lambda *_: "I think it is 5.") as server:
        assert main(["curate", str(teach(tmp_path, problems, server.url))]) == 1
    shown = capsys.readouterr().err
    assert "check: no chain passed, most often format, 24 items" in shown
    assert "in the form asked for" in shown


@pytest.mark.case(89)
def test_a_batch_file_ends_its_lines_at_newlines_only(tmp_path: Path) -> None:
    requests = [Request("m", f"question {k}") for k in range(4)]
    texts = ["a\u2028b", "c\x85d", "e\x0bf\x0c\x1c", "g"]
    lines: list[str] = []
    for request, text in zip(requests, texts, strict=True):
        response = {"status_code": 200, "body": completion({"content": text})}
        lines.append(
            json.dumps({"custom_id": request.key().hex(), "response": response}, ensure_ascii=False)
        )
    path = tmp_path / "replies.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    cache = ReplyCache(tmp_path / "cache.sqlite")
    assert read_batch(path, cache, "m") == (4, 0)
    found = [cache.get(request.key()) for request in requests]
    assert [reply and reply.text for reply in found] == texts


@pytest.mark.case(89)
def test_lines_that_hold_no_reply_say_why(
    tmp_path: Path, problems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = tmp_path / "batch"
    path = teach(
        tmp_path,
        problems,
        "http://127.0.0.1:9/v1",
        batch=str(batch),
        parameters={"rename": {"max_tokens": "max_completion_tokens"}},
    )
    assert main(["curate", str(path)]) == 2
    asked = [
        json.loads(line) for line in (batch / "requests-chains.jsonl").read_text().splitlines()
    ]
    assert all(
        "max_completion_tokens" in row["body"] and "max_tokens" not in row["body"] for row in asked
    )
    refused = {"status_code": 400, "body": {"error": {"message": "seed is not known"}}}
    rows = [
        {"custom_id": row["custom_id"], "response": refused, "error": None} for row in asked[:3]
    ]
    rows.append(
        {"custom_id": asked[3]["custom_id"], "response": None, "error": {"message": "expired"}}
    )
    (batch / "replies.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    capsys.readouterr()
    assert main(["curate", str(path)]) == 2
    assert "4 lines held none, most often: http 400: seed is not known" in capsys.readouterr().err


def judged(behave: Behaviour, tmp_path: Path, problems: Path, **judge: Any) -> tuple[int, Values]:
    def both(body: Values, number: int) -> Any:
        return behave(body, number) if body["model"] == "judge" else play(body, number)

    with oracle(both) as server:
        values = recipe(tmp_path / "out", problems, server.url, difficulty=None)
        values["judge"] |= judge
        code = main(["curate", str(write(tmp_path / "recipe.yaml", values))])
    return code, result(tmp_path)["judge"]


SCORED: list[Any] = [
    lambda s: s,
    lambda s: f"<think>hm</think>{s}",
    lambda s: f"hm</think>\n\n{s}",
    lambda s: f"```json\n{s}\n```",
    lambda s: f"```\n{s}\n```\n",
    lambda s: f"hm</think>```json\n{s}\n```",
    lambda s: Sent(completion({"content": s, "reasoning": "hm"})),
    lambda s: Sent(completion({"content": [{"type": "text", "text": s}]})),
    lambda s: Sent(
        completion(
            {"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": s}]}
        )
    ),
]
UNSCORED: list[Any] = [
    lambda s: s.replace("}", ",}"),
    lambda s: s.replace('"structure": ', '"structure": 0.5'),
    lambda s: f"Here: {s}",
    lambda s: f"{s} I hope this helps",
    lambda s: s.replace("keep", "Keep").replace("reject", "Reject"),
    lambda s: s.replace("}", ', "why": "so"}'),
    lambda s: s.replace('"', "'"),
    lambda s: f"[{s}]",
]


@pytest.mark.case(90, 91, 94)
@pytest.mark.parametrize("mode", ["schema", "none"])
def test_a_judge_is_read_in_every_dialect(mode: str, tmp_path: Path, problems: Path) -> None:
    def behave(body: Values, number: int) -> Any:
        return SCORED[number % len(SCORED)](judgement(body))

    code, found = judged(behave, tmp_path, problems, json_mode=mode)
    assert code == 0
    assert found["valid"] == 1


@pytest.mark.case(93)
def test_a_judge_that_writes_anything_else_gives_no_score(tmp_path: Path, problems: Path) -> None:
    def behave(body: Values, number: int) -> Any:
        return UNSCORED[number % len(UNSCORED)](judgement(body))

    code, found = judged(behave, tmp_path, problems, json_mode="none")
    assert code == 1
    assert found["valid"] == 0


@pytest.mark.case(81, 88)
def test_a_judge_that_refuses_ends_the_run_and_what_the_teacher_wrote_is_kept(
    tmp_path: Path, problems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def behave(body: Values, number: int) -> Any:
        if body["model"] == "judge" and "temperature" in body:
            return Sent({"error": {"message": "temperature is deprecated for this model"}}, 400)
        return play(body, number)

    with oracle(behave) as server:
        path = write(
            tmp_path / "recipe.yaml",
            recipe(tmp_path / "out", problems, server.url, difficulty=None),
        )
        assert main(["curate", str(path)]) == 1
        assert "set judge.parameters: {drop: [temperature]}" in capsys.readouterr().err
        server.received.clear()
        server.bodies.clear()
        assert main(["curate", str(path), "--judge.parameters.drop", "[temperature]"]) == 0
        assert {body["model"] for body in server.bodies} == {"judge"}
