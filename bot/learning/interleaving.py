"""The order of a review: look-alikes apart, because telling them apart is what is learned. Pure."""

from collections.abc import Sequence

from bot.learning.schedule import Card


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
