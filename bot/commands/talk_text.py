"""What the tutor says in a talk without a language model: pure text."""

from bot.commands.markup import bold, italic
from bot.course.model import Language, Lesson, Question
from bot.learning.talk import Step, Talk
from bot.locale import translator


def opening(language: Language, lesson: Lesson, asked: str) -> str:
    """Return the hook and the first question; the title may be the very point."""
    _ = translator(language)
    return "\n\n".join(
        [
            _("**Let us talk it through.**"),
            italic(lesson.hook[language]),
            _("I ask, you think aloud. A sentence will do, and wrong turns are welcome."),
            bold(asked),
        ]
    )


def again(language: Language, asked: str) -> str:
    """Return the question that is open, for somebody who comes back to it."""
    _ = translator(language)
    return "\n\n".join([_("Here is where we were:"), bold(asked)])


def facts(language: Language, question: Question, step: Step) -> list[str]:
    """Return the key points that are now out in the open, because of the learner or for them."""
    _ = translator(language)
    lines = [
        _("✅ Yes, you have it: {point}", point=text)
        for text in _texts(language, question, step.reached)
    ]
    lines += [
        _("📖 Here is how I would put it: {point}", point=text)
        for text in _texts(language, question, step.told)
    ]
    return lines


def missed(language: Language, hint: str | None, asked: str, *, gave_up: bool) -> str:
    """Return an encouragement with a narrower question, or with a hint and the same one.

    It does not say "wrong": our measure of what was said is not that sure.
    """
    _ = translator(language)
    opening = (
        _("No problem, let us make it smaller.")
        if gave_up
        else _("Thank you! Let us look a little closer.")
    )
    if hint and hint.rstrip().endswith(("?", "？")):
        return f"{opening}\n\n💡 {bold(hint)}"
    parts = [opening, *([f"💡 {hint}"] if hint else []), bold(asked)]
    return "\n\n".join(parts)


def onward(language: Language, asked: str, *, aside: bool) -> str:
    """Return the next question; `aside`: it is the one that the learner spoke past."""
    _ = translator(language)
    lead = _("Back to what I asked:") if aside else _("And now:")
    return f"{lead}\n\n{bold(asked)}"


def summary(language: Language, lesson: Lesson, question: Question, talk: Talk) -> str:
    """Return the end of a talk: what the learner reached, and what was told."""
    _ = translator(language)
    parts = [_("**That was “{title}”.**", title=lesson.title[language])]
    if talk.reached:
        parts.append(_worked_out(language, question, talk))
    if talk.told:
        told = [f"📖 {text}" for text in _texts(language, question, talk.told)]
        parts.append("\n".join([_("I told you:"), *told]))
    parts.append(
        _("A few questions in a day or two make it stick.")
        if talk.told
        else _("You found all of it yourself. A round of questions shows whether it sticks.")
    )
    return "\n\n".join(parts)


def left(language: Language, question: Question, talk: Talk) -> str:
    """Return the goodbye of a talk that was broken off."""
    _ = translator(language)
    parts = [_("We leave it there. Come back whenever you like.")]
    if talk.reached:
        parts.append(_worked_out(language, question, talk))
    return "\n\n".join(parts)


def _texts(language: Language, question: Question, points: str) -> list[str]:
    assert question.rubric
    texts = dict(zip(question.points, question.rubric, strict=True))
    return [texts[one][language] for one in points]


def _worked_out(language: Language, question: Question, talk: Talk) -> str:
    _ = translator(language)
    reached = [f"✅ {text}" for text in _texts(language, question, talk.reached)]
    return "\n".join([_("You worked out:"), *reached])
