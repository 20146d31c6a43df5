"""U-2-Net and IS-Net as modules of our own, filled from the ONNX files that were verified.

Structure: Qin et al. 2020, U-2-Net, doi 10.1016/j.patcog.2020.107404, and Qin et al. 2022, Highly
Accurate Dichotomous Image Segmentation, arXiv 2203.03041. Batch normalisation is part of the
convolutions in these files already.
"""

from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.errors import EngineError
from inference.runtimes.level import levels_in, made_of

DEPTHS = (7, 6, 5, 4, 0, 0, 0, 4, 5, 6, 7)
"""Of the U-shaped blocks on the way down and up again; 0 is the one that never shrinks."""
DOWN = 6
"""So many of them are on the way down, and so many side outputs there are."""
FLAT_DEPTH = 4
"""Of the block that never shrinks."""


class Up(nn.Module):
    """A layer on the way up and its ReLU, from which levels can be taken: see `level`."""

    floor: Tensor
    rim: Tensor

    def __init__(self, layer: nn.Conv2d) -> None:
        super().__init__()
        self.layer = layer
        self.side = 0
        """Of the last picture that it has made, in pixels."""
        self.register_buffer("floor", torch.zeros(1, 1, 1, 1))
        self.register_buffer("rim", torch.zeros(1, 1, 1, 1))

    def forward(self, picture: Tensor) -> Tensor:
        made: Tensor = self.layer(picture)
        self.side = made.shape[-1]
        if self.rim.numel() > 1:
            made = made + self.rim
        return torch.maximum(made, self.floor)

    def take_out_levels(self, after: "Up", least: float) -> None:
        """Take them out, and put what they would have become into the layer after this one."""
        own, next_one = self.layer, after.layer
        assert own.bias is not None
        assert next_one.bias is not None
        levels = levels_in(own.bias.numpy(), own.weight.numpy(), least)
        if levels.any():
            inside, rim = made_of(levels, next_one.weight.numpy(), after.side, next_one.dilation[0])
            own.bias -= torch.from_numpy(levels)
            self.floor = torch.from_numpy(-levels).reshape(1, -1, 1, 1)
            next_one.bias += torch.from_numpy(inside)
            after.rim = torch.from_numpy(rim)[None]


class Block(nn.Module):
    """A U in the U: it shrinks and grows again inside, or looks wider instead of shrinking."""

    def __init__(self, layers: Iterator[nn.Conv2d], depth: int) -> None:
        super().__init__()
        self.shrinks = depth > 0
        depth = depth or FLAT_DEPTH
        self.entry = next(layers)
        self.down = nn.ModuleList(islice(layers, depth))
        self.up = nn.ModuleList(Up(layer) for layer in islice(layers, depth - 1))

    def forward(self, picture: Tensor) -> Tensor:
        entered = functional.relu(self.entry(picture))
        seen = [functional.relu(self.down[0](entered))]
        for number, layer in enumerate(self.down[1:], start=1):
            before = seen[-1]
            if self.shrinks and number < len(self.down) - 1:  # the last one looks wider
                before = _halved(before)
            seen.append(functional.relu(layer(before)))
        grown = seen.pop()
        for layer in self.up:
            behind = seen.pop()
            grown = layer(torch.cat([_like(grown, behind), behind], 1))
        return grown + entered


class Salient(nn.Module):
    """The whole network: (n, 3, side, side) normalised pixels to (n, 1, side, side), 0..1."""

    def __init__(self, layers: Iterator[nn.Conv2d], *, has_entry: bool) -> None:
        super().__init__()
        self.entry = next(layers) if has_entry else None
        self.blocks = nn.ModuleList(Block(layers, depth) for depth in DEPTHS)
        self.sides = nn.ModuleList(islice(layers, DOWN))
        self.join = next(layers, None)
        """Weighs the side outputs of U-2-Net; IS-Net takes the finest one alone."""

    def take_out_levels(self, side: int, least: float) -> None:
        """Make a float32 network fit for bfloat16; `side` is that of its pictures in pixels."""
        with torch.inference_mode():
            self(torch.zeros(1, 3, side, side))  # each layer learns how large its pictures are
        blocks: Any = self.blocks
        for block in blocks:
            for layer, after in pairwise(block.up):
                layer.take_out_levels(after, least)

    def forward(self, pixels: Tensor) -> Tensor:
        now = self.entry(pixels) if self.entry else pixels
        seen = []
        for number, block in enumerate(self.blocks[:DOWN]):
            now = block(_halved(now) if number else now)
            seen.append(now)
        up = [seen.pop()]
        for block in self.blocks[DOWN:]:
            behind = seen.pop()
            up.append(block(torch.cat([_like(up[-1], behind), behind], 1)))
        up.reverse()  # the finest one first, as the sides are
        if self.join is None:
            return torch.sigmoid(_like(self.sides[0](up[0]), pixels))
        sides = [side(one) for side, one in zip(self.sides, up, strict=True)]
        joined = torch.cat([sides[0], *(_like(side, sides[0]) for side in sides[1:])], 1)
        return torch.sigmoid(self.join(joined))


def load(file: Path) -> Salient:
    """Build the network of an ONNX file, in float32. Raises EngineError for any other network.

    The file has its convolutions in the order in which they are computed, which is that of the
    modules; what does not fit is refused, by number or by form. A file that is no ONNX at all is
    a RuntimeError, as it is to the other runtimes.
    """
    import onnx  # noqa: PLC0415 needed once
    from google.protobuf.message import DecodeError  # noqa: PLC0415 as onnx reads its files
    from onnx import numpy_helper  # noqa: PLC0415

    try:
        graph = onnx.load(file).graph
    except DecodeError as error:
        raise RuntimeError(f"{file} is no ONNX file") from error
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes = [node for node in graph.node if node.op_type == "Conv"]
    try:
        layers = [_layer(node, values) for node in nodes]
        has_entry = layers[0].stride != (1, 1)
        left = iter(layers)
        network = Salient(left, has_entry=has_entry)
    except (IndexError, KeyError, StopIteration, ValueError) as error:
        raise EngineError(f"{file} is no U-2-Net or IS-Net.") from error
    if sum(1 for _ in left):
        raise EngineError(f"{file} has more layers than a U-2-Net or IS-Net.")
    return network.eval()


def _layer(node: Any, values: dict[str, Any]) -> nn.Conv2d:
    told = {attribute.name: list(attribute.ints) for attribute in node.attribute}
    weight, bias = (torch.from_numpy(values[name].astype("float32")) for name in node.input[1:])
    layer = nn.Conv2d(
        weight.shape[1],
        weight.shape[0],
        tuple(told["kernel_shape"]),
        stride=tuple(told["strides"]),
        padding=tuple(told["pads"][:2]),
        dilation=tuple(told["dilations"]),
    )
    layer.weight = nn.Parameter(weight, requires_grad=False)
    layer.bias = nn.Parameter(bias, requires_grad=False)
    return layer


def _halved(picture: Tensor) -> Tensor:
    return functional.max_pool2d(picture, 2, 2, ceil_mode=True)


def _like(picture: Tensor, other: Tensor) -> Tensor:
    """Return a picture at the size of another one."""
    return functional.interpolate(
        picture, size=other.shape[2:], mode="bilinear", align_corners=False
    )
