"""The `llm-tutor` command, and the composition root: the one place where the parts are joined."""

import asyncio
import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer
from pydantic import AnyUrl
from typer.exceptions import Abort, TyperException

from adapters import operators
from bot.course.model import Course
from bot.errors import OperatorError, SettingError
from bot.settings import Settings

if TYPE_CHECKING:  # imported where they are used: most commands need few of them
    from adapters.web import Platform
    from bot.tutor import Tutor

PARTS = ("telegram", "discord", "web")
LanguageOption = Annotated[
    Literal["zh", "en"] | None, typer.Option("--lang", help="Language of the replies.")
]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)
lessons_app = typer.Typer(help="Check or export the course.")
db_app = typer.Typer(help="The database's schema.")
app.add_typer(lessons_app, name="lessons")
app.add_typer(db_app, name="db")
app.command()(operators.doctor)
app.command()(operators.stats)


def main() -> NoReturn:
    """Run the command; what an operator can put right is printed as one line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # whatever the terminal's encoding cannot show
    try:
        code = app(standalone_mode=False)
    except OperatorError as error:
        _fail(str(error), error.exit_code)
    except TyperException as error:
        _fail(f"{error.format_message()} (llm-tutor --help)", error.exit_code)
    except (Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, exit_code: int) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(exit_code)


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """A tutor of large language models for Discord, Telegram and the terminal.

    Without a command: the service if a platform's token is set, else a conversation here.
    """
    if context.invoked_subcommand is None:
        settings = Settings.load()
        if settings.telegram_token or settings.discord_token:
            run(None)
        else:
            chat("me", None, False)


@app.command()
def chat(
    learner: Annotated[str, typer.Option(help="Whose progress it is.")] = "me",
    lang: LanguageOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines in and out.")] = False,
) -> None:
    """Learn right here in the terminal."""
    settings = Settings.load()
    _set_up_logs(settings.model_copy(update={"log_level": "WARNING"}))
    from adapters.terminal.channel import TerminalChannel, is_interactive

    with asyncio.Runner() as runner, _tutor(settings) as tutor:
        name = learner.encode(errors="ignore").decode() or "me"
        channel = TerminalChannel(tutor, name, settings.data_dir)
        if lang:
            channel.choose_language(runner, lang)
        if as_json:
            channel.pipe_json(runner, sys.stdin.buffer, sys.stdout)
        elif is_interactive():
            channel.converse(runner)
        else:
            channel.pipe(runner, sys.stdin.buffer, sys.stdout)


@app.command()
def run(
    only: Annotated[
        str | None, typer.Option(help=f"Parts to run, of {', '.join(PARTS)}; default all.")
    ] = None,
) -> None:
    """Serve every platform that has a token, until SIGTERM."""
    settings = Settings.load()
    _set_up_logs(settings)
    parts = _parts(only, settings)
    with _tutor(settings) as tutor:
        asyncio.run(_serve(settings, tutor, parts))


def _parts(only: str | None, settings: Settings) -> set[str]:
    """Return what is to run: of what was asked for, the platforms that have a token, and web."""
    asked = {part.strip() for part in only.split(",")} if only else set(PARTS)
    if unknown := sorted(asked - set(PARTS)):
        raise SettingError(f"--only: {unknown[0]!r} is not one of {', '.join(PARTS)}")
    tokens = {"telegram": settings.telegram_token, "discord": settings.discord_token}
    parts = asked - {name for name, token in tokens.items() if not token}
    if not parts & tokens.keys():
        raise SettingError(
            "TELEGRAM_TOKEN, DISCORD_TOKEN: set one that belongs to a part that is to run"
        )
    return parts


async def _serve(settings: Settings, tutor: "Tutor", parts: set[str]) -> None:
    platforms = _platforms(settings, tutor, parts)
    services = [platform.run() for platform in platforms]
    if "web" in parts and settings.http_port:
        from adapters.web import WebServer

        services.append(WebServer(settings.http_host, settings.http_port, platforms).run())
    everything = asyncio.ensure_future(asyncio.gather(*services))
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(stop, everything.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await everything


def _platforms(settings: Settings, tutor: "Tutor", parts: set[str]) -> "list[Platform]":
    platforms: list[Platform] = []
    if "telegram" in parts and settings.telegram_token:
        from adapters.telegram.channel import TelegramChannel

        api_url = _text(settings.telegram_api_url)
        platforms.append(TelegramChannel(tutor, settings.telegram_token, api_url))
    if "discord" in parts and settings.discord_token:
        from adapters.discord.channel import DiscordChannel

        api_url, gateway_url = map(_text, (settings.discord_api_url, settings.discord_gateway_url))
        platforms.append(DiscordChannel(tutor, settings.discord_token, api_url, gateway_url))
    return platforms


def _text(url: AnyUrl | None) -> str | None:
    return str(url).rstrip("/") if url else None


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question.")] = "",
    lang: LanguageOption = None,
    offline: Annotated[bool, typer.Option(help="Answer from the lessons alone.")] = False,
    batch: Annotated[str, typer.Option(help="A file of questions, one a line; - for input.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object an answer.")] = False,
) -> None:
    """Answer one question, or a file of them."""
    from adapters.endpoints import answerer, writer
    from adapters.questions import answer_all

    settings = Settings.load()
    _set_up_logs(settings.model_copy(update={"log_level": "ERROR"}))
    if bool(question.strip()) == bool(batch):
        raise SettingError("ask: give a question, or --batch FILE")
    questions = _read_batch(batch) if batch else [question]
    course, model = _load_course(settings), None if offline else writer(settings)
    answers = answerer(settings, course, model)
    asyncio.run(answer_all(answers, questions, lang or settings.default_language, as_json))


def _read_batch(path: str) -> list[str]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"--batch: cannot read {path} ({error})") from None
    return [line.strip() for line in text.split("\n") if line.strip()]


@lessons_app.command("check")
def check_lessons(
    folder: Annotated[Path | None, typer.Argument(help="Default: LESSONS_DIR.")] = None,
    essays: Annotated[
        Path | None, typer.Option(help="Also look for runs copied from the texts in this folder.")
    ] = None,
) -> None:
    """Print every fault of the lessons as path:line: message; exit 1 if there is any."""
    from bot.course.linter import check, copied
    from bot.course.loader import load

    folder = folder or Settings.load().lessons_dir
    faults = check(folder)
    if essays and not faults:
        faults = copied(load(folder), essays, folder)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


@lessons_app.command("export")
def export_lessons(
    as_json: Annotated[bool, typer.Option("--json", help="The one format there is.")] = True,
) -> None:
    """Print the whole course as JSON."""
    from bot.course.exporter import export

    course = export(_load_course(Settings.load()))
    print(json.dumps(course, ensure_ascii=False, indent=1))


@db_app.command("upgrade")
def upgrade_database() -> None:
    """Bring the database's schema up to date."""
    from bot.storage import engine

    print(engine.upgrade(engine.open_engine(Settings.load().database)))


@db_app.command("current")
def current_database() -> None:
    """Print the revision that the database stands at."""
    from bot.storage import engine

    revision = engine.stands_at(engine.open_engine(Settings.load().database))
    print(revision or "empty")


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="Which one; default all.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure the promised speeds."""
    from adapters.bench import BENCHES

    if name and name not in BENCHES:
        raise SettingError(f"bench: {name!r} is not one of {', '.join(BENCHES)}")
    results = {one: BENCHES[one]() for one in BENCHES if not name or one == name}
    if as_json:
        print(json.dumps(results))
        return
    for one, figures in results.items():
        print(one, *(f"{key}={value}" for key, value in figures.items()))


@contextlib.contextmanager
def _tutor(settings: Settings) -> "Iterator[Tutor]":
    """Join the parts, and take them apart again at the end."""
    from adapters.endpoints import answerer, writer
    from bot.commands.command import Services
    from bot.ports import Budget, SystemClock
    from bot.storage.store import Store
    from bot.tutor import Access, Tutor

    course = _load_course(settings)
    model = writer(settings)
    store = Store.open(settings.database)
    try:
        yield Tutor(
            Services(
                course,
                store,
                answerer(settings, course, model),
                SystemClock(),
                model,
                Budget(settings.llm_daily_tokens_per_learner, settings.llm_daily_tokens),
            ),
            default_language=settings.default_language,
            default_timezone=settings.default_timezone,
            access=Access(frozenset(settings.allowed_users), frozenset(settings.allowed_chats)),
        )
    finally:
        store.close()


def _load_course(settings: Settings) -> Course:
    from bot.course.loader import CourseError, load

    try:
        return load(settings.lessons_dir)
    except CourseError as error:
        raise OperatorError(str(error)) from None


def _set_up_logs(settings: Settings) -> None:
    from adapters import logs

    logs.set_up(settings)


if __name__ == "__main__":
    main()
