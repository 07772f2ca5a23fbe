"""The patch network: places of a card in, what speaks for its being genuine and for its being forged out.

One small body for all places. On its output stand two heads: the genuine head compares a patch with
prototypes of what genuine cards show in that place, the attack head looks for traces of forging anywhere.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["SIZE", "Exported", "PatchNet"]

SIZE = 64
EMBEDDING = 32
PROTOTYPES = 3
"""Of each place: a genuine card may look one way or another there."""
TOP = 3
"""Most suspicious places that the card's scores rest on, beside the mean of all."""


def _norm_relu(channels: int) -> list[nn.Module]:
    return [nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]


def _conv(inside: int, outside: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inside, outside, size, stride, size // 2, bias=False)
    return nn.Sequential(conv, *_norm_relu(outside))


class Block(nn.Module):  # type: ignore[misc]
    """Two convolutions beside a shortcut; ``stride`` 2 halves the picture."""

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _conv(inside, outside, 3, stride),
            nn.Conv2d(outside, outside, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outside),
        )
        self.side = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + self.side(x))


class Senses(nn.Module):  # type: ignore[misc]
    """(n, 3, 64, 64) YCrCb 0 ... 255 -> four planes without their level: a cast of colour says nothing."""

    def __init__(self) -> None:
        super().__init__()
        kernel = -torch.ones(1, 1, 3, 3) / 8
        kernel[0, 0, 1, 1] = 1.0
        self.register_buffer("kernel", kernel)

    def forward(self, x: Tensor) -> Tensor:
        level = x - x.mean(dim=(2, 3), keepdim=True)
        fine = nn.functional.conv2d(x[:, :1], self.kernel, padding=1)
        return torch.cat([level[:, :1] / 48, torch.tanh(fine / 12), level[:, 1:] / 12], dim=1)


class PatchNet(nn.Module):  # type: ignore[misc]
    """Patches of one or more cards -> nearness to the genuine of each place, and log-odds of an attack.

    The attack head sees each patch beside the mean of its own card: an alteration differs from what is around
    it, while camera, light and file are the same for all patches of a card.
    """

    def __init__(self, places: int, widths: tuple[int, ...] = (16, 32, 48, 64)) -> None:
        super().__init__()
        self.senses = Senses()
        first, *rest = widths
        layers: list[nn.Module] = [_conv(4, first, 5, 2)]
        for inside, outside in zip(widths, rest, strict=False):
            layers.append(Block(inside, outside, 2))
        self.body = nn.Sequential(*layers)
        self.embed = nn.Linear(2 * widths[-1], EMBEDDING)
        self.attack = nn.Sequential(nn.Linear(4 * widths[-1], 48), nn.ReLU(), nn.Linear(48, 1))
        self.prototypes = nn.Parameter(torch.randn(places, PROTOTYPES, EMBEDDING))
        self.mix = nn.Parameter(torch.tensor([0.0, 0.0, 0.0]))

    def features(self, x: Tensor) -> Tensor:
        """(n, 2 * width): mean and maximum of each map."""
        maps = self.body(self.senses(x))
        return torch.cat([maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1)

    def forward(self, x: Tensor, shown: Tensor) -> tuple[Tensor, Tensor]:
        """``x`` (cards * k, 3, 64, 64), the patches of a card together; ``shown`` (cards, k) 0 or 1.

        Gives (cards * k, places), nearness -1 ... 1 to the best prototype of each place, and (cards, k),
        log-odds of an attack.
        """
        found = self.features(x)
        unit = nn.functional.normalize(self.embed(found), dim=1)
        known = nn.functional.normalize(self.prototypes, dim=2)
        near = torch.einsum("ne,pke->npk", unit, known).amax(dim=2)
        cards = found.reshape(shown.shape[0], shown.shape[1], found.shape[1])
        weight = shown[:, :, None]
        around = (cards * weight).sum(dim=1, keepdim=True) / weight.sum(dim=1, keepdim=True).clamp(min=1.0)
        beside = torch.cat([cards, cards - around], dim=2)
        return near, self.attack(beside)[:, :, 0]

    def card(self, attack: Tensor, shown: Tensor) -> Tensor:
        """(cards,): log-odds of an attack on the card, from the mean of all places and of the top three."""
        mean = (attack * shown).sum(dim=1) / shown.sum(dim=1).clamp(min=1.0)
        most = torch.topk(attack - (1 - shown) * 100, TOP, dim=1).values.clamp(min=-20.0).mean(dim=1)
        weights = nn.functional.softplus(self.mix)
        return weights[0] * mean + weights[1] * most + self.mix[2]


class Exported(nn.Module):  # type: ignore[misc]
    """As the service runs it: all patches of one card, and which of them are shown.

    ``patches`` (places, 3, 64, 64) float32 YCrCb 0 ... 255, ``shown`` (places,) float32 0 or 1 -> ``places``
    (places, 2): nearness to genuine patches of that place, log-odds of an attack; ``card`` (2,): the mean
    nearness of the least genuine quarter, and the log-odds of an attack on the card.
    """

    def __init__(self, net: PatchNet) -> None:
        super().__init__()
        self.net = net
        places = net.prototypes.shape[0]
        self.low = places // 4
        self.register_buffer("own", torch.eye(places))

    def forward(self, patches: Tensor, shown: Tensor) -> tuple[Tensor, Tensor]:
        seen = shown[None]
        near, attack = self.net(patches, seen)
        own = (near * self.own).sum(dim=1)
        least = torch.topk(own + (1 - shown) * 4, self.low, largest=False).values.clamp(max=1.0).mean()
        card = torch.stack([least, self.net.card(attack, seen)[0]])
        return torch.stack([own, attack[0]], dim=1), card
