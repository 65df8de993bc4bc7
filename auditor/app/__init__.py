"""The program around the core: command line, wiring, the nightly run, clock and logging."""
