"""A board may say its mail in its own words, with the same blanks, and nothing else (mail only)."""

from __future__ import annotations

import pytest

from auditor.model.errors import ConfigError
from reports.texts import Words
from reports.texts.own import own_words


def test_own_words_replace_ours_and_the_rest_stays(tmp_path):
    (tmp_path / "nl.toml").write_text('[mail.school]\nask = "Bel de helpdesk of mail {who}."\n', encoding="utf-8")
    words = Words("nl", strict=True, own=own_words(tmp_path, "nl"))
    assert words.text("mail.school.ask", who="ict@x.nl") == "Bel de helpdesk of mail ict@x.nl."
    assert words.text("mail.school.account") == "Account" and own_words(tmp_path, "en") == {}


@pytest.mark.parametrize(("text", "code"), [
    ('[mail.school]\nask = "Bel de helpdesk."', "own_words_blanks"), ('[mail.school]\nask = "{who} {x}"', "own_words_blanks"),
    ('[mail.school]\nask = "{who"', "own_words_blanks"), ('[mail.school]\nask = 3', "own_words_blanks"),
    ('[mail.school]\nbestaatniet = "x"', "own_words_key"), ('[report]\nbrand = "Wij"', "own_words_key"),
    ('[mail.state]\nheld = "x"', "own_words_key"), ("[mail", "own_words_unreadable"),
])
def test_a_mistake_names_file_and_key(tmp_path, text, code):
    (tmp_path / "nl.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        own_words(tmp_path, "nl")
    [fault] = caught.value.faults
    assert fault.code == code and fault.file == "nl.toml"
    assert Words("nl", strict=True).fault(fault)
