"""Who sees what the Discord host sends: hidden replies, guilds, DMs, and nobody pinged."""

import pytest

from adapters.discord import places
from bot.messages import Button, Reply
from tests.platforms.discord_host import GUILD, LEARNER, NEIGHBOUR, StandIn, drive, say
from tests.platforms.discord_server import DiscordServer


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
