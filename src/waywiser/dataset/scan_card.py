"""The card and the attribution of a dataset of scans."""

from collections.abc import Mapping

from waywiser.dataset.manifest import MANIFEST, Manifest, dataset_card_header


def scan_attribution(licenses: Mapping[str, str]) -> str:
    """ATTRIBUTION.md: the license that each scan states, which binds its questions too."""
    rows = "\n".join(
        f"| {scan} | {license.replace('|', '/')} |" for scan, license in sorted(licenses.items())
    )
    return (
        "# Scans and their licences\n\nAs their folders state them.\n\n| scan | licence"
        f" |\n|---|---|\n{rows}\n"
    )


def scan_card(manifest: Manifest) -> str:
    """The dataset card, README.md, of scans."""
    rows = "\n".join(f"| {task} | {count:,} |" for task, count in manifest.tasks.items())
    return f"""{dataset_card_header(manifest, "real-scans", frames=True)}

# Spatial questions about {manifest.rooms - len(manifest.skipped):,} real scans

Made by `waywiser synthesize --scans`, version {manifest.versions.get("waywiser", "?")}. Every answer follows from a
stored scene (the `scenes` configuration) and its measured frames (the `frames` configuration) by its `program`.
Boxes, words and poses are those of the scans. What was left out, and why, is in {MANIFEST}.

| task | questions |
|---|---|
{rows}

Distances are in metres, sizes in centimetres; the exact values are in `program`. `answer.value` is text: read it by
`answer.kind`. The scans' licences are in ATTRIBUTION.md.
"""
