"""The HR systems of the boards, each by a small export of its own shape: people, positions, ends and numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.errors import InputError

PLACED = ("person", "employment", "function", "school", "kind", "starts_on", "ends_on", "contract_ends_on", "share")


def test_raet_education_joins_people_and_appointments_by_the_dossier_number(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("Medewerker.csv", (
        "[Dossiernummer_2]|[Personeelsnummer]|[Volledige Naam]|[Roepnaam]|[Eigen naam]|[Tussenvoegsel]|[Initialen]|[Naam samenstelling]|"
        "[Huidige Medewerker Status]|[Externe Medewerker]|[Roostercode]\n"
        "900001  |00017   |Noé 't Hart |Noé |Hart |'t |N. |1|Actief|N|HRT\n"
        "900002  |00018   |Jet Kluut   |Jet |Kluut|   |J. |1|Actief|J|   \n").encode("cp1252"))
    workspace.write("Aanstellingen.csv", (
        "[Dossiernummer]|[Volgnummer]|[Begindatum]|[Einddatum]|[Afdelingscode]|[Functiecode]|[Code type aanstelling]|[Omschrijving type aanstelling]|"
        "[Soort contract]|[Omschrijving soort contract]|[Indicatie hoofdaanstelling]|[Uren per week]|[Kostenplaats]|[Kostendrager]|[User ID]\n"
        "900001|1|20190801|99991231|101 |LB |1|Onbepaalde tijd|V|Vast|J|40|1|1|x\n"
        "900002|1|20260901|20261231|101 |OA |2|Vervanging|T|Tijdelijk|J|20|1|1|x\n"))
    pages = workspace.read(
        {"layout": "raet-education-employees", "path": "Medewerker.csv"}, {"layout": "raet-education-appointments", "path": "Aanstellingen.csv"})
    assert rows(together(pages, "persons"), "person", "kind", "display_name", "prefix", "surname", "initials", "numbers") == [
        ("00017", "employee", "Noé 't Hart", "'t", "Hart", "N", "900001"), ("00018", "external", "Jet Kluut", None, "Kluut", "J", "900002")]
    assert rows(together(pages, "employments"), *PLACED) == [
        ("00017", "900001-1", "LB", "101", "permanent", "2019-08-01", None, None, None),
        ("00018", "900002-1", "OA", "101", "replacement", "2026-09-01", "2026-12-31", "2026-12-31", None)]


def test_a_name_that_raet_writes_with_a_quote_breaks_nothing(workspace: Any, rows: Any) -> None:
    head = "[Dossiernummer_2]|[Personeelsnummer]|[Volledige Naam]|[Eigen naam]|[Tussenvoegsel]\n"
    tables = workspace.tables("raet-education-employees", head + '1|00017|Noé "t Hart|Hart|"t \n2|00018|"t Jong|"Jong|x\n')
    assert rows(tables["persons"], "person", "display_name", "prefix", "surname") == [
        ("00017", "Noé 't Hart", "'t", "Hart"), ("00018", "'t Jong", "x", '"Jong')]
    quoted = workspace.tables("raet-education-employees", '"[Dossiernummer_2]"|"[Personeelsnummer]"|"[Eigen naam]"\n"1"|"00017"|"van | Zee"\n')
    assert rows(quoted["persons"], "person", "surname") == [("00017", "van | Zee")]


def test_raets_own_headers_tell_the_kind_of_an_appointment(workspace: Any, rows: Any) -> None:
    tables = workspace.tables("raet-education-appointments", (
        "[Dossiernummer]|[Volgnummer]|[Begindatum]|[Einddatum]|[Afdelingscode]|[Functiecode]|[Code type aanstelling]|"
        "[Code type aanstelling omschrijving]|[Soort contract]|[Soort contract omschrijving]\n"
        "1|1|20260901|20261231|101|LB|3|Vervanging ziekte|T|Tijdelijk\n1|2|20260901|20261231|101|LB|4|Regulier|T|Tijdelijk\n"))
    assert rows(tables["employments"], "employment", "kind") == [("1-1", "replacement"), ("1-2", "temporary")]


BINT = """<?xml version="1.0"?><bestand>
<persoon><identificatiePS><persNr>00017</persNr></identificatiePS>
<kenmerken><bsn><waarde>999</waarde></bsn><naamOverig><voorvoegselsAanschrijfnaam><waarde>op de</waarde></voorvoegselsAanschrijfnaam>
<aanschrijfnaam><rubriekcode>P00310</rubriekcode><waarde>Kluut</waarde></aanschrijfnaam><roepnaam><waarde>Jet</waarde></roepnaam></naamOverig></kenmerken>
<contactGegevens><werk><emailAdresWerk><waarde>J@w.example</waarde></emailAdresWerk></werk></contactGegevens>
<dienstverband><identificatieDV><persNrDV>00017</persNrDV><dvVlgnr>1</dvVlgnr></identificatieDV>
<periodeDV><begindatum><waarde>2019-08-01</waarde></begindatum><einddatum><waarde>2026-12-31</waarde></einddatum></periodeDV>
<inzet><identificatieIZ><orgEenheidOperID>101</orgEenheidOperID><funcOper>LB</funcOper></identificatieIZ>
<periodeIZ><begindatum><waarde>2019-08-01</waarde></begindatum><einddatum><waarde>2026-07-31</waarde></einddatum></periodeIZ></inzet>
<inzet><identificatieIZ><orgEenheidOperID>102</orgEenheidOperID><funcOper>IB</funcOper></identificatieIZ>
<periodeIZ><begindatum><waarde>2026-08-01</waarde></begindatum><einddatum><waarde/></einddatum></periodeIZ></inzet></dienstverband>
<dienstverband><identificatieDV><persNrDV>00017</persNrDV><dvVlgnr>2</dvVlgnr></identificatieDV>
<periodeDV><begindatum><waarde>2026-01-01</waarde></begindatum><einddatum><waarde/></einddatum></periodeDV></dienstverband></persoon></bestand>
"""


def test_raets_bint_files_hold_people_contracts_and_positions_in_one(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("IAM_BA_1.xml", BINT)
    pages = workspace.read(*({"layout": f"raet-bint-{name}", "path": "IAM_BA_1.xml"} for name in ("persons", "contracts", "positions")))
    assert rows(together(pages, "persons"), "person", "display_name", "mail") == [("00017", "Jet op de Kluut", "j@w.example")]
    assert rows(together(pages, "employments"), *PLACED[2:4], *PLACED[5:8]) == [
        (None, None, "2026-01-01", None, None), ("LB", "101", "2019-08-01", "2026-07-31", "2026-12-31"),
        ("IB", "102", "2026-08-01", "2026-12-31", "2026-12-31")]


def test_an_xml_without_a_single_record_of_its_kind_is_refused(workspace: Any) -> None:
    workspace.write("ander.xml", "<bestand><functie/></bestand>\n")
    with pytest.raises(InputError) as refused:
        workspace.read({"layout": "raet-bint-persons", "path": "ander.xml"})
    assert [fault.code for fault in refused.value.faults] == ["records_missing"]


def test_visma_hrm_has_contracts_beside_its_employees(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("employees.csv", "employeeid,formattedname,nickname,birthname,prefixbirthname,nameusage,businessemailaddress,birthdate\n"
                                     "00017,Jet op de Kluut,Jet,Kluut,op de,Eigen,J@w.example,1980-01-01\n")
    workspace.write("contracts.csv", "employeeid,contractid,subcontractid,startdate,enddate,functionid,functionname,orgunit,orgunitname,emptypename\n"
                                     "00017,1,2,2019-08-01,2026-12-31,LB,Leerkracht,101,De Kade,Bepaalde tijd\n")
    pages = workspace.read({"layout": "visma-hrm-employees", "path": "employees.csv"}, {"layout": "visma-hrm-contracts", "path": "contracts.csv"})
    assert rows(together(pages, "persons"), "person", "display_name", "prefix", "mail") == [("00017", "Jet op de Kluut", "op de", "j@w.example")]
    assert rows(together(pages, "employments"), *PLACED[:-1]) == [
        ("00017", "00017-1-2", "Leerkracht", "101", "temporary", "2019-08-01", "2026-12-31", "2026-12-31")]


def test_beaufort_has_an_end_for_the_position_and_one_for_the_contract(workspace: Any, rows: Any) -> None:
    tables = workspace.tables("raet-beaufort", (
        "pers_nr;dv_vlgnr;naam;email_werk;indnst_dt;uitdnst_dt;ingang_dt;eind_dt;func_oms;oe_kort_nm;deelb_perc;arelsrt_kd\n"
        "17;1;Jet Kluut;J@w.example;01-08-2019;31-12-9999;01-08-2019;31-07-2025;leerkracht;101;60,00;vast\n"
        "17;1;Jet Kluut;J@w.example;01-08-2019;31-12-9999;01-08-2025;31-12-9999;intern begeleider;102;40,00;vast\n"))
    assert rows(tables["employments"], *PLACED) == [
        ("17", "17-1/20190801/101", "leerkracht", "101", "permanent", "2019-08-01", "2025-07-31", None, 0.6),
        ("17", "17-1/20250801/102", "intern begeleider", "102", "permanent", "2025-08-01", None, None, 0.4)]
    assert rows(tables["persons"], "person", "mail") == [("17", "j@w.example")]


def test_beauforts_interface_nests_assignments_in_employments(workspace: Any, rows: Any) -> None:
    content = json.dumps({"persons": [{
        "personCode": "17", "knownAs": "Jet", "lastNameAtBirth": "Kluut", "dateOfBirth": "1980-01-01", "businessEmailAddress": "j@w.example",
        "employments": [{
            "employmentCode": "1", "hireDate": "2019-08-01", "dischargeDate": "2026-12-31", "employmentTypeName": "Bepaalde tijd",
            "assignments": [
                {"startDate": "2019-08-01", "endDate": "9999-12-31", "jobProfile": {"fullName": "leerkracht"},
                    "organizationUnit": {"shortName": "101"}},
                {"startDate": "2026-08-01", "endDate": "2026-10-31", "jobProfile": {"fullName": "coach"}, "organizationUnit": {"shortName": "102"}},
            ]}]}]})
    tables = workspace.tables("raet-beaufort-json", content, "iam.json")
    assert rows(tables["employments"], *PLACED[:-1]) == [
        ("17", "17_1/20190801/101", "leerkracht", "101", "temporary", "2019-08-01", None, "2026-12-31"),
        ("17", "17_1/20260801/102", "coach", "102", "temporary", "2026-08-01", "2026-10-31", "2026-12-31")]


def test_core_business_makes_a_record_an_employment_and_one_address_one_person(workspace: Any, rows: Any) -> None:
    content = json.dumps([
        {"externalId": "17", "employmentCode": "1", "displayName": "Jet Kluut", "businessEmailAddress": "j@w.example", "startDate": "2010-08-01",
         "endDate": "2020-07-31", "jobProfile": {"fullName": "leerkracht"}, "organizationUnit": {"shortName": "101"}},
        {"externalId": "218", "employmentCode": "1", "displayName": "Jet Kluut", "businessEmailAddress": "J@w.example".lower(),
         "startDate": "2021-08-01", "endDate": None, "jobProfile": {"fullName": "directeur"}, "organizationUnit": {"shortName": "102"}}])
    tables = workspace.tables("raet-hr-core-business", content, "employments.json")
    assert rows(tables["persons"], "person", "numbers") == [("17", "218")]
    assert rows(tables["employments"], "person", "function", "ends_on") == [("17", "leerkracht", "2020-07-31"), ("17", "directeur", None)]


def worker(number: str, *assignments: dict[str, Any], other: str | None = None, ends: str = "2099-12-31") -> dict[str, Any]:
    """A worker as ADP's interface gives one."""
    return {
        "associateOID": f"G{number}", "workerID": {"idValue": number}, "person": {"birthDate": "1980-01-01",
            "legalName": {"formattedName": "Jet Kluut"}},
        "businessCommunication": {"emails": [{"emailUri": "Jet@w.example"}, {"emailUri": "x@thuis.example"}]},
        "workerStatus": {"statusCode": {"shortName": "Inactive"}}, "workerDates": {"originalHireDate": "2001-08-01", "terminationDate": ends},
        "customFieldGroup": {"verwijzendWerknemernummer": other}, "workAssignments": list(assignments)}


def assignment(item: str, **more: Any) -> dict[str, Any]:
    """A work assignment as ADP's interface gives one."""
    return {
        "itemID": item, "actualStartDate": "2001-08-01", "jobCode": {"codeValue": "LB"},
        "homeOrganizationalUnits": [{"nameCode": {"codeValue": "101"}}], "workerTypeCode": {"shortName": "Onbepaalde tijd"},
        "fullTimeEquivalenceRatio": 80, **more}


def test_adp_hides_no_leaver_behind_an_expected_end(workspace: Any, rows: Any) -> None:
    content = json.dumps({"workers": [
        worker("00017", assignment("1", terminationDate="2004-12-01", expectedTerminationDate="2099-12-31")),
        worker("00018", assignment("1", terminationDate="2026-12-31", expectedTerminationDate="2026-07-31")),
        worker("00019", assignment("1", terminationDate="2099-12-31"), ends="2026-10-31"),
        worker("00020")]})
    tables = workspace.tables("adp-workforce", content, "workers.json")
    assert rows(tables["persons"], "person", "mail") == [(f"000{number}", "jet@w.example") for number in (17, 18, 19, 20)]
    assert rows(tables["employments"], *PLACED) == [
        ("00017", "00017-1", "LB", "101", "permanent", "2001-08-01", "2004-12-01", "2004-12-01", 0.8),
        ("00018", "00018-1", "LB", "101", "permanent", "2001-08-01", "2026-12-31", "2026-07-31", 0.8),
        ("00019", "00019-1", "LB", "101", "permanent", "2001-08-01", None, "2026-10-31", 0.8),
        ("00020", "00020-", None, None, "permanent", "2001-08-01", None, None, None)]


def test_adps_reference_to_another_number_makes_two_records_one_person(workspace: Any, rows: Any) -> None:
    content = json.dumps({"workers": [worker("218", assignment("1"), other="17"), worker("17", assignment("1"), other="218")]})
    tables = workspace.tables("adp-workforce", content, "workers.json")
    assert rows(tables["persons"], "person", "numbers") == [("218", "17")]
    assert rows(tables["employments"], "person", "employment") == [("218", "218-1"), ("218", "17-1")]


@pytest.mark.parametrize(("layout", "content"), [
    ("mercash-employments", "Nr;DienstverbandNr;Naam;Datum_in_dienst;Datum_uit_dienst;Dienstverbandsoort;Functie;Kostenplaats;Werktijdfactor\n"
                            "17;1;Jet Kluut;01-08-2019;;Vast;leerkracht;101;0,6\n"),
    ("sdb-employments", "Id;PersoneelsNummer;Volgnummer;Naam;DatumInDienst;DatumUitDienst;Functie.Code;Afdeling.Code;Contractvorm.Code;"
                        "ParttimeFactor\n"
                        "9;17;1;Jet Kluut;2019-08-01;;leerkracht;101;Vast;0.6\n"),
    ("hr-contracts", "EmployeeCode;ContractSequenceNumber;EmployeeType;FTE;HoursPerWeek;ContractStartDate;ContractEndDate;Employer;"
                     "OrganizationalUnit;"
                     "FunctionCode;CostCentre\n17;1;Vast;60,00;24;1-8-2019;;Stichting;101;leerkracht;1\n"),
])
def test_other_hr_systems_give_the_same_position(workspace: Any, rows: Any, layout: str, content: str) -> None:
    tables = workspace.tables(layout, content)
    assert rows(tables["employments"], *PLACED) == [
        ("17", "17-1", "leerkracht", "101", "permanent", "2019-08-01", None, None, 0.6)]


def test_sdb_as_json_reads_as_sdb_as_csv(workspace: Any, rows: Any) -> None:
    content = json.dumps([{"PersoneelsNummer": "00017", "Volgnummer": 1, "DatumInDienst": "2019-08-01T00:00:00", "DatumUitDienst": None,
                           "Functie": {"Code": "LB"}, "Afdeling": {"Code": "101"}, "Contractvorm": {"Code": "Vast"}, "ParttimeFactor": 0.6}])
    tables = workspace.tables("sdb-employments", content, "sdb.json")
    assert rows(tables["employments"], "person", "function", "school", "share") == [("00017", "LB", "101", 0.6)]


def test_people_in_a_file_of_their_own_lend_their_numbers_to_the_contracts(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("p.csv", "﻿EmployeeCode;EmployeeNumber;NickName;NamePrefix;LastName;EmailBusiness;Blocked\n"
                             "17;4711;Jet;op de;Kluut;J@w.example;0\n")
    workspace.write("c.csv", "EmployeeCode;ContractSequenceNumber;FTE;ContractStartDate;ContractEndDate;OrganizationalUnit;FunctionCode\n"
                             "4711;1;1;1-8-2019;31-7-2027;101;LB\n")
    pages = workspace.read({"layout": "hr-persons", "path": "p.csv"}, {"layout": "hr-contracts", "path": "c.csv"})
    assert rows(together(pages, "persons"), "person", "numbers", "mail") == [("17", "4711", "j@w.example")]
    assert rows(together(pages, "employments"), "person", "ends_on") == [("17", "2027-07-31")]


def test_an_hr_date_that_is_not_in_the_calendar_is_named_with_file_line_and_field(workspace: Any) -> None:
    content = json.dumps({"workers": [worker("17", assignment("1")), worker("18", assignment("1", terminationDate="2026-02-31"))]}, indent=1)
    with pytest.raises(InputError) as refused:
        workspace.tables("adp-workforce", content, "workers.json")
    (fault,) = refused.value.faults
    line = next(number for number, text in enumerate(content.split("\n"), 1) if "G18" in text) - 1
    assert (fault.file, fault.code, fault.column, fault.line) == ("workers.json", "value_not_date", "workAssignments.terminationDate", line)
