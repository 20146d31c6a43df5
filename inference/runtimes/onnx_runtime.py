"""ONNX Runtime: the way that works everywhere, and the one for graphics cards."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.catalogue import Model
from inference.matter import Device, in_sentences
from inference.providers import CPU, PROVIDERS, Provider
from inference.runtimes.lean import lean
from inference.tensor import matte, tensor

Planes = NDArray[np.float32]


class OnnxMatter:
    """A salient-object network (U-2-Net, IS-Net and kin) in ONNX Runtime."""

    def __init__(
        self, model: Model, file: Path, provider: Provider, threads: int, reason: str
    ) -> None:
        self._model = model
        self._settings = (lean(file) if provider is CPU else file), provider
        self._threads = threads
        self._session = session(*self._settings, threads)
        self._bound: Bound | None = None
        self._input = self._session.get_inputs()[0].name
        # Side outputs are for training: asking for the first alone saves their memory.
        self._output = self._session.get_outputs()[0].name
        self.device = device(self._session, reason)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with in_sentences(self._model):
            prediction = self._computed(tensor(pixels, self._model))
        return matte(prediction.reshape(prediction.shape[-2:]), pixels.shape[:2])

    def _computed(self, fed: Planes) -> Planes:
        """Return the prediction for (1, 3, side, side) float32."""
        place = self._settings[1].memory
        if not place:
            return np.asarray(self._session.run([self._output], {self._input: fed})[0])
        if self._bound is None:
            self._bound = Bound(self._session, place, fed.shape)
        return self._bound(fed)

    def rest(self) -> None:
        """Open the model anew: the runtime keeps its working memory as long as it is open."""
        self._session = self._bound = None
        self._session = session(*self._settings, self._threads)

    def close(self) -> None:
        self._session = self._bound = None


class Bound:
    """A network whose input and output have places of their own in the memory of a device.

    Else each photo has both allocated, and is copied once more on the way
    (onnxruntime.ai/docs/api/python, IOBinding).
    """

    def __init__(self, opened: Any, place: str, shape: tuple[int, ...]) -> None:
        """`place` is as ONNX Runtime calls memory, `shape` that of all inputs to come."""
        import onnxruntime  # noqa: PLC0415

        self._session = opened
        self._given = onnxruntime.OrtValue.ortvalue_from_shape_and_type(shape, np.float32, place, 0)
        self._binding = opened.io_binding()
        self._binding.bind_ortvalue_input(opened.get_inputs()[0].name, self._given)
        self._binding.bind_output(opened.get_outputs()[0].name, place)

    def __call__(self, fed: Planes) -> Planes:
        self._given.update_inplace(fed)
        self._session.run_with_iobinding(self._binding)
        return np.asarray(self._binding.copy_outputs_to_cpu()[0])


def session(network: Path | bytes, provider: Provider, threads: int) -> Any:
    """Open a network, from its file or its bytes."""
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin while they wait cost 16 to 25 % more CPU and keep the page from answering.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        network if isinstance(network, bytes) else str(network),
        sess_options=options,
        providers=providers(provider),
    )


def providers(provider: Provider) -> list[str]:
    """Single operations that a GPU does not know run on the CPU."""
    return list(dict.fromkeys([provider.onnx, CPU.onnx]))


def device(session: Any, reason: str) -> Device:
    """Tell what a session really runs on: it may have fallen back without a word."""
    active = session.get_providers()[0]
    title = next((row.title for row in PROVIDERS if row.onnx == active), active)
    return Device(title, active, reason)
