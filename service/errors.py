"""The exception tree of the service.

    HonmonoError
    ├── ConfigurationError          the operator must mend something (exit code 2)
    │   └── DigestMismatch          a pinned file holds other bytes than it should
    └── Problem                     the request cannot be processed: becomes RFC 9457 problem details
        ├── RequestInvalid          400 request-invalid
        ├── NoEvidence              400 no-evidence
        ├── Unauthenticated         401 unauthenticated
        ├── Forbidden               403 forbidden
        ├── NotFound                404 not-found
        ├── RequestInProgress       409 request-in-progress
        ├── Conflict                409 conflict
        ├── PayloadTooLarge         413 payload-too-large
        ├── TooManyPixels           413 too-many-pixels
        ├── MediaTypeUnsupported    415 media-type-unsupported
        ├── ImageUndecodable        422 image-undecodable
        ├── DumpUnreadable          422 dump-unreadable
        ├── PolicyUnknown           422 policy-unknown
        ├── IdempotencyKeyReused    422 idempotency-key-reused
        ├── RateLimited             429 rate-limited
        └── Overloaded              503 overloaded

A forged, unreadable or foreign document is no error: it is a successful request with a verdict.
Texts of problems never hold what was read from a card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "ConfigurationError",
    "Conflict",
    "DigestMismatch",
    "DumpUnreadable",
    "Fault",
    "Forbidden",
    "HonmonoError",
    "IdempotencyKeyReused",
    "ImageUndecodable",
    "MediaTypeUnsupported",
    "NoEvidence",
    "NotFound",
    "Overloaded",
    "PayloadTooLarge",
    "PolicyUnknown",
    "Problem",
    "RateLimited",
    "RequestInProgress",
    "RequestInvalid",
    "TooManyPixels",
    "Unauthenticated",
]


class HonmonoError(Exception):
    """Root of every exception that this package raises on purpose."""


class ConfigurationError(HonmonoError):
    """A setting, a model or a data file is missing or wrong; the text says what to mend."""


class DigestMismatch(ConfigurationError):
    """A file does not hold the bytes whose SHA-256 is pinned for it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault inside a request, pointing at the part that has it."""

    pointer: str
    """JSON pointer into the request (RFC 6901); multipart parts count as members, e.g. ``/front``."""
    detail: str
    """What is wrong and what to do, without any data of the card."""


class Problem(HonmonoError):
    """A request that cannot be processed, with its RFC 9457 type, status and faults."""

    name: ClassVar[str] = "request-invalid"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request is not valid"

    def __init__(self, detail: str, *faults: Fault, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        self.retry_after_s = retry_after_s

    @property
    def type(self) -> str:
        """The problem type URI of the contract."""
        return f"urn:honmono:problem:{self.name}"


class RequestInvalid(Problem):
    """The request breaks the schema."""


class NoEvidence(Problem):
    """None of ``front``, ``back``, ``chip`` came with the request."""

    name = "no-evidence"
    title = "Nothing to verify"


class Unauthenticated(Problem):
    """No key, or one that is not known, expired or revoked."""

    name = "unauthenticated"
    status = 401
    title = "A valid key is needed"


class Forbidden(Problem):
    """The key's role does not allow this."""

    name = "forbidden"
    status = 403
    title = "Not allowed for this key"


class NotFound(Problem):
    """No such thing, or it belongs to another client."""

    name = "not-found"
    status = 404
    title = "Not found"


class RequestInProgress(Problem):
    """The first request with this idempotency key has not been answered yet."""

    name = "request-in-progress"
    status = 409
    title = "The same request is still being processed"


class Conflict(Problem):
    """What is asked does not fit the state of the thing: somebody was faster, or a step is missing."""

    name = "conflict"
    status = 409
    title = "Not possible as things stand"


class PayloadTooLarge(Problem):
    """More bytes than the limit allows."""

    name = "payload-too-large"
    status = 413
    title = "Too many bytes"


class TooManyPixels(Problem):
    """More pixels than the limit allows, found in the header before decoding."""

    name = "too-many-pixels"
    status = 413
    title = "Too many pixels"


class MediaTypeUnsupported(Problem):
    """The content is of a type that is not read here."""

    name = "media-type-unsupported"
    status = 415
    title = "Type of content not supported"


class ImageUndecodable(Problem):
    """A picture whose type is known but which cannot be decoded."""

    name = "image-undecodable"
    status = 422
    title = "The picture cannot be decoded"


class DumpUnreadable(Problem):
    """A chip dump of which nothing can be parsed."""

    name = "dump-unreadable"
    status = 422
    title = "The chip dump cannot be read"


class PolicyUnknown(Problem):
    """The request names a policy that this service does not have."""

    name = "policy-unknown"
    status = 422
    title = "No such policy"


class IdempotencyKeyReused(Problem):
    """The idempotency key came before with another request."""

    name = "idempotency-key-reused"
    status = 422
    title = "The idempotency key belongs to another request"


class RateLimited(Problem):
    """The key has used up its rate."""

    name = "rate-limited"
    status = 429
    title = "Too many requests"


class Overloaded(Problem):
    """The queue is full; trying again later helps."""

    name = "overloaded"
    status = 503
    title = "Overloaded"
