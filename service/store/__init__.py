"""What is kept: keys, reports, evidence, idempotency answers and the audit chain (SQLite or PostgreSQL).

``Store`` is the door to this room. Personal data is encrypted before it reaches the database; what must be
searched stands there as a keyed hash.
"""

from service.store.store import Store

__all__ = ["Store"]
