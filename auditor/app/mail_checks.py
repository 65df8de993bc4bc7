"""What keeps mail from arriving, told by `auditor doctor` before a night finds out: nobody to tell, and mistakes in the board's own words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from auditor.app.telling import contacts_of
from auditor.config.load import Workspace
from auditor.model.errors import ConfigError, Fault
from auditor.model.snapshot import Snapshot
from auditor.notices.recipients import of_school, with_role
from reports.texts.own import own_words

ROLES = ("ict", "privacy", "board")
"""Roles that the board as a whole needs: who reads the digest, who hears of a possible breach, who hears when nobody answers."""


def mail_faults(workspace: Workspace, snapshot: Snapshot) -> Iterator[Fault]:
    """Given a workspace and what was just read, return what is wrong with its mail; nothing when no mail is set up."""
    settings = workspace.config.mail
    if settings is None:
        return
    contacts = contacts_of(workspace, settings, snapshot.table("contacts").to_dict("records"))
    for role in ROLES:
        if not with_role(contacts, role):
            yield Fault("contacts.csv", "mail_no_contact", column="role", facts={"role": role})
    schools = snapshot.table("schools")
    today = pd.Timestamp(snapshot.as_of)
    is_open = ~(schools["opened_on"] > today) & ~(schools["closed_on"] < today) & (schools["kind"] == "school")
    for school, name in schools.loc[is_open.to_numpy(dtype=bool), ["school", "name"]].itertuples(index=False):
        people, role = of_school(contacts, str(school), ())
        if not people or role == "board":
            yield Fault("contacts.csv", "mail_no_director", column="role", facts={"school": str(school), "name": str(name)})
    try:
        own_words(workspace.path("texts"), workspace.config.board.language)
    except ConfigError as error:
        yield from error.faults
