from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from service.archive.links import find_links
from service.archive.links.outputs import LINKS
from service.errors import ConfigurationError
from service.workshops import Seen, WorkshopIndex
from tests.archive.links.made import CIPHER, Made

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with a workshop of six and a number used twice."""
    made, folder = Made(5), tmp_path_factory.mktemp("run")
    for _ in range(120):
        made.add()
    template = made.template(14.0, regions=range(12))
    for _ in range(6):
        made.add(ground=made.ground(template))
    for _ in range(2):
        made.add(number="AB12345678CD")
    (folder / "cards" / "part=aa").mkdir(parents=True)
    made.write(folder / "cards" / "part=aa" / "aa00.parquet")
    find_links(folder)
    return folder


def test_the_table_has_reason_strength_and_place(run: Path) -> None:
    table = pq.read_table(run / "links.parquet")
    assert table.schema.equals(LINKS)
    rows = table.to_pylist()
    assert [row["strength_bits"] for row in rows] == sorted((r["strength_bits"] for r in rows), reverse=True)
    assert {row["reason"] for row in rows} == {"link.ground", "link.number"}
    grounds = [row for row in rows if row["reason"] == "link.ground"]
    assert all(len(row["region"]) == 4 for row in grounds)
    assert all(row["region"] is None for row in rows if row["reason"] == "link.number")
    assert all(0 <= v <= 1 for row in grounds for v in row["region"])


def test_the_graph_and_the_spreadsheet_say_the_same(run: Path) -> None:
    graph = ElementTree.parse(run / "links.graphml").getroot().find(f"{GRAPHML}graph")
    assert graph is not None
    nodes = {node.attrib["id"]: node.findtext(f"{GRAPHML}data") for node in graph.findall(f"{GRAPHML}node")}
    edges = graph.findall(f"{GRAPHML}edge")
    assert sorted(Counter(nodes.values()).items()) == [("1", 6), ("2", 2)]
    assert all(nodes[edge.attrib["source"]] == nodes[edge.attrib["target"]] for edge in edges)
    assert {edge.findtext(f"{GRAPHML}data") for edge in edges} == {"link.ground", "link.number"}
    with (run / "links.clusters.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["card_id"] for row in rows} == set(nodes)
    assert [row["cluster"] for row in rows] == ["1"] * 6 + ["2"] * 2


def test_the_drawing_is_well_formed_and_needs_nothing_beside_it(run: Path) -> None:
    text = (run / "links.html").read_text(encoding="utf-8")
    root = ElementTree.fromstring(f"<section>{text}</section>")
    figures = root.findall(".//figure")
    assert [len(figure.findall(".//circle")) for figure in figures] == [6, 2]
    assert not {"src", "href"} & {name for node in root.iter() for name in node.attrib}
    assert "no verdict was changed" in text
    assert "ref-" not in text


def test_the_index_knows_the_linked_cards_alone(run: Path) -> None:
    index = WorkshopIndex.from_bytes((run / "links.index").read_bytes())
    assert (len(index), index.clusters, len(index.grounds.rows)) == (8, 2, 1)
    number = CIPHER.fingerprint("registry number", b"AB12345678CD")
    assert sum(hit.same_number for hit in index.hits(Seen(number=number))) == 2
    assert index.hits(Seen(number=CIPHER.fingerprint("registry number", b"ZZ12345678ZZ"))) == ()
    assert index.without(number).hits(Seen(number=number)) == ()
    assert len(index.without(number)) == 6


def test_no_draft_is_left(run: Path) -> None:
    assert sorted(path.name for path in run.iterdir()) == [
        "cards", "links.clusters.csv", "links.graphml", "links.html", "links.index", "links.parquet",
    ]  # fmt: skip


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no results"):
        find_links(tmp_path)


@pytest.mark.parametrize("data", [b"", b"no index", b"PK\x03\x04 broken"])
def test_what_is_no_index_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigurationError):
        WorkshopIndex.from_bytes(data)
