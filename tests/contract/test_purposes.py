"""What a console is there for: the gap report tells *backup without RMM* by it."""

from __future__ import annotations

import pytest

from integrations.choices import ConsolePurpose
from integrations.registry import CONNECTORS, connector_class


@pytest.mark.parametrize("kind", CONNECTORS)
def test_purposes_are_known_ones_and_a_product_tells_only_what_differs(kind: str) -> None:
    connector = connector_class(kind)

    assert connector.purposes <= set(ConsolePurpose)
    for product, purposes in connector.product_purposes.items():
        assert product
        assert purposes <= set(ConsolePurpose)
        assert purposes != connector.purposes


@pytest.mark.parametrize("kind", CONNECTORS)
def test_only_what_serves_a_purpose_tells_which_of_its_products_take_no_agent(kind: str) -> None:
    connector = connector_class(kind)
    assert connector.purposes or not connector.agentless_products
    assert connector.agentless_products.isdisjoint(connector.product_purposes)


def test_both_purposes_are_served_by_some_kind_of_console() -> None:
    declared = {purpose for kind in CONNECTORS for purpose in connector_class(kind).purposes}

    assert declared == set(ConsolePurpose)
