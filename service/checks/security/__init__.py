"""Static security features of a face, each one physical thing, each able to say that it cannot be judged.

A measure beyond its range speaks against a card only where its limit may accuse: a range that was set on the
specimens of this project may not (``service/cards/limits``), one of an operator's enrolled cards may.
"""

from service.checks.security import colour, lines, structure
from service.checks.security import specimen as specimen_mark

FEATURES = (*colour.FEATURES, *lines.FEATURES, *structure.FEATURES)
CHECKS = (*specimen_mark.CHECKS, *colour.CHECKS, *lines.CHECKS, *structure.CHECKS)

__all__ = ["CHECKS", "FEATURES"]
