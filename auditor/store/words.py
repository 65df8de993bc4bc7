"""The dictionary of values that repeat: each word is written once, rows carry its number."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any

import numpy as np

from auditor.store.encoding import Ints


class Words:
    """All words of one database, in memory, with those that this scan adds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._words: list[str | None] = [None]
        self._ids: dict[str, int] = {}
        for number, word in connection.execute("SELECT id, word FROM words ORDER BY id"):
            self._words.extend([None] * (number + 1 - len(self._words)))
            self._words[number] = word
            self._ids[word] = number
        self._saved = len(self._words)

    def ids_of(self, texts: Any) -> Ints:
        """Given a pyarrow array of texts, return their numbers, new ones included; -1 for an absent text."""
        found = np.empty(len(texts), dtype=np.int64)
        for place, text in enumerate(texts.to_pylist()):
            if text is None:
                found[place] = -1
                continue
            number = self._ids.get(text)
            if number is None:
                number = self._ids[text] = len(self._words)
                self._words.append(text)
            found[place] = number
        return found

    def known(self, word: str) -> int | None:
        """Given a word, return its number, None if no row ever carried it."""
        return self._ids.get(word)

    def __getitem__(self, number: int) -> str | None:
        return self._words[number]

    def __len__(self) -> int:
        return len(self._words)

    def save(self, connection: sqlite3.Connection, scan: int) -> tuple[int, str]:
        """Write the new words. Return how many there are, and their digest."""
        fresh = [(number, self._words[number], scan) for number in range(self._saved, len(self._words))]
        connection.executemany("INSERT INTO words (id, word, since_scan) VALUES (?, ?, ?)", fresh)
        self._saved = len(self._words)
        return len(fresh), words_digest([(number, word) for number, word, _ in fresh])


def words_digest(words: list[tuple[int, str | None]]) -> str:
    """Given numbers and words in the order of the numbers, return their SHA-256."""
    return hashlib.sha256(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
