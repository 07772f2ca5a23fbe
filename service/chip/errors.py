"""Typed faults of the chip room; none of them ever leaves it.

ChipError
├── TlvError            bytes that are no data objects
├── CertificateError    bytes that are no certificate
├── ImageError          a chip picture that cannot be decoded
└── SessionError        an answer of secure messaging that does not hold
"""

from __future__ import annotations

from service.errors import HonmonoError

__all__ = ["CertificateError", "ChipError", "ImageError", "SecurityObjectError", "SessionError", "TlvError"]


class ChipError(HonmonoError):
    """Root of the faults of chip data; texts never hold what was read from a card."""


class TlvError(ChipError):
    """Bytes that are not a sequence of data objects."""


class CertificateError(ChipError):
    """Bytes that are not one X.509 certificate with a usable key."""


class SecurityObjectError(ChipError):
    """Bytes that are not the security object of a travel document (EF.SOD)."""


class ImageError(ChipError):
    """A picture from the chip that cannot be decoded, or is larger than any card holds."""


class SessionError(ChipError):
    """An answer of mutual authentication or secure messaging that does not hold."""
