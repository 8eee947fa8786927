"""The database: one pool of connections, the tables, and every query. The program serves before the database is
there: a thread makes the tables as soon as it answers, and watches it from then on, so that asking for its state
never waits. While it does not answer, every query raises Unavailable."""
import logging
import threading
from contextlib import contextmanager

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

log = logging.getLogger("uvicorn.error")
WATCH_SECONDS = 2
# A pod that is gone answers nothing, not even a refusal: without these a connection to it hangs for a quarter of an hour.
GIVE_UP = {"connect_timeout": 3, "tcp_user_timeout": 4000, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2,
           "options": "-c statement_timeout=10000"}
TABLES_LOCK = 7031  # two pods that start together must not make the tables at once
TABLES = """
CREATE TABLE IF NOT EXISTS users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS todos (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    done BOOLEAN NOT NULL DEFAULT false,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS todos_by_user ON todos (user_id, id);
"""
TODO = "id, title, done, created_at"


class Unavailable(Exception):
    """The database is not there, or not yet."""


class EmailTaken(Exception):
    pass


class NoSuchUser(Exception):
    """A token outlived its user: the database was made anew."""


class Database:
    def __init__(self, url: str):
        self.url = url
        self.state = "down" if url else "not configured"
        self._stop = threading.Event()
        self._pool = None
        self._thread = None

    def start(self) -> None:
        if not self.url:
            log.warning("DATABASE_URL is not set: every request for todos is answered with 503")
            return
        # A connection is checked before it is lent: those to a database pod that is gone are replaced unseen.
        self._pool = ConnectionPool(self.url, min_size=1, max_size=5, timeout=5, open=False, reconnect_timeout=0,
                                    check=ConnectionPool.check_connection, kwargs=GIVE_UP | {"row_factory": dict_row})
        self._pool.open(wait=False)
        self._thread = threading.Thread(target=self._watch, name="database", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=6)
        if self._pool is not None:
            self._pool.close()

    def _watch(self) -> None:
        said = ""
        while not self._stop.is_set():
            try:
                with psycopg.connect(self.url, **GIVE_UP) as connection:
                    self._make_tables(connection)
                    self.state, said = "up", ""
                    log.info("the database answers")
                    while not self._stop.wait(WATCH_SECONDS):
                        connection.execute("SELECT 1")
                        connection.commit()
            except psycopg.Error as error:
                self.state = "down"
                why = (str(error).splitlines() or [type(error).__name__])[0]
                if why != said:
                    log.warning("the database does not answer: %s; trying on", why)
                said = why
                self._stop.wait(WATCH_SECONDS)

    @staticmethod
    def _make_tables(connection) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (TABLES_LOCK,))
        connection.execute(TABLES)
        connection.commit()

    @contextmanager
    def _connection(self):
        if self.state != "up":
            raise Unavailable("DATABASE_URL is not set" if not self.url else "the database does not answer")
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, PoolTimeout) as error:
            log.warning("a query failed: %s", (str(error).splitlines() or [type(error).__name__])[0])
            raise Unavailable("the database does not answer") from None

    def _one(self, query: str, values: tuple):
        with self._connection() as connection:
            return connection.execute(query, values).fetchone()

    def add_user(self, email: str, name: str, password: str) -> dict:
        try:
            return self._one("INSERT INTO users (email, name, password) VALUES (%s, %s, %s) RETURNING id, email, name",
                             (email, name, password))
        except psycopg.errors.UniqueViolation:
            raise EmailTaken(email) from None

    def user_by_email(self, email: str) -> dict | None:
        return self._one("SELECT id, email, name, password FROM users WHERE email = %s", (email,))

    def user(self, user_id: str) -> dict | None:
        return self._one("SELECT id, email, name FROM users WHERE id = %s", (user_id,))

    def todos(self, user_id: str) -> list[dict]:
        with self._connection() as connection:
            return connection.execute(f"SELECT {TODO} FROM todos WHERE user_id = %s ORDER BY id", (user_id,)).fetchall()

    def add_todo(self, user_id: str, title: str) -> dict:
        try:
            return self._one(f"INSERT INTO todos (user_id, title) VALUES (%s, %s) RETURNING {TODO}", (user_id, title))
        except psycopg.errors.ForeignKeyViolation:
            raise NoSuchUser(user_id) from None

    def change_todo(self, user_id: str, todo_id: int, title: str | None, done: bool | None) -> dict | None:
        return self._one(f"UPDATE todos SET title = coalesce(%s, title), done = coalesce(%s, done) "
                         f"WHERE id = %s AND user_id = %s RETURNING {TODO}", (title, done, todo_id, user_id))

    def delete_todo(self, user_id: str, todo_id: int) -> bool:
        return self._one("DELETE FROM todos WHERE id = %s AND user_id = %s RETURNING id", (todo_id, user_id)) is not None
