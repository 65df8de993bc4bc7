"""Damaged files of every format: read or refused, never anything else, in bounded time."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.samples import SAMPLES, Sample
from tests.hostile.tables import table
from tests.proofs import write_section

WORDS = (b"\0", b"\n", b"\r", b"\r\n", b'"', b";", b",", b"<", b">", b"&", b"{", b"}", b"[", b"]", b":", b"::", b" ", b"\xff\xfe", b"\xef\xbb\xbf",
         b"\xc3", b"<!DOCTYPE a>", b"<!--", b"]]>", b"NaN", b"1e999", b'\\ud800"', b"dn:", b"control:", b":< file:///etc/passwd", b"-", b"PK\x05\x06",
         b"\xff" * 8, b"sep=", b"#TYPE ", b"9" * 400)
SLOWEST = 5.0
"""CPU seconds a damaged file of some kilobytes may cost."""


def damaged(data: bytes, steps: list[tuple[int, int, int]]) -> bytes:
    """Given a file and steps (kind, place in ten-thousandths, number), return it with each done to it."""
    for kind, place, number in steps:
        at = len(data) * place // 10_000
        match kind:
            case 0:
                data = data[:at] + data[at + 1 + number % 40:]
            case 1:
                data = data[:at] + bytes([number % 256]) + data[at + 1:]
            case 2:
                data = data[:at] + WORDS[number % len(WORDS)] + data[at:]
            case 3:
                data = data[:at] + data[at:at + number] * 2 + data[at + number:]
            case _:
                data = data[:at]
    return data


STEPS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 10_000), st.integers(0, 300)), min_size=1, max_size=6)


def survives(sample: Sample, data: bytes) -> bool:
    """Whether it is read; an exception that is no refusal goes on to whoever asked. Time is bounded too."""
    start = time.process_time()
    rows = sample.rows(data)
    assert time.process_time() - start < SLOWEST
    return rows is not None


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if not sample.is_apart])
@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_a_damaged_file_is_read_or_refused(name: str, steps: list[tuple[int, int, int]]) -> None:
    survives(SAMPLES[name], damaged(SAMPLES[name].make(8), steps))


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.is_apart])
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_a_damaged_file_that_is_parsed_apart_is_read_or_refused(name: str, steps: list[tuple[int, int, int]]) -> None:
    survives(SAMPLES[name], damaged(SAMPLES[name].make(8), steps))


@pytest.mark.proof
def test_a_minute_of_damage_for_every_format() -> None:
    rows = []
    for name, sample in SAMPLES.items():
        draw = random.Random(f"{name} 2026-11-24")
        whole, tried, read, slowest = sample.make(20), 0, 0, 0.0
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            steps = [(draw.randrange(5), draw.randrange(10_000), draw.randrange(300)) for _ in range(draw.randrange(1, 7))]
            start = time.process_time()
            read += survives(sample, damaged(whole, steps))
            slowest = max(slowest, time.process_time() - start)
            tried += 1
        rows.append([name, tried, read, tried - read, 0, f"{slowest:.3f}"])
    write_section("fuzzing", "Damaged files", table(
        "A minute a format: an honest file of 20 records, damaged in one to six places with a fixed seed. Whatever else than a refusal comes of "
        "one fails the proof. Seconds are of this process; a child has its own limits.",
        ["format", "files", "read", "refused", "anything else", "slowest (CPU s)"], rows))
