"""Layered files for Photoshop, GIMP and Affinity: background, shadow, and a masked subject."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.colour import srgb_profile
from inference.compose import Layers
from inference.frame import box_of
from inference.output import Output

Bytes = NDArray[np.uint8]

BACKGROUND, SHADOW, SUBJECT = "Background", "Shadow", "Subject"
FIXED = 1 << 16
"""One, in the 16.16 numbers in which Photoshop keeps resolutions."""
PER_INCH, INCHES = 1, 1
"""Units of ResolutionInfo (Adobe Photoshop File Formats Specification, image resource 1005)."""


def write_psd(layers: Layers, flat: Bytes, output: Output) -> bytes:
    """Return a PSD of layers, and of what they look like together for programs without layers.

    `flat` (height, width, 3 or 4) uint8 sRGB is that picture. The subject has all of its pixels,
    behind a mask: a brush on it brings them back. 8 bits a channel, RLE.
    """
    from psd_tools import PSDImage  # noqa: PLC0415 seldom needed
    from psd_tools.constants import Resource  # noqa: PLC0415
    from psd_tools.psd.image_resources import ImageResource  # noqa: PLC0415

    psd = PSDImage.frompil(Image.fromarray(flat))
    if layers.ground is not None:
        psd.create_pixel_layer(Image.fromarray(layers.ground), BACKGROUND)
    if layers.shadow is not None:
        left, top, width, height = box_of(layers.shadow.alpha, least=1)
        rows, columns = slice(top, top + height), slice(left, left + width)
        colours = np.ascontiguousarray(layers.shadow.colours[rows, columns])
        shadow = psd.create_pixel_layer(Image.fromarray(colours), SHADOW, top=top, left=left)
        shadow.create_mask(
            Image.fromarray(np.ascontiguousarray(layers.shadow.alpha[rows, columns]))
        )
    subject = psd.create_pixel_layer(Image.fromarray(layers.pixels), SUBJECT)
    subject.create_mask(Image.fromarray(layers.alpha))
    resources = {Resource.ICC_PROFILE: srgb_profile()}
    if output.dpi:
        resources[Resource.RESOLUTION_INFO] = _resolution(output.dpi)
    for key, data in resources.items():
        psd.image_resources[key] = ImageResource(key=key.value, data=data)
    file = io.BytesIO()
    psd.save(file)
    return file.getvalue()


def _resolution(dpi: int) -> bytes:
    number = (dpi * FIXED).to_bytes(4, "big")
    units = PER_INCH.to_bytes(2, "big") + INCHES.to_bytes(2, "big")
    return (number + units) * 2
