"""The slow way: one grant at a time, straight from the rules catalogue, sharing no code with the judge.

Used by the property tests: on random boards both must say the same of every grant.
"""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from auditor.model.matrix import Condition, Matrix, MatrixRow
from auditor.model.people import People
from auditor.model.snapshot import Snapshot

WIDTH = {"own": 0, "folder": 1, "group": 2, "school": 3, "board": 4}


@dataclass(frozen=True)
class Said:
    """The oracle's word on one place of one grant."""

    grant: int
    scope: str
    school: str | None
    group: str | None
    verdict: str
    reason: str
    row: int | None


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries; absent is None, days are dates."""
    columns = {name: [_plain(value) for value in frame[name].tolist()] for name in frame.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date()
    return None if pd.isna(value) else value


class Oracle:
    """Everything known of one night, as plain rows."""

    def __init__(self, snapshot: Snapshot, people: People, links: pd.DataFrame, matrices: tuple[Matrix, ...]) -> None:
        self.as_of = snapshot.as_of
        self.matrices = matrices
        self.tables = {name: plain(snapshot.table(name)) for name in (
            "schools", "functions", "declarations", "groups", "teaching", "accounts", "group_links", "grants", "temporary_rights",
            "folders")}
        self.persons = plain(people.persons)
        self.engagements = plain(people.engagements)
        self.links = plain(links)
        self.merged = {row["school"]: row["merged_into"] for row in self.tables["schools"] if row["merged_into"]}

    def say(self) -> list[Said]:
        return [said for number, grant in enumerate(self.tables["grants"]) for said in self._grant(number, grant)]

    # -- who ---------------------------------------------------------------------------------------------------------------------

    def person_of(self, number: str | None) -> int | None:
        for wanted in ("person", "numbers"):
            for seat, person in enumerate(self.persons):
                if number is not None and number in [part.strip() for part in (person[wanted] or "").split(",")]:
                    return seat
        return None

    def _grant(self, number: int, grant: dict[str, Any]) -> list[Said]:
        account = next((
            seat for seat, row in enumerate(self.tables["accounts"])
            if (row["system"], row["account"]) == (grant["system"], grant["account"])), None)
        matrix = self.matrix_for(grant["system"])
        owner = None if account is None else self.owner_of(account)
        reason = "account_missing" if account is None else self.bar(account, owner)
        if reason is None and matrix is None:
            reason = "no_matrix"
        right, level, fixed, from_links = self.meaning(matrix, grant)
        said = []
        for scope, school, group in self.reach(grant, account, owner, fixed, from_links):
            if reason is not None:
                verdict, why, row = "not-judged", reason, None
            else:
                assert matrix is not None and owner is not None
                verdict, why, row = self.rule(matrix, grant, owner, right, level, scope, school, group)
            said.append(Said(number, scope, school, group, verdict, why, row))
        return said

    def owner_of(self, account: int) -> int | None:
        link = self.links[account]
        return self.person_of(link["person"]) if link["situation"] == "linked" and not link["is_pupil"] else None

    def bar(self, account: int, owner: int | None) -> str | None:
        row, link = self.tables["accounts"][account], self.links[account]
        if row["status"] in ("disabled", "deleted"):
            return "account_not_live"
        if row["kind"] not in ("person", "external", "unknown"):
            return "account_kind"
        if link["situation"] != "linked":
            return f"account_{link['situation']}"
        if link["is_pupil"]:
            return "owner_is_pupil"
        if owner is None:
            return "owner_unknown"
        person = self.persons[owner]
        if person["has_left"]:
            return "owner_left"
        if person["is_vanished"]:
            return "owner_vanished"
        if (first_day := person.get("first_day")) is not None and (first_day - self.as_of).days > 14:
            return "owner_early"
        return None if person["is_assessable"] else "owner_not_assessable"

    # -- what --------------------------------------------------------------------------------------------------------------------

    def matrix_for(self, system: str) -> Matrix | None:
        exact = [matrix for matrix in self.matrices if matrix.system == system]
        return next(iter(exact + [matrix for matrix in self.matrices if fnmatch.fnmatchcase(system, matrix.system)]), None)

    def meaning(self, matrix: Matrix | None, grant: dict[str, Any]) -> tuple[str, str | None, str | None, bool]:
        right, level = grant["right"], grant["level"]
        fixed, from_links = None, False
        if matrix is not None:
            for name, native in matrix.natives.items():
                if name.lower() == right.lower():
                    right, fixed, from_links = native.right, native.scope, native.scope_from == "group_links"
                    level = level if level is not None else native.level
                    break
            for row in matrix.rows:
                if row.right.lower() == right.lower():
                    right = row.right
        return right, level, fixed, from_links

    # -- how far -----------------------------------------------------------------------------------------------------------------

    def root(self, school: str | None) -> str | None:
        for _ in range(len(self.merged)):
            school = self.merged.get(school, school) if school else school
        return school

    def runs(self, row: dict[str, Any]) -> bool:
        return (row["starts_on"] is None or row["starts_on"] <= self.as_of) and (row["ends_on"] is None or row["ends_on"] >= self.as_of)

    def reach(
        self, grant: dict[str, Any], account: int | None, owner: int | None, fixed: str | None, from_links: bool,
    ) -> list[tuple[str, str | None, str | None]]:
        scope, school, group = fixed or grant["scope"], grant["school"], grant["group"]
        if account is None or not from_links or scope == "group":
            return [(scope, school, group)]
        linked: dict[str | None, dict[str, str | None]] = {}
        for link in self.tables["group_links"]:
            same = (link["system"], link["account"]) == (grant["system"], grant["account"])
            here = school is None or link["school"] is None or self.root(school) == self.root(link["school"])
            if same and here and self.runs(link):
                at = link["school"] or school
                linked.setdefault(self.root(at), {}).setdefault(link["group"], at)
        if not linked:
            return [("group", school, None)] if school else [("unknown", None, None)]
        found: list[tuple[str, str | None, str | None]] = []
        for home, groups in linked.items():
            classes = {
                row["group"] for row in self.tables["groups"] if self.root(row["school"]) == home and row["kind"] != "subgroup"
            } if home else set()
            taught = {(self.root(row["school"]), row["group"]) for row in self.own(owner, home)}
            if home and len(classes) >= 3 and classes <= set(groups) and len(classes) - len(taught) >= 2 and self.is_delivered(home):
                found.append(("school", next(iter(groups.values())), None))
            else:
                found += [("group" if at else "unknown", at, group) for group, at in groups.items()]
        return found

    def own(self, owner: int | None, home: str | None) -> list[dict[str, Any]]:
        return [row for row in self.taught(owner, home) if self.runs(row)]

    def taught(self, owner: int | None, home: str | None) -> list[dict[str, Any]]:
        return [
            row for row in self.tables["teaching"]
            if owner is not None and home is not None and self.person_of(row["person"]) == owner and self.root(row["school"]) == home
        ]

    def is_delivered(self, home: str | None) -> bool:
        return any(self.root(row["school"]) == home and self.runs(row) for row in self.tables["teaching"])

    # -- may they ----------------------------------------------------------------------------------------------------------------

    def rule(
        self, matrix: Matrix, grant: dict[str, Any], owner: int, right: str, level: str | None, scope: str, school: str | None,
        group: str | None,
    ) -> tuple[str, str, int | None]:
        now = [row for row in self.engagements if row["person_row"] == owner and row["counts"]]
        before = [row for row in self.engagements if row["person_row"] == owner and row["is_past"] and not row["counts"]]
        rows = [row for row in matrix.rows if row.right == "*" or row.right.lower() == right.lower()]
        order = next((levels for name, levels in matrix.levels.items() if name.lower() == right.lower()), ())
        rank = {word.lower(): place for place, word in enumerate(order)}
        place = (scope, school, group)

        for row in rows:
            if row.stance == "forbidden" and row.mode != "draft" and self.is_held_from(row, level, rank, scope):
                for engagement in now:
                    right_function = row.function == "*" or row.function.lower() == (engagement["function"] or "").lower()
                    if right_function and self.is_holder(row, owner) and not self.failed(row, engagement):
                        return "forbidden-right", "", row.line

        given = [row for row in rows if row.stance != "forbidden"]
        live = [row for row in given if row.mode != "draft"]

        sure = [row.line for row in live for one in now if self.covers(row, one, owner, level, rank, place) == "yes"]
        if sure:
            return "covered", "", min(sure)
        for question in ("group_unknown", "scope_unknown"):
            open_ = [row.line for row in live for one in now if self.covers(row, one, owner, level, rank, place) == question]
            if open_:
                both = [
                    (row.line, self.covers(row, one, owner, level, rank, place)) for row in live for one in now
                    if self.covers(row, one, owner, level, rank, place) in ("group_unknown", "scope_unknown")
                ]
                return ("covered", min(both)[1], min(both)[0])
        temporary = self.temporary(grant, owner, right, level, rank, place)
        if temporary == "running":
            return "covered", "temporary_right", None
        if self.is_member(grant, owner, right, place):
            return "covered", "folder_member", None
        for row in given:
            if row.mode == "draft" and any(self.covers(row, one, owner, level, rank, place) not in ("no", "level") for one in now):
                return "not-judged", "draft_row", row.line
        known = {row.right.lower() for row in matrix.rows} | {native.right.lower() for native in matrix.natives.values()}
        if right.lower() not in known - {"*"}:
            return "right-unknown-to-matrix", "", None
        for row in live:
            if any(self.covers(row, one, owner, level, rank, place) == "level" for one in now):
                return "not-judged", "level_unknown", row.line
        if any(one["function"] and not self.is_known(one["function"]) for one in now):
            return "not-judged", "function_unknown", None
        if temporary == "ended":
            return "temporary-right-expired", "", None
        for row in live:
            if any(self.covers(row, one, owner, level, rank, place) not in ("no", "level") for one in before):
                return "mover-keeps-right", "", row.line

        fitting = [(row, one) for row in live for one in now if self.is_function(row, one) and self.is_holder(row, owner)]
        for verdict in ("declaration-unsigned", "replacement-too-short", "level-too-high", "scope-too-wide", "scope-elsewhere"):
            lines = []
            for row, one in fitting:
                failed = self.failed(row, one)
                height = self.height(row, level, rank)
                lies = self.lies(row, one, place)
                curable = all(
                    (item.name == "declaration" and item.operator == "=") or (item.name == "weeks" and item.operator in (">", ">="))
                    for item in failed)
                if verdict in ("declaration-unsigned", "replacement-too-short"):
                    unsigned = any(item.name == "declaration" for item in failed)
                    is_so = bool(failed) and curable and height == "ok" and lies == "in" and unsigned == (verdict == "declaration-unsigned")
                elif not curable:
                    is_so = False
                elif verdict == "level-too-high":
                    is_so = height == "high"
                else:
                    is_so = height == "ok" and lies == ("around" if verdict == "scope-too-wide" else "apart")
                if is_so:
                    lacks = len(failed) + (height != "ok") + (lies != "in")
                    lines.append((row.right == "*", lacks, row.line))
            if lines:
                return verdict, "", min(lines)[2]
        return "right-outside-matrix", "", None

    def is_member(self, grant: dict[str, Any], owner: int, right: str, place: tuple[str, str | None, str | None]) -> bool:
        scope, school, group = place
        called = {word.lower() for word in (right, grant["right"], group) if word}
        for entry in self.tables["folders"]:
            named = self.person_of(entry["member"]) == owner or entry["member"].lower() == self.persons[owner]["mail"]
            here = not entry["school"] or not school or self.root(entry["school"]) == self.root(school)
            if scope == "folder" and named and here and self.runs(entry) and entry["folder"].lower() in called:
                return True
        return False

    def is_known(self, function: str) -> bool:
        listed = {row["function"].lower() for row in self.tables["functions"]}
        for matrix in self.matrices:
            listed |= {row.function.lower() for row in matrix.rows} | {word.lower() for word in matrix.functions}
        return function.lower() in listed

    def is_held_from(self, row: MatrixRow, level: str | None, rank: dict[str, int], scope: str) -> bool:
        if row.level and row.level != level and not (
            level and level.lower() in rank and row.level.lower() in rank and rank[level.lower()] >= rank[row.level.lower()]
        ):
            return False
        return not row.scope or (scope in WIDTH and WIDTH[scope] >= WIDTH[row.scope])

    def is_function(self, row: MatrixRow, engagement: dict[str, Any]) -> bool:
        if row.function == "*":
            return engagement["function"] is not None or any(condition.name == "task" for condition in row.conditions)
        return row.function.lower() == (engagement["function"] or "").lower()

    def is_holder(self, row: MatrixRow, owner: int) -> bool:
        return not row.holders or any(self.person_of(holder) == owner for holder in row.holders)

    def covers(
        self, row: MatrixRow, engagement: dict[str, Any], owner: int, level: str | None, rank: dict[str, int],
        place: tuple[str, str | None, str | None],
    ) -> str:
        """yes, no, level (would if the level were known), or the question that stays open."""
        if not self.is_function(row, engagement) or not self.is_holder(row, owner) or self.failed(row, engagement):
            return "no"
        if self.lies(row, engagement, place) != "in":
            return "no"
        height = self.height(row, level, rank)
        if height != "ok":
            return "level" if height == "unknown" else "no"
        if row.scope is None or row.scope == "board":
            return "yes"
        seen = self.seen(engagement, place)
        if seen == "unknown":
            return "scope_unknown"
        return "group_unknown" if seen == "some group" and row.scope == "group" and not self.crosses(engagement) else "yes"

    def height(self, row: MatrixRow, level: str | None, rank: dict[str, int]) -> str:
        if row.level is None:
            return "ok"
        allowed = rank.get(row.level.lower())
        if level is None:
            return "ok" if allowed is not None and allowed == len(rank) - 1 else "unknown"
        if level.lower() == row.level.lower():
            return "ok"
        held = rank.get(level.lower())
        if held is None or allowed is None:
            return "unknown"
        return "ok" if held <= allowed else "high"

    def crosses(self, engagement: dict[str, Any]) -> bool:
        return any(row["school"] == engagement["school"] and row["works_across_groups"] for row in self.tables["schools"])

    def seen(self, engagement: dict[str, Any], place: tuple[str, str | None, str | None]) -> str:
        """How the grant's place looks from an engagement."""
        scope, school, group = place
        home, works = self.root(school), self.root(engagement["school"])
        if scope in ("board", "own"):
            return scope
        if scope == "folder":
            return "other school" if home and works and home != works else "folder"
        if scope == "unknown" or not home or not works:
            return "unknown"
        if home != works:
            return "other school"
        if scope == "school":
            return "school"
        past = engagement["is_past"] and not engagement["counts"]
        owner = engagement["person_row"]
        taught = self.taught(owner, home) if past else self.own(owner, home)
        if group is None or not (taught if past else self.is_delivered(home)):
            return "some group"
        return "own group" if any(row["group"] == group for row in taught) else "other group"

    def lies(self, row: MatrixRow, engagement: dict[str, Any], place: tuple[str, str | None, str | None]) -> str:
        """in: within what the row allows; around: it holds that and more; apart: elsewhere."""
        seen = self.seen(engagement, place)
        if row.scope is None or seen == "unknown":
            return "in"
        allowed = WIDTH["school" if row.scope == "group" and self.crosses(engagement) else row.scope]
        if seen == "other school":
            return "in" if allowed == WIDTH["board"] else "apart"
        if seen == "other group":
            return "in" if allowed >= WIDTH["school"] else "apart"
        held = WIDTH["group" if seen in ("own group", "some group") else seen]
        return "in" if held <= allowed else "around"

    # -- conditions and the register ------------------------------------------------------------------------------------------------

    def failed(self, row: MatrixRow, engagement: dict[str, Any]) -> list[Condition]:
        return [condition for condition in row.conditions if not self.holds(condition, engagement)]

    def holds(self, condition: Condition, engagement: dict[str, Any]) -> bool:
        if condition.name in ("weeks", "share"):
            held = engagement[condition.name]
            if held is None or math.isnan(held):
                return condition.operator == "!="
            wanted = float(condition.value)
            return {"=": held == wanted, "!=": held != wanted, "<": held < wanted, "<=": held <= wanted, ">": held > wanted,
                    ">=": held >= wanted}[condition.operator]
        value = condition.value.lower()
        if condition.name == "kind":
            equal = (engagement["kind"] or "").lower() == value
        elif condition.name == "school":
            kind = next((row["kind"] for row in self.tables["schools"] if row["school"] == engagement["school"]), "")
            equal = engagement["school"] is not None and value in (engagement["school"].lower(), kind)
        elif condition.name == "declaration":
            equal = any(
                self.person_of(row["person"]) == engagement["person_row"] and row["kind"] == value and row["signed_on"] is not None
                and row["signed_on"] <= self.as_of for row in self.tables["declarations"])
        elif engagement["origin"] == "task":
            equal = (engagement["task"] or "").lower() == value
        else:
            equal = any(
                task["person_row"] == engagement["person_row"] and task["counts"] and (task["task"] or "").lower() == value
                and (task["school"] is None or task["school"] == engagement["school"]) for task in self.engagements)
        return equal == (condition.operator == "=")

    def temporary(
        self, grant: dict[str, Any], owner: int, right: str, level: str | None, rank: dict[str, int],
        place: tuple[str, str | None, str | None],
    ) -> str:
        scope, school, group = place
        here, covering = [], False
        for entry in self.tables["temporary_rights"]:
            if self.person_of(entry["person"]) != owner or entry["system"] != grant["system"]:
                continue
            if entry["right"].lower() not in (right.lower(), grant["right"].lower()):
                continue
            if entry["starts_on"] is not None and entry["starts_on"] > self.as_of:
                continue
            at = self.root(entry["school"])
            if at and school and scope != "board" and at != self.root(school):
                continue
            if entry["group"] and group and entry["group"] != group:
                continue
            until: date = entry["ends_on"] or date.max
            here.append(until)
            high = entry["level"] and level and entry["level"].lower() != level.lower() and not (
                level.lower() in rank and entry["level"].lower() in rank and rank[level.lower()] <= rank[entry["level"].lower()])
            wide = scope != "unknown" and (
                (entry["scope"] and WIDTH[scope] > WIDTH[entry["scope"]]) or (at and scope == "board")
                or (entry["group"] and scope in ("school", "board")))
            covering = covering or (until >= self.as_of and not high and not wide)
        if covering:
            return "running"
        return "ended" if here and max(here) < self.as_of else "none"
