"""Training as steps in order: data, patches, fusion. Each reads what those before it left in the folders."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from scripts.dataset.own import write_own
from scripts.dataset.shards import is_set
from scripts.make_dataset import main as make_dataset
from scripts.training.fusion import train_fusion
from scripts.training.patch_data import Role, load_cards, role_of
from scripts.training.patch_train import Schooling, export, pin, train

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

    def seeded(self, seed: int, threads: int) -> Training:
        """The run with another seed and number of threads for both data and network."""
        return replace(
            self, seed=seed, schooling=replace(self.schooling, seed=seed, threads=threads), workers=threads
        )


STANDARD = Training()
FULL = Training(cards=12_000, schooling=Schooling(steps=6000, cards=14))
"""``--full``: six times the cards and about ten times the training."""


def make_data(run: Training) -> None:
    """The data set, or what of it is missing, and the operator's own sets."""
    make_dataset(
        ["--out", str(run.data), "--cards", str(run.cards), "--seed", str(run.seed),
         "--workers", str(run.workers)]
    )  # fmt: skip
    for source, folder in zip(run.added, run.sets[1:], strict=True):
        if folder != source and not is_set(folder):
            print(f"{write_own(source, folder)} cards of {source.name}", flush=True)


def train_patches(run: Training) -> None:
    """The patch network, on the cards whose role it is to teach."""
    cards = load_cards([folder for folder in run.sets if any(folder.glob("*.npz"))])
    taught = cards.where([role_of(row) == Role.TEACH for row in cards.rows])
    print(f"{len(taught.rows)} of {len(cards.rows)} cards teach the patch network", flush=True)
    path = run.models / "patch-net.onnx"
    export(train(taught, run.schooling), path)
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
