"""Which grants may be judged at all: those of live accounts of one person who has not left (rules 1, IST and SOLL)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.codes import Codes, Narrow, is_word
from auditor.expect.numbers import persons_of
from auditor.expect.ruling import OUTSIDE
from auditor.model.people import People

JUDGED_KINDS = frozenset({"person", "external", "unknown"})
NOT_LIVE = frozenset({"disabled", "deleted"})


def owners(links: pd.DataFrame, people: People) -> Codes:
    """Given the links, return per account the position of its owner in People.persons, -1 when it is not one person's."""
    is_ours = is_word(links["situation"], {"linked"}) & ~links["is_pupil"].fillna(False).to_numpy(dtype=bool)
    return np.where(is_ours, persons_of(links["person"], people), -1)


def reasons(accounts: pd.DataFrame, links: pd.DataFrame, owner: Codes, people: People, latest_start: np.datetime64) -> Narrow:
    """Given accounts, their links and owners, and the latest first day on which rights are expected already, return per account the position
    in OUTSIDE of why its grants are not judged, -1 if they are."""
    persons = people.persons

    def of_owner(flag: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        return np.asarray(np.append(flag, False)[owner])

    found = {
        "account_not_live": is_word(accounts["status"], NOT_LIVE),
        "account_kind": ~is_word(accounts["kind"], JUDGED_KINDS),
        "account_unmatched": is_word(links["situation"], {"unmatched"}),
        "account_disputed": is_word(links["situation"], {"disputed"}),
        "account_set_aside": is_word(links["situation"], {"set_aside"}),
        "owner_is_pupil": links["is_pupil"].fillna(False).to_numpy(dtype=bool),
        "owner_unknown": owner < 0,
        "owner_left": of_owner(persons["has_left"].to_numpy(dtype=bool)),
        "owner_vanished": of_owner(persons["is_vanished"].to_numpy(dtype=bool)),
        "owner_early": of_owner((persons["first_day"] > latest_start).to_numpy(dtype=bool)),
        "owner_not_assessable": of_owner(~persons["is_assessable"].to_numpy(dtype=bool)),
    }
    return np.select(list(found.values()), [OUTSIDE.index(reason) for reason in found], default=-1).astype(np.int8)
