"""Vectors of travel documents. Findings stand in the order dump, signature, certificate, validity, number."""

from __future__ import annotations

from functools import cache

from scripts.specimens.emrtd import (
    CountrySigner,
    DocumentSigner,
    emrtd_dump,
    emrtd_files,
    make_country_signer,
    signed_spans,
    td1,
    td3,
)
from tests.chip.world import Listed
from tests.vectors.chip import (
    ANCHORS,
    COMPLETE,
    IN_FORCE,
    MALFORMED,
    MISMATCH,
    NO_ANCHOR,
    NO_CERTIFICATE,
    NO_DATES,
    NO_NUMBER,
    NUMBER_AGREES,
    NUMBER_DISAGREES,
    PARTIAL,
    TRUSTED,
    UNVERIFIABLE,
    VERIFIED,
    read_as,
)
from tests.vectors.vector import Given, Vectors

EMRTD = Vectors()
add = EMRTD.add


@cache
def country() -> CountrySigner:
    return make_country_signer()


@cache
def signer() -> DocumentSigner:
    return country().issue()


@cache
def intact() -> dict[str, bytes]:
    return emrtd_files(signer(), td1())


def csca(profile: str = "production") -> Listed:
    return Listed("csca.crt", country().certificate, profile, options=(("purpose", "icao.csca"),))


def chip(files: dict[str, bytes], *anchors: Listed) -> Given:
    return Given(emrtd_dump(files), (*ANCHORS, *(anchors or (csca(),))))


def changed(name: str, at: int) -> dict[str, bytes]:
    data = bytearray(intact()[name])
    data[at] ^= 0x01
    return intact() | {name: bytes(data)}


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def foreign_permit() -> Given:
    """A residence permit of another state whose country signer is listed."""
    return chip(intact())


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def passport() -> Given:
    """A passport, which comes as the holder's second document."""
    return chip(emrtd_files(signer(), td3()))


@add(PARTIAL, VERIFIED, TRUSTED, IN_FORCE, NO_NUMBER)
def permit_without_its_face() -> Given:
    """The file of the photograph was left out: what is there verifies as far as it goes."""
    return chip({name: data for name, data in intact().items() if name != "EF.DG2"})


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="foreign_permit")
def permit_with_another_zone() -> Given:
    """The machine-readable zone of another holder stands in DG1, its check digits right."""
    return chip(intact() | {"EF.DG1": emrtd_files(signer(), td1("OTHER0001"))["EF.DG1"]})


@add(MALFORMED, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="foreign_permit")
def permit_with_a_changed_digit() -> Given:
    """One digit of the zone differs, so that its check digit does not fit either."""
    return chip(changed("EF.DG1", 30))


@add(COMPLETE, MISMATCH, TRUSTED, IN_FORCE, NO_NUMBER, twin="foreign_permit")
def permit_with_a_changed_signature() -> Given:
    """One bit of the signature differs."""
    return chip(changed("EF.SOD", signed_spans(intact()["EF.SOD"])[2][1] - 1))


@add(MALFORMED, UNVERIFIABLE, TRUSTED, IN_FORCE, NO_NUMBER, twin="foreign_permit")
def permit_with_a_file_that_is_not_signed() -> Given:
    """A data group was added which the security object does not know."""
    return chip(intact() | {"EF.DG11": b"\x6b\x02ok"})


@add(MALFORMED, UNVERIFIABLE, NO_CERTIFICATE, NO_DATES, NO_NUMBER, twin="foreign_permit")
def permit_with_a_cut_security_object() -> Given:
    """The security object is cut off: nothing can be said, least of all forgery."""
    return chip(intact() | {"EF.SOD": intact()["EF.SOD"][:300]})


@add(COMPLETE, VERIFIED, NO_ANCHOR, IN_FORCE, NO_NUMBER, twin="foreign_permit")
def permit_without_country_signers() -> Given:
    """No country signer is listed at all; the anchors of residence cards count for nothing here."""
    return Given(emrtd_dump(intact()), (*ANCHORS, Listed("x.crt", country().certificate)))


@add(COMPLETE, VERIFIED, NO_ANCHOR, IN_FORCE, NO_NUMBER, twin="foreign_permit")
def permit_of_a_state_that_is_not_listed() -> Given:
    """Country signers are listed, none of this state."""
    return chip(emrtd_files(make_country_signer(country="YY").issue(), td1()))


@add(
    COMPLETE,
    VERIFIED,
    ("suspect", "chip.certificate.untrusted_issuer"),
    IN_FORCE,
    NO_NUMBER,
    twin="foreign_permit",
)
def permit_of_a_listed_state_and_another_key() -> Given:
    """A forger's own country signer, or a key that the state made after the list: a person must look."""
    return chip(emrtd_files(make_country_signer().issue(), td1()))


@add(
    COMPLETE,
    VERIFIED,
    ("fail", "chip.certificate.untrusted_issuer"),
    IN_FORCE,
    NO_NUMBER,
    twin="foreign_permit",
)
def permit_that_names_a_key_which_did_not_sign() -> Given:
    """The signer's certificate names the listed key as its issuer's, but that key never signed it."""
    at = intact()["EF.SOD"].index(signer().certificate) + len(signer().certificate) - 1
    return chip(changed("EF.SOD", at))


@add(
    COMPLETE,
    VERIFIED,
    ("inconclusive", "chip.certificate.test_anchor"),
    IN_FORCE,
    NO_NUMBER,
    twin="foreign_permit",
)
def permit_of_a_sample_country_signer() -> Given:
    """A specimen of a permit shown to a production service."""
    return chip(intact(), csca("sample"))


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NUMBER_AGREES)
def permit_number_agrees() -> Given:
    """The printed document number is the one in the zone."""
    number = (
        read_as("document_number", "SPEC00001", "front"),
        read_as("document_number", "SPEC00001", "chip"),
    )
    given = chip(intact())
    return Given(given.dump, given.anchors, fields=number)


@add(COMPLETE, VERIFIED, TRUSTED, IN_FORCE, NUMBER_DISAGREES, twin="permit_number_agrees")
def permit_number_disagrees() -> Given:
    """A genuine chip in a permit that shows another number."""
    number = (
        read_as("document_number", "QQQQ99999", "front"),
        read_as("document_number", "SPEC00001", "chip"),
    )
    given = chip(intact())
    return Given(given.dump, given.anchors, fields=number)
