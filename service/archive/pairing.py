"""Which files of one folder belong together, by their names alone.

``0001_front.jpg`` and ``0001_back.jpg`` are two sides of one card, ``0001.json`` beside them its chip dump. A
short mark (``_1`` and ``_2``, ``_a`` and ``_b``) means sides only where it marks exactly two files: a third
makes it a count. Reading proves or undoes what names suggest (``service.archive.examine``).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

from service.archive.item import Entry, Item, PairedBy, Part, PartRole

__all__ = ["paired"]

_WORDS = {
    PartRole.FRONT: ("front", "omote", "obverse", "recto", "表面", "表", "おもて", "オモテ"),
    PartRole.BACK: ("back", "ura", "reverse", "verso", "裏面", "裏", "うら", "ウラ"),
    PartRole.CHIP: ("chip", "dump", "ic", "チップ"),
}
_SHORT = {
    "f": PartRole.FRONT,
    "b": PartRole.BACK,
    "1": PartRole.FRONT,
    "2": PartRole.BACK,
    "a": PartRole.FRONT,
}
_COUPLES = (frozenset("fb"), frozenset("12"), frozenset("ab"))
_DUMPS = (".json", ".zip")
_BY_WORD = {unicodedata.normalize("NFKC", w).lower(): role for role, words in _WORDS.items() for w in words}
_WORD = re.compile(rf"^(.*?)[ _\-.()（）・]*({'|'.join(sorted(_BY_WORD, key=len, reverse=True))})[ )）]*$")
_MARK = re.compile(r"^(.*?)[ _\-.(（]+([0-9]{1,4}|[a-z])[ )）]*$")
_ASCII = re.compile(r"[a-z]+")

Place = tuple[str, PartRole]


def paired(entries: Sequence[Entry]) -> Iterator[Item]:
    """The items of one folder, in the order of their first files."""
    groups: dict[str, list[Part]] = defaultdict(list)
    for entry, (base, role) in zip(entries, _places(entries), strict=True):
        groups[base].append(Part(role, entry))
    for group in groups.values():
        yield from _items(group)


def _places(entries: Sequence[Entry]) -> list[Place]:
    """What each file is a part of, and which."""
    stems = [_stem(entry) for entry in entries]
    marks: dict[str, list[str]] = defaultdict(list)
    for stem, suffix in stems:
        found = _MARK.match(stem)
        if found and suffix not in _DUMPS:
            marks[found[1]].append(found[2])
    return [_place(stem, suffix, marks) for stem, suffix in stems]


def _place(stem: str, suffix: str, marks: dict[str, list[str]]) -> Place:
    role = PartRole.CHIP if suffix in _DUMPS else PartRole.ANY
    word = _WORD.match(stem)
    if word and _stands_alone(stem, word):
        named = _BY_WORD[word[2]]
        return word[1], PartRole.CHIP if role is PartRole.CHIP else named
    mark = _MARK.match(stem)
    if mark and role is PartRole.ANY and mark[1]:
        couple = marks[mark[1]]
        if len(couple) == 2 and frozenset(couple) in _COUPLES:
            short = PartRole.BACK if mark[2] == "b" else _SHORT[mark[2]]
            return mark[1], short
    return stem, role


def _stands_alone(stem: str, word: re.Match[str]) -> bool:
    """A Latin word must not be the end of another: ``futura.jpg`` is no back."""
    before = stem[: word.start(2)]
    return not (_ASCII.fullmatch(word[2]) and before and before[-1].isalpha() and before[-1].isascii())


def _stem(entry: Entry) -> tuple[str, str]:
    name = unicodedata.normalize("NFKC", entry.path.rpartition("/")[2]).lower()
    stem, dot, suffix = name.rpartition(".")
    return (stem, f".{suffix}") if dot and stem else (name, "")


def _items(group: list[Part]) -> Iterator[Item]:
    """One item where each part comes once; else every file for itself."""
    roles = [part.role for part in group]
    sides = {PartRole.FRONT, PartRole.BACK}
    alone = PartRole.ANY in roles and sides & set(roles)
    faulty = any(part.entry.fault for part in group)
    if len(group) == 1 or len(set(roles)) < len(roles) or alone or faulty:
        for part in group:
            lone = part if part.role is PartRole.CHIP else Part(_role_of_one(part, group), part.entry)
            yield Item((lone,))
        return
    order = (PartRole.FRONT, PartRole.ANY, PartRole.BACK, PartRole.CHIP)
    parts = tuple(sorted(group, key=lambda part: order.index(part.role)))
    yield Item(parts, PairedBy.NAME)


def _role_of_one(part: Part, group: list[Part]) -> PartRole:
    return part.role if len(group) == 1 else PartRole.ANY
