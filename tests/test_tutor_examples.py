"""An example under a lesson: the author's first, then a fresh one where one can be written."""

import pytest

from bot.course.loader import load
from bot.course.model import Course
from tests.course_files import write_course
from tests.dialog import Dialog
from tests.platforms.openai_server import Behaviour, OpenAIServer
from tests.tutoring import asked, tutored

FRESH = "Think of a bakery that counts buns, not boxes."


def _example(dialog: Dialog) -> str:
    lesson = dialog.course.lesson("tokens")
    assert lesson
    assert lesson.example
    return lesson.example[dialog.locale or "zh"]


def test_the_first_example_is_the_authors(dialog: Dialog) -> None:
    """It comes whole, under the lesson's name, with the ways on."""
    dialog.say("/learn tokens")
    text = dialog.press_label("举个例子")
    assert _example(dialog) in text
    assert dialog.action("再举一个") == "instance:tokens"


@pytest.mark.parametrize("said", ["举个例子", "给我举个例子！", "Give me an example please"])
def test_an_example_can_be_asked_for_in_words(dialog: Dialog, said: str) -> None:
    """The words of the button, in either language."""
    dialog.say("/learn tokens")
    assert _example(dialog) in dialog.say(said)


def test_without_a_language_model_the_second_is_the_same_and_says_what_to_do(
    dialog: Dialog,
) -> None:
    """There is no other, and a question about it can be asked."""
    dialog.say("/learn tokens")
    assert "直接问我" not in dialog.press_label("举个例子")
    text = dialog.press_label("再举一个")
    assert _example(dialog) in text
    assert "直接问我" in text


def test_a_lesson_without_an_example_has_no_button(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """And the words of the button are then a question like any other."""
    folder = tmp_path_factory.mktemp("course")
    course = load(write_course(folder))
    with Dialog(course, f"sqlite:///{folder / 'one.db'}") as dialog:
        dialog.say("/learn tokens")
        assert "instance:tokens" not in [one.action for one in dialog.last.buttons]
        assert "旧版本" not in dialog.say("举个例子")


def test_a_fresh_example_is_written_from_the_lesson(course: Course, database: str) -> None:
    """The model gets the lesson and the examples seen as data, and the answer streams."""
    with OpenAIServer(answer=FRESH) as server, tutored(course, database, server) as dialog:
        dialog.say("/learn tokens")
        assert _example(dialog) in dialog.press_label("An example")
        assert server.requests == []
        text = dialog.press_label("Another example")
        assert FRESH in text
        assert "language model" in text
        assert any(reply.draft for reply in dialog.replies)
        lesson = course.lesson("tokens")
        assert lesson
        assert lesson.body.en in asked(server)
        assert _example(dialog) in asked(server)
        dialog.press_label("Another example")
        assert FRESH in asked(server)


def test_where_the_model_fails_the_authors_example_comes_back(
    course: Course, database: str
) -> None:
    """With a word about why; what was written before the fault is kept."""
    with OpenAIServer(answer=FRESH) as server, tutored(course, database, server) as dialog:
        dialog.say("/learn tokens")
        dialog.press_label("An example")
        server.script(Behaviour(trouble="silent"), Behaviour(trouble="corrupt"))
        text = dialog.press_label("Another example")
        assert _example(dialog) in text
        assert "cannot be reached" in text
        text = dialog.press_label("Another example")
        assert FRESH[:4] in text
        assert "cut off" in text


def test_ten_buttons_at_most_stand_under_a_lesson(dialog: Dialog) -> None:
    """More than that is no choice any more."""
    for lesson in dialog.course.lessons:
        dialog.press(f"learn:{lesson.id}")
        assert len(dialog.last.buttons) <= 10, lesson.id
        actions = [one.action for one in dialog.last.buttons]
        assert {f"quiz:{lesson.id}", f"talk:{lesson.id}", f"check:{lesson.id}"} <= set(actions)


def test_an_example_that_is_typed_after_an_answer_is_of_the_answer(dialog: Dialog) -> None:
    """In a lesson the words of the button are the button; after a question they go on with it."""
    dialog.say("/learn sampling")
    assert "为什么每次回答不一样" in dialog.say("举个例子")
    dialog.say("/learn sampling")
    dialog.clock.move(minutes=1)
    dialog.say("RAG 是什么")
    assert "RAG" in dialog.say("举个例子")
