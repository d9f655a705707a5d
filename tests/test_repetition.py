"""An answer that repeats itself is noticed, and others are left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.repetition import CHARACTERS, TIMES, WINDOW, Repetition, repeats

LETTERS = st.text(alphabet="ab 词。", max_size=300)
PIECES = st.lists(st.integers(1, 40), min_size=1, max_size=50)


def pieces(text: str, lengths: list[int]) -> list[str]:
    """Cut a text into pieces of these lengths, over and over."""
    cut: list[str] = []
    at = 0
    while at < len(text):
        length = lengths[len(cut) % len(lengths)]
        cut.append(text[at : at + length])
        at += length
    return cut


def noticed_after(text: str, lengths: list[int]) -> int | None:
    """Return how many characters were fed when the repetition was noticed."""
    repetition, fed = Repetition(), 0
    for piece in pieces(text, lengths):
        fed += len(piece)
        if repetition.feed(piece):
            return fed
    return None


@given(LETTERS, st.text(alphabet="ab 词。", min_size=1, max_size=200), PIECES)
def test_a_run_said_over_and_over_is_noticed(before: str, run: str, lengths: list[int]) -> None:
    """Whatever came before it and however it is cut, soon after it has come four times."""
    least = len(run) * max(TIMES, -(-CHARACTERS // len(run)))  # whole runs, and enough of them
    text = before + run * (1 + 3 * (least + len(before)) // len(run))
    noticed = noticed_after(text, lengths)
    assert noticed is not None
    soonest_look = len(before) + least
    assert noticed <= soonest_look + max(64, soonest_look // 4) + max(lengths)


@given(st.lists(LETTERS).map("".join), PIECES)
def test_what_is_noticed_is_a_repetition(text: str, lengths: list[int]) -> None:
    """Nothing is cut that has no run four times in a row, found here by going back one period."""
    noticed = noticed_after(text, lengths)
    if noticed is None:
        return
    tail = text[:noticed][-WINDOW:]
    assert any(
        all(tail[-1 - n] == tail[-1 - n - period] for n in range(span - period))
        for period in range(1, len(tail) // TIMES + 1)
        if (span := max(TIMES * period, CHARACTERS)) <= len(tail)
    )


@pytest.mark.parametrize(
    "text",
    [
        "| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n" * 2,
        "-" * 100,
        "哈" * 50,
        "The next token, and the next token, and the next one. " * 3,
        " ".join(map(str, range(500))),
        "".join(f"{n}. A token is a piece of text.\n" for n in range(100)),
    ],
)
def test_ordinary_writing_is_left_alone(text: str) -> None:
    """Tables, rules, laughter, a refrain, lists whose lines are alike."""
    assert noticed_after(text, [3]) is None


def test_a_long_text_costs_a_character_no_more_than_a_short_one() -> None:
    """Ten times the text takes about ten times as long."""

    def seconds(numbers: int) -> float:
        text = " ".join(map(str, range(numbers)))
        best = 9.0
        for _ in range(3):
            start = time.perf_counter()
            assert noticed_after(text, [4]) is None
            best = min(best, (time.perf_counter() - start) / len(text))
        return best

    assert seconds(40_000) < 3 * seconds(4_000)
    assert not repeats(" ".join(map(str, range(1000))))
