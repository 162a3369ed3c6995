"""The audit of a whole dataset: what we make passes, what is damaged is counted, the command and
the page.
"""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from helpers.browser import WIDTHS, assert_self_contained, visit
from helpers.studio import NUMBER as N
from helpers.studio import ask, studio, write_dataset
from waywiser.audit.audit_summary import summarize_dataset_audit
from waywiser.audit.dataset_audit import AuditConfig, DatasetAudit, audit_dataset
from waywiser.cli import main
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import DatasetError
from waywiser.sample import Sample
from waywiser.scenes.procedural.room_config import RoomConfig


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit") / "rooms"
    config = SynthesisConfig(
        out=folder,
        rooms=8,
        assets="parametric",
        seed=4,
        tasks="object_count,depth_order,left_right,object_size",
        room=RoomConfig(width=160, height=120),
    )
    synthesize(config, progress=False)
    return folder


def audited(folder: Path) -> DatasetAudit:
    return audit_dataset(AuditConfig(folder=folder), progress=False)


def gate(audit: DatasetAudit, name: str) -> tuple[str, float]:
    found = next(gate for gate in audit.gates if gate.name == name)
    return found.state, found.value


def honest(**more: object) -> Sample:
    return ask("object_count", 2, {"camera": 0, "category": "trash can"}, **more)


def test_what_we_make_agrees(rooms: Path) -> None:
    found = audited(rooms)
    assert found.passed
    assert found.samples >= 8
    assert {judgment.outcome for judgment in found.judgments} <= {"agrees", "close"}
    assert found.answers is not None
    assert found.answers.passed
    assert "derived again and equal" in summarize_dataset_audit(found)


def test_two_processes_judge_alike(rooms: Path) -> None:
    one = audited(rooms)
    two = audit_dataset(AuditConfig(folder=rooms, workers=2), progress=False)
    assert one.judgments == two.judgments


def test_one_wrong_label_fails_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_dataset(tmp_path / "d", [honest(), honest(id="b")], [studio()])
    assert main(["audit", str(folder)]) == 0
    wrong = ask("object_count", 3, {"camera": 0, "category": "trash can"})
    folder = write_dataset(tmp_path / "e", [wrong], [studio()])
    assert main(["audit", str(folder), "--json", str(tmp_path / "e.json")]) == 1
    assert "labels: 1" in capsys.readouterr().out
    stored = json.loads((tmp_path / "e.json").read_text())
    assert stored["judgements"][0]["derived"] == "2"


def test_what_cannot_be_judged_is_counted(tmp_path: Path) -> None:
    lost = honest(id="lost", scene_id="nowhere")
    unknown = honest(id="unknown", program="telepathy")
    bad = honest(id="bad").model_copy(
        update={"program": honest().program.model_copy(update={"inputs": {"camera": 9}})}
    )  # type: ignore[union-attr]
    found = audited(write_dataset(tmp_path / "d", [honest(), lost, unknown, bad], [studio()]))
    assert gate(found, "judged") == ("failed", 3)
    reasons = {judgment.sample: judgment.reason for judgment in found.findings}
    assert "is not in the dataset" in reasons["lost"]
    assert "unknown" in reasons["unknown"]
    assert not found.passed


def test_damaged_files_are_counted(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "d", [honest()], [studio()])
    (folder / "data" / "train-00001-of-00002.parquet").write_bytes(b"PAR1 torn")
    found = audited(folder)
    assert gate(found, "readable") == ("failed", 1)
    assert len(found.judgments) == 1
    (folder / "scenes" / "train-00000-of-00001.parquet").unlink()
    found = audited(folder)
    assert gate(found, "readable")[1] == 2
    assert gate(found, "judged") == ("failed", 1)


def test_a_row_that_is_no_sample_is_counted(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "d", [honest(), honest(id="b")], [studio()])
    path = next((folder / "data").iterdir())
    table = pq.read_table(path)
    rows = table.to_pylist()
    rows[1]["answer"]["value"] = "Yes"  # a count that says Yes
    pq.write_table(table.from_pylist(rows, schema=table.schema), path)
    assert gate(audited(folder), "readable") == ("failed", 1)


def test_no_dataset_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DatasetError, match="no such folder"):
        audited(tmp_path / "none")
    assert main(["audit", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_the_page_shows_findings_and_pictures(tmp_path: Path, width: int) -> None:
    import io

    from PIL import Image

    sink = io.BytesIO()
    Image.new("RGB", (160, 120), (90, 120, 90)).save(sink, "PNG")
    png = [sink.getvalue()]
    hostile = "<script>alert(1)</script> How many?"
    wrong = ask(
        "object_count", 3, {"camera": 0, "category": "trash can"}, images=png, question=hostile
    )
    pair = ask(
        "camera_motion",
        "right",
        {"clip": 0, "frame_a": 0, "frame_b": 1},
        options=("left", "right"),
        images=png * 2,
    )
    video = ask(
        "absolute_distance", 0.78, {"clip": 1, "a": N["sofa"], "b": N["plant"]}, images=png * 36
    )
    folder = write_dataset(tmp_path / "d", [wrong, pair, video], [studio()])
    assert (
        main(
            [
                "audit",
                str(folder),
                "--page",
                str(tmp_path / "a.html"),
                "--json",
                str(tmp_path / "a.json"),
            ]
        )
        == 1
    )
    assert_self_contained(tmp_path / "a.html", width)
    with visit(tmp_path / "a.html", width) as seen:
        assert seen.page.locator(".card").count() == 3
        assert seen.page.locator(".card svg").count() == 3
        assert "another answer" in seen.page.inner_text("ul.findings")
        assert "<script>" in seen.page.inner_text(".grid")
    assert main(["report", str(tmp_path / "a.json"), "--out", str(tmp_path / "b.html")]) == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
