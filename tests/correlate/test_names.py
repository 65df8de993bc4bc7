"""Dutch names as systems write them, taken apart. All names are fictional."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.correlate.names import fold, parse, surname_keys


@pytest.mark.parametrize(
    ("shown", "given", "initials", "surname"),
    [
        ("Joris Kamp", "joris", "j", "kamp"),
        ("Joris de Wit", "joris", "j", "wit"),
        ("Kamp, Joris", "joris", "j", "kamp"),
        ("Wit, Joris de", "joris", "j", "wit"),
        ("Wit de, Joris", "joris", "j", "wit"),
        ("de Wit, Joris", "joris", "j", "wit"),
        ("Wit, de, J.", "", "j", "wit"),
        ("Jansen, van der", "", "", "jansen"),
        ("Jansen, P. van der", "", "p", "jansen"),
        ("J.A. van den Berg", "", "ja", "berg"),
        ("J A van den Berg", "", "ja", "berg"),
        ("JA Kamp", "", "ja", "kamp"),
        ("J v d Berg", "", "j", "berg"),
        ("J. v.d. Berg", "", "j", "berg"),
        ("Joris v.d. Berg", "joris", "j", "berg"),
        ("Berg, J. v. d.", "", "j", "berg"),
        ("S.V. Kamp", "", "sv", "kamp"),
        ("S. V. Kamp", "", "sv", "kamp"),
        ("Kamp, S. V.", "", "sv", "kamp"),
        ("V. de Wit", "", "v", "wit"),
        ("Chr. de Wit", "", "c", "wit"),
        ("Kamp J.A.", "", "ja", "kamp"),
        ("Mila van 't Hof", "mila", "m", "hof"),
        ("J. 's Gravenberg", "", "j", "gravenberg"),
        ("Zoë Désirée-Bos", "zoe", "z", "desiree"),
        ("Kees IJsbrandt", "kees", "k", "ysbrandt"),
        ("RENÉE DE WIT", "renee", "r", "wit"),
        ("mevr. drs. M. Bos", "", "m", "bos"),
        ("Mila Bos (De Wilg)", "mila", "m", "bos"),
        ("Mila Bos | De Wilg", "mila", "m", "bos"),
        ("Anne-Fleur Bos", "annefleur", "a", "bos"),
        ("Farah El Amrani", "farah", "f", "amrani"),
        ("Jan Peter Kamp", "jan", "jp", "kamp"),
    ],
)
def test_a_name_is_taken_apart(shown: str, given: str, initials: str, surname: str) -> None:
    name = parse(shown)
    assert name is not None
    assert (name.given, name.initials, name.keys[0]) == (given, initials, surname)


@pytest.mark.parametrize("shown", ["", " ", ",", "Kamp", "(De Wilg)", "J.", "..", "🙂", "juf Mila", "- -"])
def test_one_word_is_no_name(shown: str) -> None:
    assert parse(shown) is None


@pytest.mark.parametrize(
    ("shown", "keys"),
    [
        ("Mila Bos-de Wit", {"bos", "wit", "dewit"}),
        ("Mila de Wit - Bos", {"wit", "dewit", "bos"}),
        ("Mila de Wit-van der Berg", {"wit", "dewit", "berg", "vanderberg"}),
        ("Bos-de Wit, Mila", {"bos", "wit", "dewit"}),
        ("Mila VandenBerg", {"vandenberg"}),
    ],
)
def test_each_half_of_a_double_name_is_a_key(shown: str, keys: set[str]) -> None:
    name = parse(shown)
    assert name is not None
    assert set(name.keys) == keys


def test_a_glued_prefix_meets_the_separate_one() -> None:
    glued = parse("Mila Vandenberg")
    assert glued is not None
    assert set(glued.keys) & set(surname_keys("Berg", "van den"))


@pytest.mark.parametrize(
    ("text", "folded"), [("Désirée", "desiree"), ("Strauß", "strauss"), ("Ørsted", "orsted"), ("Ĳlst", "ylst"), ("O'Neil", "oneil")])
def test_folding_takes_away_what_systems_lose(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser_and_keys_are_plain(text: str) -> None:
    name = parse(text)
    if name is not None:
        assert name.keys
        assert all(key and " " not in key for key in name.keys)


WORDS = st.text("abcdefghklmnoprstuw", min_size=2, max_size=7).map(lambda word: f"{word}ska".title())  # never a title or tussenvoegsel


@given(first=WORDS, prefix=st.sampled_from(["", "de", "van der", "van 't", "ter"]), last=WORDS)
def test_every_way_of_writing_one_name_gives_the_same_parts(first: str, prefix: str, last: str) -> None:
    ways = [
        f"{first} {prefix} {last}", f"{last}, {first} {prefix}", f"{prefix} {last}, {first}", f"{first.upper()} {prefix.upper()} {last.upper()}",
        f"dhr. {first} {prefix} {last} (school)",
    ]
    assert len({parse(way) for way in ways}) == 1


PLAIN_WORDS = st.sampled_from(["Jan", "van", "der", "de", "Ijsbrand", "dr", "Ir", "BOS", "bos", "Op", "Wijk", "El", "X", "Kamp", "ten"])


@given(st.lists(PLAIN_WORDS, max_size=5))
def test_the_short_cut_for_plain_names_gives_what_the_long_way_gives(words: list[str]) -> None:
    text = " ".join(words)
    assert parse(text) == parse(f"{text} ()")  # brackets take the long way
