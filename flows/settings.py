"""What can be set from outside: environment variables `BAOGAO_…`, each with a default that works.

Also the defaults that Prefect gets from us, which have to be in the environment before it is imported.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

# Only what the user has not set is set. The daily run sends nothing to anybody, waits long enough for a
# server on a slow machine, and speaks to 127.0.0.1 directly even where HTTP_PROXY is set.
_PREFECT = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows",
}
_LOCAL = ("127.0.0.1", "localhost")


class SettingsError(Exception):
    """A variable has a value that cannot be used; the message names it and says what it should be."""


class Settings(BaseSettings):
    """The settings; field `x` is the variable `BAOGAO_X`."""

    model_config = SettingsConfigDict(env_prefix="BAOGAO_", env_ignore_empty=True)

    output: str = Field(
        "output", description="Output root: a folder or an fsspec address such as s3://bucket/x"
    )
    max_file_bytes: int = Field(64 * 2**20, gt=0, description="Inputs that are larger are rejected")
    batch_chars: int = Field(1_000_000, gt=0, description="Characters of report text that one task takes")
    pool_chars: int = Field(1_000_000, ge=0, description="Below so many characters a run starts no processes")
    task_runner: Literal["processes", "threads", "dask"] = Field(
        "processes", description="What runs the batches"
    )
    dask: str = Field(
        "",
        description="Address of a Dask scheduler (tcp://host:8786); default: a cluster here",
    )
    workers: int | None = Field(None, gt=0, description="Batches at a time; default: one per core")
    timeout: int = Field(21_600, gt=0, description="Seconds after which a run is given up as hanging")
    attempts: int = Field(3, gt=0, description="How often a deployed run that dies is started in all")
    notify: str = Field(
        "",
        pattern=r"^([a-z0-9-]+/[a-z0-9-]+)?$",
        description="Prefect block that is told of trouble, such as slack-webhook/ops",
    )
    disk_budget: int = Field(0, ge=0, description="Bytes below work/ beyond which a run warns; 0: never")
    sources: str = Field("", description="A file of sources instead of schemas/sources.yaml")
    contact: str = Field("", pattern=r"^[\x20-\x7e]*$", description="Address told to sites that are fetched")
    inbox: str = Field("inbox", description="The folder that the source `inbox` reads")
    gate_quarantine: float = Field(0.02, ge=0, le=1, description="Most rows in quarantine, as a share of all")
    gate_fall: float = Field(
        0.1, ge=0, le=1, description="Most that observations may fall by against the last release, as a share"
    )
    gate_headline_fall: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Most that rows of headline indicators in the panel may fall by, as a share",
    )
    gate_reports_lost: int = Field(
        0, ge=0, description="Most reports of the last release that may be missing"
    )
    gate_accuracy: float = Field(
        0.8, ge=0, le=1, description="Least share of the bundled coded example that is right in all fields"
    )
    gate_metadata: float = Field(
        1.0, ge=0, le=1, description="Least share of the tables and columns that must be described"
    )
    site_url: str = Field(
        "",
        pattern=r"^(?:https?://[^\s?#]+)?$",
        description="Address at which output/public is served, for links to its pages",
    )
    corrections: str | None = Field(
        None, description="A file of corrections besides schemas/corrections.yaml"
    )


@cache
def settings() -> Settings:
    """The settings of this process. Raises SettingsError naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors()[0]
        name = "BAOGAO_" + "_".join(str(part) for part in problem["loc"]).upper()
        raise SettingsError(f"{name} is {problem['input']!r}: {problem['msg']}.") from None


def prefect_environment() -> None:
    """Puts our defaults for Prefect into the environment; to be called before Prefect is imported."""
    for name, value in _PREFECT.items():
        os.environ.setdefault(name, value)
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join([*hosts, *(host for host in _LOCAL if host not in hosts)])
