"""The opened files of one item: documents and dumps, their pages as pictures, and what rows say of them."""

from __future__ import annotations

from hashlib import sha256

from service.archive.documents import Document, open_document, page_picture, png
from service.archive.item import FileRow, Item, PartRole
from service.archive.judge import Judged
from service.archive.sources import Opener
from service.archive.survey import Card, Face
from service.evidence import Picture, Side
from service.imaging.several import Piece
from service.settings import Settings

__all__ = ["Files"]

_DUMPS = (b"{", b"[", b"PK")


class Files:
    """What was opened of an item, by the numbers of its parts."""

    def __init__(self, item: Item, opener: Opener, limits: Settings) -> None:
        self.item = item
        self.documents: dict[int, Document] = {}
        self.chips: dict[int, bytes] = {}
        self._opener = opener
        self._limits = limits
        self._page: tuple[int, int, Picture] | None = None

    def open(self, number: int) -> None:
        """Read one part; Unread where it is neither picture, document nor dump."""
        role = self.item.parts[number].role
        data = self._opener.read(self.item.parts[number].entry, self._limits.archive_max_file_bytes)
        if role is PartRole.CHIP or (role is PartRole.ANY and data[:64].lstrip().startswith(_DUMPS)):
            self.chips[number] = data
        else:
            self.documents[number] = open_document(data, self._limits)

    def picture(self, part: int, page: int) -> Picture:
        """One decoded page; the last one is kept, since its cards come one after another."""
        if self._page is None or self._page[:2] != (part, page):
            self._page = None
            self._page = (part, page, page_picture(self.documents[part], page, self._limits))
        return self._page[2]

    def bytes_of(self, face: Face) -> bytes:
        """What the engine is given of a face: the file as it is, where that shows nothing else."""
        document = self.documents[face.part]
        if document.whole and face.piece is None:
            return document.data
        return png(self.picture(face.part, face.page), face.piece)

    def rows(self, card: Card, judged: Judged) -> list[FileRow]:
        """Where the sides of a judged card were found; each is called what it turned out to be."""
        seen = {c.picture.role.value: c.view.side.value for c in judged.case.captures.values() if c.view}
        rows = []
        for face, role in ((card.front, "front"), (card.back, "back")):
            if face is not None:
                sent = "back" if face.side is Side.BACK else role
                rows.append(self.row(seen.get(sent, sent), face.part, face.page, face.piece))
        if card.chip is not None:
            rows.append(self.row("chip", card.chip, None))
        return rows

    def row(self, role: str, part: int, page: int | None, piece: Piece | None = None) -> FileRow:
        """Where something was found."""
        document = self.documents.get(part)
        if document is None:
            dump = self.chips.get(part)
            return FileRow(role, sha256(dump).hexdigest() if dump is not None else None)
        several = not document.whole
        place = None
        if piece is not None:
            picture = self.picture(part, page or 0)
            left, top, right, bottom = piece
            w, h = picture.width, picture.height
            place = (left / w, top / h, (right - left) / w, (bottom - top) / h)
        told = page + 1 if several and page is not None else None
        return FileRow(role, document.sha256, document.media_type, told, place)
