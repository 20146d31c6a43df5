"""Is all well? What computes, what is here, and what to do about the rest."""

import io
import platform
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

import numpy as np
from PIL import Image

from inference.errors import InferenceError
from inference.photo import Photo
from inference.proof import prove
from inference.providers import CPU
from inference.recipe import Recipe
from inference.session import Opener
from storage.doctor import Findings, examine
from ui.cli.version import version
from ui.house import House

LEAST_FREE = 1_000_000_000
"""Bytes of disk below which a few large photos may fill it."""
SHOWN = 5
SAMPLES = Path(__file__).parents[2] / "assets" / "samples"
PACKAGES = ("onnxruntime", "onnxruntime-gpu", "rembg", "nicegui", "numpy", "pillow")


class State(StrEnum):
    WELL = "ok"
    NOTE = "note"
    """Works, but could be better."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    state: State
    says: str


def examined(house: House) -> Iterator[Check]:
    """Yield one check after the other; the library is only looked at."""
    yield Check("version", State.WELL, _versions())
    yield _home(house)
    yield from _models(house)
    yield from _device(house)
    yield _library(examine(house.library.records, house.blobs))


def proven(house: House) -> Iterator[Check]:
    """Yield for each model here whether a graphics card computes it as the CPU does."""
    weights = house.studio.networks.weights
    models = [model for model in weights.present() if model.runtime == "onnx"]
    if not models:
        yield Check("gpu", State.WRONG, "There is no model here: coveshot models get recommended")
        return
    photos = [Photo.open(file.read_bytes()).pixels for file in sorted(SAMPLES.glob("*.jpg"))]
    for model in models:
        try:
            proof = prove(model, weights, photos, card=Opener(), cpu=Opener(CPU.switch))
        except InferenceError as error:
            card = _nvidia_card()
            advice = f" {card} is here. {_cuda_advice()}" if card else ""
            yield Check("gpu", State.WRONG, f"{error.says}{advice}")
            return
        state = State.WELL if proof.holds else State.WRONG
        yield Check("gpu", state, f"{model.name}: {proof.says}")


def _versions() -> str:
    found = {name: _installed(name) for name in PACKAGES}
    listed = ", ".join(f"{name} {number}" for name, number in found.items() if number)
    return f"Coveshot {version()}, Python {platform.python_version()}, {listed}"


def _home(house: House) -> Check:
    free = shutil.disk_usage(house.home).free
    says = f"{house.home}, {free / 1e9:.1f} GB free on its disk"
    if free < LEAST_FREE:
        return Check("home", State.WRONG, f"{says}: make room, photos and cutouts need it.")
    return Check("home", State.WELL, says)


def _models(house: House) -> Iterator[Check]:
    findings = house.studio.networks.weights.verify()
    for finding in findings:
        state = State.WELL if finding.ok else State.WRONG
        yield Check("model", state, f"{finding.name}: {finding.says}")
    better = house.studio.networks.better()
    if not findings:
        yield Check("model", State.WRONG, "There is none: coveshot models get recommended")
    elif better:
        yield Check(
            "model",
            State.NOTE,
            f"{better.title} cuts finer edges: coveshot models get recommended",
        )


def _device(house: House) -> Iterator[Check]:
    try:
        seconds = _trial(house)
        device = house.studio.networks.device()
    except InferenceError as error:
        yield Check("device", State.WRONG, error.says)
        return
    says = f"{device.name}. {device.reason}".strip()
    if seconds is not None:
        says = f"{says} A test picture took {seconds:.2f} s."
    yield Check("device", State.WELL, says)
    card = _nvidia_card()
    if card and device.name == CPU.title:
        yield Check("device", State.NOTE, f"{card} is here, but it is not used. {_cuda_advice()}")


def _trial(house: House) -> float | None:
    """Cut a small picture out: only a network that has run tells what really computes."""
    if house.studio.networks.weights.best() is None:
        return None
    return house.studio.lab().cuts.cut(house.account, _picture(), Recipe()).matted.seconds


def _picture() -> bytes:
    pixels = np.full((96, 96, 3), 224, np.uint8)
    pixels[24:72, 32:64] = (40, 90, 160)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _nvidia_card() -> str:
    """Return the name of the first card that the driver sees, or ""."""
    program = shutil.which("nvidia-smi")
    if not program:
        return ""
    try:
        answer = subprocess.run(  # noqa: S603 the driver's own program, without foreign words
            [program, "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            check=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.partition("\n")[0].strip()


def _cuda_advice() -> str:
    if not _installed("onnxruntime-gpu"):
        return (
            "The ONNX Runtime that is installed computes on the CPU alone. Remove it and take the "
            "other: pip uninstall onnxruntime, then pip install onnxruntime-gpu"
        )
    return (
        "ONNX Runtime for CUDA is installed but did not start: CUDA 12 or cuDNN 9 is missing, or "
        "the driver is too old. COVESHOT_DEVICE=cuda makes it fail with the reason."
    )


def _library(findings: Findings) -> Check:
    if findings.healthy:
        return Check("library", State.WELL, "Every row has its objects, every object its row.")
    says = []
    if findings.missing:
        says.append(f"Objects that are gone: {_some(findings.missing)}.")
    if findings.orphans:
        says.append(
            f"Objects that belong to nothing: {_some(findings.orphans)}. "
            "To set them aside: coveshot doctor --repair"
        )
    return Check("library", State.WRONG, " ".join(says))


def _some(keys: Sequence[str]) -> str:
    """Return how many, and the first of them."""
    return f"{len(keys)} ({', '.join(keys[:SHOWN])}{', ...' if len(keys) > SHOWN else ''})"


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
