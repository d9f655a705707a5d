"""The whole course as plain data: what `llm-tutor lessons export --json` prints."""

from typing import Any

from bot.course.model import Course

# Question kinds that the contract names and this course does not use yet.
_UNUSED = {"order": None, "rubric": None}


def export(course: Course) -> dict[str, Any]:
    """The course in the shape of the contract: every key present, null where there is nothing."""
    data = course.model_dump(mode="json")
    for lesson in data["lessons"]:
        lesson["questions"] = [question | _UNUSED for question in lesson["questions"]]
    return data
