"""What comes after an answer: the rest of the round, its result, or the lesson behind it."""

from bot.commands import quiz_feedback, quiz_text
from bot.commands.command import Turn
from bot.commands.dates import day_name
from bot.commands.learn import next_button
from bot.commands.markup import italic
from bot.commands.report import report_button
from bot.commands.reviewing import Ahead
from bot.commands.rounds import Answered
from bot.course.model import Question
from bot.learning.records import Quiz, Tally
from bot.learning.schedule import MANY_LAPSES
from bot.messages import Button, Reply


def reply(turn: Turn, question: Question, answered: Answered, text: str) -> Reply:
    """Add to the feedback when the question comes back, and the ways on."""
    parts = [text]
    if note := _note(turn, answered):
        parts.append(italic(note))
    buttons = _ways_on(turn, question, answered)
    if answered.round and answered.is_last:
        parts.append(_result(turn, answered.round, answered))
    report = report_button(turn.learner.language, question)
    return Reply("\n\n".join(parts), (*buttons, report))


def session_of(turn: Turn, count: int, ahead: Ahead) -> str:
    """Say how many cards are due, and how many come in one go."""
    _ = turn.translate
    return _(
        "{due} are due. Here are {count} of them, from several lessons.", due=ahead.due, count=count
    )


def nothing_due(turn: Turn, ahead: Ahead) -> Reply:
    """Say that there is nothing to review, and what there is instead."""
    _ = turn.translate
    buttons = (Button(_("Go on learning"), "learn"), Button(_("Course map"), "course"))
    if ahead.next_date is None:
        text = _(
            "There is nothing to review yet: every question you answer becomes a card, and comes "
            "back just before you would forget it."
        )
        return Reply(text, buttons)
    return Reply("\n".join([_("**All done for today.**"), _coming(turn, ahead)]), buttons)


def _note(turn: Turn, answered: Answered) -> str:
    """Say when the question comes back, or what comes in its place."""
    _, card = turn.translate, answered.card
    if card is None:
        return ""
    if answered.next_up == "same idea":
        return _(
            "This one keeps slipping away, which happens. I put it aside and ask for the same idea "
            "in another way."
        )
    days = (card.due - turn.learner.local_date(turn.services.clock.now())).days
    back = _("Back in {days} days.", days=days) if days > 1 else _("Back tomorrow.")
    if answered.next_up == "same error":
        return back + _(" Next comes the same point from another side.")
    return back


def _ways_on(turn: Turn, question: Question, answered: Answered) -> list[Button]:
    _ = turn.translate
    current, card = answered.round, answered.card
    lesson = turn.services.course.lesson(question.lesson_id)
    assert lesson
    read = Button(_("Read the lesson"), f"learn:{lesson.id}")
    if current is None:
        more = Button(_("More questions"), f"quiz:{lesson.id}")
        return [more, read, next_button(turn, lesson)]
    if answered.is_last:
        return _after_round(turn, current, answered)
    following = Button(_("Next question"), current.kind)
    return [following, read] if card and card.lapses >= MANY_LAPSES else [following]


def _after_round(turn: Turn, current: Quiz, answered: Answered) -> list[Button]:
    """Return what can be done after a round: again what went wrong, or on."""
    _, course = turn.translate, turn.services.course
    on = Button(_("Go on learning"), "learn")
    weak = quiz_text.weak_lessons(course, answered.answers)
    lessons = [quiz_text.lesson_button(turn.learner.language, one) for one in weak[-2:]]
    if current.kind == "review":
        is_more = answered.ahead is not None and answered.ahead.due > 0
        return [*([Button(_("Go on reviewing"), "review")] if is_more else []), *lessons, on]
    return [*([Button(_("Practise again"), "quiz")] if weak else []), *lessons, on]


def _result(turn: Turn, current: Quiz, answered: Answered) -> str:
    tally = Tally.of(one.outcome or "" for one in answered.answers.values())
    weak = quiz_text.weak_lessons(turn.services.course, answered.answers)
    text = quiz_feedback.result(turn.learner.language, tally, weak)
    if current.kind == "quiz" or answered.ahead is None:
        return text
    return f"{text}\n{_coming(turn, answered.ahead)}"


def _coming(turn: Turn, ahead: Ahead) -> str:
    """Say what else is due today or, where nothing is, when the next cards come."""
    _, language = turn.translate, turn.learner.language
    if ahead.due:
        return _("{count} more are due; they can wait.", count=ahead.due)
    if ahead.next_date is None:
        return ""
    day = day_name(language, ahead.next_date)
    if ahead.next_count == 1:
        return _("The next one comes back on {day}.", day=day)
    return _("The next {count} come back on {day}.", count=ahead.next_count, day=day)
