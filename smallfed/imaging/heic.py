"""HEIC, as iPhones take pictures: read by a library that is installed on request, and loaded in child processes alone.

It is apart from everything else because its decoder (libheif with libde265) is large, and its licence is the LGPL.
"""

from functools import cache
from importlib.util import find_spec

from smallfed.errors import Invalid

MISSING = "This server cannot read HEIC yet: install smallfed with its extra `heic`, as README says."


@cache
def is_there() -> bool:
    """Whether HEIC can be read here."""
    return find_spec("pillow_heif") is not None


@cache
def prepare() -> None:
    """Let Pillow read HEIC from now on; Invalid where the library is missing."""
    if not is_there():
        raise Invalid(MISSING)
    import pillow_heif  # lazily: see the package

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
