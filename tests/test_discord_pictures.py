"""Pictures and documents on Discord: the real SDK uploads them to the loopback server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.discord.render import created, edited, parts
from adapters.discord.speech import UNSENT
from bot.messages import Button, Document, Incoming, Picture, Reply
from tests.platforms.discord_host import (
    GUILD,
    LEARNER,
    StandIn,
    drive,
    running,
    say,
    with_buttons,
)
from tests.platforms.discord_rules import message_faults
from tests.platforms.discord_server import DiscordServer
from tests.platforms.uploads import Upload, png

GO = Button("Go", "next:1")
CHART = Picture(png(40, 30), "Two bars", 40, 30)
OTHER = Picture(png(40, 30, shade=9), "Three bars", 40, 30)
EXPORT = Document("progress.json", b'{"lessons": 3}', "application/json")
WITH_PICTURE = Reply("**Two** bars", (GO,), picture=CHART)


def test_a_picture_stands_between_its_text_and_the_buttons() -> None:
    """In a slash command's answer and in a direct message; words stand for it where needed."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        for ask in (server.slash(LEARNER, "learn"), server.say(LEARNER, "hi")):
            await ask
            seen = await server.wait_for(lambda: with_buttons(server))
            [attachment] = seen.attachments
            assert (attachment.file.name, attachment.file.content) == ("picture.png", CHART.png)
            assert attachment.description == "Two bars"
            assert (seen.content, seen.buttons) == ("**Two** bars", [("Go", "next:1")])
            server.world.remove(seen)

    drive(say(WITH_PICTURE), test)


def test_a_picture_comes_with_the_last_part_of_a_long_text() -> None:
    """Where the reading ends and the buttons are."""
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 60 for n in range(20))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "learn")
        await server.wait_for(lambda: with_buttons(server))
        replies = server.replies(server.dm(LEARNER))
        assert [bool(reply.photo) for reply in replies] == [False, False, False, True]
        assert "".join("".join(r.content for r in replies).split()) == "".join(text.split())

    drive(say(replace(WITH_PICTURE, text=text)), test)


def test_a_document_arrives_under_its_name() -> None:
    """Byte by byte."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.say(LEARNER, "/export")
        [reply] = await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
        assert reply.document is not None
        assert (reply.document.name, reply.document.content) == ("progress.json", EXPORT.content)

    drive(say(Reply("Here it is.", document=EXPORT)), test)


def test_a_private_picture_is_hidden_in_a_guild() -> None:
    """Of a private command, of a private reply to a public one, and of a mention."""
    script = say(replace(WITH_PICTURE, private=True), Reply("x", private=True, document=EXPORT))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        for command in ("progress", "learn"):
            await server.slash(LEARNER, command, guild=GUILD)
            await server.wait_for(lambda: len(server.replies(server.channel())) == 2)
            first, second = server.replies(server.channel())
            assert (first.only_for, second.only_for) == (LEARNER, LEARNER)
            assert first.photo
            assert second.document
            for seen in (first, second):
                server.world.remove(seen)
        await server.say(LEARNER, "my progress", guild=GUILD, mention=True)
        await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 2)
        assert [bool(reply.photo) for reply in server.replies(server.dm(LEARNER))] == [True, False]
        assert server.replies(server.channel()) == []

    drive(script, test)


def test_a_replaced_message_has_the_new_picture_or_none() -> None:
    """From text to picture, to another picture, to a text; nothing of the old one stays."""
    steps = iter(
        [
            Reply("One", (GO,)),
            replace(WITH_PICTURE, replaces=True),
            Reply("Three", (GO,), replaces=True, picture=OTHER),
            Reply("Four", (GO,), replaces=True),
        ]
    )

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        yield next(steps)

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.say(LEARNER, "hi")
        [seen] = await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
        for content, picture in (("**Two** bars", CHART), ("Three", OTHER), ("Four", None)):
            await server.press(LEARNER, "next:1")
            await server.wait_for(lambda content=content: seen.content == content)  # type: ignore[misc]
            shown = [attachment.file.content for attachment in seen.attachments]
            assert shown == ([picture.png] if picture else [])
        assert server.replies(server.dm(LEARNER)) == [seen]

    drive(script, test)


def test_a_draft_becomes_the_picture() -> None:
    """It stays the one message, and drafts upload nothing."""

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        yield replace(WITH_PICTURE, draft=True, buttons=())
        await asyncio.sleep(0.3)
        yield WITH_PICTURE

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.say(LEARNER, "why?")
        seen = await server.wait_for(lambda: with_buttons(server))
        assert seen.photo
        assert len(seen.history) == 2
        assert server.replies(server.dm(LEARNER)) == [seen]
        assert sum(bool(call.files) for call in server.calls) == 1

    drive(script, test)


@pytest.mark.parametrize("status", [400, 403, 413])
def test_the_text_comes_through_where_the_picture_is_refused(status: int) -> None:
    """At once, with its buttons, and with a line that says that something is missing."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        server.disturb(r"POST /channels/\d+/messages", status)
        server.disturb(r"PATCH /webhooks/.*", status)
        for ask in (server.slash(LEARNER, "learn"), server.say(LEARNER, "hi")):
            await ask
            seen = await server.wait_for(lambda: with_buttons(server))
            assert seen.content == f"**Two** bars\n\n{UNSENT}"
            assert seen.attachments == []
            server.world.remove(seen)
        assert tutor.errors == []

    drive(say(WITH_PICTURE), test)


def test_a_document_that_is_too_large_leaves_its_text() -> None:
    """Discord takes 10 MiB from a bot; whether more is ever allowed only it can tell."""
    large = replace(EXPORT, content=bytes((10 << 20) + 1))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "progress", guild=GUILD)
        [reply] = await server.wait_for(lambda: server.replies(server.channel()))
        assert (reply.content, reply.document) == (f"Yours.\n\n{UNSENT}", None)
        assert reply.ephemeral

    drive(say(Reply("Yours.", document=large)), test)


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_disturbances_delay_a_picture_and_neither_lose_nor_double_it(status: int) -> None:
    """A dropped line, a rate limit, errors of the server's own: each attempt has the whole file."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        server.disturb(r"POST /channels/\d+/messages", status, times=2)
        server.disturb(r"PATCH /webhooks/.*", status)
        await server.say(LEARNER, "hi")
        await server.slash(LEARNER, "learn", guild=GUILD)
        for place in (server.dm(LEARNER), server.channel()):
            await server.wait_for(lambda place=place: server.replies(place), 20)  # type: ignore[misc]
            [reply] = server.replies(place)
            assert reply.photo is not None
            assert reply.photo.content == CHART.png

    drive(say(WITH_PICTURE), test)


def test_a_line_that_is_too_slow_for_a_picture_still_takes_its_text() -> None:
    """After all attempts."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        server.disturb(r"POST /channels/\d+/messages", 0, times=4)
        await server.say(LEARNER, "hi")
        seen = await server.wait_for(lambda: with_buttons(server))
        assert seen.content.endswith(UNSENT)
        assert seen.attachments == []

    drive(say(WITH_PICTURE), test)


def test_a_picture_arrives_although_its_placeholder_was_deleted() -> None:
    """The file that Discord refused to take as a follow-up is sent again, whole."""

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        await asyncio.sleep(0.2)
        yield WITH_PICTURE

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "learn", guild=GUILD)
        [placeholder] = await server.wait_for(lambda: server.messages(server.channel()))
        server.world.remove(placeholder)
        [reply] = await server.wait_for(lambda: server.replies(server.channel()))
        assert reply.photo is not None
        assert reply.photo.content == CHART.png

    drive(script, test)


def test_a_picture_can_be_replaced_after_a_restart() -> None:
    """A press on a picture that another process sent replaces it."""

    async def run() -> None:
        async with DiscordServer() as server:
            async with running(server, StandIn(say(WITH_PICTURE))):
                await server.slash(LEARNER, "learn")
                await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
            async with running(server, StandIn(say(Reply("Right.", replaces=True)))):
                await server.press(LEARNER, "next:1")
                [seen] = server.replies(server.dm(LEARNER))
                await server.wait_for(lambda: seen.content == "Right.")
            assert (seen.attachments, seen.buttons) == ([], [])
            assert server.faults == []

    asyncio.run(run())


def test_a_part_gives_a_fresh_file_each_time() -> None:
    """The SDK uses up what it sends; two equal parts are equal, so nothing is uploaded in vain."""
    [part] = parts(WITH_PICTURE)
    first, second = created(part)["file"], created(part)["file"]
    assert first is not second
    assert first.fp.read() == second.fp.read() == CHART.png
    assert edited(part)["attachments"][0].fp.read() == CHART.png
    assert edited(parts(Reply("x"))[0])["attachments"] == []
    assert part["attached"] == parts(WITH_PICTURE)[0]["attached"]


def test_words_for_a_picture_keep_to_the_limit() -> None:
    """1,024 characters; half of a surrogate pair cannot be sent."""
    [part] = parts(Reply("x", picture=replace(CHART, alt="字" * 2000 + "\ud83d")))
    assert created(part)["file"].description == "字" * 1024
    [part] = parts(Reply("x", picture=replace(CHART, alt="")))
    assert created(part)["file"].description is None


@pytest.mark.parametrize(
    ("name", "sent"),
    [("进度.json", "进度.json"), ('a"\r\nX: b.json', "a___X__b.json"), ("", "file"),
     ("../a/b", ".._a_b"), ("SPOILER_a.txt", "a.txt")],
)  # fmt: skip
def test_the_name_of_a_document_can_break_no_request(name: str, sent: str) -> None:
    """The SDK writes it into a header as it is."""
    [part] = parts(Reply("x", document=replace(EXPORT, name=name)))
    assert created(part)["file"].filename == sent


PICTURE = Upload("a.png", CHART.png, "image/png")


@pytest.mark.parametrize(
    ("attachments", "files"),
    [
        ([], {0: PICTURE}),
        ([{"id": 0, "filename": "a.png"}], {}),
        ([{"id": 0, "filename": "b.png"}], {0: PICTURE}),
        ([{"id": 0, "filename": "a.png", "description": "x" * 1025}], {0: PICTURE}),
        ([{"id": 0, "filename": "a.png"}], {0: Upload("a.png", b"GIF89a", "image/png")}),
        ([{"id": n, "filename": "a.png"} for n in range(11)], dict.fromkeys(range(11), PICTURE)),
    ],
)
def test_the_loopback_refuses_files_that_discord_would_not_take(
    attachments: list[dict[str, Any]], files: dict[int, Upload]
) -> None:
    """Each file is named once, and each name has its file."""
    fine: dict[str, Any] = {"attachments": [{"id": 0, "filename": "a.png"}]}
    assert not list(message_faults(fine, edit=True, files={0: PICTURE}))
    assert list(message_faults({"attachments": attachments}, edit=True, files=files))
