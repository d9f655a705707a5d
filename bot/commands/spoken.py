"""What stands on a button can be typed as well: "next lesson", "考考我", "讲简单点"."""

from bot.commands.command import Turn
from bot.commands.preferences import LANGUAGE_NAMES


def spoken_action(turn: Turn) -> str | None:
    """Return the action that the learner asks for in a few words, None where it is none."""
    typed = turn.incoming.text.strip().lower().rstrip("。.!！~")
    return _phrases(turn).get(typed)


def _phrases(turn: Turn) -> dict[str, str]:
    """Return the words of the buttons that mean the same wherever they are pressed."""
    _ = turn.translate
    actions = {
        _("Go on learning"): "learn",
        _("First lesson"): "learn",
        _("Course map"): "course",
        _("Quiz me"): "quiz",
        _("Next question"): "quiz",
        _("Back to the question"): "quiz",
        _("Practise again"): "quiz",
        _("What I can do"): "help",
    }
    if turn.learner.lesson_id:
        actions |= {
            _("Next lesson"): f"next:{turn.learner.lesson_id}",
            _("Simpler"): f"simpler:{turn.learner.lesson_id}",
            _("Deeper"): f"deeper:{turn.learner.lesson_id}",
            _("Terms"): f"terms:{turn.learner.lesson_id}",
            _("Check question"): f"check:{turn.learner.lesson_id}",
        }
    actions |= {name: f"settings:language:{one}" for one, name in LANGUAGE_NAMES.items()}
    return {label.lower(): action for label, action in actions.items()}
