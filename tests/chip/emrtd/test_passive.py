from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.specimens.dump import dump_zip
from scripts.specimens.emrtd import (
    CountrySigner,
    DocumentSigner,
    emrtd_dump,
    emrtd_files,
    explicit_brainpool,
    make_country_signer,
    security_object,
    signed_spans,
    td1,
    td3,
)
from scripts.specimens.emrtd import Kind as Keys
from service.chip import ChipProof, TrustStore, prove, read_dump
from service.chip.issues import IssueKind
from service.chip.model import ChipReading, Shape
from service.chip.outcome import CertificateStatus, SignatureStatus
from service.errors import Problem
from tests.chip.world import AT, LIMITS, Listed, ca, trust_folder

CSCA = (("purpose", "icao.csca"),)
KEYS: tuple[Keys, ...] = ("rsa", "pss", "p256", "brainpool", "brainpool_explicit")


@cache
def country() -> CountrySigner:
    return make_country_signer()


@cache
def signer(kind: Keys = "p256") -> DocumentSigner:
    return country().issue(kind)


@cache
def files() -> dict[str, bytes]:
    return emrtd_files(signer(), td1(), extra={15: b"\x30\x03\x02\x01\x05"})


@pytest.fixture
def store(tmp_path: Path) -> TrustStore:
    listed = Listed("csca.crt", country().certificate, options=CSCA)
    return TrustStore.load(trust_folder(tmp_path, listed), "production")


def reading(changed: dict[str, bytes]) -> ChipReading:
    return read_dump(emrtd_dump(changed), LIMITS)


def proof(changed: dict[str, bytes], store: TrustStore) -> ChipProof:
    return prove(reading(changed), store, AT)


def flipped(name: str, at: int) -> dict[str, bytes]:
    data = bytearray(files()[name])
    data[at] ^= 0x01
    return files() | {name: bytes(data)}


# Intact


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("attributes", [True, False])
def test_every_algorithm_verifies_under_its_country_signer(
    kind: Keys, attributes: bool, store: TrustStore
) -> None:
    made = emrtd_files(signer(kind), td3(), attributes=attributes)
    found = proof(made, store)
    assert (found.signature, found.certificate) == (SignatureStatus.VERIFIED, CertificateStatus.TRUSTED)
    assert reading(made).complete
    assert (found.anchor, found.trusted) == ("csca.crt", True)


@pytest.mark.parametrize("kind", KEYS)
def test_country_signers_of_every_algorithm(kind: Keys, tmp_path: Path) -> None:
    own = make_country_signer("brainpool" if kind == "brainpool_explicit" else kind)
    listed = Listed("csca.crt", own.certificate, options=CSCA)
    store = TrustStore.load(trust_folder(tmp_path, listed), "production")
    assert proof(emrtd_files(own.issue(), td1()), store).trusted


def test_a_zip_of_files_under_any_name(store: TrustStore) -> None:
    named = {f"EF.{name[3:]}": data for name, data in files().items()}
    odd = {f"ef01{number:02x}": data for number, data in enumerate(files().values())}
    for archive in (named, {f"chip/{name}": data for name, data in named.items()}, odd):
        found = read_dump(dump_zip(archive), LIMITS)
        assert (found.shape, set(found.files)) == (Shape.EMRTD, set(files()))
        assert prove(found, store, AT).trusted


def test_a_security_object_alone_is_recognised() -> None:
    found = read_dump(files()["EF.SOD"], LIMITS)
    assert found.shape is Shape.EMRTD
    assert found.has_issue(IssueKind.PARTIAL)


def test_nuls_behind_a_file_are_not_part_of_it(store: TrustStore) -> None:
    padded = {name: data + bytes(20) for name, data in files().items()}
    assert reading(padded).complete
    assert proof(padded, store).trusted


# Changed


def test_every_changed_byte_is_caught(store: TrustStore) -> None:
    places = [(name, at) for name in ("EF.DG1", "EF.DG15") for at in range(len(files()[name]))]
    for start, end in signed_spans(files()["EF.SOD"]):
        places += [("EF.SOD", at) for at in range(start, end)]
    missed = [
        place for place in places if proof(flipped(*place), store).signature is not SignatureStatus.MISMATCH
    ]
    assert missed == []
    assert len(places) > 300


def test_every_changed_byte_of_the_signers_certificate_breaks_the_trust(store: TrustStore) -> None:
    start = files()["EF.SOD"].index(signer().certificate)
    for at in range(start, start + len(signer().certificate), 3):
        assert not proof(flipped("EF.SOD", at), store).trusted


def test_signed_attributes_of_another_content_are_caught(store: TrustStore) -> None:
    """The signature over the attributes holds, but they vouch for another list of hashes."""
    other = emrtd_files(signer(), td1("OTHER0001"), extra={15: b"\x30\x03\x02\x01\x05"})
    (start, end), *_ = signed_spans(other["EF.SOD"])
    ours = files()["EF.SOD"]
    (own_start, own_end), *_ = signed_spans(ours)
    mixed = ours[:own_start] + other["EF.SOD"][start:end] + ours[own_end:]
    assert proof(other | {"EF.SOD": mixed}, store).signature is SignatureStatus.MISMATCH


def test_a_curve_with_another_base_point_is_no_key(store: TrustStore) -> None:
    """With a base point of his choice a forger fits a private key to any public one (CVE-2020-0601)."""
    moved = country().issue("brainpool_explicit", explicit_brainpool(base=(1, 2)))
    found = proof(emrtd_files(moved, td1()), store)
    assert found.signature is SignatureStatus.UNVERIFIABLE
    assert found.certificate is CertificateStatus.MALFORMED


# Files and the list


def test_a_missing_group_leaves_the_rest_verified(store: TrustStore) -> None:
    some = {name: data for name, data in files().items() if name != "EF.DG2"}
    assert [(i.kind, i.file) for i in reading(some).issues] == [(IssueKind.PARTIAL, "EF.DG2")]
    assert proof(some, store).trusted


def test_fingerprints_need_not_be_there(store: TrustStore) -> None:
    made = emrtd_files(signer(), td1(), extra={3: b"sample"})
    del made["EF.DG3"]
    assert reading(made).complete
    assert proof(made, store).trusted


def test_a_group_that_is_not_in_the_list_is_unsigned(store: TrustStore) -> None:
    added = files() | {"EF.DG11": b"\x6b\x02ok"}
    assert ("EF.DG11", IssueKind.MALFORMED) in {(i.file, i.kind) for i in reading(added).issues}
    assert proof(added, store).signature is SignatureStatus.UNVERIFIABLE


def test_a_cut_group_is_no_accusation(store: TrustStore) -> None:
    for length in range(0, len(files()["EF.DG2"]), 7):
        cut = files() | {"EF.DG2": files()["EF.DG2"][:length]}
        assert proof(cut, store).signature is SignatureStatus.UNVERIFIABLE, length


def test_an_enormous_security_object_is_not_parsed(store: TrustStore) -> None:
    wide = b"\x30\x80" + b"\x05\x00" * 200_000
    enormous = b"\x77\x83" + len(wide).to_bytes(3, "big") + wide
    found = reading(files() | {"EF.SOD": enormous})
    assert ("EF.SOD", "the security object is larger than any") in {(i.file, i.detail) for i in found.issues}
    assert prove(found, store, AT).signature is SignatureStatus.UNVERIFIABLE


def test_no_security_object_is_nothing_proven(store: TrustStore) -> None:
    some = {name: data for name, data in files().items() if name != "EF.SOD"}
    assert proof(some, store).signature is SignatureStatus.UNVERIFIABLE


def test_a_security_object_without_certificate(store: TrustStore) -> None:
    groups = {1: files()["EF.DG1"]}
    bare = {"EF.DG1": groups[1], "EF.SOD": security_object(signer(), groups, certificate=False)}
    found = proof(bare, store)
    assert (found.signature, found.certificate) == (
        SignatureStatus.UNVERIFIABLE,
        CertificateStatus.NOT_JUDGED,
    )


def test_a_list_of_groups_that_differs_from_the_signed_one_is_noted() -> None:
    com = bytearray(files()["EF.COM"])
    com[-1] = 0x6E
    issues = reading(files() | {"EF.COM": bytes(com)}).issues
    assert [(i.kind, i.file) for i in issues] == [(IssueKind.NOTE, "EF.COM")]


# Anchors


def test_a_residence_card_anchor_certifies_no_travel_document(tmp_path: Path) -> None:
    listed = Listed("csca.crt", country().certificate)
    store = TrustStore.load(trust_folder(tmp_path, listed), "production")
    found = proof(files(), store)
    assert (found.signature, found.certificate) == (SignatureStatus.VERIFIED, CertificateStatus.NO_ANCHOR)
    assert not found.trusted


def test_a_country_signer_of_another_profile_is_known_and_not_trusted(tmp_path: Path) -> None:
    listed = Listed("csca.crt", country().certificate, "sample", options=CSCA)
    folder = trust_folder(tmp_path, listed)
    found = proof(files(), TrustStore.load(folder, "production"))
    assert found.certificate is CertificateStatus.TEST_ANCHOR
    assert proof(files(), TrustStore.load(folder, "sample")).trusted


@pytest.mark.parametrize(
    ("state", "status"), [("XX", CertificateStatus.OTHER_KEY), ("YY", CertificateStatus.NO_ANCHOR)]
)
def test_an_unknown_country_signer(state: str, status: CertificateStatus, store: TrustStore) -> None:
    made = emrtd_files(make_country_signer(country=state).issue(), td1())
    assert proof(made, store).certificate is status


def test_a_signer_that_names_a_loaded_key_which_did_not_sign_it(store: TrustStore) -> None:
    sod = files()["EF.SOD"]
    at = sod.index(signer().certificate) + len(signer().certificate) - 1
    found = proof(flipped("EF.SOD", at), store)
    assert (found.signature, found.certificate) == (
        SignatureStatus.VERIFIED,
        CertificateStatus.UNKNOWN_ISSUER,
    )


def test_a_country_signer_is_no_issuer_of_residence_cards(tmp_path: Path) -> None:
    listed = Listed("ca.crt", ca().certificate, options=CSCA)
    store = TrustStore.load(trust_folder(tmp_path, listed), "production")
    assert (store.anchors, len(store.country_signers)) == ((), 1)


# Hostile input


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_security_objects_never_crash(data: st.DataObject) -> None:
    sod = bytearray(files()["EF.SOD"])
    for _ in range(data.draw(st.integers(1, 4))):
        sod[data.draw(st.integers(0, len(sod) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(sod)))
    try:
        found = reading(files() | {"EF.SOD": bytes(sod[:cut])})
    except Problem:
        return
    prove(found, EMPTY, AT)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_files_never_crash(data: bytes) -> None:
    for name in ("EF.SOD", "EF.COM", "EF.DG1"):
        found = reading(files() | {name: data})
        assert prove(found, EMPTY, AT).trusted is False


EMPTY = TrustStore("production")


def test_the_hash_covers_the_whole_file() -> None:
    found = reading(files()).travel_document
    assert found is not None
    assert found.security_object is not None
    listed = found.security_object.hash_list
    assert listed is not None
    assert listed.values[1] == hashlib.sha256(files()["EF.DG1"]).digest()
