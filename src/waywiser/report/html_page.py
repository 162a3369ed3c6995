"""One self-contained HTML page from a template: escaped text, inline styles, inline pictures, no
script.
"""

import base64
from pathlib import Path
from typing import Any

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


def image_data_uri(data: bytes, kind: str = "png") -> str:
    """Picture bytes as a `data:` address."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def mark_svg_safe(text: str) -> Markup:
    """Mark a chart of `waywiser.report.charts` as safe to place on the page."""
    return Markup(text)


def render_template(template: str, **context: Any) -> str:
    """The page as text."""
    return _ENVIRONMENT.get_template(template).render(**context)


def write_page(path: Path, template: str, **context: Any) -> Path:
    """Render the template to `path`, whole or not at all."""
    write_atomically(path, render_template(template, **context).encode())
    return path
