"""The loopback Telegram itself: it has to be as strict as the real one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    MessageEntity,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from tests.platforms.telegram_server import TOKEN, TelegramServer
from tests.platforms.uploads import png

Story = Callable[[TelegramServer, Bot], Awaitable[Any]]
ANN, GROUP = 7, -100


def play(story: Story, **options: Any) -> TelegramServer:
    """Run a story between a person, the platform and a bare bot."""

    async def run() -> TelegramServer:
        async with TelegramServer(**options) as server:
            async with Bot(TOKEN, base_url=f"{server.url}/bot") as bot:
                await server.say(ANN, "hi")
                await story(server, bot)
            return server

    return asyncio.run(asyncio.wait_for(run(), 20))


def keyboard(label: str, action: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=action)]])


def bold(start: int, length: int) -> list[MessageEntity]:
    return [MessageEntity("bold", start, length)]


@pytest.mark.parametrize(
    "request_of",
    [
        lambda bot: bot.send_message(ANN, " "),
        lambda bot: bot.send_message(ANN, "🙂" * 2049),
        lambda bot: bot.send_message(ANN, "*x*", parse_mode="MarkdownV2"),
        lambda bot: bot.send_message(ANN, "x", entities=bold(0, 2)),
        lambda bot: bot.send_message(ANN, "🙂", entities=bold(0, 1)),
        lambda bot: bot.send_message(ANN, "x" * 200, entities=bold(0, 1) * 101),
        lambda bot: bot.send_message(ANN, "x", entities=[MessageEntity("text_link", 0, 1)]),
        lambda bot: bot.send_message(ANN, "x", reply_markup=keyboard("", "a")),
        lambda bot: bot.send_message(ANN, "x", reply_markup=keyboard("A", "字" * 22)),
        lambda bot: bot.send_message_draft(ANN, 0, "x"),
        lambda bot: bot.send_message_draft(GROUP, 1, "x"),
        lambda bot: bot.answer_callback_query("99"),
        lambda bot: bot.send_message(ANN, "x", api_kwargs={"colour": "red"}),
        lambda bot: bot.send_message("ann", "x"),
        lambda bot: bot.send_dice(ANN),
        lambda bot: bot.send_photo(ANN, b"GIF89a"),
        lambda bot: bot.send_photo(ANN, "https://example.org/a.png"),
        lambda bot: bot.send_photo(ANN, png(), "字" * 1025),
        lambda bot: bot.send_photo(ANN, png(), "x", caption_entities=bold(0, 2)),
        lambda bot: bot.send_photo(ANN, png(), "*x*", parse_mode="MarkdownV2"),
        lambda bot: bot.send_photo(ANN, png(), reply_markup=keyboard("", "a")),
        lambda bot: bot.send_photo(ANN, png(1, 21)),
        lambda bot: bot.send_photo(ANN, png(9000, 1001)),
        lambda bot: bot.send_photo(ANN, png() + bytes(10 << 20)),
        lambda bot: bot.send_document(ANN, b""),
        lambda bot: bot.send_document(ANN, b"x", "🙂" * 513),
        lambda bot: bot.edit_message_media(InputMediaPhoto("file-1"), ANN, 1),
        lambda bot: bot.edit_message_media(InputMediaPhoto(b"GIF89a"), ANN, 1),
        lambda bot: bot.edit_message_media(InputMediaVideo(b"x"), ANN, 1),
    ],
)
def test_what_no_bot_should_send_is_refused_and_written_down(
    request_of: Callable[[Bot], Awaitable[Any]],
) -> None:
    """With the same kind of answer as the real platform gives."""

    async def story(_server: TelegramServer, bot: Bot) -> None:
        with pytest.raises((BadRequest, InvalidToken)):  # the library's name for 404
            await request_of(bot)

    assert len(play(story).faults) == 1


def test_a_press_is_acknowledged_once() -> None:
    """The second time is a mistake of the bot."""

    async def story(server: TelegramServer, bot: Bot) -> None:
        await bot.send_message(ANN, "?", reply_markup=keyboard("A", "quiz:a"))
        press = await server.press(ANN, "A")
        await bot.answer_callback_query(press)
        assert server.is_answered(press)
        with pytest.raises(BadRequest):
            await bot.answer_callback_query(press)

    assert len(play(story).faults) == 1


def test_updates_are_given_again_until_they_are_confirmed() -> None:
    """A bot that was killed in between finds them again."""

    async def story(server: TelegramServer, bot: Bot) -> None:
        (first,) = await bot.get_updates()
        assert await bot.get_updates() == (first,)
        await server.say(ANN, "more")
        (second,) = await bot.get_updates(offset=first.update_id + 1)
        assert second.message is not None
        assert second.message.text == "more"
        assert await bot.get_updates(offset=second.update_id + 1) == ()

    assert play(story).faults == []


def test_a_second_poll_ends_the_first() -> None:
    """Two processes with one token get in each other's way."""

    async def story(_server: TelegramServer, bot: Bot) -> None:
        (update,) = await bot.get_updates()
        async with Bot(TOKEN, base_url=f"{_server.url}/bot") as other:
            waiting = asyncio.create_task(bot.get_updates(update.update_id + 1, timeout=10))
            await asyncio.sleep(0.2)
            await other.get_updates(update.update_id + 1)
            with pytest.raises(Conflict):
                await waiting

    play(story)


def test_an_edit_that_changes_nothing_is_refused_but_no_fault() -> None:
    """The bot cannot always know."""

    async def story(_server: TelegramServer, bot: Bot) -> None:
        message = await bot.send_message(ANN, "x")
        await bot.edit_message_text("y", ANN, message.message_id)
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("y", ANN, message.message_id)

    server = play(story)
    assert server.faults == []
    assert [(reply.text, reply.edits) for reply in server.replies(ANN)] == [("y", 1)]


def test_a_picture_can_take_the_place_of_a_text_but_not_the_other_way_round() -> None:
    """As the real platform has it; trying is no fault."""

    async def story(_server: TelegramServer, bot: Bot) -> None:
        message = await bot.send_message(ANN, "x", reply_markup=keyboard("A", "a"))
        photo = InputMediaPhoto(png(), "y", caption_entities=bold(0, 1))
        edited = await bot.edit_message_media(photo, ANN, message.message_id)
        assert isinstance(edited, Message)
        assert (edited.text, edited.caption, edited.reply_markup) == (None, "y", None)
        assert [(size.width, size.height) for size in edited.photo] == [(2, 2)]
        with pytest.raises(BadRequest, match="no text in the message"):
            await bot.edit_message_text("z", ANN, message.message_id)
        document = await bot.send_document(ANN, b"{}", filename="a.json")
        assert document.document is not None
        assert document.document.file_name == "a.json"

    assert play(story).faults == []


@pytest.mark.parametrize(("chat_id", "error"), [(ANN, Forbidden), (8, Forbidden), (9, BadRequest)])
def test_some_people_cannot_be_written_to(chat_id: int, error: type[TelegramError]) -> None:
    """Who blocked the bot, who never wrote to it, who does not exist."""

    async def story(server: TelegramServer, bot: Bot) -> None:
        server.block(ANN)
        await server.say(8, "hi", GROUP, "group")
        with pytest.raises(error):
            await bot.send_message(chat_id, "x")

    assert play(story).faults == []


def test_too_many_messages_are_answered_with_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """One a second in a chat."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")

    async def story(_server: TelegramServer, bot: Bot) -> None:
        await bot.send_message(ANN, "x")
        with pytest.raises(RetryAfter):
            await bot.send_message(ANN, "y")

    assert play(story, rate_limits=True).floods == 1
