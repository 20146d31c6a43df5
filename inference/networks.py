"""The networks that are here: which of them a recipe takes, on what, and how long that takes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from inference.catalogue import RECOMMENDED, SMALL, Model, model_named
from inference.engine import Engine
from inference.errors import InferenceError, ModelMissing
from inference.providers import CPU
from inference.recipe import AUTO, Recipe
from inference.upscalers import FINE, LANCZOS, QUICK, upscaler_named
from inference.weights import Weights


@dataclass(frozen=True, slots=True)
class Pace:
    """What computes, why, and how long its network takes for a photo."""

    name: str
    provider: str
    reason: str
    seconds_per_photo: float | None


class Networks:
    """Names what a recipe leaves open. Thread-safe; every method may block."""

    def __init__(self, weights: Weights, engine: Engine, *, elsewhere: bool = False) -> None:
        """`elsewhere` says that others cut photos out, and this computer but draws them."""
        self._elsewhere = elsewhere
        self.weights = weights
        self.engine = engine
        self.pace: float | None = None
        """A running mean of the seconds that the networks took for a photo."""

    def resolve(self, recipe: Recipe) -> Recipe:
        """Name the models, their weights, the precision, and what enlarges, if anything does.

        Raises UnknownModel, ModelMissing, WeightsRejected.
        """
        if recipe.resolved:
            return recipe
        model = self._best() if recipe.model == AUTO else model_named(recipe.model)
        second = recipe.second
        if second == AUTO:
            helps = recipe.model == AUTO and model.fine and self._has(SMALL)
            second = SMALL if helps else model.name if model.closer else ""
        precision = recipe.precision
        if precision == AUTO:
            precision = self.engine.precision(model)
        upscaler = recipe.upscaler or (self.upscaler() if recipe.upscale > 1 else "")
        trained = upscaler not in {"", LANCZOS}
        return replace(
            recipe,
            model=model.name,
            weights=self.weights.sha256(model),
            precision=precision,
            second=second,
            second_weights=self.weights.sha256(model_named(second)) if second else "",
            upscaler=upscaler,
            upscaler_weights=self.weights.sha256(upscaler_named(upscaler)) if trained else "",
        )

    def with_model(self, recipe: Recipe, model: str) -> Recipe:
        """Return a recipe that cuts with another model, and is the same in all else.

        Raises UnknownModel, ModelMissing.
        """
        if model == recipe.model:
            return recipe
        name = AUTO if model == self._best().name else model  # then a quick one may help it
        return self.resolve(replace(recipe, model=name, weights="", precision=AUTO, second=AUTO))

    def check_weights(self, recipe: Recipe) -> None:
        """Raises ModelMissing where they are not those any more that a recipe names."""
        for name, known in (recipe.model, recipe.weights), (recipe.second, recipe.second_weights):
            if name and self.weights.sha256(model_named(name)) != known:
                raise ModelMissing(
                    f"The weights of {model_named(name).title} have changed since this photo was "
                    "queued. Cut it again."
                )

    def upscaler(self) -> str:
        """Return the best way to enlarge here: the fine network takes a GPU to be of use."""
        order = (FINE, QUICK) if self.engine.device.name != CPU.title else (QUICK,)
        return next((one.name for one in order if self.weights.has(one)), LANCZOS)

    def device(self) -> Pace:
        """Raises DeviceMissing."""
        if self._elsewhere:
            return Pace("Workers", "", "Photos are cut out by workers elsewhere.", None)
        device = self.engine.device
        return Pace(device.name, device.provider, device.reason, self.pace)

    def took(self, seconds: float) -> None:
        """Note how long a photo has taken."""
        self.pace = seconds if self.pace is None else 0.7 * self.pace + 0.3 * seconds

    def better(self) -> Model | None:
        """The model to offer where only the small one is here."""
        best = self.weights.best()
        return None if best and best.name != SMALL else model_named(RECOMMENDED[0])

    def improve(
        self, progress: Callable[[int, int], None], cancel: threading.Event | None = None
    ) -> Model:
        """Fetch the best of the recommended models that can be had. Raises InferenceError."""
        failed: InferenceError | None = None
        for name in RECOMMENDED:
            try:
                self.weights.fetch(model_named(name), progress, cancel)
            except InferenceError as error:
                if cancel and cancel.is_set():
                    raise
                failed = error
            else:
                return model_named(name)
        raise failed or ModelMissing("There is no recommended model.")

    def _best(self) -> Model:
        """Raises ModelMissing."""
        model = self.weights.best()
        if model is None:
            raise ModelMissing(
                f"There is no model here yet. Get the small one: coveshot models get {SMALL}."
            )
        return model

    def _has(self, name: str) -> bool:
        return any(model.name == name for model in self.weights.present())
