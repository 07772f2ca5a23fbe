"""Property tests draw the same examples at every run, so that a change is judged by what it changes.

``HONMONO_EXPLORE=1 scripts/test tests/cards`` draws fresh ones instead; what they
find becomes a test of its own.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, database=None)
settings.register_profile("explore", print_blob=True)
settings.load_profile("explore" if os.environ.get("HONMONO_EXPLORE") else "repeatable")
