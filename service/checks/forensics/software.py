"""Does the file name a program for editing pictures? Honest people use those too: never more than a note."""

from __future__ import annotations

import re

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.verdict import Basis, Effect, Result

__all__ = ["CHECKS"]

_EDITORS = re.compile(
    r"photoshop|lightroom|gimp|affinity|pixelmator|paint\.?net|coreldraw|corel ?paint|krita|snapseed|picsart|"
    r"canva|photopea|facetune|inkscape|illustrator|figma|acdsee|photoscape|luminar|meitu|beautyplus",
    re.IGNORECASE,
)


def _editor(case: Case) -> Finding:
    stated = [c.picture.metadata.software for role, c in case.captures.items() if role in ("front", "back")]
    named = any(software and _EDITORS.search(software) for software in stated)
    return Finding("forensics.software.named" if named else "forensics.software.none")


CHECKS = (
    Check(
        id="forensics.software",
        title="The file names no program for editing pictures",
        citation="Exif 2.32 tag 0x0131 Software; XMP CreatorTool",
        basis=Basis.STATISTICAL,
        effect=Effect.INFORMATIVE,
        needs=("front|back",),
        reasons={
            "forensics.software.none": Result.PASS,
            "forensics.software.named": Result.SUSPECT,
        },
        run=_editor,
    ),
)
