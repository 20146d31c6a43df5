"""What whoever runs the program may set, in its environment."""

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from auth.rates import Act, Rate
from ui.cli.console import Misused


class Settings(BaseSettings):
    """Read from the environment, as COVESHOT_HOME and so on; each has a default that works."""

    model_config = SettingsConfigDict(env_prefix="COVESHOT_")

    home: Path = Field(
        default_factory=lambda: user_data_path("coveshot", appauthor=False), validate_default=True
    )
    """Where everything is kept; absolute, whatever was given."""
    models: Path | None = None
    """Where weights are, if not below `home`."""
    device: str = "auto"
    """auto, cuda, coreml, directml or cpu; anything but auto fails instead of falling back."""
    runtime: str = "auto"
    """auto, onnxruntime or openvino: what computes on a CPU."""
    workers: int = Field(default=2, ge=1, le=64)
    """Photos in hand at a time; the network takes them one by one."""
    compute: Literal["here", "elsewhere", "both"] = "here"
    """Where a hosted instance cuts out: in its process, at workers that ask for work, or both."""
    worker_token: SecretStr = SecretStr("")
    """What such workers show: 32 random bytes, in hex or Base64; a worker needs it, too."""
    wake_url: str = ""
    """An endpoint of Runpod whose workers sleep while nothing waits."""
    wake_key: SecretStr = SecretStr("")
    wake_most: int = Field(default=1, ge=1, le=100)
    wake_each: int = Field(default=20, ge=1)
    """What it takes to wake them, how many at most, and for how many photos one each."""
    instance: str = ""
    """The address of the instance that a worker works for."""
    language: str = "en"
    """Of the pages, as a tag like `de`; English where there is no catalogue for it."""
    locales: Path | None = None
    """Where catalogues are, if not with the program."""

    log: Literal["text", "json"] = "text"
    """How what happens is written to stderr: for people, or a line of JSON each."""
    metrics_token: SecretStr = SecretStr("")
    """What /metrics asks for; without one, only this computer itself may read it."""

    hosted: bool = False
    """For everybody, behind a proxy, instead of for this computer alone: see docs/hosting.md."""
    secret: SecretStr = SecretStr("")
    """What a hosted instance signs with: 32 random bytes, in hex or Base64."""
    secret_file: Path | None = None
    """A file that has it instead."""
    hosts: str = ""
    """The names that browsers reach a hosted instance by, with commas between them."""
    proxies: str = ""
    """Addresses or networks of proxies that are believed who asks."""
    contact: str = ""
    """An e-mail address or page of whoever runs a hosted instance, for those who need something."""

    fetch: bool | None = None
    """Whether pictures are fetched that programs name by their address; without a word, where it
    is hosted."""
    decode_apart: bool | None = None
    """Whether photos are opened in a process of their own; without a word, where it is hosted."""
    decode_processes: int = Field(default=2, ge=1, le=16)
    decode_megabytes: int = Field(default=1500, ge=100)
    decode_seconds: float = Field(default=20.0, gt=0)
    """How many such processes there are, and what one photo may take."""
    most_waiting: int = Field(default=100, ge=1)
    """Photos of all visitors that wait to be cut out; more are asked to come later."""
    most_pages: int = Field(default=40, ge=1)
    most_open: int = Field(default=400, ge=1)
    most_open_each: int = Field(default=30, ge=1)
    """Pages that are asked for and not opened yet, that are open, and that one address has open:
    each takes 2 MB."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()


class RateLimits(BaseSettings):
    """How often what is counted may be asked for on a hosted instance, as COVESHOT_LIMIT_PAGES.

    By one address, and by one account that does not pay; `_near` is for a network of 256 addresses
    (ten times as often if empty), `_paid` for accounts that pay (a hundred times).
    """

    model_config = SettingsConfigDict(env_prefix="COVESHOT_LIMIT_")

    pages: str = "60/minute;600/hour"
    reads: str = "6000/minute"
    uploads: str = "20/hour;100/day"
    uploads_near: str = "200/day"
    uploads_paid: str = "2000/hour"
    cuts: str = "40/hour;200/day"
    api: str = "120/minute"
    sign_ins: str = "10/minute;50/hour"

    def rates(self) -> dict[Act, Rate]:
        texts = self.model_dump()

        def rate(name: str) -> Rate:
            return Rate(texts[name], texts.get(f"{name}_near", ""), texts.get(f"{name}_paid", ""))

        return {act: rate(act.value) for act in Act}


class Supabase(BaseSettings):
    """The project of a hosted instance, or that a computer's library is synced to.

    Without it everything is on this computer.
    """

    model_config = SettingsConfigDict(env_prefix="SUPABASE_")

    url: str = ""
    """As in https://abcdefghij.supabase.co"""
    publishable_key: SecretStr = SecretStr("")
    """What everybody may know: a user shows it together with a token."""
    secret_key: SecretStr = SecretStr("")
    """What the server alone has; it may do everything."""
    providers: str = ""
    """Other sites that people may sign in with, as the project has them: google,github"""

    @property
    def provider_names(self) -> tuple[str, ...]:
        return tuple(one.strip() for one in self.providers.split(",") if one.strip())


def read_settings() -> Settings:
    """Raises Misused for what cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"COVESHOT_{first['loc'][0]}".upper()
        raise Misused(f"{name}={first['input']} cannot be used: {first['msg']}.") from error
