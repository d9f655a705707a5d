"""`llm-tutor stats`: the operator's view, as a short table or as one JSON object."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot.course.loader import CourseError, load
from bot.course.model import Course
from bot.learning.items import Item
from bot.settings import Settings
from bot.storage.statistics import Reported, Statistics, Tokens, read

TOP: Final = 5
"""Questions that the table names, of those that are reported and of those to rewrite."""

INDENT: Final = 14

NO_COURSE: Final = "the course cannot be read (llm-tutor lessons check): options are not counted"


def show(settings: Settings, as_json: bool) -> None:
    """Print the statistics of the database. Raises DatabaseError.

    JSON: {"learners", "active_days", "lessons", "reviews", "pushes", "tokens", "reports",
    "questions"}.
    """
    statistics = read(settings.database, datetime.now(UTC), _course(settings.lessons_dir))
    budget = settings.llm_daily_tokens or None
    if as_json:
        print(json.dumps(as_dict(statistics, budget), ensure_ascii=False))
    else:
        print(as_text(statistics, budget))


def _course(folder: Path) -> Course | None:
    """Return the course; where it cannot be used, everything else can still be counted."""
    try:
        return load(folder)
    except CourseError:
        print(NO_COURSE, file=sys.stderr)
        return None


def as_dict(statistics: Statistics, budget: int | None) -> dict[str, Any]:
    """`budget`: tokens of all learners a UTC day, None where there is no limit."""
    return {
        "learners": {
            "all": statistics.learners,
            "by_language": statistics.by_language,
            "by_platform": statistics.by_platform,
            "new_7_days": statistics.new_in_7_days,
        },
        "active_days": {
            "by_date": {str(day): count for day, count in statistics.active_days.items()},
            "last_days": {str(days): count for days, count in statistics.active_in.items()},
        },
        "lessons": {
            "opened": statistics.lessons_opened,
            "done": statistics.lessons_done,
            "top": [
                {"lesson": lesson, "opened": opened, "done": done}
                for lesson, opened, done in statistics.lessons_top
            ],
        },
        "reviews": {
            "answers": sum(statistics.answers_by_outcome.values()),
            "by_outcome": statistics.answers_by_outcome,
            **statistics.cards._asdict(),
            "by_rating": statistics.answers_by_rating,
        },
        "pushes": {},
        "tokens": {
            "today": statistics.tokens_today._asdict(),
            "forgotten_today": statistics.forgotten_today,
            "last_30_days": statistics.tokens_30_days._asdict(),
            "daily_limit": budget,
            "left_today": _left(statistics, budget),
        },
        "reports": [
            {"question": one.question_id, "reasons": one.reasons, "total": one.total}
            for one in statistics.reports
        ],
        "questions": [_item(one) for one in statistics.items],
    }


def _item(item: Item) -> dict[str, Any]:
    r = item.discrimination
    return {
        "question": item.question_id,
        "n": item.n,
        "difficulty": round(item.difficulty, 3),
        "discrimination": None if r is None else round(r, 3),
        "unsure": round(item.unsure, 3),
        "unpicked": list(item.unpicked),
        "flags": list(item.flags),
    }


def as_text(statistics: Statistics, budget: int | None) -> str:
    active = statistics.active_in
    left = _left(statistics, budget)
    rows = {
        "learners": f"{statistics.learners}, {statistics.new_in_7_days} new in 7 days",
        "  languages": _counts(statistics.by_language),
        "  platforms": _counts(statistics.by_platform),
        "active": ", ".join(f"{count} in {days} d" for days, count in active.items()),
        "  14 days": " ".join(map(str, statistics.active_days.values())),
        "lessons": f"{statistics.lessons_opened} opened, {statistics.lessons_done} done",
        "  top": _counts({lesson: opened for lesson, opened, _ in statistics.lessons_top}),
        "answers": _counts(statistics.answers_by_outcome),
        "cards": _cards(statistics),
        "reported": _lines(map(_reported, statistics.reports[:TOP])),
        "to rewrite": _lines(_measured(one) for one in statistics.items[:TOP] if one.flags),
        "tokens today": _tokens(statistics.tokens_today),
        "  30 days": _tokens(statistics.tokens_30_days),
        "  left today": "no limit" if left is None else f"{left} of {budget}",
    }
    return "\n".join(f"{name:<{INDENT}}{text}" for name, text in rows.items())


def _left(statistics: Statistics, budget: int | None) -> int | None:
    if budget is None:
        return None
    return max(0, budget - statistics.tokens_today.spent - statistics.forgotten_today)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _tokens(tokens: Tokens) -> str:
    return (
        f"{tokens.calls} calls of {tokens.learners} learners: {tokens.prompt} prompt, "
        f"{tokens.completion} completion, {tokens.unsettled} unsettled"
    )


def _cards(statistics: Statistics) -> str:
    cards = statistics.cards
    reviews = _counts(statistics.answers_by_rating)
    return f"{cards.cards}, {cards.due} due, {cards.kept} kept; reviews: {reviews}"


def _lines(lines: Iterable[str]) -> str:
    return f"\n{'':{INDENT}}".join(lines) or "none"


def _reported(report: Reported) -> str:
    return f"{report.question_id}  {report.total}: {_counts(report.reasons)}"


def _measured(item: Item) -> str:
    r = "none" if item.discrimination is None else f"{item.discrimination:.2f}"
    options = f" {' '.join(item.unpicked)}" if "distractors" in item.flags else ""
    faults = f"{', '.join(item.flags)}{options}"
    return f"{item.question_id}  n {item.n}, p {item.difficulty:.2f}, r {r}: {faults}"
