"""Train the card finder on composites and export it to ONNX: ``scripts/train_corners [--minutes 10]``.

Seeded: the same number of steps on the same machine gives the same network. Needs the extra ``train``.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import math
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from scripts.specimens.composites import SIDE, Pool, Sample

ROOT = Path(__file__).resolve().parent.parent
GRID = SIDE // 2
CORNER_SIGMA = 1.6
"""Spread of a corner in the heat map, cells."""


class Block(nn.Module):  # type: ignore[misc]
    """3x3 convolution with its normalisation."""

    def __init__(self, inside: int, outside: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU()
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


class CardFinder(nn.Module):  # type: ignore[misc]
    """U-Net: (n, 3, 256, 256) BGR 0 ... 255 -> (n, 2, 128, 128) probability of card and of corner."""

    def __init__(self, widths: tuple[int, ...] = (12, 24, 40, 60, 88)) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, 2, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()
        )
        pairs = list(itertools.pairwise(widths))
        self.down = nn.ModuleList(nn.Sequential(Block(a, b, 2), Block(b, b)) for a, b in pairs)
        self.bottom = nn.Sequential(Block(widths[-1], widths[-1]), Block(widths[-1], widths[-1]))
        self.side = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairs)
        self.up = nn.ModuleList(Block(a, a) for a, _ in pairs)
        self.head = nn.Conv2d(widths[0], 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem((x - 127.5) / 64)
        skips = []
        for down in self.down:
            skips.append(x)
            x = down(x)
        x = self.bottom(x)
        for side, up, skip in zip(
            reversed(list(self.side)), reversed(list(self.up)), reversed(skips), strict=True
        ):
            x = up(nn.functional.interpolate(side(x), scale_factor=2.0, mode="bilinear") + skip)
        return self.head(x)


class Exported(nn.Module):  # type: ignore[misc]
    """The network with its last step, as the service runs it."""

    def __init__(self, body: CardFinder) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.body(x))


def heat(sample: Sample) -> NDArray[np.float32]:
    """(128, 128) corner heat map."""
    y, x = np.mgrid[0:GRID, 0:GRID].astype(np.float32)
    out = np.zeros((GRID, GRID), np.float32)
    for cx, cy in sample.corners / 2 - 0.5:
        out = np.maximum(out, np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * CORNER_SIGMA**2)))
    return out


def batch(pool: Pool, count: int) -> tuple[Tensor, Tensor]:
    samples = [pool.sample() for _ in range(count)]
    pixels = np.stack([s.pixels for s in samples]).transpose(0, 3, 1, 2).astype(np.float32)
    targets = np.stack([np.stack([s.mask, heat(s)]) for s in samples])
    return torch.from_numpy(pixels), torch.from_numpy(targets)


def loss_of(logits: Tensor, target: Tensor) -> Tensor:
    mask = nn.functional.binary_cross_entropy_with_logits(logits[:, 0], target[:, 0])
    chance = torch.sigmoid(logits[:, 0])
    overlap = 1 - (2 * (chance * target[:, 0]).sum() + 1) / (chance.sum() + target[:, 0].sum() + 1)
    weight = 1 + 20 * target[:, 1]
    corner = nn.functional.binary_cross_entropy_with_logits(logits[:, 1], target[:, 1], weight=weight)
    return mask + 0.5 * overlap + 2 * corner


def train(minutes: float, steps: int | None, size: int, threads: int) -> tuple[CardFinder, int]:
    """Train for a time, or for a number of steps to repeat an earlier run."""
    torch.manual_seed(7)
    torch.set_num_threads(threads)
    cv2.setNumThreads(1)
    pool, net = Pool(7), CardFinder()
    net = net.to(memory_format=torch.channels_last)
    best = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-4)
    start, step, mean = time.monotonic(), 0, 0.0
    while True:
        spent = step / steps if steps else (time.monotonic() - start) / (minutes * 60)
        if spent >= 1:
            return net, step
        for group in best.param_groups:
            group["lr"] = 3e-3 * min(1.0, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * spent))
        pixels, target = batch(pool, size)
        loss = loss_of(net(pixels.contiguous(memory_format=torch.channels_last)), target)
        best.zero_grad()
        loss.backward()
        best.step()
        mean = 0.98 * mean + 0.02 * float(loss.detach()) if step else float(loss.detach())
        step += 1
        if step % 50 == 0:
            print(f"step {step} loss {mean:.4f} {time.monotonic() - start:.0f} s", flush=True)


def export(net: CardFinder, path: Path) -> None:
    example = torch.zeros(1, 3, SIDE, SIDE)
    torch.onnx.export(
        Exported(net.eval().cpu()).eval(),
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
    rows = [row for row in json.loads(manifest.read_text(encoding="utf-8")) if row["id"] != "card-corners"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows.append({"id": "card-corners", "file": path.name, "sha256": digest, "card": "card-corners.md"})
    manifest.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--steps", type=int, default=None, help="repeat a run of this many steps")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "card-corners.onnx")
    args = parser.parse_args()
    net, steps = train(args.minutes, args.steps, args.batch, args.threads)
    export(net, args.out)
    pin(args.out)
    print(f"{args.out.name}: {steps} steps, {args.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
