"""Counters and times for Prometheus. Labels are closed sets: never an id, a key or a path as sent."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from service.report import Report
from service.verdict import Result

__all__ = ["Metrics"]

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.35, 0.5, 0.7, 1.0, 1.2, 2.5, 5.0, 10.0, 30.0)


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
            "honmono_verifications_inside", "Verifications being received, waiting or running",
            registry=self.registry,
        )  # fmt: skip
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

    def text(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self.registry)
