"""The columns of the result files, with their version. ``docs/archive.md`` lists them.

One shard is three Parquet files of one name: ``cards`` (everything that was found), ``timings`` (how long it
took, apart, so that ``cards`` of two runs can be compared byte for byte) and, where asked for, ``names``.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from service.archive.links.fingerprints import FIELDS

__all__ = ["CARDS", "NAMES", "SCHEMA_VERSION", "TIMINGS"]

SCHEMA_VERSION = 1
"""Raised when a column changes its meaning or goes; a new column alone does not raise it."""

_BOX = pa.list_(pa.float32())
_FILE = pa.struct(
    [
        ("role", pa.string()),
        ("sha256", pa.string()),
        ("media_type", pa.string()),
        ("page", pa.int32()),
        ("place", _BOX),
    ]
)
_QUALITY = pa.struct(
    [
        ("side", pa.string()),
        ("colour", pa.string()),
        ("kind", pa.string()),
        *[
            (name, pa.float32())
            for name in (
                "sharpness",
                "px_per_mm",
                "glare",
                "cut_off",
                "perspective",
                "brightness",
                "contrast",
            )
        ],
        ("faults", pa.list_(pa.string())),
    ]
)
_CHECK = pa.struct(
    [
        ("id", pa.string()),
        ("group", pa.string()),
        ("result", pa.string()),
        ("reason", pa.string()),
        ("basis", pa.string()),
        ("effect", pa.string()),
        ("not_run_reason", pa.string()),
        ("measured", pa.float64()),
        ("threshold", pa.float64()),
        ("margin", pa.float64()),
        ("weight_bits", pa.float64()),
        ("side", pa.string()),
        ("box", _BOX),
    ]
)


def _cards() -> pa.Schema:
    columns: list[tuple[str, Any]] = [
        ("card_id", pa.string()),
        ("content_id", pa.string()),
        ("source", pa.string()),
        ("files", pa.list_(_FILE)),
        ("first", pa.bool_()),
        ("reference", pa.string()),
        ("paired_by", pa.string()),
        ("problem", pa.string()),
        ("problem_detail", pa.string()),
        ("verdict", pa.string()),
        ("verdict_reason", pa.string()),
        ("next_action", pa.string()),
        ("assurance", pa.string()),
        ("score", pa.float64()),
        ("score_band", pa.string()),
        ("layout", pa.string()),
        ("layout_confidence", pa.float64()),
        ("reference_time", pa.timestamp("s", tz="UTC")),
        ("reference_source", pa.string()),
        ("status_of_residence", pa.string()),
        ("issue_year", pa.int16()),
        ("card_valid_until", pa.date32()),
        ("stay_until", pa.date32()),
        ("card_state", pa.string()),
        ("stay_state", pa.string()),
        ("work_state", pa.string()),
        ("quality", pa.list_(_QUALITY)),
        ("checks", pa.list_(_CHECK)),
        ("limits", pa.list_(pa.string())),
        ("engine_version", pa.string()),
        ("models_digest", pa.string()),
        ("policy_id", pa.string()),
        ("policy_version", pa.string()),
        ("trust_profile", pa.string()),
        ("trust_digest", pa.string()),
        ("fingerprints", pa.struct(list(FIELDS.items()))),
    ]
    return pa.schema(columns, metadata={"honmono.schema": str(SCHEMA_VERSION)})


CARDS = _cards()
"""One row per card."""
TIMINGS = pa.schema(
    [
        ("card_id", pa.string()),
        ("seconds", pa.float32()),
        ("stages", pa.map_(pa.string(), pa.float32())),
        ("rechecked_at", pa.timestamp("s", tz="UTC")),
    ],
    metadata={"honmono.schema": str(SCHEMA_VERSION)},
)
"""How long each row took: seconds in all, milliseconds by stage."""
NAMES = pa.schema(
    [
        ("card_id", pa.string()),
        ("paths", pa.list_(pa.string())),
        ("card_number", pa.string()),
        ("name", pa.string()),
    ],
    metadata={"honmono.schema": str(SCHEMA_VERSION)},
)
"""File names, card numbers and names, only where they were asked for."""
