"""The fingerprints of a run's cards, read from its Parquet files into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from service.archive.links.persons import Persons
from service.archive.links.serials import HASH_BYTES
from service.errors import ConfigurationError
from service.imaging.ground_print import GROUND_NUMBERS
from service.workshops import PHOTO_NUMBERS

__all__ = ["ArchivePrints", "Sketches", "read_prints"]

_TEXT_BYTES = 64
_PLACE_BYTES = 40


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of those cards that have one."""

    cards: NDArray[np.int64]
    """(m,) index of each row's card."""
    rows: NDArray[np.int8]
    """(m, numbers)."""


@dataclass(frozen=True, slots=True)
class ArchivePrints:
    """Fingerprints of n cards, in the order of their ids."""

    ids: NDArray[np.str_]
    references: tuple[str | None, ...]
    """The operator's own words for the cards."""
    layouts: NDArray[np.int64]
    """Place of each card's layout among ``layout_names``, -1 for none."""
    layout_names: tuple[str, ...]
    persons: Persons
    number_hashes: tuple[str | None, ...]
    series: NDArray[np.bytes_]
    """(n, 3) hashes of the two blocks of the number and of its end; empty where it was not read."""
    serials: NDArray[np.float64]
    issued: NDArray[np.float64]
    """Days; NaN where the date of issue was not read."""
    photo: Sketches
    ground: Sketches
    devices: NDArray[np.int64]
    """Equal where the file says the same of the device that wrote it; -1 where it says nothing."""
    codings: NDArray[np.int64]
    places: NDArray[np.float32]
    """(n, 10) size of the picture and the card's corners in it, pixels; NaN where unknown."""

    def __len__(self) -> int:
        return len(self.ids)


def read_prints(files: Sequence[Path]) -> ArchivePrints:
    """Read the ``cards`` files of a run; ConfigurationError where one has no fingerprints."""
    tables = [_read(path) for path in sorted(files)]
    if not tables:
        raise ConfigurationError("there are no result files to link")
    table = pa.concat_tables(tables).sort_by("card_id")
    prints = table["fingerprints"].combine_chunks()
    if isinstance(prints, pa.ChunkedArray):
        prints = prints.chunk(0) if prints.num_chunks else pa.array([], prints.type)
    columns = {name: prints.field(name) for name in (f.name for f in prints.type)}
    hashes, layouts = columns["number"].to_pylist(), table["layout"].to_pylist()
    return ArchivePrints(
        ids=np.array(table["card_id"].to_pylist(), dtype=np.str_),
        references=tuple(table["reference"].to_pylist()),
        layouts=_codes(layouts),
        layout_names=tuple(sorted({name for name in layouts if name is not None})),
        persons=Persons(
            _bytes(columns["name"], _TEXT_BYTES), _bytes(columns["birth"], _TEXT_BYTES), _codes(hashes)
        ),
        number_hashes=tuple(hashes),
        series=_series(columns["series"].to_pylist()),
        serials=_floats(columns["serial"]),
        issued=_floats(columns["issued_day"]),
        photo=_sketches(columns["photo"], PHOTO_NUMBERS),
        ground=_sketches(columns["ground"], GROUND_NUMBERS),
        devices=_codes(columns["device"].to_pylist()),
        codings=_codes(columns["coding"].to_pylist()),
        places=_places(columns["place"].to_pylist()),
    )


def _read(path: Path) -> Any:
    try:
        return pq.read_table(path, columns=["card_id", "reference", "layout", "fingerprints"])
    except (OSError, pa.ArrowException, KeyError) as error:
        raise ConfigurationError(f"{path.name} cannot be read for its fingerprints") from error


def _codes(values: Sequence[str | None]) -> NDArray[np.int64]:
    """Small numbers in place of texts, -1 for None."""
    known = {text: index for index, text in enumerate(sorted({v for v in values if v is not None}))}
    return np.array([-1 if v is None else known[v] for v in values], np.int64)


def _floats(column: Any) -> NDArray[np.float64]:
    return np.array([np.nan if v is None else v for v in column.to_pylist()], np.float64)


def _bytes(column: Any, size: int) -> NDArray[np.uint8]:
    """(n, size); zeros where there is nothing, or nothing of that size."""
    rows = [v if v is not None and len(v) == size else bytes(size) for v in column.to_pylist()]
    return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), size)


def _sketches(column: Any, size: int) -> Sketches:
    values = column.to_pylist()
    cards = [index for index, value in enumerate(values) if value is not None and len(value) == size]
    rows = np.frombuffer(b"".join(values[index] for index in cards), np.int8)
    return Sketches(np.array(cards, np.int64), rows.reshape(len(cards), size))


def _series(values: Sequence[bytes | None]) -> NDArray[np.bytes_]:
    empty = bytes(3 * HASH_BYTES)
    joined = b"".join(v if v is not None and len(v) == len(empty) else empty for v in values)
    return np.frombuffer(joined, f"S{HASH_BYTES}").reshape(len(values), 3)


def _places(values: Sequence[bytes | None]) -> NDArray[np.float32]:
    unknown = np.full(10, np.nan, np.float32).tobytes()
    joined = b"".join(v if v is not None and len(v) == _PLACE_BYTES else unknown for v in values)
    return np.frombuffer(joined, np.float32).reshape(len(values), 10)
