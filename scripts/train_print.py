"""Train the small reader of fixed texts, dates and numbers: ``scripts/train_print [--steps 3000]``.

A convolutional network with a CTC head, a tenth of the cost of the general recogniser. It reads only the
signs that stand in fixed texts; anything else must come out as ``STRANGER``, and the general recogniser
is asked. The fonts of the second specimen style are left out of training. Needs the extra ``train``.
"""

from __future__ import annotations

import argparse
import copy
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from scripts.specimens.print_lines import LINE_HEIGHT, PrintFont, draw_line, fonts_named, look_alikes
from scripts.specimens.print_texts import Texts
from scripts.training.manifest import pin
from service.cards.layout import layouts
from service.cards.lexicon import legal
from service.reading.charsets import KANJI, KATAKANA

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models" / "print-reader.onnx"
SEED = 11
STRANGER = "□"
BATCH = 48
PEAK_RATE = 3e-3
AVERAGE = 0.998

SAME_PRINT = str.maketrans("()·〜~", "（）・～～")
CLOSED = (
    "status_of_residence", "work_restriction", "nationality", "permission_type", "authority", "issuer",
)  # fmt: skip
PHRASES = (
    "まで有効", "無期限", "男", "女", "男 M.", "女 F.", "男M.", "女F.", "見本・SAMPLE", "見本", "SAMPLE",
    "SPECIMEN", "MOJ", "このカードは", "です。", "未定（届出後裏面に記載）",
)  # fmt: skip
JAPANESE_FONTS = (
    "ipam.ttf", "ipag.ttf", "ipaexm.ttf", "ipaexg.ttf", "ipamp.ttf", "ipagp.ttf", "ipamjm.ttf", "Konatu.ttf",
    "MTLc3m.ttf", "TakaoMincho.ttf", "TakaoGothic.ttf", "TakaoPMincho.ttf", "VL-Gothic-Regular.ttf",
    "migmix-1p-regular.ttf", "migmix-1p-bold.ttf", "migmix-2m-regular.ttf",
    "migu-1c-bold.ttf", "migu-2m-regular.ttf", "sawarabi-gothic-medium.ttf", "sawarabi-mincho-medium.ttf",
    "ume-pmo3.ttf", "ume-tms3.ttf", "ume-tgo4.ttf", "ume-pgc4.ttf", "ume-hgo5.ttf",
    "umeplus-gothic.ttf", "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSerifCJK-Medium.ttc",
    "NotoSerifCJK-Light.ttc", "wqy-microhei.ttc", "monapo.ttf",
)  # fmt: skip
LATIN_FONTS = (
    "C059-Roman.otf", "C059-Bold.otf", "NimbusRoman-Regular.otf", "NimbusRoman-Bold.otf",
    "NimbusSans-Regular.otf", "NimbusSans-Bold.otf", "NimbusSansNarrow-Regular.otf",
    "NimbusMonoPS-Bold.otf", "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf",
    "LiberationMono-Regular.ttf", "LiberationMono-Bold.ttf", "DejaVuSans.ttf", "DejaVuSansCondensed.ttf",
    "DejaVuSerifCondensed.ttf", "DejaVuSerif-Bold.ttf", "DejaVuSansMono.ttf", "FreeSans.ttf",
    "FreeSerifBold.ttf", "Roboto-Regular.ttf", "Roboto-Medium.ttf", "RobotoCondensed-Regular.ttf",
    "RobotoCondensed-Bold.ttf", "OpenSans-Regular.ttf", "OpenSans-CondBold.ttf", "OpenSans-Semibold.ttf",
    "Lato-Regular.ttf", "Lato-Bold.ttf", "P052-Roman.otf", "URWBookman-Light.otf", "URWGothic-Book.otf",
    "OCRB.otf", "NotoSans-Regular.ttf", "NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf",
    "NotoSansMono-Regular.ttf",
)  # fmt: skip
"""Without BIZ UD, Noto Sans CJK, Liberation Serif and Liberation Sans Narrow: those of the second style."""


def canonical(text: str) -> str:
    """The text in the reader's signs: one class for prints that are the same."""
    folded = unicodedata.normalize("NFKC", text)
    return folded.translate(SAME_PRINT)


def fixed_texts() -> tuple[list[str], list[str]]:
    """Labels of every layout, and closed sets of values."""
    sides = [side for layout in layouts().values() for side in layout.sides.values()]
    labels = sorted({label.text for side in sides for label in side.labels})
    values = sorted({text for field in CLOSED for text in legal(field)} | set(PHRASES))
    return labels, values


def alphabet(labels: list[str], values: list[str]) -> list[str]:
    """Every sign of the fixed texts, with digits, capitals and a few more; blank is class 0."""
    signs = set(canonical("".join(labels + values))) | set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ年月日. -")
    signs |= set("abcdefghijklmnopqrstuvwxyz")
    return [*sorted(signs - {" ", STRANGER}), " ", STRANGER]


def block(inside: int, outside: int, stride: tuple[int, int]) -> nn.Sequential:
    """Convolution with its normalisation."""
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(inplace=True)
    )


class Along(nn.Module):  # type: ignore[misc]
    """A residual step along the line, so that a sign is read with its neighbours."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, (1, 3), padding=(0, 1), bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class PrintReader(nn.Module):  # type: ignore[misc]
    """(n, 1, 32, w) grey 0 ... 255 -> (n, w / 4, classes) logits."""

    def __init__(self, classes: int, widths: tuple[int, ...] = (16, 48, 96, 160, 224)) -> None:
        super().__init__()
        a, b, c, d, e = widths
        self.body = nn.Sequential(
            block(1, a, (2, 2)),
            block(a, b, (2, 2)),
            block(b, c, (2, 1)),
            block(c, d, (2, 1)),
            nn.Conv2d(d, e, (2, 1), bias=False),
            nn.BatchNorm2d(e),
            nn.ReLU(inplace=True),
            Along(e),
            Along(e),
        )
        self.head = nn.Conv2d(e, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body((x - 127.5) / 64)).squeeze(2).transpose(1, 2)


class Exported(nn.Module):  # type: ignore[misc]
    """The network with probabilities, as the service runs it."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        return torch.softmax(self.body(x), dim=2)


def stretched(line: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Contrast brought to the full range, as the service does before reading."""
    low, high = np.percentile(line, [1, 99])
    scaled = (line.astype(np.float32) - low) * (255 / max(16.0, high - low))
    return np.asarray(np.clip(scaled, 0, 255), np.uint8)


class Lines(IterableDataset):  # type: ignore[misc]
    """Endless batches of lines padded to one width, with their signs."""

    def __init__(self, seed: int, signs: list[str], texts: Texts) -> None:
        self.seed, self.signs, self.texts = seed, signs, texts
        self.index = {sign: i + 1 for i, sign in enumerate(signs)}

    def encode(self, text: str) -> list[int]:
        stranger = self.index[STRANGER]
        return [self.index.get(sign, stranger) for sign in canonical(text)]

    def line(
        self, rng: np.random.Generator, japanese: list[PrintFont], latin: list[PrintFont]
    ) -> tuple[NDArray[np.uint8], list[int]]:
        while True:
            text = self.texts.draw(rng)
            font = japanese[int(rng.integers(len(japanese)))]
            other = latin[int(rng.integers(len(latin)))] if rng.random() < 0.6 else None
            if not font.holds("".join(s for s in text if not s.isascii())):
                continue
            drawn = stretched(draw_line(text, font, rng, other))
            signs = self.encode(text)
            if drawn.shape[1] <= 560 and drawn.shape[1] // 4 >= 1.6 * len(signs) + 2:
                return drawn, signs

    def __iter__(
        self,
    ) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
        cv2.setNumThreads(1)
        info = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self.seed, info.id if info else 0])
        japanese = fonts_named([(name, 0, True) for name in JAPANESE_FONTS])
        latin = fonts_named([(name, 0, False) for name in LATIN_FONTS])
        while True:
            pool = sorted(
                (self.line(rng, japanese, latin) for _ in range(4 * BATCH)), key=lambda pair: pair[0].shape[1]
            )
            for start in rng.permutation(8) % 4:
                yield collate(pool[start * BATCH : (start + 1) * BATCH])


def collate(
    lines: list[tuple[NDArray[np.uint8], list[int]]],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pictures (n, 1, 32, w), all signs in a row, steps and signs of each line."""
    width = -(-max(line.shape[1] for line, _ in lines) // 8) * 8
    pictures = np.zeros((len(lines), 1, LINE_HEIGHT, width), np.uint8)
    for i, (line, _) in enumerate(lines):
        pictures[i, 0, :, : line.shape[1]] = line
        pictures[i, 0, :, line.shape[1] :] = np.median(line[:, -3:])
    signs = np.concatenate([np.array(s, np.int64) for _, s in lines])
    steps = np.full(len(lines), width // 4, np.int64)
    return pictures, signs, steps, np.array([len(s) for _, s in lines], np.int64)


def read(logits: Tensor) -> list[list[int]]:
    """Greedy CTC."""
    out = []
    for row in logits.argmax(2).tolist():
        out.append([c for i, c in enumerate(row) if c and (i == 0 or row[i - 1] != c)])
    return out


def blend(mean: nn.Module, net: nn.Module, step: int) -> None:
    """Running mean of weights and statistics."""
    keep = min(AVERAGE, (1 + step) / (10 + step))
    with torch.no_grad():
        for ours, theirs in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if ours.dtype.is_floating_point:
                ours.mul_(keep).add_(theirs, alpha=1 - keep)
            else:
                ours.copy_(theirs)


def train(steps: int, seed: int, threads: int) -> None:
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    labels, values = fixed_texts()
    signs = alphabet(labels, values)
    strangers = sorted((KANJI | KATAKANA) - set(signs))
    near = look_alikes(signs, strangers, fonts_named([("ipag.ttf", 0, True)])[0])
    texts = Texts([canonical(t) for t in labels], [canonical(t) for t in values], signs[:-1], strangers, near)
    net = PrintReader(len(signs) + 1).to(memory_format=torch.channels_last)
    mean = copy.deepcopy(net)
    loader = iter(DataLoader(Lines(seed, signs, texts), batch_size=None, num_workers=1, prefetch_factor=4))
    optimiser = torch.optim.AdamW(net.parameters(), lr=PEAK_RATE, weight_decay=0.01)
    started, shown, right, seen = time.monotonic(), [], 0, 0
    for step in range(1, steps + 1):
        rate = PEAK_RATE * min(1.0, step / 200) * (0.5 + 0.5 * float(np.cos(np.pi * step / steps)) + 0.002)
        for group in optimiser.param_groups:
            group["lr"] = rate
        pictures, target, ends, lengths = (torch.as_tensor(part) for part in next(loader))
        net.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(pictures.float().to(memory_format=torch.channels_last)).float()
        scores = logits.log_softmax(2).transpose(0, 1)
        loss = nn.functional.ctc_loss(scores, target, ends, lengths, blank=0, zero_infinity=True)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        blend(mean, net, step)
        shown.append(float(loss.detach()))
        if step % 25 == 0:
            wanted = [part.tolist() for part in target.split(lengths.tolist())]
            right += sum(a == b for a, b in zip(read(logits), wanted, strict=True))
            seen += len(wanted)
        if step % 100 == 0:
            print(
                f"{step} steps, {time.monotonic() - started:.0f} s, "
                f"loss {np.mean(shown[-100:]):.3f}, lines right {right / seen:.3f}",
                flush=True,
            )
            right = seen = 0
            if step % 500 == 0:
                export(mean, signs)
    export(mean, signs)


def export(net: nn.Module, signs: list[str]) -> None:
    """Write the ONNX file."""
    net.eval()
    example = torch.zeros(1, 1, LINE_HEIGHT, 64)
    torch.onnx.export(
        Exported(net), (example,), str(MODEL), input_names=["line"], output_names=["signs"], opset_version=17,
        dynamic_axes={"line": {0: "n", 3: "width"}, "signs": {0: "n", 1: "steps"}}, dynamo=False,
    )  # fmt: skip
    model = onnx.load(str(MODEL))
    entry = model.metadata_props.add()
    entry.key, entry.value = "character", "\n".join(signs)
    onnx.save(model, str(MODEL))


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/train_print", description="Train the small reader.")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    train(asked.steps, asked.seed, asked.threads)
    pin(ROOT / "models" / "manifest.json", "print-reader", MODEL)


if __name__ == "__main__":
    main()
