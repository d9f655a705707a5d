"""A learner finds fault with a question, and the operator hears of it."""

import pytest

from bot.commands.report import REASONS, report_button
from bot.course.model import LANGUAGES, Course
from bot.messages import LABEL_BYTES
from bot.storage.statistics import Reported, read
from tests.dialog import Dialog, response_to

ASKED = "tokens:1"


@pytest.fixture
def english(dialog: Dialog) -> Dialog:
    """A conversation in English."""
    dialog.locale = "en"
    return dialog


def reports(dialog: Dialog, database: str) -> list[Reported]:
    """What an operator sees of them."""
    return read(database, dialog.clock.now()).reports


def labels(dialog: Dialog) -> list[str]:
    return [button.label for button in dialog.last.buttons]


def test_a_question_is_reported_in_two_presses(english: Dialog, database: str) -> None:
    """The stem is shown with four reasons; one is stored, and the way leads back."""
    english.press("check:tokens")
    question = english.open_question
    assert question.stem.en in english.press(f"report:{question.id}")
    assert labels(english) == [*REASONS.values(), "Back to the question"]
    assert not english.last.replaces
    assert "Thank you" in english.press_label("The question is unclear")
    assert english.last.replaces
    assert reports(english, database) == [Reported(question.id, {"unclear": 1})]
    english.press_label("Back to the question")
    assert english.open_question == question


def test_a_question_that_is_answered_leads_on(english: Dialog) -> None:
    """There is no way back to what is done, and none to what was never asked."""
    english.press("check:tokens")
    english.answer()
    english.press(f"report:{ASKED}")
    assert labels(english) == list(REASONS.values())
    english.press_label("Something else")
    assert [button.action for button in english.last.buttons] == ["learn"]
    english.press("report:sampling:1:key")
    assert labels(english) == ["Go on learning"]


def test_the_last_word_of_each_learner_counts(english: Dialog, database: str) -> None:
    """One report a learner and question, however often they press."""
    for reason in ("key", "other", "language", "language"):
        english.press(f"report:{ASKED}:{reason}")
    english.enter("7", person="bao")
    english.press(f"report:{ASKED}:key")
    assert not english.last.replaces  # the reasons stay for the others of the group
    english.press("report:tokens:2:key")
    assert reports(english, database) == [
        Reported(ASKED, {"key": 1, "language": 1}),
        Reported("tokens:2", {"key": 1}),
    ]


@pytest.mark.parametrize(
    "action",
    ["report", "report:", "report:nothing:1", "report:tokens:99:key", "report:tokens:1:",
     "report:tokens:1:nonsense", "report:key", "report:tokens:1:key:key"],
)  # fmt: skip
def test_what_no_button_says_is_refused(english: Dialog, database: str, action: str) -> None:
    """Old and made-up actions store nothing."""
    assert "older version" in english.press(action)
    assert reports(english, database) == []


def test_a_report_answers_nothing(english: Dialog) -> None:
    """The reasons give no answer away, and the question stays open."""
    english.press("check:tokens")
    question = english.open_question
    said = english.press(f"report:{question.id}") + english.press(f"report:{question.id}:key")
    assert not any(option.explanation.en in said for option in question.options)
    assert "Right" in english.press(f"quiz:{question.id}:{response_to(question, right=True)}")


def test_every_question_has_a_button_that_fits(course: Course) -> None:
    """Also the one with the longest id, with the longest reason."""
    for lesson in course.lessons:
        for question in lesson.questions:
            for language in LANGUAGES:
                button = report_button(language, question)
                assert button.action == f"report:{question.id}"
                assert len(button.label.encode()) <= LABEL_BYTES
    assert all(len(label.encode()) <= LABEL_BYTES for label in REASONS.values())
