"""When a question comes back: FSRS, by whole days. Pure.

A card is a question that a learner has met. Its memory has a stability S (days until it is
recalled with a chance of 0.9) and a difficulty (1 to 10). After t days the chance is
R = (1 + (19/81) t/S)^-0.5: the model and the published default weights of FSRS-5 (the FSRS4Anki
wiki, "The Algorithm"), computed by py-fsrs, whose own version 6 is the same with two more weights.
docs/decisions/0005 says why not the defaults of version 6, and how long a card waits.

Days are the learner's local dates: what was learned in the evening is one day old in the morning.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import exp, log
from typing import Final, cast

import fsrs
from fsrs import Rating

from bot.learning.grading import Grade

RETENTION: Final = 0.9
"""The chance of recall at which a card comes back that is stable for ten days."""

TILT: Final = 0.35
HIGHEST_AIM: Final = 0.99
"""How the chance at which a card comes back rises with its stability, and how far."""

LONGEST_INTERVAL: Final = 365
"""Days after which even the firmest memory is looked at once more."""

HELD: Final = 0.6
"""A card counts as known for as long as it would be recalled with this chance."""

MANY_LAPSES: Final = 4
"""After so many lapses asking the same thing once more does not help."""

FSRS_5: Final = (
    *(0.40255, 1.18385, 3.173, 15.69105, 7.1949, 0.5345, 1.4604, 0.0046, 1.54575, 0.1192),
    *(1.01925, 1.9395, 0.11, 0.29605, 2.2698, 0.2315, 2.9898, 0.51655, 0.6621),
    *(0.0, 0.5),  # what version 6 adds: no damping of reviews on one day, the decay of version 5
)

_PARTLY_KNOWN: Final = 0.5


MODEL: Final = fsrs.Scheduler(FSRS_5, RETENTION, (), (), enable_fuzzing=False)
"""The memory: stability, difficulty and retrievability. When a card is due we say ourselves."""


def days_to_wait(stability: float, retention: float = RETENTION) -> int:
    """Return after how many days a card comes back.

    retention: the chance at which one of a stability of ten days does. Younger memories wait a
    little longer and older ones less long than that: a look at a memory that is nearly lost makes
    it so much firmer that the same number of looks keeps more (docs/decisions/0005).
    """
    logit = log(retention / (1 - retention)) + TILT * log(stability / 10)
    aim = min(1 / (1 + exp(-logit)), HIGHEST_AIM)
    days = stability * 81 / 19 * (aim**-2 - 1)
    return min(max(round(days), 1), LONGEST_INTERVAL)


_FIRST_DIFFICULTY: Final = FSRS_5[4] - exp(FSRS_5[5] * (Rating.Good - 1)) + 1
"""Of a question that somebody gets right when they meet it; "not sure" says no more than that."""


@dataclass(frozen=True, slots=True)
class Card:
    """A question that a learner has met, and what is known of their memory of it.

    due, reviewed: local dates. stability: in days. score: of the last answer that was graded, None
    while all were "not sure". longest: the most days after which it was still answered rightly.
    is_retired: it tripped the learner too often, and other questions ask for the same idea now.
    """

    question_id: str
    due: date
    reviewed: date
    stability: float
    difficulty: float
    reviews: int
    lapses: int = 0
    score: float | None = None
    longest: int = 0
    is_retired: bool = False

    @property
    def lesson_id(self) -> str:
        return self.question_id.partition(":")[0]

    @property
    def is_right(self) -> bool:
        return self.score == 1

    def retrievability(self, today: date) -> float:
        """Return the chance, from 0 to 1, that the learner would recall it today."""
        return MODEL.get_card_retrievability(_to_fsrs(self), _at(today))


def rate(grade: Grade, *, hints: int, is_quick: bool) -> Rating:
    """Wrong is Again, hinted or half right Hard, right Good, right and quick Easy.

    "Not sure" is Again as well, because it is just as much in need of another look; `review` holds
    nothing against it.
    """
    if grade.outcome == "unsure" or is_missed(grade):
        return Rating.Again
    if grade.score < 1 or hints:
        return Rating.Hard
    return Rating.Easy if is_quick else Rating.Good


def is_missed(grade: Grade) -> bool:
    """Tell whether somebody thought they knew and did not; "not sure" is no miss."""
    return grade.outcome != "unsure" and grade.score < _PARTLY_KNOWN


def review(card: Card | None, question_id: str, grade: Grade, rating: Rating, today: date) -> Card:
    """Return the card after an answer. card: None for a question that the learner meets now.

    One that was put aside is a card like any other again as soon as it is answered rightly. Right
    once more on the same day tells nothing new.
    """
    if card and _is_known_today(card, today) and grade.score == 1:
        return replace(card, reviews=card.reviews + 1)
    before = _to_fsrs(card) if card else fsrs.Card(card_id=0)
    after, _log = MODEL.review_card(before, rating, _at(today))
    stability, difficulty = cast(float, after.stability), cast(float, after.difficulty)
    due = today + timedelta(days=days_to_wait(stability))
    score = None if grade.outcome == "unsure" else grade.score
    if card is None:
        first = _FIRST_DIFFICULTY if score is None else difficulty
        return Card(question_id, due, today, stability, first, 1, score=score)
    is_right = score == 1
    is_back = card.is_retired and is_right
    is_lapse = rating is Rating.Again and score is not None
    return Card(
        question_id,
        due,
        today,
        stability,
        # "Not sure" brings the card back soon; that it was honest makes it no harder.
        card.difficulty if score is None else difficulty,
        card.reviews + 1,
        0 if is_back else card.lapses + is_lapse,
        _kept_score(card, today) if score is None else score,
        max(card.longest, (today - card.reviewed).days) if is_right else card.longest,
        card.is_retired and not is_right,
    )


def _is_known_today(card: Card, today: date) -> bool:
    return card.reviewed == today and card.is_right and not card.is_retired


def _kept_score(card: Card, today: date) -> float | None:
    """Return the score that stands after "not sure": the old one, unless it was forgotten."""
    return card.score if card.retrievability(today) >= HELD else None


def _to_fsrs(card: Card) -> fsrs.Card:
    last = _at(card.reviewed)
    return fsrs.Card(
        card_id=0,  # or it would wait a millisecond for a number of its own
        state=fsrs.State.Review,
        stability=card.stability,
        difficulty=card.difficulty,
        due=last,
        last_review=last,
    )


def _at(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
