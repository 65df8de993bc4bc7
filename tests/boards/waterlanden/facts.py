"""The fictional board: its schools, groups, functions and the words its people are named after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_NIGHT = date(2026, 11, 23)
SECOND_NIGHT = date(2026, 11, 24)
STUCK = date(2026, 11, 20)
"""The Friday on which the export of AFAS users was made for the last time; on the second night it is too old."""
SCHOOL_YEAR = date(2026, 8, 1)
DOMAIN = "waterlanden.example"


@dataclass(frozen=True)
class School:
    """code: BRIN6; unit: code of the organisational unit in HR; las: its pupil administration; pupils: number enrolled."""

    code: str
    name: str
    unit: str
    las: str
    groups: tuple[str, ...]
    pupils: int
    works_across_groups: bool = False


SCHOOLS = (
    School("99AA00", "obs De Rietkraag", "101", "parnassys", ("1/2A", "1/2B", "3", "4", "5", "6", "7", "8"), 185),
    School("99AB00", "cbs De Zilverreiger", "102", "parnassys", ("1/2A", "1/2B", "3", "4", "5", "6/7", "8"), 165),
    School("99AC00", "obs Het Baken", "103", "parnassys", ("1/2A", "1/2B", "3", "4/5", "6", "7", "8"), 150, True),
    School("99AD00", "De Waterlelie", "104", "parnassys", ("1/2A", "1/2B", "1/2C", "3", "4", "5A", "5B", "6", "7/8"), 190),
    School("99AE00", "obs De Otter", "105", "esis", ("1/2", "3", "4", "5", "6", "7/8"), 110),
    School("99AF00", "cbs De Dijkgraaf", "106", "esis", ("1/2", "3/4", "5", "6", "7/8"), 100),
)
CLOSED, SUCCESSOR, CLOSED_ON = "99AG00", "99AD00", date(2026, 7, 31)
OFFICE = "99ZZ00"
DOMAINS = {"99AF00": "ad:dijkgraaf"}
"""The network of a school that has its own, not read yet; every other school is on that of the board."""
UNITS = {**{school.code: school.unit for school in SCHOOLS}, CLOSED: "107", OFFICE: "100"}
UNIT_NAMES = {**{school.code: school.name for school in SCHOOLS}, CLOSED: "obs Het Veer", OFFICE: "Bestuursbureau De Waterlanden"}
LAS = {**{school.code: school.las for school in SCHOOLS}, CLOSED: "parnassys", OFFICE: ""}

FUNCTIONS = {
    "LKR10": ("Leerkracht L10", "leerkracht", "onderwijspersoneel"),
    "LKR11": ("Leerkracht L11", "leerkracht", "onderwijspersoneel"),
    "INV": ("Invalleerkracht", "invalleerkracht", "tijdelijk onderwijspersoneel"),
    "LIO": ("LIO-stagiair", "LIO-stagiair", "tijdelijk onderwijspersoneel"),
    "OA": ("Onderwijsassistent", "onderwijsassistent", "onderwijspersoneel"),
    "DIR": ("Directeur", "directeur", "directie"),
    "IB": ("Intern begeleider", "intern begeleider", "onderwijspersoneel"),
    "ORT": ("Orthopedagoog", "orthopedagoog", "onderwijspersoneel"),
    "ADM": ("Administratief medewerker", "administratief medewerker", "administratief personeel"),
    "MAN": ("Managementassistent", "managementassistent", "administratief personeel"),
    "CON": ("Conciërge", "conciërge", "administratief personeel"),
    "ICT": ("ICT-er", "ICT-er", "ICT-beheerder school"),
    "VAK": ("Vakleerkracht bewegingsonderwijs", "vakleerkracht", "onderwijspersoneel"),
    "CVB": ("Voorzitter College van Bestuur", "College van Bestuur", "CvB"),
    "ALG": ("Algemeen directeur", "algemeen directeur", "CvB"),
    "CTR": ("Controller", "controller", "CvB"),
    "BFIN": ("Beleidsmedewerker financiën", "beleidsmedewerker financiën", "administratief personeel"),
    "BPZ": ("Beleidsmedewerker personeelszaken", "beleidsmedewerker personeelszaken", "administratief personeel"),
    "BON": ("Beleidsmedewerker onderwijs", "beleidsmedewerker", "administratief personeel"),
    "BADM": ("Medewerker administratie bestuursbureau", "administratie", "administratief personeel"),
    "FAC": ("Facilitair medewerker", "facilitair medewerker", "administratief personeel"),
    "APP": ("Applicatiebeheerder", "applicatiebeheerder BURO", "stafmedewerker ICT"),
    "SICT": ("Stafmedewerker ICT", "stafmedewerker ICT", "stafmedewerker ICT"),
}
"""HR code -> what HR calls it, the board's word, one of KERO's thirteen roles."""
UNHEARD_OF = {"WEL": "Welzijnscoach"}
"""A function HR knows and no matrix or function list does."""

GIVEN = (
    "Fenna", "Jorrit", "Sanne", "Wiebe", "Marloes", "Tjeerd", "Aïsha", "Bram", "Noor", "Koen", "Yasmin", "Ruben", "Lotte", "Sietse", "Imke",
    "Daan", "Renée", "Hidde", "Femke", "Joost", "Esra", "Thijs", "Anouk", "Mees", "Zoë", "Gijs", "Maud", "Stijn", "Hanna", "Pelle", "Silke",
    "Otto", "Merel", "Ivo", "Nienke", "Karim", "Jet", "Rens", "Tess", "Wout",
)
SURNAMES = (
    ("", "Rietzanger"), ("van der", "Grutto"), ("", "Waterhoen"), ("van de", "Meerkoet"), ("", "Roerdomp"), ("de", "Kievit"),
    ("", "Dotterbloem"), ("van den", "Zilverreiger"), ("", "Zwanenbloem"), ("'t", "Lisdodde"), ("", "Krabbenscheer"), ("ten", "Zegge"),
    ("", "Watermunt"), ("van", "Egelskop"), ("", "Fuut"), ("de", "IJsvogel"), ("", "Aalscholver"), ("van der", "Wulp"), ("", "Tureluur"),
    ("op de", "Kluut"), ("", "Bittervoorn"), ("van", "Zeelt"), ("", "Snoekbaars"), ("de", "Kwabaal"), ("", "Stekelbaars"), ("van den", "Otter"),
    ("", "Ringslang"), ("", "Libel"), ("de", "Waterjuffer"), ("", "Schaatsenrijder"), ("van", "Gele Lis"), ("", "Kikkerbeet"),
    ("van het", "Fonteinkruid"), ("", "Blaasjeskruid"), ("ter", "Waterweegbree"), ("", "Pijlkruid"), ("", "Kalmoes"), ("van", "Bergeend"),
    ("", "Slobeend"), ("de", "Smient"), ("", "Wintertaling"), ("van der", "Brandgans"), ("", "Lepelaar"), ("", "Visdief"), ("de", "Oeverzwaluw"),
    ("", "Karekiet"), ("van", "Blauwborst"), ("", "Baardman"),
)
