"""Batches with their items, webhooks with their outbox."""

import sqlalchemy as sa
from alembic import op

from service.store.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _batches()
    _webhooks()


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(40), sa.ForeignKey("api_keys.id"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )
    op.create_index("ix_batches_owner_id", "batches", ["owner", "id"])
    op.create_table(
        "batch_items",
        sa.Column(
            "batch_id", sa.String(40), sa.ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(32)),
        sa.Column("leased_until", UtcDateTime()),
        sa.Column("place", sa.Integer()),
        sa.Column("verification_id", sa.String(40)),
        sa.Column("label", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.LargeBinary()),
        sa.Column("outcome_until", UtcDateTime(), index=True),
        sa.UniqueConstraint("batch_id", "place", name="uq_batch_items_place"),
    )
    op.create_index("ix_batch_items_state_seq", "batch_items", ["state", "seq", "batch_id"])
    op.create_table(
        "batch_payloads",
        sa.Column("batch_id", sa.String(40), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id", "seq"],
            ["batch_items.batch_id", "batch_items.seq"],
            name="fk_batch_payloads_item",
            ondelete="CASCADE",
        ),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(40), sa.ForeignKey("api_keys.id"), nullable=False, index=True),
        sa.Column("everyones", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("events", sa.String(512), nullable=False),
        sa.Column("description", sa.String(200)),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime()),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column(
            "webhook_id", sa.String(40), sa.ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime()),
        sa.Column("last_status", sa.Integer()),
        sa.Column("last_fault", sa.String(32)),
    )
    op.create_index("ix_outbox_state_next_at", "outbox", ["state", "next_at"])
    op.create_index("ix_outbox_webhook_id_id", "outbox", ["webhook_id", "id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("outbox", "webhooks", "batch_payloads", "batch_items", "batches"):
        op.drop_table(table)
