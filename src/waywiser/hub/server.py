"""Which hub to use, and its errors in one line."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from huggingface_hub import constants, get_token
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    IncompleteSnapshotError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import disable_progress_bars, logging

from waywiser.errors import error_text

PUBLIC_HUB = "https://huggingface.co"
TIMEOUT_SECONDS = 10.0
"""Seconds that a server may take to answer before it counts as out of reach."""
_TRUE_VALUES = {"1", "on", "yes", "true"}


@dataclass(frozen=True, slots=True)
class Hub:
    """A server, the folder that keeps what was fetched from it, and whether it may be asked at
    all.
    """

    address: str
    cache: Path
    offline: bool

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc or self.address


def current_hub() -> Hub:
    """The hub that the environment names now: the library itself looks only once, when it is
    imported.
    """
    environment = os.environ
    home = environment.get("HF_HOME")
    cache = environment.get("HF_HUB_CACHE") or (f"{home}/hub" if home else constants.HF_HUB_CACHE)
    offline = environment.get("HF_HUB_OFFLINE") or environment.get("TRANSFORMERS_OFFLINE") or ""

    return Hub(
        address=(environment.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/"),
        cache=Path(os.path.expandvars(cache)).expanduser(),
        offline=offline.lower() in _TRUE_VALUES,
    )


def read_token() -> str | None:
    """The token of the environment or of `hf auth login`."""
    return get_token()


@contextmanager
def silence_client() -> Iterator[None]:
    """Silence the client's own log lines, and its progress bars outside of a terminal."""
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")

            if sys.stderr.isatty():
                yield
            else:
                with disable_progress_bars():
                    yield
    finally:
        logging.set_verbosity(verbosity)


def describe_hub_error(error: BaseException, hub: Hub) -> str:
    """The clause that says why a hub did not do what was asked, without addresses of requests or
    their numbers.
    """
    if isinstance(error, OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set"
    if isinstance(error, IncompleteSnapshotError):
        return "its copy in the cache is incomplete"

    if isinstance(error, GatedRepoError):
        return (
            f"it is gated on {hub.host}: ask for access on its page and log in with `hf auth login`"
        )

    if isinstance(error, RevisionNotFoundError):
        return f"{hub.host} has no such revision of it"

    if isinstance(error, RepositoryNotFoundError):
        return (
            f"{hub.host} shows no such repository (if it is private, log in with `hf auth login`)"
        )

    if isinstance(error, HFValidationError):
        return f"it is not a valid name: {error_text(error, 120, '...')}"
    if isinstance(error, HfHubHTTPError):
        return _describe_refusal(error, hub)
    if isinstance(error, ValueError):
        return f"{hub.host} did not answer as a hub does ({error_text(error, 120, '...')})"

    return f"{hub.host} cannot be reached ({error_text(error, 120, '...')})"


def _describe_refusal(error: HfHubHTTPError, hub: Hub) -> str:
    """A status, and the server's own words if it had any."""
    status = error.response.status_code
    words = " ".join((error.server_message or "").split())[:200]

    meaning = {
        401: "does not accept the token",
        402: "asks for payment",
        403: "does not allow it",
        413: "takes no files of this size",
        429: "was asked too often",
        507: "has no room left",
    }.get(status, f"answered {status}")

    return f"{hub.host} {meaning}" + (f": {words}" if words else "")
