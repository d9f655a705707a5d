"""`llm-tutor stats`: the operator's view, as a short table or as one JSON object."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.settings import Settings
from bot.storage.statistics import Statistics, Tokens, read


def show(settings: Settings, as_json: bool) -> None:
    """Print the statistics of the database. Raises DatabaseError.

    JSON: {"learners", "active_days", "lessons", "reviews", "pushes", "tokens"}.
    """
    statistics = read(settings.database, datetime.now(UTC))
    budget = settings.llm_daily_tokens or None
    if as_json:
        print(json.dumps(as_dict(statistics, budget), ensure_ascii=False))
    else:
        print(as_text(statistics, budget))


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
        },
        "pushes": {},
        "tokens": {
            "today": statistics.tokens_today._asdict(),
            "last_30_days": statistics.tokens_30_days._asdict(),
            "daily_limit": budget,
            "left_today": _left(statistics, budget),
        },
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
        "tokens today": _tokens(statistics.tokens_today),
        "  30 days": _tokens(statistics.tokens_30_days),
        "  left today": "no limit" if left is None else f"{left} of {budget}",
    }
    return "\n".join(f"{name:<14}{text}" for name, text in rows.items())


def _left(statistics: Statistics, budget: int | None) -> int | None:
    return None if budget is None else max(0, budget - statistics.tokens_today.spent)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _tokens(tokens: Tokens) -> str:
    return (
        f"{tokens.calls} calls of {tokens.learners} learners: {tokens.prompt} prompt, "
        f"{tokens.completion} completion, {tokens.unsettled} unsettled"
    )
