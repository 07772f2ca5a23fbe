"""What the routes share: settings, store, engine, admission, rates, metrics."""

from __future__ import annotations

from service.api.admission import Admission
from service.api.engine import EngineSlot, Verifier
from service.api.guesses import Guesses
from service.api.metrics import Metrics
from service.api.rates import KeyRates
from service.settings import Settings
from service.store import Store

__all__ = ["Desk"]


class Desk:
    """One app's parts, made once."""

    def __init__(self, settings: Settings, engine: Verifier | None = None) -> None:
        self.settings = settings
        self.store = Store.open(settings)
        self.engine = EngineSlot(settings, engine)
        self.metrics = Metrics()
        self.admission = Admission(settings, self.metrics)
        self.rates = KeyRates(settings.requests_per_minute)
        self.key_guesses = Guesses(settings.wrong_keys_per_minute)
        self.guesses = Guesses(settings.code_guesses_per_minute)

    def close(self) -> None:
        """Finish what runs and give everything back."""
        self.admission.close()
        self.engine.close()
        self.store.close()
