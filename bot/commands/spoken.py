"""What stands on a button can be typed as well: "next lesson", "考考我", "讲简单点"."""

from bot.commands.command import Turn
from bot.commands.preferences import LANGUAGE_NAMES
from bot.course.model import LANGUAGES, Language, Lesson
from bot.locale import translator

RETOLD = {"simpler", "deeper", "instance"}
"""What tells the same once more: of a lesson, or of an answer."""


def spoken_action(turn: Turn) -> str | None:
    """Return the action that the learner asks for in a few words, None where it is none."""
    typed = turn.incoming.text.strip().lower().rstrip("。.!！?？~").removesuffix(" please")
    return _phrases(turn).get(typed)


def _phrases(turn: Turn) -> dict[str, str]:
    """Return the words of the buttons that mean the same wherever they are pressed, in both
    languages."""
    lesson = turn.services.course.lesson(turn.learner.lesson_id or "")
    actions = {name: f"settings:language:{one}" for one, name in LANGUAGE_NAMES.items()}
    for language in LANGUAGES:
        actions |= _anywhere(language) | (_of_lesson(language, lesson) if lesson else {})
    return {label.lower(): action for label, action in actions.items()}


def _anywhere(language: Language) -> dict[str, str]:
    _ = translator(language)
    return {
        _("Go on learning"): "learn",
        _("First lesson"): "learn",
        _("Course map"): "course",
        _("Quiz me"): "quiz",
        _("Next question"): "onward",
        _("Back to the question"): "onward",
        **dict.fromkeys((_("Review"), _("Review now"), _("Review first")), "review"),
        _("Practise again"): "quiz",
        _("What I can do"): "help",
    }


def _of_lesson(language: Language, lesson: Lesson) -> dict[str, str]:
    _ = translator(language)
    ways = {
        _("Next lesson"): "next",
        _("Simpler"): "simpler",
        _("Deeper"): "deeper",
        _("Terms"): "terms",
        _("Check question"): "check",
        _("Quiz me on this"): "quiz",
    }
    if lesson.example:
        ways |= dict.fromkeys(
            (_("An example"), _("Another example"), _("Give me an example")), "instance"
        )
    if lesson.explain_question:
        ways[_("Leave it")] = "leave"
        ways |= dict.fromkeys((_("Talk it through"), _("Let us talk it through")), "talk")
    return {label: f"{way}:{lesson.id}" for label, way in ways.items()}
