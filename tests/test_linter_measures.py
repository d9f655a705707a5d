"""What the linter counts: numbers, sentences, syllables, shared runs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.course.linter.bank import chi_square
from bot.course.linter.copying import longest_run
from bot.course.linter.text import grade, length, mask, plain, sentences, syllables, words
from bot.course.numerals import numerals, spelled


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("700 亿", "70 billion"),
        ("700亿个", "70B parameters"),
        ("7 千亿到 8 千亿", "700 to 800 billion"),
        ("1.5 万亿", "1.5 trillion"),
        ("12.8 万", "128K"),
        ("300 多万", "over 3 million"),
        ("３０００", "3,000"),
        ("百分之 80", "80 per cent"),
        ("40% 到 60%", "40-60%"),
        ("16 位", "16-bit"),
        ("2024 年 12 月 23 日", "23 December 2024"),
        ("GPT3 和 Qwen2.5-72B", "GPT-3 and Qwen-2.5"),
        ("5 千克", "5 kg"),
        ("70 个十亿", "70 billion"),
    ],
)
def test_a_number_is_the_same_in_both_languages(zh: str, en: str) -> None:
    """Each language writes it in its own way."""
    assert numerals(zh).keys() == numerals(en).keys()


@pytest.mark.parametrize(
    ("zh", "en"), [("70 亿", "70 billion"), ("80", "80%"), ("3.5", "35"), ("1 百分点", "1 hundred")]
)
def test_different_numbers_stay_different(zh: str, en: str) -> None:
    """The slips that the check is for."""
    assert numerals(zh).keys() != numerals(en).keys()


def test_may_is_a_month_only_in_a_date() -> None:
    """`at 0 may` names no month."""
    assert list(numerals("at 0 may fail")) == [(Decimal(0), False)]
    assert (Decimal(5), False) in numerals("on 3 May")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十亿", 10**9),
        ("三亿五千万", 350_000_000),
        ("一万二千", 12_000),
        ("两百零五", 205),
        ("twenty-four", 24),
        ("a billion", 10**9),
        ("three hundred million", 300_000_000),
    ],
)
def test_a_number_in_words_has_its_value(text: str, value: int) -> None:
    """B is 十亿 in Chinese, 1 billion in English."""
    assert spelled(text) == {Decimal(value)}


@given(st.integers(0, 10**15))
def test_thousands_separators_and_wide_digits_do_not_matter(number: int) -> None:
    """3,000 = 3000 = ３０００."""
    wide = str(number).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    assert numerals(str(number)) == {(Decimal(number), False): str(number)}
    assert numerals(f"{number:,}").keys() == numerals(wide).keys() == numerals(str(number)).keys()


@given(st.integers(1, 9999))
def test_a_chinese_unit_is_its_english_one(number: int) -> None:
    """N billion are 10 N 亿, N thousand are N 千."""
    assert numerals(f"{number} billion").keys() == numerals(f"{number * 10} 亿").keys()
    assert numerals(f"{number}K").keys() == numerals(f"{number} 千个").keys()


@given(st.text())
def test_no_text_breaks_the_measures(text: str) -> None:
    """Whatever a lesson says, it is measured and not a crash."""
    for language in ("zh", "en"):
        pieces = sentences(plain(text), language)
        assert all(length(piece, language) for piece in pieces)
    assert grade(text) < 10_000
    assert all(value >= 0 for value, _ in numerals(text))
    assert all(value >= 0 for value in spelled(text))
    assert len(words(mask(text, ["token"]))) <= len(text)


@given(st.text("一二三四五六七八", min_size=12, max_size=40), st.text("甲乙丙", max_size=20))
def test_a_copied_run_is_found_wherever_it_stands(run: str, around: str) -> None:
    """At the start, in the middle and at the end."""
    seen = {run[i : i + 12] for i in range(len(run) - 11)}
    assert longest_run([around + run + around], seen, []) == run


def test_sentences_end_where_a_reader_stops() -> None:
    """Abbreviations, decimals and list items."""
    text = (
        "It costs 7.5 dollars, e.g. Twice that. See Ouyang et al. 2022 for more.\n- One item\n- Two"
    )
    assert len(sentences(plain(text), "en")) == 4
    assert sentences("真的吗？“对。”他说！好", "zh") == ["真的吗？", "“对。”", "他说！", "好"]


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("model", 2),
        ("table", 2),
        ("makes", 1),
        ("created", 3),
        ("trained", 1),
        ("GPT-4", 1),
        ("70B", 1),
    ],
)
def test_syllables_are_about_right(word: str, count: int) -> None:
    """A rule of thumb, and numbers and abbreviations are one."""
    assert syllables(word) in (count, count - 1)


def test_terms_of_the_glossary_do_not_make_a_text_hard() -> None:
    """A lesson has to name what it teaches, also in the plural."""
    assert mask("Autoregressive models", ["autoregressive model"]) == "term"


def test_chi_square_is_zero_for_equal_counts_and_grows_with_the_gap() -> None:
    """By the textbook's formula."""
    assert chi_square([5, 5, 5]) == 0
    assert chi_square([8, 0, 0, 0]) == 24
