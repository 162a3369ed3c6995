"""Writes the sizes of the parametric models, which the library reads instead of building them.

python tools/parametric_sizes.py
"""

import json

from waywiser.scenes.furniture.parametric import build_parametric_models
from waywiser.scenes.furniture.parametric_library import SIZES


def main() -> None:
    """Builds every model and writes the table, a line each."""
    models = sorted(build_parametric_models().items())
    rows = [f"{json.dumps(key)}: {json.dumps([m.category, *m.size])}" for key, m in models]
    SIZES.write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
