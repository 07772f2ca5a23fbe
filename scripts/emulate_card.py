"""Lay a specimen on the virtual card reader of this machine (vsmartcard-vpcd), to try `honmono read-chip`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.specimens.playable import NotPlayable, open_dump, sample_anchors
from scripts.specimens.software_card import SoftwareCard
from scripts.specimens.virtual_reader import PORT, connect, play

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dump", type=Path, help="residence-card-dump/1 that a sample CA has signed")
    parser.add_argument("--trust", type=Path, default=ROOT / "sample_cards" / "trust", help="the sample CAs")
    parser.add_argument("--port", type=int, default=PORT, help="of the virtual reader, on loopback only")
    options = parser.parse_args()
    try:
        specimen = open_dump(options.dump.read_bytes(), sample_anchors(options.trust))
    except NotPlayable as refused:
        print(f"emulate_card: {refused}", file=sys.stderr)
        return 2
    try:
        line = connect(options.port, seconds=5)
    except OSError:
        print(f"emulate_card: no virtual reader listens on 127.0.0.1:{options.port}", file=sys.stderr)
        return 2
    print(f"The specimen {specimen.card_number} lies on the virtual reader. Ctrl-C takes it off.", flush=True)
    try:
        play(SoftwareCard(specimen.files, specimen.card_number), line)
    except KeyboardInterrupt:
        line.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
