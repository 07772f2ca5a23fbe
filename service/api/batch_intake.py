"""A batch as it comes in: spooled, taken apart item by item, kept, and only then begun.

1. take a place for an upload, or refuse; refuse as well where too much waits already
2. spool the body, encrypted, and hash it
3. take items out of it one after another, each with its own limits, and keep them sealed
4. claim the idempotency key, or give the first answer again
5. let the work begin, and keep the answer, in one transaction
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session

from service.api.access import may_see_detail
from service.api.batch_schemas import batch_model
from service.api.body import bounded_stream, media_type
from service.api.desk import Desk
from service.api.idempotent import once
from service.api.json_body import parse_json
from service.api.multipart import PartRule
from service.api.parts import from_members
from service.api.problems import pointer
from service.api.spool import Spool
from service.api.zip_body import Archive
from service.errors import (
    Fault,
    MediaTypeUnsupported,
    NoEvidence,
    Overloaded,
    PayloadTooLarge,
    Problem,
    RequestInvalid,
)
from service.settings import Settings
from service.store.batches import BatchItem
from service.store.keeping import check_store
from service.store.keys import ApiKey
from service.submission import Submission

__all__ = ["NDJSON_TYPES", "ZIP_TYPES", "Accepted", "receive"]

ZIP_TYPES = ("application/zip", "application/x-zip-compressed")
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines")
_EITHER = ("application/octet-stream",)
_MANIFEST = "manifest.ndjson"
_MEMBERS_PER_ITEM = 8
_MANIFEST_LINE_BYTES = 256 * 1024
_PIECE = 1024 * 1024
_TOGETHER_BYTES = 16 * 1024 * 1024
"""Items are kept together until they are this large."""
_TOGETHER = 64
_MOST_ID = 200


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to a batch that was taken in, or to its first sending."""

    id: str
    body: bytes
    replayed: bool = False


async def receive(
    desk: Desk, request: Request, key: ApiKey, idempotency_key: str | None, language: str
) -> Accepted:
    """Answer ``POST /v1/batches``; raises Problem where the batch as a whole cannot be taken."""
    kind, _ = media_type(request)
    if kind not in (*ZIP_TYPES, *NDJSON_TYPES, *_EITHER):
        raise MediaTypeUnsupported("Send application/zip or application/x-ndjson.")
    settings = desk.settings
    # 1. a place
    async with desk.admission.upload():
        waiting = await desk.admission.at_door(desk.store.batches.depths)
        if waiting.get("queued", 0) >= settings.max_batch_backlog:
            raise Overloaded("Too many items wait already; try again later.", retry_after_s=60)
        with Spool(settings.data_dir / "spool") as spool:
            # 2. the body
            digest = await _spool(desk, request, spool)
            # 3. the items
            take = partial(_take, desk, spool, key, language)
            id = await desk.admission.at_upload(take)
            try:
                # 4. and 5.
                asked = b"POST /v1/batches\0" + digest
                accepted = await desk.admission.at_door(
                    partial(_begin, desk, id, key, idempotency_key, asked)
                )
            except Exception:
                await desk.admission.at_door(partial(desk.store.batches.drop, id))
                raise
    if not accepted.replayed:
        desk.notify()
    return accepted


async def _spool(desk: Desk, request: Request, spool: Spool) -> bytes:
    """Keep the body; its SHA-256."""
    digest, held = hashlib.sha256(), bytearray()
    pieces = bounded_stream(request, desk.settings.max_batch_bytes, desk.settings.batch_upload_s)
    async for piece in pieces:
        held += piece
        if len(held) >= _PIECE:
            await desk.admission.at_upload(partial(_write, spool, digest, bytes(held)))
            held.clear()
    await desk.admission.at_upload(partial(_write, spool, digest, bytes(held)))
    return digest.digest()


def _write(spool: Spool, digest: Any, piece: bytes) -> None:
    digest.update(piece)
    spool.write(piece)


def _take(desk: Desk, spool: Spool, key: ApiKey, language: str) -> str:
    """Keep every item of a spooled body; the id of the batch, which nobody works on yet."""
    batches, settings = desk.store.batches, desk.settings
    items = _items(spool, key, settings)
    first = next(items, None)
    if first is None:
        raise NoEvidence("The batch holds no items.")
    now = datetime.now(UTC)
    id = batches.begin(key.id, language=language, now=now, days=settings.report_days)
    try:
        together, size, kept = [first], _size(first), 0
        for item in items:
            if len(together) >= _TOGETHER or size >= _TOGETHER_BYTES:
                batches.add(id, kept, together)
                kept, together, size = kept + len(together), [], 0
            together.append(item)
            size += _size(item)
        batches.add(id, kept, together)
    except Exception:
        batches.drop(id)
        raise
    return id


def _size(item: BatchItem) -> int:
    if isinstance(item.content, Problem):
        return 0
    frames = [frame for frames in item.content.tilt.values() for frame in frames]
    return sum(map(len, (*item.content.pictures.values(), *frames, item.content.chip or b"")))


def _begin(desk: Desk, id: str, key: ApiKey, idempotency_key: str | None, asked: bytes) -> Accepted:
    def begin(session: Session, now: datetime) -> tuple[str, bytes]:
        batch = desk.store.batches.open(session, id, now=now)
        return id, batch_model(batch).model_dump_json().encode()

    body, replayed = once(desk, key, idempotency_key, asked, begin)
    if replayed:
        desk.store.batches.drop(id)
    return Accepted(str(json.loads(body)["id"]), body, replayed)


# Items


def _items(spool: Spool, key: ApiKey, settings: Settings) -> Iterator[BatchItem]:
    """The items of a body, told apart by content: a ZIP begins with its signature, JSON never does."""
    spool.seek(0)
    head = spool.read(4) or b""
    spool.seek(0)
    archive: Archive | None = None
    if head.startswith(b"PK"):
        archive = Archive(
            io.BufferedReader(spool),
            max_members=_MEMBERS_PER_ITEM * settings.max_batch_items + 1,
            max_unpacked=settings.max_batch_unpacked_bytes,
        )
        if _MANIFEST not in archive:
            raise RequestInvalid("The ZIP archive needs a member manifest.ndjson.")
        most = min(settings.max_batch_bytes, _MANIFEST_LINE_BYTES * settings.max_batch_items)
        lines = _lines(io.BytesIO(archive.read(_MANIFEST, most)), _MANIFEST_LINE_BYTES)
    else:
        lines = _lines(io.BufferedReader(spool, _PIECE), settings.max_request_bytes * 4 // 3)
    seen: set[str] = set()
    for number, line in lines:
        if len(seen) >= settings.max_batch_items:
            raise PayloadTooLarge(f"A batch may hold at most {settings.max_batch_items} items.")
        yield _item(number, line, seen, archive, key, settings)


def _lines(file: io.BufferedIOBase, limit: int) -> Iterator[tuple[int, bytes]]:
    """Lines that are not empty, with their number from 0."""
    number = 0
    while line := file.readline(limit + 1):
        if len(line) > limit:
            raise PayloadTooLarge(f"A line may hold at most {limit} bytes.", _fault(number, "Is too long."))
        if line.strip():
            yield number, line
        number += 1


def _fault(number: int, detail: str, *more: str) -> Fault:
    return Fault(pointer([number, *more]), detail)


def _item(
    number: int, line: bytes, seen: set[str], archive: Archive | None, key: ApiKey, settings: Settings
) -> BatchItem:
    """One item. A line without a usable ``item_id`` spoils the batch; the rest is the item's own problem."""
    try:
        members = parse_json(line, settings.max_json_depth)
    except RequestInvalid as problem:
        detail = "Is not a line of JSON with an item_id."
        raise RequestInvalid("A line of the batch cannot be read.", _fault(number, detail)) from problem
    id = members.pop("item_id", None) if isinstance(members, dict) else None
    if not isinstance(id, str) or not 0 < len(id) <= _MOST_ID or not id.isprintable():
        detail = f"Must be text of 1 to {_MOST_ID} signs."
        raise RequestInvalid("Each line needs an item_id.", _fault(number, detail, "item_id"))
    if id in seen:
        raise RequestInvalid("An item_id comes twice.", _fault(number, "Came before.", "item_id"))
    seen.add(id)
    asked = members.get("request")
    full = isinstance(asked, dict) and asked.get("detail") == "full"
    wanted = "full" if full else "standard"
    try:
        return BatchItem(id, wanted, _submission(members, archive, key, settings))
    except PayloadTooLarge as problem:
        if archive is not None and archive.spent:
            raise
        return BatchItem(id, wanted, problem)
    except Problem as problem:
        return BatchItem(id, wanted, problem)


def _submission(
    members: dict[str, Any], archive: Archive | None, key: ApiKey, settings: Settings
) -> Submission:
    decode = partial(_member, archive) if archive is not None else None
    submission = from_members(members, settings, decode)
    may_see_detail(key, submission.request.detail)
    check_store(submission, settings)
    if submission.request.chip_session is not None:
        fault = Fault("/request/chip_session", "Is not for batches: put the dump into the item.")
        raise RequestInvalid("A batch takes no dump from a session.", fault)
    return submission


def _member(archive: Archive, value: Any, rule: PartRule, place: list[str | int]) -> bytes:
    """Content of a member that the manifest names."""
    if not isinstance(value, str) or value not in archive:
        fault = Fault(pointer(place), "Must be the name of a member of the ZIP archive.")
        raise RequestInvalid("The manifest names a member that is not there.", fault)
    return archive.read(value, rule.max_bytes)
