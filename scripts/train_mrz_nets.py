"""The two small networks of the machine-readable zone: one finds the band, one reads a line."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from scripts.specimens.mrz_text import ALPHABET

__all__ = ["Finder", "Reader", "Spoken"]


def block(
    inside: int, outside: int, size: int | tuple[int, int] = 3, stride: int | tuple[int, int] = 1,
    pad: int | tuple[int, int] = 1, dilation: int = 1,
) -> nn.Sequential:  # fmt: skip
    """Convolution with its normalisation."""
    return nn.Sequential(
        nn.Conv2d(inside, outside, size, stride, pad, dilation, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )


def evened(x: Tensor) -> Tensor:
    """A picture of grey levels with mean 0 and spread 1."""
    mean = x.mean((2, 3), keepdim=True)
    spread = (x - mean).pow(2).mean((2, 3), keepdim=True).sqrt()
    return (x - mean) / (spread + 4.0)


class Reader(nn.Module):  # type: ignore[misc]
    """(n, 1, 32, width) grey 0 ... 255 -> (n, 38, width / 4) logits: each sign, and between signs.

    The last layers see one character and half of its neighbours: it is one cell's network, slid along a line.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            block(1, 16),
            block(16, 40, 3, 2),
            block(40, 40),
            block(40, 64, 3, 2),
            block(64, 64),
            block(64, 96, 3, (2, 1)),
            block(96, 96, (4, 3), 1, (0, 1)),
            block(96, 64, (1, 3), 1, (0, 1)),
            nn.Dropout(0.1),
            nn.Conv2d(64, len(ALPHABET) + 1, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.body(evened(x)).squeeze(2)


class Finder(nn.Module):  # type: ignore[misc]
    """(n, 1, 320, 320) grey 0 ... 255 -> (n, 1, 80, 80) logits: share of the cell inside a zone."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(block(1, 12, 5, 2, 2), block(12, 24, 3, 2), block(24, 24))
        self.deep = nn.Sequential(
            block(24, 40, 3, 2), block(40, 40), block(40, 40, 3, 1, 3, 3), block(40, 40, 3, 1, 6, 6),
            block(40, 40, 3, 1, 2, 2), nn.Conv2d(40, 24, 1),
        )  # fmt: skip
        self.head = nn.Sequential(block(24, 24), nn.Conv2d(24, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        fine = self.stem(evened(x))
        deep = nn.functional.interpolate(self.deep(fine), scale_factor=2.0, mode="bilinear")
        return self.head(torch.relu(fine + deep))


class Spoken(nn.Module):  # type: ignore[misc]
    """A network with its last step, as the service runs it: softmax over signs, or sigmoid."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        out = self.body(x)
        return torch.softmax(out, 1) if isinstance(self.body, Reader) else torch.sigmoid(out)
