"""A learner's questions as a deck for Anki, with their schedule: values in, bytes out.

genanki writes the notes and new cards; what it does not know is added in the same database: when
each card is due, the memory that FSRS keeps of it, and the reviews behind that. Anki counts days
from the day on which a collection was made. `_CREATED` and the offset 0 in its settings say what
day that was, so that a card is due on its date in whatever zone the package is opened.

A later import adds new questions and, from the next day on, renews the text of known ones. It
leaves the schedule of known ones to Anki, which may have asked them since.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from itertools import count
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import genanki

from bot.course.model import Course, Language, Lesson, Question
from bot.exporting import card_face
from bot.learning.schedule import RETENTION

_MODEL_ID: Final = 1761430927
_DECK_IDS: Final[dict[Language, int]] = {"zh": 1892604100, "en": 1892604200}
"""Of the whole deck; that of a module follows by the module's number."""

_DECK_NAMES: Final[dict[Language, str]] = {"zh": "LLM Tutor · 中文", "en": "LLM Tutor · English"}

_CREATED: Final = datetime(2020, 1, 1, 12, tzinfo=UTC)
_SETTINGS: Final = {"schedVer": 2, "sched2021": True, "creationOffset": 0}

_EASE: Final = 2500
"""What Anki multiplies intervals by (in thousandths) where FSRS is switched off."""

_QUESTION: Final = '<div class="llm-tutor mathjax_ignore tex2jax_ignore">{{front}}</div>'
_ANSWER: Final = """{{FrontSide}}
<hr id=answer>
<div class="llm-tutor mathjax_ignore tex2jax_ignore">{{back}}<footer>{{lesson}}</footer></div>"""

_CSS: Final = """
.card { font-family: system-ui, sans-serif; font-size: 18px; line-height: 1.5;
  color: #1f2328; background-color: #ffffff; }
.card.nightMode, .nightMode .card { color: #e6e6e6; background-color: #1e1e1e; }
.llm-tutor { max-width: 40em; margin: 0 auto; text-align: left; }
.llm-tutor code, .llm-tutor pre { background-color: rgba(127, 127, 127, 0.2); }
.llm-tutor pre { padding: 0.5em; white-space: pre-wrap; }
.llm-tutor a { color: #0550ae; }
.nightMode .llm-tutor a { color: #79b8ff; }
.llm-tutor .how, .llm-tutor footer { font-size: 0.85em; opacity: 0.8; }
.llm-tutor footer { margin-top: 1.5em; }
"""


EASTERNMOST: Final = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Review:
    """One answer. rating: 1 Again, 2 Hard, 3 Good, 4 Easy. interval: the days it led to."""

    at: datetime
    rating: int
    interval: int


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One card as Anki needs it.

    due, reviewed: local dates. stability, difficulty: of FSRS, in days and from 1 to 10.
    log: oldest first.
    """

    question: Question
    due: date
    reviewed: date
    stability: float
    difficulty: float
    reviews: int
    lapses: int
    suspended: bool = False
    log: tuple[Review, ...] = ()


def deck(course: Course, language: Language, cards: Sequence[Scheduled], today: date) -> bytes:
    """Return the package (.apkg) of the cards, in the course's order and a deck for each module.

    It is dated the moment at which `today` begins in the easternmost zone: Anki takes no ids from
    the future, wherever the learner is.
    """
    made = int((datetime.combine(today, time.min, UTC) - EASTERNMOST).timestamp())
    package = genanki.Package(list(_decks(course, language, cards)))
    with closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.cursor()
        package.write_to_db(cursor, made, count(made * 1000))
        _set_calendar(cursor)
        _schedule(cursor, course, cards, made)
        connection.commit()
        return _zipped({"collection.anki2": connection.serialize(), "media": b"{}"})


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as package:
        for name, content in files.items():
            package.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return packed.getvalue()


def _decks(
    course: Course, language: Language, cards: Sequence[Scheduled]
) -> Iterator[genanki.Deck]:
    """Yield the whole deck, which is empty, and the deck of each module that has cards."""
    model = _model()
    whole = genanki.Deck(_DECK_IDS[language], _DECK_NAMES[language])
    whole.add_model(model)
    yield whole
    for number, module in enumerate(course.modules, 1):
        title = re.sub(":{2,}", ":", module.title[language])  # "::" would begin one more subdeck
        part = genanki.Deck(whole.deck_id + number, f"{whole.name}::{number:02} {title}")
        for lesson in course.in_module(module):
            for question in _of_lesson(lesson, cards):
                part.add_note(_note(model, course, lesson, language, question))
        if part.notes:
            yield part


def _of_lesson(lesson: Lesson, cards: Iterable[Scheduled]) -> Iterator[Question]:
    """Yield the questions among the cards in the order of the lesson."""
    asked = {one.question.id for one in cards}
    return (question for question in lesson.questions if question.id in asked)


def _model() -> genanki.Model:
    return genanki.Model(
        _MODEL_ID,
        "llm-tutor",
        fields=[{"name": name} for name in ("front", "back", "lesson", "id")],
        templates=[{"name": "Card", "qfmt": _QUESTION, "afmt": _ANSWER}],
        css=_CSS,
        sort_field_index=3,
    )


def _note(
    model: genanki.Model, course: Course, lesson: Lesson, language: Language, question: Question
) -> genanki.Note:
    fields = [
        card_face.front(language, question),
        card_face.back(language, question),
        card_face.origin(course, lesson, language),
        card_face.plain(question.id),
    ]
    return genanki.Note(
        model, fields, tags=[lesson.id, lesson.module], guid=_guid(course, question)
    )


def _guid(course: Course, question: Question) -> str:
    """Return what makes this the same note in every package, whatever its text and language."""
    guid: str = genanki.guid_for(course.course, question.id)
    return guid


def _set_calendar(cursor: sqlite3.Cursor) -> None:
    """Fix the day from which days are counted, whatever the zone."""
    (settings,) = cursor.execute("SELECT conf FROM col").fetchone()
    merged = json.dumps(json.loads(settings) | _SETTINGS)
    cursor.execute("UPDATE col SET crt = ?, conf = ?", (int(_CREATED.timestamp()), merged))


def _schedule(
    cursor: sqlite3.Cursor, course: Course, cards: Iterable[Scheduled], made: int
) -> None:
    """Turn the new cards into ones that have been reviewed, with their reviews."""
    taken: set[int] = set()
    find = "SELECT cards.id FROM cards JOIN notes ON notes.id = nid WHERE guid = ?"
    for one in cards:
        (card_id,) = cursor.execute(find, (_guid(course, one.question),)).fetchone()
        cursor.execute(
            "UPDATE cards SET type = 2, queue = ?, due = ?, ivl = ?, factor = ?, reps = ?,"
            " lapses = ?, data = ? WHERE id = ?",
            (*_columns(one, made), card_id),
        )
        for row in _log(one.log, card_id, taken):
            cursor.execute("INSERT INTO revlog VALUES (?, ?, -1, ?, ?, ?, 0, 0, ?)", row)


def _columns(one: Scheduled, made: int) -> tuple[int | str, ...]:
    """Return queue, due, interval, ease, reviews, lapses and memory."""
    return (
        -1 if one.suspended else 2,
        (one.due - _CREATED.date()).days,
        max(1, (one.due - one.reviewed).days),
        _EASE,
        one.reviews,
        one.lapses,
        json.dumps(_memory(one, made)),
    )


def _memory(one: Scheduled, made: int) -> dict[str, float]:
    """Return what FSRS in Anki knows of a card; it forgets by the curve of FSRS-5, as ours does.

    lrt: when it was last reviewed. A recent Anki takes none for 1970, and a future one for longer
    ago still; so a date counts as its noon, or as the beginning of today.
    """
    noon = int(datetime.combine(one.reviewed, time(12), UTC).timestamp())
    return {
        "s": round(one.stability, 4),
        "d": round(one.difficulty, 3),
        "dr": RETENTION,
        "lrt": int(one.log[-1].at.timestamp()) if one.log else min(noon, made),
    }


def _log(log: Iterable[Review], card_id: int, taken: set[int]) -> Iterator[tuple[int, ...]]:
    """Yield id, card, rating, interval, interval before, and 0 (learned) or 1 (reviewed).

    The id is the millisecond of the review, or the next one that is not taken.
    """
    before = 0
    for number, review in enumerate(log):
        millisecond = int(review.at.timestamp() * 1000)
        while millisecond in taken:
            millisecond += 1
        taken.add(millisecond)
        yield millisecond, card_id, review.rating, review.interval, before, min(number, 1)
        before = review.interval
