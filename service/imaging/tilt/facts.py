"""What was measured in tilt sequences. Facts alone; what they mean is said by the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.evidence import Box
from service.imaging.tilt.change import Change
from service.imaging.tilt.colour import Patch
from service.imaging.tilt.identity import SameCard
from service.imaging.tilt.letters import LetterMotion
from service.imaging.tilt.light import LightMotion
from service.imaging.tilt.turned import Inversion

__all__ = ["AXES", "Places", "Sequence", "TiltFacts"]

AXES = ("vertical", "horizontal", "rotate")


@dataclass(frozen=True, slots=True)
class Places:
    """Where to look on the front; boxes as fractions of the card."""

    films: Mapping[str, Patch] = field(default_factory=dict)
    """Places whose colour may follow an up-down tilt, by name."""
    letters: Box | None = None
    silver: Box | None = None
    own: tuple[Box, ...] = ()
    """The holder's lines, for telling whether frames show the same card."""
    fixed: tuple[Box, ...] = ()
    """Labels that every card of the layout has."""
    changing: tuple[Box, ...] = ()
    """Everything that may look different from frame to frame."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """One sequence of frames about one axis."""

    axis: str
    supplied: int
    """Frames that came, without exact repeats."""
    found: int
    """Frames in which the card was found."""
    used: int
    """Of these, sharp and not flooded with light."""
    angles: tuple[float, ...] = ()
    """Degrees about the axis in the frames used."""
    span_deg: float = 0.0
    travel: float = 0.0
    """Length of the way of the angle, in spans: 1 for a sweep, 2 for there and back."""
    coloured: bool = True
    """Whether the frames have colour at all."""
    films: Mapping[str, Change] = field(default_factory=dict)
    opposed: float = 0.0
    """Rank correlation between the a* of the two films, -1 where one reddens as the other turns green."""
    elsewhere: float = 0.0
    """Highest film-like score of any other place of the card."""
    light: LightMotion | None = None
    letters: LetterMotion | None = None
    inversion: Inversion | None = None
    same: SameCard | None = None


@dataclass(frozen=True, slots=True)
class TiltFacts:
    """All sequences of a submission."""

    sequences: Mapping[str, Sequence] = field(default_factory=dict)
    """By axis."""
    supplied: tuple[str, ...] = ()
    """Names of the parts that came, e.g. ``tilt_vertical``, measured or not."""

    def sequence(self, axis: str) -> Sequence | None:
        """The sequence about an axis, None where there is none."""
        return self.sequences.get(axis)
