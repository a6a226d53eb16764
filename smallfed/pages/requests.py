"""Requests whose forms are either read or refused."""

from quart.formparser import FormDataParser
from quart_trio.wrappers import TrioRequest


class Request(TrioRequest):
    """A request as Quart knows it, except that a broken form raises ValueError instead of passing for an empty one."""

    def make_form_data_parser(self) -> FormDataParser:
        """Return a parser that does not hide what it cannot read."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser
