"""Write one self-contained HTML page from a template: escaped text, inline images, no script."""

import base64
from pathlib import Path
from typing import Any, TypedDict

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from waywiser.io import write_atomically

_ENVIRONMENT = Environment(
    loader=PackageLoader("waywiser.report", "templates"),
    autoescape=True,  # model text is hostile until escaped
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Chart(TypedDict):
    """A chart for a template: its caption and its SVG, which is safe markup."""

    caption: str
    svg: str


def captioned_chart(caption: str, svg: str) -> Chart:
    """A chart of `waywiser.report.charts` with its caption, ready for a template."""
    return {"caption": caption, "svg": mark_svg_safe(svg)}


def image_data_uri(data: bytes, kind: str = "png") -> str:
    """Encoded image bytes as a `data:` URI."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def mark_svg_safe(text: str) -> Markup:
    """Mark a chart of `waywiser.report.charts` as safe markup."""
    return Markup(text)


def render_template(template: str, **context: Any) -> str:
    """The rendered page as text."""
    return _ENVIRONMENT.get_template(template).render(**context)


def write_page(path: Path, template: str, **context: Any) -> Path:
    """Render a template to `path` atomically; returns the path."""
    write_atomically(path, render_template(template, **context).encode())
    return path
