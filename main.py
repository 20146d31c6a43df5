"""Settings and wiring: the only place that joins the parts."""

import secrets
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from auth.account import LOCAL
from auth.local import LocalGate
from storage.blobs import FileBlobs, write_durably
from storage.library import Library
from storage.local import SqliteRecords
from ui.cli.console import Misused
from ui.cli.program import program

if TYPE_CHECKING:
    from ui.house import House


class Settings(BaseSettings):
    """Read from the environment, as COVESHOT_HOME and so on; each has a default that works."""

    model_config = SettingsConfigDict(env_prefix="COVESHOT_")

    home: Path = Field(default_factory=lambda: user_data_path("coveshot", appauthor=False))
    models: Path | None = None
    """Where weights are, if not below `home`."""
    device: str = "auto"
    """auto, cuda, coreml, directml or cpu; anything but auto fails instead of falling back."""
    runtime: str = "auto"
    """auto, onnxruntime or openvino: what computes on a CPU."""
    workers: int = Field(default=2, ge=1, le=64)
    """Photos in hand at a time; the network takes them one by one."""
    language: str = "en"
    """Of the pages, as a tag like `de`; English where there is no catalogue for it."""
    locales: Path | None = None
    """Where catalogues are, if not with the program."""


def build(settings: Settings) -> "House":
    """Join the parts. Raises StorageError, DeviceMissing."""
    # NumPy and OpenCV: half a second that `coveshot --version` does not wait for.
    import cv2  # noqa: PLC0415

    from inference.engine import Engine  # noqa: PLC0415
    from inference.fitting import Fitting  # noqa: PLC0415
    from inference.jobs import Studio  # noqa: PLC0415
    from inference.presets import Presets  # noqa: PLC0415
    from inference.session import Opener  # noqa: PLC0415
    from inference.weights import Weights  # noqa: PLC0415
    from inference.worker import Workers  # noqa: PLC0415
    from ui.house import House  # noqa: PLC0415

    # Its operations here are short: two threads for each take three times the CPU of one.
    cv2.setNumThreads(1)
    home = settings.home.expanduser().absolute()
    blobs = FileBlobs(home / "library")
    library = Library(SqliteRecords(home / "library.sqlite"), blobs)
    weights = Weights(settings.models or home / "models")
    engine = Engine(weights, Opener(settings.device, settings.runtime))
    studio = Studio(weights=weights, engine=engine, library_for=lambda _: library)
    return House(
        home=home,
        account=LOCAL,
        gate=LocalGate(_secret(home / "secret")),
        studio=studio,
        library=library,
        blobs=blobs,
        workers=Workers(studio, library, threads=settings.workers),
        fitting=Fitting(studio, Presets(home / "presets")),
        language=settings.language,
        locales=settings.locales,
    )


def cli() -> None:
    """Run the program."""
    # Pillow warns of odd tags on stderr; what matters about a file is said in a sentence.
    warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
    program(lambda: build(_settings()))(prog_name="coveshot")


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"COVESHOT_{first['loc'][0]}".upper()
        raise Misused(f"{name}={first['input']} cannot be used: {first['msg']}.") from error


def _secret(file: Path) -> bytes:
    """Return what this computer's tokens are derived from; made once, for its owner's eyes only."""
    if not file.exists():
        write_durably(file, secrets.token_bytes(32))
        file.chmod(0o600)
    return file.read_bytes()


if __name__ in {"__main__", "__mp_main__"}:
    cli()
