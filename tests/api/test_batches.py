"""Batches over HTTP, with an engine that judges nothing: what goes in, what comes out, and who may see it."""

from __future__ import annotations

import base64
import io
import json
import struct
import threading
import time
import zipfile
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import func, select

from service.errors import ImageUndecodable
from service.store.batch_tables import BatchItemRow, BatchPayloadRow, BatchRow
from service.submission import Submission
from tests.api.conftest import Door, MakeDoor
from tests.api.fakes import FakeEngine
from tests.api.test_problems import expect

NDJSON = "application/x-ndjson"
ZIP = "application/zip"
PICTURE = base64.b64encode(b"a picture").decode()


def line(item_id: object = "a", **members: Any) -> str:
    return json.dumps({"item_id": item_id, **({"front": PICTURE} | members)})


def zipped(
    manifest: str, members: dict[str, bytes] | None = None, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("manifest.ndjson", manifest)
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()


def send(door: Door, body: str | bytes, who: str = "client", kind: str = NDJSON, **headers: str) -> Any:
    content = body.encode() if isinstance(body, str) else body
    sent = {**door.headers(who), "Content-Type": kind, **headers}
    return door.http.post("/v1/batches", content=content, headers=sent)


def get(door: Door, path: str, who: str = "client") -> Any:
    return door.http.get(path, headers=door.headers(who))


def done(door: Door, answer: Any, who: str = "client") -> dict[str, Any]:
    """The batch once its last item has ended."""
    assert answer.status_code == 202, answer.text
    end = time.monotonic() + 30
    while True:
        batch: dict[str, Any] = get(door, answer.headers["location"], who).json()
        if batch["finished_at"] is not None:
            return batch
        assert time.monotonic() < end, batch
        time.sleep(0.02)


def results(door: Door, answer: Any, query: str = "", who: str = "client") -> dict[str, dict[str, Any]]:
    text = get(door, f"{answer.headers['location']}/results{query}", who).text
    rows = [json.loads(row) for row in text.splitlines()]
    assert len({row["item_id"] for row in rows}) == len(rows), "no item twice"
    return {row["item_id"]: row for row in rows}


def waited(event: threading.Event) -> None:
    assert event.wait(20)


def left_behind(door: Door) -> int:
    with door.desk.store.database.read() as session:
        return session.scalar(select(func.count()).select_from(BatchPayloadRow)) or 0


def test_each_item_gets_a_report_or_a_problem_of_its_own(door: Door) -> None:
    body = "\n".join(
        [
            line("good", request={"client_reference": "r-1"}),
            "",
            line("chip as an object", front=None, chip={"format": "residence-card-dump/1"}),
            line("nothing", front=None),
            line("no base64", front="%%%"),
            line("unknown member", bild=PICTURE),
            line("full", request={"detail": "full"}),
            line("evidence", request={"store": "evidence"}),
        ]
    )
    answer = send(door, body)
    assert answer.headers["location"] == f"/v1/batches/{answer.json()['id']}"
    assert answer.json()["counts"]["total"] == 7
    batch = done(door, answer)
    assert batch["state"] == "done"
    assert (batch["counts"]["done"], batch["counts"]["failed"]) == (2, 5)
    found = results(door, answer)
    assert found["good"]["report"]["client_reference"] == "r-1"
    assert found["good"]["report"]["verdict"] == "forged"
    assert "report" in found["chip as an object"]
    names = {id: row["problem"]["type"].rpartition(":")[2] for id, row in found.items() if "problem" in row}
    assert names == {
        "nothing": "no-evidence",
        "no base64": "request-invalid",
        "unknown member": "request-invalid",
        "full": "forbidden",
        "evidence": "request-invalid",
    }
    assert found["no base64"]["problem"]["errors"][0]["pointer"] == "/front"
    assert left_behind(door) == 0, "what was submitted is erased"


def test_a_stored_report_is_a_verification_of_its_own_and_its_erasure_reaches_the_result(door: Door) -> None:
    answer = send(door, line("a"))
    done(door, answer)
    row = results(door, answer)["a"]
    path = f"/v1/verifications/{row['verification_id']}"
    assert get(door, path).json() == row["report"]
    assert door.http.delete(path, headers=door.headers("client")).status_code == 204
    assert results(door, answer)["a"]["problem"]["type"].endswith(":not-found")


def test_with_store_none_the_report_is_in_the_result_alone(door: Door) -> None:
    answer = send(door, line("a", request={"store": "none"}))
    done(door, answer)
    assert results(door, answer)["a"]["report"]["verdict"] == "forged"
    assert get(door, "/v1/verifications").json()["data"] == []


def test_the_engine_sees_what_was_sent_and_its_problem_becomes_the_items(make_door: MakeDoor) -> None:
    def refuse(submission: Submission) -> None:
        if submission.request.client_reference == "torn":
            raise ImageUndecodable("The picture cannot be decoded.")

    door = make_door(FakeEngine(refuse))
    frames = [base64.b64encode(bytes([i])).decode() for i in range(3)]
    tilted = line("tilted", tilt_vertical=frames, request={"reference_time": "2026-01-02T03:04:05Z"})
    answer = send(door, f"{tilted}\n{line('torn', request={'client_reference': 'torn'})}")
    done(door, answer)
    found = results(door, answer)
    assert found["torn"]["problem"]["type"].endswith(":image-undecodable")
    assert found["tilted"]["report"]["reference_time"] == "2026-01-02T03:04:05Z"
    seen = next(s for s in door.engine.seen if s.tilt)
    assert seen.tilt == {"vertical": (b"\0", b"\1", b"\2")}
    assert b"a picture" in seen.pictures.values()


def test_a_zip_names_its_members(door: Door) -> None:
    manifest = "\n".join(
        [
            line("a", front="cards/a/front.jpg", chip="a.json", tilt_horizontal=["1", "2"]),
            line("b", front="cards/missing.jpg"),
        ]
    )
    members = {"cards/a/front.jpg": b"front of a", "a.json": b"{}", "1": b"one", "2": b"two", "unused": b""}
    answer = send(door, zipped(manifest, members), kind=ZIP)
    done(door, answer)
    found = results(door, answer)
    assert "report" in found["a"]
    assert found["b"]["problem"]["errors"][0]["pointer"] == "/front"
    seen = door.engine.seen[0]
    assert (list(seen.pictures.values()), seen.chip) == ([b"front of a"], b"{}")
    assert seen.tilt == {"horizontal": (b"one", b"two")}


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        ("", 400, "no-evidence"),
        ("\n \n", 400, "no-evidence"),
        ("not json", 400, "request-invalid"),
        ("[1]", 400, "request-invalid"),
        (json.dumps({"front": PICTURE}), 400, "request-invalid"),
        (line(""), 400, "request-invalid"),
        (line(7), 400, "request-invalid"),
        (line("x" * 201), 400, "request-invalid"),
        (line("new\nline"), 400, "request-invalid"),
        (f"{line('a')}\n{line('a')}", 400, "request-invalid"),
        ("\n".join(line(str(i)) for i in range(4)), 413, "payload-too-large"),
        (b"PK\x05\x06" + bytes(18), 400, "request-invalid"),
        (b"PK\x03\x04 torn", 400, "request-invalid"),
        (zipped(line("a"))[:-30], 400, "request-invalid"),
    ],
)
def test_a_batch_that_cannot_be_taken_leaves_nothing(
    make_door: MakeDoor, body: str | bytes, status: int, name: str
) -> None:
    door = make_door(max_batch_items=3)
    answer = send(door, body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:honmono:problem:{name}")
    with door.desk.store.database.read() as session:
        assert session.scalar(select(func.count()).select_from(BatchRow)) == 0


@pytest.mark.parametrize(
    "name", ["../up", "/etc/passwd", "a/../../b", "c:\\x", "a\\b", "x\x07", "a/../b", "..", "x:y"]
)
def test_a_zip_with_a_name_that_leads_out_is_refused(door: Door, name: str) -> None:
    expect(
        send(door, zipped(line("a", front="f"), {"f": b"x", name: b"y"}), kind=ZIP), 400, "request-invalid"
    )


def test_links_encryption_other_methods_doubles_and_zip64_are_refused(door: Door) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("manifest.ndjson", line("a", front="link"))
        archive.writestr(link, "/etc/passwd")
    whole = zipped(line("a", front="f"), {"f": b"x"})
    directory = whole.index(b"PK\x01\x02")
    encrypted = bytearray(whole)
    encrypted[directory + 8] |= 1
    end = whole.index(b"PK\x05\x06")
    zip64 = whole[:end] + b"PK\x06\x07" + bytes(16) + whole[end:]
    double = zipped(line("a", front="f"), {"f": b"x", "g": b"y"}).replace(b"g", b"f")
    other = zipped(line("a", front="f"), {"f": b"x"}, zipfile.ZIP_LZMA)
    for body in (stream.getvalue(), bytes(encrypted), zip64, double, other):
        expect(send(door, body, kind=ZIP), 400, "request-invalid")


def test_bombs_are_stopped_by_size_as_a_whole_and_by_member(make_door: MakeDoor) -> None:
    door = make_door(max_part_bytes=1000, max_batch_unpacked_bytes=4000)
    one = send(door, zipped(line("a", front="f"), {"f": bytes(1_000_000)}), kind=ZIP)
    done(door, one)
    assert results(door, one)["a"]["problem"]["type"].endswith(":payload-too-large")
    many = "\n".join(line(str(i), front="f") for i in range(20))
    expect(send(door, zipped(many, {"f": bytes(900)}), kind=ZIP), 413, "payload-too-large")


def test_a_directory_that_claims_too_much_is_not_read(make_door: MakeDoor) -> None:
    door = make_door(max_batch_items=1)
    end = b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 65535, 65535, 2**31, 0, 0)
    expect(send(door, b"PK\x03\x04" + bytes(60) + end, kind=ZIP), 413, "payload-too-large")


def test_bytes_beyond_the_limit_and_other_types_are_refused(make_door: MakeDoor) -> None:
    door = make_door(max_batch_bytes=2000)
    expect(send(door, line("a", front="A" * 4000)), 413, "payload-too-large")
    expect(send(door, line("a"), kind="application/pdf"), 415, "media-type-unsupported")


def test_a_batch_sent_again_with_its_key_is_not_done_again(door: Door) -> None:
    first = send(door, line("a"), **{"Idempotency-Key": "k"})
    done(door, first)
    again = send(door, line("a"), **{"Idempotency-Key": "k"})
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    expect(send(door, line("b"), **{"Idempotency-Key": "k"}), 422, "idempotency-key-reused")
    time.sleep(0.1)
    assert len(door.engine.seen) == 1
    assert len(get(door, "/v1/batches").json()["data"]) == 1
    assert send(door, line("a")).headers["location"] != first.headers["location"], "without a key it is new"


def test_a_client_sees_its_own_batches_and_inspectors_all(door: Door) -> None:
    answer = send(door, line("a"))
    done(door, answer)
    path = answer.headers["location"]
    for who, status in (("client", 200), ("other", 404), ("inspector", 200), ("admin", 200)):
        assert get(door, path, who).status_code == status
        assert get(door, f"{path}/results", who).status_code == status
        assert len(get(door, "/v1/batches", who).json()["data"]) == (status == 200)
    for who, status in (("other", 404), ("inspector", 404)):
        assert door.http.post(f"{path}/cancel", headers=door.headers(who)).status_code == status
        assert door.http.delete(path, headers=door.headers(who)).status_code == status
    assert door.http.post("/v1/batches", content=b"").status_code == 401
    assert door.http.delete(path, headers=door.headers("client")).status_code == 204
    assert get(door, path).status_code == 404
    report = get(door, "/v1/verifications").json()["data"]
    assert len(report) == 1, "stored reports stay"


def test_results_come_in_pages_that_lose_and_double_nothing(door: Door) -> None:
    answer = send(door, "\n".join(line(f"i{n}") for n in range(7)))
    done(door, answer)
    path, cursor, pages = answer.headers["location"], "0", []
    while cursor is not None:
        page = get(door, f"{path}/results?limit=3&cursor={cursor}")
        pages.append([json.loads(row)["item_id"] for row in page.text.splitlines()])
        cursor = page.headers.get("honmono-next-cursor")
    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(id for page in pages for id in page) == [f"i{n}" for n in range(7)]
    newest = get(door, "/v1/batches?limit=1").json()
    assert (newest["has_more"], newest["next_cursor"]) == (False, None)


def test_parquet_holds_the_same_once_the_batch_is_done(make_door: MakeDoor) -> None:
    leave = threading.Event()
    door = make_door(FakeEngine(lambda _: waited(leave)))
    answer = send(door, f"{line('a', request={'client_reference': '山田'})}\n{line('b', front='%')}")
    path = f"{answer.headers['location']}/results?format=parquet"
    expect(get(door, path), 409, "request-in-progress")
    leave.set()
    done(door, answer)
    found = get(door, path)
    assert found.headers["content-type"] == "application/vnd.apache.parquet"
    rows = {row["item_id"]: row for row in pq.read_table(io.BytesIO(found.content)).to_pylist()}
    lines = results(door, answer)
    assert json.loads(rows["a"]["report"]) == lines["a"]["report"]
    assert (rows["a"]["verdict"], rows["a"]["problem_type"]) == ("forged", None)
    assert (rows["b"]["verdict"], rows["b"]["problem_type"]) == (None, lines["b"]["problem"]["type"])


def test_cancelling_erases_what_was_not_begun_and_finishes_what_was(make_door: MakeDoor) -> None:
    begun, leave = threading.Event(), threading.Event()

    def hold(_: Submission) -> None:
        begun.set()
        waited(leave)

    door = make_door(FakeEngine(hold), batch_workers=1)
    answer = send(door, "\n".join(line(f"i{n}") for n in range(4)))
    assert begun.wait(20)
    path = answer.headers["location"]
    cancelled = door.http.post(f"{path}/cancel", headers={**door.headers("client"), "Idempotency-Key": "c"})
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    counts = cancelled.json()["counts"]
    assert (counts["running"], counts["cancelled"]) == (1, 3)
    assert left_behind(door) == 1
    leave.set()
    assert done(door, answer)["state"] == "cancelled"
    found = results(door, answer)
    kinds = sorted(
        row["problem"]["type"].rpartition(":")[2] if "problem" in row else "report" for row in found.values()
    )
    assert kinds == ["cancelled", "cancelled", "cancelled", "report"]
    assert left_behind(door) == 0
    again = door.http.post(f"{path}/cancel", headers={**door.headers("client"), "Idempotency-Key": "c"})
    assert again.headers["idempotency-replayed"] == "true"


def test_too_much_that_waits_is_503(make_door: MakeDoor) -> None:
    door = make_door(batch_workers=0, max_batch_backlog=2)
    assert send(door, f"{line('a')}\n{line('b')}").status_code == 202
    refused = send(door, line("c"))
    expect(refused, 503, "overloaded")
    assert int(refused.headers["retry-after"]) > 0
    text = get(door, "/metrics", "admin").text
    assert 'honmono_batch_items{state="queued"} 2.0' in text


def test_what_waits_is_sealed_and_names_nobody(make_door: MakeDoor) -> None:
    door = make_door(batch_workers=0)
    send(door, line("KEINE PERSON", request={"client_reference": "KEINE PERSON"}))
    with door.desk.store.database.read() as session:
        payload = session.scalars(select(BatchPayloadRow)).one().content
        label = session.scalars(select(BatchItemRow)).one().label
    for sealed in (payload, label):
        assert b"PERSON" not in sealed
        assert b"a picture" not in sealed
    assert not list((door.desk.settings.data_dir / "spool").iterdir())


def test_a_report_of_a_batch_is_counted(door: Door) -> None:
    done(door, send(door, line("a")))
    end = time.monotonic() + 5
    wanted = 'honmono_verdicts_total{trust_profile="production",verdict="forged"} 1.0'
    while wanted not in get(door, "/metrics", "admin").text:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_japanese_client_gets_japanese_sentences(door: Door) -> None:
    done(door, send(door, line("a"), **{"Accept-Language": "ja"}))
    assert door.engine.languages == ["ja"]
