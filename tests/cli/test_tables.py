"""Tables at the terminal: columns where there is room for them, lines where there is not."""

from smallfed.cli.tables import table

HEADINGS = ("RELAY", "STATE", "POSTS")
ROWS = [("https://relay.example/inbox", "accepted", 12), ("https://other.example/actor", "", 0)]


def test_columns_are_as_wide_as_they_need() -> None:
    assert table(HEADINGS, ROWS, room=44) == (
        "RELAY                        STATE     POSTS\n"
        "https://relay.example/inbox  accepted  12\n"
        "https://other.example/actor            0"
    )


def test_where_they_do_not_fit_each_has_a_line() -> None:
    """What is empty has none."""
    assert table(HEADINGS, ROWS, room=43) == (
        "RELAY  https://relay.example/inbox\nSTATE  accepted\nPOSTS  12\n\nRELAY  https://other.example/actor\nPOSTS  0"
    )
