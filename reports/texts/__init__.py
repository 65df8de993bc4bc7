"""The catalogue of words: Dutch in `nl/`, English in `en/`, one file per area, all areas merged."""

from reports.texts.catalogue import LANGUAGES, Words

__all__ = ["LANGUAGES", "Words"]
