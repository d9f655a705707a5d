"""Token budgets, reply chains in groups, lessons talked through, and hints given."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "thread_message",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("thread", sa.String(length=96), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "platform", "chat_id", "message_id", name=op.f("pk_thread_message")
        ),
    )
    op.create_index("ix_thread_message_sent_at", "thread_message", ["sent_at"])

    op.create_table(
        "llm_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("called_date", sa.Date(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=True),
        sa.Column("completion_tokens", sa.Integer(), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_llm_call_learner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_call")),
    )
    op.create_index("ix_llm_call_called_date", "llm_call", ["called_date"])
    op.create_index("ix_llm_call_learner_id_called_date", "llm_call", ["learner_id", "called_date"])

    op.create_table(
        "talk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.String(length=32), nullable=False),
        sa.Column("conversation", sa.String(length=96), nullable=False),
        sa.Column("reached", sa.String(length=4), nullable=False),
        sa.Column("told", sa.String(length=4), nullable=False),
        sa.Column("point", sa.String(length=1), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("spoken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_talk_learner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
    )
    op.create_index(
        "ix_talk_learner_id_conversation_finished_at",
        "talk",
        ["learner_id", "conversation", "finished_at"],
    )

    op.create_index("ix_utterance_conversation_id", "utterance", ["conversation", "id"])

    op.add_column("attempt", sa.Column("hints", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("attempt", "hints")

    op.drop_index("ix_utterance_conversation_id", "utterance")

    op.drop_index("ix_talk_learner_id_conversation_finished_at", "talk")

    op.drop_table("talk")
    op.drop_index("ix_llm_call_learner_id_called_date", "llm_call")
    op.drop_index("ix_llm_call_called_date", "llm_call")

    op.drop_table("llm_call")
    op.drop_index("ix_thread_message_sent_at", "thread_message")

    op.drop_table("thread_message")
