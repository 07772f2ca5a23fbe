"""Traces of forging in one picture of a card: each module measures one physical thing and judges nothing."""

from service.imaging.forensics.traces import Traces

__all__ = ["Traces"]
