"""Reads identity sources, never writes to them. Each folder is one kind of source; all know auditor.model and nothing else."""
