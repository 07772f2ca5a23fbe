"""Ray over the same shards: the same bytes as on one machine, also where a machine is lost in the middle.

Two nodes of a cluster run as processes of this machine. Skipped by name where Ray is not installed; it is too
large to be installed for a test alone: ``pip install 'honmono[ray]'``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pyarrow.parquet as pq
import pytest

from scripts.bench_archive import draw
from service.settings import ROOT

ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")

FILES = 240
CARDS = 8
PROGRAM = "from service.cli import main; main()"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's stand-in, which waits and finds nothing."""
    monkeypatch.setenv("HONMONO_ENGINE_LOADER", "tests.archive.engines:slow")


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    from ray.cluster_utils import Cluster

    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    monkeypatch.setenv("PYTHONPATH", path)
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 80_000_000})
    yield nodes
    nodes.shutdown()


def command(archive: Path, out: Path, *words: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        PROGRAM,
        "recheck",
        str(archive),
        "--out",
        str(out),
        "--workers",
        "2",
        *words,
    ]


def files(out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (out / "cards").rglob("*.parquet")}


@pytest.mark.slow
@pytest.mark.usefixtures("slow")
def test_a_machine_that_is_lost_costs_no_card_and_doubles_none(cluster: object, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for number in range(FILES):
        (archive / f"{number:03}.jpg").write_bytes(b"x")
    data = {"HONMONO_DATA_DIR": str(tmp_path / "data")}
    subprocess.run(
        command(archive, tmp_path / "local"), env=os.environ | data, cwd=ROOT, check=True, timeout=600
    )

    lost = cluster.add_node(num_cpus=1, object_store_memory=80_000_000)  # type: ignore[attr-defined]
    address = {"RAY_ADDRESS": cluster.address}  # type: ignore[attr-defined]
    running = subprocess.Popen(
        command(archive, tmp_path / "ray", "--engine", "ray"), env=os.environ | data | address, cwd=ROOT
    )
    while len(files(tmp_path / "ray")) < 3 and running.poll() is None:
        sleep(0.1)
    assert running.poll() is None, "it must still be running when the machine is lost"
    cluster.remove_node(lost, allow_graceful=False)  # type: ignore[attr-defined]
    assert running.wait(600) == 0
    assert files(tmp_path / "ray") == files(tmp_path / "local")
    tables = [pq.read_table(file) for file in (tmp_path / "ray" / "cards").rglob("*.parquet")]
    ids = [id for table in tables for id in table.column("card_id").to_pylist()]
    assert len(ids) == len(set(ids)) == FILES


@pytest.mark.slow
def test_the_engine_itself_says_the_same_on_two_nodes(cluster: object, tmp_path: Path) -> None:
    """Real pages, real models, one process on each of two nodes: the same bytes as on one machine."""
    archive = tmp_path / "archive"
    draw(archive, cards=CARDS, cheap=64, seed=11)
    cluster.add_node(num_cpus=1, object_store_memory=80_000_000)  # type: ignore[attr-defined]
    data = {"HONMONO_DATA_DIR": str(tmp_path / "data")}
    address = {"RAY_ADDRESS": cluster.address}  # type: ignore[attr-defined]
    for name, words in (("local", ()), ("ray", ("--engine", "ray"))):
        subprocess.run(
            command(archive, tmp_path / name, "--profile", "sample", *words),
            env=os.environ | data | address, cwd=ROOT, check=True, timeout=900,
        )  # fmt: skip
    assert len(files(tmp_path / "local")) > 2, "each node must have had a share"
    assert files(tmp_path / "ray") == files(tmp_path / "local")
    tables = [pq.read_table(file) for file in (tmp_path / "ray" / "cards").rglob("*.parquet")]
    rows = [row for table in tables for row in table.select(["card_id", "verdict"]).to_pylist()]
    assert len({row["card_id"] for row in rows}) == len(rows) >= CARDS
    assert sum(row["verdict"] == "no_sign_of_forgery" for row in rows) >= CARDS - 1
