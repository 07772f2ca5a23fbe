"""One submission as the engine takes it: bytes by role, and what the caller asks for (contract §2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from service.cards.layout import layouts
from service.evidence import Role
from service.report import FieldName

__all__ = [
    "DOCUMENT_LAYOUTS",
    "Detail",
    "LapseInquiryRequest",
    "Store",
    "Submission",
    "TiltAxis",
    "VerifyRequest",
]

DOCUMENT_LAYOUTS = (
    "jp.residence_card.gen1",
    "jp.special_permanent_resident.gen1",
    "jp.residence_card.gen2",
    "jp.special_permanent_resident.gen2",
    "jp.specified_residence_card",
    "jp.specified_special_permanent_resident",
    "icao.td1.residence_permit",
    "icao.td3.passport",
)
"""Layout names of the contract. Naming one that has no data yet is no fault of the caller."""

TiltAxis = Literal["vertical", "horizontal", "rotate"]
Detail = Literal["standard", "full"]
Store = Literal["none", "report", "evidence"]

_RFC3339 = re.compile(
    r"(19|20|21)\d\d-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def _rfc3339(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and _RFC3339.fullmatch(value):
        return value
    raise ValueError("must be an RFC 3339 time with an offset, like 2026-11-22T01:02:03Z")


Rfc3339 = Annotated[AwareDatetime, BeforeValidator(_rfc3339)]
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line of text without control characters."""
SessionId = Annotated[str, Field(pattern=r"^ses_[0-9A-HJKMNP-TV-Z]{26}$")]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LapseInquiryRequest(_Asked):
    """Answer of the issuer's public inquiry about the card number, recorded by hand."""

    result: Literal["not_lapsed", "lapsed", "unknown"]
    at: Rfc3339 | None = None
    by: Line | None = None


class VerifyRequest(_Asked):
    """The ``request`` member: how to look at the evidence. Unknown members are refused."""

    client_reference: Line | None = Field(default=None, description="Your own reference; given back as is.")
    policy: str = Field(default="default", min_length=1, max_length=64)
    layout: str = Field(default="auto", max_length=64, description="`auto`, or the layout you expect.")
    tilt_axis: TiltAxis | None = Field(default=None, description="Axis of the part `tilt`.")
    expected: dict[FieldName, Line] = Field(
        default_factory=dict,
        description="What you were told, compared by `cross.expected`; informative only.",
    )
    reference_time: Rfc3339 | None = Field(
        default=None, description="The time that every date is judged at; default: now."
    )
    lapse_inquiry: LapseInquiryRequest | None = None
    chip_session: SessionId | None = Field(
        default=None, description="Session (`POST /v1/sessions`) whose dump is the part `chip`."
    )
    detail: Detail = "standard"
    store: Store = "report"

    @field_validator("layout")
    @classmethod
    def _known_layout(cls, value: str) -> str:
        if value == "auto" or value in DOCUMENT_LAYOUTS or value in layouts():
            return value
        raise ValueError("must be auto or one of the layouts that GET /v1/layouts lists")


@dataclass(frozen=True, slots=True)
class Submission:
    """Evidence about one card, undecoded."""

    pictures: Mapping[Role, bytes] = field(default_factory=dict)
    """Files of the roles that take one picture: front, back, see_through, companion."""
    tilt: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    """By axis (``vertical``, ``horizontal``, ``rotate``): frames in order, or one short video."""
    chip: bytes | None = None
    """A dump as submitted; a dump given as a JSON object is its UTF-8 text."""
    request: VerifyRequest = field(default_factory=VerifyRequest)
