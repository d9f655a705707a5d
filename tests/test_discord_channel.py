"""The Discord host, with the real SDK, against a loopback Discord that is as strict as the real."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from typing import Any, cast

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from adapters.discord import channel, places, speech
from adapters.discord.channel import DiscordChannel
from bot.commands.command import Argument, Command
from bot.course.model import Course, Lesson, Localized
from bot.errors import OperatorError
from bot.messages import Button, Incoming, Reply
from tests.platforms.discord_server import DiscordServer

Script = Callable[[Incoming], AsyncIterator[Reply]]

LEARNER, NEIGHBOUR, GUILD = 7, 8, 100


async def _unused(*_: object) -> AsyncIterator[Reply]:
    raise AssertionError("the host must not call handlers itself")
    yield


def _text(en: str, zh: str) -> Localized:
    return Localized(zh=zh, en=en)


LESSON = Argument("lesson", _text("Which lesson", "哪一课"), is_lesson=True)
QUESTION = Argument("question", _text("What to ask", "问什么"), required=True)
COMMANDS = (
    Command("learn", _text("The next lesson", "下一课"), _unused, LESSON, {"next": _unused}),
    Command("ask", _text("Ask a question", "提问"), _unused, QUESTION),
    Command(
        "progress", _text("How far", "进度"), _unused, actions={"chart": _unused}, private=True
    ),
)


def _course() -> Course:
    titles = {"tokens": _text("Tokens", "词元"), "attention": _text("Attention", "注意力")}
    titles |= {f"extra-{n}": _text(f"Extra {n} " + "x" * 120, f"附加 {n}") for n in range(30)}
    lessons = tuple(Lesson.model_construct(id=name, title=title) for name, title in titles.items())
    return Course.model_construct(lessons=lessons)


class StandIn:
    """Stands where the tutor stands: keeps what it heard and answers by a script."""

    def __init__(self, script: Script) -> None:
        self.course = _course()
        self.heard: list[Incoming] = []
        self.errors: list[BaseException] = []
        self._script = script

    async def handle(self, incoming: Incoming) -> AsyncIterator[Reply]:
        self.heard.append(incoming)
        async for reply in self._script(incoming):
            yield reply

    def apology(self, incoming: Incoming, error: BaseException) -> Reply:
        self.errors.append(error)
        return Reply("Sorry. (id 1234)")


def say(*replies: Reply) -> Script:
    """A script that gives the same replies to everything."""

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        for reply in replies:
            yield reply

    return script


Test = Callable[[DiscordServer, StandIn], Awaitable[None]]


@asynccontextmanager
async def _running(server: DiscordServer, tutor: StandIn) -> AsyncIterator[DiscordChannel]:
    host = DiscordChannel(
        cast(Any, tutor), SecretStr(server.token), server.api_url, server.gateway_url, COMMANDS
    )
    task = asyncio.create_task(host.run())
    try:
        await server.connected()
        await server.wait_for(lambda: host.ready)
        yield host
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def drive(script: Script, test: Test) -> None:
    """Run a test with the host connected to a fresh server; the bot may do nothing wrong."""

    async def run() -> None:
        async with DiscordServer() as server:
            tutor = StandIn(script)
            async with _running(server, tutor):
                await test(server, tutor)
            assert server.faults == []

    asyncio.run(run())


@pytest.fixture(autouse=True)
def _quick_and_restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Shorten the host's pauses, and give the SDK its own addresses back."""
    monkeypatch.setattr(speech, "PACE", 0.1)
    monkeypatch.setattr(speech, "PAUSES", (0.05, 0.05, 0.05))
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    yield
    logging.getLogger("discord").setLevel(logging.NOTSET)


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
            async with _running(server, StandIn(say(Reply("?", (Button("Go", "next:1"),))))):
                await server.slash(LEARNER, "learn")
                await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
            tutor = StandIn(say(Reply("Right.")))
            async with _running(server, tutor):
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
            seen = await server.wait_for(lambda: _with_buttons(server))
            assert seen.content == whole
            *drafts, _final = [at for at, _ in seen.history]
            assert len(drafts) >= 3
            assert all(later - at > 0.09 for at, later in pairwise(drafts))
            server.world.remove(seen)

    drive(script, test)


def _with_buttons(server: DiscordServer) -> Any:
    return next((seen for seen in server.replies(server.dm(LEARNER)) if seen.buttons), None)


def test_a_long_text_comes_in_several_messages() -> None:
    """The first replaces the draft, the others follow, and the last has the buttons."""
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 60 for n in range(20))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "ask", question="why")
        await server.wait_for(lambda: _with_buttons(server))
        replies = server.replies(server.dm(LEARNER))
        assert len(replies) == 4
        assert "".join("".join(r.content for r in replies).split()) == "".join(text.split())
        assert [bool(reply.buttons) for reply in replies] == [False, False, False, True]

    drive(say(Reply(text[:500], draft=True), Reply(text, (Button("Next", "next:1"),))), test)


@pytest.mark.parametrize(("guild", "hidden"), [(GUILD, True), (None, False)])
def test_private_commands_are_hidden_in_guilds(guild: int | None, hidden: bool) -> None:
    """In a guild only the learner sees the reply, its follow-ups and what its buttons give."""
    script = say(Reply("One", (Button("Chart", "chart:1"),)), Reply("Two"))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        place = server.channel(GUILD) if guild else server.dm(LEARNER)
        await server.slash(LEARNER, "progress", guild=guild)
        await server.wait_for(lambda: len(server.replies(place)) == 2)
        await server.press(LEARNER, "chart:1")
        await server.wait_for(lambda: len(server.replies(place)) == 4)
        assert [reply.ephemeral for reply in server.replies(place)] == [hidden] * 4
        assert tutor.heard[0].is_private is not hidden

    drive(script, test)


def test_a_private_reply_to_a_public_command_is_hidden() -> None:
    """A placeholder that everybody sees is taken away, and the reply is for one person."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "learn", guild=GUILD)
        await server.wait_for(lambda: server.replies(server.channel()))
        [reply] = server.messages(server.channel())
        assert (reply.content, reply.only_for) == ("secret", LEARNER)

    drive(say(Reply("secret", private=True)), test)


def test_what_follows_from_a_hidden_message_stays_hidden() -> None:
    """A button under an ephemeral message gives ephemeral replies, whatever its command."""
    script = say(Reply("One", (Button("Next", "next:1"),), private=True))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "progress", guild=GUILD)
        await server.wait_for(lambda: server.replies(server.channel()))
        await server.press(LEARNER, "next:1")
        await server.wait_for(lambda: len(server.replies(server.channel())) == 2)
        assert all(reply.ephemeral for reply in server.replies(server.channel()))

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


def test_a_mention_in_a_guild_is_answered_in_reply_to_it() -> None:
    """Other messages in the guild are none of the bot's business."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.say(NEIGHBOUR, "hello all", guild=GUILD)
        asked = await server.say(LEARNER, "what is a token?", guild=GUILD, mention=True)
        [reply] = await server.wait_for(lambda: server.replies(server.channel()))
        assert (reply.content, reply.reply_to) == ("It is...", asked.id)
        [heard] = tutor.heard
        assert (heard.text, heard.mentions_bot, heard.is_private) == (
            "what is a token?",
            True,
            False,
        )
        assert any(call.path.endswith("/typing") for call in server.calls)

    drive(say(Reply("It is...")), test)


def test_a_private_reply_to_a_mention_goes_to_the_dm() -> None:
    """Where the DM is closed, one short line in the channel says so."""
    script = say(Reply("secret", private=True), Reply("more", private=True))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.say(LEARNER, "my progress", guild=GUILD, mention=True)
        await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 2)
        assert server.replies(server.channel()) == []
        server.world.closed_dms.add(NEIGHBOUR)
        await server.say(NEIGHBOUR, "my progress", guild=GUILD, mention=True)
        [line] = await server.wait_for(lambda: server.replies(server.channel()))
        assert line.content == places.CLOSED
        assert server.replies(server.dm(NEIGHBOUR)) == []

    drive(script, test)


def test_hostile_text_pings_nobody_and_is_not_refused() -> None:
    """The server notes every message that could ping; `drive` asserts that there is none."""
    text = "@everyone <@7> <@&1> `` ``` ||| **_ [x](javascript:1) \u202e\x00" * 60

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.say(LEARNER, "hi")
        await server.slash(LEARNER, "learn", guild=GUILD)
        await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) > 1)
        await server.wait_for(lambda: len(server.replies(server.channel())) > 1)

    drive(say(Reply(text)), test)


def test_a_slow_handler_is_acknowledged_at_once() -> None:
    """However long the tutor thinks, Discord hears within a fraction of its three seconds."""

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        await asyncio.sleep(0.5)
        yield Reply("done", (Button("Next", "next:1"),))

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        used = await server.slash(LEARNER, "learn")
        await server.wait_for(lambda: _with_buttons(server))
        pressed = await server.press(LEARNER, "next:1")
        await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 2)
        for invocation in (used, pressed):
            assert invocation.answered_in is not None
            assert invocation.answered_in < 0.3

    drive(script, test)


def test_an_answer_outlives_its_interaction_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """After 14 minutes (here: a moment) the text goes on as an ordinary message."""
    monkeypatch.setattr(places, "TOKEN_LIFE", 0.3)

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        yield Reply("so far", draft=True)
        await asyncio.sleep(0.4)
        yield Reply("so far and to the end")

    async def run() -> None:
        async with DiscordServer(token_life=0.35) as server, _running(server, StandIn(script)):
            await server.slash(LEARNER, "ask", question="why")
            await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 2)
            last = server.replies(server.dm(LEARNER))[-1]
            assert last.content == "so far and to the end"
            assert server.faults == []

    asyncio.run(run())


@pytest.mark.parametrize("status", [429, 500, 503])
def test_the_final_text_arrives_in_spite_of_disturbances(status: int) -> None:
    """Rate limits and failures of the server delay a reply and neither lose nor double it."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        server.disturb(r"(POST|PATCH) /channels/\d+/messages.*", status, times=2)
        server.disturb(r"PATCH /webhooks/.*", status, times=1)
        await server.say(LEARNER, "hi")
        await server.slash(LEARNER, "learn", guild=GUILD)
        for place in (server.dm(LEARNER), server.channel()):
            await server.wait_for(lambda place=place: server.replies(place), 20)  # type: ignore[misc]
            assert [reply.content for reply in server.replies(place)] == ["final"]

    drive(say(Reply("final")), test)


def test_an_expired_interaction_is_noted_and_passed_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What Discord no longer waits for is no error."""
    caplog.set_level(logging.INFO)

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        used = await server.slash(LEARNER, "learn")
        used.born -= 4
        await server.wait_for(lambda: "Unknown interaction" in caplog.text)
        used.callback = 5
        assert tutor.heard == []
        assert not [record for record in caplog.records if record.levelno > logging.INFO]

    drive(say(Reply("late")), test)


def test_a_bug_ends_in_an_apology() -> None:
    """What the tutor did not expect becomes its apology, and the host goes on."""

    async def script(incoming: Incoming) -> AsyncIterator[Reply]:
        if incoming.text != "again":
            raise ZeroDivisionError
        yield Reply("fine")

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.slash(LEARNER, "learn")
        await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
        await server.say(LEARNER, "again")
        await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 2)
        contents = [reply.content for reply in server.replies(server.dm(LEARNER))]
        assert contents == ["Sorry. (id 1234)", "fine"]
        assert isinstance(tutor.errors[0], ZeroDivisionError)

    drive(script, test)


def test_a_channel_where_the_bot_may_not_write_does_no_harm() -> None:
    """A refusal is noted; the next learner is served."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        server.world.barred.add(server.channel())
        await server.say(LEARNER, "hi", guild=GUILD, mention=True)
        await server.say(NEIGHBOUR, "hi")
        await server.wait_for(lambda: server.replies(server.dm(NEIGHBOUR)))
        assert tutor.errors == []

    drive(say(Reply("hello")), test)


def test_a_dropped_connection_is_resumed_here_and_nothing_starts_twice() -> None:
    """After a drop the events that were missed arrive, and the commands are not sent again."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.gateway.drop()
        await server.say(LEARNER, "while you were away")
        await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
        assert (server.gateway.identified, server.gateway.resumed) == (1, 1)
        assert [call.method for call in server.calls].count("PUT") == 1

    drive(say(Reply("here")), test)


def test_resuming_goes_to_the_gateway_of_the_settings() -> None:
    """READY may name any address for resuming; the operator's is the one that counts."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.gateway.drop()
        await server.wait_for(lambda: server.gateway.resumed)

    async def run() -> None:
        async with DiscordServer() as server:
            server.gateway.url = "wss://gateway.invalid/"
            async with _running(server, StandIn(say())):
                await test(server, StandIn(say()))

    asyncio.run(run())


def test_a_wrong_token_is_one_line_for_the_operator() -> None:
    """The error names the setting and never its value."""

    async def run() -> None:
        async with DiscordServer(token="right") as server:
            host = DiscordChannel(
                cast(Any, StandIn(say())),
                SecretStr("wr0ng.secret"),
                server.api_url,
                server.gateway_url,
                COMMANDS,
            )
            with pytest.raises(OperatorError) as caught:
                await host.run()
            assert "DISCORD_TOKEN" in str(caught.value)
            assert "wr0ng" not in str(caught.value)
            assert "\n" not in str(caught.value)
            assert not host.ready

    asyncio.run(run())


def test_an_unreachable_discord_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure at the first attempt to log in does not end the service."""
    monkeypatch.setattr(channel, "LONGEST_PAUSE", 0.05)

    async def run() -> None:
        async with DiscordServer() as server:
            server.disturb("GET /users/@me", 503)
            async with _running(server, StandIn(say(Reply("here")))):
                await server.say(LEARNER, "hi")
                await server.wait_for(lambda: server.replies(server.dm(LEARNER)))

    asyncio.run(run())


def test_a_running_turn_finishes_before_the_host_stops() -> None:
    """Cancelling closes the gateway with 1000 and waits for the answer that is being given."""
    started = asyncio.Event()

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        started.set()
        await asyncio.sleep(0.3)
        yield Reply("finished")

    async def run() -> None:
        async with DiscordServer() as server:
            async with _running(server, StandIn(script)):
                await server.slash(LEARNER, "learn")
                await asyncio.wait_for(started.wait(), 5)
            assert [reply.content for reply in server.replies(server.dm(LEARNER))] == ["finished"]
            assert server.gateway.closed_with == [1000]
            assert server.faults == []

    asyncio.run(run())


def test_a_turn_that_does_not_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopping takes as long as the grace period at most."""
    monkeypatch.setattr(channel, "GRACE", 0.1)

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        yield Reply("begun")
        await asyncio.sleep(3600)

    async def run() -> None:
        tutor = StandIn(script)
        async with asyncio.timeout(5), DiscordServer() as server, _running(server, tutor):
            await server.say(LEARNER, "hi")
            await server.wait_for(lambda: server.replies(server.dm(LEARNER)))

    asyncio.run(run())


def test_no_token_is_in_the_logs_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the bot's token nor an interaction's, nor what a learner wrote."""
    caplog.set_level(logging.DEBUG)

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        server.disturb(r"PATCH /webhooks/.*", 429)
        await server.slash(LEARNER, "ask", question="my-diary")
        await server.say(LEARNER, "my-diary")
        await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 2)
        await server.gateway.drop()
        await server.wait_for(lambda: server.gateway.resumed)
        assert caplog.text
        assert not re.search(rf"{re.escape(server.token)}|interaction-token|my-diary", caplog.text)

    drive(say(Reply("ok")), test)


def test_no_view_stays_in_memory() -> None:
    """However many buttons were sent, discord.py's view store holds none of them."""

    async def run() -> None:
        tutor = StandIn(say(Reply("?", (Button("A", "a:1"),))))
        async with DiscordServer() as server, _running(server, tutor) as host:
            for _ in range(3):
                await server.slash(LEARNER, "learn")
                await server.say(LEARNER, "hi")
            await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 6)
            await server.press(LEARNER, "a:1")
            await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 7)
            store = cast(Any, host)._client._connection._view_store
            assert not store._views
            assert not store._synced_message_views

    asyncio.run(run())
