"""A tilted card, frame by frame: where it is, how far it is tilted, what follows the angle."""

from service.imaging.tilt.change import Change
from service.imaging.tilt.colour import Patch
from service.imaging.tilt.facts import AXES, Places, Sequence, TiltFacts
from service.imaging.tilt.letters import LetterMotion
from service.imaging.tilt.light import LightMotion
from service.imaging.tilt.measure import measure_sequence

__all__ = [
    "AXES",
    "Change",
    "LetterMotion",
    "LightMotion",
    "Patch",
    "Places",
    "Sequence",
    "TiltFacts",
    "measure_sequence",
]
