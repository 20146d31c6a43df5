"""Enlarging networks in ONNX Runtime, converted here from the files of ncnn."""

import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.matter import Device, in_sentences
from inference.providers import CPU, Provider
from inference.runtimes.enlarge_net import (
    SHARE,
    Reader,
    check,
    levels,
    network,
    planes,
    probe,
)
from inference.runtimes.onnx_runtime import device, session
from inference.upscalers import SCALE, Upscaler

OPSET, IR = 17, 8
INPUT, OUTPUT = "data", "output"


class OnnxEnlarger:
    """One enlarging network on one device."""

    def __init__(
        self, upscaler: Upscaler, file: Path, provider: Provider, threads: int, reason: str
    ) -> None:
        self._upscaler = upscaler
        self._session: Any = session(converted(upscaler, file), provider, threads)
        self.device: Device = device(self._session, reason)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with in_sentences(self._upscaler):
            (answer,) = self._session.run([OUTPUT], {INPUT: planes(pixels)})
        return levels(answer)

    def close(self) -> None:
        self._session = None


def converted(upscaler: Upscaler, file: Path) -> Path:
    """Return the ONNX form of an ncnn file, made beside it on the first call and checked.

    Raises WeightsRejected, ImportError where the onnx package is missing.
    """
    made = file.with_suffix(".onnx")
    if made.exists() and made.stat().st_mtime >= file.stat().st_mtime:
        return made
    data = _graph(upscaler, file)
    (answer,) = session(data, CPU, 1).run([OUTPUT], {INPUT: probe()})
    check(upscaler, answer)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
        part.write(data)
    Path(part.name).replace(made)
    return made


def _graph(upscaler: Upscaler, file: Path) -> bytes:
    from onnx import TensorProto, helper  # noqa: PLC0415 needed once

    reader = Reader(file)
    steps = _Nodes(reader)
    last = network(upscaler.form, steps, INPUT)
    reader.end()
    steps.add("Identity", [last], OUTPUT)
    sides: tuple[list[int | str], list[int | str]] = (["h", "w"], ["H", "W"])
    graph = helper.make_graph(
        steps.nodes,
        upscaler.name,
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [1, 3, *sides[0]])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, 3, *sides[1]])],
        steps.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR
    return bytes(model.SerializeToString())


class _Nodes:
    """Writes a network down as the nodes of ONNX."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._names = (f"v{number}" for number in count())
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def convolved(self, value: str, channels: int, made: int) -> str:
        weights = self._constant(self._reader.weights(made, channels, 3, 3))
        biases = self._constant(self._reader.plain(made))
        return self.add("Conv", [value, weights, biases], kernel_shape=[3, 3], pads=[1] * 4)

    def bent(self, value: str, channels: int) -> str:
        slopes = self._constant(self._reader.plain(channels)[:, None, None])
        return self.add("PRelu", [value, slopes])

    def leaky(self, value: str) -> str:
        return self.add("LeakyRelu", [value], alpha=SHARE)

    def added(self, value: str, other: str, share: float = 1.0) -> str:
        if share != 1:
            value = self.add("Mul", [value, self._constant(np.float32(share))])
        return self.add("Add", [value, other])

    def joined(self, values: list[str]) -> str:
        return self.add("Concat", values, axis=1)

    def shuffled(self, value: str) -> str:
        return self.add("DepthToSpace", [value], blocksize=SCALE, mode="CRD")

    def repeated(self, value: str, times: int) -> str:
        scales = self._constant(np.array([1, 1, times, times], np.float32))
        return self.add(
            "Resize",
            [value, "", scales],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def add(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        from onnx import helper  # noqa: PLC0415

        output = output or next(self._names)
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def _constant(self, values: Any) -> str:
        from onnx import numpy_helper  # noqa: PLC0415

        name = next(self._names)
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
