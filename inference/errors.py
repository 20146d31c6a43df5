"""What can go wrong with a photo, a recipe or a model, in sentences for people."""

from enum import Enum

OWN_FAULT = (
    "Coveshot could not finish this photo because of a fault of its own; the log has it. "
    "Try again, or try another model."
)


class InferenceError(Exception):
    """Base of all errors of this package; `says` tells a person what happened and what to do."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class Refusal(Enum):
    """Why a file is not taken in; the value is the HTTP status that says the same."""

    SIZE = 413
    """More bytes or more pixels than the plan allows."""
    TYPE = 415
    """Not a kind of picture that is opened here."""
    BROKEN = 422
    """The right kind, but its content is damaged, empty or cut short."""


class PhotoRejected(InferenceError):
    def __init__(self, says: str, refusal: Refusal) -> None:
        super().__init__(says)
        self.refusal = refusal


class RecipeRejected(InferenceError):
    """A recipe with an unknown field or a value outside its range."""


class StrokesRejected(InferenceError):
    """Strokes that are no layer of paint for this photo, or a click that meets nothing."""


class PaintedMeanwhile(InferenceError):
    """Somebody else has painted on the photo since these strokes were begun."""


class UnknownModel(InferenceError):
    """No row of the catalogue has this name."""


class ModelMissing(InferenceError):
    """The model is known, but its weights are not on this disk."""


class WeightsRejected(InferenceError):
    """A file of weights that is not the one it should be."""


class FolderUnusable(InferenceError):
    """The folder of the weights cannot be written: full, read-only or not permitted."""


class Cancelled(InferenceError):
    """The person who asked for it stopped it."""


class DeviceMissing(InferenceError):
    """The device that was asked for, and no other, cannot be used."""


class EngineError(InferenceError):
    """The network could not compute this photo."""


class OutOfMemory(EngineError):
    """The device has not enough memory for this photo."""


class TooSoon(InferenceError):
    """It may be asked for again after so many `seconds`."""

    def __init__(self, says: str, seconds: int) -> None:
        super().__init__(says)
        self.seconds = seconds


class TooOften(TooSoon):
    """Somebody has asked for much in a short time."""


class Crowded(TooSoon):
    """Too many photos wait already."""


class NotDone(InferenceError):
    """A cutout that was waited for failed or was cancelled."""


class NoSubject(InferenceError):
    """The network found nothing that stands out."""
