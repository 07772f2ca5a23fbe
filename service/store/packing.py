"""A submission as one string of bytes: a JSON head that says what follows, then the files as they came."""

from __future__ import annotations

import json
import struct

from service.evidence import Role
from service.submission import Submission, VerifyRequest

__all__ = ["pack", "unpack"]

_LENGTH = struct.Struct(">I")
_CHIP = "chip"
_TILT = "tilt/"


def pack(submission: Submission) -> bytes:
    """The bytes of a submission."""
    files = [(role.value, content) for role, content in submission.pictures.items()]
    files += [(f"{_TILT}{axis}", frame) for axis, frames in submission.tilt.items() for frame in frames]
    files += [(_CHIP, submission.chip)] if submission.chip is not None else []
    head = json.dumps(
        {
            "files": [[name, len(content)] for name, content in files],
            "request": submission.request.model_dump(mode="json"),
        }
    ).encode()
    return b"".join([_LENGTH.pack(len(head)), head, *(content for _, content in files)])


def unpack(packed: bytes) -> Submission:
    """The submission that ``pack`` was given."""
    start = _LENGTH.size + _LENGTH.unpack_from(packed)[0]
    head = json.loads(packed[_LENGTH.size : start])
    pictures: dict[Role, bytes] = {}
    tilt: dict[str, tuple[bytes, ...]] = {}
    chip: bytes | None = None
    for name, length in head["files"]:
        content = packed[start : start + length]
        start += length
        if name == _CHIP:
            chip = content
        elif name.startswith(_TILT):
            axis = name.removeprefix(_TILT)
            tilt[axis] = (*tilt.get(axis, ()), content)
        else:
            pictures[Role(name)] = content
    return Submission(pictures, tilt, chip, VerifyRequest.model_validate(head["request"]))
