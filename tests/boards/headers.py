"""The headers of the exports, as their products write them, and the words HR uses for kinds of contract."""

from __future__ import annotations

EMPLOYMENTS = (
    "Medewerker", "Persoonsnummer", "Naam", "Roepnaam", "Voorletters", "Voorvoegsel", "Geboortenaam", "Voorvoegsel_partner",
    "Geboortenaam_partner", "Naamgebruik_code", "Email_werk", "UPN", "Volgnummer_contract", "Dienstverband", "Type_contract",
    "Soort_medewerker", "Begindatum_contract", "Einddatum_contract", "Functie_code", "Functie_omschrijving",
    "Organisatorische_eenheid_code", "Organisatorische_eenheid_omschrijving", "FTE",
)
POSITIONS = (
    "Medewerker", "Volgnummer_contract", "EmploymentExternalID", "Begindatum_functie", "Einddatum_functie", "Functie_code",
    "Functie_omschrijving", "Organisatorische_eenheid_code", "Organisatorische_eenheid_omschrijving", "FTE",
)
AFAS_USERS = (
    "Gebruiker", "Medewerker", "Naam", "Email_werk_gebruiker", "Geblokkeerd", "Groep", "InSite", "OutSite", "Profit_Windows",
    "Laatste aanmelding",
)
PARNASSYS = (
    "Medewerker-id", "Gebruikersnaam", "Roepnaam", "Tussenvoegsel", "Achternaam", "E-mailadres", "Personeelsnummer", "BRIN", "Rol", "Groepen",
    "Status", "Laatst ingelogd", "Tweefactor",
)
ESIS = (
    "Gebruikersnaam", "E-mailadres", "Roepnaam", "Tussenvoegsel", "Achternaam", "Medewerkernummer", "BRIN6", "Rol", "Groepen", "Actief",
    "Laatste inlog", "Wachtwoord gewijzigd",
)
CSVDE = (
    "DN", "objectClass", "sAMAccountName", "userPrincipalName", "displayName", "mail", "employeeID", "userAccountControl", "accountExpires",
    "pwdLastSet", "lastLogonTimestamp", "whenCreated", "memberOf", "primaryGroupID", "objectGUID",
)
ENTRA_USERS = (
    "userPrincipalName", "displayName", "surname", "mail", "givenName", "id", "userType", "jobTitle", "department", "accountEnabled",
    "usageLocation", "streetAddress", "state", "country", "officeLocation", "city", "postalCode", "telephoneNumber", "mobilePhone",
    "alternateEmailAddress", "ageGroup", "consentProvidedForMinor", "legalAgeGroupClassification", "companyName", "creationType",
    "directorySynced", "invitationState", "identityIssuer", "createdDateTime", "employeeId", "lastSuccessfulSignInDateTime",
)
PUPILS = ("Leerlingnummer", "BRIN6", "Ingeschreven tot")
ENTRA_ROLES = ("Role Name", "Principal Name", "User Principal Name", "Type", "Scope", "Membership", "Start time", "End time")
DIENSTVERBAND = {"vast": "Vast", "tijdelijk": "Tijdelijk", "vervanging": "Vervanging", "stage": "Stage"}
TYPE_CONTRACT = {"vast": "Onbepaalde tijd", "tijdelijk": "Bepaalde tijd", "vervanging": "Bepaalde tijd", "stage": "Bepaalde tijd"}
