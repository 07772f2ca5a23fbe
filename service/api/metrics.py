"""Counters and times for Prometheus. Labels are closed sets: never an id, a key or a path as sent."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from service.report import Report
from service.verdict import Result

__all__ = ["Metrics"]

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.35, 0.5, 0.7, 1.0, 1.2, 2.5, 5.0, 10.0, 30.0)

_BUCKETS_MARGIN = (-0.8, -0.6, -0.4, -0.2, -0.1, 0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


class Metrics:
    """The figures of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "honmono_requests", "Answered requests", ("method", "route", "status"), registry=self.registry
        )
        self.request_seconds = Histogram(
            "honmono_request_seconds",
            "Time to the answer",
            ("method", "route"),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self.verdicts = Counter(
            "honmono_verdicts", "Verdicts given", ("verdict", "trust_profile"), registry=self.registry
        )
        self.stage_seconds = Histogram(
            "honmono_stage_seconds",
            "Time of each stage of a verification",
            ("stage",),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self.check_errors = Counter(
            "honmono_check_errors", "Checks that crashed", ("check",), registry=self.registry
        )
        self.inside = Gauge(
            "honmono_verifications_inside",
            "Verifications being received, waiting or running",
            ("lane",),
            registry=self.registry,
        )
        self.margins = Histogram(
            "honmono_check_margin",
            "Margin of each check that measures: 0 is the decision, positive is genuine",
            ("check",),
            buckets=_BUCKETS_MARGIN,
            registry=self.registry,
        )
        self.batch_items = Gauge(
            "honmono_batch_items", "Items of batches, by state", ("state",), registry=self.registry
        )
        self.webhook_messages = Gauge(
            "honmono_webhook_messages", "Webhook messages that wait", registry=self.registry
        )
        self.refused = Counter(
            "honmono_refused", "Requests refused for load", ("reason",), registry=self.registry
        )

    def count(self, report: Report) -> None:
        """Count one report."""
        self.verdicts.labels(report.verdict.value, report.trust_profile).inc()
        for stage, milliseconds in report.timing_ms.items():
            self.stage_seconds.labels(stage).observe(milliseconds / 1000)
        for check in report.checks:
            if check.result is Result.ERROR:
                self.check_errors.labels(check.id).inc()
            if check.margin is not None:
                self.margins.labels(check.id).observe(check.margin)

    def depths(self, items: Mapping[str, int], messages: int) -> None:
        """Set how much waits in the database, read just now."""
        for state in ("queued", "running"):
            self.batch_items.labels(state).set(items.get(state, 0))
        self.webhook_messages.set(messages)

    def text(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self.registry)
