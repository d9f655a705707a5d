"""The first tables: learners, what they read, what they answered, what they asked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "learner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("lesson_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
    )
    op.create_table(
        "identity",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_identity_learner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("platform", "user_id", name=op.f("pk_identity")),
    )
    op.create_index("ix_identity_learner_id", "identity", ["learner_id"], unique=False)

    op.create_table(
        "lesson_progress",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["learner.id"],
            name=op.f("fk_lesson_progress_learner_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "lesson_id", name=op.f("pk_lesson_progress")),
    )
    op.create_table(
        "practice_day",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("practised_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["learner.id"],
            name=op.f("fk_practice_day_learner_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "practised_date", name=op.f("pk_practice_day")),
    )
    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.String(length=32), nullable=True),
        sa.Column("question_ids", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_quiz_learner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
    )
    op.create_index(
        "ix_quiz_learner_id_finished_at", "quiz", ["learner_id", "finished_at"], unique=False
    )

    op.create_table(
        "utterance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(length=96), nullable=False),
        sa.Column("role", sa.String(length=9), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_utterance_learner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utterance")),
    )
    op.create_index(
        "ix_utterance_learner_id_conversation_id",
        "utterance",
        ["learner_id", "conversation", "id"],
        unique=False,
    )

    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=48), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("conversation", sa.String(length=96), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_attempt_learner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.id"], name=op.f("fk_attempt_quiz_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(
        "ix_attempt_learner_id_question_id", "attempt", ["learner_id", "question_id"], unique=False
    )
    op.create_index("ix_attempt_quiz_id", "attempt", ["quiz_id"], unique=False)
    op.create_index(
        "uq_attempt_open",
        "attempt",
        ["learner_id", "question_id"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_attempt_open", "attempt")
    op.drop_index("ix_attempt_quiz_id", "attempt")
    op.drop_index("ix_attempt_learner_id_question_id", "attempt")

    op.drop_table("attempt")
    op.drop_index("ix_utterance_learner_id_conversation_id", "utterance")

    op.drop_table("utterance")
    op.drop_index("ix_quiz_learner_id_finished_at", "quiz")

    op.drop_table("quiz")
    op.drop_table("practice_day")
    op.drop_table("lesson_progress")
    op.drop_index("ix_identity_learner_id", "identity")

    op.drop_table("identity")
    op.drop_table("learner")
