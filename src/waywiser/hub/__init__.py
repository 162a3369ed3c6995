"""The Hugging Face hub, and servers that speak its protocol: names, fetching a model, pushing a
folder.

The address is HF_ENDPOINT's and the token HF_TOKEN's or that of `hf auth login`, as huggingface_hub
reads them.
"""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.hub.cards import dataset_card as dataset_card
    from waywiser.hub.cards import model_card as model_card
    from waywiser.hub.fetch import fetch_model as fetch_model
    from waywiser.hub.push import PushPlan as PushPlan
    from waywiser.hub.push import PushResult as PushResult
    from waywiser.hub.push import plan_push as plan_push
    from waywiser.hub.repo_id import RepoId as RepoId
    from waywiser.hub.repo_id import parse_repo_id as parse_repo_id

_ORIGINS = {
    "PushPlan": "waywiser.hub.push.PushPlan",
    "PushResult": "waywiser.hub.push.PushResult",
    "RepoId": "waywiser.hub.repo_id.RepoId",
    "dataset_card": "waywiser.hub.cards.dataset_card",
    "fetch_model": "waywiser.hub.fetch.fetch_model",
    "model_card": "waywiser.hub.cards.model_card",
    "parse_repo_id": "waywiser.hub.repo_id.parse_repo_id",
    "plan_push": "waywiser.hub.push.plan_push",
}

__all__ = [
    "PushPlan",
    "PushResult",
    "RepoId",
    "dataset_card",
    "fetch_model",
    "model_card",
    "parse_repo_id",
    "plan_push",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
