"""How well links between forgeries are found, and what they cost: docs/measures/links.md.

    .venv/bin/python -m scripts.measure_links draw --style a --genuine 500 --cards 40 --seed 1
    .venv/bin/python -m scripts.measure_links links
    .venv/bin/python -m scripts.measure_links scale --cards 1000000

``draw`` draws an archive with five planted workshops (a quarter of a second for each card, by far the most of
the time) and keeps its fingerprints in ``.cache/links``; ``links`` links every archive that lies there.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scripts.link_archive import Plan, write
from scripts.specimens.workshops import WORKSHOPS
from service.archive.links.archive_prints import read_prints
from service.archive.links.candidates import near_pairs
from service.archive.links.drawing import fragment
from service.archive.links.likeness import correlations
from service.archive.links.linking import Linked, link, needed_bits

FOLDER = Path(".cache/links")
WHOLE = 5_200
"""Cards of the archive that stands behind the measure: 5,000 genuine and five workshops of 40."""
Truth = NDArray[np.int64]


def truth_of(path: Path) -> tuple[list[str], Truth]:
    """What each card is, in the order of the ids; and the number of its workshop, -1 for genuine."""
    table = pq.read_table(path, columns=["card_id", "truth"]).sort_by("card_id")
    texts: list[str] = table["truth"].to_pylist()
    return texts, np.array([-1 if text.startswith("genuine") else int(text[0]) for text in texts])


def at_whole_share(shops: Truth) -> NDArray[np.bool_]:
    """Genuine cards, and of each workshop as many as would be its share of the whole archive."""
    chosen = shops < 0
    for shop in np.unique(shops[shops >= 0]).tolist():
        mine = np.flatnonzero(shops == shop)
        chosen[mine[: max(1, round(len(mine) * np.count_nonzero(shops < 0) / (WHOLE - 200)))]] = True
    return chosen


def _pairs(sizes: list[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / max(1, whole):.3f})"


def judged(linked: Linked, shops: Truth) -> str:
    """Precision of links and of linked cards, recall of planted cards and of their pairs."""
    a, b = shops[linked.pairs].T if len(linked.pairs) else np.zeros((2, 0), np.int64)
    right = int(np.count_nonzero((a == b) & (a >= 0)))
    in_cluster, planted = linked.clusters > 0, shops >= 0
    forged = int(np.count_nonzero(in_cluster & planted))
    together: list[int] = []
    for shop in np.unique(shops[planted]).tolist():
        mine = linked.clusters[(shops == shop) & in_cluster]
        together += np.unique(mine, return_counts=True)[1].tolist()
    every = _pairs(np.unique(shops[planted], return_counts=True)[1].tolist())
    return "; ".join(
        (
            f"links that are right {_share(right, len(a))}",
            f"linked cards that are forged {_share(forged, int(np.count_nonzero(in_cluster)))}",
            f"forged cards that are linked {_share(forged, int(np.count_nonzero(planted)))}",
            f"pairs of a workshop in one cluster {_share(_pairs(together), every)}",
        )
    )


def links(paths: list[Path]) -> None:
    """Link every archive: at the share of the whole one, as it is, and its genuine cards alone."""
    for path in paths:
        prints, (texts, shops) = read_prints([path]), truth_of(path)
        kinds = [text for text in texts if text.startswith("genuine")]
        again = sum(text != "genuine" for text in kinds)
        print(f"{path.stem}: {len(kinds)} genuine ({again} of one status and day, each twice)")
        began = time.process_time()
        whole = link(prints, at_whole_share(shops), needed_bits(WHOLE))
        print(f"  share of {WHOLE}: {judged(whole, shops)}; {time.process_time() - began:.1f} s")
        for number, workshop in enumerate(WORKSHOPS):
            mine = shops == number
            sizes = np.bincount(whole.clusters[mine])[1:]
            found = np.count_nonzero(whole.clusters[mine])
            parts = ", ".join(str(n) for n in sorted(sizes[sizes > 0].tolist(), reverse=True))
            print(f"    {workshop.name}: {found} of {np.count_nonzero(mine)}, clusters of {parts}")
        print(f"  as it is: {judged(link(prints), shops)}")
        path.with_suffix(".html").write_text(fragment(whole), encoding="utf-8")


def scale(cards: int) -> None:
    """The index alone: slices, sorted neighbours and correlations of so many random sketches."""
    rng = np.random.default_rng(1)
    began = time.process_time()
    rows = rng.integers(-60, 61, (cards, 256), dtype=np.int8)
    groups = cards // 1000
    for _ in range(groups):
        members = rng.integers(cards, size=20)
        rows[members] = np.clip(rows[members[0]] + rng.integers(-25, 26, (20, 256)), -127, 127)
    drawn = time.process_time()
    pairs = near_pairs(rows, bands=32, seed=1)
    indexed = time.process_time()
    alike = correlations(rows, pairs)
    done = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{cards} sketches of 256 numbers ({drawn - began:.0f} s to draw): {indexed - drawn:.1f} s to find "
        f"{len(pairs)} pairs ({len(pairs) / cards:.1f} a card), {done - indexed:.1f} s to compare them, "
        f"{np.count_nonzero(alike > 0.6)} alike; {memory:.2f} GiB at most"
    )


def main() -> None:
    """Draw, link or scale."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("draw", "links", "scale"))
    parser.add_argument("--style", default="a", choices=("a", "b"))
    parser.add_argument("--genuine", type=int, default=500)
    parser.add_argument("--together", type=int, default=60)
    parser.add_argument("--cards", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if asked.what == "draw":
        plan = Plan(asked.style, asked.genuine, asked.together, asked.cards, asked.seed)
        print(write(plan, FOLDER / f"{asked.style}-{asked.genuine}-{asked.seed}.parquet"), "copies")
    elif asked.what == "links":
        links(sorted(FOLDER.glob("*.parquet")))
    else:
        scale(asked.cards)


if __name__ == "__main__":
    main()
