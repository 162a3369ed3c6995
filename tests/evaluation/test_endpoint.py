"""`evaluate --endpoint` against servers as they are: waits, dialects, parameters, and what it says
of a refusal.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai", reason="the curate extra is not installed")

from helpers.dialects import BESIDE, WHOLE, completion
from helpers.layout_files import cv_bench, mathvision
from helpers.oracle_server import Oracle, Sent, oracle
from waywiser.cli import main
from waywiser.errors import EndpointError, ModelError
from waywiser.evaluation.answer_judge import AnswerJudge
from waywiser.evaluation.benchmark_answers import read_replies
from waywiser.evaluation.benchmark_run import run_benchmark
from waywiser.evaluation.benchmarks import load_benchmark
from waywiser.evaluation.endpoint_client import EndpointClient


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six items of cv-bench."""
    cv_bench(tmp_path / "data")
    return tmp_path / "data"


def command(data: Path, url: str, *more: str, benchmark: str = "cv-bench") -> list[str]:
    out = str(data.parent / "run")
    return [
        "evaluate",
        "m",
        "--benchmark",
        benchmark,
        "--data",
        str(data),
        "--endpoint",
        url,
        "--out",
        out,
        *more,
    ]


def asked(server: Oracle) -> int:
    return sum(server.received.values())


@pytest.mark.case(95)
@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "1"},
        {"retry-after-ms": "1000"},
        {"Retry-After": "Sun, 01 Mar 2026 12:00:01 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"},
    ],
)
def test_a_server_that_asks_to_wait_is_left_alone_until_then(
    headers: dict[str, str], data: Path
) -> None:
    until: list[float] = []

    def behave(*_: Any) -> Any:
        until.append(time.monotonic() + 0.9)
        return (
            "(B)"
            if time.monotonic() > until[0]
            else Sent({"error": {"message": "slow"}}, 429, headers)
        )

    with oracle(behave) as server:
        summary = run_benchmark("m", "cv-bench", data, data.parent / "run", endpoint=server.url)
    assert summary["answered"] == 6
    assert 6 < asked(server) <= 2 * 6


@pytest.mark.case(94)
@pytest.mark.parametrize("dialect", [*BESIDE, *WHOLE])
def test_answers_are_read_in_every_dialect(dialect: str) -> None:
    message = BESIDE[dialect]("So it is B.", "(B)") if dialect in BESIDE else WHOLE[dialect]("(B)")
    with oracle(lambda *_: Sent(completion(message))) as server:
        found = EndpointClient(server.url, "m").complete("x?")
    assert found.text == ("<think>So it is B.</think>(B)" if dialect in BESIDE else "(B)")


def picky(body: dict[str, Any], _: int) -> Any:
    if "max_tokens" in body:
        return Sent(
            {"error": {"message": "Use 'max_completion_tokens' instead.", "param": "max_tokens"}},
            400,
        )
    if "temperature" in body:
        return Sent(
            {"error": {"message": "'temperature' does not support 0 with this model."}}, 400
        )
    return "(B)"


@pytest.mark.case(81)
def test_an_error_names_the_flag_and_the_flag_mends_it(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with oracle(picky) as server:
        parameters: list[str] = []
        for told in (
            "{rename: {max_tokens: max_completion_tokens}}",
            "{rename: {max_tokens: max_completion_tokens}, drop: [temperature]}",
        ):
            assert main(command(data, server.url, *parameters)) == 1
            errors = [
                line
                for line in capsys.readouterr().err.splitlines()
                if line.startswith("waywiser: ")
            ]
            assert len(errors) == 1
            assert f"set --parameters '{told}'" in errors[0]
            parameters = ["--parameters", told]
        assert main(command(data, server.url, *parameters)) == 0
        kept = json.loads((data.parent / "run" / "scores.json").read_text())["parameters"]
        assert kept == {"rename": {"max_tokens": "max_completion_tokens"}, "drop": ["temperature"]}
        as_json = (
            '{"add": {"max_completion_tokens": 5, "effort": {"level": "low"}},'
            ' "drop": ["max_tokens", "temperature"]}'
        )
        assert (
            main(
                [
                    *command(data, server.url, "--parameters", as_json),
                    "--limit",
                    "1",
                    "--out",
                    f"{data}.json",
                ]
            )
            == 0
        )
    assert {"max_completion_tokens": 5, "effort": {"level": "low"}}.items() <= server.bodies[
        -1
    ].items()
    assert set(server.bodies[-1]) == {"model", "messages", "max_completion_tokens", "effort"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{drop: [temprature]}", "'temprature' is not sent"),
        ("low", "give a mapping"),
        ("{a: b", "cannot read"),
        ("{drop: [seed], add: {temperature: 1}}", "sent already"),
    ],
)
def test_parameters_that_cannot_be_are_refused_before_anything_is_written(
    given: str, words: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for flag in ("--parameters", "--judge-parameters"):
        assert main(command(data, "http://127.0.0.1:9/v1", flag, given)) == 2
        shown = capsys.readouterr().err
        assert words in shown
        assert flag in shown
    assert not (data.parent / "run").exists()


@pytest.mark.case(79, 80, 81, 86)
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (Sent({"error": {"message": "Insufficient credits"}}, 402), "Insufficient credits"),
        (Sent({"detail": "Not Found"}, 404), "Not Found"),
        (Sent({"error": "no model is loaded"}), "no model is loaded"),
        (Sent(b"<html><title>Sign in</title></html>"), "a web page: Sign in"),
        (Sent({"detail": [{"loc": ["body", "seed"], "msg": "extra"}]}, 422), "body.seed: extra"),
        (500, "not now"),
        (None, "unreachable"),
    ],
)
def test_no_answer_at_all_ends_with_exit_code_1(
    sent: Any, words: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with oracle(lambda *_: sent) as server:
        assert main(command(data, server.url)) == 1
        assert asked(server) <= 6 * 4
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.out == ""
    assert not (data.parent / "run" / "scores.json").exists()


def test_nobody_there_ends_with_exit_code_1(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for url in ("http://127.0.0.1:9/v1", "127.0.0.1:9"):
        assert main(command(data, url)) == 1
        assert "does not answer (unreachable" in capsys.readouterr().err


@pytest.mark.case(88)
def test_what_was_answered_before_a_stop_is_kept_and_the_rest_asked_by_the_same_command(
    data: Path,
) -> None:
    good = 2

    def behave(_: Any, number: int) -> Any:
        return (
            "(B)" if number <= good else Sent({"error": {"message": "Insufficient credits"}}, 402)
        )

    with oracle(behave) as server:
        run: dict[str, Any] = {"endpoint": server.url, "batch_size": 1}
        with pytest.raises(EndpointError, match="Insufficient credits"):
            _many(data, run)
        kept = [reply for reply in read_replies(data.parent / "run") if reply.output is not None]
        assert len(kept) == good
        good = 1000
        server.received.clear()
        assert _many(data, run)["answered"] == 40
        assert asked(server) == 38


def _many(data: Path, run: dict[str, Any]) -> dict[str, Any]:
    """A benchmark of forty different items."""
    mathvision(data.parent / "many")
    table = data.parent / "many" / "test.jsonl"
    row = json.loads(table.read_text().splitlines()[0])
    rows = [row | {"id": str(k), "question": f"Question {k}"} for k in range(40)]
    table.write_text("\n".join(map(json.dumps, rows)))
    return run_benchmark("m", "mathvision", data.parent / "many", data.parent / "run", **run)


@pytest.mark.case(81)
def test_a_judge_that_refuses_everything_is_asked_a_few_times_and_the_scores_stand(
    data: Path,
) -> None:
    mathvision(data.parent / "math")
    item = load_benchmark("mathvision", data.parent / "math").items[0]
    with oracle(lambda *_: Sent({"error": {"message": "no"}}, 400)) as server:
        judge = AnswerJudge(EndpointClient(server.url, "j"), data.parent / "judge.jsonl")
        judged = judge.judge([item] * 60, [f"nothing to read\n{k}" for k in range(60)])
        assert asked(server) <= 26
    assert judged.scores == judged.rule == [0.0] * 60
    assert judged.failed == 60


def test_a_judge_that_thinks_gives_its_verdict_after_its_thoughts(data: Path) -> None:
    mathvision(data.parent / "math")
    item = load_benchmark("mathvision", data.parent / "math").items[0]
    replies = ["1", "<think>it is</think>1", "it is</think>\n1"]
    messages: list[dict[str, Any]] = [{"content": text} for text in replies]
    messages += [
        {"content": "1", "reasoning": "it is"},
        {"content": [{"type": "text", "text": "1"}]},
    ]
    with oracle(lambda _, number: Sent(completion(messages[number - 1]))) as server:
        judge = AnswerJudge(EndpointClient(server.url, "j"), data.parent / "judge.jsonl")
        judged = judge.judge([item] * 5, [f"nothing to read\n{k}" for k in range(5)])
    assert judged.scores == [1.0] * 5


def test_without_the_clients_libraries_one_line_says_which_extra(data: Path) -> None:
    program = "import sys; sys.modules['openai'] = None; from waywiser.cli import main; sys.exit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", program, *command(data, "http://127.0.0.1:9/v1")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith(
        "waywiser: openai is not installed: pip install 'waywiser[curate]'\n"
    )
    assert not (data.parent / "run").exists()


def test_a_single_question_says_why_it_failed() -> None:
    with (
        oracle(lambda *_: Sent({"error": {"message": "no such model"}}, 404)) as server,
        pytest.raises(ModelError, match=r"^http 404: no such model$"),
    ):
        EndpointClient(server.url, "m").complete("x?")
    with pytest.raises(ModelError, match=r"^unreachable: nothing is no http address$"):
        EndpointClient("nothing", "m").complete("x?")


def test_an_endpoint_without_a_benchmark_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["evaluate", "m", "--data", str(tmp_path), "--endpoint", "http://127.0.0.1:9/v1"]) == 2
    )
    assert "give --benchmark" in capsys.readouterr().err
