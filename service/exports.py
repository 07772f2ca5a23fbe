"""Records in three depths, after the logging profiles of BSI TR-03135-2 §4.3.

``basic`` holds no personal data: results, versions, times. ``standard`` adds the details of what failed or
could not be told, and digests of the inputs. ``full`` is the whole report.
"""

from __future__ import annotations

from typing import Any, Literal

from service.report import CheckReport, Report
from service.verdict import Result

__all__ = ["LogProfile", "exported"]

LogProfile = Literal["basic", "standard", "full"]
_DETAILED = frozenset({Result.FAIL, Result.SUSPECT, Result.INCONCLUSIVE, Result.ERROR})
_PLAIN = ("id", "group", "result", "reason", "not_run_reason")


def exported(report: Report, profile: LogProfile) -> dict[str, Any]:
    """One report as JSON values in a profile."""
    if profile == "full":
        return report.full_detail()
    line: dict[str, Any] = {
        "id": report.id,
        "created_at": report.created_at.isoformat(),
        "verdict": report.verdict.value,
        "verdict_reason": report.verdict_reason,
        "assurance": report.assurance.value,
        "trust_profile": report.trust_profile,
        "document": report.document.layout,
        "checks": [_check(check, profile) for check in report.checks],
        "summary": report.summary.model_dump(mode="json", by_alias=True),
        "limits": list(report.limits),
        "engine": report.engine.model_dump(mode="json"),
        "timing_ms": report.timing_ms,
    }
    if profile == "standard":
        line["inputs"] = [part.model_dump(mode="json") for part in report.inputs]
    return line


def _check(check: CheckReport, profile: LogProfile) -> dict[str, Any]:
    values = check.model_dump(mode="json", exclude={"message", "citation"})
    if profile == "basic" or check.result not in _DETAILED:
        return {name: values[name] for name in _PLAIN}
    return values
