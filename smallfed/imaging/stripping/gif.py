"""GIF without comments, texts, and blocks of applications but for how often it is repeated.

Spec: GIF89a §§15–27.
"""

from smallfed.imaging.animations import frames_of_gif, stripped_gif
from smallfed.imaging.stripping.stripped import Stripped, broken


def strip_gif(data: bytes) -> Stripped:
    """Return the picture; what follows its end is left out."""
    kept = stripped_gif(data)
    frames = frames_of_gif(kept)
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if not frames or not width or not height:
        raise broken("a GIF without a picture")
    return Stripped(data=kept, width=width, height=height, moves=frames > 1)
