"""Training of the patch network: a seed gives the same bits again, and what was trained is exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")

from scripts.training.patch_data import Cards, Role, middle, role_of  # noqa: E402
from scripts.training.patch_net import PatchNet  # noqa: E402
from scripts.training.patch_train import export, scores, train  # noqa: E402
from scripts.training.schooling import Schooling  # noqa: E402
from service.scoring.plan import patch_plans  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""torch's exporter without further packages is the older one, and says so in several ways."""
PLACES = len(patch_plans()["jp.residence_card.gen1"].places)
TINY = Schooling(steps=3, cards=4, patches=6, seed=5, threads=1)


def _cards(count: int = 8) -> Cards:
    """Noise for genuine cards; every second one is forged, with a pattern in all or in three places."""
    rng = np.random.default_rng(3)
    patches = rng.integers(90, 160, (count, PLACES, 80, 80, 3)).astype(np.uint8)
    altered = np.zeros((count, PLACES), np.bool_)
    altered[1::4], altered[3::4, :3] = True, True
    patches[altered, ::3] = 20
    rows = [
        {"id": f"0-{i // 2}-{i % 2}", "pair": i // 2, "forged": bool(i % 2), "renderer": "a",
         "family": ("genuine", "copy_laser", "genuine", "edit_birth")[i % 4]}
        for i in range(count)
    ]  # fmt: skip
    return Cards(rows, patches, np.ones((count, PLACES), np.bool_), altered)


def test_the_same_seed_gives_the_same_model_bit_for_bit(tmp_path: Path) -> None:
    files = [tmp_path / "one.onnx", tmp_path / "two.onnx"]
    for path in files:
        export(train(_cards(), TINY), path)
    one, two = (path.read_bytes() for path in files)
    assert one == two
    assert len(one) <= 4 * 1024 * 1024


def test_another_seed_gives_another_model(tmp_path: Path) -> None:
    net = train(_cards(), TINY)
    other = train(_cards(), Schooling(steps=3, cards=4, patches=6, seed=6, threads=1))
    assert any((a != b).any() for a, b in zip(net.parameters(), other.parameters(), strict=True))


def test_the_exported_network_gives_the_scores_of_the_trained_one(tmp_path: Path) -> None:
    cards, path = _cards(4), tmp_path / "net.onnx"
    torch.manual_seed(1)
    net = PatchNet(PLACES).eval()
    export(net, path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    cards.shown[0, 5:9] = False
    for number, expected in enumerate(scores(net, cards)):
        pixels = middle(cards.patches[number]).transpose(0, 3, 1, 2).astype(np.float32)
        feed = {"patches": pixels, "shown": cards.shown[number].astype(np.float32)}
        places, card = session.run(["places", "card"], feed)
        assert places.shape == (PLACES, 2)
        np.testing.assert_allclose(card, expected, atol=1e-3)


def test_what_is_not_shown_changes_nothing() -> None:
    cards = _cards(2)
    cards.shown[:, 4:9] = False
    torch.manual_seed(1)
    net = PatchNet(PLACES).eval()
    before = scores(net, cards)
    cards.patches[:, 4:9] = 255
    np.testing.assert_allclose(scores(net, cards), before, atol=1e-5)


@pytest.mark.parametrize(
    ("row", "role"),
    [
        ({"renderer": "a", "family": "genuine", "pair": 1}, Role.TEACH),
        ({"renderer": "a", "family": "genuine", "pair": 3}, Role.KEPT),
        ({"renderer": "b", "family": "genuine", "pair": 1}, Role.REPORT),
        ({"renderer": "c", "family": "copy_laser", "pair": 1}, Role.REPORT),
        ({"renderer": "a", "family": "recapture_screen", "pair": 1}, Role.REPORT),
        ({"renderer": "a", "family": "printed_card", "pair": 1}, Role.REPORT),
    ],
)
def test_what_is_reported_on_never_teaches(row: dict[str, object], role: str) -> None:
    assert role_of(row) == role
