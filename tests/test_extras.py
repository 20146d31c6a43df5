"""What the extras of the package bring, by the metadata of what is installed here."""

from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement


def brought(name: str, extra: str) -> set[str]:
    """The names of all that a package needs with an extra, and what those need in turn."""
    names: set[str] = set()
    waiting = [(name, extra)]
    while waiting:
        package, chosen = waiting.pop()
        try:
            needs = [Requirement(text) for text in requires(package) or []]
        except PackageNotFoundError:  # such as the build for cards, where there is none
            continue
        for need in needs:
            if need.marker is None or need.marker.evaluate({"extra": chosen}):
                if need.name.lower() not in names:
                    waiting += [(need.name, wanted) for wanted in ("", *need.extras)]
                names.add(need.name.lower())
    return names


@pytest.mark.parametrize(
    ("extra", "build", "other"),
    [("cpu", "onnxruntime", "onnxruntime-gpu"), ("gpu", "onnxruntime-gpu", "onnxruntime")],
)
def test_an_extra_brings_one_build_of_onnx_runtime_alone(
    extra: str, build: str, other: str
) -> None:
    """Both write the same folder: beside each other, whichever came last is used."""
    names = brought("coveshot", extra)

    assert {"rembg", build} <= names
    assert other not in names
