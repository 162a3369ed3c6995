"""Small furniture libraries, made on the spot."""

import io
import zipfile
from pathlib import Path

from PIL import Image

CHAIRS = 8


def box_obj(
    width: float, depth: float, height: float, material: str = "wood", mtl: str = "m.mtl"
) -> str:
    """An OBJ of a box, Y up, with the front (+z) carrying a triangle of its own so that it can be
    told.
    """
    x = width / 2
    z = depth / 2
    corners = [(a, b, c) for a in (-x, x) for b in (0, height) for c in (-z, z)]
    lines = [
        f"mtllib {mtl}",
        *(f"v {a} {b} {c}" for a, b, c in corners),
        "vt 0 0",
        "vt 1 0",
        "vt 1 1",
        "vt 0 1",
    ]
    lines += [
        f"usemtl {material}",
        "f 1/1 2/2 4/3 3/4",
        "f 5/1 7/2 8/3 6/4",
        "f 1/1 5/2 6/3 2/4",
        "f 3/1 4/2 8/3 7/4",
    ]
    lines += ["f 1/1 3/2 7/3 5/4", "usemtl front", "f 2/1 6/2 8/3 4/4"]
    return "\n".join(lines) + "\n"


MTL = "newmtl wood\nKd 0.5 0.25 0\nd 1.0\nnewmtl front\nKd 1 1 1\nd 0.25\n"


def catalogue_entry(number: int, **fields: object) -> str:
    """The properties of entry `number`: a chair of 50 x 50 x 90 cm, with `fields` replaced."""
    base = {
        "name": "Chair",
        "category": "Living room",
        "width": 50,
        "depth": 50,
        "height": 90,
        "doorOrWindow": "false",
        "creator": "Ann",
        "model": f"/m/{number}/m.obj",
    }
    return "".join(f"{key}#{number}={value}\n" for key, value in {**base, **fields}.items())


def png(width: int = 300, height: int = 40) -> bytes:
    """A red picture whose left half is clear."""
    image = Image.new("RGBA", (width, height), (200, 40, 40, 255))
    image.paste((0, 0, 0, 0), (0, 0, width // 2, height))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def write_sh3f(path: Path, catalogue: str, members: dict[str, bytes | str]) -> Path:
    """A library with this catalogue and these other members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("PluginFurnitureCatalog.properties", catalogue.encode("latin-1"))
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def sample_library() -> tuple[str, dict[str, bytes | str]]:
    """Eight chairs, four tables, and one entry each that must be left out for its own reason."""
    catalogue = "# a comment\nname=Caf\\u00e9\nlicense=CC0\nid=test\n\n"
    members: dict[str, bytes | str] = {}
    number = 0

    def add(obj: str, **fields: object) -> None:
        nonlocal catalogue, number
        number += 1
        catalogue += catalogue_entry(number, **fields)
        members[f"m/{number}/m.obj"] = obj
        members[f"m/{number}/m.mtl"] = MTL

    for i in range(CHAIRS):
        add(box_obj(5, 5, 9), id=f"test#chair{i}")
    for i in range(4):
        add(box_obj(12, 8, 7.4), id=f"test#table{i}", name="Table", width=120, depth=80, height=74)
    add(box_obj(5, 5, 30), id="test#stretched")
    add("v 0 0 0\nf 1 1 1\n", id="test#broken")
    add(box_obj(5, 5, 9), id="test#sizeless", width="wide")
    add(
        box_obj(5, 5, 9),
        id="test#hanging",
        name="Wall lamp",
        width=30,
        depth=30,
        height=50,
        elevation=150,
    )
    return catalogue, members
