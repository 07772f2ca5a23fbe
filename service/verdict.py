"""From the results of single checks to one verdict. Knows nothing of pictures or chips.

The words follow the contract (section 3) and, where it is silent, BSI TR-03135: a check has one of seven
results; a result never becomes stronger than the class of its check allows; "cannot tell" is neither
"no" nor "yes".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "Assurance",
    "Basis",
    "CheckResult",
    "Decision",
    "Effect",
    "Group",
    "NextAction",
    "NotRunReason",
    "Policy",
    "Refutes",
    "Region",
    "Result",
    "Supplied",
    "Verdict",
    "decide",
]


class Result(StrEnum):
    """Outcome of one check."""

    PASS = "pass"
    FAIL = "fail"
    SUSPECT = "suspect"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"
    NOT_RUN = "not_run"
    ERROR = "error"


class NotRunReason(StrEnum):
    """Why a check did not run."""

    INPUT_MISSING = "input_missing"
    UNSUPPORTED_DOCUMENT = "unsupported_document"
    PREREQUISITE_FAILED = "prerequisite_failed"
    DISABLED_BY_POLICY = "disabled_by_policy"
    DEPENDENCY_UNAVAILABLE = "dependency_unavailable"
    TIME_LIMIT = "time_limit"


class Basis(StrEnum):
    """What kind of fact a check rests on."""

    CRYPTOGRAPHIC = "cryptographic"
    CHECKSUM = "checksum"
    RULE = "rule"
    CROSS_SOURCE = "cross_source"
    PHYSICAL = "physical"
    STATISTICAL = "statistical"


class Effect(StrEnum):
    """What a failure of a check may do to the verdict."""

    DECISIVE = "decisive"
    SUPPORTING = "supporting"
    INFORMATIVE = "informative"


class Group(StrEnum):
    """Family of a check."""

    CAPTURE = "capture"
    LAYOUT = "layout"
    TEXT = "text"
    MRZ = "mrz"
    BARCODE = "barcode"
    SECURITY = "security"
    FORENSICS = "forensics"
    CHIP = "chip"
    CROSS = "cross"
    REGISTRY = "registry"
    MODEL = "model"


class Refutes(StrEnum):
    """What a failing check speaks against: the making of the document, or its being in force."""

    GENUINENESS = "genuineness"
    FORCE = "force"


class Verdict(StrEnum):
    """What the report says about forgery."""

    FORGED = "forged"
    INVALID = "invalid"
    SUSPECT = "suspect"
    INCONCLUSIVE = "inconclusive"
    AUTHENTIC = "authentic"
    NO_SIGN_OF_FORGERY = "no_sign_of_forgery"


class Assurance(StrEnum):
    """How strong the evidence is."""

    CRYPTOGRAPHIC = "cryptographic"
    MULTI_SOURCE = "multi_source"
    VISUAL_ONLY = "visual_only"
    NONE = "none"


class NextAction(StrEnum):
    """What the user should do next."""

    NONE = "none"
    RETAKE_IMAGE = "retake_image"
    ADD_SIDE = "add_side"
    READ_CHIP = "read_chip"
    TILT_CARD = "tilt_card"
    MANUAL_REVIEW = "manual_review"


@dataclass(frozen=True, slots=True)
class Region:
    """A place on the rectified card."""

    side: str
    """``front`` or ``back``."""
    box: tuple[float, float, float, float]
    """x, y, width, height as fractions of the card, origin top left."""


DECISIVE_BASES = frozenset({Basis.CRYPTOGRAPHIC, Basis.CHECKSUM, Basis.RULE, Basis.CROSS_SOURCE})


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check with its result, as it stands in the report."""

    id: str
    group: Group
    result: Result
    reason: str
    """Dotted code, declared by the check; its message is looked up by this key."""
    basis: Basis
    effect: Effect
    citation: str
    input: str
    refutes: Refutes = Refutes.GENUINENESS
    not_run_reason: NotRunReason | None = None
    fields: frozenset[str] = frozenset()
    """Names of the card's fields that the check read; two pictures' failures must read different ones."""
    measured: float | None = None
    threshold: float | None = None
    margin: float | None = None
    """-1 ... +1, decision at 0, positive for genuine (BSI TR-03135-1 §5.5.4.2)."""
    region: Region | None = None
    weight_bits: float | None = None
    next_action: NextAction | None = None
    """What would turn an inconclusive result into an answer."""
    params: tuple[tuple[str, str], ...] = ()
    """Values for the message; never what was read from a card."""

    def __post_init__(self) -> None:
        if self.effect is Effect.DECISIVE and self.basis not in DECISIVE_BASES:
            raise ValueError(f"{self.id}: a {self.basis} check may not be decisive")

    @property
    def fails(self) -> bool:
        """Whether the result is ``fail``."""
        return self.result is Result.FAIL

    @property
    def decisive_failure(self) -> bool:
        """Whether the result alone can refute."""
        return self.fails and self.effect is Effect.DECISIVE


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator has decided about weighing evidence. Kept as data in ``service/policies``."""

    id: str
    version: str
    prior: float = 0.05
    """Probability of a forgery before any evidence."""
    suspect_results: int = 1
    """How many supporting ``suspect`` or ``fail`` results make the verdict ``suspect``."""
    evaluatory: frozenset[str] = frozenset()
    """Checks that run and are logged but never touch the verdict (BSI TR-03135-1 §3.7)."""
    disabled: frozenset[str] = frozenset()
    """Checks that are not run."""

    def __post_init__(self) -> None:
        if not 0 < self.prior < 1:
            raise ValueError("policy.prior must lie between 0 and 1")
        if self.suspect_results < 1:
            raise ValueError("policy.suspect_results must be at least 1: an empty policy passes everything")


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict with what led to it."""

    verdict: Verdict
    reason: str
    """Dotted code of the result that decided, or ``verdict.*`` where none did."""
    next_action: NextAction
    assurance: Assurance
    limits: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Supplied:
    """What came in, as far as the verdict must know."""

    front: bool = False
    back: bool = False
    chip: bool = False

    @property
    def pictures(self) -> bool:
        """Whether any side of the card was shown."""
        return self.front or self.back


UNDECIDED = frozenset({Result.INCONCLUSIVE, Result.NOT_RUN, Result.ERROR})
PROOF = ("chip.signature", "chip.certificate")
FACE_AGREEMENT = ("cross.front_image", "cross.fields", "cross.face")


def decide(
    results: Sequence[CheckResult], policy: Policy, supplied: Supplied, required: Iterable[str] = ()
) -> Decision:
    """Give the first verdict of the contract's list that applies.

    ``required`` names the checks that the layout demands to be decided. Steps: 1. chip evidence fails
    decisively, or two picture checks fail decisively on different fields: ``forged``. 2. the document is
    not in force: ``invalid``. 3. supporting evidence beyond the policy: ``suspect``. 4. a required check
    is undecided: ``inconclusive``. 5. proof, and the face agrees with it: ``authentic``.
    6. else ``no_sign_of_forgery``.
    """
    weighed = [r for r in results if r.id not in policy.evaluatory]
    against = [r for r in weighed if r.refutes is Refutes.GENUINENESS]
    by_id = {r.id: r for r in weighed}
    assurance = _assurance(by_id, supplied)

    # 1. forged
    decisive = _forged_by(against)
    if decisive is not None:
        return Decision(Verdict.FORGED, decisive.reason, NextAction.MANUAL_REVIEW, assurance)

    # 2. not in force
    not_in_force = next((r for r in weighed if r.fails and r.refutes is Refutes.FORCE), None)
    if not_in_force is not None:
        action = not_in_force.next_action or NextAction.NONE
        return Decision(Verdict.INVALID, not_in_force.reason, action, assurance)

    # 3. suspicion
    doubts = [
        r for r in against if r.effect is not Effect.INFORMATIVE and r.result in (Result.FAIL, Result.SUSPECT)
    ]
    if len(doubts) >= policy.suspect_results:
        strongest = next((r for r in doubts if r.fails), doubts[0])
        return Decision(Verdict.SUSPECT, strongest.reason, NextAction.MANUAL_REVIEW, assurance)

    # 4. undecided, unless the signed chip already vouches for the face
    proven = all(name in by_id and by_id[name].result is Result.PASS for name in PROOF)
    authentic = proven and supplied.front and _face_agrees(by_id)
    undecided = [] if authentic else _undecided(by_id, supplied, required)
    if undecided:
        action = next((r.next_action for r in undecided if r.next_action), NextAction.MANUAL_REVIEW)
        return Decision(Verdict.INCONCLUSIVE, undecided[0].reason, action, assurance)
    if not supplied.front and not proven:
        action = NextAction.READ_CHIP if supplied.chip and not supplied.back else NextAction.ADD_SIDE
        return Decision(Verdict.INCONCLUSIVE, "verdict.inconclusive.front_missing", action, assurance)

    # 5. proof
    if authentic:
        return Decision(Verdict.AUTHENTIC, "verdict.authentic", NextAction.NONE, assurance)

    # 6. nothing against it, no proof
    action = NextAction.READ_CHIP if not proven else NextAction.ADD_SIDE
    if proven and supplied.front:
        action = NextAction.RETAKE_IMAGE
    return Decision(Verdict.NO_SIGN_OF_FORGERY, "verdict.no_sign_of_forgery", action, assurance)


def _forged_by(against: Sequence[CheckResult]) -> CheckResult | None:
    """The failure that makes the card forged, None where none does."""
    failures = [r for r in against if r.decisive_failure]
    from_chip = next((r for r in failures if "chip" in r.input.split("+")), None)
    if from_chip is not None:
        return from_chip
    # One misread field must never be able to fail two checks, so the fields must not overlap.
    for index, first in enumerate(failures):
        for second in failures[index + 1 :]:
            if first.fields and second.fields and not first.fields & second.fields:
                return first
    return None


def _face_agrees(by_id: dict[str, CheckResult]) -> bool:
    """Whether text and photo of the printed face were both found equal to the signed chip data."""
    comparable = [by_id[name] for name in FACE_AGREEMENT if name in by_id]
    decided = [r for r in comparable if r.result is not Result.NOT_APPLICABLE]
    text = any(r.result is Result.PASS for r in decided if r.id != "cross.face")
    return text and all(r.result is Result.PASS for r in decided)


def _undecided(
    by_id: dict[str, CheckResult], supplied: Supplied, required: Iterable[str]
) -> list[CheckResult]:
    names: list[str] = list(required) if supplied.pictures else []
    found = [by_id[name] for name in names if name in by_id and by_id[name].result in UNDECIDED]
    if supplied.chip:
        # A chip whose pictures were re-encoded proves nothing either way: with a face beside it, the
        # face is judged alone; a chip that could not be verified for another reason leaves a question.
        found += [
            by_id[name]
            for name in PROOF
            if name in by_id
            and (
                by_id[name].result in (Result.INCONCLUSIVE, Result.ERROR)
                or (by_id[name].result is Result.NOT_RUN and not supplied.front)
            )
        ]
    return found


def _assurance(by_id: dict[str, CheckResult], supplied: Supplied) -> Assurance:
    proof = [by_id[name] for name in PROOF if name in by_id]
    if any(r.fails for r in proof) or (
        len(proof) == len(PROOF) and all(r.result is Result.PASS for r in proof)
    ):
        return Assurance.CRYPTOGRAPHIC
    compared = (Result.PASS, Result.FAIL, Result.SUSPECT)
    if any(
        r.group is Group.CROSS and r.result in compared for r in by_id.values() if r.id != "cross.expected"
    ):
        return Assurance.MULTI_SOURCE
    if any(r.group in (Group.TEXT, Group.LAYOUT) and r.result in compared for r in by_id.values()):
        return Assurance.VISUAL_ONLY
    return Assurance.NONE
