"""`EndpointConfig`: where an endpoint is and how it may be used."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from waywiser.clients.parameters import DEFAULT_PARAMETERS, Parameters

API_KEY_VARIABLE = "WAYWISER_API_KEY"
"""The environment variable that holds an endpoint's key, if it needs one."""


class EndpointConfig(BaseModel):
    """An OpenAI-compatible endpoint and how it may be used.

    `url` is the base that ends in /v1; a key is read from the environment variable
    WAYWISER_API_KEY. Prices are per million tokens, in any currency; `max_cost` and
    `max_total_tokens` cap all that the cache holds of this model. A request is tried `attempts`
    times, waiting from `first_wait` to `longest_wait` seconds (or as long as the server says).
    `give_up_after` requests without any answer, or `max_refusals` different questions that the
    server refuses, one after the other, end the run. `parameters` renames, drops or adds parameters
    of the request. `batch` names a folder for batch files in place of an endpoint (see
    docs/guide/curate.md).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = "http://127.0.0.1:8000/v1"
    model: str
    concurrency: int = Field(default=16, ge=1, le=1000)
    attempts: int = Field(default=6, ge=1)
    timeout: float = Field(default=300.0, gt=0)
    first_wait: float = Field(default=0.5, ge=0)
    longest_wait: float = Field(default=60.0, ge=0)
    requests_per_minute: float | None = Field(default=None, gt=0)
    give_up_after: int = Field(default=50, ge=1)
    max_refusals: int = Field(default=10, ge=1)
    price_in: float = Field(default=0.0, ge=0)
    price_out: float = Field(default=0.0, ge=0)
    max_cost: float | None = Field(default=None, ge=0)
    max_total_tokens: int | None = Field(default=None, ge=0)
    max_tokens: int = Field(default=2048, ge=1)
    temperature: float = Field(default=1.0, ge=0)
    top_p: float = Field(default=1.0, gt=0, le=1)
    parameters: Parameters = DEFAULT_PARAMETERS
    batch: Path | None = None
