"""Traces of forging in one picture of a card: each module measures one physical thing and judges nothing."""

from service.imaging.forensics.traces import GROUND, Traces

__all__ = ["GROUND", "Traces"]
