"""The rules of contract §3, each with a twin that just misses it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.verdict import (
    DECISIVE_BASES,
    Assurance,
    Basis,
    CheckResult,
    Effect,
    Group,
    NextAction,
    Policy,
    Refutes,
    Result,
    Supplied,
    Verdict,
    decide,
)

POLICY = Policy(id="default", version="1")
FRONT = Supplied(front=True)
WITH_CHIP = Supplied(front=True, chip=True)


def result(
    id: str,
    outcome: Result,
    *,
    basis: Basis = Basis.RULE,
    effect: Effect = Effect.DECISIVE,
    input: str = "front",
    fields: frozenset[str] = frozenset(),
    refutes: Refutes = Refutes.GENUINENESS,
    next_action: NextAction | None = None,
) -> CheckResult:
    return CheckResult(
        id=id,
        group=Group(id.split(".")[0]),
        result=outcome,
        reason=f"{id}.{outcome.value}",
        basis=basis,
        effect=effect,
        citation="test",
        input=input,
        fields=fields,
        refutes=refutes,
        next_action=next_action,
    )


STATUS = frozenset({"status_of_residence", "period_of_stay"})
DATES = frozenset({"issue_date", "permission_date"})


def chip(signature: Result, certificate: Result) -> list[CheckResult]:
    crypto = Basis.CRYPTOGRAPHIC
    return [
        result("chip.signature", signature, basis=crypto, input="chip"),
        result("chip.certificate", certificate, basis=crypto, input="chip"),
    ]


def face(text: Result = Result.PASS, photo: Result = Result.PASS) -> list[CheckResult]:
    return [
        result("cross.front_image", text, basis=Basis.CROSS_SOURCE, input="front+chip"),
        result("cross.face", photo, basis=Basis.STATISTICAL, effect=Effect.SUPPORTING, input="front+chip"),
    ]


def test_a_failed_signature_is_forged() -> None:
    decision = decide(chip(Result.FAIL, Result.NOT_RUN), POLICY, WITH_CHIP)
    assert decision.verdict is Verdict.FORGED
    assert decision.reason == "chip.signature.fail"
    assert decision.assurance is Assurance.CRYPTOGRAPHIC


def test_one_decisive_failure_of_a_picture_is_only_suspect() -> None:
    assert (
        decide([result("text.period", Result.FAIL, fields=STATUS)], POLICY, FRONT).verdict is Verdict.SUSPECT
    )


def test_two_decisive_failures_on_different_fields_are_forged() -> None:
    both = [
        result("text.period", Result.FAIL, fields=STATUS),
        result("text.dates", Result.FAIL, fields=DATES),
    ]
    assert decide(both, POLICY, FRONT).verdict is Verdict.FORGED


def test_two_decisive_failures_that_share_a_field_are_only_suspect() -> None:
    shared = frozenset({"status_of_residence", "work_restriction"})
    both = [
        result("text.period", Result.FAIL, fields=STATUS),
        result("text.work_restriction", Result.FAIL, fields=shared),
    ]
    assert decide(both, POLICY, FRONT).verdict is Verdict.SUSPECT


def test_supporting_failures_never_add_up_to_forged() -> None:
    many = [
        result(f"text.check{i}", Result.FAIL, effect=Effect.SUPPORTING, fields=frozenset({str(i)}))
        for i in range(9)
    ]
    assert decide(many, POLICY, FRONT).verdict is Verdict.SUSPECT


def test_informative_failures_change_nothing() -> None:
    told = [result("cross.expected", Result.FAIL, basis=Basis.CROSS_SOURCE, effect=Effect.INFORMATIVE)]
    assert decide(told, POLICY, FRONT).verdict is Verdict.NO_SIGN_OF_FORGERY


def test_what_is_not_in_force_is_invalid_and_forged_comes_first() -> None:
    mark = result("security.specimen_mark", Result.FAIL, refutes=Refutes.FORCE)
    assert decide([mark], POLICY, FRONT).verdict is Verdict.INVALID
    assert decide([mark, *chip(Result.FAIL, Result.NOT_RUN)], POLICY, WITH_CHIP).verdict is Verdict.FORGED


def test_an_undecided_required_check_is_inconclusive_with_its_next_action() -> None:
    blurred = result("text.dates", Result.INCONCLUSIVE, next_action=NextAction.RETAKE_IMAGE)
    decision = decide([blurred], POLICY, FRONT, required=["text.dates"])
    assert (decision.verdict, decision.next_action) == (Verdict.INCONCLUSIVE, NextAction.RETAKE_IMAGE)
    assert decide([blurred], POLICY, FRONT).verdict is Verdict.NO_SIGN_OF_FORGERY


@pytest.mark.parametrize("undecided", [Result.NOT_RUN, Result.ERROR])
def test_a_required_check_that_crashed_or_did_not_run_is_never_a_pass(undecided: Result) -> None:
    decision = decide([result("text.dates", undecided)], POLICY, FRONT, required=["text.dates"])
    assert decision.verdict is Verdict.INCONCLUSIVE
    assert decision.next_action is not NextAction.NONE


def test_proof_and_an_agreeing_face_are_authentic() -> None:
    decision = decide([*chip(Result.PASS, Result.PASS), *face()], POLICY, WITH_CHIP)
    assert (decision.verdict, decision.assurance) == (Verdict.AUTHENTIC, Assurance.CRYPTOGRAPHIC)


def test_a_child_without_photo_can_be_authentic() -> None:
    results = [*chip(Result.PASS, Result.PASS), *face(photo=Result.NOT_APPLICABLE)]
    assert decide(results, POLICY, WITH_CHIP).verdict is Verdict.AUTHENTIC


@pytest.mark.parametrize("spoilt", [Result.INCONCLUSIVE, Result.NOT_RUN, Result.ERROR])
def test_a_face_that_was_not_compared_is_never_authentic(spoilt: Result) -> None:
    for faces in (face(text=spoilt), face(photo=spoilt)):
        decision = decide([*chip(Result.PASS, Result.PASS), *faces], POLICY, WITH_CHIP)
        assert decision.verdict is Verdict.NO_SIGN_OF_FORGERY


def test_chip_alone_is_no_sign_of_forgery() -> None:
    decision = decide(chip(Result.PASS, Result.PASS), POLICY, Supplied(chip=True))
    assert (decision.verdict, decision.next_action) == (Verdict.NO_SIGN_OF_FORGERY, NextAction.ADD_SIDE)


def test_no_anchor_is_inconclusive() -> None:
    results = [*chip(Result.PASS, Result.INCONCLUSIVE), *face()]
    assert decide(results, POLICY, WITH_CHIP).verdict is Verdict.INCONCLUSIVE


def test_a_reencoded_dump_beside_a_good_face_is_judged_by_the_face() -> None:
    results = chip(Result.NOT_RUN, Result.NOT_RUN)
    assert decide(results, POLICY, WITH_CHIP).verdict is Verdict.NO_SIGN_OF_FORGERY
    assert decide(results, POLICY, Supplied(chip=True)).verdict is Verdict.INCONCLUSIVE


def test_the_back_alone_asks_for_the_front() -> None:
    decision = decide([], POLICY, Supplied(back=True))
    assert (decision.verdict, decision.next_action) == (Verdict.INCONCLUSIVE, NextAction.ADD_SIDE)


def test_evaluatory_checks_never_touch_the_verdict() -> None:
    silent = Policy(id="silent", version="1", evaluatory=frozenset({"chip.signature"}))
    assert decide(chip(Result.FAIL, Result.NOT_RUN), silent, FRONT).verdict is Verdict.NO_SIGN_OF_FORGERY


def test_a_statistic_may_not_be_declared_decisive() -> None:
    for basis in set(Basis) - DECISIVE_BASES:
        with pytest.raises(ValueError, match="may not be decisive"):
            result("security.x", Result.FAIL, basis=basis)


@pytest.mark.parametrize(("prior", "count"), [(0.0, 1), (1.0, 1), (0.05, 0)])
def test_a_policy_that_passes_everything_is_refused(prior: float, count: int) -> None:
    with pytest.raises(ValueError, match="policy"):
        Policy(id="empty", version="1", prior=prior, suspect_results=count)


IDS = ("text.dates", "text.period", "layout.labels", "security.specimen_mark", "capture.front")


@given(
    st.lists(st.sampled_from(list(product(IDS, Result))), max_size=8, unique_by=lambda item: item[0]),
    st.booleans(),
)
def test_pictures_alone_are_never_authentic_and_always_say_what_to_do(
    drawn: list[tuple[str, Result]], back: bool
) -> None:
    results = [result(id, outcome, fields=frozenset({id})) for id, outcome in drawn]
    decision = decide(results, POLICY, Supplied(front=True, back=back), required=IDS)
    assert decision.verdict is not Verdict.AUTHENTIC
    if decision.verdict is Verdict.INCONCLUSIVE:
        assert decision.next_action is not NextAction.NONE
