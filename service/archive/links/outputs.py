"""Links as files: Parquet for programs, CSV for spreadsheets, GraphML for graph tools."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from service.archive.links.evidence import KINDS
from service.archive.links.linking import Linked
from service.evidence import Box
from service.imaging.ground_print import region_box

__all__ = ["LINKS", "ClusterRow", "cluster_rows", "write_clusters", "write_graph", "write_links"]

LINKS: Final = pa.schema(
    [
        ("left", pa.string()),
        ("right", pa.string()),
        ("reason", pa.string()),
        ("strength_bits", pa.float32()),
        *[(f"{kind}_bits", pa.float32()) for kind in KINDS],
        ("region", pa.list_(pa.float32())),
        ("cluster", pa.int32()),
    ]
)
"""One row per link: two ``card_id``, the strongest reason, bits in all and of each kind, the place on the
front where the ground is alike (x, y, width, height as fractions; null for other reasons), the cluster."""


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """One card of a cluster."""

    cluster: int
    cards: int
    """Cards in the cluster."""
    card_id: str
    reference: str | None
    links: int
    strongest_bits: float
    reasons: str
    """Codes of its links, with commas between."""


def region_of(linked: Linked, row: int) -> Box | None:
    """Where the ground of a link is alike; None for a link of another kind."""
    if linked.bits[row, KINDS.index("ground")] <= 0 or linked.reason(row) != "link.ground":
        return None
    ground = next(look for look in linked.looks if look.kind == "ground")
    boxes = np.array([region_box(r) for r in ground.views[int(linked.views[row])].regions])
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    x, y, w, h = (round(float(v), 4) for v in (*low, *(high - low)))
    return x, y, w, h


def write_links(linked: Linked, path: Path) -> None:
    """Every link, the strongest first."""
    order = np.lexsort((linked.pairs[:, 1], linked.pairs[:, 0], -linked.strengths)).tolist()
    ids, strengths = linked.prints.ids, linked.strengths
    rows = [
        {
            "left": str(ids[linked.pairs[row, 0]]),
            "right": str(ids[linked.pairs[row, 1]]),
            "reason": linked.reason(row),
            "strength_bits": float(strengths[row]),
            **{f"{kind}_bits": float(linked.bits[row, at]) for at, kind in enumerate(KINDS)},
            "region": region_of(linked, row),
            "cluster": int(linked.clusters[linked.pairs[row, 0]]),
        }
        for row in order
    ]
    pq.write_table(pa.Table.from_pylist(rows, LINKS), path)


def cluster_rows(linked: Linked) -> Iterator[ClusterRow]:
    """Cards of all clusters, the largest cluster first."""
    strengths = linked.strengths
    links: dict[int, list[int]] = {}
    for row, (a, b) in enumerate(linked.pairs.tolist()):
        links.setdefault(a, []).append(row)
        links.setdefault(b, []).append(row)
    sizes = np.bincount(linked.clusters)
    for card in sorted(links, key=lambda c: (int(linked.clusters[c]), c)):
        rows, cluster = links[card], int(linked.clusters[card])
        yield ClusterRow(
            cluster=cluster,
            cards=int(sizes[cluster]),
            card_id=str(linked.prints.ids[card]),
            reference=linked.prints.references[card],
            links=len(rows),
            strongest_bits=round(float(strengths[rows].max()), 1),
            reasons=",".join(sorted({linked.reason(row) for row in rows})),
        )


def write_clusters(linked: Linked, path: Path) -> None:
    """One line per card; a text that a spreadsheet would take for a formula is made harmless."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(ClusterRow.__slots__)
        for row in cluster_rows(linked):
            values = [getattr(row, name) for name in ClusterRow.__slots__]
            out.writerow([_harmless(v) if isinstance(v, str) else v for v in values])


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def write_graph(linked: Linked, path: Path) -> None:
    """GraphML (http://graphml.graphdrawing.org): nodes are cards, edges links with reason and strength."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        for key, owner, kind in (
            ("cluster", "node", "int"),
            ("reason", "edge", "string"),
            ("weight", "edge", "double"),
        ):
            file.write(f'<key id="{key}" for="{owner}" attr.name="{key}" attr.type="{kind}"/>\n')
        file.write('<graph id="links" edgedefault="undirected">\n')
        for card in np.unique(linked.pairs).tolist():
            node = quoteattr(str(linked.prints.ids[card]))
            file.write(f'<node id={node}><data key="cluster">{linked.clusters[card]}</data></node>\n')
        for row, (a, b) in enumerate(linked.pairs.tolist()):
            ends = (quoteattr(str(linked.prints.ids[card])) for card in (a, b))
            strength = linked.strengths[row]
            file.write("<edge source={} target={}>".format(*ends))
            file.write(f'<data key="reason">{linked.reason(row)}</data>')
            file.write(f'<data key="weight">{strength:.2f}</data></edge>\n')
        file.write("</graph>\n</graphml>\n")
