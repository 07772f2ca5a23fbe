"""A slice of the full run of scripts/measure_chip: seeded changes, cuts, swaps and intact cards."""

from __future__ import annotations

import pytest

from scripts.chip_corpus import Authorities, changes, intact, length_changes, swaps, truncations
from scripts.measure_chip import KINDS, MISMATCH, PROVEN, Judge, count
from scripts.specimens.dump import dump_json
from scripts.specimens.emrtd import emrtd_dump
from service.chip import TrustStore


@pytest.fixture(scope="module")
def authorities() -> Authorities:
    return Authorities.make(keys=2)


@pytest.fixture(scope="module")
def judge(authorities: Authorities, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    folder = authorities.write(tmp_path_factory.mktemp("trust"))
    return Judge(TrustStore.load(folder, "production"))


@pytest.mark.parametrize(("kind", "stride"), [("gen1", 97), ("gen2", 61), ("emrtd", 7)])
def test_a_change_inside_signed_data_is_a_mismatch(
    kind: str, stride: int, authorities: Authorities, judge: Judge
) -> None:
    found = count(judge, changes(kind, authorities, stride))
    assert set(found.counts) == {MISMATCH}, found.examples
    assert found.total > 50


@pytest.mark.parametrize("kind", KINDS)
def test_signed_files_of_two_genuine_cards_do_not_mix(
    kind: str, authorities: Authorities, judge: Judge
) -> None:
    found = count(judge, swaps(kind, authorities))
    assert (set(found.counts), found.total) == ({MISMATCH}, 3), found.examples


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_is_never_an_accusation(kind: str, authorities: Authorities, judge: Judge) -> None:
    found = count(judge, truncations(kind, authorities, 131))
    assert not {MISMATCH, "error"} & set(found.counts), found.examples
    assert "chip.signature.unverifiable" in found.counts


@pytest.mark.parametrize("kind", ["gen1", "gen2"])
def test_a_changed_length_gives_a_clean_answer(kind: str, authorities: Authorities, judge: Judge) -> None:
    found = count(judge, length_changes(kind, authorities, 53))
    assert not {MISMATCH, "error"} & set(found.counts), found.examples
    assert found.total > 50


@pytest.mark.parametrize("kind", KINDS)
def test_intact_cards_are_proven(kind: str, authorities: Authorities, judge: Judge) -> None:
    wrap = emrtd_dump if kind == "emrtd" else dump_json
    answers = {judge.reasons(wrap(intact(kind, authorities, seed))) for seed in range(25)}
    assert answers == {PROVEN}
