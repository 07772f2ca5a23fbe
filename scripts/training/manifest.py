"""The manifest of models: every file with its digest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

__all__ = ["pin"]


def pin(manifest: Path, id: str, path: Path) -> None:
    """Write the digest of a model into the manifest, with a line of its own where it has none."""
    rows = json.loads(manifest.read_text(encoding="utf-8"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    known = next((row for row in rows if row["id"] == id), None)
    if known is None:
        known = {"id": id, "file": path.name, "sha256": "", "card": path.with_suffix(".md").name}
        rows.append(known)
    known["sha256"] = digest
    manifest.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
