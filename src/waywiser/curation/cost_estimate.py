"""Estimate the samples, requests, tokens and cost of a curation without sending or writing
anything.
"""

from pydantic import BaseModel, ConfigDict, Field

from waywiser.curation.config import CurationRecipe, EndpointConfig
from waywiser.errors import DatasetError, RecipeError
from waywiser.sources import SourceConfig, open_source


class RolePlan(BaseModel):
    """Estimated requests to one model, their tokens, and their cost at the recipe's prices."""

    model_config = ConfigDict(frozen=True)

    model: str
    requests: int
    tokens_in: int
    tokens_out: int
    cost: float
    over_cap: bool


class CurationPlan(BaseModel):
    """The estimate of a recipe.

    `missing` lists sources that cannot be opened, `unfilled_splits` splits that cannot be filled.
    """

    model_config = ConfigDict(frozen=True)

    items: dict[str, int]
    questions: int
    teacher_questions: int = Field(serialization_alias="asked")
    accepted: int = Field(serialization_alias="kept")
    splits: dict[str, int]
    requested: int = Field(serialization_alias="wanted")
    domains: dict[str, int]
    roles: dict[str, RolePlan]
    cost: float
    missing: list[str]
    unfilled_splits: list[str] = Field(serialization_alias="short")

    @property
    def feasible(self) -> bool:
        return not (
            self.missing
            or self.unfilled_splits
            or any(role.over_cap for role in self.roles.values())
        )


def plan_curation(recipe: CurationRecipe) -> CurationPlan:
    """Estimate a curation by opening its sources.

    A source that cannot be opened is listed in `missing`, and its `count` is trusted.
    """
    items: dict[str, int] = {}
    missing: list[str] = []
    totals = {"asked": 0, "pictures": 0, "own": 0}

    for config in recipe.sources:
        name = f"{config.kind}:{config.name or config.path}"
        count, problem = _count_items(config)
        items[name] = items.get(name, 0) + count

        if problem:
            missing.append(f"{name}: {problem}")

        has_traces = config.kind in ("drawn", "text", "spatial")
        totals["own" if has_traces else "asked"] += count
        totals["pictures"] += count if config.kind in ("drawn", "spatial", "mapped") else 0

    questions = sum(items.values())
    teacher_questions = totals["asked"] if recipe.teacher else 0
    accepted = (
        totals["own"] + round(teacher_questions * recipe.plan.acceptance_rate)
        if recipe.teacher
        else questions
    )
    roles = _plan_roles(recipe, totals, accepted)
    requested = sum(split.samples for split in recipe.splits.values())

    domains = {
        d: sum(split.domains.get(d, 0) for split in recipe.splits.values())
        for d in ("general", "spatial")
    }  # type: ignore[call-overload]

    spatial = sum(count for name, count in items.items() if name.startswith("spatial:"))
    unfilled_splits = []

    if accepted < requested:
        unfilled_splits.append(
            f"{accepted:,} samples are expected to be accepted, {requested:,} are wanted"
        )

    if spatial < domains["spatial"]:
        unfilled_splits.append(
            f"the spatial sources have {spatial:,} samples, {domains['spatial']:,} are wanted"
        )

    return CurationPlan(
        items=items,
        questions=questions,
        teacher_questions=teacher_questions,
        accepted=accepted,
        splits={name: split.samples for name, split in recipe.splits.items()},
        requested=requested,
        domains=domains,
        roles=roles,
        cost=sum(role.cost for role in roles.values()),
        missing=missing,
        unfilled_splits=unfilled_splits,
    )


def describe_curation_plan(plan: CurationPlan) -> str:
    """The plan as text."""
    lines = [
        f"{plan.questions:,} questions from {len(plan.items)} sources; {plan.teacher_questions:,} need a"
        " teacher"
    ]
    lines += [f"  {name}: {count:,}" for name, count in plan.items.items()]
    lines.append(
        f"about {plan.accepted:,} accepted; wanted {plan.requested:,}: "
        + ", ".join(f"{name} {count:,}" for name, count in plan.splits.items())
    )

    quotas = ", ".join(f"{name} {count:,}" for name, count in plan.domains.items() if count)
    lines += [f"  of these by quota: {quotas}"] if quotas else []

    for role, r in plan.roles.items():
        over = "  OVER ITS CAP" if r.over_cap else ""
        lines.append(
            f"{role} {r.model}: {r.requests:,} requests, {r.tokens_in / 1e6:,.1f} M tokens in, "
            f"{r.tokens_out / 1e6:,.1f} M out, cost {r.cost:,.2f}{over}"
        )

    lines.append(f"cost in all {plan.cost:,.2f} at the recipe's prices")
    lines += [f"missing: {problem}" for problem in plan.missing] + [
        f"short: {problem}" for problem in plan.unfilled_splits
    ]

    return "\n".join(lines)


def _count_items(config: SourceConfig) -> tuple[int, str | None]:
    try:
        return len(open_source(config)), None
    except (RecipeError, DatasetError) as error:
        return config.count or 0, str(error)


def _plan_roles(
    recipe: CurationRecipe, totals: dict[str, int], accepted: int
) -> dict[str, RolePlan]:
    assumptions = recipe.plan
    roles = {}
    questions = totals["asked"] + totals["own"]
    image_share = totals["pictures"] / questions if questions else 0.0
    prompt = assumptions.prompt_tokens + image_share * assumptions.picture_tokens

    if recipe.teacher is not None:
        requests = totals["asked"] * recipe.teacher.samples
        roles["teacher"] = _plan_role(recipe.teacher, requests, prompt, assumptions.chain_tokens)

    if recipe.judge is not None:
        right = (
            totals["asked"]
            * (recipe.teacher.samples if recipe.teacher else 0)
            * assumptions.acceptance_rate
        )
        requests = round(right) + totals["own"] + 2 * recipe.judge.controls
        prompt_judge = 400 + assumptions.prompt_tokens + assumptions.chain_tokens
        roles["judge"] = _plan_role(recipe.judge, requests, prompt_judge, assumptions.judge_tokens)

    if recipe.difficulty is not None:
        roles["difficulty"] = _plan_role(
            recipe.difficulty,
            accepted * recipe.difficulty.samples,
            prompt,
            assumptions.answer_tokens,
        )

    return roles


def _plan_role(
    config: EndpointConfig, requests: int, tokens_in: float, tokens_out: float
) -> RolePlan:
    total_in = round(requests * tokens_in)
    total_out = round(requests * tokens_out)
    cost = (total_in * config.price_in + total_out * config.price_out) / 1e6
    over_cost = config.max_cost is not None and cost > config.max_cost
    over_tokens = (
        config.max_total_tokens is not None and total_in + total_out > config.max_total_tokens
    )

    return RolePlan(
        model=config.model,
        requests=requests,
        tokens_in=total_in,
        tokens_out=total_out,
        cost=cost,
        over_cap=over_cost or over_tokens,
    )
