"""What can go wrong in words for the person it happened to.

TutorError                  the learner reads it, in their language
├── UnknownCommand
├── UnknownAction
├── UnknownLesson
├── NothingToRead           a sticker, a photo, an empty message
├── TooLong
├── NothingOpen             "B" where no question waits for an answer
├── NotAnOption             "E" where A to D are to choose from
├── NotAnOrder              "B" where all the letters are asked for
├── NotANumber
├── WrongCode               mistyped, used, too old, or nobody's: nobody learns which
├── OwnCode
├── TooManyCodes            made, or wrong ones entered
├── StillBusy               the learner to be joined is in the middle of something
└── NotLinked
BudgetSpent                 caught where an answer is written: it comes from the course then
OperatorError               the operator reads it, in English, on one line; the program stops
├── SettingError            exit code 2
└── DatabaseError           exit code 1
"""

from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    return message


class TutorError(Exception):
    """Raised by a use case; `Tutor.handle` alone turns it into a reply.

    `message` is looked up in the catalogues, and `values` fill its placeholders.
    """

    message: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.message.format(**values))
        self.values = values


class UnknownCommand(TutorError):
    message = N_("I do not know `/{command}`. /help lists everything I can do.")


class UnknownAction(TutorError):
    message = N_("That button belongs to an older version of me. /learn takes you on from here.")


class UnknownLesson(TutorError):
    message = N_("There is no lesson called `{lesson}`. /course shows them all.")


class NothingToRead(TutorError):
    message = N_("I can only read text. Write me a question about language models, or /help.")


class TooLong(TutorError):
    message = N_(
        "That is {length} characters, more than I can read at once (at most {limit}). "
        "Please send the part you want to ask about."
    )


class NothingOpen(TutorError):
    message = N_("No question is waiting for an answer. /quiz asks you one.")


class NotAnOption(TutorError):
    message = N_("The question is still open: answer with {letters}, or “not sure”.")


class NotAnOrder(TutorError):
    message = N_("The question is still open: type all the letters in order, such as {letters}.")


class NotANumber(TutorError):
    message = N_("The question is still open: type a number, such as 140, or “not sure”.")


class WrongCode(TutorError):
    message = N_(
        "That code does not work. It may be mistyped, used already, or older than 10 minutes. "
        "`/link` on your other platform makes a new one."
    )


class OwnCode(TutorError):
    message = N_("That is the code you got here yourself. Enter it on your other platform.")


class TooManyCodes(TutorError):
    message = N_("Those were many codes in a short time. Please try again in {minutes} min.")


class StillBusy(TutorError):
    message = N_(
        "I am still busy with you on the other side. Please enter the code again in a moment: it "
        "is still good."
    )


class NotLinked(TutorError):
    message = N_("Nothing is linked here. `/link` makes a code that links another platform.")


class BudgetSpent(Exception):
    """No tokens are left for today; `is_own`: the learner's, otherwise everybody's."""

    def __init__(self, *, is_own: bool) -> None:
        super().__init__("the learner's tokens are spent" if is_own else "all tokens are spent")
        self.is_own = is_own


class OperatorError(Exception):
    """Something that whoever runs the bot has to put right; printed as one line."""

    exit_code = 1


class SettingError(OperatorError):
    """An environment variable that cannot be used."""

    exit_code = 2


class DatabaseError(OperatorError):
    """A database that cannot be used."""
