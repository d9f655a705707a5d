"""The door to the database: a use case hands `Store.run` a function of a `Tx`.

    grade = await store.run(answer_question, learner_id, question, response, now)

runs `answer_question(tx, learner_id, ...)` as one transaction in one hop to a worker thread, and
commits it when the function returns. No transaction is ever open across an await.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.storage.engine import open_engine, upgrade
from bot.storage.tx import Tx

POSTGRESQL_THREADS = 8

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """One database, shared by everything in the process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # SQLite has one writer at a time: a second thread would only wait for the first.
        threads = 1 if engine.dialect.name == "sqlite" else POSTGRESQL_THREADS
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="store")

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open the database at `url` with its schema up to date. Raises DatabaseError."""
        engine = open_engine(url)
        upgrade(engine)
        return cls(engine)

    async def run(
        self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `function(tx, ...)` as one transaction; what it raises undoes it."""

        def transact() -> T:
            with Session(self._engine) as session, session.begin():
                return function(Tx(session), *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, transact)

    def close(self) -> None:
        """Wait for what is running, and close the database."""
        self._threads.shutdown()
        self._engine.dispose()
