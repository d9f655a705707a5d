"""Pictures and documents on Telegram: the real SDK uploads them to the loopback server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.telegram.render import render
from bot.messages import Button, Document, Incoming, Picture, Reply
from tests.platforms.telegram_host import ANN, GO, GROUP, Answer, run, saying, serving
from tests.platforms.uploads import Upload, png

CHART = Picture(png(40, 30), "Two bars", 40, 30)
OTHER = Picture(png(40, 30, shade=9), "Three bars", 40, 30)
EXPORT = Document("progress.json", b'{"lessons": 3}', "application/json")
SHOWN = Upload("picture.png", CHART.png, "image/png")
WITH_PICTURE = Reply("**Two** bars", (GO,), picture=CHART)


def long_text(units: int) -> str:
    return " ".join(f"word{n:05}" for n in range(units // 10))


def first_then(first: Reply, second: Reply) -> Answer:
    """Answer what is said with one reply and presses with another."""

    async def answer(incoming: Incoming) -> AsyncIterator[Reply]:
        yield second if incoming.action else first

    return answer


def test_a_picture_has_a_short_text_as_its_caption_and_the_buttons_below() -> None:
    """One message, formatted as a text would be; and its id is told to the tutor."""

    async def story() -> None:
        async with serving(saying(WITH_PICTURE)) as (server, tutor):
            await server.say(ANN, "hi")
            (reply,) = await server.wait_for(lambda: server.replies(ANN)) or []
            assert (reply.photo, reply.caption, reply.labels) == (SHOWN, "Two bars", ["继续"])
            assert [entity["type"] for entity in reply.entities] == ["bold"]
            await server.wait_for(lambda: tutor.reported)
            assert tutor.reported == [(WITH_PICTURE.text, [str(reply.message_id)])]

    run(story)


@pytest.mark.parametrize(("units", "texts"), [(1500, 1), (6000, 2)])
def test_a_long_text_follows_its_picture_with_the_buttons_at_its_end(
    units: int, texts: int
) -> None:
    """The picture comes first, without a caption; nothing of the text is lost, at the pace."""

    async def story() -> None:
        answer = saying(replace(WITH_PICTURE, text=long_text(units)))
        async with serving(answer, rate_limits=True) as (server, tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: tutor.reported)
            picture, *others = server.replies(ANN)
            assert (picture.photo, picture.caption, picture.labels) == (SHOWN, "", [])
            assert [reply.labels for reply in others] == [[]] * (texts - 1) + [["继续"]]
            assert " ".join(reply.text for reply in others).split() == long_text(units).split()
            assert len(tutor.reported[0][1]) == texts + 1

    run(story)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("字" * 1024, 1),
        ("字" * 1025, 2),
        ("🙂" * 512, 1),
        ("🙂" * 513, 2),
        (" ".join(f"**{n}**" for n in range(100)), 1),
        (" ".join(f"**{n}**" for n in range(101)), 3),
        ("", 1),
    ],
)
def test_a_caption_is_at_most_what_telegram_takes(text: str, messages: int) -> None:
    """1,024 UTF-16 units and a hundred entities; a picture needs no text at all."""
    assert len(render(Reply(text, picture=CHART))) == messages


def test_a_document_arrives_under_its_name() -> None:
    """Byte by byte, with the text as its caption."""

    async def story() -> None:
        async with serving(saying(Reply("Here it is.", (GO,), document=EXPORT))) as (server, _):
            await server.say(ANN, "/export")
            (reply,) = await server.wait_for(lambda: server.replies(ANN)) or []
            assert reply.document == Upload("progress.json", EXPORT.content, "application/json")
            assert (reply.caption, reply.labels) == ("Here it is.", ["继续"])

    run(story)


def test_a_picture_in_a_group_answers_its_question_in_its_topic() -> None:
    """As a text does."""

    async def story() -> None:
        async with serving(saying(WITH_PICTURE)) as (server, _tutor):
            topic: dict[str, Any] = {"message_thread_id": 5, "is_topic_message": True}
            asked = await server.say(ANN, "/learn", GROUP, "supergroup", **topic)
            await server.wait_for(lambda: server.replies(GROUP))
            (sent,) = server.called("sendPhoto")
            assert sent.params["message_thread_id"] == 5
            assert sent.params["reply_parameters"]["message_id"] == asked

    run(story)


def test_a_private_document_goes_to_the_person_and_nothing_to_the_group() -> None:
    """Whoever has no private chat with the bot is asked to open one."""

    async def story() -> None:
        answer = saying(Reply("Yours alone.", document=EXPORT, private=True))
        async with serving(answer) as (server, _tutor):
            await server.say(ANN, "/export", GROUP, "group", language_code="en")
            (line,) = await server.wait_for(lambda: server.replies(GROUP)) or []
            assert "private chat" in line.text
            assert line.document is None
            await server.say(ANN, "/start")
            await server.wait_for(lambda: server.replies(ANN))
            await server.say(ANN, "/export", GROUP, "group")
            await server.wait_for(lambda: len(server.replies(ANN)) == 2)
            assert [reply.caption for reply in server.replies(ANN)] == ["Yours alone."] * 2
            assert len(server.replies(GROUP)) == 1

    run(story)


@pytest.mark.parametrize("first", [Reply("text", (GO,)), WITH_PICTURE])
def test_a_picture_takes_the_place_of_the_pressed_message(first: Reply) -> None:
    """Of a text as well as of another picture."""

    async def story() -> None:
        second = Reply("Three", (Button("B", "b"),), replaces=True, picture=OTHER)
        async with serving(first_then(first, second)) as (server, tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: server.replies(ANN))
            await server.press(ANN, "learn")
            await server.wait_for(lambda: len(tutor.reported) == 2)
            (reply,) = server.replies(ANN)
            assert reply.photo == Upload("picture.png", OTHER.png, "image/png")
            assert (reply.caption, reply.labels, reply.edits) == ("Three", ["B"], 1)

    run(story)


def test_a_text_that_replaces_a_picture_is_sent_anew_in_the_same_topic() -> None:
    """Telegram cannot turn one into the other, so it is not even asked."""

    async def story() -> None:
        answer = first_then(WITH_PICTURE, Reply("text", replaces=True))
        async with serving(answer) as (server, _tutor):
            topic: dict[str, Any] = {"message_thread_id": 5, "is_topic_message": True}
            await server.say(ANN, "/learn", GROUP, "supergroup", **topic)
            await server.wait_for(lambda: server.replies(GROUP))
            await server.press(ANN, "learn", GROUP)
            await server.wait_for(lambda: len(server.replies(GROUP)) == 2)
            picture, text = server.replies(GROUP)
            assert (picture.photo, text.text, text.caption) == (SHOWN, "text", None)
            assert server.called("editMessageText") == []
            assert server.called("sendMessage")[0].params["message_thread_id"] == 5

    run(story)


def test_a_picture_that_cannot_take_the_place_of_a_message_is_sent_anew() -> None:
    """Such as of one that is too old, or where an older Bot API server serves."""

    async def story() -> None:
        answer = first_then(Reply("text", (GO,)), replace(WITH_PICTURE, replaces=True))
        async with serving(answer) as (server, _tutor):
            await server.say(ANN, "hi")
            await server.wait_for(lambda: server.replies(ANN))
            server.fail("editMessageMedia", 400, "Bad Request: message can't be edited")
            await server.press(ANN, "learn")
            await server.wait_for(lambda: len(server.replies(ANN)) == 2)
            assert [reply.photo for reply in server.replies(ANN)] == [None, SHOWN]

    run(story)


def test_no_draft_stays_behind_in_a_private_chat() -> None:
    """Any message takes it away, a picture too; a draft itself shows its text alone."""

    async def story() -> None:
        draft = replace(WITH_PICTURE, draft=True)
        async with serving(saying(draft, WITH_PICTURE, pause=0.3)) as (server, _tutor):
            await server.say(ANN, "why?")
            await server.wait_for(lambda: server.replies(ANN))
            assert server.drafts[ANN] == ["Two bars"]
            assert server.previews == {}

    run(story)


@pytest.mark.parametrize("refused", [False, True])
def test_no_draft_stays_behind_in_a_group(refused: bool) -> None:
    """It becomes the picture; where that is refused it is deleted after the picture came."""

    async def story() -> None:
        draft = Reply("Two", draft=True)
        async with serving(saying(draft, WITH_PICTURE, pause=0.3)) as (server, tutor):
            if refused:
                server.fail("editMessageMedia", 400, "Bad Request: message can't be edited")
            await server.say(ANN, "/ask why", GROUP, "supergroup")
            await server.wait_for(lambda: tutor.reported)
            (reply,) = server.replies(GROUP)
            assert (reply.photo, reply.caption, reply.labels) == (SHOWN, "Two bars", ["继续"])
            assert tutor.reported[0][1] == [str(reply.message_id)]
            assert len(server.called("deleteMessage")) == refused

    run(story)


@pytest.mark.parametrize(
    ("status", "text"),
    [(400, "Bad Request: not enough rights to send photos to the chat"),
     (400, "Bad Request: IMAGE_PROCESS_FAILED"),
     (413, "Request Entity Too Large")],
)  # fmt: skip
def test_the_text_comes_through_where_the_picture_is_refused(status: int, text: str) -> None:
    """At once, with its buttons, and with a line that says that something is missing."""

    async def story() -> None:
        async with serving(saying(WITH_PICTURE)) as (server, tutor):
            server.fail("sendPhoto", status, text)
            await server.say(ANN, "hi", language_code="en")
            (reply,) = await server.wait_for(lambda: server.replies(ANN)) or []
            assert reply.text.startswith("Two bars\n\n(The attachment could not be sent")
            assert (reply.photo, reply.labels) == (None, ["继续"])
            assert len(server.called("sendPhoto")) == 1
            assert tutor.errors == []

    run(story)


def test_the_text_takes_the_place_of_a_draft_where_the_picture_is_refused() -> None:
    """The draft is not left standing above it."""

    async def story() -> None:
        draft = Reply("Two", draft=True)
        async with serving(saying(draft, WITH_PICTURE, pause=0.3)) as (server, tutor):
            server.fail("editMessageMedia", 400, "Bad Request: IMAGE_PROCESS_FAILED")
            server.fail("sendPhoto", 400, "Bad Request: IMAGE_PROCESS_FAILED")
            await server.say(ANN, "/ask why", GROUP, "supergroup")
            await server.wait_for(lambda: tutor.reported)
            (reply,) = server.replies(GROUP)
            assert (reply.photo, reply.edits, reply.labels) == (None, 1, ["继续"])
            assert reply.text.startswith("Two bars")

    run(story)


def test_a_private_text_comes_through_where_its_document_is_refused() -> None:
    """To the person, not to the group."""

    async def story() -> None:
        answer = saying(Reply("Yours alone.", document=EXPORT, private=True))
        async with serving(answer) as (server, _tutor):
            await server.say(ANN, "/start")
            await server.wait_for(lambda: server.replies(ANN))
            server.fail("sendDocument", 413, "Request Entity Too Large")
            await server.say(ANN, "/export", GROUP, "group")
            await server.wait_for(lambda: len(server.replies(ANN)) == 2)
            reply = server.replies(ANN)[-1]
            assert reply.document is None
            assert reply.text == "Yours alone.\n\n（附件没能发出来，稍后可以再试一次。）"
            assert server.replies(GROUP) == []

    run(story)


def test_a_line_that_is_too_slow_for_a_picture_still_takes_its_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After all attempts."""
    monkeypatch.setattr("adapters.telegram.insistence.NETWORK_PAUSES", (0.01, 0.01))

    async def story() -> None:
        async with serving(saying(WITH_PICTURE)) as (server, _tutor):
            server.fail("sendPhoto", 0, times=99)
            await server.say(ANN, "hi")
            (reply,) = await server.wait_for(lambda: server.replies(ANN)) or []
            assert (reply.photo, reply.labels) == (None, ["继续"])
            assert len(server.called("sendPhoto")) == 3

    run(story)


def test_a_flood_wait_delays_a_picture_and_does_not_double_it() -> None:
    """It comes once, after as long as Telegram says."""

    async def story() -> None:
        async with serving(saying(WITH_PICTURE)) as (server, tutor):
            server.fail("sendPhoto", 429, "Too Many Requests", retry_after=1)
            await server.say(ANN, "hi")
            await server.wait_for(lambda: tutor.reported)
            await asyncio.sleep(0.3)
            (reply,) = server.replies(ANN)
            assert reply.photo == SHOWN
            first, second = server.called("sendPhoto")
            assert second.at - first.at >= 1

    run(story)


@pytest.mark.parametrize("status", [0, 500, 502])
@pytest.mark.parametrize("reply", [WITH_PICTURE, Reply("x", document=EXPORT)])
def test_a_network_fault_is_tried_again_with_the_whole_file(status: int, reply: Reply) -> None:
    """A dropped line and errors of the server's own; the second upload is not an empty one."""

    async def story() -> None:
        async with serving(saying(reply)) as (server, _tutor):
            server.fail("sendPhoto" if reply.picture else "sendDocument", status, "Bad Gateway")
            await server.say(ANN, "hi")
            (shown,) = await server.wait_for(lambda: server.replies(ANN)) or []
            upload = shown.photo or shown.document
            assert upload is not None
            assert upload.content in (CHART.png, EXPORT.content)

    run(story)


def test_formatting_that_telegram_refuses_is_left_out_of_a_caption() -> None:
    """The picture counts, and the words; and what was code still notifies nobody."""

    async def story() -> None:
        answer = saying(replace(WITH_PICTURE, text="**hi** `@ann`"))
        async with serving(answer) as (server, _tutor):
            server.fail("sendPhoto", 400, "Bad Request: can't parse entities: wrong")
            await server.say(ANN, "hi")
            (reply,) = await server.wait_for(lambda: server.replies(ANN)) or []
            assert (reply.photo, reply.caption, reply.entities) == (SHOWN, "hi \uff20ann", [])
            assert reply.labels == ["继续"]

    run(story)


def test_who_blocked_the_bot_gets_no_second_message_in_place_of_a_picture() -> None:
    """A refusal of the person's is not one of the picture."""

    async def story() -> None:
        async with serving(saying(WITH_PICTURE)) as (server, tutor):
            server.block(ANN)
            await server.say(ANN, "hi")
            await server.wait_for()
            assert server.called("sendMessage") == []
            assert tutor.errors == []

    run(story)
