"""Whom a lesson is owed to."""

from bot.course.model import Course, Language, Lesson
from bot.locale import translator


def credit(course: Course, lesson: Lesson, language: Language) -> str:
    """Return the line that names the essays and their authors."""
    _ = translator(language)
    essays = [
        _("“{title}” by {author}", title=essay.title, author=essay.author)
        if essay.author
        else _("“{title}” (author not given)", title=essay.title)
        for essay in course.essays_of(lesson)
    ]
    return _("Written from {essays}", essays=_(", ").join(essays))
