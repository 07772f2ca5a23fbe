"""Trust folders for sample cards: certificates with their list of digests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from scripts.specimens.pki import SampleCA

__all__ = ["write_trust"]


def write_trust(folder: Path, *authorities: SampleCA) -> Path:
    """Write each CA certificate and ``anchors.json`` (profile ``sample``); no private key."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for ca in authorities:
        name = f"sample-ca-{ca.generation}.crt"
        (folder / name).write_bytes(ca.certificate)
        digest = hashlib.sha256(ca.certificate).hexdigest()
        rows.append({"file": name, "sha256": digest, "profile": "sample", "generation": ca.generation})
    path = folder / "anchors.json"
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return path
