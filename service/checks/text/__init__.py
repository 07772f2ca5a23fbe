"""Questions about the printed text, each answered from the rules of ``service.cards`` as data."""

from service.checks.text import dates, grant, period, person, status, validity, width

__all__ = ["CHECKS"]

CHECKS = (
    *person.CHECKS,
    *dates.CHECKS,
    *status.CHECKS,
    *period.CHECKS,
    *grant.CHECKS,
    *validity.CHECKS,
    *width.CHECKS,
)
