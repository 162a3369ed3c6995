"""Should you train on it? An audit of a waywiser dataset, whoever made it.

    python examples/audit_a_dataset.py data/rooms
    python examples/audit_a_dataset.py             # makes a small dataset first

Every answer is derived again from the stored scene, by a second implementation that shares no
geometry with the first. Gates then look for shortcuts that need no eyes: answers that the words of
the question give away, uneven counts, duplicates.
"""

import argparse
import tempfile
from pathlib import Path

import waywiser


def audit(folder: Path) -> bool:
    """Print what an audit of the dataset found, and whether it passed."""
    audit = waywiser.audit_dataset(waywiser.AuditConfig(folder=folder), progress=False)
    print(f"{audit.samples} samples in {audit.scenes} scenes, {len(audit.findings)} findings")

    for task, tally in audit.tasks.items():
        print(f"  {task:16s} {tally.samples:4d} samples  {tally.outcomes}")

    for gate in audit.gates:
        if gate.state == "failed":
            print(f"  failed: {gate.name} {gate.task or ''} {gate.value:.3f}: {gate.note}")

    for finding in audit.findings[:10]:
        print(f"  {finding.sample}: {finding.outcome}")

    print("passed" if audit.passed else "not passed")
    return audit.passed


def main() -> None:
    parser = argparse.ArgumentParser(description="Audit a waywiser dataset.")
    parser.add_argument(
        "folder", type=Path, nargs="?", help="the dataset; none: make one of 8 rooms"
    )
    args = parser.parse_args()

    if args.folder is not None:
        raise SystemExit(0 if audit(args.folder) else 1)

    with tempfile.TemporaryDirectory() as folder:
        config = waywiser.SynthesisConfig(out=Path(folder), rooms=8, assets="parametric")
        waywiser.synthesize(config, progress=False)
        audit(config.out)


if __name__ == "__main__":
    main()
