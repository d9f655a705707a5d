"""Who asks for the answer to an open question gets a hint, as a learner sees it."""

from bot.course.model import Course
from bot.messages import Address
from tests.dialog import Dialog
from tests.platforms.openai_server import OpenAIServer
from tests.tutoring import tutored

HELD = "先不说答案"
NUMERIC = "how-big-is-large:2"


def test_the_hints_come_one_by_one_and_then_a_sentence_of_the_lesson(dialog: Dialog) -> None:
    """The key is in none of them, and the way back shows what has been given."""
    question = dialog.course.question(NUMERIC)
    assert question
    dialog.press(f"question:{NUMERIC}")
    asked = "70B 的模型按 16 位存，文件有多少 GB？"
    for hint in question.hints:
        assert hint.zh in dialog.say(asked)
    text = dialog.say(asked)
    assert HELD in text
    assert "140" not in text
    text = dialog.press_label("回到刚才的题")
    assert all(hint.zh in text for hint in question.hints)


def test_the_way_out_is_to_give_up_or_to_answer(dialog: Dialog) -> None:
    """Not sure explains it at once, and afterwards the question is one like any other."""
    dialog.press("check:tokens")
    dialog.verify(("答案是什么？", HELD), ("/ask token 是什么", HELD), ("[不确定]", "固定清单"))
    assert HELD not in dialog.say("token 是什么")


def test_another_question_is_answered_meanwhile(dialog: Dialog) -> None:
    """And the open one is a press away."""
    dialog.press("check:tokens")
    assert HELD not in dialog.say("温度是什么")
    assert "回到刚才的题" in [one.label for one in dialog.last.buttons]


def test_the_open_question_may_have_been_asked_elsewhere(dialog: Dialog) -> None:
    """What a quiz in a group asks is not answered in private, for a day."""
    dialog.sender, dialog.is_private = Address("terminal", "ada", "group"), False
    dialog.press("check:tokens")
    dialog.sender, dialog.is_private = Address("terminal", "ada", "ada"), True
    assert HELD in dialog.say("token 是什么？")
    dialog.sender = Address("terminal", "bao", "bao")
    assert HELD not in dialog.say("token 是什么？")
    dialog.sender = Address("terminal", "ada", "ada")
    dialog.clock.move(hours=25)
    assert HELD not in dialog.say("token 是什么？")


def test_no_model_is_asked_for_the_key(course: Course, database: str) -> None:
    """It is decided before: a model would give it away."""
    with (
        OpenAIServer(answer="It is one piece from a fixed list. [1]") as server,
        tutored(course, database, server) as dialog,
    ):
        dialog.press("check:tokens")
        for asked in ("what is one token when a model takes in my sentence?", "which is right?"):
            text = dialog.say(asked)
            assert "yours to find" in text
            assert "fixed list" not in text
        assert server.requests == []
        dialog.say("what is temperature?")
        assert len(server.requests) == 1
