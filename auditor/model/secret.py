"""A password or key in memory: it never shows itself in a message, a log, a traceback or a pickle."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Holds a secret text. Only `reveal` gives it, to the one call that needs it."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the secret itself; never keep it in a variable of a frame that may end in a traceback with its values."""
        return self.__value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a secret is not written down")
