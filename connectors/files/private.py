"""Columns that are private by nature: they are dropped and counted, and no layout may take them in (AVG 5(1)(c))."""

from __future__ import annotations

import re

_WORDS = (
    "bsn", "burgerservicenummer", "burgerservicenr", "sofi", "sofinummer", "sofinr", "onderwijsnummer", "pgn", "ssn",
    "geboortedatum", "geboortedag", "geboorteplaats", "geboorteland", "birthdate", "birthday", "dateofbirth", "leeftijd",
    "adres", "woonadres", "postadres", "huisadres", "straat", "straatnaam", "huisnummer", "huisnr", "postcode", "woonplaats", "gemeente",
    "address", "streetaddress", "street", "postalcode", "zipcode",
    "telefoon", "telefoonnummer", "telefoonnr", "mobiel", "mobielnummer", "phone", "mobile", "telephonenumber", "mobilephone", "phonenumber",
    "iban", "rekeningnummer", "bankrekening", "salaris", "salarisschaal", "schaal", "trede", "bruto", "netto",
    "nationaliteit", "nationality", "geslacht", "gender", "burgerlijkestaat", "religie", "geloof", "gezondheid", "medisch", "diagnose", "allergie",
    "verzorger", "verzorgers", "ouder", "ouders", "gewicht", "leerlinggewicht", "cijfer", "cijfers", "rapport",
    "notitie", "notities", "opmerking", "opmerkingen",
    "paspoort", "paspoortnummer", "rijbewijs", "alternateemailaddress",
    "ziek", "ziekmelding", "verzuim",
    "agegroup", "consentprovidedforminor",
)
_ALONE = ("city", "state", "country", "password", "wachtwoord")
"""Private as a whole header only: `Assignment State` is no address."""

_TOKEN = re.compile(r"[a-z0-9]+")
_MARK = re.compile(r"\s\[[a-z ]+\]$")
"""What some systems write behind a header: `Password [Required]`."""
_PRIVATE = frozenset(_WORDS)
_MAIL_FIRST = ("e", "mail", "email", "ip", "web", "inlog")
_TAKEN_BY_NEED = frozenset({"agegroup"})
"""Entra's ageGroup tells pupils from staff and holds no birth date; a layout may read it for that."""


def is_private(header: str) -> bool:
    """Given a header, return whether its column is private by nature. `E-mailadres` and `Geboortenaam` are not."""
    words = _TOKEN.findall(_MARK.sub("", header.casefold()))
    if "".join(words) in (*_PRIVATE, *_ALONE):
        return True
    for place, word in enumerate(words):
        if word in _PRIVATE and not (word in ("adres", "address") and place and words[place - 1] in _MAIL_FIRST):
            return True
    return "prive" in words or "privé" in header.casefold() or "private" in words


def may_be_mapped(header: str) -> bool:
    """Given a header, return whether a layout may take its column in."""
    return not is_private(header) or header.casefold() in _TAKEN_BY_NEED
