"""When a question comes back, what a memory is worth, and how well a lesson is known: pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import fsrs
import pytest
from fsrs import Rating
from hypothesis import given
from hypothesis import strategies as st

from bot.course.model import Course, Lesson
from bot.learning.grading import Grade
from bot.learning.interleaving import interleave
from bot.learning.mastery import Mastery, has_faded, mastery
from bot.learning.next_lesson import propose
from bot.learning.pace import is_quick
from bot.learning.records import LessonMark
from bot.learning.remedy import misconceptions, on_same_idea, remedial
from bot.learning.schedule import FSRS_5, Card, days_to_wait, rate, review
from bot.learning.standing import Standing

TODAY = date(2026, 12, 1)
RIGHT, PARTLY, WRONG, UNSURE = (
    Grade("right", 1.0),
    Grade("partly", 0.5),
    Grade("wrong", 0.0),
    Grade("unsure", 0.0),
)
GRADES = {Rating.Again: WRONG, Rating.Hard: PARTLY, Rating.Good: RIGHT, Rating.Easy: RIGHT}


def card(question_id: str = "a:1", **values: object) -> Card:
    """A card reviewed today that is right and due in ten days."""
    given = {
        "due": TODAY + timedelta(days=10),
        "reviewed": TODAY,
        "stability": 10.0,
        "difficulty": 5.0,
        "reviews": 2,
        "score": 1.0,
        **values,
    }
    return Card(question_id, **given)  # type: ignore[arg-type]


def answered(ratings: Sequence[Rating], days: int | None = None) -> Card:
    """The card after these ratings, each given `days` after the last or when the card was due."""
    known, day = None, TODAY
    for rating in ratings:
        known = review(known, "a:1", GRADES[rating], rating, day)
        day = known.due if days is None else day + timedelta(days=days)
    assert known
    return known


def test_retrievability_is_the_published_curve() -> None:
    """A chance of 0.9 after S days, and of 0.7661 after three times as many."""
    one = card(stability=10.0)
    assert one.retrievability(TODAY) == 1
    assert one.retrievability(TODAY + timedelta(days=10)) == pytest.approx(0.9)
    assert one.retrievability(TODAY + timedelta(days=30)) == pytest.approx(0.7661, abs=5e-5)


@pytest.mark.parametrize(
    ("stability", "days"),
    [(0.4, 1), (3.173, 5), (10, 10), (30, 20), (100, 43), (1000, 191), (1e6, 365), (1e-3, 1)],
)
def test_a_card_waits_for_its_stability_or_the_less_the_older_it_is(
    stability: float, days: int
) -> None:
    """At ten days the chance is 0.9; younger memories may sink lower, and older ones less."""
    assert days_to_wait(stability) == days


def test_a_history_gives_intervals_that_grow() -> None:
    """The golden history: good answers space out, a miss brings the card back."""
    days, known, day = [], None, TODAY
    ratings = [Rating.Good] * 4 + [Rating.Again] + [Rating.Good] * 2 + [Rating.Hard, Rating.Easy]
    for rating in ratings:
        known = review(known, "a:1", GRADES[rating], rating, day)
        days.append((known.due - day).days)
        day = known.due
    assert days == GOLDEN


GOLDEN = [5, 13, 25, 41, 7, 14, 24, 27, 56]


def test_our_card_is_the_one_that_the_library_computes() -> None:
    """Whole days go in, and stability and difficulty come out unchanged."""
    ours = answered([Rating.Good, Rating.Hard, Rating.Again], days=4)
    library = fsrs.Scheduler(FSRS_5, 0.9, (), (), enable_fuzzing=False)
    theirs = fsrs.Card(card_id=1)
    for place, rating in enumerate((Rating.Good, Rating.Hard, Rating.Again)):
        moment = datetime(2026, 12, 1 + 4 * place, tzinfo=UTC)
        theirs, _log = library.review_card(theirs, rating, moment)
    assert (ours.stability, ours.difficulty) == (theirs.stability, theirs.difficulty)


@pytest.mark.parametrize(
    ("grade", "hints", "quick", "rating"),
    [
        (WRONG, 0, True, Rating.Again),
        (UNSURE, 0, True, Rating.Again),
        (Grade("partly", 0.4), 0, False, Rating.Again),
        (PARTLY, 0, True, Rating.Hard),
        (RIGHT, 1, True, Rating.Hard),
        (RIGHT, 0, False, Rating.Good),
        (RIGHT, 0, True, Rating.Easy),
    ],
)
def test_grades_become_ratings(grade: Grade, hints: int, quick: bool, rating: Rating) -> None:
    """Wrong, hinted, right, quick: Again, Hard, Good, Easy."""
    assert rate(grade, hints=hints, is_quick=quick) is rating


def test_not_sure_comes_back_soon_and_is_held_against_nobody() -> None:
    """No lapse, no harder card, and the last real answer still stands."""
    before = card(difficulty=5.0, lapses=1, score=1.0)
    day = TODAY + timedelta(days=10)
    unsure = review(before, "a:1", UNSURE, Rating.Again, day)
    wrong = review(before, "a:1", WRONG, Rating.Again, day)
    assert (unsure.due - day).days <= 5
    assert (unsure.difficulty, unsure.lapses, unsure.score) == (5.0, 1, 1.0)
    assert wrong.difficulty > 5.0
    assert (wrong.lapses, wrong.score) == (2, 0.0)


def test_not_sure_at_the_first_meeting_makes_no_hard_card() -> None:
    """It is as difficult as one that was known; it only comes back sooner."""
    unsure = review(None, "a:1", UNSURE, Rating.Again, TODAY)
    right = review(None, "a:1", RIGHT, Rating.Good, TODAY)
    assert (unsure.difficulty, unsure.score) == (right.difficulty, None)
    assert unsure.due < right.due


def test_right_once_more_on_the_same_day_tells_nothing_new() -> None:
    """Cramming counts as an answer, and moves no date."""
    first = answered([Rating.Good])
    again = review(first, "a:1", RIGHT, Rating.Easy, TODAY)
    assert (again.due, again.stability, again.reviews) == (first.due, first.stability, 2)
    wrong = review(first, "a:1", WRONG, Rating.Again, TODAY)
    assert wrong.due < first.due


def test_not_sure_of_what_was_forgotten_takes_the_score_along() -> None:
    """A lesson does not rise because somebody says honestly that it is gone."""
    before = card(score=1.0, stability=3.0)
    soon, late = TODAY + timedelta(days=5), TODAY + timedelta(days=90)
    assert review(before, "a:1", UNSURE, Rating.Again, soon).score == 1.0
    assert review(before, "a:1", UNSURE, Rating.Again, late).score is None


def test_a_card_that_was_put_aside_comes_back_with_a_right_answer() -> None:
    """It is a card like any other again, its lapses forgiven."""
    aside = card(lapses=4, is_retired=True)
    assert review(aside, "a:1", WRONG, Rating.Again, TODAY).is_retired
    back = review(aside, "a:1", RIGHT, Rating.Good, TODAY)
    assert (back.is_retired, back.lapses) == (False, 0)


@given(st.lists(st.tuples(st.sampled_from(list(Rating)), st.integers(0, 400)), min_size=1))
def test_any_history_gives_a_card_that_can_be_kept(steps: list[tuple[Rating, int]]) -> None:
    """Due after today and within a year; difficulty from 1 to 10; counts that add up."""
    known, day = None, TODAY
    for rating, gap in steps:
        day += timedelta(days=gap)
        known = review(known, "a:1", GRADES[rating], rating, day)
        assert 1 <= (known.due - day).days <= 365
        assert 1 <= known.difficulty <= 10
        assert known.stability > 0
        assert 0 < known.retrievability(day + timedelta(days=1000)) <= 1
    assert known
    assert known.reviews == len(steps)
    assert known.lapses <= sum(rating is Rating.Again for rating, _gap in steps)


@given(st.lists(st.sampled_from("abcd"), max_size=12))
def test_a_session_keeps_lessons_apart_where_it_can(lessons: list[str]) -> None:
    """Nothing is lost or doubled, and two of a lesson meet only where there is no other way."""
    cards = [card(f"{lesson}:{place}") for place, lesson in enumerate(lessons)]
    mixed = interleave(cards)
    assert sorted(one.question_id for one in mixed) == sorted(one.question_id for one in cards)
    most = max((lessons.count(one) for one in lessons), default=0)
    meets = sum(a.lesson_id == b.lesson_id for a, b in pairwise(mixed))
    assert meets == max(0, most - 1 - (len(lessons) - most))


def test_quick_is_hardly_longer_than_reading(course: Course) -> None:
    """No longer than reading it all takes, and not before anybody can have read it."""
    question = course.lessons[4].check_question
    assert is_quick(question, "zh", timedelta(seconds=5))
    assert not is_quick(question, "zh", timedelta(seconds=0.4))
    assert not is_quick(question, "zh", timedelta(seconds=60))
    assert not is_quick(question, "en", timedelta(minutes=2))


def test_a_wrong_option_leads_to_a_question_on_the_same_error(course: Course) -> None:
    """The tag of what was chosen decides; the right option has none."""
    pairs = [
        (question, option)
        for lesson in course.lessons
        for question in lesson.questions
        for option in question.options
        if option.misconception == "rag-retrains"
    ]
    (question, option), others = pairs[0], {one.id for one, _option in pairs[1:]}
    among = {lesson.id for lesson in course.lessons}
    assert misconceptions(question, option.id) == ["rag-retrains"]
    assert misconceptions(question, next(iter(question.key))) == []
    found = {one.id for one in remedial(course, question, option.id, among)}
    assert found == {one for one in others if course.question(one) != question}


def test_another_way_to_ask_is_about_the_same_idea_and_from_lessons_seen(course: Course) -> None:
    """No lesson that was not opened is drawn on, and nothing to write an essay about."""
    question = course.lessons[4].check_question
    found = on_same_idea(course, question, {question.lesson_id})
    assert found
    for one in found:
        assert set(one.covers) & set(question.covers)
        assert (one.lesson_id, one.kind != "explain") == (question.lesson_id, True)


def level(lesson: Lesson, cards: Sequence[Card], today: date = TODAY) -> Mastery:
    return mastery(lesson, {one.question_id: one for one in cards}, today, is_seen=True)


def cards_of(lesson: Lesson, **values: object) -> list[Card]:
    return [card(one.id, **values) for one in lesson.questions if one.kind != "explain"]


def test_a_lesson_rises_level_by_level(course: Course) -> None:
    """New, seen, passed with 80%, kept after a week, explained in one's own words."""
    lesson = course.lessons[4]
    assert mastery(lesson, {}, TODAY, is_seen=False) is Mastery.NEW
    assert level(lesson, []) is Mastery.SEEN
    assert level(lesson, cards_of(lesson)[:2]) is Mastery.SEEN
    assert level(lesson, cards_of(lesson)) is Mastery.PASSED
    kept = cards_of(lesson, longest=7)
    assert level(lesson, kept) is Mastery.KEPT
    assert lesson.explain_question
    explained = card(lesson.explain_question.id, score=0.7)
    assert level(lesson, [*kept, explained]) is Mastery.EXPLAINED
    assert level(lesson, [*cards_of(lesson), explained]) is Mastery.PASSED


def test_the_check_question_has_to_be_right(course: Course) -> None:
    """All others right do not make up for it."""
    lesson = course.lessons[4]
    first, *others = cards_of(lesson)
    assert level(lesson, [card(first.question_id, score=0.0), *others]) is Mastery.SEEN


def test_mastery_is_lost_by_forgetting_and_regained_by_a_review(course: Course) -> None:
    """Below a chance of 0.6 a card counts for nothing until it is answered again."""
    lesson = course.lessons[4]
    cards = {one.question_id: one for one in cards_of(lesson, longest=7)}
    later = TODAY + timedelta(days=80)
    assert not has_faded(lesson, cards, TODAY)
    assert mastery(lesson, cards, later, is_seen=True) is Mastery.SEEN
    assert has_faded(lesson, cards, later)
    again = {
        one.question_id: review(one, one.question_id, RIGHT, Rating.Good, later)
        for one in cards.values()
    }
    assert mastery(lesson, again, later, is_seen=True) is Mastery.KEPT


def test_what_was_put_aside_does_not_hold_a_lesson_back(course: Course) -> None:
    """Another question asks for its idea now."""
    lesson = course.lessons[4]
    *others, last = cards_of(lesson)
    aside = card(last.question_id, score=0.0, is_retired=True)
    assert level(lesson, [*others, aside]) is Mastery.PASSED


def test_a_check_question_that_was_put_aside_holds_nothing_back(course: Course) -> None:
    """It never comes again by itself, so it cannot be asked for."""
    lesson = course.lessons[4]
    first, *others = cards_of(lesson)
    aside = card(first.question_id, score=0.0, is_retired=True)
    assert level(lesson, [aside, *others]) is Mastery.PASSED


def standing(
    done: Sequence[str], cards: Sequence[Card] = (), opened: str = "", today: date = TODAY
) -> Standing:
    marks = {one: LessonMark(one, done=True) for one in done}
    if opened:
        marks[opened] = LessonMark(opened, done=False)
    return Standing(marks, {one.question_id: one for one in cards}, today)


def test_the_next_lesson_is_what_was_begun_or_comes_next(course: Course) -> None:
    """From the first, in order, and where one left off."""
    ids = [one.id for one in course.lessons]
    first = propose(course, standing([]), None)
    assert first
    assert (first.lesson.id, first.why) == (ids[0], "first")
    following = propose(course, standing(ids[:3]), ids[2])
    assert following
    assert (following.lesson.id, following.why) == (ids[3], "next")
    near = next(one for one in course.lessons[4:] if set(one.prerequisites) <= set(ids[:3]))
    begun = propose(course, standing(ids[:3], opened=near.id), near.id)
    assert begun
    assert (begun.lesson, begun.why) == (near, "begun")


def test_a_look_ahead_is_not_where_somebody_is(course: Course) -> None:
    """A lesson opened as the source of an answer does not take the course along."""
    ids = [one.id for one in course.lessons]
    far = next(one for one in course.lessons if set(one.prerequisites) - set(ids[:3]))
    proposal = propose(course, standing(ids[:3], opened=far.id), far.id)
    assert proposal
    assert (proposal.lesson.id, proposal.why) == (ids[3], "next")


def test_what_the_next_lesson_builds_on_comes_again_when_it_fades(course: Course) -> None:
    """It is named for whose sake."""
    place = max(n for n, one in enumerate(course.lessons) if one.prerequisites)
    goal, done = course.lessons[place], [one.id for one in course.lessons[:place]]
    needed = course.lesson(goal.prerequisites[0])
    assert needed
    faded = cards_of(needed, reviewed=TODAY - timedelta(days=100))
    proposal = propose(course, standing(done, faded), done[0])
    assert proposal
    assert (proposal.lesson, proposal.why, proposal.goal) == (needed, "fading", goal)


def test_after_the_last_lesson_the_weakest_comes_and_at_last_none(course: Course) -> None:
    """Nobody is kept at the same lesson, and who knows everything is told so."""
    ids = [one.id for one in course.lessons]
    known = [one for lesson in course.lessons[2:] for one in cards_of(lesson)]
    proposal = propose(course, standing(ids, known), ids[-1])
    assert proposal
    assert (proposal.lesson.id, proposal.why) == (ids[0], "weakest")
    other = propose(course, standing(ids, known), ids[0])
    assert other
    assert other.lesson.id == ids[1]
    everything = [one for lesson in course.lessons for one in cards_of(lesson)]
    assert propose(course, standing(ids, everything), ids[0]) is None
