"""Train the two networks of the machine-readable zone: ``scripts/train_mrz reader|finder [--steps N]``.

Seeded: the same number of steps on the same machine gives the same network. Needs the extra ``train`` and
the Debian package fonts-ocr-b.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from scripts.train_mrz_lines import HEIGHT, IGNORED, PITCH, draw_line
from scripts.train_mrz_nets import Finder, Reader, Spoken
from scripts.train_mrz_zones import Pool

ROOT = Path(__file__).resolve().parent.parent
SEED = 11
PEAK_RATE = 4e-3
STEPS = {"reader": 800, "finder": 500}
SIZE = {"reader": 64, "finder": 16}

Batch = tuple[NDArray[np.uint8], NDArray[np.generic]]


def lines(seed: int, size: int) -> Iterator[Batch]:
    """Endless batches of lines (n, 32, width) and classes of their columns."""
    rng = np.random.default_rng(seed)
    while True:
        drawn = [draw_line(rng) for _ in range(size)]
        yield np.stack([line.pixels for line in drawn]), np.stack([line.target for line in drawn])


def zones(seed: int, size: int) -> Iterator[Batch]:
    """Endless batches of pictures (n, 320, 320) and the share of each cell that is zone (n, 80, 80)."""
    pool = Pool(seed)
    while True:
        drawn = [pool.sample() for _ in range(size)]
        yield np.stack([sample.pixels for sample in drawn]), np.stack([sample.mask for sample in drawn])


def reading_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy of the columns that are plainly a sign or plainly between signs."""
    return nn.functional.cross_entropy(logits, target, ignore_index=IGNORED, label_smoothing=0.02)


def finding_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy of the cells, and the share that does not overlap."""
    cells = nn.functional.binary_cross_entropy_with_logits(logits[:, 0], target, pos_weight=torch.tensor(3.0))
    chance = torch.sigmoid(logits[:, 0])
    return cells + 1 - (2 * (chance * target).sum() + 1) / (chance.sum() + target.sum() + 1)


TASKS: dict[str, tuple[type[nn.Module], Callable[[int, int], Iterator[Batch]], Callable[..., Tensor]]] = {
    "reader": (Reader, lines, reading_loss),
    "finder": (Finder, zones, finding_loss),
}


def train(task: str, steps: int) -> nn.Module:
    """Train on one thread and return the network."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    kind, batches, loss_of = TASKS[task]
    net = kind().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=PEAK_RATE, weight_decay=1e-2)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=steps, pct_start=0.15)
    start, shown = time.process_time(), 0.0
    for step, (pixels, answer) in enumerate(itertools.islice(batches(SEED, SIZE[task]), steps)):
        x = torch.from_numpy(pixels)[:, None].float()
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(x)
        loss = loss_of(logits.float(), torch.from_numpy(answer))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
        shown = 0.97 * shown + 0.03 * float(loss.detach()) if step else float(loss.detach())
        if step % 50 == 49:
            print(f"step {step + 1} loss {shown:.4f} {time.process_time() - start:.0f} s CPU", flush=True)
    return net


def export(task: str, net: nn.Module, path: Path) -> None:
    """Write the network as ONNX, its last step included."""
    shape = (1, 1, HEIGHT, 44 * PITCH) if task == "reader" else (1, 1, 320, 320)
    names = {"reader": ("line", "signs"), "finder": ("picture", "zone")}[task]
    free = {
        "reader": {names[0]: {0: "lines", 3: "width"}, names[1]: {0: "lines", 2: "columns"}},
        "finder": {names[0]: {2: "height", 3: "width"}, names[1]: {2: "rows", 3: "columns"}},
    }[task]
    torch.onnx.export(
        Spoken(net.eval().to(memory_format=torch.contiguous_format)).eval(),
        (torch.rand(shape) * 255,),
        str(path),
        input_names=[names[0]],
        output_names=[names[1]],
        dynamic_axes=free,
        opset_version=17,
        dynamo=False,
    )


def pin(path: Path) -> None:
    """Write the digest into the manifest."""
    manifest = path.parent / "manifest.json"
    rows = json.loads(manifest.read_text(encoding="utf-8"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    row = next((row for row in rows if row["id"] == path.stem), None)
    if row is None:
        rows.append({"id": path.stem, "file": path.name, "sha256": digest, "card": "mrz.md"})
    else:
        row["sha256"] = digest
    manifest.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=sorted(TASKS))
    parser.add_argument("--steps", type=int)
    parser.add_argument("--out", type=Path, help="default: models/mrz-TASK.onnx, pinned in the manifest")
    args = parser.parse_args()
    net = train(args.task, args.steps or STEPS[args.task])
    path = args.out or ROOT / "models" / f"mrz-{args.task}.onnx"
    export(args.task, net, path)
    if args.out is None:
        pin(path)
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
