"""A lesson talked through, question by question: what comes after each thing a learner says. Pure.

open ──said a point──▶ the next point that is neither reached nor told
  └─said none, twice─▶ it is told, and the next one is asked about
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

TRIES: Final = 2
"""A point is told after so many tries that did not reach it."""


@dataclass(frozen=True, slots=True)
class Talk:
    """`reached` and `told` are letters of key points; `point` is the one that is asked about, ""
    after the last, and `tries` how often the learner has tried it."""

    id: int
    lesson_id: str
    reached: str
    told: str
    point: str
    tries: int
    spoken_at: datetime

    @property
    def is_over(self) -> bool:
        return not self.point

    def left(self, points: Collection[str]) -> list[str]:
        """Return those of the points that are neither reached nor told."""
        return [one for one in points if one not in self.reached + self.told]


@dataclass(frozen=True, slots=True)
class Step:
    """What one thing that was said came to: the talk after it, the points that it reached, and the
    point that is told because of it ("" for none)."""

    talk: Talk
    reached: str
    told: str

    @property
    def is_miss(self) -> bool:
        return not self.reached


def advance(talk: Talk, points: Collection[str], made: Collection[str]) -> Step:
    """Return what comes of a try.

    points: all that the explain question has; made: those that the learner's words make.
    """
    reached = "".join(one for one in talk.left(points) if one in made)
    told = talk.point if not reached and talk.tries + 1 >= TRIES else ""
    after = replace(
        talk,
        reached="".join(sorted(talk.reached + reached)),
        told="".join(sorted(talk.told + told)),
        tries=talk.tries if reached else talk.tries + 1,
    )
    left = after.left(points)
    if talk.point not in left:
        after = replace(after, point=left[0] if left else "", tries=0)
    return Step(after, reached, told)
