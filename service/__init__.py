"""Honmono: tells whether a Japanese residence card (在留カード) is forged, and says why."""

import os

__version__ = "0.1.0"

# ONNX Runtime sends usage events to its maker unless this is set before it is imported. Forced, not
# defaulted: nothing leaves a machine that reads identity documents.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
