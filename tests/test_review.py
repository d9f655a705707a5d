"""/review: the cards of today, in conversations."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.commands.reviewing import SESSION
from bot.course.model import Course, Question
from bot.learning.schedule import MANY_LAPSES, Card
from bot.storage.tx import Tx
from tests.dialog import Dialog, response_to

TODAY = date(2026, 11, 22)


@pytest.fixture
def dialog(dialog: Dialog) -> Dialog:
    """Somebody who has opened a few lessons."""
    for lesson in ("tokens", "next-token", "sampling"):
        dialog.say(f"/learn {lesson}")
    return dialog


def due(dialog: Dialog, question_ids: Iterable[str], **values: object) -> None:
    """Make cards that are due today and were last reviewed a week ago."""
    week_ago = TODAY - timedelta(days=7)

    def store(tx: Tx) -> None:
        for question_id in question_ids:
            card = Card(question_id, TODAY, week_ago, 5.0, 5.0, 2, score=1.0)
            tx.cards.put(dialog.learner_id(tx), replace(card, **values))  # type: ignore[arg-type]

    dialog.transact(store)


def questions(course: Course, *lessons: str) -> list[Question]:
    return [one for lesson in course.lessons if lesson.id in lessons for one in lesson.questions]


def test_without_cards_review_says_how_they_come_about(dialog: Dialog) -> None:
    """Nobody who has answered nothing is asked anything, and the way on is there."""
    dialog.verify(("/review", "变成一张卡片"), ("[继续学]", "课"))


def test_every_question_that_is_answered_is_a_card(dialog: Dialog) -> None:
    """Right in five days, quickly right in two weeks, wrong tomorrow; and the feedback says so."""
    dialog.press("check:tokens")
    right = dialog.open_question.id
    dialog.clock.move(minutes=2)
    assert "5 天后再见" in dialog.answer()
    dialog.press("check:next-token")
    wrong = dialog.open_question.id
    assert "明天再见" in dialog.answer(right=False)
    dialog.press("check:sampling")
    quick = dialog.open_question.id
    dialog.clock.move(seconds=3)
    assert "13 天后再见" in dialog.answer()
    waits = {one: (card.due - TODAY).days for one, card in dialog.cards.items()}
    assert waits == {right: 5, wrong: 1, quick: 13}


def test_a_hint_makes_it_hard(dialog: Dialog) -> None:
    """Right with a hint comes back sooner than right without."""
    question = next(one for one in questions(dialog.course, "tokens") if one.kind == "numeric")
    dialog.press(f"question:{question.id}")
    dialog.press(f"hint:{question.id}:1")
    dialog.answer()
    assert (dialog.cards[question.id].due - TODAY).days == 3


def test_a_review_serves_what_is_due_and_ends(dialog: Dialog) -> None:
    """Two are due: both are asked, then the day is done, and the next date is named."""
    due(dialog, ["tokens:1", "next-token:1"])
    assert "复习 · 第 1/2 题" in dialog.say("/review")
    dialog.clock.move(minutes=5)
    dialog.answer()
    assert "复习 · 第 2/2 题" in dialog.press_label("下一题")
    dialog.answer()
    assert "接下来的 2 题会在 12 月" in dialog.last.text
    assert "今天的都复习完了" in dialog.say("/review")


def test_ten_in_a_row_at_most_and_no_lesson_twice_in_a_row(dialog: Dialog) -> None:
    """What is left stays due, and can be gone on with."""
    ids = [one.id for one in questions(dialog.course, "tokens", "next-token", "sampling")]
    due(dialog, ids)
    dialog.say("/review")
    asked = [dialog.open_question]
    for _ in range(SESSION - 1):
        dialog.answer()
        dialog.press_label("下一题")
        asked.append(dialog.open_question)
    dialog.answer()
    assert f"还有 {len(ids) - SESSION} 题到期" in dialog.last.text
    assert len({one.id for one in asked}) == SESSION
    assert all(one.lesson_id != other.lesson_id for one, other in pairwise(asked))
    dialog.press_label("接着复习")
    assert dialog.open_question not in asked


def test_a_review_can_be_left_and_resumed_after_a_restart(
    dialog: Dialog, course: Course, database: str
) -> None:
    """The same session goes on at the same question, whatever was done between."""
    due(dialog, [one.id for one in questions(course, "tokens")])
    dialog.say("/review")
    dialog.answer()
    dialog.press_label("下一题")
    question = dialog.open_question
    dialog.say("/quiz sampling")
    with Dialog(course, database) as later:
        assert "第 2/" in later.say("/review")
        assert later.open_question == question


def test_typing_next_goes_on_with_the_review(dialog: Dialog) -> None:
    """Also where a round of another kind was begun before it."""
    dialog.say("/quiz sampling")
    due(dialog, ["tokens:1", "next-token:1"])
    dialog.say("/review")
    dialog.answer()
    assert "复习 · 第 2/2 题" in dialog.say("下一题")


def test_a_double_press_counts_once(dialog: Dialog) -> None:
    """The second is told what the first was worth."""
    due(dialog, ["tokens:1"])
    dialog.say("/review")
    action = f"quiz:tokens:1:{response_to(dialog.open_question, right=False)}"
    dialog.press(action)
    once = dialog.cards["tokens:1"]
    assert "只算一次" in dialog.press(action)
    assert dialog.cards["tokens:1"] == once
    assert once.reviews == 3


def test_a_wrong_answer_brings_a_question_on_the_same_error(dialog: Dialog) -> None:
    """The tag of the wrong option picks the next question, which the session did not have."""
    question, option, other = next(
        (question, option, other)
        for question in questions(dialog.course, "tokens", "next-token", "sampling")
        for option in question.options
        for other in questions(dialog.course, "tokens", "next-token", "sampling")
        if option.misconception
        and question.kind == "single"
        and question != other
        and option.misconception in {one.misconception for one in other.options}
    )
    due(dialog, [question.id, "tokens:9", "next-token:2"], lapses=0)
    dialog.say("/review")
    while dialog.open_question.id != question.id:
        dialog.answer()
        dialog.press_label("下一题")
    assert "另一个角度" in dialog.press(f"quiz:{question.id}:{option.id}")
    dialog.press_label("下一题")
    shared = {one.misconception for one in dialog.open_question.options}
    assert dialog.open_question != question
    assert option.misconception in shared or other.id == dialog.open_question.id


def test_after_four_lapses_the_idea_is_asked_in_another_way(dialog: Dialog) -> None:
    """The question is put aside, the lesson is offered, and the session goes on."""
    question = next(
        one
        for one in questions(dialog.course, "tokens")
        if one.kind == "single"
        and any(
            set(one.covers) & set(o.covers) for o in questions(dialog.course, "tokens") if o != one
        )
    )
    due(dialog, [question.id], lapses=MANY_LAPSES - 1)
    dialog.say("/review")
    dialog.answer(right=False)
    assert "总是溜走" in dialog.last.text
    assert f"learn:{question.lesson_id}" in [one.action for one in dialog.last.buttons]
    assert dialog.cards[question.id].is_retired
    dialog.press_label("下一题")
    assert dialog.open_question != question
    assert set(dialog.open_question.covers) & set(question.covers)
    dialog.answer()
    dialog.clock.move(days=2)
    assert question.id not in [one.id for one in _asked_today(dialog)]


def _asked_today(dialog: Dialog) -> list[Question]:
    dialog.say("/review")
    asked = []
    while any(one.action.endswith(":?") for one in dialog.last.buttons):
        asked.append(dialog.open_question)
        dialog.answer()
        if "下一题" in [one.label for one in dialog.last.buttons]:
            dialog.press_label("下一题")
    return asked


def test_not_sure_is_no_error(dialog: Dialog) -> None:
    """Nothing is put in because of it, no lapse is counted, and the card comes back soon."""
    due(dialog, ["tokens:1", "next-token:1"])
    dialog.say("/review")
    first = dialog.open_question.id
    assert "另一个角度" not in dialog.press_label("不确定")
    assert "3 天后再见" in dialog.last.text
    card = dialog.cards[first]
    assert (card.lapses, card.score, card.difficulty) == (0, 1.0, 5.0)
    assert "第 2/2 题" in dialog.press_label("下一题")


@pytest.mark.parametrize("kind", ["single", "multi", "true_false", "numeric", "order", "explain"])
def test_every_kind_of_question_can_be_reviewed(dialog: Dialog, kind: str) -> None:
    """By buttons and words alone, so on every host."""
    question = next(
        one for lesson in dialog.course.lessons for one in lesson.questions if one.kind == kind
    )
    dialog.say(f"/learn {question.lesson_id}")
    due(dialog, [question.id])
    dialog.say("/review")
    assert dialog.open_question == question
    dialog.answer()
    assert dialog.cards[question.id].reviews == 3
    assert dialog.cards[question.id].due > TODAY


def test_a_card_of_a_question_that_the_course_lost_is_passed_over(dialog: Dialog) -> None:
    """Another version of the course has other questions; nobody waits for the old ones."""
    due(dialog, ["gone:1", "tokens:99"])
    assert "变成一张卡片" in dialog.say("/review")
    assert "今天该复习：0 题" in dialog.say("/progress")
    due(dialog, ["tokens:1"])
    dialog.say("/review")
    dialog.answer()
    assert "题到期" not in dialog.last.text


def test_a_question_answered_elsewhere_today_is_not_asked_again(dialog: Dialog) -> None:
    """It was in the session, and was then answered under its lesson."""
    due(dialog, ["next-token:1", "tokens:1", "sampling:1"])
    dialog.say("/review")
    first = dialog.open_question
    other = next(one for one in ("tokens", "sampling", "next-token") if one != first.lesson_id)
    dialog.press(f"check:{other}")
    dialog.answer()
    dialog.say("/review")
    asked = [one.id for one in _asked_today(dialog)]
    assert f"{other}:1" not in asked
    assert first.id in asked
    assert dialog.cards[f"{other}:1"].reviews == 3


def test_yesterdays_session_is_made_anew(dialog: Dialog) -> None:
    """What was left of it is due today as well, with what has come since."""
    due(dialog, ["tokens:1", "next-token:1"])
    dialog.say("/review")
    dialog.answer()
    dialog.clock.move(days=1)
    due(dialog, ["sampling:1"])
    assert "复习 · 第 1/2 题" in dialog.say("/review")


def test_a_miss_at_the_last_place_ends_the_session(dialog: Dialog) -> None:
    """Nothing is announced that does not come, nor put aside without another in its place."""
    ids = [one.id for one in questions(dialog.course, "tokens", "next-token", "sampling")]
    due(dialog, [one for one in ids if one.split(":")[1] != "9"], lapses=MANY_LAPSES)
    dialog.say("/review")
    for _ in range(SESSION - 1):
        dialog.answer()
        dialog.press_label("下一题")
    last = dialog.open_question.id
    dialog.answer(right=False)
    assert "今天先到这儿" in dialog.last.text
    assert "换个问法" not in dialog.last.text
    assert not dialog.cards[last].is_retired


def test_a_miss_that_is_partly_right_is_a_miss(dialog: Dialog) -> None:
    """A quarter of the points is a lapse, and leads to another question."""
    question = next(
        one
        for lesson in dialog.course.lessons
        for one in lesson.questions
        if one.kind == "multi" and len(one.options) == 4 and len(one.key) == 3
    )
    wrong = next(one.id for one in question.options if one.id not in question.key)
    dialog.say(f"/learn {question.lesson_id}")
    due(dialog, [question.id], lapses=MANY_LAPSES)
    dialog.say("/review")
    response = "".join(sorted([min(question.key), wrong]))
    dialog.press(f"quiz:{question.id}:{response}")
    assert "部分" in dialog.last.text
    assert dialog.cards[question.id].lapses == MANY_LAPSES + 1


def test_quick_counts_from_the_first_look(dialog: Dialog) -> None:
    """Looking at the question once more does not make a slow answer a quick one."""
    dialog.press("check:tokens")
    dialog.clock.move(minutes=5)
    dialog.press("question:tokens:1")
    dialog.clock.move(seconds=2)
    assert "5 天后再见" in dialog.answer()


def test_somebody_elses_question_is_never_answered_quickly(dialog: Dialog) -> None:
    """Nobody knows how long they have looked at it."""
    dialog.enter("group", "ada")
    dialog.press("check:tokens")
    question = dialog.open_question
    dialog.enter("group", "bao")
    dialog.clock.move(seconds=2)
    dialog.press(f"quiz:{question.id}:{response_to(question, right=True)}")
    assert "5 天后再见" in dialog.last.text


def test_what_was_learned_in_the_evening_is_a_day_old_in_the_morning(dialog: Dialog) -> None:
    """The learner's own dates count, not hours."""
    dialog.clock.move(hours=11)  # 23:00 in Shanghai
    dialog.press("check:tokens")
    dialog.answer(right=False)
    dialog.clock.move(hours=8)
    assert "复习 · 第 1/1 题" in dialog.say("/review")
    dialog.clock.move(minutes=1)
    dialog.answer()
    assert dialog.cards["tokens:1"].longest == 1


def test_learn_proposes_a_review_when_enough_is_due(dialog: Dialog) -> None:
    """The count stands above the lesson, and a button leads there."""
    due(dialog, [one.id for one in questions(dialog.course, "tokens")])
    assert "今天该复习" in dialog.say("/learn")
    assert "复习 · 第 1/" in dialog.press_label("先复习")


def test_the_map_shows_mastery_and_loses_it_again(dialog: Dialog) -> None:
    """Passed when 80% are right; back to seen when it is forgotten."""
    due(dialog, [one.id for one in questions(dialog.course, "tokens")], reviewed=TODAY)
    assert "◑ 5." in dialog.say("/course")
    dialog.clock.move(days=60)
    assert "◔ 5." in dialog.say("/course")
