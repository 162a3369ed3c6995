"""Wavefront OBJ with MTL and textures, read by trimesh, as a `Mesh` in the unit box."""

import io
import posixpath
from collections.abc import Iterator

import numpy as np
import trimesh
from numpy.typing import NDArray
from PIL import Image
from trimesh.resolvers import Resolver

from waywiser.errors import AssetsError
from waywiser.scenes.furniture.model_archive import Archive
from waywiser.scenes.furniture.obj_materials import (
    ALL_LIBRARIES,
    clean_mtl,
    strip_map_options,
    use_one_library,
)
from waywiser.scenes.furniture.obj_normalization import normalize_obj
from waywiser.scenes.furniture.obj_polygons import split_concave_faces
from waywiser.scenes.mesh import Material, Mesh

MAX_FACES = 30_000
MAX_TEXTURE_SIDE = 128
MAX_TEXTURE_PIXELS = 64_000_000
DEFAULT_MATERIAL = Material(albedo=(0.5, 0.5, 0.5))


class _ArchiveResolver(Resolver):
    """Gives trimesh the files next to an OBJ, and no others."""

    def __init__(self, archive: Archive, folder: str, libraries: list[str]) -> None:
        self.archive = archive
        self.folder = folder
        self.libraries = libraries

    def get(self, key: str) -> bytes:
        """The bytes of a file named by the OBJ or its MTL; raises KeyError if there is none."""
        if key == ALL_LIBRARIES:
            return b"\n".join(clean_mtl(data) for data in self._read_libraries())

        key = strip_map_options(str(key).strip())
        path = posixpath.normpath(posixpath.join(self.folder, key.replace("\\", "/")))
        for candidate in (path, posixpath.join(self.folder, posixpath.basename(path))):
            member = self.archive.find(candidate)
            if member is not None:
                return self.archive.read(member)

        raise KeyError(key)

    def _read_libraries(self) -> Iterator[bytes]:
        """The material libraries that exist; a line names one, or several with blanks between."""
        for line in self.libraries:
            for name in (line, *line.split()):
                try:
                    yield self.get(name)
                except KeyError:
                    continue
                if name == line:
                    break

    def keys(self) -> list[str]:
        return [name for name in self.archive.names if name.startswith(self.folder)]

    def write(self, name: str, data: object) -> None:  # noqa: ARG002
        raise OSError("read only")

    def namespaced(self, namespace: str) -> "_ArchiveResolver":
        return _ArchiveResolver(
            self.archive, posixpath.join(self.folder, namespace), self.libraries
        )


def load_obj(archive: Archive, member: str, rotation_3_3: NDArray[np.float64]) -> Mesh:
    """Read the OBJ `member` as a mesh with Z up in the unit box.

    `rotation_3_3` turns the model in its own Y-up frame. Raises AssetsError if it cannot be read,
    is flat or has no faces.
    """
    try:
        obj, libraries = use_one_library(normalize_obj(archive.read(member)))
        loaded = trimesh.load(
            io.BytesIO(split_concave_faces(obj)),
            file_type="obj",
            force="scene",
            process=False,
            resolver=_ArchiveResolver(archive, posixpath.dirname(member), libraries),
        )

        geometries = getattr(loaded, "geometry", {}).values()
        pieces = [g for g in geometries if isinstance(g, trimesh.Trimesh) and len(g.faces)]
        return _merge_geometries(pieces, rotation_3_3)
    except AssetsError:
        raise
    except Exception as error:  # trimesh raises whatever its parser stumbles over
        raise AssetsError(
            f"cannot load the model {member} of {archive.path.name}: {error}"
        ) from error


def _merge_geometries(pieces: list[trimesh.Trimesh], rotation_3_3: NDArray[np.float64]) -> Mesh:
    if not pieces:
        raise AssetsError("the model has no faces")

    vertices = []
    faces = []
    uvs = []
    owners = []
    materials = []
    start = 0

    for index, piece in enumerate(pieces):
        vertices.append(piece.vertices)
        faces.append(np.asarray(piece.faces) + start)
        uvs.append(_face_uv(piece))
        owners.append(np.full(len(piece.faces), index))
        materials.append(_convert_material(piece))
        start += len(piece.vertices)

    y_up = np.concatenate(vertices) @ rotation_3_3.T
    z_up = np.stack([y_up[:, 0], -y_up[:, 2], y_up[:, 1]], axis=1)
    faces_F_3 = np.concatenate(faces)
    used_vertices = z_up[np.unique(faces_F_3)]
    low = used_vertices.min(axis=0)
    high = used_vertices.max(axis=0)

    if not np.isfinite(used_vertices).all() or (high - low <= 1e-9).any():
        raise AssetsError("the model is flat or has vertices that are not finite")

    unit = np.clip((z_up - (low + high) / 2) / (high - low), -0.5, 0.5)
    mesh = Mesh(
        vertices_V_3=unit.astype(np.float32),
        faces_F_3=faces_F_3.astype(np.int32),
        face_material_F=np.concatenate(owners).astype(np.int32),
        face_uv_F_3_2=np.concatenate(uvs).astype(np.float32),
        materials=tuple(materials),
    )

    return decimate(mesh, MAX_FACES)


def decimate(mesh: Mesh, max_faces: int) -> Mesh:
    """Merge vertices on ever coarser grids (vertex clustering) until few enough faces are left."""
    cells = 256.0
    while len(mesh.faces_F_3) > max_faces:
        mesh = _cluster_vertices(mesh, int(cells))
        cells *= 0.8
    return mesh


def _cluster_vertices(mesh: Mesh, cells: int) -> Mesh:
    grid = np.floor((mesh.vertices_V_3 + 0.5) * cells).astype(np.int64).clip(0, cells - 1)
    _, cluster_V = np.unique(grid @ [cells * cells, cells, 1], return_inverse=True)
    count = np.bincount(cluster_V)
    centers = np.stack(
        [np.bincount(cluster_V, mesh.vertices_V_3[:, axis]) / count for axis in range(3)], axis=1
    )
    # Stretch back: averaging pulls the outermost vertices in, and the mesh must keep filling its
    # box.
    low = centers.min(axis=0)
    high = centers.max(axis=0)
    centers = (centers - (low + high) / 2) / np.maximum(high - low, 1e-9)
    faces = cluster_V[mesh.faces_F_3]
    a, b, c = faces.T
    _, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    keep_F = np.zeros(len(faces), dtype=bool)
    keep_F[first] = True
    keep_F &= (a != b) & (b != c) & (a != c)

    return Mesh(
        centers.astype(np.float32),
        faces[keep_F].astype(np.int32),
        mesh.face_material_F[keep_F],
        mesh.face_uv_F_3_2[keep_F],
        mesh.materials,
    )


def _face_uv(piece: trimesh.Trimesh) -> NDArray[np.float64]:
    uv = getattr(piece.visual, "uv", None)
    if uv is None or len(uv) != len(piece.vertices):
        return np.zeros((len(piece.faces), 3, 2))
    return np.nan_to_num(np.asarray(uv, dtype=float)[:, :2])[piece.faces]


def _convert_material(piece: trimesh.Trimesh) -> Material:
    source = getattr(piece.visual, "material", None)
    if source is None:
        return DEFAULT_MATERIAL

    mtl_fields = getattr(source, "kwargs", None) or {}
    diffuse = mtl_fields.get("kd")
    color = (
        np.clip(np.resize(np.asarray(diffuse, dtype=float), 3), 0, 1)
        if diffuse is not None
        else np.full(3, 0.73)
    )

    texture, opaque_share = _convert_texture(getattr(source, "image", None))
    if texture is not None:
        color = texture.reshape(-1, 3).mean(axis=0) / 255

    r, g, b = (float(c) for c in srgb_to_linear(np.nan_to_num(color)))
    return Material((r, g, b), 0.0 if opaque_share < 0.1 else _parse_opacity(mtl_fields), texture)


def _parse_opacity(fields: dict) -> float:
    """MTL `d` (1 is opaque), else `Tr`.

    Exporters disagree about Tr = 1, which nobody uses for "invisible".
    """
    try:
        if "d" in fields:
            return float(np.clip(float(fields["d"][-1]), 0, 1))
        if "tr" in fields:
            transparency = float(fields["tr"][-1])
            return 1.0 if transparency >= 1 else float(np.clip(1 - transparency, 0, 1))
    except (ValueError, IndexError):
        pass

    return 1.0


def _convert_texture(image: Image.Image | None) -> tuple[NDArray[np.uint8] | None, float]:
    """A texture of at most `MAX_TEXTURE_SIDE` pixels per side, and the share of it that is opaque.

    Meshes have no alpha textures: clear pixels (around leaves) get the mean color of the opaque
    ones.
    """
    # trimesh invents a tiny image for a material without one; those it has read have a file name.
    if (
        image is None
        or "file_path" not in image.info
        or image.width * image.height > MAX_TEXTURE_PIXELS
    ):
        return None, 1.0

    try:
        rgba = image.convert("RGBA")
    except (OSError, ValueError, SyntaxError):
        return None, 1.0

    rgba.thumbnail((MAX_TEXTURE_SIDE, MAX_TEXTURE_SIDE), Image.Resampling.BOX)
    pixels = np.asarray(rgba, dtype=np.float64)
    color = pixels[..., :3]
    alpha = pixels[..., 3:] / 255
    opaque_share = float(alpha.mean())
    mean = (color * alpha).sum(axis=(0, 1)) / max(alpha.sum(), 1e-9)

    return np.round(color * alpha + mean * (1 - alpha)).astype(np.uint8), opaque_share


def srgb_to_linear(color: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB in [0, 1] to linear light (IEC 61966-2-1)."""
    color = np.asarray(color, dtype=float)
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
