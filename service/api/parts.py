"""From a body, multipart or JSON, to a submission. Both shapes have the same names and the same limits."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from service.api.json_body import parse_json
from service.api.multipart import PartRule
from service.api.problems import faults_of, pointer
from service.errors import Fault, NoEvidence, PayloadTooLarge, RequestInvalid
from service.evidence import Role
from service.settings import Settings
from service.submission import Submission, VerifyRequest

__all__ = [
    "MAX_REQUEST_PART_BYTES",
    "Decode",
    "canonical",
    "from_json",
    "from_members",
    "from_multipart",
    "part_rules",
]

MAX_REQUEST_PART_BYTES = 64 * 1024
_PICTURES = (Role.FRONT, Role.BACK, Role.SEE_THROUGH, Role.COMPANION)
_TILT_ROLES = {
    "vertical": Role.TILT_VERTICAL.value,
    "horizontal": Role.TILT_HORIZONTAL.value,
    "rotate": Role.TILT_ROTATE.value,
}
_TILT = "tilt"
_CHIP = "chip"
_REQUEST = "request"


Decode = Callable[[Any, PartRule, list[str | int]], bytes]
"""Value, what is allowed of it, and its place (for pointers) -> content; raises a Problem."""


def part_rules(settings: Settings) -> dict[str, PartRule]:
    """Names, sizes and counts of the parts."""
    picture = PartRule(settings.max_part_bytes)
    frames = PartRule(settings.max_part_bytes, settings.max_frames)
    return {
        **{role.value: picture for role in _PICTURES},
        **dict.fromkeys((*_TILT_ROLES.values(), _TILT), frames),
        _CHIP: PartRule(settings.max_dump_bytes),
        _REQUEST: PartRule(MAX_REQUEST_PART_BYTES),
    }


def from_multipart(parts: Mapping[str, list[bytes]], settings: Settings) -> Submission:
    """A submission of multipart parts, already bounded by ``part_rules``."""
    files = {name: contents for name, contents in parts.items() if name != _REQUEST}
    text = parts.get(_REQUEST, [b""])[0]
    return _submission(files, parse_json(text, settings.max_json_depth) if text.strip() else {})


def from_json(body: bytes, settings: Settings) -> Submission:
    """A submission of a JSON body with base64 values; RequestInvalid, PayloadTooLarge by part."""
    members = parse_json(body, settings.max_json_depth)
    if not isinstance(members, dict):
        raise RequestInvalid("The JSON body must be an object.")
    return from_members(members, settings)


def from_members(members: Mapping[str, Any], settings: Settings, decode: Decode | None = None) -> Submission:
    """A submission of JSON members; ``decode`` says what a text value stands for, base64 where it is None."""
    rules = part_rules(settings)
    unknown = [name for name in members if name not in rules]
    if unknown:
        known = ", ".join(rules)
        raise RequestInvalid(
            "The request holds members of unknown name.",
            *(Fault(pointer([name]), f"Unknown member. Known: {known}.") for name in unknown[:20]),
        )
    files = {
        name: _contents(name, value, rules[name], decode or _decoded)
        for name, value in members.items()
        if name != _REQUEST and value is not None
    }
    if sum(map(len, files.values())) > settings.max_parts:
        raise RequestInvalid(f"The request may hold at most {settings.max_parts} parts.")
    asked = members.get(_REQUEST)
    return _submission(files, {} if asked is None else asked)


def _contents(name: str, value: Any, rule: PartRule, decode: Decode) -> list[bytes]:
    if name == _CHIP and isinstance(value, dict):
        return [_within(json.dumps(value).encode(), rule, [name])]
    if rule.max_count > 1 and isinstance(value, list):
        if len(value) > rule.max_count:
            fault = Fault(pointer([name]), f"May hold at most {rule.max_count} items.")
            raise RequestInvalid("The request holds a part too often.", fault)
        return [decode(item, rule, [name, index]) for index, item in enumerate(value)]
    return [decode(value, rule, [name])]


def _decoded(value: Any, rule: PartRule, place: list[str | int]) -> bytes:
    if not isinstance(value, str):
        raise RequestInvalid("A part is not base64 text.", Fault(pointer(place), "Must be base64 text."))
    try:
        raw = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        fault = Fault(pointer(place), "Is not base64 (RFC 4648 section 4).")
        raise RequestInvalid("A part is not base64 text.", fault) from error
    return _within(raw, rule, place)


def _within(raw: bytes, rule: PartRule, place: list[str | int]) -> bytes:
    if len(raw) > rule.max_bytes:
        fault = Fault(pointer(place), f"May hold at most {rule.max_bytes} bytes.")
        raise PayloadTooLarge("A part of the request is too large.", fault)
    return raw


def _submission(files: Mapping[str, list[bytes]], asked: Any) -> Submission:
    request = _request(asked)
    looked_at = any(files.get(name) for name in (Role.FRONT.value, Role.BACK.value, _CHIP))
    if not looked_at and request.chip_session is None:
        raise NoEvidence("Send at least one of front, back and chip.")
    chip = files.get(_CHIP)
    return Submission(
        pictures={role: files[role.value][0] for role in _PICTURES if files.get(role.value)},
        tilt=_tilt(files, request),
        chip=chip[0] if chip else None,
        request=request,
    )


def _request(asked: Any) -> VerifyRequest:
    if not isinstance(asked, dict):
        raise RequestInvalid("The request member is wrong.", Fault("/request", "Must be a JSON object."))
    try:
        return VerifyRequest.model_validate(asked)
    except ValidationError as error:
        faults = faults_of(error.errors(include_url=False, include_input=False), _REQUEST)
        raise RequestInvalid("The request member breaks its schema.", *faults) from error


def _tilt(files: Mapping[str, list[bytes]], request: VerifyRequest) -> dict[str, tuple[bytes, ...]]:
    tilt = {axis: tuple(files[role]) for axis, role in _TILT_ROLES.items() if files.get(role)}
    short = files.get(_TILT)
    if not short:
        return tilt
    if request.tilt_axis is None:
        raise RequestInvalid(
            "The part tilt needs its axis.", Fault("/request/tilt_axis", "Needed with the part tilt.")
        )
    if request.tilt_axis in tilt:
        raise RequestInvalid(
            "One tilt sequence came twice.",
            Fault("/tilt", f"The part {_TILT_ROLES[request.tilt_axis]} holds this axis already."),
        )
    return {**tilt, request.tilt_axis: tuple(short)}


def canonical(submission: Submission) -> bytes:
    """The same bytes for the same submission, however it was sent; what idempotency compares."""
    parts = [(role.value, [content]) for role, content in submission.pictures.items()]
    parts += [(f"tilt/{axis}", list(frames)) for axis, frames in submission.tilt.items()]
    parts += [(_CHIP, [submission.chip])] if submission.chip is not None else []
    digests = {name: [hashlib.sha256(c).hexdigest() for c in contents] for name, contents in parts}
    return json.dumps([digests, submission.request.model_dump(mode="json")], sort_keys=True).encode()
