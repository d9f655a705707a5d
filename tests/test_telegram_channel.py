"""The Telegram host over real HTTP: the real SDK against the loopback server."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

from bot.commands import COMMANDS
from bot.errors import OperatorError
from bot.messages import Incoming, Reply
from tests.platforms.telegram_host import (
    ANN,
    BOB,
    GO,
    GROUP,
    StandIn,
    connect,
    echo,
    run,
    saying,
    serving,
)
from tests.platforms.telegram_server import TOKEN, TelegramServer


def test_the_command_menu_is_registered_in_both_languages() -> None:
    """Chinese for zh, English for en and for everybody else; and so are the descriptions."""

    async def story() -> None:
        async with serving(echo) as (server, _tutor):
            assert set(server.commands) == {"", "zh", "en"}
            for code, language in (("", "en"), ("zh", "zh"), ("en", "en")):
                menu = [(row["command"], row["description"]) for row in server.commands[code]]
                assert menu == [(row.name, row.description[language]) for row in COMMANDS]
                assert ("long", code) in server.profile
                assert ("short", code) in server.profile

    run(story)


def test_a_message_gets_its_formatted_reply_with_buttons() -> None:
    """From the person's text to what the chat shows."""

    async def story() -> None:
        async with serving(echo) as (server, tutor):
            await server.say(ANN, "什么是词元?")
            (reply,) = await server.wait_for(lambda: server.replies(ANN)) or []
            assert reply.text == "什么是词元?"
            assert [entity["type"] for entity in reply.entities] == ["bold"]
            assert reply.labels == ["继续", "B"]
            assert tutor.heard[0].locale == "zh-hans"

    run(story)


def test_a_press_is_acknowledged_while_the_answer_is_still_being_made() -> None:
    """The spinner on the button ends at once, however long the tutor thinks."""

    async def story() -> None:
        async def slow(incoming: Incoming) -> AsyncIterator[Reply]:
            if incoming.action:
                await asyncio.sleep(1)
            yield Reply("x", (GO,))

        async with serving(slow) as (server, tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: server.replies(ANN))
            press = await server.press(ANN, "继续")
            await server.wait_for(lambda: server.is_answered(press), timeout=0.9)
            assert len(server.replies(ANN)) == 1
            await server.wait_for(lambda: len(server.replies(ANN)) == 2)
            assert tutor.heard[-1].action == "learn"

    run(story)


def test_a_replacing_reply_takes_the_place_of_the_pressed_message() -> None:
    """The same message changes; a reply that changes nothing is fine too."""

    async def story() -> None:
        async with serving(saying(Reply("same", (GO,), replaces=True))) as (server, _tutor):
            await server.say(ANN, "hi")
            first = await server.wait_for(lambda: server.replies(ANN))
            await server.press(ANN, "learn")
            await server.wait_for()
            assert server.replies(ANN) == first
            assert len(server.called("editMessageText")) == 1

    run(story)


def test_only_one_reply_takes_the_place_of_the_pressed_message() -> None:
    """What follows it in the same turn does not wipe it out."""

    async def story() -> None:
        first, second = Reply("one", (GO,), replaces=True), Reply("two", replaces=True)
        async with serving(saying(first, second)) as (server, tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: len(tutor.reported) == 2)
            await server.press(ANN, "learn")
            await server.wait_for(lambda: len(tutor.reported) == 4)
            assert [reply.text for reply in server.replies(ANN)] == ["one", "two", "two"]

    run(story)


def test_a_message_that_cannot_be_edited_is_sent_anew() -> None:
    """Nothing is lost by a press on a message that is too old."""

    async def story() -> None:
        async with serving(saying(Reply("*new*", (GO,), replaces=True))) as (server, _tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: server.replies(ANN))
            server.fail("editMessageText", 400, "Bad Request: message can't be edited")
            await server.press(ANN, "learn")
            await server.wait_for(lambda: len(server.replies(ANN)) == 2)

    run(story)


def drafts(count: int) -> list[Reply]:
    return [Reply("word " * n, draft=True) for n in range(1, count + 1)]


def test_drafts_in_a_private_chat_are_paced_and_end_in_a_sent_message() -> None:
    """At most two drafts a second, and the final text whole."""

    async def story() -> None:
        final = Reply("the **whole** answer", (GO,))
        async with serving(saying(*drafts(15), final, pause=0.1)) as (server, _tutor):
            await server.say(ANN, "why?")
            (reply,) = await server.wait_for(lambda: server.replies(ANN)) or []
            assert (reply.text, reply.labels) == ("the whole answer", ["继续"])
            calls = server.called("sendMessageDraft")
            assert 2 <= len(calls) <= 4
            assert all(later.at - earlier.at > 0.45 for earlier, later in pairwise(calls))
            assert len({call.params["draft_id"] for call in calls}) == 1

    run(story)


def test_drafts_in_a_group_are_edits_of_one_message() -> None:
    """It becomes the final message."""

    async def story() -> None:
        final = Reply("whole", (GO,))
        async with serving(saying(*drafts(40), final, pause=0.1)) as (server, _tutor):
            asked = await server.say(ANN, "/ask why", GROUP, "supergroup")
            await server.wait_for(lambda: any(reply.labels for reply in server.replies(GROUP)))
            (reply,) = server.replies(GROUP)
            assert reply.text == "whole"
            assert server.called("sendMessageDraft") == []
            assert reply.edits == 2
            (sent,) = server.called("sendMessage", GROUP)
            assert sent.params["reply_parameters"]["message_id"] == asked

    run(story)


def test_the_tutor_is_told_under_which_ids_a_reply_stands_in_the_group() -> None:
    """All parts of it, the first of which was a draft; private replies do not stand there."""

    async def story() -> None:
        long = Reply("word " * 1500, (GO,))
        new = Reply("new", replaces=True)

        async def answer(incoming: Incoming) -> AsyncIterator[Reply]:
            yield Reply("secret", private=True)
            if not incoming.is_private:
                yield Reply("word", draft=True)
                await asyncio.sleep(0.2)
                yield new if incoming.action else long

        async with serving(answer) as (server, tutor):
            await server.say(ANN, "/start")
            await server.wait_for(lambda: tutor.reported)
            tutor.reported.clear()
            await server.say(ANN, "/ask why", GROUP, "supergroup")
            await server.wait_for(lambda: tutor.reported)
            await server.press(ANN, "learn", GROUP)
            await server.wait_for(lambda: len(tutor.reported) == 2)
            first, second, third = (str(reply.message_id) for reply in server.replies(GROUP))
            assert tutor.reported == [(long.text, [first, second]), ("new", [third])]
            assert [reply.text for reply in server.replies(ANN)] == ["secret"] * 3

    run(story)


def test_a_draft_that_fails_does_not_lose_the_final_text() -> None:
    """After the first refusal there are no more drafts of that answer."""

    async def story() -> None:
        answer = saying(*drafts(8), Reply("whole"), pause=0.1)
        async with serving(answer) as (server, _tutor):
            server.fail("sendMessageDraft", 400, "Bad Request: no drafts", times=99)
            await server.say(ANN, "why?")
            await server.wait_for(lambda: server.replies(ANN))
            assert server.replies(ANN)[0].text == "whole"
            assert len(server.called("sendMessageDraft")) == 1

    run(story)


def test_a_flood_wait_is_honoured_and_does_not_hold_up_other_chats() -> None:
    """The one chat waits as long as it is told, the other is answered meanwhile."""

    async def story() -> None:
        async with serving(echo) as (server, _tutor):
            server.fail("sendMessage", 429, "Too Many Requests", retry_after=2, chat_id=ANN)
            await server.say(ANN, "one")
            await server.wait_for(lambda: server.called("sendMessage", ANN))
            await server.say(BOB, "two")
            await server.wait_for(lambda: server.replies(BOB), timeout=1)
            assert server.replies(ANN) == []
            await server.wait_for(lambda: server.replies(ANN))
            first, second = server.called("sendMessage", ANN)
            assert second.at - first.at >= 2

    run(story)


def test_formatting_that_telegram_refuses_is_left_out() -> None:
    """The text counts, and its buttons; and what was code still notifies nobody."""

    async def story() -> None:
        async with serving(saying(Reply("**hi** `@ann`", (GO,)))) as (server, _tutor):
            server.fail("sendMessage", 400, "Bad Request: can't parse entities: wrong")
            await server.say(ANN, "hi")
            (reply,) = await server.wait_for(lambda: server.replies(ANN)) or []
            assert (reply.text, reply.entities, reply.labels) == ("hi \uff20ann", [], ["继续"])
            assert reply.mentions == []

    run(story)


@pytest.mark.parametrize("status", [0, 500, 502])
def test_a_network_fault_is_tried_again(status: int) -> None:
    """A dropped line and an error of the server's own."""

    async def story() -> None:
        async with serving(echo) as (server, _tutor):
            server.fail("sendMessage", status, "Bad Gateway")
            await server.say(ANN, "hi")
            await server.wait_for(lambda: server.replies(ANN))

    run(story)


def test_a_long_text_arrives_whole_at_the_permitted_rate() -> None:
    """Several messages, one a second, the buttons under the last."""

    async def story() -> None:
        words = [f"word{n}" for n in range(1500)]
        answer = saying(Reply(" ".join(words), (GO,)))
        async with serving(answer, rate_limits=True) as (server, _tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: any(reply.labels for reply in server.replies(ANN)))
            replies = server.replies(ANN)
            assert " ".join(reply.text for reply in replies).split() == words
            assert [reply.labels for reply in replies] == [[], [], [], ["继续"]]

    run(story)


def test_in_a_group_only_what_is_meant_for_the_bot_is_heard() -> None:
    """A mention is answered, talk among people is not; and nobody is notified by a name."""

    async def story() -> None:
        async with serving(saying(Reply("ask @everyone and @ann"))) as (server, tutor):
            await server.say(BOB, "hello all", GROUP, "group")
            await server.say(ANN, "@llm_tutor_bot what is a token", GROUP, "group")
            (reply,) = await server.wait_for(lambda: server.replies(GROUP)) or []
            assert [incoming.text for incoming in tutor.heard] == ["what is a token"]
            assert reply.mentions == []

    run(story)


def test_an_answer_stays_in_the_topic_of_its_question() -> None:
    """Forums are groups of many threads."""

    async def story() -> None:
        async with serving(echo) as (server, _tutor):
            topic: dict[str, Any] = {"message_thread_id": 5, "is_topic_message": True}
            await server.say(ANN, "/learn", GROUP, "supergroup", **topic)
            await server.wait_for(lambda: server.replies(GROUP))
            assert server.called("sendMessage")[0].params["message_thread_id"] == 5

    run(story)


def test_a_private_reply_in_a_group_goes_to_the_person() -> None:
    """Nothing of it is seen in the group, its drafts neither."""

    async def story() -> None:
        answer = saying(Reply("sec", draft=True, private=True), Reply("secret", private=True))
        async with serving(answer) as (server, _tutor):
            await server.say(ANN, "/start")
            await server.wait_for(lambda: server.replies(ANN))
            await server.say(ANN, "/progress", GROUP, "group")
            await server.wait_for(lambda: len(server.replies(ANN)) == 2)
            assert server.replies(GROUP) == []

    run(story)


def test_without_a_private_chat_the_group_gets_one_line_with_a_link() -> None:
    """A bot cannot write first; the person has to open the chat."""

    async def story() -> None:
        answer = saying(Reply("secret", private=True), Reply("more", private=True))
        async with serving(answer) as (server, _tutor):
            await server.say(ANN, "/progress", GROUP, "group", language_code="en")
            await server.wait_for()
            (line,) = server.replies(GROUP)
            assert line.text.endswith("private chat with me first: https://t.me/llm_tutor_bot")

    run(story)


def test_being_blocked_is_noted_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """It is the person's right, not a fault."""

    async def story() -> None:
        async with serving(echo) as (server, tutor):
            server.block(ANN)
            await server.say(ANN, "hi")
            await server.wait_for()
            assert tutor.errors == []

    with caplog.at_level(logging.INFO):
        run(story)
    (record,) = [record for record in caplog.records if "blocked" in record.getMessage()]
    assert record.levelno == logging.INFO
    assert record.exc_info is None


def test_an_unexpected_error_is_apologized_for_and_the_next_message_is_served() -> None:
    """One learner's trouble does not stop the host."""

    async def story() -> None:
        async def broken(incoming: Incoming) -> AsyncIterator[Reply]:
            if incoming.text == "crash":
                raise ZeroDivisionError
            yield Reply("fine")

        async with serving(broken) as (server, tutor):
            await server.say(ANN, "crash")
            await server.say(BOB, "hi")
            await server.wait_for(lambda: server.replies(ANN) and server.replies(BOB))
            assert server.replies(ANN)[0].text == "sorry (1234)"
            assert [type(error) for error in tutor.errors] == [ZeroDivisionError]

    run(story)


def test_the_chat_shows_typing_when_the_answer_takes_long() -> None:
    """After two seconds without anything to read, and not before."""

    async def story() -> None:
        async def slow(incoming: Incoming) -> AsyncIterator[Reply]:
            await asyncio.sleep(2.5 if incoming.text == "slow" else 0)
            yield Reply("x")

        async with serving(slow) as (server, _tutor):
            await server.say(BOB, "quick")
            await server.say(ANN, "slow")
            await server.wait_for(lambda: server.replies(ANN))
            await server.wait_for()
            assert len(server.called("sendChatAction", ANN)) == 1
            assert server.called("sendChatAction", BOB) == []

    run(story)


def test_one_slow_answer_does_not_block_other_learners() -> None:
    """Updates are handled side by side."""

    async def story() -> None:
        async def answer(incoming: Incoming) -> AsyncIterator[Reply]:
            await asyncio.sleep(5 if incoming.text == "slow" else 0)
            yield Reply("x")

        async with serving(answer) as (server, _tutor):
            await server.say(ANN, "slow")
            for person in range(20, 40):
                await server.say(person, "quick")
            await server.wait_for(
                lambda: all(server.replies(person) for person in range(20, 40)), timeout=3
            )

    run(story)


PERSON = {"id": ANN, "is_bot": False, "first_name": "Ann"}
CHAT = {"id": ANN, "type": "private"}

MALFORMED: list[dict[str, Any]] = [
    {"message": {"message_id": 1}},
    {"message": []},
    {"message": 5},
    {"message": {"message_id": 1, "date": "yesterday", "chat": CHAT, "text": "x"}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "from": PERSON, "text": 5}},
    {"message": {"message_id": 1, "date": 1, "chat": "here", "from": PERSON, "text": "x"}},
    {"callback_query": {"id": 5, "from": None, "chat_instance": None}},
    {"callback_query": {"id": "1", "from": PERSON, "chat_instance": "1", "data": 5}},
]


def test_malformed_updates_neither_stop_nor_stall_the_host() -> None:
    """Whoever writes after them is answered within seconds."""

    async def story() -> None:
        async with serving(echo) as (server, _tutor):
            for update in MALFORMED:
                for kind, content in update.items():
                    server.update(kind, content)
            await server.say(BOB, "\0 \u202e hi")
            await server.wait_for(lambda: server.replies(BOB), timeout=3)

    run(story)


def test_an_update_that_comes_twice_is_handled_once() -> None:
    """Telegram repeats those whose confirmation it did not get."""

    async def story() -> None:
        async with serving(echo) as (server, tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: server.replies(ANN))
            server.repeat_update()
            await server.say(ANN, "again")
            await server.wait_for(lambda: len(server.replies(ANN)) == 2)
            assert [incoming.text for incoming in tutor.heard] == ["hi", "again"]

    run(story)


@pytest.mark.parametrize("token", ["123456:wrong", "no token at all"])
def test_a_wrong_token_is_the_operator_s_to_put_right(token: str) -> None:
    """One line that names the variable and never its value."""

    async def story() -> None:
        async with TelegramServer() as server:
            with pytest.raises(OperatorError, match="TELEGRAM_TOKEN") as raised:
                await connect(StandIn(echo), server, token).run()
            assert token not in str(raised.value)
            assert raised.value.__context__ is None

    run(story)


def test_a_token_that_is_withdrawn_later_stops_the_host() -> None:
    """Polling in vain for ever would help nobody."""

    async def story() -> None:
        async with TelegramServer() as server:
            channel = connect(StandIn(echo), server)
            running = asyncio.create_task(channel.run())
            await server.wait_for(lambda: channel.ready)
            server.token = "123456:another"
            await server.say(ANN, "hi")  # ends the poll that is under way
            with pytest.raises(OperatorError, match="TELEGRAM_TOKEN"):
                await running

    run(story)


def test_one_refused_poll_is_not_the_end() -> None:
    """A proxy or a local Bot API server that starts again says 404 once; the token is fine."""

    async def story() -> None:
        async with serving(echo) as (server, _tutor):
            server.fail("getUpdates", 404)
            for number in (1, 2):  # the first ends the poll that was under way
                await server.say(ANN, "hi")
                await server.wait_for(lambda: len(server.replies(ANN)) == number, 30)  # noqa: B023

    run(story)


def test_one_person_who_floods_does_not_take_the_places_of_the_others() -> None:
    """Of three hundred messages a few wait, the others are passed over, and Bob is answered."""
    lock = asyncio.Lock()

    async def slow_for_ann(incoming: Incoming) -> AsyncIterator[Reply]:
        if incoming.sender.user_id == str(ANN):
            async with lock:
                await asyncio.sleep(0.3)
        yield Reply(incoming.text)

    async def story() -> None:
        async with serving(slow_for_ann) as (server, tutor):
            for number in range(300):
                await server.say(ANN, str(number))
            await server.say(BOB, "hello")
            await server.wait_for(lambda: server.replies(BOB), 10)
            assert len(tutor.heard) < 50

    run(story)


def test_a_handler_that_runs_may_finish_when_the_host_stops() -> None:
    """The learner gets the answer they were waiting for."""

    async def story() -> None:
        async def slow(_incoming: Incoming) -> AsyncIterator[Reply]:
            await asyncio.sleep(1)
            yield Reply("done")

        async with serving(slow) as (server, tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: tutor.heard)
        assert server.replies(ANN)[0].text == "done"

    run(story)


def test_a_handler_that_does_not_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service stops even so, and the tutor is let go of."""
    monkeypatch.setattr("adapters.telegram.channel.STOP_SECONDS", 0.5)
    ended = []

    async def endless(_incoming: Incoming) -> AsyncIterator[Reply]:
        try:
            while True:
                yield Reply("…", draft=True)
                await asyncio.sleep(0.1)
        finally:
            ended.append(True)

    async def story() -> None:
        async with serving(endless) as (server, tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: tutor.heard)
        assert ended == [True]

    run(story)


def test_the_host_waits_for_a_platform_that_is_down_and_comes_back_after_it_was() -> None:
    """Before the first connection and in the middle; what was said meanwhile is answered."""

    async def story() -> None:
        async with TelegramServer() as server:
            await server.stop()
            channel = connect(StandIn(echo), server)
            running = asyncio.create_task(channel.run())
            await asyncio.sleep(0.3)
            assert not channel.ready
            await server.start()
            await server.wait_for(lambda: channel.ready)
            await server.stop()
            await server.wait_for(lambda: not channel.ready)
            await server.say(ANN, "hi")
            await server.start()
            await server.wait_for(lambda: server.replies(ANN))
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    run(story)


def test_the_token_is_in_no_log_record_even_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    """Libraries log URLs, and repr(bot) shows it too; nor do people's questions get there."""

    async def story() -> None:
        async with serving(echo) as (server, _tutor):
            server.fail("sendMessage", 500, "oops")
            await server.say(ANN, "a canary question")
            await server.wait_for(lambda: server.replies(ANN))
        logging.getLogger("other").error("url %s", f"http://x/bot{TOKEN}/getMe")
        try:
            raise ValueError(TOKEN)
        except ValueError:
            logging.getLogger("other").exception("with %r", {"token": TOKEN})

    caplog.set_level(logging.DEBUG)
    run(story)
    assert TOKEN not in caplog.text
    assert "canary" not in caplog.text
    assert "http://x/bot[hidden]/getMe" in caplog.text
