"""Compares two nights: the past and today give changes. Pure."""

from auditor.changes.compare import DATE_PASSED, EVIDENCE_CHANGED, SCORE_HIGHER, compare

__all__ = ["DATE_PASSED", "EVIDENCE_CHANGED", "SCORE_HIGHER", "compare"]
