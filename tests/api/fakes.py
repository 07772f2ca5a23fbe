"""An engine that judges nothing: it shows what reached it, and answers as told."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from service.api.examples import REPORT
from service.registry import Identity, Registry, RegistryFacts
from service.report import Report
from service.submission import Submission


def a_report(verification_id: str, now: datetime, **changes: Any) -> Report:
    """A whole report with every leaf that standard detail withholds."""
    check = {
        **REPORT["checks"][0],
        "measured": 1.5,
        "threshold": 2.0,
        "margin": -0.25,
        "weight_bits": 3.5,
        "region": {"side": "front", "box": [0.1, 0.2, 0.3, 0.4]},
    }
    source = {"source": "front", "value": "AB12345678CD", "raw": "AB12345678CD", "confidence": 0.99}
    field = {**REPORT["fields"][0], "sources": [{**source, "region": check["region"]}]}
    return Report.model_validate(
        {
            **REPORT,
            "id": verification_id,
            "created_at": now,
            "reference_time": now,
            "forgery_score": {"value": 0.9731, "band": "high", "prior": 0.05, "model": "card-forgery"},
            "document": {"layout": "jp.residence_card.gen1", "confidence": 0.98},
            "fields": [field],
            "checks": [check],
            "timing_ms": {"total": 412.0, "locate": 18.2},
            **changes,
        }
    )


class FakeEngine:
    """Answers each submission with a forged card; ``before`` may wait or raise."""

    def __init__(self, before: Callable[[Submission], None] | None = None) -> None:
        self.before = before
        self.seen: list[Submission] = []
        self.languages: list[str] = []
        self.identity = Identity()
        self.facts: list[RegistryFacts] = []
        self.state: dict[str, Any] = {"ready": True, "trust_store": "no_anchor", "models": "ok"}
        self._lock = threading.Lock()

    def verify(
        self,
        submission: Submission,
        *,
        now: datetime,
        verification_id: str,
        language: str = "en",
        registry: Registry | None = None,
    ) -> Report:
        with self._lock:
            self.seen.append(submission)
            self.languages.append(language)
        if self.before is not None:
            self.before(submission)
        if registry is not None:
            self.facts.append(registry.look_up(self.identity))
        inputs = [
            {"role": role.value, "sha256": hashlib.sha256(content).hexdigest(), "media_type": "image/png"}
            for role, content in submission.pictures.items()
        ]
        return a_report(
            verification_id,
            now,
            client_reference=submission.request.client_reference,
            inputs=inputs,
            reference_time=submission.request.reference_time or now,
        )

    def readiness(self) -> Mapping[str, Any]:
        return self.state
