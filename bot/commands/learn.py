"""/learn: the next lesson or a chosen one, in three depths."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.commands import lesson_text, quiz_text
from bot.commands.command import Turn
from bot.commands.markup import italic
from bot.commands.reviewing import known
from bot.course.model import Course, Lesson
from bot.errors import UnknownLesson
from bot.learning.next_lesson import Proposal, propose
from bot.learning.records import Learner
from bot.learning.standing import Standing
from bot.messages import Button, Reply
from bot.storage.tx import Tx

ENOUGH_TO_REVIEW: Final = 5
"""Due cards with which a review is proposed before the next lesson."""


async def learn(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show the lesson that was named, or the best next one and why it is that."""
    if argument:
        yield await _shown(turn, find_lesson(turn.services.course, argument))
        return
    course, now = turn.services.course, turn.services.clock.now()
    standing = await turn.services.store.run(read_standing, turn.learner, course, now)
    proposal = propose(course, standing, turn.learner.lesson_id)
    if proposal is None:
        yield _all_done(turn)
        return
    reply = await _shown(turn, proposal.lesson)
    reason = italic(_reason(turn, proposal, standing.due))
    yield replace(
        reply,
        text=f"{reason}\n\n{reply.text}",
        buttons=(*_review_first(turn, standing.due), *reply.buttons),
    )


async def _shown(turn: Turn, lesson: Lesson) -> Reply:
    """Open a lesson."""
    course, now = turn.services.course, turn.services.clock.now()
    seen = await turn.services.store.run(open_lesson, turn.learner, lesson, now)
    await turn.services.store.run(lambda tx: tx.talks.end(turn.learner.id, turn.place, now))
    text = lesson_text.full(course, lesson, turn.learner.language)
    return Reply(text, lesson_buttons(turn, lesson, "learn", _easier_after(turn, lesson, seen)))


def _reason(turn: Turn, proposal: Proposal, due: int) -> str:
    """Say in a few words why it is this lesson, and what else could be done."""
    _ = turn.translate
    match proposal.why:
        case "first":
            why = _("The course begins here.")
        case "begun":
            why = _("You left off here.")
        case "fading":
            assert proposal.goal
            goal = proposal.goal.title[turn.learner.language]
            why = _("This one is fading, and “{title}” builds on it.", title=goal)
        case "next":
            why = _("Next in the course.")
        case "weakest":
            why = _("You have been through every lesson; this is the one to firm up.")
    return why + _(" Due for review today: {count}.", count=due) if due else why


def _review_first(turn: Turn, due: int) -> list[Button]:
    _ = turn.translate
    return [Button(_("Review first"), "review")] if due >= ENOUGH_TO_REVIEW else []


async def simpler(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Tell the lesson as to a twelve-year-old."""
    lesson = find_lesson(turn.services.course, argument)
    yield _variant(turn, lesson, lesson.simpler[turn.learner.language], "simpler")


async def deeper(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Tell the lesson as to an engineer."""
    lesson = find_lesson(turn.services.course, argument)
    yield _variant(turn, lesson, lesson.deeper[turn.learner.language], "deeper")


async def notes(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show the teacher's notes that the lesson itself has no room for."""
    lesson = find_lesson(turn.services.course, argument)
    language = turn.learner.language
    text = [lesson_text.heading(turn.services.course, lesson, language)]
    text += lesson_text.notes(turn.services.course, lesson, language)[lesson_text.NOTES_SHOWN :]
    yield Reply("\n\n".join(text), lesson_buttons(turn, lesson, "notes"))


async def following(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Leave a lesson behind and show the one after it."""
    course = turn.services.course
    lesson = find_lesson(course, argument)
    await turn.services.store.run(leave_lesson, turn.learner, lesson, turn.services.clock.now())
    after = course.after(lesson)
    async for reply in learn(turn, after.id if after else ""):
        yield reply


def find_lesson(course: Course, name: str) -> Lesson:
    """Return the lesson with this id, number or title, or part of them. Raises UnknownLesson."""
    wanted = name.strip().lower()
    for number, lesson in enumerate(course.lessons, 1):
        if wanted in (str(number), lesson.id, lesson.title.zh.lower(), lesson.title.en.lower()):
            return lesson
    like = [
        one for one in course.lessons if wanted in f"{one.id} {one.title.zh} {one.title.en}".lower()
    ]
    if len(like) == 1 and len(wanted) > 1:
        return like[0]
    raise UnknownLesson(lesson=name[:40].replace("`", ""))


def read_standing(tx: Tx, learner: Learner, course: Course, now: datetime) -> Standing:
    """Return where the learner stands."""
    marks, cards = tx.lesson_marks(learner.id), known(course, tx.cards.all(learner.id))
    return Standing(marks, cards, learner.local_date(now))


def open_lesson(tx: Tx, learner: Learner, lesson: Lesson, now: datetime) -> set[str]:
    """Remember that the learner reads this lesson now; return those they have met before."""
    seen = set(tx.lesson_marks(learner.id))
    tx.mark_seen(learner.id, lesson.id, now)
    tx.mark_practised(learner.id, learner.local_date(now))
    tx.change_learner(learner.id, lesson_id=lesson.id)
    return seen


def leave_lesson(tx: Tx, learner: Learner, lesson: Lesson, now: datetime) -> None:
    """Remember that the learner moved on, so that /learn does too."""
    tx.mark_done(learner.id, lesson.id, now)


def lesson_buttons(
    turn: Turn, lesson: Lesson, shown: str, more: Sequence[Button] = ()
) -> tuple[Button, ...]:
    """Return the buttons under a lesson: all it has but what is shown, `more`, and the next one."""
    _ = turn.translate
    labels = {
        "learn": _("Standard"),
        "simpler": _("Simpler"),
        "deeper": _("Deeper"),
        "instance": _("Another example") if shown == "instance" else _("An example"),
        "check": _("Check question"),
        "quiz": _("Quiz me on this"),
        "talk": _("Talk it through"),
        "terms": _("Terms"),
        "notes": _("More notes"),
    }
    offered = [way for way in labels if way == "instance" or way != shown]
    ways = [Button(labels[way], f"{way}:{lesson.id}") for way in offered if _has(lesson, way)]
    return (*ways, *more, next_button(turn, lesson))


def _has(lesson: Lesson, way: str) -> bool:
    """Tell whether a lesson brings what one of its buttons leads to."""
    match way:
        case "instance":
            return lesson.example is not None
        case "talk":
            return lesson.explain_question is not None
        case "notes":
            return len(lesson.notes) > lesson_text.NOTES_SHOWN
        case _:
            return True


def _easier_after(turn: Turn, lesson: Lesson, seen: set[str]) -> list[Button]:
    """Return a button to what the lesson builds on and was not opened yet; nothing is locked."""
    _, language = turn.translate, turn.learner.language
    lessons = map(turn.services.course.lesson, lesson.prerequisites)
    first = next((one for one in lessons if one and one.id not in seen), None)
    if first is None:
        return []
    label = quiz_text.cut(_("First: {title}", title=first.title[language]))
    return [Button(label, f"learn:{first.id}")]


def next_button(turn: Turn, lesson: Lesson) -> Button:
    """Return the way on from a lesson: the next one or, after the last, the map."""
    _ = turn.translate
    if turn.services.course.after(lesson):
        return Button(_("Next lesson"), f"next:{lesson.id}")
    return Button(_("Course map"), "course")


def _variant(turn: Turn, lesson: Lesson, text: str, shown: str) -> Reply:
    course, language = turn.services.course, turn.learner.language
    return Reply(
        lesson_text.variant(course, lesson, language, text),
        lesson_buttons(turn, lesson, shown),
    )


def _all_done(turn: Turn) -> Reply:
    _ = turn.translate
    text = _(
        "You know every lesson there is, and nothing is fading. A quiz over all of them keeps it "
        "so, and you can ask me anything about them."
    )
    return Reply(text, (Button(_("Quiz me"), "quiz"), Button(_("Course map"), "course")))
