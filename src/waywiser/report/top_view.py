"""A scene from above as inline SVG: rooms, doorways, furniture, and where cameras stood or went."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from waywiser.scenes.scene import Camera, Scene

_WIDTH = 520.0
_MARGIN = 0.3  # metres round the rooms


def top_view_svg(
    scene: Scene, cameras: Sequence[Camera], *, highlighted_ids: Sequence[int] = ()
) -> Markup:
    """The plan, +y up the page; `cameras` in their order are joined by a line, `highlighted_ids`
    things are drawn in red.
    """
    corners = [corner for room in scene.rooms for corner in room.polygon]
    corners = corners or [(x, y) for o in scene.objects for x, y, _ in o.box.corners.tolist()]
    corners = corners or [(0.0, 0.0), (1.0, 1.0)]
    low = [min(c[i] for c in corners) - _MARGIN for i in (0, 1)]
    high = [max(c[i] for c in corners) + _MARGIN for i in (0, 1)]
    scale = _WIDTH / max(high[0] - low[0], 1e-6)

    def to_svg(x: float, y: float) -> str:
        return f"{(x - low[0]) * scale:.1f},{(high[1] - y) * scale:.1f}"

    def outline(points: Sequence[Any]) -> str:
        return " ".join(to_svg(p[0], p[1]) for p in points)

    parts = [
        f'<polygon points="{outline(room.polygon)}" fill="#f1efe8" stroke="#5d6b64"/>'
        for room in scene.rooms
    ]

    for door in scene.doors:
        parts.append(
            f'<polyline points="{outline(door.ends)}" stroke="#d1802b" stroke-width="5"'
            ' fill="none"/>'
        )

    for obj in scene.objects:
        color = "#b0413e" if obj.id in highlighted_ids else "#9db4a8"
        footprint = [obj.box.corners[i] for i in (0, 2, 6, 4)]
        parts.append(
            f'<polygon points="{outline(footprint)}" fill="{color}" fill-opacity=".75"'
            ' stroke="#26312c"/>'
        )
        x, y = to_svg(*obj.box.center[:2]).split(",")
        parts.append(
            f'<text x="{x}" y="{y}" font-size="10"'
            f' text-anchor="middle">{escape(obj.category)}</text>'
        )

    camera_path = [camera.position for camera in cameras]
    if camera_path:
        parts.append(
            f'<polyline points="{outline(camera_path)}" stroke="#3d6fb6" stroke-width="2"'
            ' fill="none"/>'
        )

    for place, camera in zip(camera_path, cameras, strict=True):
        ahead = place + 0.35 * camera.pose[:3, 2]
        parts.append(f'<polyline points="{outline([place, ahead])}" stroke="#3d6fb6" fill="none"/>')
        x, y = to_svg(place[0], place[1]).split(",")
        parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="#3d6fb6"/>')

    height = (high[1] - low[1]) * scale
    label = f"plan of {escape(scene.id)}"
    style = 'style="max-height:300px;margin:auto" role="img" font-family="sans-serif"'

    return Markup(
        f'<svg viewBox="0 0 {_WIDTH:.0f} {height:.0f}" {style} aria-label="{label}">'
        + "".join(parts)
        + "</svg>"
    )
