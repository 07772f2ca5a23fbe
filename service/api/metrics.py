"""Counters and times for Prometheus. Labels are closed sets: never an id, a key or a path as sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from service.report import Report
from service.scoring.drift import EDGES, alarms, bucket, distance
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
            "honmono_verifications_inside",
            "Verifications being received, waiting or running",
            ("lane",),
            registry=self.registry,
        )
        self.margins = Histogram(
            "honmono_check_margin",
            "Margin of each check that measures: 0 is the decision, positive is genuine",
            ("check",),
            buckets=EDGES,
            registry=self.registry,
        )
        self.margin_references = Gauge(
            "honmono_check_margin_reference",
            "Share of the calibration's margins up to an edge of the histogram",
            ("check", "le"),
            registry=self.registry,
        )
        self.margin_reference_cards = Gauge(
            "honmono_check_margin_reference_cards",
            "Margins behind the reference",
            ("check",),
            registry=self.registry,
        )
        self.margin_distances = Gauge(
            "honmono_check_margin_distance",
            "Greatest distance of the margins since the start from those of the calibration, 0 to 1",
            ("check",),
            registry=self.registry,
        )
        self.margin_alarms = Gauge(
            "honmono_check_margin_alarm",
            "1 where that distance is more than chance explains",
            ("check",),
            registry=self.registry,
        )
        self._margins: dict[str, list[int]] = defaultdict(lambda: [0] * len(EDGES))
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
                self._margins[check.id][bucket(check.margin)] += 1

    def compare(self, references: Mapping[str, Sequence[int]]) -> None:
        """Set how far the margins have drifted from those that the limits were calibrated on."""
        drifted = alarms(self._margins, references)
        for id, reference in references.items():
            for edge, below in zip(EDGES, accumulate(reference), strict=True):
                self.margin_references.labels(id, str(edge)).set(below / max(sum(reference), 1))
            self.margin_reference_cards.labels(id).set(sum(reference))
            seen = self._margins.get(id)
            self.margin_distances.labels(id).set(distance(seen, reference) if seen else 0.0)
            self.margin_alarms.labels(id).set(id in drifted)

    def depths(self, items: Mapping[str, int], messages: int) -> None:
        """Set how much waits in the database, read just now."""
        for state in ("queued", "running"):
            self.batch_items.labels(state).set(items.get(state, 0))
        self.webhook_messages.set(messages)

    def text(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self.registry)
