"""Grading, and reading what people type."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.course.model import TRUE_FALSE as TRUE_FALSE_TEXTS
from bot.course.model import Course, Localized, Numeric, Option, Question, QuestionKind
from bot.learning.grading import UNSURE, grade, shown_options
from bot.learning.numbers import read_number
from bot.learning.reading import explains, hints_wanted, is_slip, points_said, read_response
from tests.dialog import response_to

SAME = Localized(zh="同", en="same")


def _question(kind: QuestionKind, key: str = "a", options: int = 4) -> Question:
    fields: dict[str, Any] = {"id": "x:1", "kind": kind, "covers": ("e",), "stem": SAME}
    if kind == "numeric":
        numeric = Numeric(value=140, low=130, high=150, unit="GB")
        return Question(**fields, numeric=numeric, answer=SAME)
    if kind == "explain":
        return Question(**fields, rubric=(SAME,) * 3, answer=SAME, hints=(SAME, SAME))
    texts = TRUE_FALSE_TEXTS if kind == "true_false" else [SAME] * options
    made = [
        Option(id=letter, text=text, explanation=SAME, correct=letter in key and kind != "order")
        for letter, text in zip("abcdefgh", texts, strict=False)
    ]
    if kind == "order":
        fields |= {"order": tuple(key), "answer": SAME}
    return Question(**fields, options=tuple(made))


SINGLE = _question("single", "b")
MULTI = _question("multi", "ac")
TRUE_FALSE = _question("true_false", "b")
NUMERIC = _question("numeric")
ORDER = _question("order", "cadb")
EXPLAIN = _question("explain")


@pytest.mark.parametrize(("response", "outcome"), [("b", "right"), ("a", "wrong"), ("?", "unsure")])
def test_a_single_choice_is_right_or_wrong(response: str, outcome: str) -> None:
    """There is one key; "not sure" is neither."""
    assert grade(SINGLE, response).outcome == outcome


@pytest.mark.parametrize(
    ("response", "score"),
    [("ac", 1), ("a", 0.75), ("ab", 0.5), ("abc", 0.75), ("bd", 0), ("abcd", 0), ("b", 0)],
)
def test_a_choose_all_question_scores_each_option(response: str, score: float) -> None:
    """Each option ticked or left rightly earns its share; ticking everything earns nothing."""
    assert grade(MULTI, response).score == score


@pytest.mark.parametrize(
    ("response", "score"),
    [("cadb", 1), ("bdac", 0), ("acdb", 5 / 6), ("cabd", 5 / 6), ("abcd", 1 / 2)],
)
def test_an_order_is_scored_by_the_pairs_that_stand_right(response: str, score: float) -> None:
    """One swap of neighbours costs one of six pairs, and the reverse has none."""
    assert grade(ORDER, response).score == pytest.approx(score)


@pytest.mark.parametrize(
    ("response", "outcome", "score"),
    [("abc", "right", 1), ("b", "partly", 1 / 3), ("ac", "partly", 2 / 3), ("0", "wrong", 0),
     ("?", "unsure", 0)],
)  # fmt: skip
def test_an_explanation_is_scored_by_its_key_points(
    response: str, outcome: str, score: float
) -> None:
    """Each key point that it made earns its share."""
    assert grade(EXPLAIN, response).outcome == outcome
    assert grade(EXPLAIN, response).score == pytest.approx(score)


@pytest.mark.parametrize(
    ("response", "outcome"),
    [("140", "right"), ("130", "right"), ("160", "partly"), ("1500", "partly"), ("1501", "wrong"),
     ("13", "partly"), ("12", "wrong"), ("-140", "wrong"), ("1e300", "wrong")],
)  # fmt: skip
def test_an_estimate_is_scored_by_its_order_of_magnitude(response: str, outcome: str) -> None:
    """Within the range is right, within a factor of ten of it is partly right."""
    assert grade(NUMERIC, response).outcome == outcome


@pytest.mark.parametrize(
    ("question", "response"),
    [(SINGLE, ""), (SINGLE, "ab"), (SINGLE, "z"), (MULTI, "az"), (MULTI, ""), (NUMERIC, "a"),
     (TRUE_FALSE, "ab"), (NUMERIC, ""),
     (NUMERIC, "nan"), (NUMERIC, "inf"), (NUMERIC, "1_40"), (ORDER, "cad"), (ORDER, "caddb"),
     (ORDER, "cadd"),
     (ORDER, ""), (EXPLAIN, ""), (EXPLAIN, "abcd"), (EXPLAIN, "aa"), (EXPLAIN, "a0")],
)  # fmt: skip
def test_what_cannot_be_a_response_is_refused(question: Question, response: str) -> None:
    """A made-up button is not graded."""
    with pytest.raises(ValueError, match=r"."):
        grade(question, response)


@given(seed=st.integers(0, 2**31 - 1))
def test_options_are_shuffled_and_none_is_lost(seed: int) -> None:
    """Every seed shows every option once, and the same seed shows the same order."""
    shown = shown_options(SINGLE, seed)
    assert sorted(one.id for one in shown) == ["a", "b", "c", "d"]
    assert shown == shown_options(SINGLE, seed)


@given(seed=st.integers(0, 2**31 - 1))
def test_what_is_to_be_put_in_order_is_never_shown_in_the_right_one(seed: int) -> None:
    """Pressing from top to bottom is not an answer that anybody gets for nothing."""
    assert "".join(one.id for one in shown_options(ORDER, seed)) != "cadb"


@given(seed=st.integers(0, 2**31 - 1), order=st.permutations("abcd"))
def test_a_typed_order_is_read_by_the_letters_shown(seed: int, order: list[str]) -> None:
    """All letters, with or without something between them."""
    letters = {one.id: "ABCD"[place] for place, one in enumerate(shown_options(ORDER, seed))}
    for between in ("", " ", ", ", " → ", "、", " > ", "然后", " then "):
        assert read_response(ORDER, seed, between.join(letters[one] for one in order)) == "".join(
            order
        )


@pytest.mark.parametrize("typed", ["A", "ABC", "AABC", "ABCDE", "ABCD?", "step A then B"])
def test_half_an_order_is_none(typed: str) -> None:
    """Every option has its place."""
    assert read_response(ORDER, 4, typed) is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("参数就是模型里的数字，改了答案就变", True),
        ("可以把参数想成旋钮", True),
        ("What the model outputs is a chance for each token", True),
        ("When it trains, the numbers move a little", True),
        ("LLM是预测下一个词的机器，所以它会编造", True),
        ("旋钮", False),
        ("谢谢你", False),
        ("ok thanks", False),
        ("什么是参数", False),
        ("为什么要训练这么久", False),
        ("这一课讲的是训练吗", False),
        ("参数就是模型里的数字，对吧？", False),
        ("what is a parameter in a model", False),
        ("tell me more about the knobs please", False),
        ("How do the knobs get turned by a program", False),
    ],
)
def test_an_explanation_is_told_from_a_question(typed: str, expected: bool) -> None:
    """A few words that ask nothing; the mark of a question may be missing."""
    assert explains(typed) is expected


def test_every_place_gets_the_key_about_as_often() -> None:
    """Shuffling leaves no favourite place."""
    places = [[one.id for one in shown_options(SINGLE, seed)].index("b") for seed in range(2000)]
    assert all(400 < places.count(place) < 600 for place in range(4))


@given(seed=st.integers(0, 2**31 - 1), letter=st.sampled_from("ABCD"))
def test_a_typed_letter_names_the_option_shown_under_it(seed: int, letter: str) -> None:
    """The letter means what the learner sees, not what the file says."""
    expected = shown_options(SINGLE, seed)["ABCD".index(letter)].id
    assert read_response(SINGLE, seed, f" {letter}. ") == expected


@pytest.mark.parametrize(
    ("typed", "response"),
    [("对", "a"), ("TRUE", "a"), ("错", "b"), ("no", "b"), ("不确定", UNSURE),
     ("dunno", UNSURE), ("应该是对的吧", "a"), ("不是", "b"), ("？", None), ("没错", "a"),
     ("我不会", UNSURE), ("跳过", UNSURE), ("I give up", UNSURE), ("太难了", UNSURE),
     ("看答案", UNSURE), ("show me the answer", UNSURE), ("对，因为书上说的", "a"), ("错了", "b"),
     ("I don’t know", UNSURE), ("not true", "b"), ("incorrect", "b"), ("不会", "b"),
     ("maybe", None), ("为什么", None)],
)  # fmt: skip
def test_true_false_is_answered_in_words(typed: str, response: str | None) -> None:
    """Both languages' words count; anything else is a question to answer."""
    assert read_response(TRUE_FALSE, 1, typed) == response


@pytest.mark.parametrize("typed", ["a,b", "a b", "AB", "a、b", "B和A", "a and b", "ＡＢ"])
def test_several_letters_are_read_in_any_form(typed: str) -> None:
    """Separators, order and width do not matter."""
    a, b = (one.id for one in shown_options(MULTI, 5)[:2])
    assert read_response(MULTI, 5, typed) == "".join(sorted(a + b))


def test_what_was_added_to_a_letter_does_not_hide_it() -> None:
    """A reason, a word before it, or the option's own text instead."""
    letter = "ABCD"[[one.id for one in shown_options(SINGLE, 5)].index("b")]
    for typed in (
        f"{letter}，因为像样",
        f"只有{letter}",
        f"{letter} because it fits",
        f"Option {letter}",
        f"The answer is {letter}",
        f"It’s {letter}",
        f"{letter}因为像样",
        f"答案：{letter}",
        f"我选{letter}",
    ):
        assert read_response(SINGLE, 5, typed) == "b"
    said = SINGLE.model_copy(
        update={
            "options": tuple(
                one.model_copy(
                    update={"text": Localized(zh=f"第 {one.id} 项", en=f"Item {one.id}")}
                )
                for one in SINGLE.options
            )
        }
    )
    assert read_response(said, 5, "第 c 项。") == "c"
    assert read_response(said, 5, "item D") == "d"


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [(SINGLE, "E", True), (SINGLE, "AB", True), (SINGLE, "12", True), (SINGLE, "bad", False),
     (ORDER, "DAB", True), (ORDER, "d, a", True), (ORDER, "abcde", True), (ORDER, "why", False),
     (SINGLE, "AI", False), (SINGLE, "为什么", False)],
)  # fmt: skip
def test_a_slip_is_told_from_a_question(question: Question, typed: str, expected: bool) -> None:
    """What looks like letters of an answer and is not one keeps the question open."""
    assert is_slip(question, typed) is expected


@pytest.mark.parametrize(
    ("typed", "count"),
    [("提示", 1), ("给个提示", 1), ("提示一下", 1), ("hint?", 1), ("a hint please", 1),
     ("give me a hint", 1), ("再来个提示", 2), ("another hint", 2), ("提示词", 0), ("", 0)],
)  # fmt: skip
def test_a_hint_can_be_asked_for_in_words(typed: str, count: int) -> None:
    """As the button says it, or shorter; "another" shows them all."""
    assert hints_wanted(EXPLAIN, typed) == count
    assert hints_wanted(SINGLE, typed) == 0


@pytest.mark.parametrize(
    ("typed", "points"),
    [("A", "a"), ("c, a", "ac"), ("ABC", "abc"), ("一条也没有", "0"), ("none of them", "0"),
     ("D", None), ("参数是数字", None), ("", None)],
)  # fmt: skip
def test_key_points_can_be_ticked_by_typing(typed: str, points: str | None) -> None:
    """Letters, or that none was made."""
    assert points_said(EXPLAIN, typed) == points


def test_every_shipped_estimate_is_right_in_its_own_unit(course: Course) -> None:
    """However the unit is written: "160B", "160 B", "200 K"."""
    for lesson in course.lessons:
        for question in lesson.questions:
            if question.numeric is None:
                continue
            value, unit = f"{question.numeric.value:g}", question.numeric.unit
            for typed in (
                value,
                f"{value}{unit}",
                f"{value} {unit}",
                f"大约 {value}{unit}",
                f"约{value}",
            ):
                response = read_response(question, 1, typed)
                assert response is not None, (question.id, typed)
                assert grade(question, response).outcome == "right", (question.id, typed)


@given(st.text(max_size=40))
def test_nothing_that_can_be_typed_breaks_an_open_question(typed: str) -> None:
    """Whatever is read as a response can be graded."""
    for question in (SINGLE, MULTI, TRUE_FALSE, NUMERIC, ORDER, EXPLAIN):
        response = read_response(question, 3, typed)
        if response is not None:
            assert 0 <= grade(question, response).score <= 1


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [("140", "", 140), ("1,400", "", 1400), ("7e10", "", 7e10), ("70B", "", 7e10),
     ("700亿", "", 7e10), ("1.4 万", "", 14000), ("约 140 GB", "GB", 140), ("0.14TB", "GB", 140),
     ("３０", "", 30), ("about 12", "", 12), ("4 million", "", 4e6), ("1千亿", "", 1e11),
     ("-3", "", -3), (".5", "", 0.5), ("14 tokens", "", 14), ("50%", "%", 50),
     ("一百四十", "", 140), ("约七百亿", "", 7e10), ("百分之七十五", "%", 75), ("十", "", 10),
     ("一万五", "", 15000), ("7百亿", "", 7e10), ("160B", "B", 160), ("1600亿", "B", 160),
     ("0.14T", "GB", 140), ("5.6 million", "M USD", 5.6), ("200K", "K", 200),
     ("28 分钟", "min", 28)],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(text: str, unit: str, number: float) -> None:
    """Separators, scales, units and full-width digits are understood."""
    assert read_number(text, unit) == pytest.approx(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7B?",
        "4o",
        "B",
        "百",
        "一边",
        "万",
        "what is 70B",
        "1 2",
        "70B 是多少",
        "e5",
        ",",
        "1e9999",
        "nan",
        "inf",
    ],
)
def test_what_states_no_number_is_no_number(text: str) -> None:
    """A question that has a number in it is a question."""
    assert read_number(text) is None


@given(st.floats(min_value=1e-3, max_value=1e15), st.sampled_from(["{:.6f}", "{:,.4f}", "{:e}"]))
def test_any_number_survives_writing_and_reading(number: float, form: str) -> None:
    """The usual ways to write a number are read back."""
    rounding = 0.5e-4  # of the form with the fewest decimals
    assert read_number(form.format(number)) == pytest.approx(number, rel=1e-6, abs=rounding)


def test_a_flood_of_spaces_is_no_number_at_once() -> None:
    """The pattern is never let loose on a long text."""
    for text in ("大约" + " " * 300 + "x!x", "about" + " " * 50 + "x!x", "1" * 4000):
        assert read_number(text) is None


@given(st.text(max_size=60))
def test_reading_numbers_never_fails(text: str) -> None:
    """Anything is a number or is none."""
    read_number(text)


def test_every_shipped_question_grades_its_own_key_as_right(course: Course) -> None:
    """The key of each question is right, and its opposite is wrong."""
    for lesson in course.lessons:
        for question in lesson.questions:
            assert grade(question, response_to(question, right=True)).outcome == "right"
            assert grade(question, response_to(question, right=False)).outcome == "wrong"
