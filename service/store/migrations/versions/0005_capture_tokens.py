"""Tokens with which an embedded page may send one card."""

import sqlalchemy as sa
from alembic import op

from service.store.tables import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "capture_tokens",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(40), sa.ForeignKey("api_keys.id"), nullable=False, index=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("used_at", UtcDateTime()),
        sa.Column("whole_report", sa.Boolean(), nullable=False),
        sa.Column("steps", sa.String(200), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Drop it; pages that hold a token can send no more."""
    op.drop_table("capture_tokens")
