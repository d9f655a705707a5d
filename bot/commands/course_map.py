"""/course: the map of modules and lessons, with how well each is known."""

from collections.abc import AsyncIterator

from bot.commands import quiz_text
from bot.commands.command import Turn
from bot.commands.learn import read_standing
from bot.commands.markup import bold
from bot.course.model import Language, Module
from bot.errors import UnknownAction
from bot.learning.mastery import Mastery
from bot.learning.standing import Standing
from bot.locale import translator
from bot.messages import Button, Reply

FADING = "↘"
SYMBOLS = dict(zip(Mastery, "○◔◑◕●", strict=True))

BACK = "back"
"""Said by the button under a module: the map takes the module's place."""


async def course_map(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show all modules; "back" from one of them."""
    _ = turn.translate
    course, language = turn.services.course, turn.learner.language
    standing = await standing_of(turn)
    parts = [bold(_("Course map")), *[_module(turn, one, standing) for one in course.modules]]
    buttons = [Button(one.title[language], f"module:{one.id}") for one in course.modules]
    yield Reply(
        "\n\n".join([*parts, _levels(turn, standing)]),
        (*buttons, Button(_("Next lesson"), "learn")),
        replaces=argument == BACK and turn.incoming.is_private,
    )


async def module(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show one module, with a button for each lesson."""
    _ = turn.translate
    found = turn.services.course.module(argument)
    if found is None:
        raise UnknownAction
    lessons = turn.services.course.in_module(found)
    buttons = [quiz_text.lesson_button(turn.learner.language, lesson) for lesson in lessons]
    text = _module(turn, found, await standing_of(turn), with_objectives=True)
    # In a group the map may be somebody else's, and theirs stays.
    here = turn.incoming.is_private
    yield Reply(text, (*buttons, Button(_("Course map"), f"course:{BACK}")), replaces=here)


async def standing_of(turn: Turn) -> Standing:
    """Read where the learner stands."""
    services = turn.services
    return await services.store.run(
        read_standing, turn.learner, services.course, services.clock.now()
    )


def _module(turn: Turn, one: Module, standing: Standing, with_objectives: bool = False) -> str:
    course, language = turn.services.course, turn.learner.language
    lines = [f"**{one.title[language]}**"]
    for lesson in course.in_module(one):
        symbol = SYMBOLS[standing.level(lesson)]
        faded = f" {FADING}" if standing.has_faded(lesson) else ""
        lines.append(f"{symbol} {course.number(lesson)}. {lesson.title[language]}{faded}")
        if with_objectives:
            lines.append(f"*{lesson.objective[language]}*")
    return "\n".join(lines)


def _levels(turn: Turn, standing: Standing) -> str:
    """Say what each level takes and, where a lesson has lost one, how it comes back."""
    _ = turn.translate
    means = {
        Mastery.SEEN: _("you opened it"),
        Mastery.PASSED: _("four in five right, the check question too"),
        Mastery.KEPT: _("half of it right again after a week"),
        Mastery.EXPLAINED: _("put in your own words"),
    }
    names = level_names(turn.learner.language)
    lines = [
        _("{symbol} {level}: {meaning}", symbol=SYMBOLS[one], level=names[one], meaning=text)
        for one, text in means.items()
    ]
    if any(map(standing.has_faded, turn.services.course.lessons)):
        lines.append(_("{mark} fading: a review brings the level back", mark=FADING))
    return "\n".join(lines)


def level_names(language: Language) -> dict[Mastery, str]:
    """Return what each level is called."""
    _ = translator(language)
    return {
        Mastery.NEW: _("new"),
        Mastery.SEEN: _("seen"),
        Mastery.PASSED: _("passed"),
        Mastery.KEPT: _("kept"),
        Mastery.EXPLAINED: _("explained"),
    }


def legend(language: Language) -> str:
    """Return each symbol with the level that it stands for."""
    return "  ".join(f"{SYMBOLS[level]} {name}" for level, name in level_names(language).items())
