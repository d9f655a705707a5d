"""Dates as people say them, in both languages."""

from datetime import date

from bot.course.model import Language
from bot.locale import translator


def day_name(language: Language, day: date) -> str:
    """Return a date without its year: 12 月 4 日, 4 December."""
    _ = translator(language)
    return _("{day} {month}", day=day.day, month=_month(language, day))


def month_name(language: Language, day: date) -> str:
    """Return the month that a date lies in: 2026 年 12 月, December 2026."""
    _ = translator(language)
    return _("{month} {year}", month=_month(language, day), year=day.year)


def _month(language: Language, day: date) -> str:
    _ = translator(language)
    months = _(
        "January February March April May June July August September October November December"
    )
    return months.split()[day.month - 1]
