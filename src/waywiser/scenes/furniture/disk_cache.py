"""Converted meshes cached on disk between runs, as `.npz` without pickle.

A cache that cannot be read or written is not an error: it is ignored.
"""

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.mesh import Material, Mesh

VERSION = "4"
"""Increase it when the conversion changes: older files are then ignored."""


def cache_dir() -> Path:
    """The cache folder: $WAYWISER_CACHE, else ~/.cache/waywiser."""
    named_folder = os.environ.get("WAYWISER_CACHE")
    if named_folder:
        return Path(named_folder).expanduser()
    return Path.home() / ".cache" / "waywiser"


def mesh_path(fingerprint: str, key: str) -> Path:
    """Path of the converted mesh of `key`, from the library with this fingerprint."""
    name = hashlib.sha256(f"{fingerprint}\0{key}\0{VERSION}".encode()).hexdigest()[:32]
    return cache_dir() / "meshes" / f"{name}.npz"


def load_mesh(path: Path) -> Mesh | None:
    """A stored mesh, or None if it does not exist or cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}

        materials = tuple(
            Material(
                (float(a[0]), float(a[1]), float(a[2])), float(a[3]), arrays.get(f"texture_{i}")
            )
            for i, a in enumerate(arrays["materials"])
        )

        return Mesh(
            arrays["vertices"],
            arrays["faces"],
            arrays["face_material"],
            arrays["face_uv"],
            materials,
        )
    except (OSError, KeyError, ValueError, IndexError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def save_mesh(path: Path, mesh: Mesh) -> None:
    """Store a mesh atomically; a full or read-only disk is ignored."""
    arrays: dict[str, NDArray[np.generic]] = {
        "vertices": mesh.vertices_V_3,
        "faces": mesh.faces_F_3,
        "face_material": mesh.face_material_F,
        "face_uv": mesh.face_uv_F_3_2,
        "materials": np.array([(*m.albedo, m.opacity) for m in mesh.materials]).reshape(-1, 4),
    }

    for i, material in enumerate(mesh.materials):
        if material.texture_H_W_3 is not None:
            arrays[f"texture_{i}"] = material.texture_H_W_3

    _write_atomically(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]


def load_json(name: str) -> dict[str, str] | None:
    """A stored mapping of strings, or None."""
    try:
        stored = json.loads((cache_dir() / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None

    good = isinstance(stored, dict) and all(isinstance(value, str) for value in stored.values())
    return stored if good else None


def save_json(name: str, mapping: dict[str, str]) -> None:
    """Store a mapping of strings atomically."""
    _write_atomically(
        cache_dir() / name, lambda file: file.write(json.dumps(mapping, sort_keys=True).encode())
    )


def _write_atomically(path: Path, write) -> None:
    temporary = None

    try:
        path.parent.mkdir(parents=True, exist_ok=True)

        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            temporary = Path(file.name)
            write(file)

        temporary.replace(path)
    except OSError:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
