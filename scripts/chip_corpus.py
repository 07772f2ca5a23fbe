"""Cards and changes for measuring the chip check: intact cards, and every change that must be caught.

The signed pictures are random bytes behind a true header: a signature does not look at pictures.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.specimens.dump import PrintedEntries, dump_json, gen1_files, gen2_files
from scripts.specimens.emrtd import (
    CountrySigner,
    DocumentSigner,
    emrtd_dump,
    emrtd_files,
    make_country_signer,
    signed_spans,
    td1,
)
from scripts.specimens.pki import CardKey, SampleCA, make_ca

__all__ = ["Authorities", "Change", "changes", "intact", "length_changes", "plain", "swaps", "truncations"]

Files = Mapping[str, bytes]

ENTRY_SPANS = (
    (2, 10), (12, 20), (22, 23), (25, 28), (30, 40), (42, 46), (48, 50), (52, 60), (62, 63), (65, 73),
)  # fmt: skip
SIGNED_SPANS: Mapping[str, tuple[tuple[str, int, int], ...]] = {
    "gen1": (("DF1/EF01", 4, 7004), ("DF1/EF02", 4, 3004), ("DF3/EF01", 4, 260)),
    "gen2": (
        *(("DF1/EF02", start, end) for start, end in ENTRY_SPANS),
        ("DF1/EF03", 4, 2504),
        ("DF1/EF03", 2508, 5508),
        ("DF3/EF01", 2, 98),
    ),
}  # fmt: skip
"""Values that the check code covers, and the check code: file, first byte, byte behind the last."""

LENGTH_BYTES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "gen1": (
        ("MF/EF01", 1), ("MF/EF02", 1), ("DF1/EF01", 1), ("DF1/EF01", 2), ("DF1/EF01", 3), ("DF1/EF02", 1),
        ("DF1/EF02", 2), ("DF1/EF02", 3), ("DF2/EF01", 1), ("DF3/EF01", 1), ("DF3/EF01", 2), ("DF3/EF01", 3),
        ("DF3/EF01", 261), ("DF3/EF01", 262), ("DF3/EF01", 263),
    ),
    "gen2": (
        ("MF/EF01", 1), ("MF/EF02", 1), ("DF1/EF01", 1), ("DF1/EF02", 1), ("DF1/EF02", 11), ("DF1/EF02", 21),
        ("DF1/EF02", 24), ("DF1/EF02", 29), ("DF1/EF02", 41), ("DF1/EF02", 47), ("DF1/EF02", 51),
        ("DF1/EF02", 61), ("DF1/EF02", 64), ("DF1/EF03", 1), ("DF1/EF03", 2), ("DF1/EF03", 3),
        ("DF1/EF03", 2505), ("DF1/EF03", 2506), ("DF1/EF03", 2507), ("DF1/EF04", 2), ("DF1/EF04", 3),
        ("DF1/EF04", 4), ("DF3/EF01", 1), ("DF3/EF01", 99), ("DF3/EF01", 100), ("DF3/EF01", 101),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A changed dump and what it stands for."""

    name: str
    dump: bytes


@dataclass(frozen=True, slots=True)
class Authorities:
    """The sample CAs of one run, with card keys to draw from."""

    first: SampleCA
    second: SampleCA
    country: CountrySigner
    keys: Mapping[str, tuple[CardKey, ...]]
    signer: DocumentSigner

    @classmethod
    def make(cls, keys: int = 1) -> Authorities:
        """New CAs with ``keys`` card keys of each generation."""
        first, second, country = make_ca(1), make_ca(2), make_country_signer()
        made = {
            "gen1": tuple(first.issue() for _ in range(keys)),
            "gen2": tuple(second.issue(null_parameters=number % 2 == 1) for number in range(keys)),
        }
        return cls(first, second, country, made, country.issue())

    def write(self, folder: Path) -> Path:
        """A trust folder in which all of them are production anchors."""
        rows = []
        for name, der, purpose in (
            ("first.crt", self.first.certificate, "jp.residence_card"),
            ("second.crt", self.second.certificate, "jp.residence_card"),
            ("country.crt", self.country.certificate, "icao.csca"),
        ):
            (folder / name).write_bytes(der)
            digest = hashlib.sha256(der).hexdigest()
            rows.append({"file": name, "sha256": digest, "profile": "production", "purpose": purpose})
        (folder / "anchors.json").write_text(json.dumps(rows), encoding="utf-8")
        return folder


def intact(kind: str, authorities: Authorities, seed: int) -> dict[str, bytes]:
    """One intact card: ``gen1``, ``gen2`` or ``emrtd``; number, contents and forms follow from the seed."""
    rng = random.Random(seed)
    number = "".join(rng.choices("ABCDEFGH", k=2) + rng.choices("0123456789", k=8) + rng.choices("ABC", k=2))
    face = b"\xff\x4f\xff\x51" + rng.randbytes(rng.randint(900, 2990))
    if kind == "emrtd":
        return emrtd_files(authorities.signer, td1(number[:9]), extra={15: b"\x30\x10" + rng.randbytes(16)})
    key = rng.choice(authorities.keys[kind])
    if kind == "gen1":
        return gen1_files(
            b"II*\x00" + rng.randbytes(rng.randint(2000, 6990)),
            face,
            card_number=number,
            ca=authorities.first,
            card_key=key,
            padding_form=rng.choice(("digest_info", "bare")),
            certificate_form=rng.choice(("der", "nul_padded", "indefinite")),
            card_type=rng.choice(("1", "2")),
        )
    return gen2_files(
        b"II*\x00" + rng.randbytes(rng.randint(200, 2490)),
        face,
        b"II*\x00" + rng.randbytes(300),
        card_number=number,
        entries=_entries(rng),
        ca=authorities.second,
        card_key=key,
        signature_form=rng.choice(("raw", "der")),
        card_type=rng.choice(("05", "06", "07", "08")),
    )


def _entries(rng: random.Random) -> PrintedEntries:
    return PrintedEntries(
        card_valid_until=f"20{rng.randint(27, 33)}0{rng.randint(1, 9)}15",
        date_of_birth=f"19{rng.randint(40, 99)}1{rng.randint(0, 2)}03",
        sex=rng.choice("123"),
        nationality=rng.choice(("VNM", "CHN", "PHL", "BRA", "XXX")),
        status_code=f"{rng.randint(0, 999)}",
        period=rng.choice(("0300", "0100", "0006", "090", "0000")),
    )


def plain(kind: str, authorities: Authorities, seed: int = 3) -> dict[str, bytes]:
    """The card on which every position is changed: full lists of entries and a raw check code."""
    if kind == "emrtd":
        return intact(kind, authorities, seed)
    rng = random.Random(seed)
    pictures = b"II*\x00" + rng.randbytes(2400), b"\xff\x4f\xff\x51" + rng.randbytes(2900)
    key = authorities.keys[kind][0]
    if kind == "gen1":
        return gen1_files(*pictures, card_number="AB12345678CD", ca=authorities.first, card_key=key)
    return gen2_files(
        *pictures,
        b"II*\x00" + rng.randbytes(300),
        card_number="AB12345678CD",
        entries=_entries(rng),
        ca=authorities.second,
        card_key=key,
    )


def changes(kind: str, authorities: Authorities, stride: int = 1) -> Iterator[Change]:
    """A seeded change at every byte position inside signed data; ``stride`` takes every n-th alone."""
    if kind == "emrtd":
        yield from _emrtd_changes(authorities, stride)
        return
    files, rng = plain(kind, authorities), random.Random(4)
    places = [(name, at) for name, start, end in SIGNED_SPANS[kind] for at in range(start, end)]
    for name, at in places[::stride]:
        yield Change(f"{name}[{at}]", dump_json(_changed(files, name, at, rng.randint(1, 255))))


def _emrtd_changes(authorities: Authorities, stride: int) -> Iterator[Change]:
    files, rng = plain("emrtd", authorities), random.Random(4)
    spans = [(name, 0, len(data)) for name, data in files.items() if name.startswith("EF.DG")]
    spans += [("EF.SOD", start, end) for start, end in signed_spans(files["EF.SOD"])]
    places = [(name, at) for name, start, end in spans for at in range(start, end)]
    for name, at in places[::stride]:
        yield Change(f"{name}[{at}]", emrtd_dump(_changed(files, name, at, rng.randint(1, 255))))


def _changed(files: Files, name: str, at: int, xor: int) -> dict[str, bytes]:
    data = bytearray(files[name])
    data[at] ^= xor
    return {**files, name: bytes(data)}


def truncations(kind: str, authorities: Authorities, stride: int = 1) -> Iterator[Change]:
    """Every file of the card cut at every position."""
    files = plain(kind, authorities)
    wrap = emrtd_dump if kind == "emrtd" else dump_json
    places = [(name, at) for name, data in files.items() for at in range(len(data))]
    for name, at in places[::stride]:
        yield Change(f"{name}[:{at}]", wrap({**files, name: files[name][:at]}))


def length_changes(kind: str, authorities: Authorities, stride: int = 1) -> Iterator[Change]:
    """Every byte of every length field with every other value."""
    files = plain(kind, authorities)
    places = [(name, at, xor) for name, at in LENGTH_BYTES[kind] for xor in range(1, 256)]
    for name, at, xor in places[::stride]:
        yield Change(f"{name}[{at}]^{xor:02x}", dump_json(_changed(files, name, at, xor)))


def swaps(kind: str, authorities: Authorities) -> Iterator[Change]:
    """Each signed file of one genuine card in place of another's."""
    base, other = plain(kind, authorities), plain(kind, authorities, 77)
    signed = ("EF.DG1", "EF.DG15", "EF.SOD") if kind == "emrtd" else (*{n for n, _, _ in SIGNED_SPANS[kind]},)
    for name in sorted(signed):
        wrap = emrtd_dump if kind == "emrtd" else dump_json
        yield Change(f"{name} of another card", wrap({**base, name: other[name]}))
