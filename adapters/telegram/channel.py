"""The Telegram host: connects, polls, hands messages to the tutor and its replies to the chat."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from aiolimiter import AsyncLimiter
from pydantic import SecretStr
from telegram import BotCommand, CallbackQuery, Update
from telegram.error import Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, Application, CallbackContext, TypeHandler

from adapters.redaction import conceal
from adapters.telegram import inbound
from adapters.telegram.outbox import Outbox
from adapters.telegram.poll import Poll
from bot.commands import COMMANDS
from bot.course.model import Language, Localized
from bot.errors import SettingError

if TYPE_CHECKING:
    from bot.tutor import Tutor

log = logging.getLogger(__name__)

STOP_SECONDS = 20.0
"""How long answers that are being given may go on after the service is told to stop."""

CONCURRENT_UPDATES = 256
UPDATES_REMEMBERED = 1000
"""Telegram gives an update again when the confirmation got lost."""

WAITING_TURNS = 5
"""Messages of one person that may wait for the one being answered; more are passed over, or one
person could take the places of all the others."""

DRAFTS_PER_SECOND = 15
"""Half of what Telegram takes from a bot in a second; the other half is for final texts."""

MENUS: Final[tuple[tuple[str | None, Language], ...]] = ((None, "en"), ("zh", "zh"), ("en", "en"))
"""Telegram's language codes (None: every other language) and what people with them read."""

DESCRIPTION = Localized(
    zh="在聊天里弄懂大语言模型：短课、测验，随时提问。/start 开始，/help 看全部命令。",
    en="Understand large language models without leaving the chat: short lessons, quizzes "
    "and answers to your questions. /start begins, /help lists everything.",
)
SHORT_DESCRIPTION = Localized(
    zh="在聊天里弄懂大语言模型：短课、测验、问答。",
    en="Understand large language models, in chat: short lessons, quizzes, answers.",
)

_TOKEN = re.compile(r"[\w:-]+", re.ASCII)
_REFUSED = "TELEGRAM_TOKEN: Telegram does not know this token; @BotFather shows the right one"

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class TelegramChannel:
    """The Telegram host of one tutor."""

    name = "telegram"

    def __init__(self, tutor: Tutor, token: SecretStr, api_url: str | None = None) -> None:
        """`api_url` is the root of another Bot API server, such as http://127.0.0.1:8081.

        Raises bot.errors.SettingError where the token cannot be one.
        """
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise SettingError("TELEGRAM_TOKEN: that is not a token; they look like 123456:AbC-dEf")
        conceal(token.get_secret_value())
        _quieten_libraries()
        self._tutor = tutor
        self._is_serving = False
        self._poll = Poll()
        self._drafts = AsyncLimiter(DRAFTS_PER_SECOND, 1)
        self._seen: deque[int] = deque(maxlen=UPDATES_REMEMBERED)
        self._turns: set[asyncio.Task[Any]] = set()
        self._busy: Counter[str] = Counter()
        self._application = _build(token, api_url, self._poll)
        self._application.add_handler(TypeHandler(Update, self._on_update))
        self._application.add_error_handler(self._on_error)

    @property
    def ready(self) -> bool:
        """Whether Telegram answered the last time it was asked for messages."""
        return self._is_serving and self._poll.is_answered

    async def run(self) -> None:
        """Serve until cancelled, then let the answers under way finish for up to 20 s.

        While Telegram cannot be reached it keeps trying. Raises bot.errors.SettingError where
        Telegram refuses the token, now or later.
        """
        try:
            await self._connect()
            await self._introduce()
            await self._start_polling()
            await self._poll.refused.wait()
            raise SettingError(_REFUSED)
        finally:
            await self._stop()

    async def _connect(self) -> None:
        pause = 1.0
        while True:
            try:
                await self._application.initialize()
                return
            except InvalidToken:
                break
            except (NetworkError, RetryAfter) as fault:
                log.warning("Telegram cannot be reached, trying again: %s", fault.message)
            await asyncio.sleep(pause)
            pause = min(30.0, pause * 2)
        raise SettingError(_REFUSED)  # out here because the library's error shows the token

    async def _introduce(self) -> None:
        """Set the command menu and the bot's profile. Not vital: they stay from the last start."""
        bot = self._application.bot
        try:
            for code, language in MENUS:
                menu = [BotCommand(row.name, row.description[language]) for row in COMMANDS]
                await bot.set_my_commands(menu, language_code=code)
                await bot.set_my_description(DESCRIPTION[language], language_code=code)
                await bot.set_my_short_description(SHORT_DESCRIPTION[language], language_code=code)
        except TelegramError as refusal:
            log.warning("Telegram did not take the command menu: %s", refusal.message)

    async def _start_polling(self) -> None:
        assert self._application.updater is not None
        await self._application.start()
        await self._application.updater.start_polling(
            bootstrap_retries=-1,
            allowed_updates=[Update.MESSAGE, Update.CALLBACK_QUERY],
            error_callback=lambda fault: log.warning("no messages from Telegram: %s", fault),
        )
        self._is_serving = self._poll.is_answered = True
        log.info("Telegram: @%s is there", self._application.bot.username)

    async def _on_update(
        self, update: Update, context: CallbackContext[Any, Any, Any, Any]
    ) -> None:
        incoming = inbound.read(update, context.bot.username, context.bot.id)
        if incoming is None or update.update_id in self._seen:
            return
        self._seen.append(update.update_id)
        self._remember(asyncio.current_task())
        if update.callback_query is not None:
            # Not awaited, or what the person does next could overtake the press.
            self._remember(asyncio.create_task(_acknowledge(update.callback_query)))
        if self._busy[incoming.sender.user_id] > WAITING_TURNS:
            log.info("somebody writes faster than can be answered; a message was passed over")
            return
        with self._waiting(incoming.sender.user_id):
            async with Outbox(context.bot, update, self._drafts) as outbox:
                await outbox.deliver(
                    self._tutor.handle(incoming),
                    lambda reply, ids: self._tutor.sent(reply, incoming.sender, ids),
                )

    @contextmanager
    def _waiting(self, user_id: str) -> Iterator[None]:
        self._busy[user_id] += 1
        try:
            yield
        finally:
            self._busy[user_id] -= 1
            self._busy += Counter()  # drops those who wait for nothing

    def _remember(self, task: asyncio.Task[Any] | None) -> None:
        if task is not None:
            self._turns.add(task)
            task.add_done_callback(self._turns.discard)

    async def _on_error(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        error = context.error
        if isinstance(error, Forbidden):
            log.info("Telegram: somebody does not want the reply: %s", error.message)
        elif isinstance(error, TelegramError):
            log.warning("a reply could not be delivered: %s", error.message)
        elif isinstance(update, Update) and error is not None:
            await self._apologize(update, error)

    async def _apologize(self, update: Update, error: Exception) -> None:
        bot = self._application.bot
        incoming = inbound.read(update, bot.username, bot.id)
        if incoming is None:
            return
        reply = self._tutor.apology(incoming, error)
        with suppress(TelegramError):  # the error itself has been logged by the tutor
            async with Outbox(bot, update, self._drafts) as outbox:
                await outbox.send(reply)

    async def _stop(self) -> None:
        self._is_serving = False
        application = self._application
        if application.updater is not None and application.updater.running:
            with suppress(InvalidToken):  # what the polling ended with
                await application.updater.stop()
        if application.running:
            await self._finish_turns()
        await application.shutdown()
        await application.bot.shutdown()  # where there never was a connection

    async def _finish_turns(self) -> None:
        stopping = asyncio.create_task(self._application.stop())
        await asyncio.wait({stopping}, timeout=STOP_SECONDS)
        while not stopping.done():
            for turn in self._turns:
                turn.cancel()
            await asyncio.wait({stopping}, timeout=1.0)
        await stopping


def _build(token: SecretStr, api_url: str | None, poll: Poll) -> AnyApplication:
    builder = Application.builder().token(token.get_secret_value())
    if api_url is not None:
        root = api_url.rstrip("/")
        builder = builder.base_url(f"{root}/bot").base_file_url(f"{root}/file/bot")
    # Its own retries would stop every chat for one chat's flood wait: the outbox waits instead.
    limiter = AIORateLimiter(max_retries=0)
    return (
        builder.rate_limiter(limiter)
        .job_queue(None)
        .concurrent_updates(CONCURRENT_UPDATES)
        .get_updates_request(poll)
        .connect_timeout(10)
        .read_timeout(20)
        .write_timeout(20)
        .media_write_timeout(60)
        .pool_timeout(20)
        .build()
    )


def _quieten_libraries() -> None:
    """Keep out of the logs what they would tell: URLs with the token, and people's messages."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.INFO)
    # Tracebacks for what we handle: flood waits, and a connection that is gone when we stop.
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
    logging.getLogger("telegram.ext.Updater").setLevel(logging.CRITICAL)


async def _acknowledge(query: CallbackQuery) -> None:
    """End the spinner on the pressed button."""
    try:
        await query.answer()
    except TelegramError as refusal:
        log.debug("a press was not acknowledged: %s", refusal.message)  # older than 15 minutes
