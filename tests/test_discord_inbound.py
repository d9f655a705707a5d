"""Discord's events become what the tutor understands, or nothing."""

from typing import Any, cast

import discord
import pytest
from discord.state import ConnectionState
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.inbound import from_interaction, from_message
from bot.messages import Address
from tests.platforms.discord_world import (
    BOT_ID,
    PRESS,
    SLASH,
    Channel,
    Invocation,
    Seen,
    member_json,
    user_json,
)

LEARNER, OTHER, GUILD = 7, 8, 100
DM, ROOM = Channel(70, user=LEARNER), Channel(101, guild=GUILD)


def _state() -> ConnectionState[Any]:
    client = discord.Client(intents=discord.Intents.none())
    client._connection.user = discord.ClientUser(
        state=client._connection, data=cast(Any, user_json(BOT_ID))
    )
    return client._connection


def _message(channel: Channel, content: str, **changes: Any) -> discord.Message:
    """The SDK's message for this content, with fields of its JSON changed."""
    state, data = _state(), Seen(1, channel, LEARNER, content).json() | changes
    if channel.guild is not None:
        data |= {"guild_id": str(channel.guild), "member": member_json(LEARNER)}
    place, _ = state._get_guild_channel(cast(Any, data))
    return discord.Message(state=state, channel=cast(Any, place), data=cast(Any, data))


def _interaction(invocation: Invocation, **changes: Any) -> discord.Interaction[Any]:
    return discord.Interaction(data=cast(Any, invocation.json() | changes), state=_state())


def _slash(name: str, *values: str, channel: Channel = DM) -> Invocation:
    options = [{"name": f"option{n}", "type": 3, "value": text} for n, text in enumerate(values)]
    return Invocation(
        SLASH, LEARNER, channel, "zh-TW", {"id": "1", "name": name, "type": 1, "options": options}
    )


@pytest.mark.parametrize(
    ("values", "text"),
    [((), "/learn"), (("tokens",), "/learn tokens"), (("a", "b c"), "/learn a b c")],
)
def test_a_slash_command_is_read_as_typed(values: tuple[str, ...], text: str) -> None:
    """Its options follow its name in their order."""
    incoming = from_interaction(_interaction(_slash("learn", *values)))
    assert (incoming.text, incoming.action, incoming.locale) == (text, None, "zh-TW")
    assert incoming.replies_to is None
    assert incoming.sender == Address("discord", "7", "70")
    assert incoming.is_private
    assert incoming.mentions_bot


def test_a_press_is_read_as_its_action() -> None:
    """The custom id is the action, and there is no text."""
    press = Invocation(
        PRESS, LEARNER, ROOM, "en-US", {"custom_id": "quiz:1:b", "component_type": 2}
    )
    press.pressed = Seen(5, ROOM, BOT_ID, "?")
    incoming = from_interaction(_interaction(press))
    assert (incoming.action, incoming.text, incoming.is_private) == ("quiz:1:b", "", False)
    assert incoming.replies_to == "5"


@pytest.mark.parametrize(
    ("fields", "name"),
    [({}, "user7"), ({"global_name": "Ann Lee"}, "Ann Lee"),
     ({"global_name": " 安\u3000娜\n\x1b[1m\u202e "}, "安 娜 [1m"),
     ({"global_name": "字" * 99}, "字" * 64), ({"global_name": "\u200b"}, "")],
)  # fmt: skip
def test_a_name_is_passed_on_without_what_is_no_letter(fields: dict[str, Any], name: str) -> None:
    """On one line and of at most 64 characters, of who wrote as well as of who used a command."""
    user = user_json(LEARNER) | fields
    incoming = from_message(_message(DM, "hi", author=user), BOT_ID)
    assert incoming is not None
    assert incoming.name == name
    assert from_interaction(_interaction(_slash("learn"), user=user)).name == name


def test_in_a_guild_people_are_called_by_their_name_there() -> None:
    """The nickname, where somebody has one."""
    member = member_json(LEARNER) | {"nick": "Annie"}
    invocation = _slash("learn", channel=ROOM)
    assert from_interaction(_interaction(invocation, member=member)).name == "Annie"


def test_other_peoples_dm_is_not_private() -> None:
    """Where a user-installed bot is used between two people, both read the reply."""
    assert not from_interaction(_interaction(_slash("learn"), context=2)).is_private


def test_an_unknown_locale_is_passed_on() -> None:
    """A language that the SDK does not know yet is no reason to fail."""
    assert from_interaction(_interaction(_slash("learn"), locale="eo")).locale == "eo"


def test_a_direct_message_is_its_text() -> None:
    """Messages carry no locale."""
    incoming = from_message(_message(DM, " what is a token? "), BOT_ID)
    assert incoming is not None
    assert (incoming.text, incoming.locale) == ("what is a token?", None)
    assert (incoming.is_private, incoming.mentions_bot) == (True, False)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (f"<@{BOT_ID}> why?", "why?"),
        (f"<@!{BOT_ID}>why?", "why?"),
        (f"hey <@{BOT_ID}> why?", "hey why?"),
        (f"<@{BOT_ID}>", ""),
        (f"<@{BOT_ID}> ask <@8>", "ask <@8>"),
    ],
)
def test_a_mention_of_the_bot_is_stripped(content: str, text: str) -> None:
    """What remains is what was said; other people's mentions stay."""
    incoming = from_message(_message(ROOM, content, mentions=[user_json(BOT_ID)]), BOT_ID)
    assert incoming is not None
    assert (incoming.text, incoming.mentions_bot, incoming.is_private) == (text, True, False)
    assert incoming.sender == Address("discord", "7", "101")


def test_a_reply_to_the_bot_speaks_to_it() -> None:
    """Without its text, which Discord then withholds, there is nothing to answer."""
    original = Seen(5, ROOM, BOT_ID, "A lesson.").json()
    link = {"message_reference": {"message_id": "5", "channel_id": "101"}, "type": 19}
    replied = _message(ROOM, "why?", referenced_message=original, **link)
    withheld = _message(ROOM, "", referenced_message=original, **link)
    deleted = _message(ROOM, "why?", referenced_message=None, **link)
    incoming = from_message(replied, BOT_ID)
    assert incoming is not None
    assert (incoming.mentions_bot, incoming.replies_to) == (True, "5")
    assert from_message(withheld, BOT_ID) is None
    assert from_message(deleted, BOT_ID) is None


def test_a_reply_to_somebody_else_goes_on_with_nothing_of_the_bot() -> None:
    """Even where it mentions the bot."""
    original = Seen(5, ROOM, OTHER, "A thought.").json()
    link = {"message_reference": {"message_id": "5", "channel_id": "101"}, "type": 19}
    mentions = [user_json(BOT_ID)]
    message = _message(ROOM, "why?", referenced_message=original, mentions=mentions, **link)
    incoming = from_message(message, BOT_ID)
    assert incoming is not None
    assert (incoming.mentions_bot, incoming.replies_to) == (True, None)


def test_a_picture_or_a_sticker_is_an_empty_text() -> None:
    """The tutor says that it reads only text."""
    incoming = from_message(_message(DM, ""), BOT_ID)
    assert incoming is not None
    assert incoming.text == ""


@pytest.mark.parametrize(
    "message",
    [
        _message(ROOM, "hello everybody"),
        _message(ROOM, "hello", mention_everyone=True),
        _message(ROOM, "hello", mentions=[user_json(OTHER)]),
        _message(DM, "hello", author=user_json(BOT_ID)),
        _message(DM, "hello", webhook_id="9"),
        _message(DM, "", type=6),
    ],
    ids=["chatter", "everyone", "somebody else", "a bot", "a webhook", "a pin"],
)
def test_what_is_not_for_the_bot_is_passed_over(message: discord.Message) -> None:
    """No reply, no error."""
    assert from_message(message, BOT_ID) is None


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """Whatever somebody types to the bot arrives, but for blanks at its ends."""
    incoming = from_message(_message(DM, text), BOT_ID)
    assert incoming is not None
    assert incoming.text == text.strip()
