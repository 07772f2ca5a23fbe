"""Registry, lapse inquiries, review, browser sessions; keys get a rate, scopes and a predecessor."""

import sqlalchemy as sa
from alembic import op

from service.store.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ADDED = (
    ("api_keys", "requests_per_minute", sa.Integer()),
    ("api_keys", "scopes", sa.String(64)),
    ("api_keys", "previous_hash", sa.String(64)),
    ("api_keys", "previous_until", UtcDateTime()),
    ("verifications", "stay_until", sa.Date()),
    ("verifications", "card_until", sa.Date()),
)
_TABLES = (
    "browser_sessions",
    "review_events",
    "reviews",
    "lapse_inquiries",
    "registry_denied",
    "registry_photo_bands",
    "registry_sightings",
)


def _verification(*, primary_key: bool = False, index: bool = False) -> sa.Column[str]:
    link = sa.ForeignKey("verifications.id", ondelete="CASCADE")
    name, kind = "verification_id", sa.String(40)
    return sa.Column(name, kind, link, nullable=False, primary_key=primary_key, index=index or None)


def upgrade() -> None:
    """Create the tables and columns."""
    for table, name, kind in _ADDED:
        op.add_column(table, sa.Column(name, kind))
    op.create_index("ix_verifications_stay_until", "verifications", ["stay_until"])
    op.create_index("ix_api_keys_previous_hash", "api_keys", ["previous_hash"])
    _registry()
    _people()


def _registry() -> None:
    op.create_table(
        "registry_sightings",
        _verification(primary_key=True),
        sa.Column("owner", sa.String(40), sa.ForeignKey("api_keys.id"), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("number_hash", sa.String(64), index=True),
        sa.Column("name_print", sa.LargeBinary()),
        sa.Column("birth_print", sa.LargeBinary()),
        sa.Column("photo_print", sa.LargeBinary()),
        sa.Column("content_hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "registry_photo_bands",
        _verification(primary_key=True),
        sa.Column("band", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("value", sa.Integer(), nullable=False),
    )
    op.create_index("ix_registry_photo_bands_band_value", "registry_photo_bands", ["band", "value"])
    op.create_table(
        "registry_denied",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("number_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.String(40), nullable=False),
        sa.Column("expires_at", UtcDateTime(), index=True),
        sa.Column("note", sa.LargeBinary()),
    )
    op.create_table(
        "lapse_inquiries",
        sa.Column("id", sa.String(40), primary_key=True),
        _verification(index=True),
        sa.Column("number_hash", sa.String(64), index=True),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("inquired_at", UtcDateTime()),
        sa.Column("person", sa.LargeBinary()),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(40), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
    )


def _people() -> None:
    op.create_table(
        "reviews",
        _verification(primary_key=True),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_by", sa.String(40)),
        sa.Column("claimed_until", UtcDateTime()),
        sa.Column("decision", sa.String(32)),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("seconded_by", sa.String(40)),
    )
    op.create_table(
        "review_events",
        sa.Column("id", sa.String(40), primary_key=True),
        _verification(index=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(32)),
        sa.Column("note", sa.LargeBinary()),
    )
    op.create_table(
        "browser_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(40), sa.ForeignKey("api_keys.id"), nullable=False, index=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )


def downgrade() -> None:
    """Drop them again."""
    for table in _TABLES:
        op.drop_table(table)
    op.drop_index("ix_verifications_stay_until", "verifications")
    op.drop_index("ix_api_keys_previous_hash", "api_keys")
    for table, name, _ in _ADDED:
        op.drop_column(table, name)
