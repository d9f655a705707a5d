"""Cards and their reviews, reports, boards, linked identities."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import exp
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "learner",
        sa.Column("theme", sa.String(length=5), server_default="light", nullable=False),
    )
    op.add_column(
        "quiz", sa.Column("kind", sa.String(length=6), server_default="quiz", nullable=False)
    )
    op.add_column("attempt", sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempt", sa.Column("rating", sa.Integer(), nullable=True))

    op.create_table(
        "card",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=48), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("reviewed_date", sa.Date(), nullable=False),
        sa.Column("stability", sa.Float(), nullable=False),
        sa.Column("difficulty", sa.Float(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("lapses", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("longest", sa.Integer(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        _learner_key("card"),
        sa.PrimaryKeyConstraint("learner_id", "question_id", name=op.f("pk_card")),
    )
    op.create_index("ix_card_learner_id_due_date", "card", ["learner_id", "due_date"])
    _make_cards()

    op.create_table(
        "report",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=48), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        _learner_key("report"),
        sa.PrimaryKeyConstraint("learner_id", "question_id", name=op.f("pk_report")),
    )
    op.create_index("ix_report_question_id", "report", ["question_id"])

    op.create_table(
        "board_member",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        _learner_key("board_member"),
        sa.PrimaryKeyConstraint("learner_id", "platform", "chat_id", name=op.f("pk_board_member")),
    )
    op.create_index("ix_board_member_platform_chat_id", "board_member", ["platform", "chat_id"])

    op.create_table(
        "link_code",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _learner_key("link_code"),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_link_code")),
    )
    op.create_index("ix_link_code_hash", "link_code", ["hash"], unique=True)

    op.create_table(
        "link_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("is_wrong", sa.Boolean(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        _learner_key("link_try"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_try")),
    )
    op.create_index("ix_link_try_learner_id_tried_at", "link_try", ["learner_id", "tried_at"])

    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("brought", sa.JSON(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        _learner_key("merge"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index("ix_merge_learner_id", "merge", ["learner_id"])

    op.create_table(
        "spent_day",
        sa.Column("called_date", sa.Date(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("called_date", name=op.f("pk_spent_day")),
    )


def _learner_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["learner_id"],
        ["learner.id"],
        name=op.f(f"fk_{table}_learner_id"),
        ondelete="CASCADE",
    )


_STABILITY = (0.40255, 1.18385, 3.173)
"""FSRS-5's first stability for Again, Hard and Good."""


def _make_cards() -> None:
    """Make a card of each question that was answered, as if its last answer were the first."""
    attempt = sa.table(
        "attempt",
        *(sa.column(name) for name in ("id", "learner_id", "question_id", "score", "outcome")),
        sa.column("answered_at", sa.DateTime(timezone=True)),
    )
    card = sa.table(
        "card",
        *(sa.column(name) for name in ("learner_id", "question_id", "stability", "difficulty")),
        *(sa.column(name) for name in ("reviews", "lapses", "score", "longest")),
        *(sa.column(name, sa.Date()) for name in ("due_date", "reviewed_date")),
        sa.column("is_retired", sa.Boolean()),
    )
    learner = sa.table("learner", sa.column("id"), sa.column("timezone"))
    connection = op.get_bind()
    zones = {row.id: ZoneInfo(row.timezone) for row in connection.execute(sa.select(learner))}
    answered = sa.select(attempt).where(attempt.c.answered_at.is_not(None))
    cards: dict[tuple[int, str], dict[str, object]] = {}
    counts: dict[tuple[int, str], int] = {}
    for row in connection.execute(answered.order_by(attempt.c.id)):
        key = (row.learner_id, row.question_id)
        counts[key] = counts.get(key, 0) + 1
        score = cards[key]["score"] if key in cards else None
        cards[key] = _card(row, zones[row.learner_id], counts[key], score)
    if cards:
        connection.execute(sa.insert(card), list(cards.values()))


def _card(
    row: sa.Row[tuple[object, ...]], zone: ZoneInfo, reviews: int, before: object
) -> dict[str, object]:
    """Return the card after an answer. before: its score, which "not sure" does not change."""
    at: datetime = row.answered_at
    day = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone).date()
    is_unsure, score = row.outcome == "unsure", row.score or 0.0
    rating = 1 if is_unsure or score < 0.5 else 2 if score < 1 else 3
    stability = _STABILITY[rating - 1]
    return {
        "learner_id": row.learner_id,
        "question_id": row.question_id,
        "due_date": day + timedelta(days=max(1, round(stability))),
        "reviewed_date": day,
        "stability": stability,
        "difficulty": 7.1949 - exp(0.5345 * (rating - 1)) + 1,
        "reviews": reviews,
        "lapses": 0,
        "score": before if is_unsure else score,
        "longest": 0,
        "is_retired": False,
    }


def downgrade() -> None:
    for table in ("spent_day", "merge", "link_try", "link_code", "board_member", "report", "card"):
        op.drop_table(table)
    op.drop_column("attempt", "rating")
    op.drop_column("attempt", "shown_at")
    op.drop_column("quiz", "kind")
    op.drop_column("learner", "theme")
