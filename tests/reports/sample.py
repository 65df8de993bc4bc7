"""A hand-made night of a fictional board, as a renderer gets it: about sixty findings, one stale source, one school missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.errors import Fault, Reason
from auditor.model.finding import Change, Finding, NotAssessed, State, finding_key, severity_of
from auditor.model.reading import Receipt
from auditor.model.report import MatrixLine, Night, ReportData, RuleWords

AS_OF = date(2026, 11, 24)

SCHOOLS = {
    "99AA00": "De Kletsende Kikker", "99AB00": "Het Zevende Zeepaard", "99AC00": "De Omgekeerde Boom", "99AD00": "Kasteel Kriebelstein",
    "99AE00": "De Papieren Draak", "99AF00": "Het Fluitende Fornuis", "99ZZ00": "Bestuursbureau Wolkendam",
}
SYSTEMS = {"parnassys": "ParnasSys", "afas": "AFAS", "ad:wolkendam": "Active Directory", "entra": "Microsoft 365", "esis": "ESIS"}

PEOPLE = (
    ("10021", "Fenna Fabeltjes", "f.fabeltjes"), ("10035", "Tijl van Tegenwind", "t.vantegenwind"),
    ("10048", "Roos Rozemarijn-Regenjas", "r.rozemarijn"),
    ("10052", "Bram Boterbloem", "b.boterbloem"), ("10067", "Sanne Sprookjes", "s.sprookjes"), ("10079", "Wouter Windvaan", "w.windvaan"),
    ("10081", "Lotte Luchtkasteel", "l.luchtkasteel"), ("10096", "Koen de Kaasschaaf", "k.dekaasschaaf"), ("10103", "Maud Mosterd", "m.mosterd"),
    ("10118", "Pim Pannenkoek", "p.pannenkoek"), ("10124", "Jet ter Jasmijn", "j.terjasmijn"), ("10139", "Daan Dromedaris", "d.dromedaris"),
    ("10144", "Noor Nachtegaal", "n.nachtegaal"), ("10156", "Siem Sneeuwschuiver", "s.sneeuwschuiver"),
    ("E004", "Guus Gummilaars", "g.gummilaars.ext"),
)

RULES = {
    "leaver-active": RuleWords(
        "leaver-active", "Account nog actief na vertrek", "Wie niet meer bij het bestuur werkt, hoort niet meer te kunnen inloggen. "
        "Een account dat open blijft, kan door een ander worden gebruikt zonder dat iemand het merkt.", "B",
        {"": ("Zet het account uit op de dag na de laatste werkdag.", "Draag bestanden en mail over aan de leidinggevende."),
         "parnassys": ("Open Beheer > Medewerkers en zoek de medewerker op.", "Vul bij Uit dienst de laatste werkdag in.",
                       "Controleer of de rol is verdwenen."),
         "ad:wolkendam": ("Open Active Directory: gebruikers en computers.", "Kies het account en klik op Account uitschakelen.",
                          "Verplaats het account naar de map Vertrokken.")},
        ("Normenkader IBP FO ID.03", "KERO 14.9"), ("Iemand komt binnen een week terug, en dat staat nog niet in de personeelsadministratie.",)),
    "orphan-account": RuleWords(
        "orphan-account", "Weesaccount", "Van dit account weten we niet wie het gebruikt. Dan kan ook niemand zeggen of het nog nodig is.", "A",
        {"": ("Zoek uit van wie het account is.", "Leg dat vast met: auditor links decide.", "Is het van niemand? Zet het dan uit.")},
        ("Normenkader IBP FO ID.02",), ("Een stagiair die nog niet in het register met externen staat.",)),
    "disputed-account": RuleWords(
        "disputed-account", "Account met meer mogelijke eigenaren", "Twee mensen passen even goed bij dit account. Een mens moet kiezen.", "A",
        {"": ("Vergelijk de kandidaten.", "Leg de keuze vast met: auditor links decide.")}, ("Normenkader IBP FO ID.02",)),
    "level-too-high": RuleWords(
        "level-too-high", "Niveau hoger dan toegestaan", "De matrix staat dit recht toe, maar op een lager niveau.", "C",
        {"parnassys": ("Open Beheer > Medewerkers > Rollen.", "Kies de rol die in de matrix staat."),
         "afas": ("Open Autorisatie tool en verlaag de rol.",)}, ("Normenkader IBP FO ID.01", "OPOR autorisatiematrix")),
    "scope-elsewhere": RuleWords(
        "scope-elsewhere", "Recht op een school waar iemand niet werkt", "Rechten horen bij de school waar iemand werkt.", "C",
        {"parnassys": ("Verwijder de rol bij deze school.",)}, ("Normenkader IBP FO ID.01",)),
    "mover-keeps-right": RuleWords(
        "mover-keeps-right", "Recht van een vorige functie of school", "Wie van functie of school verandert, houdt vaak oude rechten.", "C",
        {"": ("Haal het oude recht weg.",)}, ("Normenkader IBP FO ID.01",)),
    "right-outside-matrix": RuleWords(
        "right-outside-matrix", "Recht dat niet bij de functie hoort", "Dit recht staat in de matrix, maar niet voor deze functie.", "C",
        {"": ("Haal het recht weg, of laat de matrix aanpassen.",)}, ("Normenkader IBP FO ID.01",)),
    "temporary-right-expired": RuleWords(
        "temporary-right-expired", "Tijdelijk recht is afgelopen", "De afgesproken periode is voorbij en het recht is er nog.", "D",
        {"": ("Vraag de school of het recht nog nodig is.", "Zo niet: haal het weg.")}, ("KIND procedure tijdelijke rechten",)),
    "leaver-soon": RuleWords(
        "leaver-soon", "Vertrekt binnenkort", "Zo kan alles op tijd klaar staan.", "B", {"": ("Plan het uitzetten van de accounts.",)}, ()),
    "function-unknown": RuleWords(
        "function-unknown", "Functie staat in geen matrix", "Zonder functie in de matrix weten we niet wat iemand mag.", "F",
        {"": ("Voeg de functie toe aan registers/functions.csv.",)}, ()),
    "data-quality": RuleWords(
        "data-quality", "Gegevens spreken elkaar tegen", "Met tegenstrijdige gegevens kan niemand goed oordelen.", "F",
        {"": ("Herstel het gegeven in de bron.",)}, ()),
}

_ACTS = {"A": "ict_officer", "B": "director", "C": "director", "D": "director", "F": "hr"}


def finding(rule: str, score: int, system: str | None, person: int | None, school: str | None, summary: str, *, days: int = 0,
            change: Change | None = None, state: State = State.OPEN, right: str | None = None, level: str | None = None, scope: str | None = None,
            deadline: date | None = None, evidence: Mapping[str, Any] | None = None, account: str | None = None, **more: Any) -> Finding:
    """A finding with all fields filled as a real one has them; `person` is a position in PEOPLE, None for nobody."""
    number, name, username = PEOPLE[person] if person is not None else (None, None, account)
    username = account or username
    words = RULES[rule]
    change = change or (Change.NEW if days == 0 else Change.PERSISTING)
    made: dict[str, Any] = {
        "key": finding_key("sample", (rule, system or "", username or "", number or "", right or "", school or "", summary)),
        "rule": rule, "family": words.family, "state": state, "severity": severity_of(score), "score": score, "board": "wolkendam",
        "school": school, "system": system, "account": username, "username": username, "person": number, "display_name": name,
        "right": right, "level": level, "scope": scope, "group": None, "first_seen_on": AS_OF - timedelta(days=days),
        "last_confirmed_on": AS_OF, "days_open": days, "reopened": 1 if change is Change.REOPENED else 0, "deadline_on": deadline,
        "deadline_at": None, "not_assessed_since": None, "resolved_by": None, "cause": "ict_not_executed" if words.family == "B" else None,
        "acts": _ACTS[words.family], "summary": summary, "advice": tuple(words.advice.get(system or "", words.advice.get("", ()))),
        "evidence": dict(evidence or {}), "norms": tuple(words.norms),
        "sources": ({"source": system or "hr", "file": f"{(system or 'afas').replace(':', '-')}.csv", "row": 12 + days, "as_of": AS_OF.isoformat()},),
        "change": change, "title": words.title,
    }
    return Finding(**{**made, **more})


def _link(tier: str = "number") -> dict[str, str]:
    return {"situation": "linked", "tier": tier}


def _work(function: str, school: str, starts: str, ends: str | None = None, kind: str = "permanent") -> dict[str, Any]:
    return {"function": function, "school": school, "kind": kind, "starts_on": starts, "ends_on": ends, "counts": ends is None,
            "source": "hr-afas", "file": "afas_dienstverbanden.csv", "row": 31}


def _leavers() -> list[Finding]:
    gone = {"facts": {"left_on": "2026-10-31", "deadline_on": "2026-11-02", "last_used_on": "2026-11-20", "login": "f.fabeltjes"},
            "account": {"source": "parnassys", "file": "p.csv", "row": 12, "status": "enabled", "kind": "person"}, "link": _link(),
            "rights": {"number": 3, "weight": 9}, "employments": [_work("leerkracht", "99AA00", "2019-08-01", "2026-10-31")]}
    said = "Het account is nog actief. Het laatste dienstverband eindigde op 31-10-2026."
    until = date(2026, 11, 2)
    return [
        finding("leaver-active", 9, "parnassys", 0, "99AA00", said, evidence=gone, deadline=until),
        finding("leaver-active", 9, "ad:wolkendam", 0, "99AA00", said, evidence=gone, deadline=until),
        finding("leaver-active", 6, "entra", 0, "99AA00", said, evidence=gone, deadline=until, days=3),
        finding("leaver-active", 9, "afas", 1, "99ZZ00", "Het account is nog actief. Deze directeur vertrok op 30-09-2026.", days=53,
                deadline=date(2026, 10, 1),
                evidence={**gone, "facts": {"left_on": "2026-09-30"},
                          "employments": [_work("directeur", "99ZZ00", "2015-08-01", "2026-09-30")]}),
        finding("leaver-active", 6, "esis", 8, "99AD00", "Het account is nog actief. De vervanging eindigde op 13-11-2026.", days=8,
                change=Change.REOPENED,
                deadline=date(2026, 11, 16), evidence=gone),
        finding("leaver-soon", 0, "parnassys", 11, "99AC00", "De laatste dag is 30-11-2026. Dit account staat nog aan.", deadline=date(2026, 12, 1),
                evidence={"facts": {"leaves_on": "2026-11-30"}}),
        finding("leaver-soon", 0, "entra", 11, "99AC00", "De laatste dag is 30-11-2026. Dit account staat nog aan.", deadline=date(2026, 12, 1),
                evidence={"facts": {"leaves_on": "2026-11-30"}}),
    ]


def _owners() -> list[Finding]:
    candidates = [{"person": "10052", "name": "Bram Boterbloem", "confidence": 0.82, "evidence": "achternaam en voorletter gelijk"},
                  {"person": "10079", "name": "Wouter Windvaan", "confidence": 0.31, "evidence": "zelfde school"}]
    odd = ("stagiair2", "groep5", "tijdelijk.leerkracht", "b.boterbloem2", "test.parnassys", "invaller1", "oud.beheer", "j.jansenloos")
    found = [
        finding("orphan-account", 6 if n % 3 == 0 else 4, ("parnassys", "entra", "ad:wolkendam")[n % 3], None, list(SCHOOLS)[n % 6],
                "Dit account hoort bij niemand die we kennen.", account=name, days=n * 9,
                evidence={"account": {"status": "enabled", "kind": "person"},
                          "link": {"situation": "unmatched", "candidates": candidates if n == 3 else []}})
        for n, name in enumerate(odd)
    ]
    found.append(finding("disputed-account", 6, "parnassys", None, "99AB00", "Twee personen passen even goed bij dit account.", account="windvaan",
                         days=2, change=Change.REASON_CHANGED, previous_rule="orphan-account",
                         evidence={"link": {"situation": "disputed", "candidates": candidates}}))
    return found


def _rights() -> list[Finding]:
    lacks = {
        "facts": {"row_function": "leerkracht", "wanted_level": "beperkt", "functions": "leerkracht"}, "link": _link("mail"),
        "employments": [_work("leerkracht", "99AB00", "2021-08-01")],
        "grant": {"native": "Leerkracht volledig", "via": ["Groep 5a"], "file": "p.csv", "row": 40},
        "matrix": {"system": "parnassys", "name": "OPOR ParnasSys", "edition": "2026-1", "lacks": [
            {"what": "level", "wanted": "beperkt", "held": "volledig"}],
            "line": 14, "function": "leerkracht", "right": "Leerkracht", "level": "beperkt",
            "scope": "group", "stance": "allowed", "conditions": ["share>0.2"]},
    }
    found: list[Finding] = []
    for n in range(30):
        person = 2 + n % 12
        rule, score, said = (
            ("level-too-high", 4, "Leerkracht volledig gevonden. Voor leerkracht is Leerkracht beperkt toegestaan."),
            ("scope-elsewhere", 6, "Recht op Kasteel Kriebelstein, maar werkt op Het Zevende Zeepaard."),
            ("right-outside-matrix", 3, "Het recht Intern begeleider hoort niet bij de functie leerkracht."),
            ("mover-keeps-right", 4, "Dit recht hoorde bij de vorige functie, tot 31-07-2026."),
            ("temporary-right-expired", 2, "De afgesproken periode eindigde op 30-09-2026."),
        )[n % 5]
        change = Change.NEW if n in (4, 9, 17) else Change.PERSISTING
        state = State.WAIVED if n == 12 else State.ACKNOWLEDGED if n in (5, 20) else State.OPEN
        found.append(finding(rule, score, ("parnassys", "esis", "afas")[n % 3], person, list(SCHOOLS)[(n * 2) % 7], said,
                             days=0 if change is Change.NEW else 3 + n * 4,
                             change=change, state=state, right="Leerkracht", level="volledig", scope="school", evidence=lacks,
                             deadline=date(2026, 12, 1) if n % 4 == 0 else None))
    return found


def _rest() -> list[Finding]:
    unread = [
        finding("right-outside-matrix", 3, "esis", 3 + n, "99AE00", "Het recht Directie hoort niet bij de functie onderwijsassistent.", days=40 + n,
                change=Change.NOT_ASSESSED, not_assessed_since=date(2026, 11, 20), last_confirmed_on=date(2026, 11, 19)) for n in range(4)
    ]
    gone = [
        finding("level-too-high", 4, "parnassys", 12, "99AF00", "Leerkracht volledig gevonden. Beperkt is toegestaan.", days=12,
                change=Change.RESOLVED,
                state=State.RESOLVED, resolved_by="repaired"),
        finding("orphan-account", 4, "entra", None, "99AB00", "Dit account hoort bij niemand die we kennen.", account="zeepaard.printer", days=30,
                change=Change.RESOLVED, state=State.RESOLVED, resolved_by="declared"),
        finding("temporary-right-expired", 2, "afas", 13, "99AC00", "De afgesproken periode eindigde op 31-08-2026.", days=61, change=Change.RESOLVED,
                state=State.RESOLVED, resolved_by="norm_changed"),
    ]
    odd = [
        finding("function-unknown", 3, None, None, None, "De functie brugklascoach staat in geen matrix en in geen functielijst.", days=5,
                evidence={"facts": {"function": "brugklascoach", "holders": 3}}),
        finding("data-quality", 2, "afas", 14, "99AD00", "De einddatum ligt voor de begindatum.", days=17,
                evidence={"facts": {"table": "employments", "detail": "2026-09-01 / 2026-08-31"}}),
        finding("data-quality", 2, "parnassys", 5, None, "Het personeelsnummer noemt een ander dan het mailadres.", days=17),
        finding("data-quality", 1, "entra", 6, "99AF00", "Dit account heeft geen personeelsnummer.", days=80),
    ]
    return [*unread, *gone, *odd]


def sources() -> tuple[SourceReport, ...]:
    """Six sources: one stale, one that misses a school, four fine."""
    def receipt(name: str, rows: int, on: date = AS_OF, **more: Any) -> Receipt:
        return Receipt(name, "main", ("9f2c41d07ab3" * 6)[:64], rows * 80, rows, on, **more)

    return (
        SourceReport("hr-afas", "hr", SourceState.OK, as_of=AS_OF, rows=212,
                     receipts=(receipt("afas_dienstverbanden.csv", 212, dropped=("BSN", "Straat"),
                                                                                          dropped_private=2),)),
        SourceReport("parnassys", "system", SourceState.OK, "parnassys", as_of=date(2026, 11, 10), rows=498,
                     schools={code: SourceState.PARTIAL if code == "99AF00" else SourceState.OK for code in SCHOOLS if code != "99ZZ00"},
                     receipts=tuple(receipt(f"parnassys_{code}.csv", 83, date(2026, 11, 10)) for code in list(SCHOOLS)[:5])),
        SourceReport("esis", "system", SourceState.STALE, "esis", reasons=(Reason("sample_too_old", {"days": 41, "limit": 35}),),
                     as_of=date(2026, 10, 14), rows=96, receipts=(receipt("esis_rollen.csv", 96, date(2026, 10, 14)),)),
        SourceReport("entra", "system", SourceState.OK, "entra", as_of=AS_OF, rows=1204, receipts=(receipt("users.csv", 1204),)),
        SourceReport("ad", "system", SourceState.OK, "ad:wolkendam", as_of=AS_OF, rows=1187, receipts=(receipt("users.ldf", 1187),)),
        SourceReport("afas-rollen", "system", SourceState.REFUSED, "afas", as_of=None,
                     faults=(Fault("rollen.csv", "sample_columns", 17, None, {"found": 9, "expected": 7}),)),
    )


def report(language: str = "nl", **changes: Any) -> ReportData:
    """The night in full; `changes` replace fields."""
    findings = (*_leavers(), *_owners(), *_rights(), *_rest())
    counts = {change.value: sum(one.change is change for one in findings) for change in Change}
    nights = tuple(
        Night(AS_OF - timedelta(days=14 - n), 68 - n + (n * n) % 5, (n * 3) % 4, (n * 5) % 6, 4 if n in (6, 7) else 0) for n in range(15)
    )
    data = ReportData(
        board="wolkendam", board_name="Stichting Wolkendam", language=language, as_of=AS_OF, scan=42, kind="nightly",
        started_at=datetime(2026, 11, 24, 3, 30, tzinfo=UTC), seconds=3.4, version="0.1.0", findings=findings, counts=counts, sources=sources(),
        not_assessed=(
            NotAssessed("scope-too-wide", Reason("sample_no_groups"), "parnassys", count=31),
            NotAssessed("leaver-active", Reason("sample_too_old", {"days": 41, "limit": 35}), "esis", "esis"),
            NotAssessed("login-without-group", Reason("sample_school_missing"), "parnassys", "parnassys", frozenset({"99AF00"}), 12),
        ),
        schools=SCHOOLS, systems=SYSTEMS, rules=RULES,
        matrices=(MatrixLine("parnassys", "OPOR ParnasSys", "2026-1", date(2026, 6, 15), True, "a1b2c3d4e5f60718" * 4),
                  MatrixLine("esis", "KIND ESIS", "concept", None, False, "0f1e2d3c4b5a6978" * 4)),
        trend=nights, previous=date(2026, 11, 23), checkpoint="7d3f9a10c2", limits=(Reason("sample_limit", {"systems": 2}),),
    )
    return replace(data, **changes)


def many(count: int, long: bool = False) -> ReportData:
    """A night with `count` findings, every fifth of them new; when long, with sentences twice as long."""
    base = report()
    open_ones: Sequence[Finding] = [one for one in base.findings if one.state is not State.RESOLVED]
    made = []
    for n in range(count):
        one = open_ones[n % len(open_ones)]
        days = 0 if n % 5 == 0 else 1 + n % 400
        made.append(replace(one, key=finding_key("many", (str(n),)), username=f"{one.username}{n}", days_open=days,
                            first_seen_on=AS_OF - timedelta(days=days),
                            change=Change.NEW if days == 0 else Change.PERSISTING, summary=one.summary * (2 if long else 1)))
    new = sum(one.days_open == 0 for one in made)
    return replace(base, findings=tuple(made), counts={"new": new, "persisting": count - new})


