"""Networks of U-2-Net's kind in bfloat16, without what makes them waver there.

A few channels of these networks hold nearly the same value for every photo, up to 226: their bias,
which the weights of the next layer cancel. bfloat16 keeps eight bits of a number, so that its steps
are 1 wide from 128 on, and most of what is left after the cancelling is rounding: measured, four
small convolutions of u2net's 119 make nearly all of its error.

Taking that level out of a channel before it is rounded, and what the next weights make of it out of
the next bias, changes nothing in exact arithmetic, whatever the level.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
STEADY = 5.0
"""A level is so many times what the inputs of its channel make of it, were they all 1."""


def take_out_levels(graph: Any, opset: Any, least: float) -> int:
    """Take the levels out of the channels of an openvino.Model of 32-bit numbers, in place.

    Looks at each convolution whose output goes through ReLU and a resize to the front of a
    concatenation and on into the next convolution; `opset` makes operations. Levels below `least`
    stay in. Returns the number of channels that had one.
    """
    found = 0
    for layer, after in _handed_on(graph):
        biased = _only(layer, "Add")
        bias = _bias(biased)  # with what an earlier layer has put into it
        levels = levels_in(bias, _constant(layer.input_value(1)), least)
        if levels.any():
            _set_bias(biased, bias - levels, opset)
            _lower(_relu(biased), levels.reshape(1, -1, 1, 1), opset)
            _make_up_for(levels, after, opset)
            found += int(np.count_nonzero(levels))
    return found


def levels_in(bias: Floats, weights: Floats, least: float) -> Floats:
    """Return the level of each channel, or 0: bias (out,), weights (out, in, 3, 3) float32."""
    reach = np.abs(weights).sum((1, 2, 3))
    return np.where(bias >= np.maximum(least, STEADY * reach), bias, 0).astype(np.float32)


def made_of(levels: Floats, weights: Floats, side: int, dilation: int) -> tuple[Floats, Floats]:
    """Return what a convolution makes of levels (in,) in its first channels.

    `weights` (out, at least in, 3, 3) float32, `side` of its square output in pixels. The first is
    the value inside, (out,); the second (out, side, side) is added to that near the rim, where
    some weights see padding, which had no level.
    """
    taps = np.einsum("ocyx,c->oyx", weights[:, : len(levels)].astype(np.float64), levels)
    inside = taps.sum((1, 2))
    at = np.arange(side)
    valid = [(at + step >= 0) & (at + step < side) for step in (-dilation, 0, dilation)]
    whole = np.einsum("oyx,yr,xc->orc", taps, valid, valid, optimize=True)
    rim = whole - inside[:, None, None]
    return inside.astype(np.float32), rim.astype(np.float32)


def _handed_on(graph: Any) -> list[tuple[Any, Any]]:
    """Return each convolution with the one it is handed to, enlarged and first of all."""
    pairs = []
    for layer in graph.get_ordered_ops():
        if layer.get_type_name() == "Convolution":
            relu = _only(_only(layer, "Add"), "Relu")
            enlarged = _only(relu, "Interpolate")
            joined = _only(enlarged, "Concat")
            after = _only(joined, "Convolution")
            if after is not None and joined.input_value(0).get_node() == enlarged:
                pairs.append((layer, after))
    return pairs


def _relu(biased: Any) -> Any:
    """Return what follows, be it behind what was made up for."""
    return _only(biased, "Relu") or _only(_only(biased, "Add"), "Relu")


def _lower(relu: Any, levels: Floats, opset: Any) -> None:
    """Let a ReLU return less by its levels: max(x, 0) - level is max(x - level, -level)."""
    lower = opset.maximum(relu.input_value(0), -levels)
    relu.output(0).replace(lower.output(0))


def _make_up_for(levels: Floats, layer: Any, opset: Any) -> None:
    biased = _only(layer, "Add")
    side = layer.output(0).get_shape()[2]
    dilation = layer.get_attributes()["dilations"][0]
    inside, rim = made_of(levels, _constant(layer.input_value(1)), side, dilation)
    _set_bias(biased, _bias(biased) + inside, opset)
    users = list(biased.output(0).get_target_inputs())
    made = opset.add(biased, rim[None])
    for user in users:
        user.replace_source_output(made.output(0))


def _bias(biased: Any) -> Floats:
    """Return what is added to a convolution, one for each channel."""
    return _constant(biased.input_value(1)).ravel()


def _set_bias(biased: Any, bias: Floats, opset: Any) -> None:
    biased.input(1).replace_source_output(opset.constant(bias.reshape(1, -1, 1, 1)).output(0))


def _constant(value: Any) -> Floats:
    node = value.get_node()
    while node.get_type_name() != "Constant":  # a reshape of one
        node = node.input_value(0).get_node()
    return np.asarray(node.data, np.float32)


def _only(node: Any, kind: str) -> Any:
    """Return the operation of a kind that a node is handed to, if there is just one."""
    if node is None:
        return None
    users = [to.get_node() for to in node.output(0).get_target_inputs()]
    found = {user.get_friendly_name(): user for user in users if user.get_type_name() == kind}
    return next(iter(found.values())) if len(found) == 1 else None
