"""Train the patch network, choose nothing on what is reported, export it to ONNX."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from scripts.training.patch_data import Cards, augment
from scripts.training.patch_net import SIZE, Exported, PatchNet

__all__ = ["Schooling", "export", "pin", "scores", "train"]

SHARPNESS = 12.0
"""Scale of nearness in the place question."""
MARGIN = 0.15
"""Nearness to its own place above which an altered patch is pushed away."""
AVERAGE = 0.99
OPSET = 20


@dataclass(frozen=True)
class Schooling:
    """How long and how."""

    steps: int = 900
    batch: int = 192
    rate: float = 3e-3
    seed: int = 7
    threads: int = 1


@dataclass(frozen=True)
class Batch:
    """Patches of one step."""

    patches: Tensor
    place: Tensor
    altered: Tensor


class Draws:
    """Batches without end: as many altered patches as genuine ones; genuine ones from every family's pair."""

    def __init__(self, cards: Cards, seed: int) -> None:
        self.cards, self.rng = cards, np.random.default_rng(seed)
        forged = np.array([row["forged"] for row in cards.rows])
        self.genuine = np.argwhere(cards.shown & ~forged[:, None])
        hit = cards.shown & cards.altered
        families = np.array([row["family"] for row in cards.rows])
        self.altered = [
            np.argwhere(hit & (families == f)[:, None]) for f in sorted(set(families[hit.any(1)]))
        ]

    def batch(self, size: int) -> Batch:
        """Half genuine patches, half altered ones, every family as often as the others."""
        half = size // 2
        chosen = [self.genuine[i] for i in self.rng.integers(len(self.genuine), size=half)]
        for _ in range(size - half if self.altered else 0):
            pool = self.altered[int(self.rng.integers(len(self.altered)))]
            chosen.append(pool[int(self.rng.integers(len(pool)))])
        pixels = np.stack([augment(self.cards.patches[card, place], self.rng) for card, place in chosen])
        labels = np.arange(len(chosen)) >= half
        return Batch(
            torch.from_numpy(pixels).permute(0, 3, 1, 2).float(),
            torch.tensor([int(place) for _, place in chosen]),
            torch.from_numpy(labels),
        )


def loss_of(near: Tensor, attack: Tensor, batch: Batch) -> Tensor:
    """Which place is it, for genuine patches; nearness of altered ones to their place; altered or not."""
    genuine, altered = ~batch.altered, batch.altered
    places = nn.functional.cross_entropy(near[genuine] * SHARPNESS, batch.place[genuine])
    own = near.gather(1, batch.place[:, None])[:, 0]
    near_enough = torch.relu(0.7 - own[genuine]).mean()
    pushed = torch.relu(own[altered] - MARGIN).mean() if bool(altered.any()) else own.sum() * 0
    told = nn.functional.binary_cross_entropy_with_logits(attack, altered.float(), reduction="mean")
    return 0.5 * places + near_enough + pushed + told


def blend(mean: nn.Module, net: nn.Module, step: int) -> None:
    """Move the running mean of the weights towards the network."""
    decay = min(AVERAGE, (step + 1) / (step + 10))
    with torch.no_grad():
        for slow, fast in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if slow.is_floating_point():
                slow.lerp_(fast, 1 - decay)


def train(cards: Cards, schooling: Schooling) -> PatchNet:
    """The mean network after a number of steps; the same seed, processor and threads give the same bits."""
    torch.manual_seed(schooling.seed)
    torch.set_num_threads(schooling.threads)
    torch.use_deterministic_algorithms(True)
    net = PatchNet(cards.patches.shape[1]).to(memory_format=torch.channels_last)
    mean = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=schooling.rate, weight_decay=2e-2)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, schooling.rate, total_steps=schooling.steps, pct_start=0.15
    )
    draws, start, shown = Draws(cards, schooling.seed), time.monotonic(), 0.0
    for step in range(schooling.steps):
        batch = draws.batch(schooling.batch)
        near, attack = net(batch.patches.to(memory_format=torch.channels_last))
        loss = loss_of(near, attack, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        plan.step()
        blend(mean, net, step)
        shown = 0.97 * shown + 0.03 * float(loss.detach()) if step else float(loss.detach())
        if step % 50 == 49:
            print(f"step {step + 1} loss {shown:.4f} {time.monotonic() - start:.0f} s", flush=True)
    return mean.eval()


def export(net: PatchNet, path: Path) -> None:
    """Write the network as ONNX with fixed shapes, opset 21."""
    places = net.prototypes.shape[0]
    whole = Exported(net.to(memory_format=torch.contiguous_format)).eval()
    torch.onnx.export(
        whole, (torch.zeros(places, 3, SIZE, SIZE), torch.ones(places)), str(path),
        input_names=["patches", "shown"], output_names=["places", "card"],
        opset_version=OPSET, dynamo=False,
    )  # fmt: skip


def pin(manifest: Path, id: str, path: Path) -> None:
    """Write the digest of a model into the manifest, with a line of its own where it has none."""
    rows = json.loads(manifest.read_text(encoding="utf-8"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    known = next((row for row in rows if row["id"] == id), None)
    if known is None:
        known = {"id": id, "file": path.name, "sha256": "", "card": path.with_suffix(".md").name}
        rows.append(known)
    known["sha256"] = digest
    manifest.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def scores(net: PatchNet, cards: Cards) -> NDArray[np.float64]:
    """(cards, 2): nearness and attack log-odds of each card, as the exported network gives them."""
    whole, found = Exported(net).eval(), []
    with torch.no_grad():
        for pixels, shown in zip(cards.patches, cards.shown, strict=True):
            x = torch.from_numpy(np.ascontiguousarray(pixels[:, 8:72, 8:72])).permute(0, 3, 1, 2).float()
            found.append(whole(x, torch.from_numpy(shown).float())[1].numpy())
    return np.asarray(found, np.float64)
