"""Honmono: tells whether a Japanese residence card (在留カード) is forged, and says why."""

__version__ = "0.1.0"
