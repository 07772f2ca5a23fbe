"""Tables, report and diff over written shards: complete, safe to open, and silent about persons."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from service.archive import diff, report, table
from service.archive.folder import RunFolder
from service.archive.item import CheckRow, Names, QualityRow
from service.archive.plan import Shard
from service.archive.shard import work_shard
from service.archive.work import Done
from service.errors import ConfigurationError
from tests.archive.cards import JOB, NOW, Scripted, done, item

NAME, NUMBER, FILE = "MARIA KEINE PERSON", "AB12345678CD", "秘密の名前.jpg"
BAD = CheckRow(
    "text.period",
    "text",
    "fail",
    "text.period.not_allowed",
    "rule",
    "decisive",
    margin=-0.4,
    side="front",
    box=(0.1, 0.2, 0.3, 0.1),
)
GOOD = replace(BAD, result="pass", reason="text.period.allowed", margin=0.6, box=None, side=None)
SHARP = QualityRow("front", "colour", "scan", 0.8, 12.0, 0.0, 0.0, 1.0, 200.0, 90.0)


def one(number: int, **columns: Any) -> Done:
    usual: dict[str, Any] = {
        "verdict": "no_sign_of_forgery",
        "reference_time": NOW,
        "reference_source": "exif",
        "issue_year": 2020 + number % 3,
        "status_of_residence": "留学",
        "stay_until": date(2027, 1 + number, 1),
        "checks": (GOOD,),
        "quality": (SHARP,),
        "engine_version": "0.1.0",
        "models_digest": "m",
        "policy_id": "default",
        "policy_version": "1",
        "trust_profile": "sample",
    }
    made = done(item(f"{number}.jpg"), 0, **(usual | columns))
    return replace(made, names=Names(made.row.card_id, (FILE,), NUMBER, NAME))


def written(place: Path, rows: list[Done], *, names: bool = False) -> RunFolder:
    folder = RunFolder(place)
    folder.begin({"policy": "default", "reference_time": None, "trust_profile": "sample"}, NOW)
    by_path = {f"{n}.jpg": row for n, row in enumerate(rows)}
    reader = Scripted(lambda work, part: part(by_path[work.item.parts[0].entry.path]))
    work_shard(Shard("c3" * 8, tuple(item(name) for name in by_path)), JOB, folder, reader, names=names)
    return folder


ROWS = [
    one(0),
    one(1, verdict="suspect", checks=(BAD,)),
    one(2, verdict=None, problem="empty-file", checks=(), quality=(), reference_time=None),
    one(3, reference="=HYPERLINK(\"http://x\")"),
]  # fmt: skip


def cells(folder: RunFolder) -> list[dict[str, str]]:
    data = (folder.path / "cards.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(data.decode("utf-8-sig").splitlines()))


def test_the_sheet_has_every_row_and_no_formula(tmp_path: Path) -> None:
    folder = written(tmp_path, ROWS)
    found = table.write_tables(folder, names=False)
    sheet = cells(folder)
    assert (found.cards, dict(found.verdicts)) == (4, {"no_sign_of_forgery": 2, "suspect": 1, "problem": 1})
    assert [row["against"] for row in sheet] == ["", "text.period.not_allowed", "", ""]
    assert sheet[3]["reference"].startswith("'=")
    assert not any(cell[:1] in ("=", "+", "-", "@") for row in sheet for cell in row.values())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\n+"])
def test_no_cell_begins_a_formula(start: str) -> None:
    assert not table.safe(f"{start}1+1").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_names_are_in_the_sheet_only_when_asked(tmp_path: Path) -> None:
    folder = written(tmp_path, ROWS, names=True)
    for names in (True, False):
        table.write_tables(folder, names=names)
        text = (folder.path / "cards.csv").read_text(encoding="utf-8")
        assert all((word in text) is names for word in (NAME, NUMBER, FILE))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.outwards: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in ("meta", "rect", "line", "i", "image", "br"):
            self.open.append(tag)
        self.outwards += [
            v for k, v in attrs if k in ("href", "src") and v and not v.startswith(("data:", "#"))
        ]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass


def test_the_report_stands_alone_and_names_nobody(tmp_path: Path) -> None:
    folder = written(tmp_path, ROWS, names=True)
    text = report.write_report(folder, names=False, pictures=False).read_text(encoding="utf-8")
    page = _Links()
    page.feed(text)
    assert "script" not in page.tags
    assert page.outwards == []
    assert page.open == []
    assert not any(word in text for word in (NAME, NUMBER, FILE))
    assert "does not prove" in text
    assert ROWS[1].row.card_id in text
    assert "text.period.not_allowed" in text
    assert "&lt;" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    named = report.write_report(folder, names=True, pictures=False).read_text(encoding="utf-8")
    assert all(word in named for word in (NAME, NUMBER, FILE))


def test_pictures_are_in_the_report_only_when_asked(tmp_path: Path) -> None:
    rows = [replace(ROWS[1], picture=b"\xff\xd8JPEG")]
    rows = [replace(rows[0], row=replace(rows[0].row, card_id=done(item("0.jpg")).row.card_id))]
    folder = written(tmp_path, rows)
    shown = {
        pictures: "data:image/jpeg"
        in report.write_report(folder, names=False, pictures=pictures).read_text("utf-8")
        for pictures in (True, False)
    }
    assert shown == {True: True, False: False}


def test_what_a_card_says_cannot_write_html(tmp_path: Path) -> None:
    row = one(0, verdict="suspect", status_of_residence="<script>x</script>", reference='"><img src=x>')
    text = report.write_report(written(tmp_path, [row]), names=False, pictures=False).read_text("utf-8")
    assert "<script" not in text
    assert "<img" not in text


def test_the_views_answer_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    folder = written(tmp_path, ROWS)
    table.write_tables(folder, names=False)
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as base:
        base.execute((tmp_path / "views.sql").read_text(encoding="utf-8"))
        assert base.sql("SELECT count(*), count(verdict) FROM cards").fetchall() == [(4, 3)]
        assert base.sql("SELECT reason, cards FROM findings").fetchall() == [("text.period.not_allowed", 1)]
        assert base.sql("SELECT count(*) FROM quality WHERE sharpness > 0.7").fetchall() == [(3,)]
        assert base.sql("SELECT count(*), min(seconds) FROM timings").fetchall() == [(4, 0.5)]


def test_a_diff_tells_verdicts_and_checks_that_differ(tmp_path: Path) -> None:
    written(tmp_path / "a", ROWS[:3])
    written(tmp_path / "b", [one(0, verdict="suspect", checks=(BAD,)), *ROWS[1:]])
    found = diff.changes(tmp_path / "a", tmp_path / "b")
    assert (found.both, found.only_before, found.only_after) == (3, 0, 1)
    assert found.moves == {("no_sign_of_forgery", "suspect"): 1}
    (change,) = found.changed
    assert change.checks == ("text.period: pass -> fail",)
    diff.write_changes(found, tmp_path / "changes.csv")
    assert "text.period: pass -> fail" in (tmp_path / "changes.csv").read_text(encoding="utf-8-sig")


def test_a_folder_without_results_cannot_be_compared(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no results"):
        diff.changes(tmp_path, tmp_path)


def test_a_folder_is_not_gone_on_with_for_something_else(tmp_path: Path) -> None:
    folder = written(tmp_path, ROWS[:1])
    with pytest.raises(ConfigurationError, match="another policy"):
        folder.begin({"policy": "strict", "reference_time": None, "trust_profile": "sample"}, NOW)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.doc").touch()
    with pytest.raises(ConfigurationError, match="other things"):
        RunFolder(tmp_path / "foreign").begin({}, NOW)


def test_the_folder_says_how_long_it_may_be_kept(tmp_path: Path) -> None:
    folder = written(tmp_path, ROWS[:1])
    assert "PERSONAL DATA" in (folder.path / "RETENTION.txt").read_text(encoding="utf-8")
    assert (folder.path.stat().st_mode & 0o077) == 0 or folder.path == tmp_path
