"""Settings chosen by arguments of a command, for this process and the modules that read them later."""

from __future__ import annotations

import os

from service.errors import ConfigurationError
from service.settings import ROOT, Settings, TrustProfile, settings

__all__ = ["SAMPLE_CARDS", "use", "use_profile"]

SAMPLE_CARDS = ROOT / "sample_cards"
"""Rendered specimens with their answers and the sample anchors."""


def use(**values: str) -> Settings:
    """Set ``HONMONO_`` variables for this process and read the settings again."""
    os.environ.update({f"HONMONO_{name.upper()}": value for name, value in values.items()})
    settings.cache_clear()
    return settings()


def use_profile(profile: TrustProfile | None) -> Settings:
    """The settings under another trust profile; ``sample`` brings the anchors of the sample cards along."""
    if profile is None:
        return settings()
    if profile == "sample" and "HONMONO_TRUST_DIR" not in os.environ:
        anchors = SAMPLE_CARDS / "trust"
        if not (anchors / "anchors.json").is_file():
            raise ConfigurationError("sample_cards/trust is missing: run scripts/make_sample_cards")
        return use(trust_profile=profile, trust_dir=str(anchors))
    return use(trust_profile=profile)
