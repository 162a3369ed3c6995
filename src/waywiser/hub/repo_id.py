"""`RepoId`: names of repositories on the hub, and how to tell them from paths."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

_NAME_PART = r"[A-Za-z0-9](?:[\w.-]*\w)?"
_NAME = re.compile(rf"(?P<id>{_NAME_PART}/{_NAME_PART})(?:@(?P<revision>[\w./-]+))?")
_ADDRESS = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/")
HUB_PREFIX = "hub:"
"""Before a name that is meant for the hub even if a folder of its owner's name lies here."""


@dataclass(frozen=True, slots=True)
class RepoId:
    """A repository, "owner/name", and a branch, tag or commit of it; None is the main branch."""

    id: str
    revision: str | None = None

    def __str__(self) -> str:
        return self.id if self.revision is None else f"{self.id}@{self.revision}"


def parse_repo_id(text: str) -> RepoId | None:
    """`owner/name`, `owner/name@revision`, with or without "hub:", or a page's address; None for
    anything else.
    """
    name = text.removeprefix(HUB_PREFIX)
    if _ADDRESS.match(name):
        name = _from_address(name)

    match = _NAME.fullmatch(name)
    return RepoId(match["id"], match["revision"]) if match else None


def existing_path(text: str) -> Path | None:
    """The path of an existing file or folder on this machine, "~" being the user's home; else None."""
    try:
        path = Path(text).expanduser()
    except RuntimeError:  # the home of somebody unknown
        return None
    return path if os.path.exists(path) else None  # noqa: PTH110 - Path.exists raises for too long a name


def _from_address(address: str) -> str:
    """A page's address as a name: https://huggingface.co/owner/name/tree/v1 is owner/name@v1."""
    parts = _ADDRESS.sub("", address).strip("/").split("/")
    revision = "/".join(parts[3:]) if parts[2:3] == ["tree"] else ""
    return "/".join(parts[:2]) + (f"@{revision}" if revision else "")


def is_path(text: str) -> bool:
    """True if `text` can only be a path on this machine: by its form, or because its first folder
    is here.
    """
    if text.startswith(HUB_PREFIX) or _ADDRESS.match(text):
        return False
    if text.startswith(("/", ".", "~")) or text.endswith("/") or "\\" in text:
        return True

    first, _, rest = text.partition("@")[0].partition("/")
    return "/" in rest or (bool(rest) and Path(first).is_dir())
