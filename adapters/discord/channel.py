"""The Discord host: connects, registers the commands, hands events to the tutor, shows replies."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from adapters.discord import inbound
from adapters.discord.menu import Menu, Translator
from adapters.discord.places import Answer, Room
from adapters.discord.speech import Speech, Undelivered
from bot.commands import COMMANDS
from bot.commands.command import Command
from bot.errors import OperatorError, SettingError
from bot.messages import Incoming

if TYPE_CHECKING:
    from bot.tutor import Tutor

log = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds that running turns have to finish in when the service stops."""

LONGEST_PAUSE = 60.0
"""Seconds at most between attempts to connect."""

REMEMBERED = 1000
"""Messages of which a repetition is recognised; an interaction's Discord itself refuses."""

TOO_LATE = (10062, 40060)
"""Discord's codes for an interaction that has expired, or that another process has answered."""

AUTHENTICATION_FAILED = 4004
"""The code with which the gateway closes on a wrong token."""

REFUSED = (
    "DISCORD_TOKEN: Discord does not accept it. Copy the bot's token from the developer portal."
)


class DiscordChannel:
    """The bot on Discord. `ready` is true while the gateway is connected."""

    name = "discord"

    def __init__(
        self,
        tutor: "Tutor",
        token: SecretStr,
        api_url: str | None = None,
        gateway_url: str | None = None,
        commands: Sequence[Command] = COMMANDS,
    ) -> None:
        self._tutor = tutor
        self._token = token
        self._api_url = api_url
        self._gateway_url = gateway_url
        self._commands = commands
        self._client: Client | None = None

    @property
    def ready(self) -> bool:
        return self._client is not None and self._client.connected

    async def run(self) -> None:
        """Serve until cancelled, then let running turns finish and close the gateway.

        Raises SettingError where Discord does not accept the token. An unreachable Discord is
        tried again, for as long as it takes.
        """
        _point_sdk(self._api_url, self._gateway_url)
        pause = 1.0
        while True:
            try:
                await self._session()
            except OperatorError:
                raise
            except Exception as error:  # noqa: BLE001 - nothing but the token is the operator's
                log.warning("the session with Discord ended: %s: %s", type(error).__name__, error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _session(self) -> None:
        client = self._client = Client(self._tutor, self._commands, self._gateway_url)
        try:
            await client.start(self._token.get_secret_value())
        except discord.LoginFailure:
            raise SettingError(REFUSED) from None
        except discord.ConnectionClosed as error:
            if error.code == AUTHENTICATION_FAILED:
                raise SettingError(REFUSED) from None
            raise
        finally:
            await client.stop()


class Client(discord.Client):
    """One session with Discord.

    One gateway connection serves 2,500 guilds, which is ample for one process; beyond that
    discord.AutoShardedClient is the same with several. Of all events only messages are asked for
    (interactions always come), and nothing is cached: the tutor's state is in its database.
    """

    def __init__(
        self, tutor: "Tutor", commands: Sequence[Command], gateway_url: str | None
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self.connected = False
        self._tutor = tutor
        self._gateway_url = gateway_url
        self._private = {
            name
            for command in commands
            if command.private
            for name in (command.name, *command.actions)
        }
        self._turns: set[asyncio.Task[Any]] = set()
        self._heard: deque[int] = deque(maxlen=REMEMBERED)
        self._menu = Menu(self, commands, tutor.course, self.on_invocation)
        parsers = self._connection.parsers
        for event in parsers.keys() - {"READY", "RESUMED"}:
            parsers[event] = _tolerant(event, parsers[event])

    async def setup_hook(self) -> None:
        """Register the commands: once a session, while `on_ready` comes with each reconnect."""
        await self._menu.set_translator(Translator())
        try:
            await self._menu.sync()
        except discord.HTTPException as error:
            # The commands of the last start are still there, and so are messages.
            log.error("Discord did not take the commands: %s", error)

    async def on_connect(self) -> None:
        self.connected = True
        if self._gateway_url:
            # READY names Discord's own gateway for resuming.
            self.ws.gateway = yarl.URL(self._gateway_url)

    async def on_resumed(self) -> None:
        self.connected = True

    async def on_disconnect(self) -> None:
        self.connected = False

    async def on_message(self, message: discord.Message) -> None:
        incoming = inbound.from_message(message, self.user.id if self.user else 0)
        if incoming is not None and message.id not in self._heard:
            self._heard.append(message.id)
            await self._track(self._respond(message, incoming))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.component:
            await self.on_invocation(interaction)

    async def on_invocation(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a slash command or a press, in private where the command is."""
        await self._track(self._answer(interaction))

    async def stop(self) -> None:
        """Take no more events, let running turns finish, then close everything."""
        self.connected = False
        if self.ws is not None and self.ws.open:
            await self.ws.close(code=1000)
        if self._turns:
            _, late = await asyncio.wait(self._turns, timeout=GRACE)
            if late:
                await _cut_off(late)
        await self.close()

    async def _track(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work of one turn in a task that `stop` waits for."""
        turn = asyncio.create_task(work)
        self._turns.add(turn)
        turn.add_done_callback(self._turns.discard)
        await turn

    async def _respond(self, message: discord.Message, incoming: Incoming) -> None:
        shared = not incoming.is_private
        room = Room(message.channel, message.author, shared, message if shared else None)
        async with _typing(message.channel):
            await self._converse(incoming, Speech(room))

    async def _answer(self, interaction: discord.Interaction[Any]) -> None:
        incoming = inbound.from_interaction(interaction)
        private, shared = self._is_for_one(incoming), not incoming.is_private
        if not await _acknowledge(interaction, hidden=private and shared):
            return
        message = interaction.message
        hidden = message.flags.ephemeral if message else private and shared
        channel = self.get_partial_messageable(int(incoming.sender.chat_id))
        room = Room(channel, interaction.user, shared)
        answer = Answer(interaction, hidden, room)
        await self._converse(incoming, Speech(answer, private or hidden))

    def _is_for_one(self, incoming: Incoming) -> bool:
        """Tell whether the command behind this is one whose replies only its user should see."""
        if incoming.action is not None:
            return incoming.action.partition(":")[0] in self._private
        return incoming.text.removeprefix("/").partition(" ")[0] in self._private

    async def _converse(self, incoming: Incoming, speech: Speech) -> None:
        try:
            async for reply in self._tutor.handle(incoming):
                await self._tutor.sent(reply, incoming.sender, await speech.show(reply))
        except Undelivered as error:
            log.warning("a reply was not delivered: %s", error)
        except Exception as error:  # noqa: BLE001 - the one place where a bug ends
            with suppress(Undelivered, discord.HTTPException):
                await speech.show(self._tutor.apology(incoming, error))
        finally:
            await speech.close()


async def _cut_off(turns: set[asyncio.Task[Any]]) -> None:
    log.warning("%d turns were cut off after %.0f s", len(turns), GRACE)
    for turn in turns:
        turn.cancel()
    # They still take their placeholders away.
    await asyncio.wait(turns, timeout=1)


def _tolerant(event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """Pass over an event that cannot be read: discord.py would drop the connection over it."""

    def parse_or_log(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            log.warning("a malformed %s was passed over: %s", event, type(error).__name__)

    return parse_or_log


async def _acknowledge(interaction: discord.Interaction[Any], hidden: bool) -> bool:
    """Tell Discord at once that an answer is coming; False where it no longer waits for one."""
    slash = interaction.type is discord.InteractionType.application_command
    try:
        await interaction.response.defer(thinking=slash, ephemeral=hidden)
    except discord.HTTPException as error:
        level = logging.INFO if error.code in TOO_LATE else logging.WARNING
        log.log(level, "an interaction was not acknowledged: %s", error)
        return False
    except (aiohttp.ClientError, OSError) as error:
        log.warning("an interaction was not acknowledged: %s", error)
        return False
    return True


@asynccontextmanager
async def _typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that the bot is typing; where that fails the reply still matters."""
    async with AsyncExitStack() as stack:
        with suppress(discord.HTTPException, aiohttp.ClientError, OSError):
            await stack.enter_async_context(channel.typing())
        yield


def _point_sdk(api_url: str | None, gateway_url: str | None) -> None:
    # At DEBUG discord.py logs whole events and URLs, with interaction tokens and what people say.
    logging.getLogger("discord").setLevel(logging.INFO)
    # Voice is not used, so its missing libraries are nothing to warn of.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    if api_url:
        Route.BASE = api_url.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
