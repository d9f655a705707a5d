"""Questions of several steps, as a learner answers them: an order, an explanation, hints."""

import pytest

from bot.course.model import Question
from tests.dialog import Dialog, lesson_place

ORDER, EXPLAIN, NUMERIC = "radio-knobs:8", "radio-knobs:9", "tokens:3"
WORDS = "参数是模型里的数字，训练就是一点点改这些数字"


def _question(dialog: Dialog, question_id: str) -> Question:
    question = dialog.course.question(question_id)
    assert question
    return question


def _labels(dialog: Dialog) -> list[str]:
    return [button.label for button in dialog.last.buttons]


def test_an_order_is_pressed_step_by_step_and_handed_in(dialog: Dialog) -> None:
    """Each press puts one step behind the others; the message is redrawn in its place."""
    question = _question(dialog, ORDER)
    dialog.press(f"pick:{ORDER}:")
    assert _labels(dialog) == ["A", "B", "C", "D", "不确定"]
    assert question.order
    for done, option_id in enumerate(question.order[:-1], 1):
        [button] = [b for b in dialog.last.buttons if _adds(b.action, question.order, option_id)]
        dialog.press(button.action)
        assert dialog.last.replaces
        assert "你排的是" in dialog.last.text
        assert len(_labels(dialog)) == (6 - done if done < 3 else 3)
    assert _labels(dialog) == ["不确定", "重新排", "选好了"]
    assert "答对了" in dialog.press_label("选好了")
    assert question.answer
    assert question.answer.zh in dialog.last.text


def _adds(action: str, order: tuple[str, ...], option_id: str) -> bool:
    before = "".join(order[: order.index(option_id)])
    return action.rpartition(":")[2].startswith(before + option_id)


def test_an_order_can_be_started_over(dialog: Dialog) -> None:
    """One press takes everything back."""
    dialog.press(f"pick:{ORDER}:")
    dialog.press(f"pick:{ORDER}:ab")
    dialog.press_label("重新排")
    assert "你排的是" not in dialog.last.text
    assert _labels(dialog) == ["A", "B", "C", "D", "不确定"]


def test_a_wrong_order_is_explained_at_the_first_step_that_is_elsewhere(dialog: Dialog) -> None:
    """The right order is shown in the letters of this asking, and one step is explained."""
    question = _question(dialog, ORDER)
    dialog.press(f"pick:{ORDER}:")
    assert question.order
    text = dialog.press(f"quiz:{ORDER}:{''.join(reversed(question.order))}")
    first = next(option for option in question.options if option.id == question.order[0])
    assert "不太对" in text
    assert first.explanation.zh in text
    assert "正确的顺序" in text
    assert "答过" in dialog.press(f"quiz:{ORDER}:{''.join(question.order)}")


@pytest.mark.parametrize("separator", ["", " ", "、", " → "])
def test_an_order_can_be_typed(dialog: Dialog, separator: str) -> None:
    """All letters in a row, as they are shown."""
    question = _question(dialog, ORDER)
    dialog.press(f"pick:{ORDER}:")
    lines = [line for line in dialog.last.text.split("\n") if ".** " in line]
    texts = {option.id: option.text.zh for option in question.options}
    assert question.order
    letters = [
        next(line[2] for line in lines if texts[option_id] in line) for option_id in question.order
    ]
    assert "答对了" in dialog.say(separator.join(letters))


def test_one_letter_is_not_an_order(dialog: Dialog) -> None:
    """The question stays open, and the reply says what to type."""
    dialog.press(f"pick:{ORDER}:")
    assert "D C B A" in dialog.say("B")


def test_an_explanation_is_compared_with_the_key_points(dialog: Dialog) -> None:
    """Typed words bring the key points; the learner ticks, and the model answer follows."""
    question = _question(dialog, EXPLAIN)
    dialog.press(f"quiz:{EXPLAIN.split(':')[0]}")
    while dialog.open_question.id != EXPLAIN:
        dialog.press_label("不确定")
        dialog.press_label("下一题")
    text = dialog.say(WORDS)
    assert question.rubric
    assert all(point.zh in text for point in question.rubric)
    assert _labels(dialog) == ["☐ A", "☐ B", "☐ C", "一条也没有"]
    dialog.press_label("☐ A")
    assert dialog.last.replaces
    dialog.press_label("☐ B")
    assert _labels(dialog) == ["☑ A", "☑ B", "☐ C", "选好了"]
    text = dialog.press_label("选好了")
    assert "说到了一部分" in text
    assert f"✓ {question.rubric[0].zh}" in text
    assert f"✗ {question.rubric[2].zh}" in text
    assert question.answer
    assert question.answer.zh in text


def test_a_question_is_still_a_question_while_an_explanation_is_open(dialog: Dialog) -> None:
    """Words of a button and questions keep their meaning, and nothing is graded."""
    dialog.press(f"hint:{EXPLAIN}:1")
    for said in ("什么是参数", "what is a parameter?", "谢谢"):
        assert "对照" not in dialog.say(said)
    dialog.verify(("/learn", ""), ("下一课", lesson_place(2)), ("/progress", "还没答过题"))


def test_not_sure_shows_the_key_points_without_judging(dialog: Dialog) -> None:
    """The course teaches to say so."""
    dialog.press(f"hint:{EXPLAIN}:1")
    text = dialog.say("不知道")
    assert "🤔" in text
    assert "•" in text
    assert "✗" not in text


@pytest.mark.parametrize("question_id", [EXPLAIN, NUMERIC])
def test_hints_come_one_by_one(dialog: Dialog, question_id: str) -> None:
    """The last one takes the button away, and the question can still be answered."""
    question = _question(dialog, question_id)
    dialog.press(f"hint:{question_id}:1")
    assert question.hints[0].zh in dialog.last.text
    assert question.hints[1].zh not in dialog.last.text
    dialog.press_label("给个提示")
    assert dialog.last.replaces
    assert all(hint.zh in dialog.last.text for hint in question.hints)
    assert _labels(dialog) == ["不确定"]


@pytest.mark.parametrize(
    "action",
    [f"hint:{EXPLAIN}:3", f"hint:{EXPLAIN}:0", f"hint:{EXPLAIN}:x", f"hint:{ORDER}:1",
     f"pick:{ORDER}:aa", f"pick:{ORDER}:z", f"pick:{EXPLAIN}:abcd", f"quiz:{ORDER}:ab",
     f"quiz:{EXPLAIN}:", f"quiz:{EXPLAIN}:0a", "terms:nowhere"],
)  # fmt: skip
def test_a_made_up_button_changes_nothing(dialog: Dialog, action: str) -> None:
    """It is answered in a sentence, and nothing counts."""
    dialog.press(action)
    assert len(dialog.last.text) < 120
    assert "还没答过题" in dialog.say("/progress")


def test_a_quiz_can_be_left_in_the_middle_of_an_order_and_resumed(dialog: Dialog) -> None:
    """What was shown in which order is kept; the picks were in the buttons."""
    dialog.press(f"pick:{ORDER}:")
    shown = dialog.last.text
    dialog.press(f"pick:{ORDER}:ab")
    dialog.say("/learn tokens")
    dialog.press(f"pick:{ORDER}:")
    assert dialog.last.text == shown


def test_every_term_of_a_lesson_is_a_tap_away(dialog: Dialog) -> None:
    """Under the lesson, in both languages, each with its definition."""
    lesson = dialog.course.lessons[1]
    dialog.say(f"/learn {lesson.id}")
    text = dialog.press_label("术语")
    for term in dialog.course.terms_of(lesson):
        assert term.term.zh in text
        assert term.definition.zh in text
        assert term.term.en.casefold() in text.casefold()
    assert "标准版" in _labels(dialog)
    dialog.press("settings:language:en")
    dialog.press(f"terms:{lesson.id}")
    assert dialog.course.terms_of(lesson)[0].definition.en in dialog.last.text
