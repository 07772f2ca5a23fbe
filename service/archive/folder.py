"""The folder of a run: what lies where, and writing it so that a file is there whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from service import __version__
from service.archive.schema import SCHEMA_VERSION
from service.errors import ConfigurationError

__all__ = ["RunFolder"]

_RUN = "run.json"
_CARDS, _TIMINGS, _NAMES, _PICTURES, _EARLIER = "cards", "timings", "names", "pictures", "earlier"
_RETENTION = """What lies here came from copies of residence cards. Keep it no longer than its purpose needs.

cards/     verdicts and measures of each card; no names, no numbers, no pictures. Card numbers, names, dates
           of birth and photos are in it only as keyed fingerprints; without the key file of the installation
           (storage.key in its data folder) nothing can be looked up in them.
timings/   how long each card took.
names/     only where --names was asked for: file names, card numbers and names. PERSONAL DATA.
pictures/  only where --pictures was asked for: small pictures of the cards that something speaks against.
           PERSONAL DATA.
earlier/   rows that a later run replaced. Delete it when nobody compares any more.
report.html, cards*.csv, links.*   made from the above; they hold names and pictures only where those were
           asked for.

To erase personal data and keep the statistics: delete names/, pictures/, report.html and cards*.csv, then run
the same command without --names and --pictures: it writes the tables and the report anew.
To erase everything: delete this folder.

A verdict on a copy is a reason to look, and no proof. See what the report says of what it does not prove.

Begun: {begun}    Delete by (fill in): ____________    Responsible (fill in): ____________
"""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One ``--out DIR``."""

    path: Path

    def begin(self, asked: Mapping[str, Any], now: datetime) -> datetime:
        """Make the folder, or go on in it; the time at which the run was first begun.

        Raises ConfigurationError where the folder holds a run that asked something else, or other things.
        """
        known = self.facts()
        if known is None:
            if self.path.is_dir() and any(self.path.iterdir()):
                raise ConfigurationError("--out names a folder that holds other things; choose an empty one.")
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            facts = {"schema": SCHEMA_VERSION, "engine": __version__, "begun": now.isoformat(), **asked}
            self.write_text("RETENTION.txt", _RETENTION.format(begun=now.date().isoformat()))
            self.write_text(_RUN, json.dumps(facts, indent=1) + "\n")
            return now
        if known.get("schema") != SCHEMA_VERSION:
            raise ConfigurationError("--out holds results of another version; choose another folder.")
        other = [name for name, value in asked.items() if known.get(name) != value]
        if other:
            raise ConfigurationError(
                f"--out holds a run with another {', '.join(sorted(other))}; choose another folder."
            )
        return datetime.fromisoformat(known["begun"])

    def facts(self) -> Mapping[str, Any] | None:
        """What the run was begun with, None where there is none."""
        try:
            facts: dict[str, Any] = json.loads((self.path / _RUN).read_text(encoding="utf-8"))
            return facts
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ConfigurationError("run.json in the folder of the results cannot be read.") from error

    def _file(self, kind: str, shard: str) -> Path:
        return self.path / kind / f"part={shard[:2]}" / f"{shard}.parquet"

    def cards(self, shard: str) -> Path:
        """Rows of a shard."""
        return self._file(_CARDS, shard)

    def has(self, shard: str, *, names: bool) -> bool:
        """Whether a shard is done, with its names where they are asked for."""
        return self.cards(shard).is_file() and (not names or self._file(_NAMES, shard).is_file())

    def done(self) -> dict[str, Path]:
        """Shards that are done, by id, in order."""
        files = sorted((self.path / _CARDS).glob("part=*/*.parquet"))
        return {file.stem: file for file in files}

    def write_shard(
        self,
        shard: str,
        cards: pa.Table,
        timings: pa.Table,
        names: pa.Table | None,
        pictures: Mapping[str, bytes],
    ) -> None:
        """Write a shard; its rows last, since they say that it is done."""
        for card_id, data in pictures.items():
            self._write(self.picture(card_id), data)
        if names is not None:
            self._write_table(self._file(_NAMES, shard), names)
        self._write_table(self._file(_TIMINGS, shard), timings)
        self._write_table(self.cards(shard), cards)

    def picture(self, card_id: str) -> Path:
        """Place of a card's picture."""
        return self.path / _PICTURES / card_id[-2:] / f"{card_id}.jpg"

    def retire(self, shard: str) -> None:
        """Put the rows of a shard aside, among what was found earlier."""
        old = self.cards(shard)
        aside = self.path / _EARLIER / old.relative_to(self.path)
        aside.parent.mkdir(parents=True, exist_ok=True)
        old.replace(aside)
        for kind in (_TIMINGS, _NAMES):
            self._file(kind, shard).unlink(missing_ok=True)

    def keep_earlier(self, shard: str) -> None:
        """Keep a copy of the rows that are about to be replaced."""
        old = self.cards(shard)
        aside = self.path / _EARLIER / old.relative_to(self.path)
        aside.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        os.link(old, aside)

    def beside(self, kind: str, shard: str) -> list[dict[str, Any]]:
        """Rows that stand beside those of a shard (``timings``, ``names``); empty where there are none."""
        file = self._file(kind, shard)
        rows: list[dict[str, Any]] = pq.read_table(file).to_pylist() if file.is_file() else []
        return rows

    def tables(self, kind: str = _CARDS) -> Iterator[Path]:
        """Files of one kind, in order."""
        yield from sorted((self.path / kind).glob("part=*/*.parquet"))

    def sweep(self) -> None:
        """Remove drafts that a killed process left."""
        for draft in self.path.rglob(".*.draft"):
            draft.unlink(missing_ok=True)

    def write_text(self, name: str, text: str) -> Path:
        """Write a file of the folder whole."""
        return self._write(self.path / name, text.encode("utf-8"))

    def _write(self, place: Path, data: bytes) -> Path:
        draft = _draft(place)
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
        return place

    def _write_table(self, place: Path, table: pa.Table) -> None:
        draft = _draft(place)
        pq.write_table(table, draft, compression="zstd")
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(place)


def _draft(place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    return place.with_name(f".{place.name}.{secrets.token_hex(4)}.draft")
