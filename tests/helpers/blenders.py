"""Whether there is a Blender to test with (a helper of these tests)."""

import pytest

from waywiser.errors import RecipeError
from waywiser.rendering.blender.process import blender_python


def _missing() -> str:
    try:
        blender_python()
    except RecipeError as error:
        return str(error)
    return ""


needs_blender = pytest.mark.skipif(bool(_missing()), reason=_missing() or "Blender is there")
