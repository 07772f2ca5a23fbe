"""Listing an archive: what is odd becomes an entry with its fault, and nothing is followed out of it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.archive.item import Entry, PairedBy, PartRole
from service.archive.plan import shards
from service.archive.problems import Unread
from service.archive.sources import Opener, open_source
from service.archive.sources.folders import local_folders
from service.archive.sources.zips import ZipMembers
from service.errors import ConfigurationError
from service.settings import ROOT
from tests.archive.cards import JOB

MIB = 1024 * 1024


def entries(root: Path) -> list[Entry]:
    return [entry for folder in local_folders(root) for entry in folder]


def faults(root: Path) -> dict[str, str | None]:
    return {entry.path: entry.fault for entry in entries(root)}


def test_folders_are_listed_in_one_order_and_system_files_left_out(tmp_path: Path) -> None:
    for name in (
        "b/2.jpg",
        "b/1.jpg",
        "a/x.png",
        "top.pdf",
        "b/.DS_Store",
        "a/Thumbs.db",
        "__MACOSX/1.jpg",
        "._a",
    ):
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"x")
    assert [entry.path for entry in entries(tmp_path)] == ["top.pdf", "a/x.png", "b/1.jpg", "b/2.jpg"]


def test_the_folder_of_the_results_is_no_part_of_the_archive(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "cards.csv").write_bytes(b"x")
    (tmp_path / "1.jpg").write_bytes(b"x")
    source = open_source(str(tmp_path), tmp_path / "out")
    assert [part.entry.path for item in source.items() for part in item.parts] == ["1.jpg"]


def test_links_and_loops_are_told_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "loop").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    assert faults(tmp_path) == dict.fromkeys(("gone", "passwd", "inner/loop"), "link-not-followed")


def test_devices_and_pipes_are_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert faults(tmp_path) == {"pipe": "not-a-file"}


def test_a_folder_that_cannot_be_listed_is_one_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests run as root, whom no permission stops: the refusal is put in by hand."""
    for name in ("open", "shut"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.jpg").write_bytes(b"x")
    listed = os.scandir

    def refused(path: str) -> Any:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr("service.archive.sources.folders.os.scandir", refused)
    assert faults(tmp_path) == {"open/1.jpg": None, "shut/": "folder-unreadable"}


def test_names_that_are_no_utf_8_are_listed_and_opened(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\x8d\xdd\x97\xaf.jpg"  # 在留 in Shift JIS
    with open(name, "wb") as file:
        file.write(b"scan")
    (entry,) = entries(tmp_path)
    assert os.fsencode(entry.path) == b"\x8d\xdd\x97\xaf.jpg"
    assert Opener().read(entry, 10) == b"scan"
    assert len(next(shards(open_source(str(tmp_path)).items(), JOB, 16)).id) == 16


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty-file"), (b"12345678901", "payload-too-large"), (None, "missing-file")]
)
def test_what_cannot_be_opened_says_why(tmp_path: Path, content: bytes | None, code: str) -> None:
    place = tmp_path / "1.jpg"
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(Unread) as caught:
        Opener().read(Entry("1.jpg", str(place)), 10)
    assert caught.value.code == code


def test_a_header_of_two_gigabytes_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    with (tmp_path / "large.tif").open("wb") as file:
        file.write(b"II*\x00\x08\x00\x00\x00")
        file.truncate(2 * 1024 * MIB)
    (entry,) = entries(tmp_path)
    tracemalloc.start()
    with pytest.raises(Unread, match="more bytes"):
        Opener().read(entry, 256 * MIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MIB


PLANNING = """
import resource, sys, time
from service.archive.plan import shards
from service.archive.sources import open_source
from tests.archive.cards import JOB
most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, began = most(), time.process_time()
found = sum(len(shard.items) for shard in shards(open_source(sys.argv[1]).items(), JOB, 16))
print(found, most() - before, time.process_time() - began)
"""


def test_a_hundred_thousand_tiny_files_are_planned_in_little_memory(tmp_path: Path) -> None:
    for folder in range(100):
        place = tmp_path / f"{folder:02}"
        place.mkdir()
        for number in range(1000):
            os.close(os.open(place / f"{number:04}.jpg", os.O_CREAT | os.O_WRONLY))
    done = subprocess.run(
        [sys.executable, "-c", PLANNING, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found, grown_mib, seconds = (float(word) for word in done.stdout.split())
    assert found == 100_000
    assert grown_mib < 40
    assert seconds < 60, "processor time"


def zipped(*members: tuple[str, bytes]) -> ZipMembers:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2019, 4, 1, 9, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return ZipMembers(out)


def members(archive: ZipMembers) -> dict[str, str | None]:
    return {entry.path: entry.fault for folder in archive.folders() for entry in folder}


def test_tricks_of_a_zip_are_rows_and_the_rest_is_read() -> None:
    archive = zipped(
        ("../../etc/cron.d/x", b"x"), ("/abs.jpg", b"x"), ("a/1.jpg", b"scan"), ("__MACOSX/a", b"x")
    )
    found = members(archive)
    assert found == {"../../etc/cron.d/x": "name-refused", "/abs.jpg": "name-refused", "a/1.jpg": None}
    (entry,) = [e for folder in archive.folders() for e in folder if e.fault is None]
    assert archive.read(int(entry.locator), 10) == b"scan"
    assert entry.modified == pytest.approx(1554076800)  # 2019-04-01 09:00 in Japan


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_two_entries() -> None:
    archive = zipped(("1.jpg", b"first"), ("1.jpg", b"second"))
    found = [entry for folder in archive.folders() for entry in folder]
    assert [archive.read(int(entry.locator), 10) for entry in found] == [b"first", b"second"]


def test_a_bomb_is_stopped_at_the_limit_whatever_the_directory_says() -> None:
    archive = zipped(("bomb.tif", b"\0" * (64 * MIB)))
    tracemalloc.start()
    with pytest.raises(Unread, match="more bytes"):
        archive.read(0, MIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MIB


def test_a_damaged_member_is_its_own_problem() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.jpg", b"scan" * 100)
    data = bytearray(out.getvalue())
    data[60] ^= 0xFF
    with pytest.raises(Unread) as caught:
        ZipMembers(io.BytesIO(bytes(data))).read(0, 1000)
    assert caught.value.code == "archive-damaged"


def test_an_encrypted_member_is_told() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.jpg", b"scan")
    data = bytearray(out.getvalue())
    data[data.rfind(b"PK\x01\x02") + 8] |= 0x1
    assert members(ZipMembers(io.BytesIO(bytes(data)))) == {"1.jpg": "encrypted"}


def test_what_is_no_zip_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no archive")
    with pytest.raises(ConfigurationError, match="ZIP"):
        list(open_source(str(tmp_path / "a.zip")).items())


LINES = [
    {"front": "f/1.jpg", "back": "f/2.jpg", "chip": None, "reference": "社員-7", "scan_date": "2019-04-01"},
    {"front": None, "back": None, "chip": "c.json", "reference": None, "scan_date": "2020-01-02T03:04:05Z"},
]


def write_manifest(folder: Path, kind: str) -> Path:
    place = folder / f"list.{kind.partition(' ')[0]}"
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(LINES), place)
    elif kind == "ndjson":
        place.write_text("".join(json.dumps(line) + "\n" for line in LINES), encoding="utf-8")
    else:
        head = "front,back,chip,reference,scan_date\r\n"
        body = "f/1.jpg,f/2.jpg,,社員-7,2019/04/01\r\n,,c.json,,2020-01-02T03:04:05Z\r\n"
        place.write_bytes((head + body).encode(kind.partition(" ")[2]))
    return place


@pytest.mark.parametrize("kind", ["parquet", "ndjson", "csv utf-8", "csv utf-8-sig", "csv cp932"])
def test_manifests_of_every_kind_say_the_same(tmp_path: Path, kind: str) -> None:
    pair, chip = open_source(str(write_manifest(tmp_path, kind))).items()
    assert [(p.role, p.entry.locator) for p in pair.parts] == [
        (PartRole.FRONT, f"{tmp_path}/f/1.jpg"),
        (PartRole.BACK, f"{tmp_path}/f/2.jpg"),
    ]
    assert (pair.reference, pair.paired_by) == ("社員-7", PairedBy.MANIFEST)
    assert pair.scan_date is not None
    assert pair.scan_date.isoformat() == "2019-04-01T12:00:00+09:00"
    assert [part.role for part in chip.parts] == [PartRole.CHIP]
    assert chip.scan_date is not None
    assert chip.scan_date.timestamp() == 1577934245


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("no json", "manifest-line-invalid"),
        ("[1]", "manifest-line-invalid"),
        ('{"reference": "a"}', "no-evidence"),
        ('{"front": "a.jpg", "scan_date": "yesterday"}', "manifest-line-invalid"),
        ('{"front": 7}', "manifest-line-invalid"),
        ('{"front": "a\\u0000.jpg"}', "manifest-line-invalid"),
    ],
)
def test_a_bad_line_is_a_row_of_its_own(tmp_path: Path, line: str, fault: str) -> None:
    place = tmp_path / "list.ndjson"
    place.write_text(f'{line}\n{{"front": "b.jpg"}}\n', encoding="utf-8")
    bad, good = open_source(str(place)).items()
    assert bad.parts[0].entry.fault == fault
    assert good.parts[0].entry.fault is None


def test_a_manifest_without_its_columns_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("picture,who\na.jpg,b\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no column"):
        list(open_source(str(tmp_path / "list.csv")).items())


def test_an_archive_that_is_not_there_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no archive"):
        open_source(str(tmp_path / "nowhere"))
