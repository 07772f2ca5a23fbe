"""Static security features of a card's face, each measured as one physical thing."""

from service.imaging.security.measures import SecurityMeasures, measure_security

__all__ = ["SecurityMeasures", "measure_security"]
