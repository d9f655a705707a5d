"""How a lesson looks in a chat: pure text, in the common Markdown subset."""

from bot.course.credit import credit
from bot.course.model import Course, Essay, Language, Lesson, Note
from bot.locale import translator

NOTES_SHOWN = 2


def heading(course: Course, lesson: Lesson, language: Language) -> str:
    """Return the title with the lesson's place in the course."""
    _ = translator(language)
    number, count = course.number(lesson), len(course.lessons)
    place = _("Lesson {number} of {count}", number=number, count=count)
    return f"**{lesson.title[language]}**  ·  {place}"


def full(course: Course, lesson: Lesson, language: Language) -> str:
    """Return the whole lesson: hook, body, limits of the analogy, notes, credit."""
    _ = translator(language)
    parts = [
        heading(course, lesson, language),
        f"*{lesson.hook[language]}*",
        lesson.body[language],
    ]
    if lesson.analogy_limit:
        limit = lesson.analogy_limit[language]
        parts.append(_("**Where the analogy breaks:** {limit}", limit=limit))
    parts += notes(course, lesson, language)[:NOTES_SHOWN]
    parts.append(credit(course, lesson, language))
    return "\n\n".join(parts)


def variant(course: Course, lesson: Lesson, language: Language, text: str) -> str:
    """Return the lesson in another depth."""
    return f"{heading(course, lesson, language)}\n\n{text}\n\n{credit(course, lesson, language)}"


def notes(course: Course, lesson: Lesson, language: Language) -> list[str]:
    """Return the teacher's notes; where a lesson draws on several essays, each names its own."""
    several = len(course.essays_of(lesson)) > 1
    return [_note(one, course.essay_of(one) if several else None, language) for one in lesson.notes]


def _note(one: Note, essay: Essay | None, language: Language) -> str:
    """Return a note: the claim, the fact, the source, the date checked."""
    _ = translator(language)
    label = _("Teacher's note on “{title}”", title=essay.title) if essay else _("Teacher's note")
    return _(
        "> **{label}:** {claim} {fact} ({source}; checked {date})",
        label=label,
        claim=one.claim[language],
        fact=one.fact[language],
        source=one.source,
        date=one.checked_on.isoformat(),
    )
