"""What the database broke off is done again, a few times."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from integrations.runs.acts import MOST_TRIES, again_if_broken_off


@pytest.mark.django_db(transaction=True)
def test_it_is_repeated_until_it_works_and_not_for_ever() -> None:
    tries: list[int] = []

    @again_if_broken_off
    def deadlocked(times: int) -> str:
        tries.append(times)
        if len(tries) <= times:
            raise OperationalError("deadlock detected")
        return "done"

    assert deadlocked(2) == "done"
    assert len(tries) == 3
    tries.clear()
    with pytest.raises(OperationalError):
        deadlocked(99)
    assert len(tries) == MOST_TRIES


@pytest.mark.django_db
def test_inside_another_transaction_it_is_not_repeated() -> None:
    tries: list[int] = []

    @again_if_broken_off
    def deadlocked() -> None:
        tries.append(1)
        raise OperationalError("deadlock detected")

    with pytest.raises(OperationalError):
        deadlocked()
    assert len(tries) == 1
