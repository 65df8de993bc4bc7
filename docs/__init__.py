"""The handbook: pages written by hand beside pages that `python -m docs.generate` makes from the code."""
