"""Reviews spent and knowledge kept by simulated learners: our scheduler beside two simple ones.

A learner's memory of a question follows FSRS with published default weights. It is hidden from the
schedulers, which see answers alone.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

import fsrs
import numpy as np
from fsrs import Rating
from fsrs.scheduler import DEFAULT_PARAMETERS

from adapters.bench.forgetting import Floats, Integers, Memory
from bot.course.loader import load
from bot.learning.schedule import FSRS_5, MODEL, RETENTION, days_to_wait
from bot.settings import ROOT

DAYS: Final = 180
LEARNERS: Final = 20
SEED: Final = 5

FIRST_ANSWERS: Final = (0.24, 0.094, 0.495, 0.171)
"""Shares of Again, Hard, Good and Easy when a question is met: as in fsrs-optimizer's simulator."""

RECALLED: Final = (0.224, 0.631, 0.145)
"""Shares of Hard, Good and Easy among what is recalled later; from the same place."""

INTERVALS: Final = (0, 1, 3, 7, 14, 30, 60)
"""Days between two looks, whatever the answers. The first is on the day of learning itself; the
last repeats."""

BOXES: Final = (1, 2, 4, 8, 16, 32, 64)
"""Days in each box: right moves up, wrong back to the first. It is the "normalised Leitner" of
supermemo.guru/wiki/Leitner_system, whose days double, with as many boxes as half a year fills."""

DESIRED: Final = tuple(permille / 1000 for permille in range(700, 991))
"""The desired retentions among which one is looked for that equals a rival: those of Anki."""

DAILY_QUEUE: Final = 10
"""Questions in a day's review."""

Note = tuple[float, ...]
"""What a scheduler keeps of a question; empty before it is met."""

Policy = Callable[[Note, int, int], tuple[Note, int]]
"""A scheduler: from its note of a question, a rating and the days since the last look, to what it
notes now and the days to the next look."""


def fixed(note: Note, _rating: int, _days: int) -> tuple[Note, int]:
    """Note how often the question was seen."""
    seen = int(note[0]) if note else 0
    return (seen + 1,), INTERVALS[min(seen, len(INTERVALS) - 1)]


def leitner(note: Note, rating: int, _days: int) -> tuple[Note, int]:
    """Note the box; a question that is met goes into the first."""
    moves_up = note and rating != Rating.Again
    box = min(int(note[0]) + 1, len(BOXES) - 1) if moves_up else 0
    return (box,), BOXES[box]


def adaptive(desired: float = RETENTION, model: fsrs.Scheduler = MODEL) -> Policy:
    """Note stability and difficulty, as our scheduler sees them, at this desired retention."""
    now = datetime(2026, 1, 1, tzinfo=UTC)

    @cache  # many questions have the same history
    def schedule(note: Note, rating: int, days: int) -> tuple[Note, int]:
        card = fsrs.Card(card_id=0)
        if note:
            card.state, card.last_review = fsrs.State.Review, now - timedelta(days)
            card.stability, card.difficulty = note
        card, _log = model.review_card(card, Rating(rating), now)
        assert card.stability is not None
        assert card.difficulty is not None
        return (card.stability, card.difficulty), days_to_wait(card.stability, desired)

    return schedule


@dataclass(frozen=True)
class Learners:
    """People who take the same course; the arrays have a place for each question of each of them.

    met: the day on which it is met. luck: two chances for every look at it, so that a question's
    n-th look has the same luck under each scheduler.
    """

    memory: Memory
    who: Integers
    met: Integers
    luck: Floats
    days: int

    @classmethod
    def of(cls, memory: Memory, lessons: Sequence[int], count: int, days: int) -> "Learners":
        """Return those who take a lesson a day. lessons: how many questions each has."""
        met = np.tile(np.repeat(np.arange(len(lessons)), lessons), count)
        who = np.repeat(np.arange(count), sum(lessons))
        luck = np.random.default_rng(SEED).random((days + 1, 2, len(met)))
        return cls(memory, who, met, luck, days)


@dataclass(frozen=True)
class Outcome:
    """reviews: of one learner in all, without the first meetings. retained: the mean chance of
    recall on the morning after the last day. retained_meanwhile: the same on each morning of all,
    over the questions met before. backlog: by day and learner, what the day's queue left over.
    """

    reviews: float
    retained: float
    retained_meanwhile: float
    backlog: Integers


Tuned = Callable[[float], Outcome]
"""Ours at a desired retention."""


def memory(count: int = LEARNERS) -> Mapping[str, float]:
    """Over 180 days, with a lesson of the course a day until all are met, and no day missed.

    Keys end in _other_learner where people's memory has the weights of FSRS-6; else it has those
    of FSRS-5, which our scheduler takes for granted. Its rivals are `fixed` and `leitner`.

    reviews: of one learner in all, without the first meetings. retained: the mean chance of recall
    of all questions, on the morning after the last day; this is what the goal is about.
    retained_meanwhile: its mean over all mornings and the questions met by then. fsrs_: ours, at
    its retention of 0.9.

    retained_more_than_X_at_equal_reviews: a difference, at the highest desired retention that needs
    no more reviews than X. fewer_reviews_than_X_at_equal_retention: a share of X's reviews, at the
    lowest that retains no less than X. desired_for_...: these desired retentions, in steps of
    0.001; 0.7 or 0.99, the ends, would tell that ours could not be made equal.

    queued_: ours at 0.9 with ten reviews a day at most, what is due longest first. backlog_days_:
    what is due and left over in the evening, in days of ten reviews: the most that any learner
    has, the mean, and the most on the last evening.
    """
    lessons = [len(one.questions) for one in load(ROOT / "lessons").lessons]
    return {
        key + suffix: round(value, 4)
        for suffix, weights in (("", FSRS_5), ("_other_learner", DEFAULT_PARAMETERS))
        for key, value in _figures(Learners.of(Memory(weights), lessons, count, DAYS))
    }


def _figures(learners: Learners) -> Iterator[tuple[str, float]]:
    @cache
    def ours(desired: float) -> Outcome:
        return simulate(learners, adaptive(desired))

    yield from _plain("fsrs", ours(RETENTION))
    for name, policy in (("fixed", fixed), ("leitner", leitner)):
        rival = simulate(learners, policy)
        yield from _plain(name, rival)
        yield from _at_equal_reviews(name, rival, ours)
        yield from _at_equal_retention(name, rival, ours)
    queued = simulate(learners, adaptive(RETENTION), DAILY_QUEUE)
    yield from _plain("queued", queued)
    yield "backlog_days_max", float(queued.backlog.max()) / DAILY_QUEUE
    yield "backlog_days_mean", float(queued.backlog.mean()) / DAILY_QUEUE
    yield "backlog_days_at_the_end", float(queued.backlog[-1].max()) / DAILY_QUEUE


def _plain(name: str, outcome: Outcome) -> Iterator[tuple[str, float]]:
    yield f"{name}_reviews", outcome.reviews
    yield f"{name}_retained", outcome.retained
    yield f"{name}_retained_meanwhile", outcome.retained_meanwhile


def _at_equal_reviews(name: str, rival: Outcome, ours: Tuned) -> Iterator[tuple[str, float]]:
    first = bisect_left(DESIRED, True, key=lambda one: ours(one).reviews > rival.reviews)
    desired = DESIRED[max(first - 1, 0)]
    our, case = ours(desired), f"than_{name}_at_equal_reviews"
    yield f"desired_for_reviews_of_{name}", desired
    yield f"retained_more_{case}", our.retained - rival.retained
    yield f"retained_meanwhile_more_{case}", our.retained_meanwhile - rival.retained_meanwhile


def _at_equal_retention(name: str, rival: Outcome, ours: Tuned) -> Iterator[tuple[str, float]]:
    enough: dict[str, Callable[[float], bool]] = {
        "retained": lambda one: ours(one).retained >= rival.retained,
        "retained_meanwhile": lambda one: ours(one).retained_meanwhile >= rival.retained_meanwhile,
    }
    for figure, is_enough in enough.items():
        desired = DESIRED[min(bisect_left(DESIRED, True, key=is_enough), len(DESIRED) - 1)]
        yield f"desired_for_{figure}_of_{name}", desired
        case = "retention" + figure.removeprefix("retained")
        yield (
            f"fewer_reviews_than_{name}_at_equal_{case}",
            1 - ours(desired).reviews / rival.reviews,
        )


def simulate(learners: Learners, policy: Policy, queue: int | None = None) -> Outcome:
    """Take the learners through the course and its reviews.

    queue: how many reviews a day has at most, what is due longest first.
    """
    course = _Course(learners, policy)
    mornings, left = [], []
    for day in range(learners.days):
        course.meet(day)
        left.append(course.review(day, queue))
        mornings.append(course.recall(day + 1))
    return Outcome(
        float(course.reviews.sum()) / left[0].size,
        float(mornings[-1].mean()),
        float(np.concatenate(mornings).mean()),
        np.array(left),
    )


class _Course:
    """Learners who work through the course under one scheduler."""

    def __init__(self, learners: Learners, policy: Policy) -> None:
        count = learners.met.size
        self._learners, self._policy = learners, policy
        self._stability, self._difficulty = np.ones(count), np.ones(count)
        self._last, self._due = learners.met.copy(), learners.met.copy()
        self._notes: list[Note] = [()] * count
        self.reviews = np.zeros(count, np.int64)

    def recall(self, day: int) -> Floats:
        """Return the chances of recall of the questions met before that day."""
        return self._recall(np.flatnonzero(self._learners.met < day), day)

    def meet(self, day: int) -> None:
        new = np.flatnonzero(self._learners.met == day)
        ratings = _drawn(FIRST_ANSWERS, self._learners.luck[0, 0, new])
        self._stability[new], self._difficulty[new] = self._learners.memory.met(ratings)
        self._schedule(new, ratings, day)

    def review(self, day: int, queue: int | None) -> Integers:
        """Return how many questions are left over, by learner."""
        who = self._learners.who
        due = np.flatnonzero((self._due <= day) & (self._learners.met <= day))
        now = due if queue is None else self._longest_due(due, queue)
        self._look(now, day)
        return np.bincount(who[due], minlength=who[-1] + 1) - np.bincount(
            who[now], minlength=who[-1] + 1
        )

    def _longest_due(self, due: Integers, queue: int) -> Integers:
        who = self._learners.who
        inorder = due[np.lexsort((self._due[due], who[due]))]
        place = np.arange(due.size) - np.searchsorted(who[inorder], who[inorder])
        return inorder[place < queue]

    def _look(self, which: Integers, day: int) -> None:
        self.reviews[which] += 1
        first, second = self._learners.luck[self.reviews[which], :, which].T
        is_recalled = first < self._recall(which, day)
        ratings = np.where(is_recalled, 1 + _drawn(RECALLED, second), Rating.Again)
        self._stability[which], self._difficulty[which] = self._learners.memory.seen(
            self._stability[which], self._difficulty[which], ratings, day - self._last[which]
        )
        self._schedule(which, ratings, day)

    def _recall(self, which: Integers, day: int) -> Floats:
        return self._learners.memory.recall(self._stability[which], day - self._last[which])

    def _schedule(self, which: Integers, ratings: Integers, day: int) -> None:
        days = day - self._last[which]
        for one, rating, passed in zip(
            which.tolist(), ratings.tolist(), days.tolist(), strict=True
        ):
            self._notes[one], wait = self._policy(self._notes[one], rating, passed)
            self._due[one] = day + wait
        self._last[which] = day


def _drawn(shares: Sequence[float], luck: Floats) -> Integers:
    """Return which of the shares, from 1, each chance falls into."""
    return 1 + np.searchsorted(np.cumsum(shares)[:-1], luck, side="right")
