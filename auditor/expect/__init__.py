"""May they have it: compares each grant (IST) with what the matrices give (SOLL). Pure."""

from auditor.expect.explain import ExplainedGrant, explain_grant
from auditor.expect.mining import Custom, customs
from auditor.expect.ruling import Rulebook, rule_on
from auditor.expect.verdicts import judge

__all__ = ["Custom", "ExplainedGrant", "Rulebook", "customs", "explain_grant", "judge", "rule_on"]
