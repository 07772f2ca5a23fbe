from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.chip.certificate import load_certificate
from service.chip.trust_store import TrustStore
from service.errors import ConfigurationError
from service.settings import Settings
from tests.chip.world import Listed, ca, card_key, forger, trust_folder

CARD = load_certificate(card_key().certificate)


def test_anchors_in_force_are_trusted(tmp_path: Path) -> None:
    store = TrustStore.load(trust_folder(tmp_path, Listed("ca.crt", ca().certificate)), "production")
    found = store.issuer_of(CARD, 1)
    assert found is not None
    assert found.file == "ca.crt"
    assert store.recognise(CARD, 1) is None
    assert store.complete_for(1)
    assert store.status() == {
        "trust_store": "ready",
        "loaded_anchors": ["ca.crt"],
        "missing_anchors": [],
        "refused_anchors": [],
    }


def test_the_issuer_is_found_among_keys_of_one_name(tmp_path: Path) -> None:
    folder = trust_folder(
        tmp_path, Listed("other.crt", forger().certificate), Listed("ca.crt", ca().certificate)
    )
    found = TrustStore.load(folder, "production").issuer_of(CARD, 1)
    assert found is not None
    assert found.file == "ca.crt"


def test_an_anchor_of_another_profile_is_recognised_and_never_trusted(tmp_path: Path) -> None:
    folder = trust_folder(tmp_path, Listed("ca.crt", ca().certificate, "sample"))
    store = TrustStore.load(folder, "production")
    assert store.issuer_of(CARD, 1) is None
    found = store.recognise(CARD, 1)
    assert found is not None
    assert found.profile == "sample"
    assert not store.complete_for(1)
    assert store.digest != TrustStore.load(folder, "sample").digest


def test_a_passport_signer_certifies_no_residence_card(tmp_path: Path) -> None:
    listed = Listed("csca.crt", ca().certificate, options=(("purpose", "icao.csca"),))
    store = TrustStore.load(trust_folder(tmp_path, listed), "production")
    assert len(store.country_signers) == 1
    assert store.issuer_of(CARD, 1) is None
    assert not store.complete_for(1)


def test_an_anchor_of_the_other_generation_does_not_count(tmp_path: Path) -> None:
    listed = Listed("ca.crt", ca().certificate, options=(("generation", 2),))
    store = TrustStore.load(trust_folder(tmp_path, listed), "production")
    assert store.issuer_of(CARD, 1) is None


@pytest.mark.parametrize(
    ("content", "key"),
    [(None, "missing_anchors"), (b"\x30\x00", "refused_anchors"), (b"junk", "refused_anchors")],
)
def test_missing_and_refused_files_are_named(tmp_path: Path, content: bytes | None, key: str) -> None:
    folder = trust_folder(
        tmp_path,
        Listed("ca.crt", ca().certificate),
        Listed("lost.crt", forger().certificate, content=content),
    )
    store = TrustStore.load(folder, "production")
    assert store.status()["trust_store"] == "no_anchor"
    assert store.status()[key] == ["lost.crt"]
    assert store.issuer_of(CARD, 1) is not None


def test_another_certificate_under_a_pinned_name_is_refused(tmp_path: Path) -> None:
    folder = trust_folder(tmp_path, Listed("ca.crt", ca().certificate, content=forger().certificate))
    store = TrustStore.load(folder, "production")
    assert store.anchors == ()
    assert store.status()["refused_anchors"] == ["ca.crt"]


@pytest.mark.parametrize(("generation", "complete"), [(1, False), (None, False), (2, True)])
def test_a_missing_anchor_matters_to_its_generation(
    tmp_path: Path, generation: int | None, complete: bool
) -> None:
    folder = trust_folder(
        tmp_path,
        Listed("ca.crt", ca().certificate),
        Listed("lost.crt", forger().certificate, content=None, options=(("generation", generation),)),
    )
    assert TrustStore.load(folder, "production").complete_for(1) is complete


def test_a_folder_without_a_list_has_no_anchors(tmp_path: Path) -> None:
    assert TrustStore.load(tmp_path, "production").status()["trust_store"] == "no_anchor"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[1]",
        '[{"file": "../ca.crt"}]',
        '[{"file": "ca.crt", "sha256": "00", "profile": "production"}]',
        json.dumps([{"file": "ca.crt", "sha256": "0" * 64, "profile": "mine"}]),
        json.dumps([{"file": "ca.crt", "sha256": "0" * 64, "profile": "sample", "purpose": "x"}]),
        json.dumps([{"file": "ca.crt", "sha256": "0" * 64, "profile": "sample", "generation": 3}]),
        "[" * 100_000,
    ],
)
def test_a_wrong_list_is_a_configuration_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "anchors.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        TrustStore.load(tmp_path, "production")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_hostile_anchor_files_are_refused(tmp_path: Path, content: bytes) -> None:
    folder = trust_folder(tmp_path, Listed("ca.crt", ca().certificate))
    (folder / "ca.crt").write_bytes(content)
    assert TrustStore.load(folder, "production").anchors == ()


def test_the_shipped_list_pins_the_published_anchors() -> None:
    store = TrustStore.load(Settings().trust_dir, "production")
    listed = [item.entry for item in store.unavailable] if not store.anchors else []
    if not listed:
        pytest.skip("the operator has put anchors in place")
    published = [entry for entry in listed if entry.profile != "sample"]
    assert len({entry.sha256 for entry in published}) == 6
    assert sorted((entry.profile, entry.generation) for entry in published) == [
        ("official_test", 2),
        *[("production", 1)] * 4,
        ("production", 2),
    ]
    assert store.status()["trust_store"] == "no_anchor"


def test_the_digest_depends_on_the_certificates_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder, name in ((first, "x.crt"), (second, "y.crt")):
        folder.mkdir()
        trust_folder(folder, Listed(name, ca().certificate))
    one, two = (TrustStore.load(folder, "production").digest for folder in (first, second))
    assert one == two
    assert one != hashlib.sha256(b"production").hexdigest()
