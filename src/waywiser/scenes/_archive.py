"""Read-only access to the members of a zip or an unpacked folder, without letting any leave its place."""

import hashlib
import os
import posixpath
import zipfile
import zlib
from pathlib import Path, PurePosixPath

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
            self._zip, self._members = None, _folder_members(path)
        elif path.is_file():
            self._zip, self._members = _open_zip(path)
        else:
            raise AssetsError(f"no furniture at {path}: give a .sh3f file or a folder, or run `waywiser assets get`")

    @property
    def names(self) -> frozenset[str]:
        """Names of all members, with forward slashes."""
        return frozenset(self._members)

    def read(self, name: str) -> bytes:
        """The bytes of a member; raises AssetsError where it is missing, too large or damaged."""
        name = posixpath.normpath(name.replace("\\", "/")).lstrip("/")
        if name not in self._members:
            raise AssetsError(f"{self.path.name} has no member {name!r}")
        if self._members[name][1] > MAX_MEMBER:
            raise AssetsError(f"{name!r} in {self.path.name} is larger than {MAX_MEMBER >> 20} MB")
        try:
            if self._zip is None:
                return (self.path / name).read_bytes()
            if self._process != os.getpid():  # a forked process must not share the file's position
                self._zip, self._process = zipfile.ZipFile(self.path), os.getpid()
            return self._zip.read(name)
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


def _open_zip(path: Path) -> tuple[zipfile.ZipFile, dict[str, tuple[int, int]]]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise AssetsError(f"{path} is not a readable .sh3f library (a zip): {error}; get it again") from error
    members = {}
    for info in archive.infolist():
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in info.filename.split("/")[0]:
            raise AssetsError(f"{path} has a member that leaves its folder, {info.filename!r}: do not use this file")
        if not info.is_dir():
            members[info.filename] = (info.CRC, info.file_size)
    _check_size(path, [size for _, size in members.values()])
    return archive, members


def _folder_members(folder: Path) -> dict[str, tuple[int, int]]:
    members, root = {}, folder.resolve()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            if not file.resolve().is_relative_to(root):
                raise AssetsError(f"{file} is a link that leaves {folder}: do not use this folder")
            members[file.relative_to(folder).as_posix()] = (0, file.stat().st_size)
    _check_size(folder, [size for _, size in members.values()])
    return members


def _check_size(path: Path, sizes: list[int]) -> None:
    if len(sizes) > MAX_MEMBERS or sum(sizes) > MAX_TOTAL:
        raise AssetsError(
            f"{path} would unpack to {sum(sizes) >> 20} MB in {len(sizes)} members, over the limit of "
            f"{MAX_TOTAL >> 20} MB in {MAX_MEMBERS}: do not use this file"
        )
