from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from scripts.specimens.der import integer, sequence, wrap
from scripts.specimens.dump import dump_zip
from scripts.specimens.emrtd import make_country_signer
from service.chip import TrustStore
from service.chip.anchor_files import add_anchors, find_certificates
from service.chip.anchors import Purpose
from service.errors import ConfigurationError
from tests.chip.world import Listed, ca, forger, trust_folder

DER = ca().certificate
DIGEST = hashlib.sha256(DER).hexdigest()


def add(folder: Path, data: bytes, profile: str = "production", **options: str) -> list[str]:
    added = add_anchors(
        folder, data, profile=profile, purpose=Purpose.RESIDENCE_CARD, stated_sha256=options.get("sha256")
    )
    return [item.file for item in added]


def pinned(folder: Path) -> Path:
    """A folder whose list pins the CA and does not hold it."""
    return trust_folder(folder, Listed("930001757.crt", DER, content=None))


def master_list(*certificates: bytes) -> bytes:
    """A CSCA master list (ICAO Doc 9303-12 §8.3), whose own signature nobody looks at here."""
    content = sequence(integer(0), wrap(0x31, b"".join(certificates)))
    kind = bytes.fromhex("0606678108010102")
    encapsulated = sequence(kind, wrap(0xA0, wrap(0x04, content)))
    signed = sequence(integer(3), wrap(0x31, b""), encapsulated, wrap(0x31, b""))
    return sequence(bytes.fromhex("06092a864886f70d010702"), wrap(0xA0, signed))


def test_a_pinned_anchor_goes_where_the_list_expects_it(tmp_path: Path) -> None:
    assert add(pinned(tmp_path), DER) == ["930001757.crt"]
    assert TrustStore.load(tmp_path, "production").status()["trust_store"] == "ready"


def test_the_issuers_archive_is_opened(tmp_path: Path) -> None:
    archive = dump_zip({"readme": b"text", "folder/ca": DER})
    assert add(pinned(tmp_path), archive) == ["930001757.crt"]


def test_what_nobody_vouches_for_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not pinned"):
        add(pinned(tmp_path), forger().certificate)
    assert {path.name for path in tmp_path.iterdir()} == {"anchors.json"}


def test_a_digest_that_the_operator_states_is_pinned(tmp_path: Path) -> None:
    (file,) = add(tmp_path, DER, sha256=DIGEST)
    rows = json.loads((tmp_path / "anchors.json").read_text(encoding="utf-8"))
    assert rows == [{"file": file, "sha256": DIGEST, "profile": "production", "purpose": "jp.residence_card"}]
    assert TrustStore.load(tmp_path, "production").complete_for(1)
    with pytest.raises(ConfigurationError):
        add(tmp_path, forger().certificate, sha256=DIGEST)


def test_a_test_ca_does_not_become_real_by_a_slip(tmp_path: Path) -> None:
    folder = trust_folder(tmp_path, Listed("test.crt", DER, "official_test", content=None))
    with pytest.raises(ConfigurationError, match="official_test"):
        add(folder, DER, "production")
    assert add(folder, DER, "official_test") == ["test.crt"]
    assert TrustStore.load(folder, "production").anchors == ()


def test_the_entries_that_were_there_are_kept(tmp_path: Path) -> None:
    folder = pinned(tmp_path)
    add(folder, forger().certificate, sha256=hashlib.sha256(forger().certificate).hexdigest())
    rows = json.loads((folder / "anchors.json").read_text(encoding="utf-8"))
    assert next(row["sha256"] for row in rows) == DIGEST
    assert len(rows) == 2


def test_a_master_list_is_taken_as_a_whole(tmp_path: Path) -> None:
    signers = [make_country_signer(country=state) for state in ("XX", "YY", "ZZ")]
    data = master_list(*(signer.certificate for signer in signers))
    assert len(find_certificates(data)) == 3
    with pytest.raises(ConfigurationError, match="not pinned"):
        add_anchors(tmp_path, data, profile="production", purpose=Purpose.CSCA)
    digest = hashlib.sha256(data).hexdigest()
    add_anchors(tmp_path, data, profile="production", purpose=Purpose.CSCA, stated_sha256=digest)
    store = TrustStore.load(tmp_path, "production")
    assert (len(store.country_signers), store.anchors) == (3, ())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        b"PK\x03\x04junk",
        master_list(),
        master_list(b"\x30\x01\x00")[:60],
        dump_zip({"a": b"b"}),
    ],
)
def test_files_without_anchors_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ConfigurationError):
        add(tmp_path, data, sha256=hashlib.sha256(data).hexdigest())
