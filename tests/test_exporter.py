"""The published form of a course."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.course.exporter import export
from bot.course.loader import load
from tests.course_files import write_course

LESSON_KEYS = {
    "id", "module", "title", "objective", "hook", "body", "simpler", "deeper", "analogy_limit",
    "notes", "sources", "covers", "concepts", "prerequisites", "lab", "asks", "questions",
}  # fmt: skip
QUESTION_KEYS = {
    "id", "kind", "covers", "stem", "options", "numeric", "order", "rubric", "answer", "hints",
}  # fmt: skip


@pytest.fixture
def exported(tmp_path: Path) -> dict[str, Any]:
    return export(load(write_course(tmp_path)))


def test_the_export_has_the_keys_of_the_contract_and_no_others(exported: dict[str, Any]) -> None:
    """Programs outside rely on them; the idea table is not among them."""
    assert set(exported) == {"course", "version", "essays", "modules", "glossary", "lessons"}
    assert exported["essays"] == [{"id": "e1", "title": "一篇文章的题目", "author": None}]
    (lesson,) = exported["lessons"]
    assert set(lesson) == LESSON_KEYS
    assert all(set(question) == QUESTION_KEYS for question in lesson["questions"])


def test_what_is_not_there_is_null_or_empty(exported: dict[str, Any]) -> None:
    """A reader of the export needs no default values."""
    (lesson,) = exported["lessons"]
    single = lesson["questions"][0]
    absent = {key: single[key] for key in ("numeric", "order", "rubric", "answer", "hints")}
    assert absent == {"numeric": None, "order": None, "rubric": None, "answer": None, "hints": []}
    assert (lesson["lab"], lesson["prerequisites"]) == (None, [])
    assert single["options"][1]["misconception"] is None


def test_a_numeric_question_keeps_its_range_and_answer(exported: dict[str, Any]) -> None:
    """Its explanation is `answer`, in both languages."""
    numeric = exported["lessons"][0]["questions"][3]
    assert numeric["numeric"] == {"value": 140, "low": 130, "high": 150, "unit": "GB"}
    assert set(numeric["answer"]) == {"zh", "en"}
    assert numeric["options"] == []


def test_the_export_is_plain_json(exported: dict[str, Any]) -> None:
    """Dates are ISO strings, sequences are lists, and nothing is lost on the way."""
    assert json.loads(json.dumps(exported)) == exported
    assert exported["lessons"][0]["notes"][0]["checked_on"] == "2026-11-21"
