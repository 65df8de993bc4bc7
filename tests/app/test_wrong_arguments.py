"""What is typed wrong is told in the reader's language, with what was meant, and ends with 2."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., tuple[int, str, str]]
ENGLISH = ("usage:", "error:", "argument", "invalid", "expected", "required")


@pytest.mark.parametrize(("typed", "told"), [
    ("scna", "Bedoelde u 'scan'?"), ("xyzzy", "Er zijn: demo"), ("findings", "noem een opdracht"), ("findings lits", "Bedoelde u 'list'?"),
    ("scan --as-of 31-02-2026", "JJJJ-MM-DD"), ("scan --as-of", "achter --as-of ontbreekt"), ("scan --fail-on hoog", "Kies uit: critical"),
    ("report --lang fr", "Kies uit: nl, en"), ("explain", "ontbreekt: SLEUTEL|ACCOUNT"), ("source release esis", "ontbreekt: --reason"),
    ("links decide esis a --reason xyz", "noem een van: --person --set-aside"),
    ("links decide esis a --reason xyz --person 1 --set-aside", "niet samen"),
    ("scan --nonsense", "hoort er niet bij: --nonsense"), ("scan --json=yes", "hoort geen waarde"),
])
def test_a_typing_mistake_is_told_in_dutch(run: Run, typed: str, told: str) -> None:
    code, _, err = run(*typed.split())
    assert code == 2 and told in err and "gebruik:" in err
    assert not [word for word in ENGLISH if word in err.splitlines()[-1]]


def test_and_in_english_on_request(run: Run) -> None:
    code, _, err = run("--lang", "en", "scna")
    assert code == 2 and "Did you mean 'scan'?" in err
