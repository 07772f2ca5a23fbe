"""Vectors of the chip. Findings stand in the order dump, signature, certificate, validity, number."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from scripts.specimens.dump import PrintedEntries, dump_hex, dump_json, dump_zip, gen1_files, gen2_files
from scripts.specimens.pki import make_ca
from service.evidence import FieldReading
from tests.chip.world import (
    AT,
    ENTRIES,
    NUMBER,
    Listed,
    ca,
    changed,
    face,
    first,
    forger,
    second,
    text_image,
)
from tests.vectors.vector import Given, Vectors

VECTORS = Vectors()
add = VECTORS.add

ANCHORS = (Listed("ca.crt", ca().certificate), Listed("ca2.crt", ca(2).certificate))

COMPLETE = ("pass", "chip.dump.complete")
PARTIAL = ("inconclusive", "chip.dump.partial")
MALFORMED = ("inconclusive", "chip.dump.malformed")
VERIFIED = ("pass", "chip.signature.verified")
MISMATCH = ("fail", "chip.signature.mismatch")
UNVERIFIABLE = ("inconclusive", "chip.signature.unverifiable")
TRUSTED = ("pass", "chip.certificate.trusted")
UNTRUSTED = ("fail", "chip.certificate.untrusted_issuer")
NO_ANCHOR = ("inconclusive", "chip.certificate.no_anchor")
BAD_CERTIFICATE = ("inconclusive", "chip.certificate.malformed")
NO_CERTIFICATE = ("not_run", "chip.certificate.not_run")
IN_FORCE = ("pass", "chip.validity.in_force")
NO_DATES = ("not_run", "chip.validity.not_run")
NO_NUMBER = ("not_run", "chip.card_number.not_run")
NUMBER_AGREES = ("pass", "chip.card_number.agrees")
NUMBER_DISAGREES = ("fail", "chip.card_number.disagrees")
NUMBER_UNREADABLE = ("inconclusive", "chip.card_number.unreadable")


def read_as(name: str, value: str, source: str, confidence: float = 0.99) -> FieldReading:
    return FieldReading(name, source, value, value, confidence)


def given(files: dict[str, bytes], *fields: FieldReading, **options: Any) -> Given:
    return Given(dump_json(files), options.pop("anchors", ANCHORS), fields=fields, **options)


def without_face(files: dict[str, bytes]) -> dict[str, bytes]:
    return files | {"DF1/EF03": files["DF1/EF03"][:2508] + bytes(3000)}


def gen2_other() -> dict[str, bytes]:
    other = text_image(310, 44)
    return gen2_files(other, face(), other, card_number=NUMBER, entries=ENTRIES, ca=ca(2))


def adult(born: str = "1990-01-02", issued: str = "2024-07-01") -> tuple[FieldReading, ...]:
    return read_as("date_of_birth", born, "front"), read_as("issue_date", issued, "front")


# Intact cards


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_digest_info() -> Given:
    """An intact card whose check code is standard PKCS #1 v1.5."""
    return given(first(padding_form="digest_info"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_bare_hash() -> Given:
    """An intact card whose check code has no DigestInfo, as the specification draws it."""
    return given(first(padding_form="bare"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_certificate_der() -> Given:
    """The certificate object is as long as the certificate, NULs follow the objects."""
    return given(first(certificate_form="der"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_certificate_indefinite() -> Given:
    """The certificate has an indefinite length and NULs behind it."""
    return given(first(certificate_form="indefinite"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_hex_strings() -> Given:
    """Three hex strings carry all that is signed."""
    return Given(dump_hex(first()), ANCHORS)


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_zip() -> Given:
    """The same files in a ZIP archive."""
    return Given(dump_zip(first()), ANCHORS)


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_special_permanent_resident() -> Given:
    """A certificate of a special permanent resident has no permission files."""
    return given(first(card_type="2"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_generation_2() -> Given:
    """A card of 2026 with a raw ECDSA check code."""
    return given(second())


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_generation_2_der_signature() -> Given:
    """A card of 2026 with a check code in ASN.1."""
    return given(second(signature_form="der"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_generation_2_null_parameters() -> Given:
    """The certificate carries NULL parameters in its ECDSA identifiers."""
    return given(second(card_key=ca(2).issue(null_parameters=True)))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_generation_2_special_permanent_resident() -> Given:
    """Fewer entries, filled up with NUL before signing."""
    return given(second(card_type="06"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def unsigned_permission_changed() -> Given:
    """Work permissions are not signed: changing one does not break the check code."""
    return given(first(comprehensive="許可"))


# Changed and self-made cards


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_digest_info")
def front_image_changed() -> Given:
    """One bit of the signed picture of the text differs."""
    return given(changed(first(), "DF1/EF01", 500))


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_digest_info")
def front_image_padding_changed() -> Given:
    """One bit in the NULs behind the picture differs: they are signed too."""
    return given(changed(first(), "DF1/EF01", 7003))


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_bare_hash")
def face_changed() -> Given:
    """One bit of the signed photograph differs, bare hash form."""
    return given(changed(first(padding_form="bare"), "DF1/EF02", 300))


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_digest_info")
def check_code_changed() -> Given:
    """One bit of the check code differs."""
    return given(changed(first(), "DF3/EF01", 20))


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_digest_info")
def check_code_of_another_card() -> Given:
    """Check code and certificate were copied from another genuine card."""
    donor = gen1_files(text_image(), b"another face", card_number=NUMBER, ca=ca())
    return given(first() | {"DF3/EF01": donor["DF3/EF01"]})


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_digest_info")
def certificate_of_another_key_size() -> Given:
    """A certificate whose key cannot have made a check code of this length does not excuse it."""
    files, key = first(), rsa.generate_private_key(public_exponent=65537, key_size=1024)
    der = ca().issue(key=key).certificate.ljust(1200, b"\x00")
    return given(files | {"DF3/EF01": files["DF3/EF01"][:264] + der})


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_generation_2")
def generation_2_entry_changed() -> Given:
    """The expiry date of a card of 2026 was changed."""
    return given(changed(second(), "DF1/EF02", 5))


@add(COMPLETE, VERIFIED, UNTRUSTED, IN_FORCE, NO_NUMBER, twin="intact_digest_info")
def self_signed() -> Given:
    """A forger's own CA with the name and serial number of the trusted one signed everything."""
    return given(first(ca=forger(), card_key=forger().issue()))


@add(COMPLETE, VERIFIED, UNTRUSTED, IN_FORCE, NO_NUMBER, twin="intact_generation_2")
def self_signed_generation_2() -> Given:
    """The same for a card of 2026."""
    return given(second(ca=forger(2), card_key=forger(2).issue()))


@add(COMPLETE, MISMATCH, NO_CERTIFICATE, IN_FORCE, NO_NUMBER, twin="self_signed")
def self_signed_and_changed() -> Given:
    """An unknown issuer adds nothing where the check code does not even fit."""
    return given(changed(first(ca=forger(), card_key=forger().issue()), "DF1/EF01", 500))


# Anchors


@add(COMPLETE, VERIFIED, NO_ANCHOR, IN_FORCE, NO_NUMBER, twin="intact_digest_info")
def no_anchors_at_all() -> Given:
    """The service ships without the issuer's certificates."""
    return given(first(), anchors=())


@add(COMPLETE, VERIFIED, NO_ANCHOR, IN_FORCE, NO_NUMBER, twin="self_signed")
def self_signed_while_an_anchor_is_missing() -> Given:
    """The missing anchor might be the one that issued the certificate."""
    lost = Listed("lost.crt", make_ca(1).certificate, content=None, options=(("generation", 1),))
    return given(first(ca=forger(), card_key=forger().issue()), anchors=(*ANCHORS, lost))


@add(COMPLETE, VERIFIED, NO_ANCHOR, IN_FORCE, NO_NUMBER, twin="intact_digest_info")
def anchor_refused() -> Given:
    """The anchor's file holds other bytes than those pinned."""
    return given(first(), anchors=(Listed("ca.crt", ca().certificate, content=forger().certificate),))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def trusted_while_another_anchor_is_missing() -> Given:
    """A missing anchor takes nothing from the cards of the others."""
    lost = Listed("lost.crt", make_ca(1).certificate, content=None, options=(("generation", 1),))
    return given(first(), anchors=(*ANCHORS, lost))


@add(
    COMPLETE,
    VERIFIED,
    ("inconclusive", "chip.certificate.test_anchor"),
    IN_FORCE,
    NO_NUMBER,
    twin="intact_digest_info",
)
def sample_card_in_production() -> Given:
    """A specimen shown to a production service."""
    anchors = (Listed("ca.crt", forger().certificate), Listed("sample.crt", ca().certificate, "sample"))
    return given(first(), anchors=anchors)


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def sample_card_in_sample_profile() -> Given:
    """The same specimen where specimens are judged."""
    anchors = (Listed("ca.crt", forger().certificate), Listed("sample.crt", ca().certificate, "sample"))
    return given(first(), anchors=anchors, profile="sample")


@add(
    COMPLETE,
    VERIFIED,
    ("inconclusive", "chip.certificate.other_profile"),
    IN_FORCE,
    NO_NUMBER,
    twin="intact_digest_info",
)
def production_card_in_sample_profile() -> Given:
    """A genuine card shown to a demonstration is not called a forgery."""
    anchors = (Listed("ca.crt", ca().certificate), Listed("sample.crt", forger().certificate, "sample"))
    return given(first(), anchors=anchors, profile="sample")


@add(COMPLETE, VERIFIED, TRUSTED, ("inconclusive", "chip.validity.expired"), NO_NUMBER)
def certificate_expired() -> Given:
    """The card's certificate is past its dates: told, and never held against the card."""
    key = ca().issue(
        valid_from=datetime(2024, 6, 1, tzinfo=UTC), valid_until=datetime(2026, 6, 1, tzinfo=UTC)
    )
    return given(first(card_key=key))


@add(COMPLETE, VERIFIED, TRUSTED, ("inconclusive", "chip.validity.not_yet_valid"), NO_NUMBER)
def certificate_not_yet_valid() -> Given:
    """The card's certificate begins after the reference time."""
    return given(first(card_key=ca().issue(valid_from=datetime(2026, 12, 1, tzinfo=UTC))))


@add(COMPLETE, VERIFIED, TRUSTED, ("inconclusive", "chip.validity.issuer_expired"), NO_NUMBER)
def issuer_expired() -> Given:
    """The CA of 2015 has expired; cards below it are still genuine."""
    old = make_ca(1, valid_until=datetime(2025, 9, 5, tzinfo=UTC))
    return given(first(ca=old, card_key=old.issue()), anchors=(Listed("old.crt", old.certificate),))


# Holders under 16, and absent check codes


@add(
    COMPLETE,
    ("not_applicable", "chip.signature.absent_under_age"),
    NO_CERTIFICATE,
    NO_DATES,
    NO_NUMBER,
)
def child_da00db00() -> Given:
    """A child's card with two empty objects."""
    return given(first(under_16="da00db00"), *adult(born="2012-03-04"))


@add(
    COMPLETE,
    ("not_applicable", "chip.signature.absent_under_age"),
    NO_CERTIFICATE,
    NO_DATES,
    NO_NUMBER,
)
def child_da00() -> Given:
    """A child's card with one empty object."""
    return given(first(under_16="da00"), *adult(born="2012-03-04"))


@add(
    COMPLETE,
    ("suspect", "chip.signature.absent"),
    NO_CERTIFICATE,
    NO_DATES,
    NO_NUMBER,
    twin="child_da00db00",
)
def adult_without_check_code() -> Given:
    """An adult's card must carry a check code."""
    return given(first(under_16="da00db00"), *adult())


@add(
    COMPLETE,
    ("suspect", "chip.signature.absent"),
    NO_CERTIFICATE,
    NO_DATES,
    NO_NUMBER,
    twin="intact_digest_info",
)
def adult_with_blank_check_code_file() -> Given:
    """The whole file of the check code is NUL."""
    return given(first() | {"DF3/EF01": bytes(1464)}, *adult())


@add(
    COMPLETE,
    ("inconclusive", "chip.signature.absent_age_unclear"),
    NO_CERTIFICATE,
    NO_DATES,
    NO_NUMBER,
)
def no_check_code_and_no_birth_date() -> Given:
    """Without a birth date nobody is accused."""
    return given(first(under_16="da00"))


@add(
    COMPLETE,
    ("inconclusive", "chip.signature.absent_age_unclear"),
    NO_CERTIFICATE,
    NO_DATES,
    NO_NUMBER,
)
def no_check_code_half_a_year_before_16() -> Given:
    """Cards issued shortly before the 16th birthday carry a check code; where that begins is not certain."""
    return given(first(under_16="da00"), *adult(born="2008-09-01", issued="2024-07-01"))


@add(
    COMPLETE,
    ("inconclusive", "chip.signature.absent_age_unclear"),
    NO_CERTIFICATE,
    NO_DATES,
    NO_NUMBER,
)
def no_check_code_and_two_birth_dates() -> Given:
    """Front and chip show different birth dates: other checks judge that."""
    fields = (*adult(), read_as("date_of_birth", "2012-03-04", "chip"))
    return given(first(under_16="da00"), *fields)


# Damaged and incomplete dumps


@add(PARTIAL, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def trailing_nul_stripped() -> Given:
    """A reader cut the NULs off both pictures: filled up, the check code fits."""
    files = first()
    short = {name: files[name].rstrip(b"\x00") for name in ("DF1/EF01", "DF1/EF02")}
    return given(files | short)


@add(PARTIAL, UNVERIFIABLE, TRUSTED, IN_FORCE, NO_NUMBER)
def picture_truncated() -> Given:
    """Half of the picture is missing: nothing can be said, least of all forgery."""
    files = first()
    return given(files | {"DF1/EF01": files["DF1/EF01"][:300]})


@add(PARTIAL, UNVERIFIABLE, TRUSTED, IN_FORCE, NO_NUMBER)
def face_file_missing() -> Given:
    """The photograph was not read."""
    files = first()
    del files["DF1/EF02"]
    return given(files)


@add(PARTIAL, UNVERIFIABLE, NO_CERTIFICATE, NO_DATES, NO_NUMBER)
def check_code_file_missing() -> Given:
    """The check code was not read; that is not a card without one."""
    files = first()
    del files["DF3/EF01"]
    return given(files, *adult())


@add(MALFORMED, UNVERIFIABLE, TRUSTED, IN_FORCE, NO_NUMBER)
def picture_over_long() -> Given:
    """The length of the picture says more than any card holds."""
    files = first()
    return given(files | {"DF1/EF01": b"\xd0\x82\x1f\x40" + files["DF1/EF01"][4:] + b"\x01" * 1000})


@add(MALFORMED, UNVERIFIABLE, TRUSTED, IN_FORCE, NO_NUMBER)
def wrong_tag() -> Given:
    """The picture stands under a tag that does not exist."""
    files = first()
    return given(files | {"DF1/EF01": b"\xd9" + files["DF1/EF01"][1:]})


@add(PARTIAL, UNVERIFIABLE, BAD_CERTIFICATE, NO_DATES, NO_NUMBER)
def certificate_truncated() -> Given:
    """The certificate is cut off."""
    files = first()
    return given(files | {"DF3/EF01": files["DF3/EF01"][:700]})


@add(COMPLETE, UNVERIFIABLE, BAD_CERTIFICATE, NO_DATES, NO_NUMBER, twin="intact_digest_info")
def data_behind_the_certificate() -> Given:
    """Something other than NUL follows the certificate."""
    return given(changed(first(), "DF3/EF01", 1463))


@add(MALFORMED, UNVERIFIABLE, BAD_CERTIFICATE, NO_DATES, NO_NUMBER)
def certificate_of_the_other_generation() -> Given:
    """A first-generation card with an EC certificate."""
    files = first()
    der = ca(2).issue().certificate.ljust(1200, b"\x00")
    return given(files | {"DF3/EF01": files["DF3/EF01"][:264] + der + b"\x01"})


@add(
    ("inconclusive", "chip.dump.reencoded"),
    ("not_run", "chip.dump.reencoded"),
    NO_CERTIFICATE,
    NO_DATES,
    ("suspect", "chip.card_number.disagrees"),
)
def reencoded_by_an_app() -> Given:
    """An app that keeps only converted pictures and values; another number on the face is a doubt at most."""
    body = {"rc2-card-type": "05", "rc2-card-number": NUMBER, "rc2-valid": True}
    return Given(
        json.dumps(body).encode(), ANCHORS, fields=(read_as("card_number", "ZZ87654321YX", "front"),)
    )


@add(
    ("inconclusive", "chip.dump.unsupported"),
    ("not_run", "chip.dump.unsupported"),
    NO_CERTIFICATE,
    NO_DATES,
    NO_NUMBER,
)
def unknown_kind_of_card() -> Given:
    """A card type that no source has described."""
    return given(first() | {"MF/EF02": bytes.fromhex("C1023033")})


# Card number


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NUMBER_AGREES)
def number_agrees_everywhere() -> Given:
    """Stated, printed and chip number are the same."""
    fields = (read_as("card_number", NUMBER, "front"), read_as("card_number", NUMBER, "chip"))
    return Given(dump_json(first(), NUMBER, AT), ANCHORS, fields=fields)


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NUMBER_DISAGREES, twin="number_agrees_everywhere")
def number_of_another_card_printed() -> Given:
    """A genuine chip in a card that shows another number."""
    fields = (read_as("card_number", "ZZ87654321YX", "front"), read_as("card_number", NUMBER, "chip"))
    return Given(dump_json(first(), NUMBER, AT), ANCHORS, fields=fields)


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NUMBER_UNREADABLE, twin="number_agrees_everywhere")
def number_printed_but_blurred() -> Given:
    """Another number, but read without confidence."""
    fields = (
        read_as("card_number", "AB12345679CD", "front", 0.4),
        read_as("card_number", NUMBER, "chip"),
    )
    return Given(dump_json(first(), NUMBER, AT), ANCHORS, fields=fields)


@add(
    COMPLETE,
    VERIFIED,
    TRUSTED,
    IN_FORCE,
    ("suspect", "chip.card_number.disagrees"),
    twin="number_agrees_everywhere",
)
def number_typed_differs() -> Given:
    """Only the number that somebody typed differs: that may be a slip."""
    fields = (read_as("card_number", NUMBER, "front"), read_as("card_number", NUMBER, "chip"))
    return Given(dump_json(first(), "ZZ87654321YX", AT), ANCHORS, fields=fields)


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NUMBER_UNREADABLE)
def number_not_read_from_the_chip() -> Given:
    """A first-generation chip holds its number as a picture alone."""
    return Given(dump_json(first(), NUMBER, AT), ANCHORS)


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NUMBER_AGREES)
def number_of_generation_2_is_text() -> Given:
    """A card of 2026 holds its number as text."""
    return Given(dump_json(second(), NUMBER, AT), ANCHORS, fields=(read_as("card_number", NUMBER, "front"),))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NUMBER_DISAGREES, twin="number_of_generation_2_is_text")
def number_of_generation_2_transplanted() -> Given:
    """The number in the chip is not signed: a copied chip shows in the comparison alone."""
    files = second(card_number="ZZ87654321YX")
    return Given(dump_json(files), ANCHORS, fields=(read_as("card_number", NUMBER, "front"),))


# Generation 2, further corners


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_specified_card() -> Given:
    """A residence card combined with a My Number card holds the same files."""
    return given(second(card_type="07"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def intact_specified_special_permanent_resident() -> Given:
    """The same for a special permanent resident."""
    return given(second(card_type="08"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def unsigned_files_of_generation_2_changed() -> Given:
    """Number, address picture and notes are not signed: the check code says nothing about them."""
    files = changed(second(), "DF1/EF04", 40)
    return given(files | {"DF2/EF02": b"\xd8\x01\x31"})


@add(
    COMPLETE,
    VERIFIED,
    TRUSTED,
    IN_FORCE,
    ("suspect", "chip.card_number.disagrees"),
    twin="intact_generation_2",
)
def number_of_generation_2_is_not_the_one_that_opened_it() -> Given:
    """The number in the dump's chip was exchanged; the number with which the card was read is another."""
    return Given(dump_json(second(card_number="ZZ87654321YX"), NUMBER, AT), ANCHORS)


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_generation_2")
def name_picture_of_another_card() -> Given:
    """Name and face were copied from another genuine card of the same issuer."""
    return given(second() | {"DF1/EF03": gen2_other()["DF1/EF03"]})


@add(COMPLETE, UNVERIFIABLE, TRUSTED, IN_FORCE, NO_NUMBER)
def infant_without_a_face() -> Given:
    """Under one year of age there is no face; what is signed then is not known, so nobody is accused."""
    infant = PrintedEntries("20330701", "20260301", "2", "VNM", "SAMPLE", "0300")
    return given(without_face(second(entries=infant)))


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_generation_2")
def adult_without_a_face() -> Given:
    """The photograph of an adult was wiped out."""
    return given(without_face(second()))


@add(
    COMPLETE,
    VERIFIED,
    ("inconclusive", "chip.certificate.test_anchor"),
    IN_FORCE,
    NO_NUMBER,
    twin="intact_generation_2",
)
def card_of_the_official_test_ca() -> Given:
    """The issuer's test CA has the name and the serial number of the real one: its cards are not real."""
    real = Listed("real.crt", forger(2).certificate, options=(("generation", 2),))
    return given(second(), anchors=(real, Listed("test.crt", ca(2).certificate, "official_test")))


@add(PARTIAL, UNVERIFIABLE, NO_CERTIFICATE, NO_DATES, NO_NUMBER)
def one_picture_alone() -> Given:
    """An app hands out the picture file alone, as a .jpg: it is read, and proves nothing."""
    return Given(first()["DF1/EF01"], ANCHORS)


@add(MALFORMED, UNVERIFIABLE, TRUSTED, IN_FORCE, NO_NUMBER, twin="intact_generation_2")
def entry_that_swallows_its_neighbours() -> Given:
    """A damaged length makes one entry hold the others: their sum may be right, but nothing else is."""
    files = second()
    data = bytearray(files["DF1/EF02"])
    data[47] = 19
    return given(files | {"DF1/EF02": bytes(data)})
