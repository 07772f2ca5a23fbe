from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.cards.layout import layouts
from service.reading.charsets import CHARSETS, charset
from service.reading.pruned import kept_signs
from service.reading.recogniser import Recogniser, TextLine, recogniser


def _line(text: str) -> NDArray[np.uint8]:
    crop = np.full((40, 18 * len(text) + 30, 3), 255, np.uint8)
    cv2.putText(crop, text, (12, 29), cv2.FONT_HERSHEY_DUPLEX, 0.8, (20, 20, 20), 1, cv2.LINE_AA)
    return crop


def test_lines_come_back_in_the_order_they_were_given() -> None:
    texts = ["2014", "CARD", "19851231", "NO"]
    lines = recogniser().read([_line(text) for text in texts], [charset("card_number")] * len(texts))
    assert [line.text for line in lines] == texts
    assert all(len(line.positions) == len(line.char_confidences) == len(line.text) for line in lines)


def test_only_allowed_signs_are_read_and_less_surely() -> None:
    free, masked = recogniser().read([_line("TURNER")] * 2, [charset("latin_name"), charset("digits")])
    assert free.text == "TURNER"
    assert set(masked.text) <= charset("digits").signs
    assert free.confidence > 0.9
    assert masked.confidence < 0.5


def test_no_print_and_no_crop_give_no_text() -> None:
    blank = np.full((30, 80, 3), 230, np.uint8)
    lines = recogniser().read([blank, blank[:0]], [charset("digits"), None])
    assert [(line.text, line.confidence) for line in lines] == [("", 0.0), ("", 0.0)]


def test_crops_and_sets_must_match() -> None:
    with pytest.raises(ValueError, match="sets of signs"):
        recogniser().read([_line("1")], [])


def test_the_pruned_model_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnx")
    from service.models import session
    from service.reading import prune, pruned

    monkeypatch.setattr(prune, "pruned_path", lambda: tmp_path / "model.onnx")
    monkeypatch.setattr(pruned, "pruned_path", lambda: tmp_path / "model.onnx")
    prune.prune()
    small = pruned.pruned_session()
    assert small is not None
    crops, signs = [_line("AB12345678CD"), _line("(DATE)")], [charset("card_number"), charset("any")]
    full = Recogniser(session("text-recogniser", 1)).read(crops, signs)
    less = Recogniser(small).read(crops, signs)
    assert [line.text for line in less] == [line.text for line in full]
    assert [line.confidence for line in less] == pytest.approx([line.confidence for line in full], abs=1e-4)


def test_a_claim_can_be_cut() -> None:
    line = TextLine("AB", 0.9, (0.9, 0.95), (0.2, 0.7)).at_most(0.6)
    assert (line.confidence, line.char_confidences) == (0.6, (0.6, 0.6))


def test_every_layout_uses_known_sets_that_the_recogniser_keeps() -> None:
    kept = kept_signs()
    for known in layouts().values():
        for side in known.sides.values():
            assert {field.charset for field in side.fields} <= set(CHARSETS)
            assert all(set(label.text) <= kept | {" "} for label in side.labels)
