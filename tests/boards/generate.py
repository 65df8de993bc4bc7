"""Generates a big organisation as a workspace the auditor can scan: any size, the same every time, with the truth about it.

Used by the tests (small) and the benchmarks (10,000 to 1,000,000 accounts). Seven systems: ParnasSys, ESIS, AFAS, two AD domains,
Entra ID and folders in SharePoint.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, time
from pathlib import Path

import numpy as np

from tests.boards.big import files
from tests.boards.big.crowd import gather
from tests.boards.big.governed import govern, write_afas_matrix, write_norms
from tests.boards.big.named import write_named_roles
from tests.boards.big.night import night_of, others, pupils_gone, truth_of
from tests.boards.truth import Expected
from tests.boards.waterlanden.facts import FIRST_NIGHT, SECOND_NIGHT

WORKSPACE = Path(__file__).parent / "big" / "workspace"
BUNDLED = Path(__file__).parents[2] / "auditor" / "demo" / "board" / "matrices"
ACCOUNTS_A_PERSON = 5
DAYS = {1: FIRST_NIGHT, 2: SECOND_NIGHT}


def generate(
    folder: Path, accounts: int, seed: int, anomaly_rate: float = 0.03, night: int = 1, staff: int | None = None, pupils: int | None = None,
) -> list[Expected]:
    """Given a folder, a size and a seed, write the workspace as it is on that night (1 or 2) and return what must be found.

    accounts: of staff and pupils together, five for each member of staff counting the pupils' among them; staff, pupils: set the numbers of
    people instead; anomaly_rate: how often each thing is wrong, as a share of the people it can be wrong about. Each file gets the morning
    of the night as its day.
    """
    people = staff if staff is not None else accounts // ACCOUNTS_A_PERSON
    crowd = gather(people, seed, anomaly_rate)
    orphans = round(anomaly_rate * people / 2)
    extra = 4 * others(orphans) + len(crowd.who("duplicate-account")) + len(crowd.who("former-domain-account"))
    held = 3 * people + int(crowd.has_las.sum()) + orphans + extra
    count = pupils if pupils is not None else max(0, accounts - held)
    numbers = 2_000_000 + 3 * np.arange(count) + 1
    gone = pupils_gone(numbers, anomaly_rate)
    governed = govern(crowd, anomaly_rate, others(orphans))
    tonight = night_of(crowd, night, seed, orphans)
    exports = folder / "exports"
    files.write_hr(crowd, tonight, exports)
    files.write_parnassys(crowd, tonight, exports)
    files.write_esis(crowd, tonight, exports)
    files.write_afas_users(crowd, tonight, exports)
    files.write_directories(crowd, tonight, numbers, others(orphans), exports)
    files.write_entra(crowd, tonight, others(orphans), exports)
    files.write_pupils(numbers, crowd, gone, exports)
    files.write_registers(crowd, governed, folder / "registers")
    files.write_governed(crowd, governed, exports)
    shutil.copytree(WORKSPACE, folder, dirs_exist_ok=True)
    for matrix in ("parnassys", "esis", "afas"):
        shutil.copytree(BUNDLED / matrix, folder / "matrices" / matrix, dirs_exist_ok=True)
    write_named_roles(crowd, folder / "matrices")
    write_afas_matrix(crowd, folder / "matrices" / "afas")
    write_norms(governed, folder / "matrices")
    _dated(folder, night)
    return truth_of(crowd, governed, night, orphans, gone)


def _dated(folder: Path, night: int) -> None:
    morning = datetime.combine(DAYS[night], time(5), UTC).timestamp()
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (morning, morning))
