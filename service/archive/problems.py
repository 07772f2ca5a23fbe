"""Why a file or a card has no report: codes of the column ``problem`` and the words beside them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["PROBLEMS", "Unread"]

PROBLEMS: Mapping[str, str] = {
    "archive-damaged": "The ZIP archive cannot be unpacked at this member.",
    "document-unreadable": "The document is damaged or cut short.",
    "dump-unreadable": "The file is no chip dump of which anything can be parsed.",
    "empty-file": "The file holds no bytes.",
    "encrypted": "The file is encrypted; nothing in it can be seen.",
    "file-unreadable": "The file cannot be read; its permissions or its storage say no.",
    "folder-unreadable": "The folder cannot be listed.",
    "image-undecodable": "The picture is damaged, cut short or of a kind that is not read here.",
    "internal": "A fault of the service; the log names its place.",
    "interrupted": "The process that read it was ended twice: by the file, or for the memory that it took.",
    "link-not-followed": "A symbolic link. Links are not followed: they may lead out, or in circles.",
    "manifest-line-invalid": "The line of the manifest cannot be understood.",
    "media-type-unsupported": "The file is no picture, document or chip dump.",
    "missing-file": "The manifest names a file that is not there.",
    "name-refused": "The ZIP archive holds a name that leads out of it, or something that is no file.",
    "no-card": "Nothing on the page looks like a card.",
    "no-evidence": "The line of the manifest names neither front nor back nor chip.",
    "not-a-file": "Neither file nor folder: a device, a pipe or a socket.",
    "out-of-memory": "The file needs more memory than one process may take.",
    "over-time": "The file was not done within the time limit.",
    "payload-too-large": "The file has more bytes than are read.",
    "too-many-pages": "The document has more pages than are read; what follows them was left out.",
    "too-many-pixels": "The picture has more pixels than are read.",
}
"""Every code, with what it says of the file. None of them holds anything of a card or a name."""


class Unread(Exception):
    """A file, page or card that cannot be read; ``code`` is one of PROBLEMS."""

    def __init__(self, code: str) -> None:
        super().__init__(PROBLEMS[code])
        self.code = code
