"""A report in the shape of BSI TR-03135-1: result words, UUIDs, margins, rectangles, versions, timings.

The schemas of TR-03135 are not part of the published text that this was written from: names follow its
§5.5.4.2 and §6, in a namespace of this service, and nothing here claims conformance.
"""

from __future__ import annotations

import uuid
from xml.etree import ElementTree

from service.report import CheckReport, Report
from service.verdict import Basis, Effect, Group, Result

__all__ = ["NAMESPACE", "RESULT_WORDS", "document_check_xml"]

NAMESPACE = "urn:honmono:tr03135-shaped:1"
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
RESULT_WORDS = {
    Result.PASS: "successful",
    Result.FAIL: "failed",
    Result.SUSPECT: "failed",
    Result.INCONCLUSIVE: "undetermined",
    Result.NOT_APPLICABLE: "not supported",
    Result.NOT_RUN: "not supported",
    Result.ERROR: "aborted",
}
"""§3.5.2. A suspicion is a failed check that goes to a manual one; a check that lacked its input had nothing
to support it."""
_SECTIONS = {
    "optical": {Group.CAPTURE, Group.LAYOUT, Group.TEXT, Group.MRZ, Group.BARCODE, Group.SECURITY},
    "vendorSpecific": {Group.FORENSICS, Group.MODEL},
    "electronic": {Group.CHIP},
    "combined": {Group.CROSS, Group.REGISTRY},
}
_DUTY = {Effect.DECISIVE: "mandatory", Effect.SUPPORTING: "optional", Effect.INFORMATIVE: "evaluatory"}


def document_check_xml(report: Report, *, details: bool) -> bytes:
    """The report as UTF-8 XML. Without ``details`` margins, thresholds and rectangles are left out."""
    root = ElementTree.Element(
        "documentCheck", {"xmlns": NAMESPACE, "state": "terminated", "transactionId": _uuid(report.id)}
    )
    _head(root, report)
    for section, groups in _SECTIONS.items():
        part = ElementTree.SubElement(root, section)
        for check in report.checks:
            if check.group in groups:
                _check(part, check, details)
    _final(root, report)
    _timings(root, report, details)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _uuid(name: str) -> str:
    return str(uuid.uuid5(_IDS, name))


def _text(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = "".join(
        sign
        for sign in text
        if sign in "\t\n" or " " <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign > "\uffff"
    )


def _head(root: ElementTree.Element, report: Report) -> None:
    head = ElementTree.SubElement(root, "transaction")
    _text(head, "verificationId", report.id)
    _text(head, "created", report.created_at.isoformat())
    _text(head, "referenceTime", report.reference_time.isoformat())
    _text(head, "documentModel", report.document.layout or "unknown")
    _text(head, "trustProfile", report.trust_profile)
    versions = ElementTree.SubElement(head, "components")
    engine = report.engine
    _text(versions, "component", "honmono", version=engine.version)
    _text(versions, "component", f"policy {engine.policy.id}", version=engine.policy.version)
    for model in engine.models:
        _text(versions, "component", f"model {model.id}", version=model.sha256)
    _text(versions, "component", "trust store", version=engine.trust_store.digest)
    for part in report.inputs:
        _text(head, "input", part.sha256, role=part.role, mediaType=part.media_type)


def _check(parent: ElementTree.Element, check: CheckReport, details: bool) -> None:
    node = ElementTree.SubElement(
        parent,
        "check",
        {
            "uuid": _uuid(check.id),
            "genericId": check.group.value,
            "name": check.id,
            "result": RESULT_WORDS[check.result],
            "duty": _DUTY[check.effect],
            "statistical": "true" if check.basis in (Basis.STATISTICAL, Basis.PHYSICAL) else "false",
        },
    )
    _text(node, "code", check.reason)
    _text(node, "text", check.message)
    if check.not_run_reason is not None:
        _text(node, "notRun", check.not_run_reason.value)
    if not details:
        return
    for name, value in (("margin", check.margin), ("value", check.measured), ("threshold", check.threshold)):
        if value is not None:
            _text(node, name, f"{value:.4f}")
    if check.region is not None:
        x, y, w, h = (f"{v:.4f}" for v in check.region.box)
        ElementTree.SubElement(
            node, "rectangle", {"side": check.region.side, "x": x, "y": y, "width": w, "height": h}
        )


def _overall(report: Report) -> str:
    """§5.4: failed if one mandatory check failed, as the verdict weighs them."""
    words = {
        "forged": "failed",
        "invalid": "failed",
        "suspect": "failed",
        "inconclusive": "undetermined",
        "authentic": "successful",
        "no_sign_of_forgery": "successful",
    }
    return words[report.verdict.value]


def _final(root: ElementTree.Element, report: Report) -> None:
    final = ElementTree.SubElement(root, "overall", {"result": _overall(report)})
    _text(final, "verdict", report.verdict.value)
    _text(final, "code", report.verdict_reason)
    _text(final, "nextAction", report.next_action.value)
    for limit in report.limits:
        _text(final, "limit", limit)


def _timings(root: ElementTree.Element, report: Report, details: bool) -> None:
    timings = ElementTree.SubElement(root, "timings", {"unit": "ms"})
    for name, ms in report.timing_ms.items():
        if details or name == "total":
            _text(timings, "timing", f"{ms:.2f}", stage=name)
