"""Names for plain JSON whose keys are somebody else's: rows of unknown data, bodies of requests."""

from typing import Any

JsonObject = dict[str, Any]
"""An object of JSON whose keys we do not decide."""
