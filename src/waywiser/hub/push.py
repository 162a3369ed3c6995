"""Push a dataset or a model to a hub, with its card; an interrupted push can be resumed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, constants
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import validate_repo_id

from waywiser.errors import HubError
from waywiser.hub.cards import dataset_card, model_card
from waywiser.hub.folder_contents import CARD, FolderContents, find_contents, is_pushed_file
from waywiser.hub.server import (
    PUBLIC_HUB,
    Hub,
    current_hub,
    describe_hub_error,
    read_token,
    silence_client,
)


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What a push sends: the files of a folder, and a card that was written for it (None: the
    folder has one).
    """

    name: str
    contents: FolderContents
    card: str | None

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each file, the card included, sorted by name."""
        written = {CARD: len(self.card.encode())} if self.card is not None else {}
        return dict(sorted({**self.contents.sizes, **written}.items()))


@dataclass(frozen=True, slots=True)
class PushResult:
    """Where the files are now."""

    name: str
    url: str
    commit: str


def plan_push(path: str | Path, name: str, license_id: str | None = None) -> PushPlan:
    """What would be pushed. Nothing is written and no hub is asked.

    Args:
        path: a dataset folder, a model folder or the folder of a training run.
        name: `owner/name`, or just a name for your own account.
        license_id: License id for the card, if the folder has no card, e.g. "cc-by-4.0".

    Raises:
        HubError: The name is not a hub name, or the folder cannot be published.
        DatasetError: The dataset is damaged or incomplete.
        ModelError: The model's weights are missing, pickled or damaged.
    """
    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise HubError(
            f"{name!r} is not a hub name: write owner/name, of letters, digits, - _ ."
        ) from error

    contents = find_contents(path)
    if CARD in contents.files:
        return PushPlan(name, contents, None)

    write = dataset_card if contents.kind == "dataset" else model_card
    return PushPlan(name, contents, write(contents, name, license_id))


def push(
    plan: PushPlan, *, private: bool = False, revision: str | None = None, update: bool = False
) -> PushResult:
    """Send what `plan` says in one commit.

    Args:
        private: for a repository that is made by this push.
        revision: a branch, which is made if it is not there; the main branch stays as it is.
        update: add a commit to an existing repository; files of ours that no longer exist here are
            deleted there.

    Raises:
        HubError: there is no token or no network, the name is taken, or the server refuses.
    """
    hub = current_hub()
    if hub.offline:
        raise HubError("HF_HUB_OFFLINE is set: push where there is a network")

    if read_token() is None:
        raise HubError(
            "no token: log in with `hf auth login`, or set HF_TOKEN to a token that may write"
        )

    api = HfApi(endpoint=hub.address, token=read_token())
    try:
        with silence_client(), _xet_for_public_hub(hub):
            return _commit_files(api, plan, private=private, revision=revision, update=update)
    except HubError:
        raise
    except Exception as error:  # the client's errors have no common base
        cause = (
            error.__cause__
            if type(error) is RuntimeError and error.__cause__ is not None
            else error
        )

        raise HubError(f"{plan.name} was not pushed: {describe_hub_error(cause, hub)}") from error


def _commit_files(
    api: HfApi, plan: PushPlan, *, private: bool, revision: str | None, update: bool
) -> PushResult:
    kind = plan.contents.kind
    name, is_new = _create_repo(api, plan.name, kind, private)
    remote_files: Sequence[str] = []

    if not is_new:
        remote_files = [
            file for file in api.list_repo_files(name, repo_type=kind) if is_pushed_file(file, kind)
        ]
        if remote_files and revision is None and not update:
            raise HubError(
                f"{name} is there already: --update adds a commit to it; or choose another name"
            )

    if revision is not None:
        api.create_branch(name, branch=revision, repo_type=kind, exist_ok=True)
        remote_files = [
            file
            for file in api.list_repo_files(name, repo_type=kind, revision=revision)
            if is_pushed_file(file, kind)
        ]

    commit = api.create_commit(
        name,
        _commit_operations(plan, remote_files),
        commit_message=f"A {kind} of waywiser",
        repo_type=kind,
        revision=revision,
    )

    repo_path = f"{'datasets/' if kind == 'dataset' else ''}{name}"
    return PushResult(name, f"{api.endpoint}/{repo_path}", commit.oid)


def _create_repo(api: HfApi, name: str, kind: str, private: bool) -> tuple[str, bool]:
    """Make the repository; returns its whole name, and False if it was there before."""
    try:
        return api.create_repo(name, repo_type=kind, private=private or None).repo_id, True
    except HfHubHTTPError as error:
        if error.response.status_code != 409:
            raise

    return name if "/" in name else f"{api.whoami()['name']}/{name}", False


def _commit_operations(plan: PushPlan, remote_files: Sequence[str]) -> list[Any]:
    contents = plan.contents
    added: list[Any] = [
        CommitOperationAdd(file, str(contents.folder / file)) for file in contents.files
    ]

    if plan.card is not None and CARD not in remote_files:  # one that was written there stays
        added.append(CommitOperationAdd(CARD, plan.card.encode()))

    removed_files = sorted(set(remote_files) - set(contents.files) - {CARD})
    return [*added, *(CommitOperationDelete(file) for file in removed_files)]


@contextmanager
def _xet_for_public_hub(hub: Hub) -> Iterator[None]:
    """The public hub stores large files by Xet, which no other server speaks: those get them by
    git-lfs.
    """
    before = constants.HF_HUB_DISABLE_XET
    constants.HF_HUB_DISABLE_XET = before or hub.address != PUBLIC_HUB

    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_XET = before
