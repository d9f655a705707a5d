"""The Discord host when things go wrong: tokens, disturbances, lost connections, stopping."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from adapters.discord import channel, places
from bot.errors import OperatorError
from bot.messages import Button, Incoming, Reply
from tests.platforms.discord_host import (
    GUILD,
    LEARNER,
    NEIGHBOUR,
    StandIn,
    drive,
    host_for,
    restored_sdk,
    running,
    say,
)
from tests.platforms.discord_server import DiscordServer


def test_an_answer_outlives_its_interaction_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """After 14 minutes (here: a moment) the text goes on as an ordinary message."""
    monkeypatch.setattr(places, "TOKEN_LIFE", 0.3)

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        yield Reply("so far", draft=True)
        await asyncio.sleep(0.4)
        yield Reply("so far and to the end")

    async def run() -> None:
        async with DiscordServer(token_life=0.35) as server, running(server, StandIn(script)):
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


def test_a_malformed_event_is_passed_over() -> None:
    """discord.py would drop the connection over an event that lacks a field."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        await server.gateway.dispatch("INTERACTION_CREATE", {"type": 2})
        await server.gateway.dispatch("MESSAGE_CREATE", {"id": "x", "channel_id": None})
        await server.say(LEARNER, "hi")
        await server.wait_for(lambda: server.replies(server.dm(LEARNER)))
        assert (server.gateway.identified, server.gateway.resumed) == (1, 0)

    drive(say(Reply("here")), test)


def test_a_repeated_event_is_answered_once() -> None:
    """Discord may send an event again; the same message or interaction is one turn."""

    async def test(server: DiscordServer, tutor: StandIn) -> None:
        said = await server.say(LEARNER, "hi")
        await server.gateway.dispatch("MESSAGE_CREATE", said.json())
        await server.say(LEARNER, "bye")
        await server.wait_for(lambda: len(server.replies(server.dm(LEARNER))) == 2)
        assert [heard.text for heard in tutor.heard] == ["hi", "bye"]

    drive(say(Reply("here")), test)


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
            async with running(server, StandIn(say())):
                await test(server, StandIn(say()))

    asyncio.run(run())


def test_a_wrong_token_is_one_line_for_the_operator() -> None:
    """The error names the setting and never its value."""

    async def run() -> None:
        async with DiscordServer(token="right") as server:
            host = host_for(server, StandIn(say()), token="wr0ng.secret")
            with restored_sdk(), pytest.raises(OperatorError) as caught:
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
            async with running(server, StandIn(say(Reply("here")))):
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
            async with running(server, StandIn(script)):
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
        async with asyncio.timeout(5), DiscordServer() as server, running(server, tutor):
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
        async with DiscordServer() as server, running(server, tutor) as host:
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
