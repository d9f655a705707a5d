"""/progress: what was learned, as a picture and in words."""

from calendar import monthrange
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Final, NamedTuple, cast

from bot.commands.command import Turn
from bot.commands.course_map import SYMBOLS, legend, level_names
from bot.commands.dates import month_name
from bot.commands.learn import read_standing
from bot.commands.markup import bold
from bot.course.model import Course, Lesson
from bot.learning.mastery import Mastery
from bot.learning.next_lesson import propose
from bot.learning.records import Learner, Tally, ThemeName
from bot.learning.standing import Standing
from bot.messages import Button, Reply
from bot.pictures.apart import drawn
from bot.pictures.progress_card import ModuleRow, ProgressCard, draw
from bot.pictures.theme import DARK, LIGHT, Theme
from bot.storage.tx import Tx

THEMES: Final[dict[ThemeName, Theme]] = {"light": LIGHT, "dark": DARK}

Names = tuple[str, str, str, str, str]
Weekdays = tuple[str, str, str, str, str, str, str]


class Facts(NamedTuple):
    """What the card says. `days`: the days of the current local month that were practised."""

    standing: Standing
    tally: Tally
    days: list[date]


async def progress(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show mastery, days practised, what is due and the next goal."""
    _ = turn.translate
    facts = await turn.services.store.run(
        read_facts, turn.learner, turn.services.course, turn.services.clock.now()
    )
    goal = _goal(turn, facts.standing)
    text = _text(turn, facts, goal)
    buttons = [Button(_("Go on learning"), "learn")]
    if facts.standing.due:
        buttons.insert(0, Button(_("Review now"), "review"))
    if facts.standing.marks:
        buttons.append(Button(_("Quiz me"), "quiz"))
    theme = THEMES[turn.learner.theme]
    picture = await drawn(draw, _card(turn, facts, goal), theme, alt=_alt(turn, facts))
    yield Reply(text, (*buttons, Button(_("Course map"), "course")), picture=picture)


def read_facts(tx: Tx, learner: Learner, course: Course, now: datetime) -> Facts:
    """Collect what is known about the learner."""
    today = learner.local_date(now)
    days = tx.days_practised(learner.id, today.replace(day=1), today)
    return Facts(
        read_standing(tx, learner, course, now), Tally.of(tx.attempts.outcomes(learner.id)), days
    )


def _text(turn: Turn, facts: Facts, goal: str) -> str:
    _ = turn.translate
    parts = [
        bold(_("Your progress")),
        _studied(turn, facts.standing),
        "\n".join(_modules(turn, facts.standing)),
        legend(turn.learner.language),
        _answers(turn, facts.tally),
        "\n".join([_days(turn, facts.days), _due(turn, facts.standing.due)]),
        _("**Next goal:** {goal}", goal=goal),
    ]
    return "\n\n".join(parts)


def _studied(turn: Turn, standing: Standing) -> str:
    _ = turn.translate
    course = turn.services.course
    return _(
        "Lessons read: {seen} of {count}", seen=standing.read(course), count=len(course.lessons)
    )


def _modules(turn: Turn, standing: Standing) -> list[str]:
    """Return a line for each module: a symbol for every lesson, and the module's title."""
    course, language = turn.services.course, turn.learner.language
    return [
        "".join(SYMBOLS[level] for level in standing.levels(course.in_module(module)))
        + f"  {module.title[language]}"
        for module in course.modules
    ]


def _answers(turn: Turn, tally: Tally) -> str:
    _ = turn.translate
    if not tally.asked:
        return _("No questions answered yet.")
    parts = [_("Answers: {right} right of {graded}", right=tally.right, graded=tally.graded)]
    if tally.partly:
        parts.append(_("{count} partly right", count=tally.partly))
    if tally.wrong:
        parts.append(_("{count} not right", count=tally.wrong))
    graded = _(", ").join(parts)
    return graded + _("; besides, {count} not sure", count=tally.unsure) if tally.unsure else graded


def _days(turn: Turn, days: list[date]) -> str:
    """Say how many days of the month were practised and which; nobody counts a chain."""
    _ = turn.translate
    told = _("Days practised this month: {days}. Rest days are free.", days=len(days))
    which = _(" (day {days})", days=_(", ").join(str(day.day) for day in days))
    return f"{told}{which}" if days else told


def _due(turn: Turn, count: int) -> str:
    _ = turn.translate
    return _("Due for review today: {count}.", count=count)


def _goal(turn: Turn, standing: Standing) -> str:
    """Return what would bring the learner on most."""
    _, course, language = turn.translate, turn.services.course, turn.learner.language
    if standing.due:
        return _("review what is due, {count} in all", count=standing.due)
    if begun := _to_pass(course, standing):
        title = begun.title[language]
        return _("pass “{title}”: four in five right, the check question too", title=title)
    proposal = propose(course, standing, turn.learner.lesson_id)
    if proposal is None:
        return _("none: you know it all, and nothing is fading")
    return _("read “{title}”", title=proposal.lesson.title[language])


def _to_pass(course: Course, standing: Standing) -> Lesson | None:
    """Return the first lesson that is studied and has been asked about, but is not passed."""
    asked = {one.lesson_id for one in standing.cards.values()}
    return next(
        (
            one
            for one in course.lessons
            if one.id in asked and standing.is_done(one.id) and standing.level(one) < Mastery.PASSED
        ),
        None,
    )


def _card(turn: Turn, facts: Facts, goal: str) -> ProgressCard:
    _ = turn.translate
    course, language, standing = turn.services.course, turn.learner.language, facts.standing
    today = standing.today
    first_weekday, days_in_month = monthrange(today.year, today.month)
    return ProgressCard(
        title=_("Your progress"),
        modules=tuple(
            ModuleRow(one.title[language], tuple(standing.levels(course.in_module(one))))
            for one in course.modules
        ),
        level_names=cast(Names, tuple(level_names(language).values())),
        month=month_name(language, today),
        weekdays=cast(Weekdays, tuple(_("Mo Tu We Th Fr Sa Su").split())),
        first_weekday=first_weekday,
        days_in_month=days_in_month,
        practised=frozenset(day.day for day in facts.days),
        today=today.day,
        days_line=_("Days practised: {days}", days=len(facts.days)),
        due=standing.due,
        due_label=_("due for review today"),
        goal_label=_("Next goal"),
        goal=goal[0].upper() + goal[1:],
    )


def _alt(turn: Turn, facts: Facts) -> str:
    """Say what the picture shows; the text beside it says it in full."""
    _ = turn.translate
    days = _days(turn, facts.days)
    return f"{_('Your progress')}: {days} {_due(turn, facts.standing.due)}"
