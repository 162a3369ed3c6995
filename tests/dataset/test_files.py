"""Files are whole or absent, whatever goes wrong."""

import hashlib
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from waywiser.errors import DatasetError
from waywiser.io import check_writable, remove_partial, sha256, write_atomically, write_table


def test_writes_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "file.bin"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]
    assert sha256(path) == hashlib.sha256(b"two").hexdigest()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_one_line_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    write_atomically(path, b"old")
    (tmp_path / f".file.bin.partial-{os.getpid()}").symlink_to("/dev/full")
    with pytest.raises(DatasetError, match="the disk is full") as caught:
        write_atomically(path, b"new" * 10_000)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatasetError, match="cannot write") as caught:
        write_atomically(tmp_path / "file" / "inner.bin", b"x")
    assert "\n" not in str(caught.value)


def test_a_place_is_checked_before_long_work_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file" / "inner.json", tmp_path):
        with pytest.raises(DatasetError, match="cannot write"):
            check_writable(place)
    check_writable(tmp_path / "new.json")
    check_writable(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "in the way"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_leftovers_of_killed_runs_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    leftover = tmp_path / "data" / ".a.parquet.partial-123"
    kept = tmp_path / "data" / "a.parquet"
    leftover.write_bytes(b"half")
    kept.write_bytes(b"whole")
    remove_partial(tmp_path)
    assert kept.exists()
    assert not leftover.exists()


def test_a_repeated_picture_is_stored_once(tmp_path: Path) -> None:
    picture = os.urandom(100_000)
    schema = pa.schema(
        [("images", pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())])))]
    )
    rows = [{"images": [{"bytes": picture, "path": "a.png"}]}] * 20
    path = tmp_path / "a.parquet"
    write_table(path, pa.Table.from_pylist(rows, schema=schema), row_group_size=256)
    assert path.stat().st_size < 110_000
    assert pq.read_table(path).to_pylist() == rows
    first = path.read_bytes()
    write_table(path, pa.Table.from_pylist(rows, schema=schema), row_group_size=256)
    assert path.read_bytes() == first
