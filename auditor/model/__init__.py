"""The words of this project as types: tables, coverage, links, verdicts, findings, errors. Imports nothing of ours."""
