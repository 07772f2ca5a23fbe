"""Plain colour JPEG straight to BGR: half the time of the general way, for the pictures that phones send."""

from __future__ import annotations

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from service.imaging.colour import needs_colour_transform

__all__ = ["jpeg_to_bgr"]


def jpeg_to_bgr(data: bytes, header: Image.Image, reduce: int) -> NDArray[np.uint8] | None:
    """(height, width, 3) BGR, each side divided by ``reduce``; None where the general way must be taken.

    That is the case for another colour model than three-channel colour, for an embedded colour profile that
    matters, and wherever the decoder has any complaint: the general way then tells what is wrong.
    """
    if header.mode != "RGB" or needs_colour_transform(header):
        return None
    height, width = -(-header.height // reduce), -(-header.width // reduce)
    try:
        pixels = simplejpeg.decode_jpeg(
            data, colorspace="BGR", min_height=height, min_width=width, min_factor=reduce, strict=True
        )
    except ValueError:
        return None
    return np.asarray(pixels, np.uint8) if pixels.shape[:2] == (height, width) else None
