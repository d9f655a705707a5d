"""What travels between a chat platform and the tutor: `Incoming` one way, `Reply` the other.

Every text in a `Reply` is in one common Markdown subset (bold, italic, inline code, fenced code,
lists, quotes, links); each adapter renders it natively.
"""

from dataclasses import dataclass, replace

ACTION_BYTES = 64
"""Telegram's limit for `callback_data`, the narrowest of all platforms."""


LABEL_BYTES = 40
"""What of a button's label is shown everywhere."""


NAME_LENGTH = 64
"""Characters of a person's name that are passed on."""


def one_line(name: str) -> str:
    """Return what a person is called, on one line and without control characters."""
    kept = "".join(one for one in " ".join(name.split()) if one.isprintable())
    return kept[:NAME_LENGTH].strip()


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message came from, and where its replies go."""

    platform: str
    user_id: str
    chat_id: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or one press of a button.

    `text` is what the person typed ("" for a sticker or a photo); a platform's own command widget
    is translated to it ("/learn tokens"). `action` is the pressed button's action instead.
    `locale` is a BCP 47 tag where the platform tells one. `mentions_bot` is true for a mention of
    the bot and for a reply to it. `replies_to` is the id of our own message that is replied to or
    whose button was pressed; it only matters in a group. `name` is what the person is called there,
    "" where the platform does not tell.
    """

    sender: Address
    text: str = ""
    action: str | None = None
    locale: str | None = None
    is_private: bool = True
    mentions_bot: bool = False
    replies_to: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A press of it comes back as `Incoming.action`, even after a restart: nothing is kept of it.

    Raises ValueError where the action does not fit every platform.
    """

    label: str
    action: str

    def __post_init__(self) -> None:
        if not 0 < len(self.action.encode()) <= ACTION_BYTES:
            raise ValueError(f"action {self.action!r} is not 1 to {ACTION_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG. `alt` says in words what it shows; `width` and `height` are in pixels."""

    png: bytes
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file to keep, such as "progress.json". It may hold what is for one person's eyes alone."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the learner.

    picture, document: shown with the text, which says the same in words; at most one of them.

    draft: an unfinished version of the text still to come; each draft holds the whole text so far.
    private: meant for this person's eyes where the platform can hide it from the others.
    replaces: takes the place of the message whose button was pressed, where the platform can edit.
    expects_number: the learner is asked to type a number, so a digit is not the name of a button.
    thread: the conversation in a group that a reply to this message goes on with; whoever sends
        the message tells the tutor under which ids (`Tutor.sent`).
    """

    text: str
    buttons: tuple[Button, ...] = ()
    draft: bool = False
    private: bool = False
    replaces: bool = False
    expects_number: bool = False
    thread: str | None = None
    picture: Picture | None = None
    document: Document | None = None

    def without_file(self, note: str) -> "Reply":
        """Return it without its picture or document, and with a note that says so."""
        return replace(self, text=f"{self.text}\n\n{note}", picture=None, document=None)
