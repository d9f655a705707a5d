"""Questions of several steps, as a learner answers them: an order, an explanation, hints."""

import pytest

from bot.course.model import Question
from bot.messages import Address
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
    assert _labels(dialog) == ["A", "B", "C", "D", "不确定", "⚑ 题目有误"]
    assert question.order
    for done, option_id in enumerate(question.order[:-1], 1):
        [button] = [b for b in dialog.last.buttons if _adds(b.action, question.order, option_id)]
        dialog.press(button.action)
        assert dialog.last.replaces
        assert "你排的是" in dialog.last.text
        assert len(_labels(dialog)) == (7 - done if done < 3 else 4)
    assert _labels(dialog) == ["不确定", "⚑ 题目有误", "重新排", "选好了"]
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
    assert _labels(dialog) == ["A", "B", "C", "D", "不确定", "⚑ 题目有误"]


def test_a_wrong_order_is_explained_at_the_first_step_that_is_elsewhere(dialog: Dialog) -> None:
    """The right order is shown in the letters of this asking, and one step is explained."""
    question = _question(dialog, ORDER)
    dialog.press(f"pick:{ORDER}:")
    assert question.order
    text = dialog.press(f"quiz:{ORDER}:{''.join(reversed(question.order))}")
    first = next(option for option in question.options if option.id == question.order[0])
    assert "不太对" in text
    assert first.explanation.zh in text
    assert sum(option.explanation.zh in text for option in question.options) == 1
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


def test_an_order_that_somebody_is_not_sure_of_is_told_and_not_picked_apart(dialog: Dialog) -> None:
    """There was no step to be put elsewhere."""
    question = _question(dialog, ORDER)
    text = dialog.press(f"quiz:{ORDER}:?")
    assert "正确的顺序" in text
    assert not [option for option in question.options if option.explanation.zh in text]


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
    assert _labels(dialog) == ["不确定", "⚑ 题目有误"]


@pytest.mark.parametrize(
    "action",
    [f"hint:{EXPLAIN}:3", f"hint:{EXPLAIN}:0", f"hint:{EXPLAIN}:x", f"hint:{ORDER}:1",
     f"pick:{ORDER}:aa", f"pick:{ORDER}:z", f"pick:{EXPLAIN}:abcd", f"quiz:{ORDER}:ab",
     f"quiz:{EXPLAIN}:", f"quiz:{EXPLAIN}:0a", "terms:nowhere", f"quiz:{NUMERIC}:nan",
     "question:tokens:999"],
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


def test_an_explanation_can_be_written_long_after_the_question_if_a_hint_was_just_taken(
    dialog: Dialog,
) -> None:
    """A hint puts the question once more; without one, words of an hour later are a question."""
    dialog.press(f"hint:{EXPLAIN}:1")
    dialog.clock.move(hours=1)
    assert "对照" not in dialog.say(WORDS)
    dialog.press(f"hint:{EXPLAIN}:2")
    assert "对照" in dialog.say(WORDS)


def test_an_explanation_is_written_where_its_question_was_last_seen(dialog: Dialog) -> None:
    """Opened in private and looked up in a group: what is said there answers it."""
    dialog.press(f"hint:{EXPLAIN}:1")
    dialog.is_private = False
    dialog.sender = Address("terminal", "ada", "group")
    dialog.press(f"hint:{EXPLAIN}:1")
    assert not dialog.last.replaces
    assert "对照" in dialog.say(WORDS, mentions_bot=True)


@pytest.mark.parametrize(("typed", "told"), [("AC", "说到了一部分"), ("一条也没有", "还没说到")])
def test_key_points_can_be_ticked_in_words(dialog: Dialog, typed: str, told: str) -> None:
    """Letters, or what the button says."""
    dialog.press(f"hint:{EXPLAIN}:1")
    dialog.say(WORDS)
    assert told in dialog.say(typed)


def test_a_hint_after_the_answer_says_what_the_answer_was(dialog: Dialog) -> None:
    """An old message's button does not open the question again."""
    dialog.press(f"quiz:{NUMERIC}:?")
    assert "答过" in dialog.press(f"hint:{NUMERIC}:1")
    assert "答过" in dialog.press(f"question:{NUMERIC}")


def test_people_in_a_group_see_the_same_letters(dialog: Dialog) -> None:
    """They press the buttons of one message, so the feedback names them as it does."""
    question = next(q for q in dialog.course.lessons[0].questions if q.kind == "single")
    wrong = next(option for option in question.options if not option.correct)
    dialog.is_private = False
    told = set()
    for name in ("ada", "bao", "cy", "dee"):
        dialog.sender = Address("terminal", name, "group")
        if name == "ada":
            dialog.press(f"question:{question.id}")
        dialog.press(f"quiz:{question.id}:{wrong.id}")
        told |= {line for line in dialog.last.text.split("\n") if wrong.text.zh in line}
    assert len(told) == 1


def test_the_way_back_leads_to_the_question_that_was_left(dialog: Dialog) -> None:
    """Also where it is not the lesson's check question."""
    dialog.press(f"pick:{ORDER}:")
    shown = dialog.last.text
    dialog.say("什么是参数？")
    assert dialog.press_label("回到刚才的题") == shown


def test_a_true_or_false_answer_is_told_without_ticks_that_contradict_it(dialog: Dialog) -> None:
    """ "✓ False" under "Right!" reads like a contradiction."""
    question = next(
        q for one in dialog.course.lessons for q in one.questions if q.key == {"b"} and
        q.kind == "true_false"
    )  # fmt: skip
    text = dialog.press(f"quiz:{question.id}:b")
    assert "答案：错" in text
    assert "✓" not in text


def test_hints_are_asked_for_in_words(dialog: Dialog) -> None:
    """One, and then all of them."""
    question = _question(dialog, NUMERIC)
    dialog.press(f"question:{NUMERIC}")
    assert question.hints[0].zh in dialog.say("给个提示")
    assert not dialog.last.replaces
    assert question.hints[1].zh in dialog.say("再来个提示")


def test_a_language_is_chosen_by_its_name(dialog: Dialog) -> None:
    """As it stands on the button."""
    dialog.say("/start")
    assert "Language: English" in dialog.say("English")
    assert "语言：中文" in dialog.say("中文")
