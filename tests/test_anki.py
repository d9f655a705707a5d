"""The deck for Anki: what is in the package, read as Anki reads it."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from bot.course.loader import load
from bot.course.model import (
    LANGUAGES,
    Course,
    Essay,
    Language,
    Lesson,
    Localized,
    Numeric,
    Question,
)
from bot.exporting.anki import Review, Scheduled, deck
from tests.course_files import (
    dump,
    explain,
    multi,
    numeric,
    order,
    single,
    true_false,
    write_course,
)

TODAY = date(2026, 11, 30)
HOSTILE = (
    "<script>alert(1)</script> <b x\n> & [sound:a.mp3] [latex]\\input{x}[/latex] {{front}}"
    ' {{c1::x}} \x1f ![x](file.png) [y](javascript:z) [z](https://z.example "a\nb") <!-- <'
)
KINDS = {
    "single": single(1),
    "multi": multi(2),
    "true_false": true_false(3),
    "numeric": numeric(4),
    "order": order(5),
    "explain": explain(6),
}


def _scheduled(question: Question, **changes: Any) -> Scheduled:
    known: dict[str, Any] = {
        "due": TODAY + timedelta(days=3),
        "reviewed": TODAY - timedelta(days=4),
        "stability": 7.25,
        "difficulty": 5.5,
        "reviews": 3,
        "lapses": 1,
    }
    return Scheduled(question, **known | changes)


def _all(course: Course) -> list[Scheduled]:
    return [_scheduled(question) for lesson in course.lessons for question in lesson.questions]


def _one(course: Course, **changes: Any) -> bytes:
    return deck(course, "en", [_scheduled(course.lessons[0].questions[0], **changes)], TODAY)


def _rows(package: bytes, query: str) -> list[tuple[Any, ...]]:
    with ZipFile(BytesIO(package)) as files, closing(sqlite3.connect(":memory:")) as collection:
        collection.deserialize(files.read("collection.anki2"))
        return collection.execute(query).fetchall()


def _settings(package: bytes, column: str) -> dict[str, Any]:
    ((text,),) = _rows(package, f"SELECT {column} FROM col")  # noqa: S608 - a name of this file
    settings: dict[str, Any] = json.loads(text)
    return settings


def _fields(package: bytes) -> dict[str, tuple[str, str, str]]:
    """The front, the back and the lesson of each question."""
    notes = [fields.split("\x1f") for (fields,) in _rows(package, "SELECT flds FROM notes")]
    return {question_id: (front, back, origin) for front, back, origin, question_id in notes}


@pytest.fixture
def kinds(tmp_path: Path) -> Course:
    """A small course with a question of each kind."""
    folder = write_course(tmp_path)
    dump(folder / "m1" / "tokens" / "questions.yaml", list(KINDS.values()))
    return load(folder)


@pytest.fixture
def sides(kinds: Course) -> dict[str, tuple[str, str]]:
    """What stands on the two sides of the card of each kind, in English."""
    fields = _fields(deck(kinds, "en", _all(kinds), TODAY))
    return {q.kind: fields[q.id][:2] for q in kinds.lessons[0].questions}


def test_a_package_holds_a_sound_collection_and_no_media(course: Course) -> None:
    """Anki reads two files: the database in its schema 11, and the list of media."""
    package = deck(course, "zh", _all(course), TODAY)
    with ZipFile(BytesIO(package)) as files:
        assert files.namelist() == ["collection.anki2", "media"]
        assert files.read("media") == b"{}"
    assert _rows(package, "PRAGMA integrity_check") == [("ok",)]
    assert _rows(package, "SELECT ver FROM col") == [(11,)]


def test_every_card_has_its_note_its_deck_and_its_type(course: Course) -> None:
    """No question of the course is lost, and nothing points nowhere."""
    cards = _all(course)
    package = deck(course, "zh", cards, TODAY)
    linked = _rows(package, "SELECT did, mid FROM cards JOIN notes ON notes.id = nid")
    assert len(linked) == len(cards) == len(_fields(package))
    assert {str(did) for did, _ in linked} <= set(_settings(package, "decks"))
    assert {str(mid) for _, mid in linked} == set(_settings(package, "models"))


@pytest.mark.parametrize(("language", "name"), [("zh", "中文"), ("en", "English")])
def test_each_module_is_a_deck_in_the_course_s_order(
    course: Course, language: Language, name: str
) -> None:
    """Anki sorts decks by name, so the number comes first."""
    package = deck(course, language, _all(course), TODAY)
    names = sorted(one["name"] for one in _settings(package, "decks").values())
    whole = f"LLM Tutor · {name}"
    modules = [
        f"{whole}::{number:02} {module.title[language]}"
        for number, module in enumerate(course.modules, 1)
    ]
    assert names == ["Default", whole, *modules]


def test_a_module_without_cards_has_no_deck(course: Course) -> None:
    """A learner at the beginning of the course does not get a list of empty decks."""
    decks = _settings(_one(course), "decks").values()
    assert [one["name"].partition("::")[2] for one in decks if "::" in one["name"]] == [
        f"01 {course.modules[0].title.en}"
    ]


def test_no_two_decks_and_note_types_share_an_id(course: Course) -> None:
    """Both languages can be in one collection."""
    packages = [deck(course, language, _all(course), TODAY) for language in LANGUAGES]
    zh, en = (set(_settings(package, "decks")) for package in packages)
    assert zh & en == {"1"}
    zh, en = (set(_settings(package, "models")) for package in packages)
    assert zh == en


def test_without_cards_there_is_a_valid_empty_deck(course: Course) -> None:
    """Who has answered nothing yet gets a package all the same."""
    package = deck(course, "en", [], TODAY)
    assert _rows(package, "SELECT * FROM cards") == []
    names = {one["name"] for one in _settings(package, "decks").values()}
    assert names == {"Default", "LLM Tutor · English"}
    assert len(_settings(package, "models")) == 1


@pytest.mark.parametrize("away", [-40, 0, 200])
def test_a_card_is_due_on_its_date(course: Course, away: int) -> None:
    """Anki counts from the day of the collection, which is a date at noon in a zone of its own."""
    due = TODAY + timedelta(days=away)
    package = _one(course, due=due, reviewed=due - timedelta(days=7))
    ((created,),) = _rows(package, "SELECT crt FROM col")
    ((days,),) = _rows(package, "SELECT due FROM cards")
    noon = datetime.fromtimestamp(created, UTC)
    assert noon.date() + timedelta(days=days) == due
    assert (noon.hour, _settings(package, "conf")["creationOffset"]) == (12, 0)


def test_a_card_keeps_its_schedule(course: Course) -> None:
    """It is one under review, with its interval, its counts and an ease for those without FSRS."""
    query = "SELECT type, queue, ivl, factor, reps, lapses FROM cards"
    assert _rows(_one(course), query) == [(2, 2, 7, 2500, 3, 1)]


def test_a_card_keeps_its_memory(course: Course) -> None:
    """FSRS in Anki goes on from this stability and difficulty, and from the last review."""
    at = datetime(2026, 11, 26, 21, 5, tzinfo=UTC)
    memory = _memory(_one(course, log=(Review(at, 3, 7),)))
    assert memory == {"s": 7.25, "d": 5.5, "dr": 0.9, "lrt": int(at.timestamp())}


BEGUN = datetime.combine(TODAY, time.min, UTC) - timedelta(hours=14)
"""The moment from which on it is today for somebody."""


@pytest.mark.parametrize("days_ago", [4, 1, 0])
def test_a_review_without_a_log_was_on_its_date_and_not_in_the_future(
    course: Course, days_ago: int
) -> None:
    """Anki must have a time, and takes one of the future for long ago."""
    reviewed = TODAY - timedelta(days=days_ago)
    noon = datetime.combine(reviewed, time(12), UTC)
    told = datetime.fromtimestamp(_memory(_one(course, reviewed=reviewed))["lrt"], UTC)
    assert told == min(noon, BEGUN)


def _memory(package: bytes) -> dict[str, float]:
    ((text,),) = _rows(package, "SELECT data FROM cards")
    memory: dict[str, float] = json.loads(text)
    return memory


def test_a_suspended_card_stays_suspended(course: Course) -> None:
    """It keeps its date, for the day on which the learner takes it back."""
    package = _one(course, suspended=True)
    assert _rows(package, "SELECT type, queue FROM cards") == [(2, -1)]


def test_an_interval_is_at_least_a_day(course: Course) -> None:
    """Anki reads less as seconds."""
    package = _one(course, due=TODAY, reviewed=TODAY)
    assert _rows(package, "SELECT ivl FROM cards") == [(1,)]


def test_the_reviews_come_along(course: Course) -> None:
    """The first is the one that taught the card; each knows the interval before."""
    first = datetime(2026, 11, 1, 20, 30, tzinfo=UTC)
    log = (Review(first, 3, 5), Review(first + timedelta(days=5), 1, 1))
    package = _one(course, log=log)
    start = int(first.timestamp() * 1000)
    query = "SELECT id, usn, ease, ivl, lastIvl, factor, time, type FROM revlog ORDER BY id"
    assert _rows(package, query) == [
        (start, -1, 3, 5, 0, 0, 0, 0),
        (start + 5 * 86_400_000, -1, 1, 1, 5, 0, 0, 1),
    ]
    linked = "SELECT count() FROM revlog JOIN cards ON cards.id = cid"
    assert _rows(package, linked) == [(2,)]


def test_reviews_of_one_moment_are_kept_apart(course: Course) -> None:
    """The time is their id in Anki; a millisecond more harms nobody."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    questions = course.lessons[0].questions[:3]
    cards = [_scheduled(question, log=(Review(at, 3, 5),)) for question in questions]
    ids = _rows(deck(course, "en", cards, TODAY), "SELECT id FROM revlog ORDER BY id")
    start = int(at.timestamp() * 1000)
    assert ids == [(start,), (start + 1,), (start + 2,)]


def test_a_question_is_the_same_note_in_every_package(course: Course) -> None:
    """Anki renews what it knows by this name, so that a second import doubles nothing."""
    cards = _all(course)
    query = "SELECT guid, tags FROM notes ORDER BY id"
    first = _rows(deck(course, "zh", cards, TODAY), query)
    later = _rows(deck(course, "en", cards[::-1], TODAY + timedelta(days=9)), query)
    assert first == later
    assert len({guid for guid, _ in first}) == len(cards)


def test_a_later_package_is_newer(course: Course) -> None:
    """Anki renews a note only from one that was changed after it."""
    card = _scheduled(course.lessons[0].questions[0])
    query = "SELECT mod FROM notes"
    days = [TODAY, TODAY + timedelta(days=1)]
    ((before,),), ((after,),) = (_rows(deck(course, "en", [card], day), query) for day in days)
    assert before < after


def test_no_id_is_from_the_future(course: Course) -> None:
    """Anki refuses a package with an id of after tomorrow."""
    package = deck(course, "en", _all(course), TODAY)
    ((newest,),) = _rows(package, "SELECT max(id) FROM cards")
    assert BEGUN <= datetime.fromtimestamp(newest / 1000, UTC) < BEGUN + timedelta(minutes=1)


def test_the_same_cards_make_the_same_bytes(course: Course) -> None:
    """Nothing depends on the clock or on chance."""
    cards = _all(course)[:40]
    assert deck(course, "zh", cards, TODAY) == deck(course, "zh", cards, TODAY)


def test_a_note_is_tagged_with_its_lesson_and_module(course: Course) -> None:
    """Anki sets spaces around each tag."""
    lesson = course.lessons[0]
    assert _rows(_one(course), "SELECT tags FROM notes") == [(f" {lesson.id} {lesson.module} ",)]


def test_the_note_type_is_readable_by_day_and_night(course: Course) -> None:
    """The front has no answer, the back has both, and each mode has colours of its own."""
    [model] = _settings(_one(course), "models").values()
    assert model["name"] == "llm-tutor"
    assert [field["name"] for field in model["flds"]] == ["front", "back", "lesson", "id"]
    [template] = model["tmpls"]
    assert "{{front}}" in template["qfmt"]
    assert "{{back}}" not in template["qfmt"]
    assert all(name in template["afmt"] for name in ("{{FrontSide}}", "{{back}}", "{{lesson}}"))
    assert ".card {" in model["css"]
    assert ".card.nightMode" in model["css"]


@pytest.mark.parametrize("kind", ["single", "multi", "true_false"])
def test_options_stand_in_the_order_of_their_file(
    kinds: Course, sides: dict[str, tuple[str, str]], kind: str
) -> None:
    """They are lettered by the list, and the back names the letters of the right ones."""
    [question] = [one for one in kinds.lessons[0].questions if one.kind == kind]
    front, back = sides[kind]
    assert question.stem.en in front
    places = [front.index(f"<li>{option.text.en}</li>") for option in question.options]
    assert places == sorted(places)
    assert '<ol type="A">' in front
    for letter, option in zip("ABC", question.options, strict=False):
        assert (f"<b>{letter}. {option.text.en}</b>" in back) is option.correct
        assert (option.explanation.en in back) is option.correct
        assert option.explanation.en not in front


def test_what_to_put_in_order_is_shown_in_another_one(course: Course) -> None:
    """The back gives the right order as a list, and in the letters of the front."""
    cards = [one for one in _all(course) if one.question.order]
    fields = _fields(deck(course, "en", cards, TODAY))
    assert len(fields) == len(cards) > 1
    for front, back, _ in fields.values():
        shown, right = _items(front), _items(back)
        assert sorted(shown) == sorted(right)
        assert shown != right
        letters = " → ".join("ABCDEFGH"[shown.index(item)] for item in right)
        assert f"The right order: {letters}" in back


def _items(html: str) -> list[str]:
    return re.findall("<li>(.*)</li>", html)


def test_an_order_is_told_and_explained(sides: dict[str, tuple[str, str]]) -> None:
    """The option c comes first, then a and b."""
    front, back = sides["order"]
    assert _items(back) == [f"Claim {option} of item 5" for option in "cab"]
    assert KINDS["order"]["answer"]["en"] in back
    assert "Put them in order, first to last." in front


def test_a_number_is_told_with_its_unit_its_range_and_why(
    sides: dict[str, tuple[str, str]],
) -> None:
    """The front names the unit alone."""
    front, back = sides["numeric"]
    assert "A number, in GB." in front
    assert "140" not in front
    assert "<b>140 GB</b>" in back
    assert "Anything from 130 to 150 counts as right." in back
    assert KINDS["numeric"]["answer"]["en"] in back


def test_an_exact_number_has_no_range(kinds: Course) -> None:
    """From 12 to 12 says nothing."""
    [question] = [one for one in kinds.lessons[0].questions if one.numeric]
    exact = question.model_copy(update={"numeric": Numeric(value=1200, low=1200, high=1200)})
    [(front, back, _)] = _fields(_deck_of(kinds, exact)).values()
    assert "A number" not in front
    assert "<b>1,200</b>" in back
    assert "Anything from" not in back


def test_an_explanation_is_compared_with_key_points_and_a_model_answer(
    sides: dict[str, tuple[str, str]],
) -> None:
    """The learner grades it alone, as in the chat."""
    front, back = sides["explain"]
    assert "Explain it in a sentence or two." in front
    assert _items(back) == [point["en"] for point in KINDS["explain"]["rubric"]]
    assert "Key points" in back
    assert f"<strong>One way to say it:</strong> {KINDS['explain']['answer']['en']}" in back


def test_several_right_answers_are_announced(sides: dict[str, tuple[str, str]]) -> None:
    """Without the buttons of the chat nothing else tells this kind from the single choice."""
    assert "Choose all that apply." in sides["multi"][0]
    assert "Choose" not in sides["single"][0]


def test_a_card_names_its_lesson_and_its_essays(course: Course) -> None:
    """The credit goes wherever the text goes."""
    fields = _fields(deck(course, "zh", _all(course), TODAY))
    for lesson in course.lessons:
        origin = unescape(fields[lesson.questions[0].id][2])
        assert origin.startswith(f"<b>{lesson.title.zh}</b><br>改写自")
        assert all(f"《{essay.title}》" in origin for essay in course.essays_of(lesson))


def test_marks_of_emphasis_code_lists_and_links_are_shown(kinds: Course) -> None:
    """Markdown becomes HTML."""
    text = "**bold** *italic* `code` [link](https://example.org/?a=1&b=2)\n\n- one\n- two"
    stem = Localized(zh=text, en=text)
    question = kinds.lessons[0].questions[0].model_copy(update={"stem": stem})
    [(front, _, _)] = _fields(_deck_of(kinds, question)).values()
    assert "<strong>bold</strong> <em>italic</em> <code>code</code>" in front
    assert '<a href="https://example.org/?a=1&amp;b=2">link</a>' in front
    assert "<ul>\n<li>one</li>\n<li>two</li>\n</ul>" in front


def test_hostile_text_stays_text(kinds: Course) -> None:
    """No tag, sound, formula, picture or end of field of its own reaches Anki."""
    hostile = _hostile(kinds)
    notes = _rows(deck(hostile, "en", _all(hostile), TODAY), "SELECT flds FROM notes")
    assert len(notes) == len(KINDS)
    for (fields,) in notes:
        assert fields.count("\x1f") == 3
        assert "[" not in fields
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in fields
        tags = {tag.partition(" ")[0].strip("</>") for tag in re.findall("<[^>]*>", fields)}
        assert tags <= {"p", "ol", "li", "b", "br", "a", "strong", "blockquote"}
        links = {'<a href="file.png">', '<a href="https://z.example">'}
        assert set(re.findall("<a [^>]*>", fields)) == links


def test_hostile_titles_make_no_decks_of_their_own(kinds: Course) -> None:
    """Two colons begin a subdeck in Anki."""
    hostile = _hostile(kinds)
    decks = _settings(deck(hostile, "en", _all(hostile), TODAY), "decks").values()
    assert sorted(one["name"].count("::") for one in decks) == [0, 0, 1]


def _deck_of(course: Course, question: Question) -> bytes:
    """The deck of a course in which there is this one question."""
    lesson = course.lessons[0].model_copy(update={"questions": (question,)})
    return deck(_made_of(course, lesson), "en", [_scheduled(question)], TODAY)


def _made_of(course: Course, lesson: Lesson, essays: tuple[Essay, ...] = ()) -> Course:
    """The course made anew, because a copy keeps its look-ups."""
    module = course.modules[0].model_copy(update={"title": Localized(zh="a::::b", en="a:::b")})
    return Course(
        course=course.course,
        version=course.version,
        essays=essays or course.essays,
        modules=(module,),
        glossary=(),
        lessons=(lesson,),
    )


def _hostile(course: Course) -> Course:
    """The course with hostile text wherever there is text."""
    text = Localized(zh=HOSTILE, en=HOSTILE)
    questions = tuple(_hostile_question(one, text) for one in course.lessons[0].questions)
    lesson = course.lessons[0].model_copy(update={"questions": questions, "title": text})
    return _made_of(course, lesson, (Essay(id="e1", title=HOSTILE, author=HOSTILE),))


def _hostile_question(question: Question, text: Localized) -> Question:
    option = {"text": text, "explanation": text}
    changes = {
        "stem": text,
        "options": tuple(one.model_copy(update=option) for one in question.options),
        "rubric": question.rubric and (text, text),
        "answer": question.answer and text,
        "numeric": question.numeric and Numeric(value=1, low=0, high=2, unit=HOSTILE),
    }
    return question.model_copy(update=changes)
