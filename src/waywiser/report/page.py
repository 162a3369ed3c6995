"""One self-contained HTML page from a template: escaped text, inline styles, inline pictures, no script."""

import base64
import os
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_ENVIRONMENT = Environment(
    loader=PackageLoader("waywiser.report", "templates"),
    autoescape=True,  # model text is hostile until escaped
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def image_uri(data: bytes, kind: str = "png") -> str:
    """Picture bytes as a `data:` address."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def svg(text: str) -> Markup:
    """Mark a chart of `waywiser.report.charts` as safe to place on the page."""
    return Markup(text)


def render(template: str, **context: Any) -> str:
    """The page as text."""
    return _ENVIRONMENT.get_template(template).render(**context)


def write_page(path: Path, template: str, **context: Any) -> Path:
    """Render to a temporary name, then rename: a reader never sees half a page."""
    text = render(template, **context)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".page-", suffix=".html")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
