"""The data card of a curation (README.md): funnel, splits, judge and licenses."""

from waywiser.curation.rows import CurationResult, SplitSummary
from waywiser.dataset.manifest import content_label
from waywiser.json_types import JsonObject


def render_data_card(result: CurationResult) -> str:
    """The card as Markdown, with a YAML header that tells `datasets` where the splits are."""
    splits = {name: s for name, s in result["splits"].items() if s["samples"]}
    files = "\n".join(f"  - split: {name}\n    path: data/{name}-*" for name in splits)
    label = content_label(file["sha256"] for file in result["files"])
    funnel = result["funnel"]
    lines = [f"| items of all sources | {funnel['items']:,} |"]

    for stage, reasons in funnel["rejected"].items():
        lines += [f"| {stage}: {reason} | -{count:,} |" for reason, count in reasons.items()]

    lines.append(f"| accepted | {funnel['accepted']:,} |")
    lines += [f"| in {name} | {count:,} |" for name, count in funnel["splits"].items()]
    tables = "\n".join(_split_section(name, split) for name, split in splits.items())
    sources = "\n".join(
        f"| {s['name']} | {s['items']:,} | {s['licence']} |" for s in result["sources"]
    )

    return f"""---
license: other
license_name: see-sources
configs:
- config_name: default
  description: {label}
  data_files:
{files}
---

# Curated reasoning samples

Made by `waywiser curate`. Every accepted sample's gold passes its own grader; what was \
rejected is in `rejected/`, all
chains with their verdicts in `chains/`, the page `report.html` has pictures and histograms.

| stage: reason | samples |
|---|---|
{chr(10).join(lines)}

{tables}
{_judge_section(result["judge"])}
## Sources and licences

| source | items | licence |
|---|---|---|
{sources}
"""


def _split_section(name: str, split: SplitSummary) -> str:
    wanted = f" of {split['wanted']:,} wanted" if split["wanted"] else ""
    if name == "unused":
        wanted = ", accepted beyond what the recipe's splits ask for"

    rows = "\n".join(f"| {task} | {count:,} |" for task, count in split["tasks"].items())
    domains = ", ".join(f"{domain} {count:,}" for domain, count in split["domains"].items())

    return f"""## {name}: {split["samples"]:,} samples{wanted}

{domains}; never solved {split["pass_rate_0"]:,}, always solved \
{split["pass_rate_1"]:,} (of those measured).

| task | samples |
|---|---|
{rows}
"""


def _judge_section(judge: JsonObject | None) -> str:
    if judge is None:
        return "## Judge\n\nNone: quality is by the deterministic measures.\n"

    verdict = "nothing speaks against it" if judge["trustworthy"] else "; ".join(judge["faults"])
    ranks = ", ".join(f"{k} {'-' if v is None else f'{v:.2f}'}" for k, v in judge["rank"].items())
    error = "-" if judge["repeat_error"] is None else f"{judge['repeat_error']:.2f}"
    auc = "-" if judge["auc"] is None else f"{judge['auc']:.2f}"

    return f"""## Judge: {judge["judge"]}

**{verdict}**. {judge["replies"]:,} replies, {judge["valid"]:.1%} valid. \
Rank correlation with the measures: {ranks}.
Judged twice, scores differ by {error} points of 10; a spoilt chain gets less in {auc} of pairs.
"""
