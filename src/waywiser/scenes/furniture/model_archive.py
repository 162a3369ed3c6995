"""Read-only access to the members of a zip or an unpacked folder.

No member may be outside the folder.
"""

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

MAX_TOTAL_BYTES = 2 << 30
"""Largest size of an unpacked archive."""
MAX_MEMBER_BYTES = 128 << 20
"""Largest size of an unpacked member."""
MAX_MEMBERS = 200_000


class Archive:
    """Named members of a `.zip`-like file or of a folder; nothing is ever written to disk.

    Raises AssetsError if the file is missing, not a zip, truncated, over the limits, or has a
    member outside its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._pid = path, os.getpid()
        if path.is_dir():
            self._zip, (self._members, self._stored_names) = None, _list_folder(path)
        elif path.is_file():
            self._zip, self._members, self._stored_names = _open_zip(path)
        else:
            raise AssetsError(
                f"no furniture at {path}: give a .sh3f file or a folder, or run `waywiser assets"
                " get`"
            )

    @property
    def names(self) -> frozenset[str]:
        """Names of all members, with forward slashes."""
        return frozenset(self._members)

    def find(self, name: str) -> str | None:
        """The member that `name` means, or None.

        If no name is equal, names may differ in `%20` for a space, in upper and lower case, or in
        how accents are encoded, as names written by another system do.
        """
        name = _normalize_name(name)
        for spelling in (name, unquote(name)):
            if spelling in self._members:
                return spelling

            if (
                member_by_folded_name := self._member_by_folded_name.get(_fold_name(spelling))
            ) is not None:
                return member_by_folded_name

        return None

    @cached_property
    def _member_by_folded_name(self) -> dict[str, str]:
        """The first member of each spelling."""
        member_by_folded_name: dict[str, str] = {}
        for name in self._members:
            for spelling in (name, unquote(name), *_redecode_as_utf8(name)):
                member_by_folded_name.setdefault(_fold_name(spelling), name)
        return member_by_folded_name

    def read(self, name: str) -> bytes:
        """The bytes of a member, as `find` finds it.

        Raises AssetsError if it is missing, too large or damaged.
        """
        member = self.find(name)
        if member is None:
            raise AssetsError(f"{self.path.name} has no member {_normalize_name(name)!r}")

        name = member
        if self._members[name][1] > MAX_MEMBER_BYTES:
            raise AssetsError(
                f"{name!r} in {self.path.name} is larger than {MAX_MEMBER_BYTES >> 20} MB"
            )

        try:
            if self._zip is None:
                return (self.path / self._stored_names[name]).read_bytes()
            if self._pid != os.getpid():  # a forked process must not share the file's position
                self._zip, self._pid = zipfile.ZipFile(self.path), os.getpid()

            return self._zip.read(self._stored_names[name])
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


def _normalize_name(name: str) -> str:
    """A name as members have it: forward slashes, no dots, relative."""
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/")


def _fold_name(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _redecode_as_utf8(name: str) -> list[str]:
    """A name that was stored as UTF-8 without saying so, as macOS does; zipfile reads CP437."""
    try:
        return [name.encode("cp437").decode("utf-8")]
    except UnicodeError:
        return []


def _open_zip(path: Path) -> tuple[zipfile.ZipFile, dict[str, tuple[int, int]], dict[str, str]]:
    """The zip, its members (checksum, size) and their stored names, which may have backslashes."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise AssetsError(
            f"{path} is not a readable .sh3f library (a zip): {error}; get it again"
        ) from error

    members: dict[str, tuple[int, int]] = {}
    stored_names: dict[str, str] = {}

    for info in archive.infolist():
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in info.filename.split("/")[0]:
            raise AssetsError(
                f"{path} has a member that leaves its folder, {info.filename!r}: do not use this"
                " file"
            )

        if info.filename.endswith(("/", "\\")):
            continue

        name = _normalize_name(info.filename)
        members[name], stored_names[name] = (info.CRC, info.file_size), info.filename

    _check_total_size(path, [size for _, size in members.values()])
    return archive, members, stored_names


def _list_folder(folder: Path) -> tuple[dict[str, tuple[int, int]], dict[str, str]]:
    """As `_open_zip`, for a folder; names unpacked elsewhere may have backslashes."""
    members: dict[str, tuple[int, int]] = {}
    stored_names: dict[str, str] = {}
    root = folder.resolve()

    for file in sorted(folder.rglob("*")):
        if file.is_file():
            if not file.resolve().is_relative_to(root):
                raise AssetsError(f"{file} is a link that leaves {folder}: do not use this folder")

            inner = file.relative_to(folder).as_posix()
            name = _normalize_name(inner)
            members[name], stored_names[name] = (0, file.stat().st_size), inner

    _check_total_size(folder, [size for _, size in members.values()])
    return members, stored_names


def _check_total_size(path: Path, sizes: list[int]) -> None:
    if len(sizes) > MAX_MEMBERS or sum(sizes) > MAX_TOTAL_BYTES:
        raise AssetsError(
            f"{path} would unpack to {sum(sizes) >> 20} MB in {len(sizes)} members, over the limit"
            f" of {MAX_TOTAL_BYTES >> 20} MB in {MAX_MEMBERS}: do not use this file"
        )
