"""Networks that OpenVINO has compiled, kept beside their weights for the next start."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

FORM = 2
"""Raised whenever other graphs are made of the same files, or they are kept in another way."""
FOOT = 8
"""Bytes at the end that tell how many are before them: a file that was cut short is none."""


def compiled(
    openvino: Any, file: Path, read: Callable[[Any], Any], settings: dict[str, Any]
) -> tuple[Any, Any]:
    """Return the network of a file, compiled for this processor, and what it lies in.

    The second has to live as long as the first: OpenVINO reads weights where they are, and does
    not hold them. `read` makes the graph of the file, given a Core. OpenVINO's own cache wants to
    see that graph before it looks into what it keeps, which for IS-Net takes half of the time. A
    folder that cannot be written, or a file that broke, costs nothing but what compiling takes.
    """
    core = openvino.Core()
    kept = None
    with suppress(OSError, RuntimeError, ValueError):
        kept = _place(core, openvino.__version__, file, settings)
        whole = np.memmap(kept, mode="c")  # read as far as it is looked at, and never written
        if int.from_bytes(whole[-FOOT:].tobytes(), "big") == len(whole) - FOOT:
            blob = openvino.Tensor(whole[:-FOOT], shared_memory=True)
            return core.import_model(blob, "CPU", settings), whole
    made = core.compile_model(read(core), "CPU", settings)
    if kept:
        with suppress(OSError):
            _keep(made, kept)
    return made, None


def _place(core: Any, version: str, file: Path, settings: dict[str, Any]) -> Path:
    """Return where a network is kept; what other versions have kept goes. Raises OSError."""
    folder = file.parent / f"openvino-{version.partition('-')[0]}-{FORM}"
    folder.mkdir(exist_ok=True)
    for other in file.parent.glob("openvino-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    state = file.stat()
    processor = core.get_property("CPU", "FULL_DEVICE_NAME")
    able = sorted(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))
    words = (state.st_size, state.st_mtime_ns, processor, able, sorted(settings.items()))
    name = hashlib.sha256(repr(words).encode()).hexdigest()[:16]
    return folder / f"{settings['INFERENCE_PRECISION_HINT']}-{name}.blob"


def _keep(made: Any, kept: Path) -> None:
    """Write a compiled network, instead of what was kept of another state. Raises OSError."""
    data = made.export_model().getbuffer()
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as part:
        try:
            part.write(data)
            part.write(len(data).to_bytes(FOOT, "big"))
            part.close()
            Path(part.name).replace(kept)
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise
    precision = kept.name.partition("-")[0]
    for other in kept.parent.glob(f"{precision}-*.blob"):
        if other != kept:
            other.unlink(missing_ok=True)
