"""Training as steps in order: data, patches, fusion. Each reads what those before it left in the folders."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from scripts.dataset.families import SURFACE
from scripts.dataset.own import OWN, write_own
from scripts.dataset.shards import is_set
from scripts.make_dataset import main as make_dataset
from scripts.training.fusion import train_fusion
from scripts.training.manifest import pin
from scripts.training.patch_data import (
    LEFT_OUT,
    TRAIN_RENDERERS,
    Cards,
    Role,
    joined,
    load_cards,
    role_of,
)
from scripts.training.schooling import Schooling

__all__ = ["FULL", "STANDARD", "STEPS", "Training"]


@dataclass(frozen=True)
class Training:
    """One run of training."""

    data: Path = Path("data/training")
    """Where the data set is, or is made."""
    models: Path = Path("models")
    """Where the models and their manifest are written."""
    seed: int = 21
    cards: int = 2000
    """Cards that the service judges."""
    surface_cards: int = 1600
    """Further cards, not judged, that teach the patch network alone."""
    workers: int = 2
    schooling: Schooling = field(default_factory=Schooling)
    added: tuple[Path, ...] = ()
    """An operator's own cards: labelled folders, exports of decided cases, or sets of the same form."""

    @property
    def sets(self) -> list[Path]:
        """Every set of cards, the operator's written beside the drawn one."""
        return [self.data, *(path if is_set(path) else self._written(path) for path in self.added)]

    def _written(self, path: Path) -> Path:
        name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
        return self.data.parent / f"{self.data.name}-own-{name}"

    @property
    def surfaces(self) -> Path:
        """Where the cards are that are not judged."""
        return self.data / "surfaces"

    def sized(self, cards: int | None, steps: int | None) -> Training:
        """The run with other numbers of cards, those not judged in proportion, and of training steps."""
        wanted = cards or self.cards
        surfaces = 2 * round(self.surface_cards * wanted / self.cards / 2)
        schooling = replace(self.schooling, steps=steps or self.schooling.steps)
        return replace(self, cards=wanted, surface_cards=max(2, surfaces), schooling=schooling)

    def seeded(self, seed: int, threads: int) -> Training:
        """The run with another seed and number of threads for both data and network."""
        return replace(
            self, seed=seed, schooling=replace(self.schooling, seed=seed, threads=threads), workers=threads
        )


STANDARD = Training()
FULL = Training(cards=12_000, surface_cards=10_000, schooling=Schooling(steps=6000, cards=14))
"""``--full``: six times the cards and about ten times the training."""


def make_data(run: Training) -> None:
    """The data set, or what of it is missing, cards that are not judged, and the operator's own sets."""
    families = sorted(set(SURFACE) - LEFT_OUT)
    common = ["--workers", str(run.workers)]
    make_dataset(["--out", str(run.data), "--cards", str(run.cards), "--seed", str(run.seed), *common])
    make_dataset(
        ["--out", str(run.surfaces), "--cards", str(run.surface_cards), "--seed", str(run.seed + 10),
         "--renderers", *sorted(TRAIN_RENDERERS - {OWN}), "--families", *families, "--patches-only", *common]
    )  # fmt: skip
    for source, folder in zip(run.added, run.sets[1:], strict=True):
        if folder != source and not is_set(folder):
            print(f"{write_own(source, folder)} cards of {source.name}", flush=True)


def taught(run: Training) -> Cards:
    """The cards that teach the patch network; those that are not judged all do."""
    judged = load_cards([folder for folder in run.sets if any(folder.glob("*.npz"))])
    cards = [judged.where([role_of(row) == Role.TEACH for row in judged.rows])]
    if run.surfaces.exists():
        extra = load_cards([run.surfaces])
        cards.append(extra.where([role_of(row) != Role.REPORT for row in extra.rows]))
    return joined(cards)


def train_patches(run: Training) -> None:
    """The patch network, on the cards whose role it is to teach."""
    from scripts.training.patch_train import export, train  # torch is needed by this step alone

    cards = taught(run)
    print(f"{len(cards.rows)} cards teach the patch network", flush=True)
    path = run.models / "patch-net.onnx"
    export(train(cards, run.schooling), path)
    pin(run.models / "manifest.json", "patch-net", path)


def train_scores(run: Training) -> None:
    """The fusion model with its calibration, on what the checks and the patch network say of the data set."""
    figures = train_fusion(run.sets, run.models)
    print(f"card-forgery: {figures}", flush=True)


STEPS: Mapping[str, Callable[[Training], None]] = {
    "data": make_data,
    "patches": train_patches,
    "fusion": train_scores,
}
"""In the order in which they run."""
