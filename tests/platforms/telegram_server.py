"""A loopback Telegram: the Bot API over HTTP, for the real SDK, with people to talk to the bot.

It answers as the real platform does, keeps updates until they are confirmed, and writes down in
`faults` every request that no bot should ever send.
"""

import copy
import time
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple, Self

from aiohttp import web

from tests.platforms.telegram_rules import Fault, Params, Refusal, decode
from tests.platforms.telegram_world import BOT, Shown, TelegramWorld
from tests.platforms.uploads import REQUEST_BYTES, Upload

TOKEN = "123456:AAloopback-token_of-the-TestServer"
LIMITED = {"sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageMedia"}


class Call(NamedTuple):
    """One request that reached the platform; `at` in seconds of the monotonic clock."""

    method: str
    params: Params
    at: float


@dataclass
class Trouble:
    """What is going to happen to some requests instead of the usual."""

    method: str
    status: int
    text: str
    retry_after: int | None
    times: int
    chat_id: int | None

    def strikes(self, call: Call) -> bool:
        if self.times <= 0 or self.method != call.method:
            return False
        if self.chat_id is not None and call.params.get("chat_id") != self.chat_id:
            return False
        self.times -= 1
        return True


class TelegramServer(TelegramWorld):
    """Use it as an async context manager; its address is `url`, the token it knows TOKEN.

    rate_limits: enforce 30 messages a second overall and one a second in a chat, with 429.
    """

    def __init__(self, rate_limits: bool = False) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.calls: list[Call] = []
        self.floods = 0
        self.commands: dict[str, list[Params]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.token = TOKEN
        self._rate_limits = rate_limits
        self._sent_at: deque[tuple[float, int]] = deque()
        self._troubles: list[Trouble] = []
        self.polls = 0
        self._port = 0
        self._runner: web.AppRunner | None = None

    # -- coming and going

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Listen; after `stop`, again at the same address and with everything still there."""
        application = web.Application(client_max_size=REQUEST_BYTES)
        application.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        self.polls += 1  # lets go of whoever is waiting for updates
        self.notify()
        if self._runner is not None:
            await self._runner.cleanup()

    def fail(
        self,
        method: str,
        status: int,
        text: str = "",
        *,
        retry_after: int | None = None,
        times: int = 1,
        chat_id: int | None = None,
    ) -> None:
        """Answer the next `times` calls of a method with an error; status 0 drops the line."""
        self._troubles.append(Trouble(method, status, text, retry_after, times, chat_id))

    def called(self, method: str, chat_id: int | None = None) -> list[Call]:
        """Return the calls of a method, those for one chat if it is given."""
        return [
            call
            for call in self.calls
            if call.method == method and chat_id in (None, call.params.get("chat_id"))
        ]

    # -- the Bot API

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _refused(Refusal("Unauthorized", status=401))
        method = request.match_info["method"]
        try:
            params = decode(method, await _read(request))
            call = Call(method, params, time.monotonic())
            if method != "getUpdates":
                self.calls.append(call)
                self.requests += 1
            self._make_trouble(call, request)
            self._limit(call)
            result = await getattr(self, f"_{method}")(params)
        except Fault as fault:
            self.faults.append(f"{method}: {fault.text}")
            return _refused(fault)
        except Refusal as refusal:
            return _refused(refusal)
        finally:
            self.notify()
        return web.json_response({"ok": True, "result": result})

    def _make_trouble(self, call: Call, request: web.Request) -> None:
        for trouble in self._troubles:
            if trouble.strikes(call):
                if trouble.status == 0 and request.transport is not None:
                    request.transport.abort()
                raise Refusal(trouble.text, trouble.status or 500, trouble.retry_after)

    def _limit(self, call: Call) -> None:
        if not self._rate_limits or call.method not in LIMITED:
            return
        while self._sent_at and self._sent_at[0][0] <= call.at - 1.0:
            self._sent_at.popleft()
        chat_id = call.params["chat_id"]
        if len(self._sent_at) >= 30 or any(chat == chat_id for _at, chat in self._sent_at):
            self.floods += 1
            raise Refusal("Too Many Requests: retry after 1", status=429, retry_after=1)
        self._sent_at.append((call.at, chat_id))

    async def _getMe(self, _params: Params) -> Params:  # noqa: N802 - the API's own names
        return BOT | {"can_join_groups": True, "supports_inline_queries": False}

    async def _getUpdates(self, params: Params) -> list[Params]:  # noqa: N802
        self.polls += 1
        mine = self.polls
        self.allowed = params.get("allowed_updates", self.allowed)
        offset = params.get("offset", 0)
        self.waiting = [each for each in self.waiting if each["update_id"] >= offset]
        self.notify()
        until = time.monotonic() + params.get("timeout", 0)
        while not self.waiting and time.monotonic() < until and self.polls == mine:
            await self.next_change()
        if self.polls != mine:
            raise Refusal("Conflict: terminated by other getUpdates request", status=409)
        return copy.deepcopy(self.waiting[: params.get("limit", 100)])

    async def _deleteWebhook(self, _params: Params) -> bool:  # noqa: N802
        return True

    async def _getWebhookInfo(self, _params: Params) -> Params:  # noqa: N802
        waiting = len(self.waiting)
        return {"url": "", "has_custom_certificate": False, "pending_update_count": waiting}

    async def _setMyCommands(self, params: Params) -> bool:  # noqa: N802
        self.commands[params.get("language_code", "")] = params["commands"]
        return True

    async def _getMyCommands(self, params: Params) -> list[Params]:  # noqa: N802
        return self.commands.get(params.get("language_code", ""), [])

    async def _deleteMyCommands(self, params: Params) -> bool:  # noqa: N802
        self.commands.pop(params.get("language_code", ""), None)
        return True

    async def _setMyDescription(self, params: Params) -> bool:  # noqa: N802
        self.profile["long", params.get("language_code", "")] = params["description"]
        return True

    async def _setMyShortDescription(self, params: Params) -> bool:  # noqa: N802
        self.profile["short", params.get("language_code", "")] = params["short_description"]
        return True

    async def _sendMessage(self, params: Params) -> Params:  # noqa: N802
        self.reach(params["chat_id"])
        shown = self.post(params["chat_id"], "", is_from_bot=True)
        shown.topic = params.get("message_thread_id")
        _write(shown, params)
        return self.as_json(shown)

    async def _sendPhoto(self, params: Params) -> Params:  # noqa: N802
        return await self._sendMessage(params)

    async def _sendDocument(self, params: Params) -> Params:  # noqa: N802
        return await self._sendMessage(params)

    async def _editMessageText(self, params: Params) -> Params:  # noqa: N802
        shown = self.own(params)
        if shown.photo or shown.document:
            raise Refusal("Bad Request: there is no text in the message to edit")
        return self._edit(shown, params)

    async def _editMessageMedia(self, params: Params) -> Params:  # noqa: N802
        media = params["media"]
        return self._edit(self.own(params), params | media | {media["type"]: media["media"]})

    def _edit(self, shown: Shown, params: Params) -> Params:
        before = copy.deepcopy(shown)
        _write(shown, params)
        if shown == before:
            raise Refusal(
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message"
            )
        shown.edits += 1
        return self.as_json(shown)

    async def _editMessageReplyMarkup(self, params: Params) -> Params:  # noqa: N802
        shown = self.own(params)
        shown.rows = params.get("reply_markup", {}).get("inline_keyboard", [])
        return self.as_json(shown)

    async def _deleteMessage(self, params: Params) -> bool:  # noqa: N802
        self.shown[params["chat_id"]].remove(self.own(params))
        return True

    async def _sendMessageDraft(self, params: Params) -> bool:  # noqa: N802
        self.reach(params["chat_id"])
        self.drafts.setdefault(params["chat_id"], []).append(params.get("text", ""))
        self.previews[params["chat_id"]] = params.get("text", "")
        return True

    async def _sendChatAction(self, params: Params) -> bool:  # noqa: N802
        self.reach(params["chat_id"])
        return True

    async def _answerCallbackQuery(self, params: Params) -> bool:  # noqa: N802
        query_id = params["callback_query_id"]
        if query_id not in self.queries:
            raise Fault("Bad Request: query ID is invalid")
        if self.queries[query_id]:
            raise Fault("Bad Request: query is already answered")
        self.queries[query_id] = True
        return True


async def _read(request: web.Request) -> dict[str, str | Upload]:
    form = await request.post()
    return {
        name: Upload.read(value) if isinstance(value, web.FileField) else str(value)
        for name, value in form.items()
    }


def _write(shown: Shown, params: Params) -> None:
    """Put into a message what the parameters of a text, a photo or a document say."""
    text, entities = params.get("text"), params.get("entities")
    shown.photo, shown.document = params.get("photo"), params.get("document")
    shown.text = (params.get("caption", "") if text is None else text).strip()
    shown.entities = entities or params.get("caption_entities", [])
    shown.rows = params.get("reply_markup", {}).get("inline_keyboard", [])


def _refused(refusal: Refusal) -> web.Response:
    body: Params = {"ok": False, "error_code": refusal.status, "description": refusal.text}
    if refusal.retry_after is not None:
        body["parameters"] = {"retry_after": refusal.retry_after}
    return web.json_response(body, status=refusal.status)
