"""The whole course as plain data: what `llm-tutor lessons export --json` prints."""

from typing import Any

from bot.course.model import Course


def export(course: Course) -> dict[str, Any]:
    """The course in the shape of the contract: every key present, null where there is nothing."""
    return course.model_dump(mode="json")
