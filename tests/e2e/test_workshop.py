"""From an archive to a verification: one number on two people's cards, imported, asked, forgotten."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scripts.specimens.front import render_front
from scripts.specimens.people import CardData, card_data
from tests.archive.cards import encoded, scanned
from tests.e2e.service import HONMONO, ROOT, environment, serving

TAKEN = "AB12345678CD"


@dataclass(frozen=True)
class Office:
    """One installation: an archive, its results, and the data folder that holds the index."""

    folder: Path

    def command(self, *words: str, given: str = "", code: int = 0) -> str:
        done = subprocess.run(
            [str(HONMONO), *words],
            cwd=ROOT,
            env=environment(data_dir=self.folder / "data", links=True),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def asked(self, *cards: CardData) -> list[dict[str, Any]]:
        """What the registry's check says of each card, on a running service."""
        found = []
        (self.folder / "service").mkdir(exist_ok=True)
        with serving(self.folder / "service", data_dir=self.folder / "data") as service:
            for card in cards:
                request = {"reference_time": f"{card.reference_date}T12:00:00+09:00"}
                answer = service.verify({"front": front(card)}, request)
                assert answer.status == 200, answer.body
                found.append(next(c for c in answer.json["checks"] if c["id"] == "registry.workshop"))
        return found


def cards() -> list[CardData]:
    """Five people, the first two with one number."""
    made = [card_data(np.random.default_rng(700 + i), child=False) for i in range(5)]
    return [replace(card, card_number=TAKEN) if i < 2 else card for i, card in enumerate(made)]


def front(card: CardData) -> bytes:
    return encoded(scanned(Image.fromarray(render_front(card)[..., ::-1])), "PNG")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    archive = folder / "archive"
    archive.mkdir()
    for place, card in enumerate(cards()[:4]):
        (archive / f"{place}.png").write_bytes(front(card))
    found = Office(folder)
    found.command("recheck", str(archive), "--out", str(folder / "run"), "--profile", "sample")
    return found


def test_a_number_on_two_cards_is_met_again_and_forgotten(office: Office) -> None:
    run = str(office.folder / "run")
    assert "2 of 4 cards in 1 clusters" in office.command("links", "find", run)
    assert "2 cards of 1 clusters" in office.command("links", "import", run, "--days", "30")
    assert "wsi_" in office.command("links", "list")
    third = replace(cards()[4], card_number=TAKEN)
    met, stranger = office.asked(third, cards()[4])
    assert met["reason"] == "registry.workshop.number_linked"
    assert (met["result"], met["effect"]) == ("inconclusive", "informative")
    assert TAKEN not in str(met)
    assert stranger["reason"] == "registry.workshop.not_linked"
    assert "erased 2 cards" in office.command("links", "forget", given=f"{TAKEN}\n")
    assert office.asked(third)[0]["reason"] == "registry.workshop.not_linked"


def test_a_folder_without_links_and_a_number_that_is_none_are_refused(office: Office, tmp_path: Path) -> None:
    office.command("links", "import", str(tmp_path), code=2)
    office.command("links", "find", str(tmp_path), code=2)
    office.command("links", "forget", given="no number\n", code=2)
    office.command("links", "remove", "wsi_00000000000000000000000000", code=2)
