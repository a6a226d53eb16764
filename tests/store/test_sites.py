"""SQL and policy agree on what is registered of a host."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.uris import bare
from smallfed.policy.sites import registrable
from smallfed.store.trends import site
from tests.world import empty_tx

LABEL = st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True)


@given(labels=st.lists(LABEL, min_size=1, max_size=5))
def test_both_say_the_same(labels: list[str]) -> None:
    host = ".".join(labels)

    found = empty_tx().one(f"SELECT {site('a')} FROM (SELECT ? AS origin) a", host)

    assert found == (registrable(bare(host)),)


@pytest.mark.parametrize(("host", "expected"), [("A.B.Example", "b.example"), ("example", "example")])
def test_examples(host: str, expected: str) -> None:
    assert empty_tx().one(f"SELECT {site('a')} FROM (SELECT ? AS origin) a", host) == (expected,)
