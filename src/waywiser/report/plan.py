"""A scene from above as inline SVG: rooms, doorways, furniture, and where cameras stood or went."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from waywiser.scenes.scene import Camera, Scene

_WIDTH = 520.0
_MARGIN = 0.3  # metres round the rooms


def plan_svg(scene: Scene, cameras: Sequence[Camera], *, marked: Sequence[int] = ()) -> Markup:
    """The plan, +y up the page; `cameras` in their order are joined by a line, `marked` things are drawn in red."""
    corners = [corner for room in scene.rooms for corner in room.polygon]
    corners = corners or [(x, y) for o in scene.objects for x, y, _ in o.box.corners.tolist()]
    corners = corners or [(0.0, 0.0), (1.0, 1.0)]
    low = [min(c[i] for c in corners) - _MARGIN for i in (0, 1)]
    high = [max(c[i] for c in corners) + _MARGIN for i in (0, 1)]
    scale = _WIDTH / max(high[0] - low[0], 1e-6)

    def at(x: float, y: float) -> str:
        return f"{(x - low[0]) * scale:.1f},{(high[1] - y) * scale:.1f}"

    def outline(points: Sequence[Any]) -> str:
        return " ".join(at(p[0], p[1]) for p in points)

    parts = [f'<polygon points="{outline(room.polygon)}" fill="#f1efe8" stroke="#5d6b64"/>' for room in scene.rooms]
    for door in scene.doors:
        parts.append(f'<polyline points="{outline(door.ends)}" stroke="#d1802b" stroke-width="5" fill="none"/>')
    for thing in scene.objects:
        colour = "#b0413e" if thing.id in marked else "#9db4a8"
        foot = [thing.box.corners[i] for i in (0, 2, 6, 4)]
        parts.append(f'<polygon points="{outline(foot)}" fill="{colour}" fill-opacity=".75" stroke="#26312c"/>')
        x, y = at(*thing.box.center[:2]).split(",")
        parts.append(f'<text x="{x}" y="{y}" font-size="10" text-anchor="middle">{escape(thing.category)}</text>')
    way = [camera.position for camera in cameras]
    if way:
        parts.append(f'<polyline points="{outline(way)}" stroke="#3d6fb6" stroke-width="2" fill="none"/>')
    for place, camera in zip(way, cameras, strict=True):
        ahead = place + 0.35 * camera.pose[:3, 2]
        parts.append(f'<polyline points="{outline([place, ahead])}" stroke="#3d6fb6" fill="none"/>')
        x, y = at(place[0], place[1]).split(",")
        parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="#3d6fb6"/>')
    height = (high[1] - low[1]) * scale
    label = f"plan of {escape(scene.id)}"
    look = 'style="max-height:300px;margin:auto" role="img" font-family="sans-serif"'
    return Markup(
        f'<svg viewBox="0 0 {_WIDTH:.0f} {height:.0f}" {look} aria-label="{label}">'
        + "".join(parts) + "</svg>"
    )  # fmt: skip
