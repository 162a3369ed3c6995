"""`EndpointConfig`: where an endpoint is and how it may be used."""

from pathlib import Path

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from waywiser.clients.parameters import DEFAULT_PARAMETERS, Parameters

API_KEY_VARIABLE = "WAYWISER_API_KEY"
"""The environment variable that holds an endpoint's key, if it needs one."""


class EndpointConfig(BaseModel):
    """An OpenAI-compatible endpoint, how to send requests to it, and what they may cost.

    The API key is read from the environment variable WAYWISER_API_KEY.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    url: str = "http://127.0.0.1:8000/v1"
    """Base URL of the server, which usually ends in /v1."""
    model: str
    """Name of the model, as the server knows it."""
    concurrency: int = Field(default=16, ge=1, le=1000)
    """Maximum number of requests in flight."""
    attempts: int = Field(default=6, ge=1)
    """Maximum number of attempts per request."""
    timeout: float = Field(default=300.0, gt=0)
    """Seconds to wait for a reply."""
    initial_wait: float = Field(
        validation_alias=AliasChoices("initial_wait", "first_wait"),
        serialization_alias="first_wait",
        default=0.5,
        ge=0,
    )
    """Seconds to wait before the second attempt; later waits grow exponentially."""
    max_wait: float = Field(
        validation_alias=AliasChoices("max_wait", "longest_wait"),
        serialization_alias="longest_wait",
        default=60.0,
        ge=0,
    )
    """Maximum seconds between two attempts, unless the server asks for a longer wait."""
    requests_per_minute: float | None = Field(default=None, gt=0)
    """Rate limit; None sends requests as fast as they are answered."""
    give_up_after: int = Field(default=50, ge=1)
    """Consecutive requests without any answer that end the run."""
    max_refusals: int = Field(default=10, ge=1)
    """Different questions refused in a row that end the run."""
    price_in: float = Field(default=0.0, ge=0)
    """Price of a million prompt tokens, in any currency."""
    price_out: float = Field(default=0.0, ge=0)
    """Price of a million completion tokens, in the same currency."""
    max_cost: float | None = Field(default=None, ge=0)
    """Cap on the cost of all replies of this model in the cache; None: no cap."""
    max_total_tokens: int | None = Field(default=None, ge=0)
    """Cap on the tokens of all replies of this model in the cache; None: no cap."""
    max_tokens: int = Field(default=2048, ge=1)
    """Maximum completion tokens per reply."""
    temperature: float = Field(default=1.0, ge=0)
    """Sampling temperature; 0 is greedy."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Nucleus sampling: share of the probability mass to sample from."""
    parameters: Parameters = DEFAULT_PARAMETERS
    """Request parameters to rename, drop or add, for servers that expect others."""
    batch: Path | None = None
    """Folder for batch files, used instead of sending requests (docs/guide/curate.md)."""
