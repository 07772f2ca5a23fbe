"""Train the patch network, choose nothing on what is reported, export it to ONNX."""

from __future__ import annotations

import copy
import io
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import version_converter
from torch import Tensor, nn

from scripts.training.patch_data import Cards
from scripts.training.patch_net import SIZE, Exported, PatchNet
from scripts.training.patch_variation import variation
from scripts.training.schooling import Schooling

__all__ = ["export", "scores", "train"]

SHARPNESS = 12.0
"""Scale of nearness in the place question."""
MARGIN = 0.15
"""Nearness to its own place above which an altered patch is pushed away."""
AVERAGE = 0.99


@dataclass(frozen=True)
class Batch:
    """Patches of some cards, those of a card together."""

    patches: Tensor
    """(cards * k, 3, 64, 64)."""
    place: Tensor
    """(cards * k,)."""
    altered: Tensor
    """(cards, k)."""


class Draws:
    """Batches without end: as many forged cards as genuine ones, every family as often as the others."""

    def __init__(self, cards: Cards, schooling: Schooling) -> None:
        self.cards, self.how = cards, schooling
        self.rng = np.random.default_rng(schooling.seed)
        forged = np.array([row["forged"] for row in cards.rows])
        hit = (cards.shown & cards.altered).any(axis=1)
        families = np.array([row["family"] for row in cards.rows])
        self.genuine = np.flatnonzero(~forged)
        self.forged = [np.flatnonzero(hit & (families == family)) for family in sorted(set(families[hit]))]

    def _places(self, card: int) -> NDArray[np.int64]:
        """Places of a card, the altered ones of a card that was altered in part always among them."""
        hit = self.cards.altered[card] & self.cards.shown[card]
        order = self.rng.permutation(self.cards.patches.shape[1])
        first = order[hit[order] & (hit.sum() < self.how.patches // 2)]
        shown = order[self.cards.shown[card][order]]
        rest = shown[~np.isin(shown, first)]
        return np.resize(np.concatenate([first, rest]), self.how.patches)

    def _chosen(self) -> list[int]:
        half = self.how.cards // 2
        chosen = [int(v) for v in self.rng.choice(self.genuine, self.how.cards - half)]
        for family in self.rng.integers(len(self.forged), size=half):
            chosen.append(int(self.rng.choice(self.forged[family])))
        return chosen

    def batch(self) -> Batch:
        """The next one."""
        pixels, places, altered = [], [], []
        for card in self._chosen():
            change, where = variation(self.rng), self._places(card)
            pixels += [change.of(self.cards.patches[card, place], self.rng) for place in where]
            places.append(where)
            altered.append(self.cards.altered[card, where])
        stack = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float()
        return Batch(stack, torch.from_numpy(np.concatenate(places)), torch.from_numpy(np.stack(altered)))


def loss_of(net: PatchNet, batch: Batch) -> Tensor:
    """Which place is it, for genuine patches; nearness of altered ones to their place; altered or not."""
    shown = torch.ones(batch.altered.shape)
    near, attack = net(batch.patches.to(memory_format=torch.channels_last), shown)
    hit = batch.altered.reshape(-1)
    places = nn.functional.cross_entropy(near[~hit] * SHARPNESS, batch.place[~hit])
    own = near.gather(1, batch.place[:, None])[:, 0]
    pushed = torch.relu(own[hit] - MARGIN).sum() / hit.sum().clamp(min=1)
    genuine = torch.relu(0.7 - own[~hit]).mean()
    told = nn.functional.binary_cross_entropy_with_logits(
        attack, batch.altered.float(), weight=_weights(batch.altered)
    )
    forged = batch.altered.any(dim=1).float()
    card = nn.functional.binary_cross_entropy_with_logits(net.card(attack, shown), forged)
    return 0.5 * places + genuine + pushed + told + 0.5 * card


def _weights(altered: Tensor) -> Tensor:
    """Altered and genuine patches of a card altered in part count alike, up to a limit."""
    count = altered.sum(dim=1, keepdim=True)
    part = (count > 0) & (count < altered.shape[1])
    share = altered.shape[1] / (2 * count.clamp(min=1))
    return torch.where(part & altered, share.clamp(max=5.0), torch.ones(altered.shape))


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
    mean: PatchNet = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=schooling.rate, weight_decay=2e-2)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, schooling.rate, total_steps=schooling.steps, pct_start=0.15
    )
    draws, start, shown = Draws(cards, schooling), time.monotonic(), 0.0
    for step in range(schooling.steps):
        loss = loss_of(net, draws.batch())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        plan.step()
        blend(mean, net, step)
        shown = 0.97 * shown + 0.03 * float(loss.detach()) if step else float(loss.detach())
        if step % 50 == 49:
            print(f"step {step + 1} loss {shown:.4f} {time.monotonic() - start:.0f} s", flush=True)
    mean.eval()
    return mean


def export(net: PatchNet, path: Path) -> None:
    """Write the network as ONNX with fixed shapes, opset 21 (the exporter itself knows 20 and no more)."""
    places = net.prototypes.shape[0]
    whole = Exported(net.to(memory_format=torch.contiguous_format)).eval()
    out = io.BytesIO()
    torch.onnx.export(
        whole, (torch.zeros(places, 3, SIZE, SIZE), torch.ones(places)), out,
        input_names=["patches", "shown"], output_names=["places", "card"], opset_version=20, dynamo=False,
    )  # fmt: skip
    model = version_converter.convert_version(onnx.load_from_string(out.getvalue()), 21)
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def scores(net: PatchNet, cards: Cards) -> NDArray[np.float64]:
    """(cards, 2): nearness and attack log-odds of each card, as the exported network gives them."""
    whole, found = Exported(net).eval(), []
    with torch.no_grad():
        for pixels, shown in zip(cards.patches, cards.shown, strict=True):
            x = torch.from_numpy(np.ascontiguousarray(pixels[:, 8:72, 8:72])).permute(0, 3, 1, 2).float()
            found.append(whole(x, torch.from_numpy(shown).float())[1].numpy())
    return np.asarray(found, np.float64)
