"""Train the card finder on composites and export it to ONNX: ``scripts/train_corners [--steps 3600]``.

Seeded: the same number of steps on the same machine gives the same network. Needs the extra ``train``.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from scripts.specimens.composites import GRID, SIDE, Pool, Sample

ROOT = Path(__file__).resolve().parent.parent
SEED = 7
CORNER_SIGMA = 1.0
"""Spread of a corner in the heat map, cells."""
BOUNDARY_WEIGHT = 6.0
"""Cells that an edge of a card crosses, and their neighbours, count this much more."""
PEAK_RATE = 4e-3
AVERAGE = 0.998
"""Decay of the running mean of the weights, which is what is exported."""


def block(inside: int, outside: int, size: int = 3, stride: int = 1, pad: int = 1) -> nn.Sequential:
    """Convolution with its normalisation."""
    return nn.Sequential(
        nn.Conv2d(inside, outside, size, stride, pad, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )


class CardFinder(nn.Module):  # type: ignore[misc]
    """U-Net: (n, 3, 256, 256) BGR 0 ... 255 -> (n, 2, 64, 64) logits of card and of corner."""

    def __init__(self, widths: tuple[int, ...] = (24, 48, 80, 112)) -> None:
        super().__init__()
        pairs = list(itertools.pairwise(widths))
        self.stem = nn.Sequential(block(3, widths[0], 8, 4, 2), block(widths[0], widths[0]))
        self.down = nn.ModuleList(nn.Sequential(block(a, b, 3, 2), block(b, b)) for a, b in pairs)
        self.bottom = nn.Sequential(block(widths[-1], widths[-1]), block(widths[-1], widths[-1]))
        self.side = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairs)
        self.up = nn.ModuleList(block(a, a) for a, _ in pairs)
        self.head = nn.Conv2d(widths[0], 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem((x - 127.5) / 64)
        skips = []
        for down in self.down:
            skips.append(x)
            x = down(x)
        x = self.bottom(x)
        levels = zip(reversed(list(self.side)), reversed(list(self.up)), reversed(skips), strict=True)
        for side, up, skip in levels:
            x = up(nn.functional.interpolate(side(x), scale_factor=2.0, mode="bilinear") + skip)
        return self.head(x)


class Exported(nn.Module):  # type: ignore[misc]
    """The network with its last step, as the service runs it."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.body(x))


def heat(sample: Sample) -> NDArray[np.float32]:
    """(64, 64) corner heat map."""
    y, x = np.mgrid[0:GRID, 0:GRID].astype(np.float32)
    out = np.zeros((GRID, GRID), np.float32)
    for cx, cy in (sample.corners + 0.5) * (GRID / SIDE) - 0.5:
        out = np.maximum(out, np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * CORNER_SIGMA**2)))
    return out


class Composites(IterableDataset):  # type: ignore[misc]
    """Endless batches of pictures (n, 256, 256, 3) and targets (n, 2, 64, 64), drawn in one other process."""

    def __init__(self, seed: int, size: int) -> None:
        self.seed, self.size = seed, size

    def __iter__(self) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float32]]]:
        cv2.setNumThreads(1)
        pool = Pool(self.seed)
        while True:
            samples = [pool.sample() for _ in range(self.size)]
            pixels = np.stack([sample.pixels for sample in samples])
            yield pixels, np.stack([np.stack([sample.mask, heat(sample)]) for sample in samples])


def loss_of(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy of both maps, weighted to edges and corners, and the share that does not overlap."""
    mask = target[:, 0]
    crossed = nn.functional.max_pool2d(mask, 3, 1, 1) + nn.functional.max_pool2d(-mask, 3, 1, 1)
    cells = nn.functional.binary_cross_entropy_with_logits(logits[:, 0], mask, reduction="none")
    card = (cells * (1 + BOUNDARY_WEIGHT * crossed)).mean()
    chance = torch.sigmoid(logits[:, 0])
    overlap = 1 - (2 * (chance * mask).sum() + 1) / (chance.sum() + mask.sum() + 1)
    weight = 1 + 20 * target[:, 1]
    corner = nn.functional.binary_cross_entropy_with_logits(logits[:, 1], target[:, 1], weight=weight)
    return 2 * card + 0.5 * overlap + corner


def blend(mean: nn.Module, net: nn.Module, step: int) -> None:
    """Move the running mean of the weights, and of the normalisation's statistics, towards the network."""
    decay = min(AVERAGE, (step + 1) / (step + 10))
    with torch.no_grad():
        for slow, fast in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if slow.is_floating_point():
                slow.lerp_(fast, 1 - decay)


def train(steps: int, size: int, threads: int) -> nn.Module:
    """Train for a number of steps and return the mean network."""
    torch.manual_seed(SEED)
    torch.set_num_threads(threads)
    net = CardFinder().to(memory_format=torch.channels_last)
    mean = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=PEAK_RATE, weight_decay=1e-2)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=steps, pct_start=0.15)
    batches = DataLoader(Composites(SEED, size), batch_size=None, num_workers=1, prefetch_factor=8)
    start, shown = time.monotonic(), 0.0
    for step, (pixels, target) in enumerate(itertools.islice(batches, steps)):
        x = pixels.permute(0, 3, 1, 2).float()
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(x)
        loss = loss_of(logits.float(), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
        blend(mean, net, step)
        shown = 0.98 * shown + 0.02 * float(loss.detach()) if step else float(loss.detach())
        if step % 100 == 99:
            print(f"step {step + 1} loss {shown:.4f} {time.monotonic() - start:.0f} s", flush=True)
    return mean


def export(net: nn.Module, path: Path) -> None:
    """Write the network as ONNX."""
    example = torch.zeros(1, 3, SIDE, SIDE)
    torch.onnx.export(
        Exported(net.eval().to(memory_format=torch.contiguous_format)).eval(),
        (example,),
        str(path),
        input_names=["picture"],
        output_names=["maps"],
        opset_version=17,
        dynamo=False,
    )


def pin(path: Path) -> None:
    """Write the digest into the manifest."""
    manifest = path.parent / "manifest.json"
    rows = json.loads(manifest.read_text(encoding="utf-8"))
    for row in rows:
        if row["id"] == "card-corners":
            row["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3600)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "card-corners.onnx")
    args = parser.parse_args()
    net = train(args.steps, args.batch, args.threads)
    export(net, args.out)
    pin(args.out)
    print(f"{args.out.name}: {args.steps} steps, {args.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
