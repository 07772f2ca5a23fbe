"""The engine of the processes that read an archive: one item in, a row for each of its cards out.

1. open the files of the item; what cannot be opened is told
2. one scan, or two that belong together, go to the engine as they are
3. where that shows several cards, or the item has many pages, cut the pages up and tell the sides apart
4. judge card after card; each step is announced before it is taken, so that a process that dies of one is
   followed by another that leaves it out
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from time import perf_counter

from service import __version__
from service.archive.dates import Dated, scan_dates
from service.archive.documents import Document, open_document, page_picture, png, reading
from service.archive.item import CardEvidence, FileRow, PairedBy, PartRole
from service.archive.judge import Judged, judge
from service.archive.links.fingerprints import fingerprints
from service.archive.problems import PROBLEMS, Unread
from service.archive.rows import against, card_id, models_digest, names_of, portrait, row_of, row_of_problem
from service.archive.sources import Opener
from service.archive.survey import Card, Face, put_together, side_of
from service.archive.work import Done, Mark, Timing, Work
from service.evidence import Picture, Role, Side
from service.imaging import locate_card
from service.imaging.several import Piece, pieces
from service.settings import Settings, settings
from service.verify import Engine

__all__ = ["Examiner", "load"]

Emit = Callable[[Mark | Done], None]
_DUMPS = (b"{", b"[", b"PK")


def load() -> Examiner:
    """The engine of a child process (``service.worker.child``)."""
    import cv2

    cv2.setNumThreads(1)
    chosen = settings()
    limits = chosen.model_copy(update={"max_part_bytes": chosen.archive_max_file_bytes})
    return Examiner(Engine.load(limits), limits)


class Examiner:
    """Reads items with one engine."""

    def __init__(self, engine: Engine, limits: Settings) -> None:
        self.engine = engine
        self.limits = limits

    def run(self, work: Work, emit: Emit) -> None:
        """Tell the rows of an item, each step before it is taken."""
        _Visit(self, work, emit).run()


class _Visit:
    """One look at one item."""

    def __init__(self, examiner: Examiner, work: Work, emit: Emit) -> None:
        self.engine, self.limits = examiner.engine, examiner.limits
        self.work, self.item, self.job, self.emit = work, work.item, work.job, emit
        self.documents: dict[int, Document] = {}
        self.chips: dict[int, bytes] = {}
        self.faults: dict[int, str] = {}
        self.number = work.rows
        self._page: tuple[int, int, Picture] | None = None

    def run(self) -> None:
        """See the head of this module."""
        for number, part in enumerate(self.item.parts):
            try:
                with self._step(("read", number, 0), "file-unreadable"):
                    self._open(number, part.role)
            except Unread as error:
                self.faults[number] = error.code
        if not self.documents and not self.chips:
            self._tell_problem(range(len(self.item.parts)), next(iter(self.faults.values())))
            return
        if self.work.begin:
            self.faults = {}
        card = self._as_they_are()
        if card is None or not self._whole(card):
            self._one_by_one()

    @contextmanager
    def _step(self, mark: Mark, otherwise: str) -> Iterator[None]:
        """Announce a step; Unread where no process survived it, or where it fails."""
        if mark in self.work.given_up:
            raise Unread(self.work.given_up[mark])
        self.emit(mark)
        with reading(otherwise):
            yield

    # 1. files

    def _open(self, number: int, role: PartRole) -> None:
        data = Opener(self.job.members_of).read(
            self.item.parts[number].entry, self.limits.archive_max_file_bytes
        )
        if role is PartRole.CHIP or (role is PartRole.ANY and data.lstrip()[:2].startswith(_DUMPS)):
            self.chips[number] = data
        else:
            self.documents[number] = open_document(data, self.limits)

    # 2. as they are

    def _as_they_are(self) -> Card | None:
        """The item as one card, where its files are one picture of a side each."""
        roles = [self.item.parts[number].role for number in self.documents]
        if not all(document.whole for document in self.documents.values()) or len(set(roles)) < len(roles):
            return None
        faces = [Face(number, 0) for number in self.documents]
        backs = [face for face, role in zip(faces, roles, strict=True) if role is PartRole.BACK]
        fronts = [face for face in faces if face not in backs]
        if len(fronts) > 1 or len(self.chips) > 1:
            return None
        return Card(
            fronts[0] if fronts else None,
            backs[0] if backs else None,
            next(iter(self.chips), None),
            self.item.paired_by,
        )

    def _whole(self, card: Card) -> bool:
        """Judge an item as one card; False where there is more than one card in it."""
        start = perf_counter()
        try:
            with self._step(("whole", 0, 0), "internal"):
                judged = self._judge(card)
        except Unread as error:
            self._tell_problem(range(len(self.item.parts)), error.code)
            return True
        captures = judged.case.captures.values()
        if any(capture.location.cards > 1 for capture in captures) or judged.same_side:
            return False
        self._tell(card, judged, start)
        return True

    # 3. pages

    def _one_by_one(self) -> None:
        faces, lost = self._faces()
        cards = put_together(faces)
        if self.work.begin is None:
            for part, page, code in lost:
                self._tell_problem([part], code, page)
        lone_chip = next(iter(self.chips), None)
        if lone_chip is not None:
            cards = (
                (replace(cards[0], chip=lone_chip),)
                if len(cards) == 1
                else (*cards, Card(None, None, lone_chip))
            )
        for index, card in enumerate(cards):
            if self.work.begin is None or index >= self.work.begin:
                self._card(index, card)

    def _faces(self) -> tuple[list[Face], list[tuple[int, int | None, str]]]:
        faces: list[Face] = []
        lost: list[tuple[int, int | None, str]] = []
        for part, document in self.documents.items():
            for page in document.pages:
                try:
                    with self._step(("page", part, page), "image-undecodable"):
                        faces.extend(self._cut(part, page))
                except Unread as error:
                    lost.append((part, page, error.code))
            if document.more:
                lost.append((part, None, "too-many-pages"))
        return faces, lost

    def _cut(self, part: int, page: int) -> list[Face]:
        picture = self._picture(part, page)
        found: Sequence[Piece | None] = pieces(picture, self.limits.archive_max_cards) or (None,)
        several = len(self.documents) > 1 or len(self.documents[part].pages) > 1 or len(found) > 1
        if several and found == (None,) and not locate_card(picture).quads:
            raise Unread("no-card")
        said = {PartRole.FRONT: Side.FRONT, PartRole.BACK: Side.BACK}.get(self.item.parts[part].role)
        faces = []
        for piece in found:
            seen = side_of(_cut_out(picture, piece)) if several else said
            faces.append(Face(part, page, piece, seen or said))
        return faces

    def _picture(self, part: int, page: int) -> Picture:
        """One decoded page; the last one is kept, since its cards come one after another."""
        if self._page is None or self._page[:2] != (part, page):
            self._page = None
            self._page = (part, page, page_picture(self.documents[part], page, self.limits))
        return self._page[2]

    # 4. cards

    def _card(self, index: int, card: Card) -> None:
        start = perf_counter()
        try:
            with self._step(("card", index, 0), "internal"):
                judged = self._judge(card)
        except Unread as error:
            parts = [face.part for face in (card.front, card.back) if face] or [card.chip or 0]
            self._tell_problem(parts, error.code, card.front.page if card.front else None)
            return
        if card.back and card.front and (judged.same_side or judged.other_number):
            for face in (card.front, card.back):
                alone = Card(face, chip=card.chip if face is card.front else None)
                self._tell(alone, self._judge(alone), start)
            return
        self._tell(card, judged, start)

    def _judge(self, card: Card) -> Judged:
        files = {face.part for face in (card.front, card.back) if face} or {card.chip or 0}
        first = min(files)
        entry = self.item.parts[first].entry
        dates: Sequence[Dated] = scan_dates(self.item, entry, self.documents.get(first), self.job.now)
        pictures = {}
        if card.front:
            pictures[Role.BACK if card.front.side is Side.BACK else Role.FRONT] = self._bytes(card.front)
        if card.back:
            pictures[Role.BACK] = self._bytes(card.back)
        chip = self.chips[card.chip] if card.chip is not None else None
        id = f"vrf_{card_id(self.job.key, self.item, self.number)}"
        return judge(self.engine, id, pictures, chip, dates, self.job)

    def _bytes(self, face: Face) -> bytes:
        document = self.documents[face.part]
        if document.whole and face.piece is None:
            return document.data
        return png(self._picture(face.part, face.page), face.piece)

    def _tell(self, card: Card, judged: Judged, start: float) -> None:
        evidence = CardEvidence(judged.case, judged.report, self.job.key)
        with reading("internal"):
            prints = fingerprints(evidence)
        paired = card.paired_by if card.back else PairedBy.NONE
        if paired is PairedBy.PAGE and judged.same_number:
            paired = PairedBy.NUMBER
        row = row_of(
            self.item,
            self.number,
            self._files(card, judged),
            evidence,
            paired.value,
            judged.dated[1].value,
            prints,
        )
        bad = dict(judged.left_out) | {self.item.parts[n].role.value: code for n, code in self.faults.items()}
        self.faults = {}
        if bad:
            role, code = next(iter(bad.items()))
            row = replace(row, problem=code, problem_detail=f"{role}: {PROBLEMS[code]}")
        timing = Timing(row.card_id, perf_counter() - start, judged.report.timing_ms)
        picture = portrait(judged.case) if self.job.pictures and against(row) else None
        self.emit(Done(row, timing, names_of(row.card_id, self.item, judged.report), picture))
        self.number += 1

    def _tell_problem(self, parts: Sequence[int], code: str, page: int | None = None) -> None:
        files = [self._file("unknown", part, page) for part in parts]
        row = replace(
            row_of_problem(self.job.key, self.item, self.number, files, code, PROBLEMS[code]),
            engine_version=__version__,
            models_digest=models_digest([(model.id, model.sha256) for model in self.engine.models]),
        )
        self.emit(Done(row, Timing(row.card_id, 0.0), names_of(row.card_id, self.item, None)))
        self.number += 1

    def _files(self, card: Card, judged: Judged) -> list[FileRow]:
        seen = {c.picture.role.value: c.view.side.value for c in judged.case.captures.values() if c.view}
        rows = []
        for face, role in ((card.front, "front"), (card.back, "back")):
            if face is not None:
                sent = "back" if face.side is Side.BACK else role
                rows.append(self._file(seen.get(sent, sent), face.part, face.page, face.piece))
        if card.chip is not None:
            rows.append(self._file("chip", card.chip, None))
        return rows

    def _file(self, role: str, part: int, page: int | None, piece: Piece | None = None) -> FileRow:
        document = self.documents.get(part)
        if document is None:
            dump = self.chips.get(part)
            return FileRow(role, sha256(dump).hexdigest() if dump is not None else None)
        several = not document.whole
        place = None
        if piece is not None:
            picture = self._picture(part, page or 0)
            left, top, right, bottom = piece
            w, h = picture.width, picture.height
            place = (left / w, top / h, (right - left) / w, (bottom - top) / h)
        told = page + 1 if several and page is not None else None
        return FileRow(role, document.sha256, document.media_type, told, place)


def _cut_out(picture: Picture, piece: Piece | None) -> Picture:
    if piece is None:
        return picture
    left, top, right, bottom = piece
    return replace(picture, pixels=picture.pixels[top:bottom, left:right].copy(), reduced=())
