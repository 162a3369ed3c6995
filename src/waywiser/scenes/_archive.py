"""Read-only access to the members of a zip or an unpacked folder, without letting any leave its place."""

import hashlib
import os
import posixpath
import unicodedata
import zipfile
import zlib
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from waywiser.errors import AssetsError

MAX_TOTAL = 2 << 30
"""Most bytes that an archive may unpack to."""
MAX_MEMBER = 128 << 20
"""Most bytes that one member may unpack to."""
MAX_MEMBERS = 200_000


class Archive:
    """Named members of a `.zip`-like file or of a folder; nothing is ever written to disk.

    Raises AssetsError where the file is missing, not a zip, truncated, larger than the caps, or has a member
    that would leave its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._process = path, os.getpid()
        if path.is_dir():
            self._zip, (self._members, self._stored) = None, _folder_members(path)
        elif path.is_file():
            self._zip, self._members, self._stored = _open_zip(path)
        else:
            raise AssetsError(f"no furniture at {path}: give a .sh3f file or a folder, or run `waywiser assets get`")

    @property
    def names(self) -> frozenset[str]:
        """Names of all members, with forward slashes."""
        return frozenset(self._members)

    def find(self, name: str) -> str | None:
        """The member that `name` means, or None.

        Where none has exactly this name: one whose name differs in `%20` for a blank, in small and capital letters,
        or in how accents are encoded, as names do that another system wrote.
        """
        name = _inside(name)
        for spelled in (name, unquote(name)):
            if spelled in self._members:
                return spelled
            if (alike := self._alike.get(_folded(spelled))) is not None:
                return alike
        return None

    @cached_property
    def _alike(self) -> dict[str, str]:
        """The first member of each spelling."""
        alike: dict[str, str] = {}
        for name in self._members:
            for spelled in (name, unquote(name), *_as_utf8(name)):
                alike.setdefault(_folded(spelled), name)
        return alike

    def read(self, name: str) -> bytes:
        """The bytes of a member, as `find` finds it; raises AssetsError where it is missing, too large or damaged."""
        found = self.find(name)
        if found is None:
            raise AssetsError(f"{self.path.name} has no member {_inside(name)!r}")
        name = found
        if self._members[name][1] > MAX_MEMBER:
            raise AssetsError(f"{name!r} in {self.path.name} is larger than {MAX_MEMBER >> 20} MB")
        try:
            if self._zip is None:
                return (self.path / self._stored[name]).read_bytes()
            if self._process != os.getpid():  # a forked process must not share the file's position
                self._zip, self._process = zipfile.ZipFile(self.path), os.getpid()
            return self._zip.read(self._stored[name])
        except (
            OSError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise AssetsError(f"cannot read {name!r} in {self.path.name}: {error}") from error

    def fingerprint(self) -> str:
        """A hash of all names and contents: equal for a zip and for the folder it unpacks to."""
        digest = hashlib.sha256()
        for name in sorted(self._members):
            crc, size = self._members[name]
            if self._zip is None:
                crc = zlib.crc32(self.read(name))
            digest.update(f"{name}\0{crc}\0{size}\n".encode())
        return digest.hexdigest()


def _inside(name: str) -> str:
    """A name as members have it: forward slashes, no dots, relative."""
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _as_utf8(name: str) -> list[str]:
    """What a name says that was stored as UTF-8 without a mark of it, as macOS does; zipfile takes it for CP437."""
    try:
        return [name.encode("cp437").decode("utf-8")]
    except UnicodeError:
        return []


def _open_zip(path: Path) -> tuple[zipfile.ZipFile, dict[str, tuple[int, int]], dict[str, str]]:
    """The zip, its members (checksum and size), and what they are called inside it: other systems write backslashes."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise AssetsError(f"{path} is not a readable .sh3f library (a zip): {error}; get it again") from error
    members: dict[str, tuple[int, int]] = {}
    stored: dict[str, str] = {}
    for info in archive.infolist():
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in info.filename.split("/")[0]:
            raise AssetsError(f"{path} has a member that leaves its folder, {info.filename!r}: do not use this file")
        if info.filename.endswith(("/", "\\")):
            continue
        name = _inside(info.filename)
        members[name], stored[name] = (info.CRC, info.file_size), info.filename
    _check_size(path, [size for _, size in members.values()])
    return archive, members, stored


def _folder_members(folder: Path) -> tuple[dict[str, tuple[int, int]], dict[str, str]]:
    """As `_open_zip`, of a folder: one that was unpacked may hold names with backslashes."""
    members: dict[str, tuple[int, int]] = {}
    stored: dict[str, str] = {}
    root = folder.resolve()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            if not file.resolve().is_relative_to(root):
                raise AssetsError(f"{file} is a link that leaves {folder}: do not use this folder")
            inner = file.relative_to(folder).as_posix()
            name = _inside(inner)
            members[name], stored[name] = (0, file.stat().st_size), inner
    _check_size(folder, [size for _, size in members.values()])
    return members, stored


def _check_size(path: Path, sizes: list[int]) -> None:
    if len(sizes) > MAX_MEMBERS or sum(sizes) > MAX_TOTAL:
        raise AssetsError(
            f"{path} would unpack to {sum(sizes) >> 20} MB in {len(sizes)} members, over the limit of "
            f"{MAX_TOTAL >> 20} MB in {MAX_MEMBERS}: do not use this file"
        )
