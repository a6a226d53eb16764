"""The place to visit, as fixtures."""

from tests.pages.conftest import empty, place

__all__ = ["empty", "place"]
