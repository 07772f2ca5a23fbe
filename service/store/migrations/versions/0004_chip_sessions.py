"""Sessions in which a dump is handed over."""

import sqlalchemy as sa
from alembic import op

from service.store.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "chip_sessions",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(40), sa.ForeignKey("api_keys.id"), nullable=False, index=True),
        sa.Column("code_hash", sa.String(64), unique=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("received_at", UtcDateTime()),
        sa.Column("used_at", UtcDateTime()),
        sa.Column("dump", sa.LargeBinary()),
    )


def downgrade() -> None:
    """Drop it; dumps that wait in it are lost."""
    op.drop_table("chip_sessions")
