"""The command on a real archive of specimens, with the real engine: who is read, when, and who is named."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from service import __version__
from service.archive.folder import RunFolder
from service.archive.progress import progress_on
from service.archive.run import Asked, recheck
from service.errors import ConfigurationError, PolicyUnknown
from service.settings import Settings
from tests.archive.cards import NOW, encoded, page, person, scanned
from tests.e2e.service import HONMONO, ROOT, environment

OLD, YOUNG = 3, 2
"""A card of 2014, and one that was issued seven years later."""


@dataclass(frozen=True)
class Run:
    """An archive with the folder of its results."""

    archive: Path
    out: Path
    data: Path

    def __call__(self, *words: str, code: int = 0) -> str:
        command = [
            str(HONMONO),
            "recheck",
            str(self.archive),
            "--out",
            str(self.out),
            "--profile",
            "sample",
            *words,
        ]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment() | {"HONMONO_DATA_DIR": str(self.data)},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    @cached_property
    def named(self) -> dict[str, list[dict[str, Any]]]:
        """Rows by the path of their item's first file."""
        paths: dict[str, str] = {}
        for file in RunFolder(self.out).tables("names"):
            paths |= {row["card_id"]: row["paths"][0] for row in pq.read_table(file).to_pylist()}
        found: dict[str, list[dict[str, Any]]] = {}
        for row in rows(self.out):
            found.setdefault(paths[row["card_id"]], []).append(row)
        return found


def rows(out: Path) -> list[dict[str, Any]]:
    return [row for file in RunFolder(out).tables() for row in pq.read_table(file).to_pylist()]


def everything(out: Path, left_out: Sequence[str] = ()) -> bytes:
    """Bytes of a run's folder, Parquet as text; ``left_out`` are folders that are not looked at."""
    texts = []
    for file in sorted(out.rglob("*")):
        if file.is_file() and file.relative_to(out).parts[0] not in left_out:
            texts.append(str(file.relative_to(out)).encode())
            texts.append(
                repr(pq.read_table(file).to_pylist()).encode()
                if file.suffix == ".parquet"
                else file.read_bytes()
            )
    return b"\n".join(texts)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("recheck")
    archive = root / "田中太郎"
    archive.mkdir()
    one, two = person(OLD), person(YOUNG)
    for side, card in (("front", one.front), ("back", one.back)):
        (archive / f"山田花子_{side}.jpg").write_bytes(
            encoded(scanned(card), "JPEG", quality=90, dpi=(300, 300))
        )
    first = page((300, 300, one.front), (300, 1200, one.back))
    second = page((80, 300, two.front), (1300, 300, two.back))
    made = time.gmtime(one.copied.timestamp())
    (archive / "scans.pdf").write_bytes(
        encoded(first, "PDF", save_all=True, append_images=[second], resolution=300, creationDate=made)
    )
    grey = scanned(two.front).convert("L")
    (archive / "grey.tif").write_bytes(encoded(grey, "TIFF", compression="tiff_lzw", dpi=(300, 300)))
    (archive / "empty.jpg").touch()
    (archive / "loop").symlink_to(archive)
    for file in archive.iterdir():
        if not file.is_symlink():
            day = two.copied if file.suffix == ".tif" else one.copied
            os.utime(file, (day.timestamp(), day.timestamp()))
    whole = Run(archive, root / "out", root / "data")
    whole("--names", "--workers", "2")
    return whole


def test_two_files_of_one_card_are_one_row_judged_on_the_day_of_the_copy(run: Run) -> None:
    (row,) = run.named["山田花子_front.jpg"]
    assert row["verdict"] == "no_sign_of_forgery"
    assert (row["paired_by"], [file["role"] for file in row["files"]]) == ("name", ["front", "back"])
    assert (row["reference_time"], row["reference_source"]) == (person(OLD).copied, "modified")
    assert row["card_state"] == "valid"
    assert row["card_valid_until"] < NOW.date(), "it is expired today, and was not then"
    assert row["status_of_residence"] == person(OLD).data.status


def test_pages_are_cut_up_and_sides_put_together(run: Run) -> None:
    found = run.named["scans.pdf"]
    assert [[(f["role"], f["page"]) for f in row["files"]] for row in found] == [
        [("front", 1), ("back", 1)],
        [("front", 2), ("back", 2)],
    ]
    assert [row["first"] for row in found] == [True, False]
    assert [row["reference_source"] for row in found] == ["pdf", "run"], (
        "a younger card is not from the future"
    )
    assert {row["paired_by"] for row in found} == {"page"}
    assert len({row["card_id"] for row in found}) == 2
    assert not {row["verdict"] for row in found} & {"suspect", "forged", "invalid"}
    assert [file["place"][0] for file in found[1]["files"]] == pytest.approx([0.02, 0.50], abs=0.03)


def test_a_grey_copy_is_not_accused_of_being_grey(run: Run) -> None:
    (row,) = run.named["grey.tif"]
    assert "monochrome_capture" in row["limits"]
    assert row["verdict"] in ("no_sign_of_forgery", "inconclusive")
    assert row["quality"][0]["colour"] == "grey"


def test_what_is_no_card_has_a_row_that_says_so(run: Run) -> None:
    assert [row["problem"] for name in ("empty.jpg", "loop") for row in run.named[name]] == [
        "empty-file",
        "link-not-followed",
    ]


def test_nobody_is_named_unless_asked(run: Run) -> None:
    """The first run was asked for names; the same command without them must leave them in ``names`` alone."""
    before = {file: file.read_bytes() for file in RunFolder(run.out).tables()}
    told = run()
    assert "6 were done before" in told.replace("\n", " ") or "were done before" in told
    assert before == {file: file.read_bytes() for file in RunFolder(run.out).tables()}, (
        "nothing is done twice"
    )
    named = [row for file in RunFolder(run.out).tables("names") for row in pq.read_table(file).to_pylist()]
    secrets = {row[key] for row in named for key in ("card_number", "name") if row[key]}
    assert len(secrets) >= 4
    kept = everything(run.out, left_out=["names"])
    for word in (*secrets, "山田花子", "田中太郎", "scans.pdf"):
        assert word.encode() not in kept, word


def test_only_what_an_older_engine_judged_is_judged_again(run: Run) -> None:
    before = {row["card_id"] for row in rows(run.out)}
    assert "0 rows were made now" in run("--since-version", __version__)
    assert not (run.out / "earlier").exists()
    assert {row["card_id"] for row in rows(run.out)} == before


def test_a_file_that_is_gone_leaves_the_results(run: Run) -> None:
    (run.archive / "empty.jpg").unlink()
    (run.archive / "scans.pdf").unlink()
    (run.archive / "grey.tif").unlink()
    run()
    assert len(rows(run.out)) == 2
    assert list((run.out / "earlier").rglob("*.parquet"))


def here(tmp_path: Path, **asked: Any) -> Path:
    """A run inside this process over an empty archive; the folder of its results."""
    (tmp_path / "a").mkdir()
    out = tmp_path / "out"
    limits = Settings(data_dir=tmp_path / "data", trust_profile="sample")
    recheck(
        Asked(str(tmp_path / "a"), out, **asked),
        limits,
        lambda total: progress_on(Console(quiet=True), total),
    )
    return out


@pytest.mark.parametrize("asked", [{"since_version": "new"}, {"policy": "nobodys"}])
def test_wrong_use_is_told_before_anything_is_begun(tmp_path: Path, asked: dict[str, str]) -> None:
    with pytest.raises((ConfigurationError, PolicyUnknown)):
        here(tmp_path, **asked)
    assert not (tmp_path / "out").exists()


def test_an_empty_archive_is_a_finished_run(tmp_path: Path) -> None:
    assert (here(tmp_path) / "report.html").is_file()
