"""The client needs the curate extra."""

import pytest

pytest.importorskip("openai", reason="the curate extra is not installed")
pytest.importorskip("stamina", reason="the curate extra is not installed")
