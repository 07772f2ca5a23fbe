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


def decide(results: Sequence[CheckResult], policy: Policy, required: Iterable[str] = ()) -> Decision:
    """Give the first verdict of the contract's list that applies.

    ``required`` names the checks that the layout demands to be decided. Steps: 1. chip evidence fails
    decisively, or two picture checks fail decisively on different fields: ``forged``. 2. the document is
    not in force: ``invalid``. 3. supporting evidence beyond the policy: ``suspect``. 4. a required check
    is undecided: ``inconclusive``. 5. proof: ``authentic``. 6. else ``no_sign_of_forgery``.
    """
    raise NotImplementedError
