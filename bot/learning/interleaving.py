"""The order of a review: look-alikes apart, because telling them apart is what is learned. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.learning.schedule import Card


def longest_waiting(cards: Sequence[Card], count: int) -> list[Card]:
    """Return the cards that have been due longest; of those due alike, some of each lesson."""
    of_lesson: Counter[str] = Counter()
    placed: list[tuple[date, int, int, Card]] = []
    for card in cards:
        placed.append((card.due, of_lesson[card.lesson_id], len(placed), card))
        of_lesson[card.lesson_id] += 1
    return [card for *_place, card in sorted(placed)[:count]]


def interleave(cards: Sequence[Card]) -> list[Card]:
    """Return the cards with no two of one lesson in a row, as far as that is possible.

    Within a lesson the order stays; of lessons that may follow, the one with most cards left does,
    and among those the one whose card comes first.
    """
    left: dict[str, list[Card]] = {}
    for card in cards:
        left.setdefault(card.lesson_id, []).append(card)
    mixed: list[Card] = []
    while left:
        last = mixed[-1].lesson_id if mixed else None
        lesson_id = max(left, key=lambda one: (one != last, len(left[one])))
        mixed.append(left[lesson_id].pop(0))
        if not left[lesson_id]:
            del left[lesson_id]
    return mixed
