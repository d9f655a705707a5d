"""What stands behind the loopback Telegram: people, chats, messages and updates."""

import asyncio
import copy
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.platforms.telegram_rules import CODE, Params, Refusal
from tests.platforms.telegram_spec import check_type
from tests.platforms.uploads import Upload

BOT: Params = {"id": 123456, "is_bot": True, "first_name": "Tutor", "username": "llm_tutor_bot"}
DATE = 1_790_000_000

T = TypeVar("T")


@dataclass
class Shown:
    """One message as the chat shows it now. Entities and buttons as Telegram's JSON.

    `text` is all there is to read; below a photo or a document it is `caption` too.
    """

    message_id: int
    chat_id: int
    text: str
    is_from_bot: bool
    entities: list[Params] = field(default_factory=list)
    rows: list[list[Params]] = field(default_factory=list)
    edits: int = 0
    topic: int | None = None
    photo: Upload | None = None
    document: Upload | None = None

    @property
    def caption(self) -> str | None:
        return self.text if self.photo or self.document else None

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.rows for button in row]

    @property
    def mentions(self) -> list[str]:
        """The names in the text that Telegram itself would link and, in a group, notify."""
        code = [
            range(each["offset"], each["offset"] + each["length"])
            for each in self.entities
            if each["type"] in CODE
        ]
        named = re.finditer(r"(?<!\w)@\w+", self.text)  # what stands before it may be code
        starts = {len(self.text[: one.start()].encode("utf-16-le")) // 2: one[0] for one in named}
        return [name for at, name in starts.items() if not any(at in one for one in code)]


class TelegramWorld:
    """People talk, chats remember, and updates wait until the bot has confirmed them."""

    def __init__(self) -> None:
        self.drafts: dict[int, list[str]] = {}
        self.previews: dict[int, str] = {}
        """The draft that a private chat shows now: any message of the bot takes it away."""
        self.chats: dict[int, Params] = {}
        self.shown: dict[int, list[Shown]] = {}
        self.waiting: list[Params] = []
        self.allowed: list[str] = []
        self.queries: dict[str, bool] = {}
        self.requests = 0
        self._newest: Params = {}
        self._blocked: set[int] = set()
        self._people: set[int] = set()
        self._numbers: Counter[str] = Counter()
        self._changed = asyncio.Event()

    # -- what people do

    async def say(
        self,
        user_id: int,
        text: str,
        chat_id: int | None = None,
        chat_type: str = "private",
        language_code: str | None = "zh-hans",
        **fields: Any,
    ) -> int:
        """A person writes; return the message's id. `fields` are further fields of the message.

        A negative `chat_id` with a `chat_type` of "group" or "supergroup" is a group.
        """
        chat = self._chat(user_id if chat_id is None else chat_id, chat_type)
        shown = self.post(chat["id"], text, is_from_bot=False)
        message = self.as_json(shown) | {"from": self._person(user_id, language_code)} | fields
        if not text:
            message.pop("text")
        check_type(message, "Message")
        self.update("message", message)
        return shown.message_id

    async def press(
        self, user_id: int, button: str, chat_id: int | None = None, language_code: str = "zh-hans"
    ) -> str:
        """A person presses the newest button with this label or action; return the press's id.

        Raises LookupError where no message has such a button now.
        """
        shown, pressed = self._find(button, user_id if chat_id is None else chat_id)
        self._numbers["query"] += 1
        query_id = str(self._numbers["query"])
        self.queries[query_id] = False
        query = {
            "id": query_id,
            "from": self._person(user_id, language_code),
            "message": self.as_json(shown),
            "chat_instance": str(shown.chat_id),
            "data": pressed["callback_data"],
        }
        check_type(query, "CallbackQuery")
        self.update("callback_query", query)
        return query_id

    def update(self, kind: str, content: Params) -> None:
        """Send any update, even a malformed one; kinds that the bot did not ask for get lost."""
        self._numbers["update"] += 1
        update = {"update_id": 1000 + self._numbers["update"], kind: content}
        if not self.allowed or kind in self.allowed:
            self._newest = update
            self.waiting.append(update)
            self.notify()

    def repeat_update(self) -> None:
        """Send the newest update once more, though it may have been confirmed."""
        self.waiting.append(self._newest)
        self.notify()

    def block(self, user_id: int) -> None:
        """A person blocks the bot."""
        self._blocked.add(user_id)

    # -- what there is to see

    def messages(self, chat_id: int) -> list[Shown]:
        """Return what a chat looks like now, after edits and deletions."""
        return copy.deepcopy(self.shown.get(chat_id, []))

    def replies(self, chat_id: int) -> list[Shown]:
        """Return the bot's messages in a chat."""
        return [shown for shown in self.messages(chat_id) if shown.is_from_bot]

    def is_answered(self, query_id: str) -> bool:
        """Tell whether the bot has acknowledged a press."""
        return self.queries[query_id]

    async def wait_for(
        self,
        predicate: Callable[[], T] | None = None,
        timeout: float = 10.0,  # noqa: ASYNC109 - a test waits once
    ) -> T | None:
        """Return the predicate's first true value; without one, wait for half a quiet second.

        Quiet means that all updates are confirmed and the bot asks for nothing but more updates.
        Raises TimeoutError.
        """
        async with asyncio.timeout(timeout):
            if predicate is None:
                await self._quiet()
                return None
            while not (value := predicate()):
                await self.next_change()
            return value

    async def _quiet(self) -> None:
        seen = -1
        while self.waiting or seen != self.requests:
            seen = self.requests
            await asyncio.sleep(0.5)

    # -- what the Bot API works with

    def notify(self) -> None:
        """Wake whoever waits for something to happen."""
        self._changed.set()

    async def next_change(self) -> None:
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), 0.1)
        except TimeoutError:
            return  # a predicate may look at more than the server

    def reach(self, chat_id: int) -> None:
        """Raise Refusal where the bot may not write to a chat."""
        if chat_id in self._blocked:
            raise Refusal("Forbidden: bot was blocked by the user", status=403)
        if chat_id in self.chats:
            return
        if chat_id in self._people:
            raise Refusal("Forbidden: bot can't initiate conversation with a user", status=403)
        raise Refusal("Bad Request: chat not found")

    def post(self, chat_id: int, text: str, is_from_bot: bool) -> Shown:
        self._numbers["message"] += 1
        if is_from_bot:
            self.previews.pop(chat_id, None)
        message = Shown(self._numbers["message"], chat_id, text, is_from_bot)
        self.shown[chat_id].append(message)
        return message

    def own(self, params: Params) -> Shown:
        """Return the message of the bot that a request is about. Raises Refusal."""
        self.reach(params["chat_id"])
        for message in self.shown[params["chat_id"]]:
            if message.message_id == params["message_id"]:
                if not message.is_from_bot:
                    raise Refusal("Bad Request: message can't be edited")
                return message
        raise Refusal("Bad Request: message to edit not found")

    def as_json(self, message: Shown) -> Params:
        """Return a Message as the Bot API gives it."""
        chat = self.chats[message.chat_id]
        found: Params = {"message_id": message.message_id, "date": DATE, "chat": chat}
        found |= _content(message)
        if message.is_from_bot:
            found["from"] = BOT
        if message.topic is not None:
            found |= {"message_thread_id": message.topic, "is_topic_message": True}
        if message.rows:
            found["reply_markup"] = {"inline_keyboard": message.rows}
        return copy.deepcopy(found)

    def _chat(self, chat_id: int, chat_type: str) -> Params:
        if chat_id not in self.chats:
            name = {"first_name": "Ann"} if chat_type == "private" else {"title": "Group"}
            self.chats[chat_id] = {"id": chat_id, "type": chat_type} | name
            self.shown[chat_id] = []
        return self.chats[chat_id]

    def _person(self, user_id: int, language_code: str | None) -> Params:
        self._people.add(user_id)
        person: Params = {"id": user_id, "is_bot": False, "first_name": "Ann"}
        return person | ({"language_code": language_code} if language_code else {})

    def _find(self, button: str, chat_id: int) -> tuple[Shown, Params]:
        for message in reversed(self.shown.get(chat_id, [])):
            for each in (each for row in message.rows for each in row):
                if button in (each["text"], each["callback_data"]):
                    return message, each
        raise LookupError(f"no button {button!r} in chat {chat_id}")


def _content(message: Shown) -> Params:
    """Return the fields of a Message that say what it shows."""
    if message.caption is None:
        fields: Params = {"text": message.text, "entities": message.entities}
    else:
        fields = {"caption": message.text, "caption_entities": message.entities}
    if message.photo:
        width, height = message.photo.size or (0, 0)
        fields["photo"] = [_file(message) | {"width": width, "height": height}]
    if message.document:
        fields["document"] = _file(message) | {"file_name": message.document.name}
    return {name: value for name, value in fields.items() if value or name == "text"}


def _file(message: Shown) -> Params:
    number = f"file-{message.message_id}-{message.edits}"
    return {"file_id": number, "file_unique_id": number}
