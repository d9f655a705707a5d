"""Whether the platforms know the tokens: one small request each."""

from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
from pydantic import AnyUrl, SecretStr

from adapters.doctor import Check
from bot.settings import Settings

SECONDS: Final = 10

TELEGRAM: Final = "https://api.telegram.org"
DISCORD: Final = "https://discord.com/api/v10"

_REFUSED: Final = (401, 403, 404)
"""Telegram answers 404 to a token that does not even look like one."""


async def platforms(settings: Settings) -> AsyncIterator[Check]:
    yield await _telegram(settings.telegram_token, settings.telegram_api_url)
    yield await _discord(settings.discord_token, settings.discord_api_url)


async def _telegram(token: SecretStr | None, api_url: AnyUrl | None) -> Check:
    if not token:
        return Check("telegram", "ok", "not set up", "Set TELEGRAM_TOKEN, from @BotFather.")
    root = str(api_url or TELEGRAM).rstrip("/")
    answer = await _ask(f"{root}/bot{token.get_secret_value()}/getMe", {})
    if isinstance(answer, dict) and isinstance(answer.get("result"), dict):
        return Check("telegram", "ok", f"@{shown(answer['result'].get('username'))}")
    return _refusal("telegram", answer, "Copy the token again from @BotFather.", "TELEGRAM_API_URL")


async def _discord(token: SecretStr | None, api_url: AnyUrl | None) -> Check:
    if not token:
        advice = "Set DISCORD_TOKEN, from discord.com/developers."
        return Check("discord", "ok", "not set up", advice)
    root = str(api_url or DISCORD).rstrip("/")
    headers = {"Authorization": f"Bot {token.get_secret_value()}"}
    answer = await _ask(f"{root}/users/@me", headers)
    if isinstance(answer, dict) and "username" in answer:
        return Check("discord", "ok", shown(answer["username"]))
    advice = "Copy the bot's token again from the developer portal."
    return _refusal("discord", answer, advice, "DISCORD_API_URL")


async def _ask(url: str, headers: dict[str, str]) -> Any:
    """Return what is answered, the status of a refusal, or None where nobody answers sensibly.

    What went wrong is not told: errors of the library hold the address, which may hold the token.
    """
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status != 200:
                return response.status
            return await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None


def _refusal(name: str, answer: Any, advice: str, variable: str) -> Check:
    if answer in _REFUSED:
        return Check(name, "failed", "the token is not accepted", advice)
    if isinstance(answer, int):
        return Check(name, "warning", f"answered with status {answer}", "Try again in a while.")
    advice = f"Look at the network of this machine, and at {variable} if it is set."
    return Check(name, "failed", "no sensible answer", advice)


def shown(text: object) -> str:
    """Return something that a server sent as it may be shown on a terminal."""
    return "".join(one for one in str(text) if one.isprintable())[:60]
