"""The step of a re-check that links its cards, from the shards of a run to the files beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from service.archive.links.archive_prints import read_prints
from service.archive.links.drawing import fragment
from service.archive.links.index import index_of
from service.archive.links.linking import Linked, link
from service.archive.links.outputs import write_clusters, write_graph, write_links
from service.errors import ConfigurationError

__all__ = ["CLUSTERS", "FRAGMENT", "GRAPH", "INDEX", "LINK_TABLE", "Found", "find_links"]

LINK_TABLE: Final = "links.parquet"
CLUSTERS: Final = "links.clusters.csv"
GRAPH: Final = "links.graphml"
FRAGMENT: Final = "links.html"
INDEX: Final = "links.index"
"""Files beside the shards. ``links.html`` is a fragment for the report, ``links.index`` is what
``honmono links import`` reads."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of linking a run, in numbers."""

    cards: int
    links: int
    clusters: int
    linked_cards: int


def find_links(run: Path) -> Found:
    """Link the cards of a run's folder and write what was found beside them, each file whole or not at all.

    Raises ConfigurationError where there are no results to link.
    """
    files = sorted((run / "cards").rglob("*.parquet"))
    if not files:
        raise ConfigurationError(f"{run.name} holds no results of a re-check")
    linked = link(read_prints(files))
    writers: dict[str, Callable[[Path], None]] = {
        LINK_TABLE: lambda path: write_links(linked, path),
        CLUSTERS: lambda path: write_clusters(linked, path),
        GRAPH: lambda path: write_graph(linked, path),
        FRAGMENT: lambda path: _write_text(path, fragment(linked)),
        INDEX: lambda path: _write_bytes(path, index_of(linked).to_bytes()),
    }
    for name, write in writers.items():
        draft = run / f".{name}.draft"
        write(draft)
        draft.replace(run / name)
    return _counted(linked)


def _counted(linked: Linked) -> Found:
    return Found(
        cards=len(linked.prints),
        links=len(linked.pairs),
        clusters=int(linked.clusters.max(initial=0)),
        linked_cards=int((linked.clusters > 0).sum()),
    )


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _write_bytes(path: Path, data: bytes) -> None:
    path.write_bytes(data)
