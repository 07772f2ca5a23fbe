"""What the routes share: settings, store, engine, admission, rates, metrics."""

from __future__ import annotations

from service.api.admission import Admission
from service.api.engine import EngineSlot, Verifier
from service.api.guesses import Guesses
from service.api.metrics import Metrics
from service.api.rates import KeyRates
from service.settings import Settings
from service.store import Store
from service.worker.pool import EnginePool, batch_engine
from service.worker.runner import Runner

__all__ = ["Desk"]


_GRACE_S = 20.0
"""Seconds that items of batches are given at a stop; what is not done is taken up at the next start."""


class Desk:
    """One app's parts, made once."""

    def __init__(self, settings: Settings, engine: Verifier | None = None) -> None:
        self.settings = settings
        self.store = Store.open(settings)
        self.engine = EngineSlot(settings, engine)
        self.metrics = Metrics()
        self.admission = Admission(settings, self.metrics)
        self._batch_engine = engine or batch_engine(settings, settings.batch_workers)
        self._runner: Runner | None = None
        self.rates = KeyRates(settings.requests_per_minute)
        self.key_guesses = Guesses(settings.wrong_keys_per_minute)
        self.guesses = Guesses(settings.code_guesses_per_minute)

    def begin(self) -> None:
        """Load the engine, then work off batches and webhooks."""
        self.engine.load()
        workers = self.settings.batch_workers
        self._runner = Runner(
            self.store, self.settings, self._batch_engine, workers, on_report=self.metrics.count
        )
        self._runner.start()

    def notify(self) -> None:
        """Say that a batch or a message waits."""
        if self._runner is not None:
            self._runner.notify()

    def close(self) -> None:
        """Finish what runs and give everything back."""
        if self._runner is not None:
            self._runner.stop(_GRACE_S)
        if isinstance(self._batch_engine, EnginePool):
            self._batch_engine.close()
        self.admission.close()
        self.engine.close()
        self.store.close()
