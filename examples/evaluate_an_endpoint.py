"""Evaluate a model behind any OpenAI-compatible server (vLLM, llama.cpp, Ollama, a hosted API).

    vllm serve Qwen/Qwen2.5-VL-3B-Instruct
    python examples/evaluate_an_endpoint.py http://localhost:8000/v1 Qwen/Qwen2.5-VL-3B-Instruct

It is asked about fresh rooms. A key, if the server wants one, is read from WAYWISER_API_KEY. The
client comes with `pip install 'waywiser[curate]'`. Public benchmarks run through the same endpoint:
`waywiser evaluate MODEL --benchmark NAME --endpoint URL`.
"""

import argparse
import tempfile
from pathlib import Path

import waywiser
from waywiser.clients.requests import Failure, ReplyOrFailure
from waywiser.evaluation import score_completions, summarise_all
from waywiser.evaluation.endpoint_client import EndpointClient
from waywiser.media import decode_picture
from waywiser.prompting import INSTRUCTIONS, question_text


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate an OpenAI-compatible endpoint.")
    parser.add_argument("url", help="the base address, which ends in /v1")
    parser.add_argument("model", help="the name that the server knows")
    parser.add_argument("--rooms", type=int, default=8)
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        config = waywiser.SynthesisConfig(out=Path(folder), rooms=args.rooms, assets="parametric")
        waywiser.synthesize(config, progress=False)
        samples = list(waywiser.load_dataset(folder))

    endpoint = EndpointClient(args.url, args.model)
    requests = []
    for number, sample in enumerate(samples):
        text = f"{question_text(sample)}\n{INSTRUCTIONS['think-answer']}"
        images = [decode_picture(content) for content in sample.images]
        requests.append((number, endpoint.request(text, images)))

    # Many at once, retried where the server is busy. What failed for good counts as a wrong answer.
    completions = [[""] for _ in samples]
    failures: set[str] = set()

    def keep(number: int, outcome: ReplyOrFailure) -> None:
        if isinstance(outcome, Failure):
            failures.add(outcome.reason)
        else:
            completions[number] = [outcome.text]

    endpoint.ask_all(requests, keep)
    print(f"{len(samples)} questions", *failures, sep="\n  failed: ")

    for component, means in summarise_all(score_completions(samples, completions)).items():
        print(f"{component:9s}", *(f"{task} {mean:.3f}" for task, mean in means.items()), sep="  ")


if __name__ == "__main__":
    main()
