"""The models that a bundle brings along: used from the first start, without a network."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from inference.catalogue import CATALOGUE, Model
from inference.errors import FolderUnusable, WeightsRejected
from inference.weights import Weights

STOCK = Path(__file__).parents[1] / "assets" / "models"


def unpack(weights: Weights, stock: Path = STOCK, catalogue: Sequence[Model] = CATALOGUE) -> None:
    """Copy what is not here yet to where models are, verified.

    An installed program is replaced as a whole, and its folder may be read-only. What cannot be
    copied is missing, as every other model that is not here, and can be fetched.
    """
    for model in catalogue:
        file = stock / model.file
        if file.is_file() and not weights.has(model):
            with suppress(WeightsRejected, FolderUnusable):
                weights.install(model, file)
