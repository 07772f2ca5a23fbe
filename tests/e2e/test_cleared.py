"""A text typed over in a finished picture, at the real service; who hides a part of a text is no forger."""

from __future__ import annotations

import pytest

from scripts.specimens.stream import forgeries
from scripts.specimens.values import FIELD_BOXES
from tests.e2e.samples import samples
from tests.e2e.service import Service
from tests.e2e.test_copied import case, said
from tests.e2e.test_edited import HONEST, laid_at, opened, saved

CHECK = "forensics.cleared_ground"


@pytest.mark.parametrize(("family", "field"), [("edit_birth", "date_of_birth"), ("edit_name", "name_latin")])
def test_a_text_typed_over_is_told_by_its_ground(service: Service, family: str, field: str) -> None:
    pictures, _, request, _ = next(forgeries(family, 79, 1, "scan", "b"))
    answer = service.verify({"front": pictures["front"]}, {**request, "store": "none", "detail": "full"})
    found = next(c for c in answer.json["checks"] if c["id"] == CHECK)
    assert (found["result"], found["reason"]) == ("suspect", "forensics.cleared_ground.cleared")
    x, y, w, h = found["region"]["box"]
    left, top, right, bottom = FIELD_BOXES[field]
    assert left < x + w / 2 < right
    assert top < y + h / 2 < bottom
    assert answer.json["verdict"] in ("suspect", "forged")


@pytest.mark.parametrize("name", [name for name in samples() if name.startswith("genuine-")])
def test_the_ground_of_genuine_cards_runs_on(service: Service, name: str) -> None:
    sample = samples()[name]
    found, _ = said(service, sample, sample.read("front"), CHECK)
    assert found["result"] != "suspect"


@pytest.mark.parametrize("how", HONEST)
@pytest.mark.parametrize("field", ["address", "card_number", "date_of_birth"])
def test_a_text_whose_end_was_hidden_accuses_nobody(service: Service, field: str, how: str) -> None:
    """The first third of it can still be read."""
    card = opened(case("b"))
    x0, y0, x1, y1 = FIELD_BOXES[field]
    hidden = laid_at(case("b"), (x0 + (x1 - x0) / 3, y0, x1, y1), HONEST[how](card), card)
    found, verdict = said(service, case("b"), saved(hidden), CHECK)
    assert found["result"] != "suspect"
    assert verdict in ("no_sign_of_forgery", "inconclusive")
