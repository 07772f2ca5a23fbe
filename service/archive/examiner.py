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
from time import perf_counter

import cv2

from service import __version__
from service.archive.dates import Dated, scan_dates
from service.archive.documents import reading
from service.archive.files import Files
from service.archive.item import CardEvidence, PairedBy, PartRole
from service.archive.judge import Judged, judge
from service.archive.links.fingerprints import fingerprints
from service.archive.problems import PROBLEMS, Unread
from service.archive.rows import against, card_id, models_digest, names_of, portrait, row_of, row_of_problem
from service.archive.sources import Opener
from service.archive.survey import Card, Face, put_together, side_of
from service.archive.work import Done, Mark, Timing, Work
from service.checks.case import Capture
from service.evidence import Picture, Role, Side
from service.imaging import locate_card
from service.imaging.several import Piece, find_cards, pieces
from service.settings import Settings, settings
from service.verify import Engine

__all__ = ["Examiner", "load"]

Emit = Callable[[Mark | Done], None]
_SMALL = 0.4
"""Share of a page below which a card leaves room for another."""


def load() -> Examiner:
    """The engine of a child process (``service.worker.child``)."""
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
        self.files = Files(work.item, Opener(work.job.members_of), examiner.limits)
        self.faults: dict[int, str] = {}
        self.number = work.rows

    def run(self) -> None:
        """See the head of this module."""
        for number in range(len(self.item.parts)):
            try:
                with self._step(("read", number, 0), "file-unreadable"):
                    self.files.open(number)
            except Unread as error:
                self.faults[number] = error.code
        if not self.files.documents and not self.files.chips:
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

    # 2. as they are

    def _as_they_are(self) -> Card | None:
        """The item as one card, where its files are one picture of a side each."""
        roles = [self.item.parts[number].role for number in self.files.documents]
        if not all(document.whole for document in self.files.documents.values()) or len(set(roles)) < len(
            roles
        ):
            return None
        faces = [Face(number, 0) for number in self.files.documents]
        backs = [face for face, role in zip(faces, roles, strict=True) if role is PartRole.BACK]
        fronts = [face for face in faces if face not in backs]
        if len(fronts) > 1 or len(self.files.chips) > 1:
            return None
        return Card(
            fronts[0] if fronts else None,
            backs[0] if backs else None,
            next(iter(self.files.chips), None),
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
        if judged.same_side or any(self._holds_more(c) for c in judged.case.captures.values()):
            return False
        self._tell(card, judged, start)
        return True

    def _holds_more(self, capture: Capture) -> bool:
        """Whether a picture shows several cards: a card that is small on its page is seldom alone there."""
        if capture.location.cards > 1:
            return True
        picture = capture.picture
        area = max((cv2.contourArea(q.corners) for q in capture.location.quads[:1]), default=0.0)
        if not capture.location.quads or area >= _SMALL * picture.width * picture.height:
            return False
        return len(find_cards(picture, self.limits.archive_max_cards)) > 1

    # 3. pages

    def _one_by_one(self) -> None:
        faces, lost = self._faces()
        cards = put_together(faces)
        if self.work.begin is None:
            for part, page, code in lost:
                self._tell_problem([part], code, page)
        lone_chip = next(iter(self.files.chips), None)
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
        for part, document in self.files.documents.items():
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
        picture = self.files.picture(part, page)
        found: Sequence[Piece | None] = pieces(picture, self.limits.archive_max_cards) or (None,)
        several = len(self.files.documents) > 1 or len(self.files.documents[part].pages) > 1 or len(found) > 1
        if several and found == (None,) and not locate_card(picture).quads:
            raise Unread("no-card")
        said = {PartRole.FRONT: Side.FRONT, PartRole.BACK: Side.BACK}.get(self.item.parts[part].role)
        faces = []
        for piece in found:
            seen = side_of(_cut_out(picture, piece)) if several else said
            faces.append(Face(part, page, piece, seen or said))
        return faces

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
        dates: Sequence[Dated] = scan_dates(self.item, entry, self.files.documents.get(first), self.job.now)
        pictures = {}
        if card.front:
            pictures[Role.BACK if card.front.side is Side.BACK else Role.FRONT] = self.files.bytes_of(
                card.front
            )
        if card.back:
            pictures[Role.BACK] = self.files.bytes_of(card.back)
        chip = self.files.chips[card.chip] if card.chip is not None else None
        id = f"vrf_{card_id(self.job.key, self.item, self.number)}"
        return judge(self.engine, id, pictures, chip, dates, self.job)

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
            self.files.rows(card, judged),
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
        files = [self.files.row("unknown", part, page) for part in parts]
        row = replace(
            row_of_problem(self.job.key, self.item, self.number, files, code, PROBLEMS[code]),
            engine_version=__version__,
            models_digest=models_digest([(model.id, model.sha256) for model in self.engine.models]),
        )
        self.emit(Done(row, Timing(row.card_id, 0.0), names_of(row.card_id, self.item, None)))
        self.number += 1


def _cut_out(picture: Picture, piece: Piece | None) -> Picture:
    if piece is None:
        return picture
    left, top, right, bottom = piece
    return replace(picture, pixels=picture.pixels[top:bottom, left:right].copy(), reduced=())
