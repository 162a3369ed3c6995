"""The pool of workers: hostile input is bounded, workers are replaced, and nothing is left behind."""

import asyncio
import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from waywiser.answers import Verifier, VerifierConfig, agrade, grade, grade_all
from waywiser.answers.verifier import MAX_EXPRESSION_CHARACTERS, Comparison, ComparisonResult

SQUARE = {"kind": "expression", "value": "x^2+2x+1"}
TOWER = "<answer>9^{9^{9^{9}}}</answer>"


def says(text: str, gold: str = "(x+1)^{2}", tolerance: float = 0.0) -> Comparison:
    return Comparison(gold, ((text, tolerance),))


@pytest.fixture(scope="module")
def pool() -> Iterator[Verifier]:
    """Two workers with a deadline that a busy machine keeps."""
    verifier = Verifier(VerifierConfig(workers=2, deadline_s=30))
    yield verifier
    verifier.close()


@pytest.fixture(scope="module")
def hasty() -> Iterator[Verifier]:
    """One worker that gives up soon."""
    verifier = Verifier(VerifierConfig(workers=1, deadline_s=0.3))
    yield verifier
    verifier.close()


def test_values_are_compared_not_spellings(pool: Verifier) -> None:
    assert pool.compare(says("x^{2}+2x+1")).status == "equal"
    assert pool.compare(says("x^{2}+2x")).status == "different"
    assert (
        pool.compare(Comparison(r"\frac{1}{3}", (("1/3", 0.0), ("0.333", 0.0005)))).status
        == "equal"
    )
    assert pool.compare(Comparison(r"\frac{1}{3}", (("1/3", 0.0), ("0.4", 0.05)))).status == "mixed"
    assert pool.compare(says(r"\frac{", "3")).status in ("unreadable", "different")


@pytest.mark.parametrize("gold", ["10^{-7}", "0.0000001", r"\frac{1}{10^{7}}"])
def test_small_numbers_are_not_rounded_to_zero(pool: Verifier, gold: str) -> None:
    assert pool.compare(says("0.0000002", gold)).status == "different"
    assert pool.compare(says("1/10000000", gold)).status == "equal"


@pytest.mark.parametrize("text", ["9^{9^{9^{9}}}", "100000!!", "10^{10^{10}}"])
def test_hostile_text_meets_the_deadline_and_the_next_call_works(
    hasty: Verifier, text: str
) -> None:
    compared = hasty.compare(says(text, "2"))
    assert compared.status == "timed_out"
    assert compared.reason.startswith("the comparison passed its deadline")
    # A busy machine may need more than one go within 0.3 s.
    assert "equal" in (hasty.compare(says("1+1", "2")).status for _ in range(20))


@pytest.mark.parametrize(
    "text", ["12", "1 2", "1.2", "3 cm", "12 m", "12\\%", "4=12", "12 or 3", "x<12", "\\pm 12"]
)
def test_what_the_text_tells_needs_no_worker(text: str) -> None:
    unused = Verifier(VerifierConfig(workers=1))
    verdict = grade(
        f"<answer>{text}</answer>", {"kind": "expression", "value": "12"}, verifier=unused
    )
    assert (verdict.score == 1.0) == (text == "12")
    assert unused.pids() == [] or text == "4=12"
    unused.close()


def test_timed_out_is_a_verdict_with_a_reason(hasty: Verifier) -> None:
    verdict = grade(TOWER, SQUARE, verifier=hasty)
    assert (verdict.score, verdict.outcome, verdict.extracted) == (
        0.0,
        "timed_out",
        "9^{9^{9^{9}}}",
    )
    assert "deadline" in verdict.reason


def test_a_call_that_got_no_processor_time_is_tried_once_more() -> None:
    verifier = Verifier(VerifierConfig(workers=1, deadline_s=2.0))
    try:
        verifier.warm_up()
        zygote = psutil.Process(verifier.pids()[0])
        with ThreadPoolExecutor(1) as thread:
            started = time.monotonic()
            compared = thread.submit(verifier.compare, says("9^{9^{9^{9}}}", "2"))
            time.sleep(0.05)
            children = zygote.children()
            for child in children:
                child.suspend()
            time.sleep(2.3)
            for child in children:
                child.resume()
            assert compared.result().status == "timed_out"
            assert (
                time.monotonic() - started >= 3 * 2.0
            )  # the first try, and the second of twice the time
    finally:
        verifier.close()


def test_memory_is_capped() -> None:
    verifier = Verifier(VerifierConfig(workers=1, deadline_s=60, memory_mb=16))
    try:
        assert verifier.compare(says("2^{2^{31}}", "3")).status != "equal"
        pid = verifier.pids()[0]
        used = sum(
            p.memory_info().rss for p in [psutil.Process(pid), *psutil.Process(pid).children()]
        )
        assert used < 400 << 20
        assert verifier.compare(says("x^{2}+2x+1")).status == "equal"
    finally:
        verifier.close()


def test_long_text_is_refused_without_a_worker() -> None:
    verifier = Verifier(VerifierConfig(workers=1))
    compared = verifier.compare(says("1+" * MAX_EXPRESSION_CHARACTERS + "1", "2"))
    assert compared.status == "unreadable"
    assert verifier.pids() == []


def test_a_killed_worker_is_replaced(pool: Verifier) -> None:
    pool.warm_up()
    for pid in pool.pids():
        os.kill(pid, signal.SIGKILL)
    comparisons = [says(f"x^{{2}}+2x+{k}/{k}") for k in range(2, 6)]
    assert {c.status for c in pool.compare_all(comparisons)} <= {"equal", "timed_out"}
    assert [c.status for c in pool.compare_all(comparisons)] == ["equal"] * 4


def test_a_child_that_dies_idle_costs_nothing(pool: Verifier) -> None:
    pool.warm_up()
    for k in range(2, 12):  # sometimes it takes the head of the request with it
        for pid in pool.pids():
            for child in psutil.Process(pid).children():
                with contextlib.suppress(psutil.NoSuchProcess):  # it was on its way out
                    child.kill()
        assert pool.compare(says(f"x^{{2}}+2x+{k}/{k}")) == ComparisonResult("equal")


def test_threads_share_the_pool(pool: Verifier) -> None:
    texts = [f"<answer>(x+1)^2 + {k} - {k}</answer>" for k in range(1, 25)]
    with ThreadPoolExecutor(8) as threads:
        verdicts = list(threads.map(lambda text: grade(text, SQUARE, verifier=pool), texts))
    assert [v.outcome for v in verdicts] == ["right"] * 24


def test_asyncio_goes_on_while_workers_compare(pool: Verifier) -> None:
    async def many() -> tuple[list[str], int]:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                beats += 1
                await asyncio.sleep(0)

        heart = asyncio.create_task(beat())
        # Factorials of this size are a worker's; what is smaller is compared here, and leaves the
        # heart few beats.
        texts = [f"<answer>3000!/2999! + {k} / {k} - 1</answer>" for k in range(2, 8)]
        answer = {"kind": "expression", "value": "3000"}
        verdicts = await asyncio.gather(*(agrade(text, answer, verifier=pool) for text in texts))
        heart.cancel()
        return [v.outcome for v in verdicts], beats

    outcomes, beats = asyncio.run(many())
    assert outcomes == ["right"] * 6
    assert beats > 6


def test_a_batch_keeps_its_order_and_mixes_kinds(pool: Verifier) -> None:
    count = {"kind": "integer", "value": 3}
    texts = [
        "<answer>3</answer>",
        "<answer>1+x(2+x)</answer>",
        "",
        "<answer>x^2-1</answer>",
        "<answer>4</answer>",
    ]
    answers = [count, SQUARE, SQUARE, SQUARE, count]
    verdicts = grade_all(texts, answers, verifier=pool)
    assert [v.outcome for v in verdicts] == ["right", "right", "no_answer", "wrong", "wrong"]
    assert verdicts == [
        grade(text, answer, verifier=pool) for text, answer in zip(texts, answers, strict=True)
    ]


def test_a_forked_process_has_workers_of_its_own(pool: Verifier) -> None:
    pool.warm_up()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        with contextlib.suppress(BaseException):
            compared = pool.compare(says("x^{2}+2x+9/9"))
            os.write(writer, json.dumps([compared.status, pool.pids()]).encode())
            pool.close()
            status = 0
        os._exit(status)
    os.close(writer)
    theirs = json.loads(os.read(reader, 4096))
    os.close(reader)
    assert os.waitpid(child, 0)[1] == 0
    assert theirs[0] == "equal"
    assert not set(theirs[1]) & set(pool.pids())
    assert pool.compare(says("x^{2}+2x+8/8")).status == "equal"


def test_a_spawned_process_has_workers_of_its_own() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as processes:
        verdict = processes.apply(grade, ("<answer>(1+x)^2</answer>", SQUARE))
    assert verdict.outcome == "right"


PROGRAM = """
import json, sys
from waywiser.answers import configure_verifier, VerifierConfig
from waywiser.answers.verifier import Comparison
pool = configure_verifier(VerifierConfig(workers=2, deadline_s=float(sys.argv[1])))
pool.warm_up()
print(json.dumps(pool.pids()), flush=True)
if sys.argv[2] == "busy":
    pool.compare_all([Comparison("2", ((f"9^{{9^{{9^{{{k}}}}}}}", 0.0),)) for k in range(5, 9)])
sys.stdin.read()  # so that it does not end before its processes are counted
"""


def start(deadline_s: float, mode: str) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(deadline_s), mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert program.stdout is not None
    pids = json.loads(program.stdout.readline())
    workers = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return program, [process for worker in workers for process in (worker, *worker.children())]


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=30)[1]


def test_workers_end_with_the_program() -> None:
    program, workers = start(30, "idle")
    program.communicate(timeout=60)
    assert program.returncode == 0
    assert len(workers) >= 2
    assert gone(workers)


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_a_program_that_is_stopped_in_the_middle(signal_number: int) -> None:
    program, workers = start(3, "busy")
    time.sleep(0.5)
    program.send_signal(signal_number)
    program.communicate(timeout=60)
    assert program.returncode != 0
    assert len(workers) >= 2
    assert gone(workers)
