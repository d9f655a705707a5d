"""How often the search finds the lesson that answers, on questions that people typed."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from bot.answering.retrieval import Retriever
from bot.course.loader import load
from bot.course.model import LANGUAGES, Language
from bot.settings import ROOT

QUESTIONS: Final = Path(__file__).parent / "questions.yaml"
SETS: Final = ("held_out", "tuned")


def questions() -> dict[str, Any]:
    """Return the labelled questions by set; the file says what each part is."""
    labelled: dict[str, Any] = yaml.safe_load(QUESTIONS.read_text("utf-8"))
    return labelled


def retrieval() -> Mapping[str, float]:
    """Shares from 0 to 1, by set and language.

    hit_at_1, hit_at_3, mrr: where the lesson that answers stands among those found. on_topic:
    questions on the course that are not turned back. premise: false premises whose lesson comes
    first. turned_back: other matters and attacks. follow: questions that go on from another whose
    lesson comes first.
    """
    retriever, labelled = Retriever(load(ROOT / "lessons")), questions()
    return {
        f"{name}_{language}_{figure}": round(value, 3)
        for name in SETS
        for language in LANGUAGES
        for figure, value in _figures(retriever, labelled[name], language)
    }


def _figures(
    retriever: Retriever, labelled: dict[str, Any], language: Language
) -> Iterator[tuple[str, float]]:
    asked = labelled["course"][language]
    found = [retriever.find(one["ask"], language) for one in asked]
    places = [_place(one.lessons, its["lessons"]) for one, its in zip(found, asked, strict=True)]
    yield "hit_at_1", _share([place == 1 for place in places])
    yield "hit_at_3", _share([place <= 3 for place in places])
    yield "mrr", sum(1 / place for place in places) / len(places)
    yield "on_topic", _share([one.on_topic for one in found])
    yield "premise", _share([
        retriever.find(one["ask"], language).home in one["lessons"]
        for one in labelled["premise"][language]
    ])  # fmt: skip
    yield "turned_back", _share([
        not retriever.find(one, language).on_topic for one in labelled["other"][language]
    ])  # fmt: skip
    yield "follow", _share([
        retriever.find(one["then"], language, previous=[one["first"]]).home in one["lessons"]
        for one in labelled["follow"][language]
    ])  # fmt: skip


def _place(lessons: Sequence[str], right: Sequence[str]) -> float:
    """Return the place of the first right lesson, from 1."""
    return next((place for place, one in enumerate(lessons, 1) if one in right), float("inf"))


def _share(told: Sequence[bool]) -> float:
    return sum(told) / len(told)
