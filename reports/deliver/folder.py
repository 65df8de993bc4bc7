"""Mail as .eml files in a folder: to look at before anything is sent, or for another programme to take along."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from auditor.model.errors import DeliveryError
from auditor.model.mail import OutgoingMail
from reports.deliver.message import message_of


class Folder:
    """Given a folder, the sender's address and a clock, writes each mail as one file, named by its Message-ID: a double overwrites itself."""

    def __init__(self, folder: Path, sender: str, now: datetime) -> None:
        self._folder, self._sender, self._now = folder, sender, now

    def deliver(self, mail: OutgoingMail) -> None:
        """Write one mail. Raise DeliveryError if the folder cannot be written."""
        name = f"{mail.kind}-{mail.message_id.partition('@')[0]}.eml"
        half = self._folder / f".{name}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message_of(mail, self._sender, self._now).as_bytes())
                file.flush()
                os.fsync(file.fileno())
            half.replace(self._folder / name)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise DeliveryError("mail_folder", folder=self._folder.name, detail=error.strerror or "") from error
