"""Shards of a data set: a table and the patches of some pairs, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scripts.dataset.cards import Judged

__all__ = ["SCHEMA", "is_set", "load_patches", "load_rows", "shard_path", "write_shard"]

CHECK = pa.struct(
    [
        ("id", pa.string()), ("group", pa.string()), ("result", pa.string()), ("reason", pa.string()),
        ("not_run_reason", pa.string()), ("effect", pa.string()), ("measured", pa.float64()),
        ("threshold", pa.float64()), ("margin", pa.float64()),
    ]
)  # fmt: skip
SCHEMA = pa.schema(
    [
        ("id", pa.string()), ("seed", pa.int64()), ("pair", pa.int64()), ("forged", pa.bool_()),
        ("family", pa.string()), ("group", pa.string()), ("renderer", pa.string()), ("style", pa.string()),
        ("altered", pa.list_(pa.list_(pa.float64()))), ("kind", pa.string()), ("device", pa.string()),
        ("dpi", pa.int64()), ("hardness", pa.float64()), ("width", pa.int64()), ("height", pa.int64()),
        ("wear", pa.float64()), ("jpeg_quality", pa.int64()), ("subsampling", pa.int64()),
        ("saved_before", pa.int64()), ("nationality", pa.string()), ("name_script", pa.string()),
        ("sex", pa.string()), ("skin_tone", pa.int64()), ("age", pa.int64()), ("photo", pa.bool_()),
        ("status", pa.string()), ("has_chip", pa.bool_()), ("tilt", pa.string()),
        ("verdict", pa.string()), ("verdict_reason", pa.string()), ("layout", pa.string()),
        ("layout_confidence", pa.float64()), ("px_per_mm", pa.float64()), ("sharpness", pa.float64()),
        ("has_patches", pa.bool_()), ("checks", pa.list_(CHECK)),
    ]
)  # fmt: skip


def is_set(folder: Path) -> bool:
    """Whether a folder holds tables of cards."""
    return any(folder.glob("cards-*.parquet"))


def shard_path(folder: Path, number: int) -> Path:
    """The table of a shard; its patches stand beside it as ``.npz``."""
    return folder / f"cards-{number:05d}.parquet"


def _moved(write: Any, path: Path) -> None:
    """Write beside the place and move there, so that a reader never sees half a file."""
    rough = path.with_name(f".{path.name}.{os.getpid()}")
    with rough.open("wb") as out:
        write(out)
    rough.replace(path)


def write_shard(folder: Path, number: int, cards: Sequence[Judged]) -> Path:
    """Write patches first and the table last: a shard whose table stands is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    path = shard_path(folder, number)
    kept = [card for card in cards if card.patches is not None]
    if kept:
        arrays = {
            "id": np.array([card.row["id"] for card in kept]),
            "patches": np.stack([card.patches for card in kept if card.patches is not None]),
            "shown": np.stack([card.shown for card in kept if card.shown is not None]),
        }
        _moved(lambda out: np.savez(out, allow_pickle=False, **arrays), path.with_suffix(".npz"))
    table = pa.Table.from_pylist([card.row for card in cards], schema=SCHEMA)
    _moved(lambda out: pq.write_table(table, out, compression="zstd"), path)
    return path


def load_rows(folder: Path, columns: Iterable[str] | None = None) -> pa.Table:
    """All tables of a folder as one, in the order of their shards."""
    tables = [
        pq.read_table(path, columns=columns and list(columns))
        for path in sorted(folder.glob("cards-*.parquet"))
    ]
    return pa.concat_tables(tables)


def load_patches(folder: Path) -> tuple[list[str], Any, Any]:
    """Ids, patches (n, places, side, side, 3) and which are shown (n, places) of all complete shards."""
    ids: list[str] = []
    patches, shown = [], []
    for path in sorted(folder.glob("cards-*.parquet")):
        beside = path.with_suffix(".npz")
        if beside.exists():
            with np.load(beside) as data:
                ids += [str(id) for id in data["id"]]
                patches.append(data["patches"])
                shown.append(data["shown"])
    return ids, np.concatenate(patches), np.concatenate(shown)
