"""Signatures of the Standard Webhooks specification, version 1: HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac

__all__ = ["headers", "sign"]


def sign(secret: bytes, id: str, timestamp: int, body: bytes) -> str:
    """One signature as it stands in the header: ``v1,<base64>``."""
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def headers(secret: bytes, id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers that let a receiver prove who sent this, when, and that it is whole."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, id, timestamp, body),
    }
