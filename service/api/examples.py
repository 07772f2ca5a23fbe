"""Examples of the API's description. Tests hold them to the models; no real person is in them."""

from __future__ import annotations

from typing import Any

__all__ = ["JSON_BODY", "REPORT", "VERIFY_REQUEST"]

VERIFY_REQUEST: dict[str, Any] = {
    "client_reference": "applicant-123",
    "layout": "auto",
    "expected": {"card_number": "AB12345678CD"},
    "detail": "standard",
    "store": "report",
}

JSON_BODY: dict[str, Any] = {
    "front": "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==",
    "request": VERIFY_REQUEST,
}

REPORT: dict[str, Any] = {
    "id": "vrf_01M80MBGEXRCZAZ3SQ77T2MVS3",
    "object": "verification",
    "created_at": "2026-11-22T01:02:03Z",
    "reference_time": "2026-11-22T01:02:03Z",
    "client_reference": "applicant-123",
    "verdict": "forged",
    "verdict_reason": "chip.signature.mismatch",
    "next_action": "manual_review",
    "assurance": "cryptographic",
    "trust_profile": "production",
    "forgery_score": {"value": 1.0, "band": "high", "prior": 0.05, "model": "card-forgery"},
    "document": {"layout": "jp.residence_card.gen1"},
    "fields": [
        {
            "name": "card_number",
            "value": "AB12345678CD",
            "agreement": "disagree",
            "sources": [
                {"source": "front", "value": "AB12345678CD", "raw": "AB12345678CD"},
                {"source": "chip", "value": "AB12345678CE", "raw": "AB12345678CE"},
            ],
        }
    ],
    "entitlement": {
        "card": {"state": "valid", "valid_until": "2027-10-20", "evidence": "printed"},
        "stay": {"state": "valid", "until": "2027-10-20", "evidence": "printed"},
        "work": {
            "state": "permission_limited",
            "hours_per_week": 28,
            "exceptions": ["long_school_holiday_8h_per_day"],
            "basis": "資格外活動許可",
            "evidence": "printed",
        },
    },
    "checks": [
        {
            "id": "chip.signature",
            "group": "chip",
            "result": "fail",
            "reason": "chip.signature.mismatch",
            "not_run_reason": None,
            "basis": "cryptographic",
            "effect": "decisive",
            "message": "The chip's signature does not fit its data.",
            "citation": "Specification of the residence card chip, signature file",
            "input": "chip",
        }
    ],
    "summary": {
        "pass": 0,
        "fail": 1,
        "suspect": 0,
        "inconclusive": 0,
        "not_run": 0,
        "not_applicable": 0,
        "error": 0,
    },
    "limits": ["replay_not_detectable"],
    "inputs": [
        {
            "role": "front",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "media_type": "image/jpeg",
            "width": 4032,
            "height": 3024,
            "quality": {"sharpness": 0.9, "px_per_mm": 21.4},
        }
    ],
    "engine": {
        "version": "0.1.0",
        "policy": {"id": "default", "version": "1"},
        "models": [],
        "trust_store": {
            "profile": "production",
            "digest": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        },
        "calibration": "synthetic",
    },
    "timing_ms": {"total": 412.0},
}
