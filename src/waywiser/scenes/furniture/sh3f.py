"""Sweet Home 3D furniture libraries (`.sh3f`): a zip with a catalog of properties and OBJ models.

The format: http://www.sweethome3d.com/importModels.jsp and the `PluginFurnitureCatalog.properties`
inside each file. Models are Y up with the front towards +z, sizes in the catalog are centimeters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import AssetsError
from waywiser.scenes.furniture.model_archive import Archive
from waywiser.scenes.furniture.obj_normalization import normalize_obj
from waywiser.scenes.mesh import Mesh

CATALOG_FILE = "PluginFurnitureCatalog.properties"
MAX_PROPORTION_RATIO = 1.15
"""Greatest ratio between a model's proportions and the catalog's; others would look stretched."""
MAX_SOURCE_FACES = 250_000

Rotation = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
_IDENTITY: Rotation = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass(frozen=True)
class CatalogEntry:
    """One piece of furniture in a catalog; lengths in meters."""

    key: str
    """Unique in the catalog."""
    name: str
    """Name in English."""
    group: str
    """The catalog's own category."""
    size: tuple[float, float, float]
    """Width, depth and height."""
    elevation: float
    """Height above the floor at which it hangs."""
    drop_elevation: float | None
    """Height of the surface on which objects stand; None for the top."""
    supports_objects: bool
    """Whether objects may stand on it."""
    door_or_window: bool
    """Whether it is a door or window."""
    rotation: Rotation
    """Turns the model into the catalog's orientation."""
    model: str
    """Name of its OBJ in the archive."""
    creator: str
    """Who made it."""
    license: str
    """License of the model."""


class Sh3fCatalog:
    """An opened library: `entries` by key in catalog order; `skipped` says why others are unusable.

    Raises AssetsError if the file is missing, corrupt, empty, hostile or has no catalog.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.archive = Archive(self.path)
        if self.archive.find(CATALOG_FILE) is None:
            raise AssetsError(f"{self.path} is not a furniture library: it has no {CATALOG_FILE}")

        properties = _read_english_catalog(self.archive)
        self.name = properties.get("name") or self.path.stem
        self.license = properties.get("license", "unknown licence")
        self.skipped: dict[str, str] = {}
        self.entries = self._entries(properties)

        if not self.entries:
            reasons = f" ({summarize_reasons(self.skipped)})" if self.skipped else ""
            raise AssetsError(
                f"{self.path} lists no usable furniture: its catalogue is empty or damaged{reasons}"
            )

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the library's content."""
        return self.archive.fingerprint()

    def find_problem(self, entry: CatalogEntry) -> str | None:
        """Why the entry's model cannot be used, or None. Reads the OBJ but builds nothing."""
        try:
            text = self.archive.read(entry.model)
        except AssetsError as error:
            return f"its model cannot be read: {error}"
        return _find_problem(normalize_obj(text), entry)

    def mesh(self, entry: CatalogEntry) -> Mesh:
        """The entry's model in the unit box. Raises AssetsError if it is damaged."""
        from waywiser.scenes.furniture.obj_loader import load_obj  # trimesh is slow to import

        return load_obj(self.archive, entry.model, np.array(entry.rotation))

    def _entries(self, properties: dict[str, str]) -> dict[str, CatalogEntry]:
        numbered: dict[int, dict[str, str]] = {}

        for name, value in properties.items():
            match = re.fullmatch(r"(\w+)#(\d{1,9})", name)
            if match:
                numbered.setdefault(int(match[2]), {})[match[1]] = value

        entries: dict[str, CatalogEntry] = {}

        for number, fields in sorted(numbered.items()):
            base = key = fields.get("id") or f"{self.name}#{number}"
            copies = 1

            while key in entries:
                copies += 1
                key = f"{base}~{copies}"

            try:
                entries[key] = _parse_entry(key, fields, self.license)
            except KeyError as error:
                self.skipped[key] = f"bad catalogue entry: it has no {error.args[0]}"
            except ValueError as error:
                self.skipped[key] = f"bad catalogue entry: {error}"

        return entries


def summarize_reasons(reasons: Mapping[str, str]) -> str:
    """Each kind of reason (text before a colon), its count and an example, commonest first."""
    kinds: dict[str, list[str]] = {}
    for key, reason in reasons.items():
        kinds.setdefault(reason.partition(":")[0], []).append(key)

    ordered = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    return "; ".join(
        f"{len(keys)} x {kind} (as {keys[0]}{_reason_detail(reasons[keys[0]])})"
        for kind, keys in ordered
    )


def _reason_detail(reason: str) -> str:
    detail = reason.partition(":")[2].strip()
    return f": {detail}" if detail else ""


def _read_english_catalog(archive: Archive) -> dict[str, str]:
    """The catalog with its English translations laid over it, as Java's resource bundles do."""
    properties = parse_properties(archive.read(CATALOG_FILE))
    stem, _, ending = CATALOG_FILE.partition(".")

    for language in ("en", "en_US", "en_GB"):
        translation = archive.find(f"{stem}_{language}.{ending}")
        if translation is not None:
            properties |= parse_properties(archive.read(translation))

    return properties


def parse_properties(data: bytes) -> dict[str, str]:
    r"""A Java `.properties` file: UTF-8, else Latin-1; `\uXXXX` escapes, `#` and `!` comments,
    continued lines.
    """
    text = re.sub(r"(?<!\\)((?:\\\\)*)\\(?:\r\n|\n|\r)[ \t]*", r"\1", _decode_text(data))
    result = {}

    for line in re.split(r"\r\n|\n|\r", text):
        line = line.lstrip(" \t\f")
        if line and line[0] not in "#!":
            match = re.match(r"((?:\\.|[^=:\s\\])*)\s*[=:\s]?\s*(.*)", line)
            if match:
                result[_unescape(match[1])] = _unescape(match[2]).strip()

    return result


def _decode_text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unescape(text: str) -> str:
    controls = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}

    def unescape_match(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] else controls.get(match[2], match[2])

    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))", unescape_match, text)


def _parse_entry(key: str, fields: dict[str, str], license: str) -> CatalogEntry:
    width, depth, height = (
        _parse_centimeters(fields[name]) for name in ("width", "depth", "height")
    )
    if not all(0 < side < 100 for side in (width, depth, height)):
        raise ValueError(f"size {width} x {depth} x {height} m")

    drop = (
        _parse_centimeters(fields["dropOnTopElevation"])
        if fields.get("dropOnTopElevation")
        else None
    )

    return CatalogEntry(
        key=key,
        name=fields.get("name", ""),
        group=fields.get("category", ""),
        size=(width, depth, height),
        elevation=_parse_centimeters(fields.get("elevation") or "0"),
        drop_elevation=drop if drop is not None and drop >= 0 else None,
        supports_objects=drop is None or drop >= 0,
        door_or_window=fields.get("doorOrWindow", "").lower() == "true",
        rotation=_parse_rotation(fields.get("modelRotation", "")),
        model=fields["model"].lstrip("/"),
        creator=fields.get("creator", "unknown"),
        license=fields.get("license") or license,
    )


def _parse_centimeters(text: str) -> float:
    value = float(text) / 100
    if not np.isfinite(value):
        raise ValueError(f"length {text!r}")
    return round(value, 5)


def _parse_rotation(text: str) -> Rotation:
    if not text:
        return _IDENTITY

    v = [float(word) for word in text.split()]
    if len(v) != 9 or not np.allclose(
        np.reshape(v, (3, 3)) @ np.reshape(v, (3, 3)).T, np.eye(3), atol=0.02
    ):
        raise ValueError(f"modelRotation {text!r}")

    return ((v[0], v[1], v[2]), (v[3], v[4], v[5]), (v[6], v[7], v[8]))


def _has_area(points: NDArray[np.float64], faces: list[bytes]) -> bool:
    """Whether any face has three corners that do not lie on one line."""
    for face in faces:
        corners = points[[int(word.partition(b"/")[0]) - 1 for word in face.split()]]
        if np.cross(corners[1:-1] - corners[0], corners[2:] - corners[0]).any():
            return True
    return False


def _find_problem(text: bytes, entry: CatalogEntry) -> str | None:
    """The problem of a plain OBJ (no faces, bad numbers or indices, other proportions), or None."""
    try:
        lines = re.findall(rb"^v +(\S+ +\S+ +\S+)", text, re.MULTILINE)
        points = np.array(b" ".join(lines).split(), dtype=np.float64).reshape(-1, 3)
        faces = re.findall(rb"^f +(\d+\S* +\d+\S* +\d+.*)$", text, re.MULTILINE)
        corners = np.array(re.sub(rb"/\S*", b"", b" ".join(faces)).split(), dtype=np.int64)
    except (ValueError, OverflowError) as error:
        return f"damaged vertices or faces: {error}"

    if len(lines) < len(re.findall(rb"^v ", text, re.MULTILINE)):
        return "damaged vertices or faces: a vertex of fewer than three numbers"
    if len(faces) < len(re.findall(rb"^f +\S+ +\S+ +\S", text, re.MULTILINE)):
        return "damaged vertices or faces: a face whose indices are not numbers"
    if len(points) < 4 or not faces:
        return "no faces"
    if len(faces) > MAX_SOURCE_FACES:
        return f"too many faces: {len(faces)}"
    if not np.isfinite(points).all() or (corners > len(points)).any() or (corners < 1).any():
        return "vertices or faces out of range"

    turned = points[np.unique(corners) - 1] @ np.array(entry.rotation).T
    extent = np.ptp(turned, axis=0)
    width, depth, height = entry.size

    if (extent <= 1e-9).any():
        return "flat"
    if not _has_area(points, faces):
        return "no faces with an area"

    ratio = extent / (width, height, depth)
    if ratio.max() / ratio.min() > MAX_PROPORTION_RATIO:
        return f"proportions unlike the catalogue's: by a factor of {ratio.max() / ratio.min():.2f}"

    return None
