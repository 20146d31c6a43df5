"""Models that are run by rembg."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.catalogue import Model
from inference.errors import EngineError
from inference.matter import in_sentences
from inference.providers import Provider
from inference.runtimes.onnx_runtime import device, providers


class RembgMatter:
    """A model as rembg runs it: the mask alone, from a file that was verified here.

    rembg would fetch what it does not find, and its default weights are not free for commercial
    use; so its session is told where the file is and never asked to look for one.
    """

    def __init__(
        self, model: Model, file: Path, provider: Provider, threads: int, reason: str
    ) -> None:
        import onnxruntime  # noqa: PLC0415
        from rembg.sessions import sessions_class  # noqa: PLC0415 1.6 s and 220 MB

        kind = next(
            (kind for kind in sessions_class if kind.name() == model.session and kind.is_local()),
            None,
        )
        if kind is None:
            raise EngineError(f"This rembg has no session {model.session!r}. Update it.")
        here = type("Here", (kind,), {"download_models": classmethod(lambda *_, **__: str(file))})
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._model = model
        self._rembg = here(model.session, options, providers=providers(provider))
        self.device = device(self._rembg.inner_session, reason)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with in_sentences(self._model):
            mask = self._rembg.predict(Image.fromarray(pixels))[0]
        return np.asarray(mask.convert("L"))

    def rest(self) -> None:
        """Nothing: rembg keeps its session as it is."""

    def close(self) -> None:
        self._rembg = None
