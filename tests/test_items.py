"""The statistics of questions: which of them measure something, and which are to be rewritten."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bot.course.model import Course, Question
from bot.learning.grading import Grade, Outcome
from bot.learning.items import ENOUGH, FirstAnswer, Item, measure
from bot.messages import Address
from bot.storage.engine import open_engine
from bot.storage.items import first_answers
from bot.storage.store import Store
from bot.storage.tx import Tx
from tests.dialog import response_to

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

ANSWERS = st.dictionaries(
    st.tuples(st.integers(1, 8), st.sampled_from(["q:1", "q:2", "q:3", "q:4"])),
    st.none() | st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0]),
    max_size=32,
).map(lambda found: [FirstAnswer(who, item, "a", score) for (who, item), score in found.items()])


def scored(**scores: Sequence[float | None]) -> list[FirstAnswer]:
    """The scores of each learner, in the order of the questions A, B, C, ..."""
    return [
        FirstAnswer(learner, f"q:{'abcdefgh'[place]}", "", score)
        for learner, given in enumerate(scores.values())
        for place, score in enumerate(given)
    ]


def measured(answers: list[FirstAnswer], course: Course | None = None) -> dict[str, Item]:
    return {item.question_id: item for item in measure(answers, course)}


def picking(course: Course, question: Question, picks: str) -> Item:
    """The statistics of a question whose learners press these options, one each."""
    key = "".join(question.key)
    answers = [
        FirstAnswer(who, question.id, pick, float(pick == key)) for who, pick in enumerate(picks)
    ]
    return measured(answers, course)[question.id]


def single(course: Course) -> Question:
    """A single choice question of four options."""
    return next(
        question
        for lesson in course.lessons
        for question in lesson.questions
        if question.kind == "single" and len(question.options) == 4
    )


def test_four_learners_and_three_questions_by_hand() -> None:
    """Means of the others for A: 1, 1/2, 1/2, 0; scores 1, 1, 0, 0. So the covariance is 1/8,
    the variances are 1/4 and 1/8, and the correlation is 1/sqrt(2)."""
    items = measured(scored(ada=[1, 1, 1], bao=[1, 1, 0], chi=[0, 1, 0], dan=[0, 0, 0]))
    assert {key: (one.n, one.difficulty) for key, one in items.items()} == {
        "q:a": (4, 0.5), "q:b": (4, 0.75), "q:c": (4, 0.25),
    }  # fmt: skip
    assert items["q:a"].discrimination == pytest.approx(0.5**0.5)
    # B: means of the others 1, 1/2, 0, 0; C: 1, 1, 1/2, 0.
    assert items["q:b"].discrimination == pytest.approx(0.522233, abs=1e-6)
    assert items["q:c"].discrimination == pytest.approx(0.522233, abs=1e-6)
    assert list(items) == ["q:b", "q:c", "q:a"]  # the worst first, and among equals by name


def test_not_sure_is_no_wrong_answer() -> None:
    """It has a share of its own, and lowers no score."""
    items = measured(scored(ada=[1, 1], bao=[None, 1], chi=[None, None], dan=[0, None]))
    assert (items["q:a"].n, items["q:a"].difficulty, items["q:a"].unsure) == (2, 0.5, 0.5)
    assert measure(scored(ada=[None])) == []


def test_discrimination_needs_somebody_to_compare() -> None:
    """Not with one other question each, and not where all are alike."""
    two = measured(scored(ada=[1, 1], bao=[0, 0]))
    assert two["q:a"].discrimination is None
    same = measured(scored(ada=[1, 1, 0], bao=[1, 0, 1], chi=[1, 1, 0]))
    assert same["q:a"].discrimination is None
    assert measured(scored(ada=[1, 1, 0]))["q:a"].discrimination is None


@given(ANSWERS)
def test_every_number_is_within_its_bounds(answers: list[FirstAnswer]) -> None:
    """Whatever is answered; few answers are no reason to rewrite anything."""
    for item in measure(answers):
        assert item.n >= 1
        assert 0 <= item.difficulty <= 1
        assert 0 <= item.unsure < 1
        assert item.discrimination is None or -1 <= item.discrimination <= 1
        assert item.flags == ()


@given(ANSWERS, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_numbers_of_learners_matter(
    answers: list[FirstAnswer], random: Random
) -> None:
    """The same answers in another order, by learners with other ids."""
    others = [one._replace(learner_id=10**9 - 7 * one.learner_id) for one in answers]
    random.shuffle(others)
    before, after = measured(answers), measured(others)
    assert before.keys() == after.keys()
    for key, item in before.items():
        assert after[key].n == item.n
        assert after[key].difficulty == pytest.approx(item.difficulty)
        assert after[key].discrimination == (
            item.discrimination and pytest.approx(item.discrimination, abs=1e-9)
        )


@given(ANSWERS)
def test_a_wider_scale_of_scores_discriminates_the_same(answers: list[FirstAnswer]) -> None:
    """A correlation knows no unit."""
    halves = [
        one if one.score is None else one._replace(score=one.score / 2 + 0.25) for one in answers
    ]
    before, after = measured(answers), measured(halves)
    for key, item in before.items():
        expected = item.discrimination
        assert after[key].discrimination == (expected and pytest.approx(expected, abs=1e-9))


def test_a_distractor_that_nobody_picks_is_named(course: Course) -> None:
    """Under 5% is as good as nobody; the key is no distractor."""
    question = single(course)
    [key] = question.key
    one, two, three = sorted({option.id for option in question.options} - question.key)
    item = picking(course, question, key * 20 + one * 18 + two * 2)
    assert item.unpicked == (three,)
    assert item.flags == ("distractors",)
    item = picking(course, question, key * 21 + one * 19 + two)
    assert item.unpicked == (two, three)


def test_a_question_is_flagged_only_after_enough_answers(course: Course) -> None:
    """29 right answers say nothing yet, 30 that it is too easy."""
    question = single(course)
    [key] = question.key
    assert picking(course, question, key * (ENOUGH - 1)).flags == ()
    assert picking(course, question, key * ENOUGH).flags == ("easy", "distractors")
    wrong = response_to(question, right=False)
    assert "hard" in picking(course, question, wrong * ENOUGH).flags


def test_a_question_that_the_good_ones_get_wrong_is_flagged() -> None:
    """Its discrimination is below the bar, and it stands first."""
    good = {f"good{n}": [0.0, 1, 1, n % 2] for n in range(15)}
    poor = {f"poor{n}": [1.0, 0, 0, n % 2] for n in range(15)}
    items = measure(scored(**good, **poor))
    assert items[0].question_id == "q:a"
    assert items[0].discrimination is not None
    assert items[0].discrimination < -0.8
    assert items[0].flags == ("discrimination",)


def test_every_option_of_several_counts_and_a_number_has_none(course: Course) -> None:
    """Whoever ticks A and C picks both."""
    kinds = {one.kind: one for lesson in course.lessons for one in lesson.questions}
    multi = kinds["multi"]
    wrong = [option.id for option in multi.options if not option.correct]
    answers = [FirstAnswer(who, multi.id, "".join(wrong[:1]) + "z", 0.5) for who in range(40)]
    assert measured(answers, course)[multi.id].unpicked == tuple(wrong[1:])
    for kind in ("numeric", "order", "explain"):
        answers = [FirstAnswer(who, kinds[kind].id, "1", 0.5) for who in range(40)]
        assert measured(answers, course)[kinds[kind].id].unpicked == ()


def test_a_question_that_the_course_no_longer_has_is_no_work(course: Course) -> None:
    """It is measured, and there is nothing to rewrite; without a course that cannot be told."""
    answers = [FirstAnswer(who, "gone:1", "a", 1.0) for who in range(40)]
    assert measured(answers, course)["gone:1"].flags == ()
    assert measured(answers)["gone:1"].flags == ("easy",)


def test_only_the_first_answer_of_a_learner_counts(database: str) -> None:
    """After the explanation one knows better; what is still open is no answer."""
    store = Store.open(database)

    def answer(tx: Tx, name: str, *outcomes: Outcome | None) -> None:
        learner = tx.add_learner(Address("terminal", name, name), "en", "UTC", NOW)
        for number, outcome in enumerate(outcomes):
            at = NOW + timedelta(days=number)
            attempt = tx.attempts.ask(learner.id, "tokens:1", None, 1, "private", at)
            if outcome:
                tx.attempts.answer(attempt, "b", Grade(outcome, float(outcome == "right")), 3, at)

    asyncio.run(store.run(answer, "ada", "wrong", "right", None))
    asyncio.run(store.run(answer, "bao", "unsure", "right"))
    asyncio.run(store.run(answer, "chi", "right"))
    asyncio.run(store.run(answer, "dan", None))
    store.close()
    engine = open_engine(database)
    with Session(engine) as session:
        answers = list(first_answers(session))
        [item] = measure(answers)
    engine.dispose()
    assert sorted(one.score is None for one in answers) == [False, False, True]
    assert (item.n, item.difficulty) == (2, 0.5)
    assert item.unsure == pytest.approx(1 / 3)
