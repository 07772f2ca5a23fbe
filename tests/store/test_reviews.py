from __future__ import annotations

from datetime import timedelta

import pytest

from service.errors import Conflict, Forbidden, NotFound
from service.report import Report
from service.store import Store
from service.store.reviews import Decision, Review, ReviewState, Wanted
from service.verdict import Verdict
from tests.store.conftest import NOW, a_report, verification_id

LASTS = timedelta(hours=8)


def kept(store: Store, owner: str, verdict: str = "suspect", late: int = 0) -> Report:
    moment = NOW + timedelta(seconds=late)
    report = a_report(verification_id(moment), moment, verdict=verdict)
    with store.database.write() as session:
        store.records.add(session, report, owner, days=30)
    return report


def claim(store: Store, id: str, actor: str, late: int = 0) -> Review:
    with store.database.write() as session:
        return store.reviews.claim(session, id, actor=actor, now=NOW + timedelta(seconds=late), lasts=LASTS)


def decide(store: Store, id: str, actor: str, decision: Decision) -> Review:
    with store.database.write() as session:
        return store.reviews.decide(session, id, decision, "because of the photo", actor=actor, now=NOW)


def second(store: Store, id: str, actor: str, agrees: bool = True) -> Review:
    with store.database.write() as session:
        return store.reviews.second(session, id, agrees, "seen too", actor=actor, now=NOW)


def test_suspect_and_inconclusive_open_a_review(store: Store, owner: str) -> None:
    wanted = [kept(store, owner, v, i).id for i, v in enumerate(("suspect", "inconclusive"))]
    for late, verdict in enumerate(("forged", "invalid", "authentic", "no_sign_of_forgery")):
        kept(store, owner, verdict, 10 + late)
    page, cursor = store.reviews.page(Wanted(state=ReviewState.OPEN), now=NOW, limit=1, cursor=None)
    assert [r.verification_id for r in page] == wanted[:1]
    page, cursor = store.reviews.page(Wanted(), now=NOW, limit=1, cursor=cursor)
    assert [r.verification_id for r in page] == wanted[1:]
    assert cursor is None


def test_the_queue_is_narrowed_by_state_verdict_and_person(store: Store, owner: str) -> None:
    first, second_, third = (
        kept(store, owner, v, i).id for i, v in enumerate(["suspect"] * 2 + ["inconclusive"])
    )
    claim(store, first, "a")
    claim(store, second_, "a")
    decide(store, second_, "a", Decision.GENUINE)

    def found(wanted: Wanted, later: timedelta = timedelta()) -> list[str]:
        page, _ = store.reviews.page(wanted, now=NOW + later, limit=9, cursor=None)
        return [review.verification_id for review in page]

    assert found(Wanted(verdict=Verdict.INCONCLUSIVE)) == [third]
    assert found(Wanted(actor="a")) == [first, second_]
    assert found(Wanted(actor="a", state=ReviewState.CLAIMED)) == [first]
    assert found(Wanted(actor="b")) == []
    assert found(Wanted(actor="a"), LASTS) == [second_], "a claim that has run out is nobody's"


def test_a_claim_keeps_others_out_until_it_ends(store: Store, owner: str) -> None:
    id = kept(store, owner).id
    assert claim(store, id, "a").state is ReviewState.CLAIMED
    with pytest.raises(Conflict):
        claim(store, id, "b")
    with pytest.raises(Conflict):
        decide(store, id, "b", Decision.GENUINE)
    after = int(LASTS.total_seconds())
    assert store.reviews.get(id, now=NOW + LASTS).state is ReviewState.OPEN
    assert claim(store, id, "b", late=after).claimed_by == "b"


def test_a_report_as_forged_needs_a_second_person(store: Store, owner: str) -> None:
    id = kept(store, owner).id
    claim(store, id, "a")
    assert decide(store, id, "a", Decision.REPORT_AS_FORGED).state is ReviewState.AWAITING_SECOND
    assert store.reviews.agreement() == {}
    with pytest.raises(Forbidden):
        second(store, id, "a")
    assert list(store.reviews.labelled(now=NOW)) == []
    done = second(store, id, "b")
    assert (done.state, done.decided_by, done.seconded_by) == (ReviewState.DECIDED, "a", "b")
    assert store.reviews.agreement() == {("suspect", "report_as_forged"): 1}
    assert list(store.reviews.labelled(now=NOW)) == [(id, Decision.REPORT_AS_FORGED)]
    with pytest.raises(Conflict):
        claim(store, id, "c")


def test_a_second_person_who_does_not_agree_opens_it_again(store: Store, owner: str) -> None:
    id = kept(store, owner).id
    claim(store, id, "a")
    decide(store, id, "a", Decision.REPORT_AS_FORGED)
    again = second(store, id, "b", agrees=False)
    assert (again.state, again.decision, again.decided_by) == (ReviewState.OPEN, None, None)
    steps = [(e.action, e.actor, e.reason) for e in store.reviews.history(id, now=NOW)]
    assert steps == [
        ("claimed", "a", None),
        ("proposed", "a", "because of the photo"),
        ("not_seconded", "b", "seen too"),
    ]


def test_statistics_outlive_the_reports_and_words_do_not(store: Store, owner: str) -> None:
    id = kept(store, owner).id
    claim(store, id, "a")
    decide(store, id, "a", Decision.GENUINE)
    store.purge(NOW + timedelta(days=31))
    assert store.reviews.agreement() == {("suspect", "genuine"): 1}
    with pytest.raises(NotFound):
        store.reviews.history(id, now=NOW)
    assert all("photo" not in str(line.facts) for line in store.audit.lines())
