"""Enrolment: from an operator's genuine scans to signed limits of his own (docs/enrolment.md)."""
