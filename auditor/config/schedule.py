"""What `auditor.toml` may say about when the nightly scan runs, how long it may take, and how its absence is noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from auditor.config.secrets import Reference


def _time(value: str) -> str:
    hour, colon, minute = value.partition(":")
    if not (colon and len(value) == 5 and value.isascii() and hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise PydanticCustomError("config_value_time", "write a time of day as '04:30'")
    return value


Time = Annotated[str, AfterValidator(_time), WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d$"})]


class Schedule(BaseModel):
    """The nightly scan: one for each date in Europe/Amsterdam, with deadlines, and ways to notice that it did not come."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: Time = Field(
        "04:30", description="Time of day of the scan by `auditor run`. Between 02:00 and 03:00 the clock changes twice a year: choose another hour")
    source_minutes: int = Field(10, ge=1, le=120, description="How long one source may take; then it is not assessed, and the others are")
    scan_minutes: int = Field(60, ge=5, le=720, description="How long the whole scan may take; then it is stopped and tried again later")
    heartbeat: Reference | None = Field(
        None, description="Where an address lies that is asked for after every complete scan, and only then; who keeps watch there misses it")
    metrics: Path | None = Field(None, description="File for Prometheus or Zabbix, written anew after every scan, e.g. var/auditor.prom")
