"""`ReplyCache`: all replies of models in one SQLite file, by the content of their requests."""

import sqlite3
from pathlib import Path

from waywiser.clients.requests import Reply
from waywiser.errors import ChatClientError

_SCHEMA = """CREATE TABLE IF NOT EXISTS replies (
    key BLOB PRIMARY KEY, model TEXT NOT NULL, text TEXT NOT NULL, finish TEXT NOT NULL,
    tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL) WITHOUT ROWID"""


class ReplyCache:
    """Replies by the key of their request, stored as soon as they arrive: no run asks twice.

    Failures are not stored. One process writes at a time; another may read. Raises ChatClientError
    for a file that is not a cache or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(
                path, isolation_level=None, timeout=60, check_same_thread=False
            )
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise ChatClientError(
                f"cannot use {path} as a cache of replies ({error}): choose another file"
            ) from error

    def get(self, key: bytes) -> Reply | None:
        """The reply to the request of this key, or None."""
        row = self._database.execute(
            "SELECT text, finish, tokens_in, tokens_out FROM replies WHERE key = ?", (key,)
        ).fetchone()
        return Reply(*row) if row else None

    def put(self, key: bytes, model: str, reply: Reply) -> None:
        """Store a reply; the first one of a key is kept."""
        text = reply.text.encode("utf-8", "replace").decode()
        try:
            self._database.execute(
                "INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?, ?, ?)",
                (key, model, text, reply.finish, reply.tokens_in, reply.tokens_out),
            )
        except sqlite3.Error as error:
            raise ChatClientError(
                f"cannot write {self.path} ({error}): free some space and run again"
            ) from error

    def usage_totals(self, model: str) -> tuple[int, int, int]:
        """(replies, prompt tokens, completion tokens) of all replies of a model."""
        row = self._database.execute(
            "SELECT COUNT(*), TOTAL(tokens_in), TOTAL(tokens_out) FROM replies WHERE model = ?",
            (model,),
        ).fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def close(self) -> None:
        self._database.close()
