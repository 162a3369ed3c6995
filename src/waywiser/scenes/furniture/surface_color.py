"""Colors of the parts of parametric furniture: plain, shining, or of glass."""

from waywiser.scenes.mesh import Material
from waywiser.scenes.scene import Vec3


def hex_to_linear(color: str) -> Vec3:
    """Linear RGB of an sRGB hex color such as "#c8a27a"."""
    r, g, b = (_channel_to_linear(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return (r, g, b)


def _channel_to_linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def glow(color: str, emission: float) -> str:
    """A color that shines by itself, for a part of a `MeshBuilder`; see `Material.emission`."""
    return f"{color}*{emission:g}"


def glass(color: str, opacity: float) -> str:
    """A color that lets light through, for a part of a `MeshBuilder`."""
    return f"{color}/{opacity:g}"


def parse_material(color: str) -> Material:
    """The material of a plain color, or of what `glow` and `glass` make of it."""
    solid, _, opacity = color.partition("/")
    plain, _, emission = solid.partition("*")
    return Material(
        hex_to_linear(plain), opacity=float(opacity or 1), emission=float(emission or 0)
    )
