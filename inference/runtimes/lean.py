"""ONNX networks made ready for a CPU: float32, one output, and steps that it does quickly."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.providers import CPU

FORM = 3
"""Part of the name of a copy: one that another version made is not taken."""
ANYWHERE = "anywhere"
"""The region that a resize is told to look at where it looks at all: none."""
BLOCK = 16
"""Channels that ONNX Runtime's own layout holds together at most."""
Weights = NDArray[np.float32]


def lean(file: Path) -> Path:
    """Return a copy of an ONNX network that a CPU computes with less, made beside it once.

    - Numbers are float32: CPUs compute halves so anyway, and hold both. That saves 0.6 GB for
      IS-Net at 1024 pixels.
    - The first output alone is left: ONNX Runtime computes side outputs even if none asks for them.
    - Resizes by whole numbers say so, which keeps ONNX Runtime from changing the layout of their
      pictures before and after. Pictures of one channel are better off without that layout, which
      has room for sixteen.
    - What is joined to be convolved is convolved part by part and added, which is one step; and
      convolutions to one channel weigh each pixel for all its places before they shift and add.

    It predicts the same, but for the last digits. Where the copy cannot be made, the network is
    used as it is; copies that older versions made go.
    """
    copy = file.with_suffix(f".lean{FORM}.onnx")
    if copy.exists() and copy.stat().st_mtime >= file.stat().st_mtime:
        return copy
    try:
        _write(_made_lean(file), copy)
        for older in set(file.parent.glob(f"{file.stem}.lean*.onnx")) - {copy}:
            older.unlink(missing_ok=True)
    except (ImportError, OSError):
        return file
    return copy


def _made_lean(file: Path) -> bytes:
    import onnx  # noqa: PLC0415 needed once

    network = onnx.load(file)
    _widen(network.graph)
    del network.graph.output[1:]
    del network.graph.value_info[:]  # it tells the types that were
    _keep_what_is_needed(network.graph)
    network = _computed(network)
    shapes = _shapes(onnx.shape_inference.infer_shapes(network).graph)
    _resize_by_whole_numbers(network.graph, shapes)
    _convolve_before_joining(network.graph, shapes)
    _weigh_before_shifting(network.graph)
    _keep_what_is_needed(network.graph)
    return bytes(network.SerializeToString())


def _computed(network: Any) -> Any:
    """Let ONNX Runtime compute once what is the same for every photo, such as sizes."""
    import onnx  # noqa: PLC0415
    import onnxruntime  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        simpler = Path(folder, "simpler.onnx")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(simpler)
        onnxruntime.InferenceSession(
            network.SerializeToString(), sess_options=options, providers=[CPU.onnx]
        )
        return onnx.load(simpler)


def _widen(graph: Any) -> None:
    """Make halves float32; casts between the two hand on what they get."""
    from onnx import TensorProto, numpy_helper  # noqa: PLC0415

    halves = [
        tensor
        for tensor in (*graph.initializer, *(a.t for node in graph.node for a in node.attribute))
        if tensor.data_type == TensorProto.FLOAT16
    ]
    for tensor in halves:
        values = numpy_helper.to_array(tensor).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    for node in graph.node:
        kinds = {TensorProto.FLOAT, TensorProto.FLOAT16} if halves else set()
        if node.op_type == "Cast" and node.attribute[0].i in kinds:
            node.op_type = "Identity"
            del node.attribute[:]


def _shapes(graph: Any) -> dict[str, list[int]]:
    values = (*graph.input, *graph.output, *graph.value_info)
    return {v.name: [side.dim_value for side in v.type.tensor_type.shape.dim] for v in values}


def _resize_by_whole_numbers(graph: Any, shapes: dict[str, list[int]]) -> None:
    """Give each resize to a size that is a multiple its factors instead.

    "pytorch_half_pixel" differs from "half_pixel" only where the result is one pixel wide:
    onnx.ai/onnx/operators/onnx__Resize.html.
    """
    from onnx import numpy_helper  # noqa: PLC0415

    graph.initializer.append(numpy_helper.from_array(np.zeros(0, np.float32), ANYWHERE))
    for node in graph.node:
        if node.op_type != "Resize":
            continue
        before, after = (shapes.get(name, []) for name in (node.input[0], node.output[0]))
        if not (before and all(before) and all(after) and min(after[1:]) > 1):
            continue
        factors = np.divide(after, before, dtype=np.float32)
        if any(factors % 1):
            continue
        name = f"{node.output[0]}/factors"
        graph.initializer.append(numpy_helper.from_array(factors, name))
        node.input[:] = [node.input[0], ANYWHERE, name]
        for attribute in node.attribute:
            if attribute.s == b"pytorch_half_pixel":
                attribute.s = b"half_pixel"


def _convolve_before_joining(graph: Any, shapes: dict[str, list[int]]) -> None:
    """Make of a convolution of joined pictures a sum of convolutions of each."""
    joints = {node.output[0]: node.input for node in graph.node if node.op_type == "Concat"}
    weights = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        parts = joints.get(node.input[0], ()) if node.op_type == "Conv" else ()
        channels = [shapes[part][1] for part in parts]
        if parts and min(channels) >= BLOCK:
            ends = np.cumsum(channels)[:-1]
            shares = np.split(_values(weights[node.input[1]]), ends, axis=1)
            nodes += _summed(graph, node, list(zip(parts, shares, strict=True)))
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)


def _summed(graph: Any, node: Any, terms: list[tuple[str, Weights]]) -> list[Any]:
    """Return what computes a convolution as a sum, each of a picture with weights of its own."""
    from onnx import helper  # noqa: PLC0415

    options = {given.name: helper.get_attribute_value(given) for given in node.attribute}
    bias, total, nodes = node.input[2:], "", []
    for number, (picture, share) in enumerate(terms):
        term, so_far = f"{node.output[0]}/{number}", f"{node.output[0]}/to{number}"
        weights = _constant(graph, f"{term}/weights", share)
        nodes.append(helper.make_node("Conv", [picture, weights, *bias], [term], term, **options))
        if total:
            nodes.append(helper.make_node("Add", [term, total], [so_far], so_far))
        bias, total = [], so_far if total else term
    nodes[-1].output[0] = node.output[0]
    return nodes


def _weigh_before_shifting(graph: Any) -> None:
    """Make of a convolution to one channel two.

    The first weighs each pixel for all the places that look at it, and each of two pictures that
    are only added for it; the second shifts these and adds. A layout of sixteen channels would else
    compute all sixteen at all places, which is also why the second is a transposed one.
    """
    from onnx import helper  # noqa: PLC0415

    tensors = {tensor.name: tensor for tensor in graph.initializer}
    uses = Counter(name for node in graph.node for name in node.input)
    sums = {n.output[0]: n.input for n in graph.node if n.op_type == "Add"}
    nodes = []
    for node in graph.node:
        if node.op_type != "Conv" or not _makes_one(node, tensors[node.input[1]].dims):
            nodes.append(node)
            continue
        weights = _values(tensors[node.input[1]])
        high, wide = weights.shape[2:]
        name, given = node.output[0], node.input[0]
        pictures = sums[given] if given in sums and uses[given] == 1 else [given]
        places = weights[0].transpose(1, 2, 0).reshape(high * wide, -1, 1, 1)
        weighing = helper.make_node("Conv", [given, ""], [f"{name}/weighed"])
        nodes += _summed(graph, weighing, [(picture, places) for picture in pictures])
        shifts = np.eye(high * wide, dtype=np.float32)[::-1].reshape(-1, 1, high, wide)
        node.op_type = "ConvTranspose"
        node.input[0] = f"{name}/weighed"
        node.input[1] = _constant(graph, f"{name}/shifts", shifts)
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)


def _makes_one(node: Any, shape: Sequence[int]) -> bool:
    """Tell whether a convolution looks at neighbours and makes one channel, as large as it gets."""
    from onnx import helper  # noqa: PLC0415

    made, _, high, wide = shape
    options = {given.name: helper.get_attribute_value(given) for given in node.attribute}
    plain = {*options.get("strides", ()), *options.get("dilations", ())} <= {1}
    same = options.get("pads") == [high // 2, wide // 2] * 2 and high % 2 == wide % 2 == 1
    return made == 1 and high * wide > 1 and plain and same


def _values(tensor: Any) -> Weights:
    from onnx import numpy_helper  # noqa: PLC0415

    return np.asarray(numpy_helper.to_array(tensor), np.float32)


def _constant(graph: Any, name: str, values: Weights) -> str:
    from onnx import numpy_helper  # noqa: PLC0415

    graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
    return name


def _keep_what_is_needed(graph: Any) -> None:
    """Leave out what does not lead to an output."""
    makers = {name: node for node in graph.node for name in node.output}
    needed: set[str] = set()
    wanted = [output.name for output in graph.output]
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted.extend(makers[name].input if name in makers else ())
    nodes = [node for node in graph.node if needed.intersection(node.output)]
    tensors = [tensor for tensor in graph.initializer if tensor.name in needed]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(tensors)


def _write(data: bytes, file: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
        part.write(data)
    Path(part.name).replace(file)
