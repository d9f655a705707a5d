"""What Telegram sends, as the tutor hears it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from adapters.telegram.inbound import read
from bot.messages import Address, Incoming

BOT_ID, BOT_NAME = 42, "LLM_Tutor_bot"
ANN = {"id": 7, "is_bot": False, "first_name": "Ann", "language_code": "zh-hans"}
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Tutor", "username": BOT_NAME}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ann"}
GROUP = {"id": -100, "type": "supergroup", "title": "Group"}


def message(chat: dict[str, Any] = PRIVATE, **fields: Any) -> dict[str, Any]:
    return {"message_id": 1, "date": 1, "chat": chat, "from": ANN} | fields


def heard(kind: str = "message", **content: Any) -> Incoming | None:
    update = Update.de_json({"update_id": 1, kind: content}, None)
    assert update is not None
    return read(update, BOT_NAME, BOT_ID)


def said(text: str, chat: dict[str, Any] = PRIVATE, **fields: Any) -> Incoming | None:
    return heard(**message(chat, text=text, **fields))


def test_a_private_message_is_heard_with_its_sender_and_language() -> None:
    """Everything of an Incoming is filled from the update."""
    assert said("什么是 token?") == Incoming(
        Address("telegram", "7", "7"), "什么是 token?", locale="zh-hans", name="Ann"
    )


def test_a_press_is_heard_as_its_action() -> None:
    """The callback data is the action, and there is no text."""
    press = {"id": "1", "from": ANN, "chat_instance": "1", "data": "quiz:tokens:2:b"}
    incoming = heard("callback_query", **press, message=message(GROUP, text="?"))
    assert incoming == Incoming(
        Address("telegram", "7", "-100"),
        action="quiz:tokens:2:b",
        locale="zh-hans",
        is_private=False,
        replies_to="1",
        name="Ann",
    )


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"last_name": "Lee"}, "Ann Lee"), ({"first_name": "字" * 99}, "字" * 64),
     ({"first_name": " 安\u3000娜\n\x1b[1m\u202e "}, "安 娜 [1m"), ({"first_name": "\u200b"}, "")],
)  # fmt: skip
def test_a_name_is_passed_on_without_what_is_no_letter(fields: dict[str, Any], name: str) -> None:
    """On one line and of at most 64 characters, of who wrote as well as of who pressed."""
    incoming = heard(**message(text="hi") | {"from": ANN | fields})
    press = {"id": "1", "from": ANN | fields, "chat_instance": "1", "data": "learn"}
    pressed = heard("callback_query", **press, message=message(text="?"))
    assert incoming is not None
    assert pressed is not None
    assert (incoming.name, pressed.name) == (name, name)


def test_a_press_on_a_message_too_old_to_be_shown_is_heard() -> None:
    """Telegram then tells only the chat and the number of the message."""
    old = {"message_id": 1, "date": 0, "chat": PRIVATE}
    press = {"id": "1", "from": ANN, "chat_instance": "1", "data": "learn", "message": old}
    incoming = heard("callback_query", **press)
    assert incoming is not None
    assert (incoming.action, incoming.replies_to) == ("learn", "1")


def test_the_name_of_the_bot_is_taken_off_a_command() -> None:
    """In groups, clients write /learn@bot; case does not matter in it."""
    incoming = said("/learn@llm_tutor_BOT tokens", GROUP)
    assert incoming is not None
    assert (incoming.text, incoming.mentions_bot) == ("/learn tokens", False)


def test_a_command_for_another_bot_is_not_heard() -> None:
    """Wherever it is written."""
    assert said("/learn@other_bot", GROUP) is None
    assert said("/learn@other_bot") is None


def test_a_deep_link_comes_as_the_start_command_with_its_payload() -> None:
    """t.me/bot?start=payload arrives as a command."""
    incoming = said("/start lesson-tokens")
    assert incoming is not None
    assert incoming.text == "/start lesson-tokens"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("@LLM_Tutor_bot what is a token", "what is a token"),
        ("hi @llm_tutor_bot, and you?", "hi, and you?"),
        ("请问@LLM_Tutor_bot什么是词元", "请问什么是词元"),
        ("what is it @LLM_Tutor_bot", "what is it"),
        ("@LLM_Tutor_bot", ""),
        ("@LLM_Tutor_bot /learn tokens", "/learn tokens"),
    ],
)
def test_a_mention_is_noticed_and_taken_out(text: str, rest: str) -> None:
    """The question remains, in either language."""
    incoming = said(text, GROUP)
    assert incoming is not None
    assert (incoming.text, incoming.mentions_bot, incoming.is_private) == (rest, True, False)


@pytest.mark.parametrize("text", ["hello", "@LLM_Tutor_bot2 hi", "me@LLM_Tutor_bot", "a /learn b"])
def test_what_people_say_to_each_other_in_a_group_is_not_heard(text: str) -> None:
    """Neither a command nor a mention of this bot."""
    assert said(text, GROUP) is None


def test_a_reply_to_the_bot_counts_as_a_mention() -> None:
    """And a reply to somebody else does not."""
    original = message(GROUP, text="x", message_id=31)
    incoming = said("why?", GROUP, reply_to_message=original | {"from": BOT})
    assert incoming is not None
    assert (incoming.mentions_bot, incoming.replies_to) == (True, "31")
    assert said("why?", GROUP, reply_to_message=message(GROUP, text="x")) is None


def test_a_reply_to_somebody_else_goes_on_with_nothing_of_the_bot() -> None:
    """Even where it mentions the bot; and a command may be a reply to the bot."""
    other = said("@LLM_Tutor_bot why?", GROUP, reply_to_message=message(GROUP, text="x"))
    assert other is not None
    assert other.replies_to is None
    original = message(GROUP, text="x", message_id=31) | {"from": BOT}
    command = said("/new", GROUP, reply_to_message=original)
    assert command is not None
    assert command.replies_to == "31"


def test_writing_in_a_topic_that_the_bot_opened_is_not_a_reply_to_it() -> None:
    """Telegram gives each message of a topic as a reply to the topic's first one."""
    opened = {"forum_topic_created": {"name": "t", "icon_color": 1}}
    first = message(GROUP, **opened) | {"from": BOT}
    assert said("hello", GROUP, reply_to_message=first) is None


def test_a_caption_is_read_as_text() -> None:
    """A picture with a question under it is a question."""
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    incoming = heard(**message(photo=photo, caption="what is this?"))
    assert incoming is not None
    assert incoming.text == "what is this?"


def test_a_sticker_is_an_empty_text() -> None:
    """The tutor then says that it reads text only."""
    voice = {"file_id": "a", "file_unique_id": "b", "duration": 1}
    incoming = heard(**message(voice=voice))
    assert incoming is not None
    assert incoming.text == ""


@pytest.mark.parametrize("kind", ["edited_message", "channel_post", "edited_channel_post"])
def test_edits_and_channel_posts_are_not_heard(kind: str) -> None:
    """Answering an edit would answer twice."""
    assert heard(kind, **message(text="hello")) is None


def test_service_messages_and_other_bots_are_not_heard() -> None:
    """Nobody said anything to the tutor."""
    assert heard(**message(GROUP, new_chat_members=[BOT])) is None
    assert heard(**message(GROUP, text="/learn") | {"from": BOT}) is None


@given(st.text(min_size=1))
def test_any_private_text_is_heard(text: str) -> None:
    """Whatever people type comes through whole, but for the ends and the bot's own name."""
    incoming = said(text)
    if not text.startswith("/"):
        assert incoming is not None
        assert incoming.text == text.strip()
