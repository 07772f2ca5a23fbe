"""What is kept of one verification, wherever it came from: report, sighting, files."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from service.errors import Fault, RequestInvalid
from service.report import Report
from service.settings import Settings
from service.store.registry import Visit
from service.store.store import Store
from service.submission import Submission

__all__ = ["check_store", "keep_report", "kept_files"]


def check_store(submission: Submission, settings: Settings) -> None:
    """RequestInvalid where a caller asks to keep files and the operator has not enabled that."""
    if submission.request.store == "evidence" and not settings.evidence_enabled:
        fault = Fault("/request/store", "The operator has not enabled evidence: HONMONO_EVIDENCE_ENABLED.")
        raise RequestInvalid("Submitted pictures are not kept here.", fault)


def keep_report(
    store: Store, session: Session, submission: Submission, report: Report, visit: Visit, settings: Settings
) -> None:
    """Keep what the request asks for, inside the caller's transaction."""
    asked = submission.request.store
    if asked == "none":
        return
    store.records.add(session, report, visit.key.id, days=settings.report_days)
    visit.keep(session, report)
    if asked == "evidence":
        until = report.created_at + timedelta(days=settings.evidence_days)
        store.records.add_evidence(session, report, kept_files(submission, report), until=until)


def kept_files(submission: Submission, report: Report) -> dict[str, bytes]:
    """The submitted files, without any picture where a My Number was seen: nobody may keep it."""
    files: dict[str, bytes] = {}
    if "my_number_blacked_out" not in report.limits:
        files = {role.value: content for role, content in submission.pictures.items()}
        for axis, frames in submission.tilt.items():
            files |= {f"tilt_{axis}/{index}": frame for index, frame in enumerate(frames)}
    if submission.chip is not None:
        files["chip"] = submission.chip
    return files
