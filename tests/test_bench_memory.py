"""The simulated learners of `llm-tutor bench memory`, and the schedulers they try."""

from datetime import date, timedelta

import fsrs
import numpy as np
import pytest
from fsrs import Rating
from fsrs.scheduler import DEFAULT_PARAMETERS

from adapters.bench.forgetting import Memory
from adapters.bench.memory import (
    BOXES,
    Learners,
    Note,
    Policy,
    adaptive,
    fixed,
    leitner,
    simulate,
)
from bot.learning.grading import Grade
from bot.learning.schedule import FSRS_5, review

LOOKS = [
    (0, Rating.Good), (0, Rating.Hard), (4, Rating.Easy), (30, Rating.Again), (1, Rating.Hard),
    (2, Rating.Good), (9, Rating.Again), (0, Rating.Again), (1, Rating.Good), (400, Rating.Easy),
]  # fmt: skip
"""Days since the last look, and how it went; of the first one, only how it went."""


def learners(days: int = 40) -> Learners:
    """Three people, five lessons of four questions."""
    return Learners.of(Memory(FSRS_5), [4] * 5, 3, days)


def waits(policy: Policy, ratings: list[Rating]) -> list[int]:
    """Return the days to the next look after each of these answers."""
    note: Note = ()
    found = []
    for rating in ratings:
        note, wait = policy(note, rating, 1)
        found.append(wait)
    return found


def test_the_same_learners_do_the_same_again() -> None:
    """Luck is seeded, so a figure that changed tells of a change in the program."""
    first, second = (simulate(learners(), adaptive()) for _ in range(2))
    assert (first.reviews, first.retained) == (second.reviews, second.retained)


def test_fixed_intervals_come_on_their_days_whatever_the_answers() -> None:
    """On the day of learning, after 1, 3, 7, 14, 30 and 60 days, and then every 60."""
    answers = [Rating.Good, Rating.Again, Rating.Easy, Rating.Again] * 2
    assert waits(fixed, answers) == [0, 1, 3, 7, 14, 30, 60, 60]


def test_fixed_intervals_take_their_days_in_a_simulation() -> None:
    """Of 40 days, the question met on the first has looks on days 0, 1, 4, 11 and 25."""
    assert simulate(Learners.of(Memory(FSRS_5), [1], 3, 40), fixed).reviews == 5


def test_a_right_answer_moves_up_a_box_and_a_wrong_one_back_to_the_first() -> None:
    """However the first meeting went, the question starts in the first box."""
    up = [Rating.Good] * (len(BOXES) + 1)
    assert waits(leitner, up) == [*BOXES, BOXES[-1]]
    assert waits(leitner, [Rating.Again, Rating.Hard, Rating.Easy, Rating.Again, Rating.Good]) == [
        1, 2, 4, 1, 2,
    ]  # fmt: skip


@pytest.mark.parametrize("weights", [FSRS_5, DEFAULT_PARAMETERS], ids=["FSRS-5", "FSRS-6"])
def test_people_remember_as_the_published_model_says(weights: tuple[float, ...]) -> None:
    """The learner's memory goes through the same states as py-fsrs's after the same answers."""
    memory, after = (
        Memory(weights),
        adaptive(model=fsrs.Scheduler(weights, 0.9, (), (), 365, False)),
    )
    (_, first), *others = LOOKS
    note, _wait = after((), first, 0)
    state = memory.met(np.array([first]))
    for days, rating in others:
        note, _wait = after(note, rating, days)
        state = memory.seen(*state, np.array([rating]), np.array([days]))
        assert np.concatenate(state) == pytest.approx(note)


def test_recall_follows_the_power_curve() -> None:
    """With a stability of ten days it is 0.9 after ten and 0.7661 after thirty."""
    chances = Memory(FSRS_5).recall(np.array([10.0, 10.0, 10.0]), np.array([0, 10, 30]))
    assert chances == pytest.approx([1, 0.9, 0.7661], abs=5e-5)


def test_the_adaptive_learners_have_our_scheduler() -> None:
    """The same answers on the same days are due on the same dates as in `bot.learning.schedule`."""
    after, today, note = adaptive(), date(2026, 1, 1), Note()
    card = None
    for days, rating in [LOOKS[0], *(one for one in LOOKS[1:] if one[0])]:
        today += timedelta(days)
        grade = Grade("wrong", 0) if rating == Rating.Again else Grade("right", 1)
        card = review(card, "tokens:1", grade, rating, today)
        note, wait = after(note, rating, days)
        assert note == (card.stability, card.difficulty)
        assert card.due == today + timedelta(wait)


@pytest.mark.parametrize("policy", [adaptive(), fixed, leitner])
def test_knowledge_is_a_share(policy: Policy) -> None:
    """What is retained is a chance, on the last morning and on all of them."""
    outcome = simulate(learners(), policy)
    assert 0 < outcome.retained < 1
    assert 0 < outcome.retained_meanwhile < 1


def test_more_reviews_retain_more() -> None:
    """A higher desired retention costs reviews and gives knowledge."""
    low, high = (simulate(learners(), adaptive(one)) for one in (0.8, 0.95))
    assert low.reviews < high.reviews
    assert low.retained < high.retained


def test_a_queue_holds_back_what_is_beyond_it() -> None:
    """With one review a day the rest waits, and each of the three people does one at most."""
    outcome = simulate(learners(), leitner, queue=1)
    assert outcome.reviews <= 40
    assert outcome.backlog.shape == (40, 3)
    assert outcome.backlog.max() > 0
    assert simulate(learners(), leitner).backlog.max() == 0
