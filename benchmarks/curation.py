"""What the pipeline adds to an endpoint's own time, and a cached re-run of many items.

    python benchmarks/curation.py --json curation.json

A server in a process of its own answers each request after a fixed delay, at concurrency 64.
`endpoint_s` is its own time: the mean of a bare client before and after ours, 64 sockets that send
the same bytes and look at no reply. `overhead` is our time over it, less 1; `ideal_s` is requests /
64 * delay, which nothing reaches.

`overhead`: our client alone. `whole`: the command `waywiser curate` from its start to its page,
without and with the judge: load, de-duplicate, search in a benchmark, ask, check, judge, split,
write. `from_cache_s` is the same command once more with every reply in the cache (`..cpu_s`:
processor time), `startup_s` what Python takes to load it: what does not depend on the endpoint.
`cached`: `--items` samples with one cached reply each, curated in this process from nothing but the
cache; up to 20,000 items with the profile's largest entries.
"""

import argparse
import cProfile
import json
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image

from delayed_endpoint import JUDGE, TEACHER, completion, endpoint, own_seconds, problem
from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.config import EndpointConfig
from waywiser.clients.requests import Reply, ReplyOrFailure, Request
from waywiser.curation.chains import Chain, parse_chain
from waywiser.curation.config import CurationRecipe, JudgeConfig, TeacherConfig
from waywiser.curation.judge_rubric import make_judge_request
from waywiser.curation.pipeline import curate
from waywiser.curation.stages.generate import make_chain_requests
from waywiser.recipe import build
from waywiser.sample import Sample
from waywiser.sources import open_source

CONCURRENCY = 64
Values = dict[str, Any]


def overhead(delay: float, rounds: int) -> Values:
    """Our client alone: `rounds` requests for each of the 64 places."""
    requests = [Request(TEACHER, f"question {k}") for k in range(CONCURRENCY * rounds)]
    found: list[ReplyOrFailure] = []

    with endpoint(delay) as port, tempfile.TemporaryDirectory() as folder:
        config = EndpointConfig(
            url=f"http://127.0.0.1:{port}/v1", model=TEACHER, concurrency=CONCURRENCY
        )
        before = own_seconds(port, requests, CONCURRENCY)
        teacher = ChatClient(config, ReplyCache(Path(folder) / "cache.sqlite"))
        start = time.perf_counter()
        cpu = time.process_time()
        teacher.ask_all(enumerate(requests), lambda _, o: found.append(o))
        seconds = time.perf_counter() - start
        cpu = time.process_time() - cpu
        own = (before + own_seconds(port, requests, CONCURRENCY)) / 2

    assert all(isinstance(outcome, Reply) for outcome in found)
    return {
        "delay_s": delay,
        "requests": len(requests),
        "seconds": seconds,
        "endpoint_s": own,
        "ideal_s": rounds * delay,
        "overhead": seconds / own - 1,
        "cpu_ms_a_request": 1000 * cpu / len(requests),
    }


def whole(delay: float, rounds: int, judged: bool) -> Values:
    """The command: `rounds` questions for each of the 64 places, and as many chains to judge."""
    items = CONCURRENCY * rounds

    with endpoint(delay) as port, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reached = {"url": f"http://127.0.0.1:{port}/v1", "concurrency": CONCURRENCY}
        changes: Values = {"teacher": {"model": TEACHER, "samples": 1, **reached}}
        changes["decontaminate"] = {"benchmarks": [_benchmark(folder)]}

        if judged:
            changes["judge"] = {"model": JUDGE, **reached}

        values = _recipe(folder, items, changes)
        requests = _requests(build(CurationRecipe, values))
        before = own_seconds(port, requests, CONCURRENCY)
        seconds, cpu = _command(folder, values)
        usage = json.loads((folder / "out" / "usage.json").read_text())
        own = (before + own_seconds(port, requests, CONCURRENCY)) / 2
        cached_s, cached_cpu = _command(folder, {**values, "out": str(folder / "again")})
        result = json.loads((folder / "out" / "curation.json").read_text())

    assert result["funnel"]["accepted"] == items
    assert sum(role["asked"] for role in usage.values()) == len(requests)

    return {
        "delay_s": delay,
        "judge": judged,
        "items": items,
        "requests": len(requests),
        "seconds": seconds,
        "endpoint_s": own,
        "ideal_s": len(requests) / CONCURRENCY * delay,
        "overhead": seconds / own - 1,
        "cpu_s": cpu,
        "from_cache_s": cached_s,
        "from_cache_cpu_s": cached_cpu,
        "startup_s": _startup(),
    }


def _command(folder: Path, values: Values) -> tuple[float, float]:
    """Wall time and processor time of `waywiser curate`. The judge is the same to all, so exit code
    1 is right.
    """
    path = folder / "recipe.yaml"
    path.write_text(json.dumps(values))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()

    done = subprocess.run(
        [sys.executable, "-m", "waywiser", "curate", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )

    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == int("judge" in values), done.stderr

    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _startup() -> float:
    start = time.perf_counter()
    code = "import waywiser.cli, waywiser.curation.pipeline, waywiser.report.curation_page"
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def _requests(recipe: CurationRecipe) -> list[Request]:
    """All that the recipe asks: chains, judgements, and the judge's controls, chains again in place
    of spoilt ones.
    """
    teacher = recipe.teacher
    judge = recipe.judge
    assert teacher is not None
    samples = _samples(recipe)
    requests = make_chain_requests(samples, teacher)

    if judge is not None:
        asked = [_judged(judge, sample) for _, sample in samples]
        requests += asked + asked[: 2 * judge.controls]

    return requests


def _judged(judge: JudgeConfig, sample: Sample) -> Request:
    chain = _chain(sample)
    return make_judge_request(judge, sample.question, chain.thinking, chain.answer)


def _chain(sample: Sample) -> Chain:
    chain = parse_chain(
        json.loads(completion(sample.question.encode()))["choices"][0]["message"]["content"]
    )
    assert chain is not None
    return chain


def _samples(recipe: CurationRecipe) -> list[tuple[int, Sample]]:
    source = open_source(recipe.sources[0])
    return [
        (k, item) for k, item in enumerate(source.items(0, len(source))) if isinstance(item, Sample)
    ]


def _recipe(folder: Path, items: int, changes: Values) -> Values:
    """A recipe for `items` word problems that `folder` holds."""
    problems = (problem(k) for k in range(items))
    rows = ({"question": question, "answer": f"#### {answer}"} for question, answer in problems)
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "rows.yaml").write_text(
        "licence: none\nquestion: question\nanswer: {field: answer, pattern: '####\\s*(.+)$', kind: integer}\n"
    )

    source = {
        "kind": "mapped",
        "name": str(folder / "rows.yaml"),
        "path": str(folder / "rows.jsonl"),
    }

    return {
        "stage": "curate",
        "out": str(folder / "out"),
        "sources": [source],
        "cache": str(folder / "cache.sqlite"),
        "splits": {"sft": {"samples": items // 2}, "rlvr": {"samples": items // 3}},
        **changes,
    }


def _benchmark(folder: Path) -> Values:
    """A benchmark of 1,000 questions, none of which is ours."""
    rows = (
        {
            "id": str(k),
            "question": f"Angle {k} of the figure is {k % 80 + 9} degrees; what is the other one?",
            "options": [],
            "answer": "4",
            "image": "blank.png",
        }
        for k in range(1000)
    )

    Image.new("RGB", (64, 48), "white").save(folder / "blank.png")
    path = folder / "mathvision.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    return {"name": "mathvision", "path": str(path)}


def cached(items: int) -> Values:
    """Curate `items` word problems of which every reply is in the cache."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        changes = {"teacher": {"model": TEACHER, "samples": 1}, "shard_size": 2048}
        recipe = build(CurationRecipe, _recipe(folder, items, changes))
        _fill(recipe, folder / "cache.sqlite")
        profile = cProfile.Profile(time.process_time)  # a busy machine changes it less
        start = time.perf_counter()
        cpu = time.process_time()
        result = curate(recipe)
        seconds = time.perf_counter() - start
        cpu = time.process_time() - cpu
        again = recipe.model_copy(update={"out": folder / "profiled"})

        if items <= 20_000:
            profile.runcall(curate, again)

        usage = json.loads((folder / "out" / "usage.json").read_text())["teacher"]

    assert result["funnel"]["adds_up"]
    assert usage["asked"] == 0

    return {
        "items": items,
        "seconds": seconds,
        "cpu_s": cpu,
        "accepted": result["funnel"]["accepted"],
        "profile": _largest(profile) if items <= 20_000 else [],
    }


def _fill(recipe: CurationRecipe, path: Path) -> None:
    cache = ReplyCache(path)
    config = recipe.teacher
    assert isinstance(config, TeacherConfig)
    samples = _samples(recipe)
    cache._database.execute("BEGIN")

    for (_, sample), request in zip(samples, make_chain_requests(samples, config), strict=True):
        cache.put(request.key(), TEACHER, Reply(_chain(sample).text(), "stop", 100, 60))

    cache._database.execute("COMMIT")
    cache.close()


def _largest(profile: cProfile.Profile) -> list[str]:
    stats: Any = pstats.Stats(profile)
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])[:12]
    return [f"{row[1][2]:.2f} s  {Path(row[0][0]).name}:{row[0][2]}" for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument(
        "--rounds", type=int, help="of 64 requests; 20 for `overhead`, 40 for `whole`"
    )
    parser.add_argument(
        "--delay", type=float, nargs="+", help="seconds; 1 and 0.25 for `overhead`, 1 for `whole`"
    )
    parser.add_argument("--only", choices=["overhead", "whole", "cached"])
    arguments = parser.parse_args()
    result: Values = {}

    if arguments.only in (None, "overhead"):
        result["overhead"] = [
            overhead(delay, arguments.rounds or 20) for delay in arguments.delay or (1.0, 0.25)
        ]

    if arguments.only in (None, "whole"):
        result["whole"] = [
            whole(delay, arguments.rounds or 40, judged)
            for delay in arguments.delay or (1.0,)
            for judged in (False, True)
        ]

    if arguments.only in (None, "cached"):
        result["cached"] = cached(arguments.items)

    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
