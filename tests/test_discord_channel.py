"""The Discord host, with the real SDK, against a loopback Discord that is as strict as the real."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

from bot.messages import Button, Incoming, Reply
from tests.platforms.discord_host import (
    GUILD,
    LEARNER,
    StandIn,
    drive,
    running,
    say,
    with_buttons,
)
from tests.platforms.discord_server import DiscordServer


def test_commands_are_registered_with_localised_descriptions() -> None:
    """Every row of the table becomes a slash command for guilds, DMs and user installs."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        assert list(server.commands) == ["learn", "ask", "progress"]
        learn = server.commands["learn"]
        assert learn["description"] == "The next lesson"
        assert learn["description_localizations"] == {"zh-CN": "下一课", "zh-TW": "下一课"}
        assert learn["contexts"] == [0, 1, 2]
        assert learn["integration_types"] == [0, 1]
        [option] = learn["options"]
        assert (option["name"], option["required"], option["autocomplete"]) == (
            "lesson",
            False,
            True,
        )
        assert option["description_localizations"]["zh-CN"] == "哪一课"
        assert server.commands["ask"]["options"][0]["required"]

    drive(say(), test)


def test_lessons_are_suggested_in_the_language_of_the_learner() -> None:
    """Typing part of an id or a title in either language suggests at most 25 lessons."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        chinese = await server.autocomplete(LEARNER, "learn", lesson="TOK")
        assert [(choice["name"], choice["value"]) for choice in chinese] == [("词元", "tokens")]
        english = await server.autocomplete(LEARNER, "learn", lesson="注意", locale="en-GB")
        assert [choice["name"] for choice in english] == ["Attention"]
        assert len(await server.autocomplete(LEARNER, "learn", lesson="", locale="de")) == 25

    drive(say(), test)


def test_a_slash_command_reaches_the_tutor_as_typed_text() -> None:
    """The option's value follows the name, and the reply takes the placeholder's place."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        used = await server.slash(LEARNER, "learn", lesson="tokens")
        [reply] = await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
        assert (reply.content, reply.ephemeral) == ("A **lesson**.", False)
        assert reply.buttons == [("Next", "next:tokens")]
        assert used.original is reply
        [heard] = tutor.heard
        assert (heard.text, heard.locale, heard.is_private) == ("/learn tokens", "zh-CN", True)
        assert heard.sender.chat_id == str(server.dm(LEARNER))

    drive(say(Reply("A **lesson**.", (Button("Next", "next:tokens"),))), test)


def test_a_command_of_an_older_version_reaches_the_tutor_too() -> None:
    """Chat apps show removed commands for a while; the tutor explains what is unknown."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "gone", stale=True, what="x")
        await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
        assert tutor.heard[0].text == "/gone x"

    drive(say(Reply("I do not know that.")), test)


def test_a_press_is_answered_also_after_a_fresh_session() -> None:
    """A button works for a host that never sent it: nothing about it is kept."""

    async def run() -> None:
        async with DiscordServer() as server:
            async with running(server, StandIn(say(Reply("?", (Button("Go", "next:1"),))))):
                await server.slash(LEARNER, "learn")
                await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
            tutor = StandIn(say(Reply("Right.")))
            async with running(server, tutor):
                await server.press(LEARNER, "next:1")
                await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 2)
            assert tutor.heard[0].action == "next:1"
            assert server.gateway.identified == 2
            assert server.faults == []

    asyncio.run(run())


def test_a_reply_that_replaces_edits_the_pressed_message() -> None:
    """The graded question stands where the question stood, without its buttons."""

    async def script(incoming: Incoming) -> AsyncIterator[Reply]:
        yield Reply("Right!", replaces=True) if incoming.action else Reply("?", (Button("A", "a"),))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.say(LEARNER, "quiz")
        [question] = await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
        await server.press(LEARNER, "a")
        await server.wait_for(lambda: question.content == "Right!")
        assert question.buttons == []
        assert server.replies(server.dm(LEARNER)) == [question]

    drive(script, test)


def test_drafts_are_shown_at_a_pace_and_end_with_the_whole_text() -> None:
    """Of many drafts a few are shown, each at least the pace after the one before."""
    whole = " ".join(f"word{n}" for n in range(40))

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        for end in range(1, len(whole), 5):
            await asyncio.sleep(0.01)
            yield Reply(whole[:end], draft=True)
        yield Reply(whole, (Button("Next", "next:1"),))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        for ask in (server.slash(LEARNER, "ask", question="why"), server.say(LEARNER, "why")):
            await ask
            seen = await server.wait_for(lambda: with_buttons(server))
            assert seen.content == whole
            *drafts, _final = [at for at, _ in seen.history]
            assert len(drafts) >= 3
            assert all(later - at > 0.09 for at, later in pairwise(drafts))
            server.world.remove(seen)

    drive(script, test)


def test_a_long_text_comes_in_several_messages() -> None:
    """The first replaces the draft, the others follow, and the last has the buttons."""
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 60 for n in range(20))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "ask", question="why")
        await server.wait_for(lambda: with_buttons(server))
        replies = server.replies(server.dm(LEARNER))
        assert len(replies) == 4
        assert "".join("".join(r.content for r in replies).split()) == "".join(text.split())
        assert [bool(reply.buttons) for reply in replies] == [False, False, False, True]

    drive(say(Reply(text[:500], draft=True), Reply(text, (Button("Next", "next:1"),))), test)


def test_the_tutor_is_told_under_which_ids_a_reply_stands() -> None:
    """All parts of it, the first of which was the placeholder, a draft or the pressed message."""
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 60 for n in range(10))

    async def script(incoming: Incoming) -> AsyncIterator[Reply]:
        if incoming.action:
            yield Reply("new", replaces=True)
            return
        yield Reply(text[:100], draft=True)
        await asyncio.sleep(0.2)
        yield Reply(text, (Button("Next", "next:1"),))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "ask", guild=GUILD, question="why")
        await server.wait_for(lambda: tutor.reported)
        await server.say(LEARNER, "why?", guild=GUILD, mention=True)
        await server.wait_for(lambda: len(tutor.reported) == 2)
        ids = [str(reply.id) for reply in server.replies(server.channel())]
        assert tutor.reported == [(text, ids[:2]), (text, ids[2:])]
        await server.press(LEARNER, "next:1")
        await server.wait_for(lambda: len(tutor.reported) == 3)
        assert tutor.reported[-1] == ("new", ids[3:])

    drive(script, test)


def test_an_answer_arrives_although_its_placeholder_was_deleted() -> None:
    """Discord then takes no follow-up, so the answer comes as an ordinary message."""

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        await asyncio.sleep(0.2)
        yield Reply("here")

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "learn", guild=GUILD)
        [placeholder] = await server.wait_for(lambda: server.messages(server.channel()))
        server.world.remove(placeholder)
        [reply] = await server.wait_for(lambda: server.replies(server.channel()))
        assert reply.content == "here"

    drive(script, test)


def test_a_turn_without_replies_leaves_no_placeholder() -> None:
    """Somebody who may not use the bot does not see it think for a quarter of an hour."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "learn", guild=GUILD)
        await server.wait_for(lambda: tutor.heard)
        await server.wait_for(lambda: not server.messages(server.channel()))

    drive(say(), test)


def test_a_slow_handler_is_acknowledged_at_once() -> None:
    """However long the tutor thinks, Discord hears within a fraction of its three seconds."""

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        await asyncio.sleep(0.5)
        yield Reply("done", (Button("Next", "next:1"),))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        used = await server.slash(LEARNER, "learn")
        await server.wait_for(lambda: with_buttons(server))
        pressed = await server.press(LEARNER, "next:1")
        await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 2)
        for invocation in (used, pressed):
            assert invocation.answered_in is not None
            assert invocation.answered_in < 0.3

    drive(script, test)
