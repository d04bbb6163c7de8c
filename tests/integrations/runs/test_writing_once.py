"""Writing once: what becomes of an intention when answers are lost, refused, late or never came."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from integrations.choices import Answer, ConnectionState, IntentionKind, IntentionState
from integrations.models import HaloCredential, Instance, Intention
from integrations.net.errors import BadAnswer, Unreachable
from integrations.records import WriteAnswer
from integrations.runs.delivery import Delivered, deliver
from integrations.runs.writing import Cancelled, begin, settle_done, take_for_look_up
from integrations.sync.safety import BudgetExhausted
from tests.builders import make_credential, make_intention

pytestmark = pytest.mark.django_db
START = datetime.fromisoformat("2026-11-20T12:00:00+00:00")


@dataclass
class FakeHalo:
    """Answers from a list; `held` is what it has executed, by marker."""

    answers: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    looks: int = 0
    executes_lost: bool = True
    nothing_to_do: bool = False
    never_sent: bool = True
    not_let_in: set[int] = field(default_factory=set)
    poison: set[int] = field(default_factory=set)
    blind: bool = False
    out_of_budget: bool = False

    def payload(self, intention: Intention) -> dict[str, Any]:
        if self.nothing_to_do:
            raise Cancelled("It was resolved before it was sent.")
        if intention.pk in self.poison:
            raise ValueError("a text that nobody thought of")
        return {"marker": intention.marker}

    def send(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer:
        assert Intention.objects.get(pk=intention.pk).state == IntentionState.SENDING
        outcome = self.answers.pop(0) if self.answers else Answer.DONE
        if outcome == Answer.DONE or (outcome == Answer.UNCERTAIN and self.executes_lost):
            self.held.append(payload["marker"])
        halo_id = len(self.held) if outcome == Answer.DONE else None
        status = 401 if intention.halo_credential_id in self.not_let_in else None
        if status:
            self.held.clear()
            return WriteAnswer(Answer.PAUSE, message="Not let in.", safe_to_repeat=True, status=status)
        return WriteAnswer(outcome, halo_id=halo_id, message=outcome, safe_to_repeat=self.never_sent)

    def look_up(self, intention: Intention) -> int | None:
        self.looks += 1
        if self.out_of_budget:
            raise BudgetExhausted(60)
        if self.blind:
            raise BadAnswer("HaloPSA did not search.")
        return self.held.index(intention.marker) + 1 if intention.marker in self.held else None

    def done(self, intention: Intention) -> None:
        self.finished.append(intention.marker)

    def refused(self, intention: Intention) -> None:
        self.refusals.append(intention.answer)


def go(halo: FakeHalo, instance: Instance) -> Delivered:
    return deliver(
        instance,
        [IntentionKind.CREATE_TICKET, IntentionKind.ADD_NOTE],
        lambda _: halo,
        probe=lambda: None,
        renew=lambda: None,
        time_is_up=lambda: False,
    )


def test_what_is_planned_is_sent_once_and_done() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo()
    assert go(halo, credential.instance).done == 1
    assert go(halo, credential.instance).done == 0
    intention.refresh_from_db()
    assert (intention.state, intention.halo_id) == (IntentionState.DONE, 1)
    assert halo.held == [intention.marker]


def test_the_second_of_a_lane_waits_for_the_first() -> None:
    credential = make_credential()
    first = make_intention(credential, lane="ticket:7", sequence=1)
    second = make_intention(credential, lane="ticket:7", sequence=2, kind=IntentionKind.ADD_NOTE)
    halo = FakeHalo(answers=[Answer.UNCERTAIN])
    with time_machine.travel(START, tick=False) as clock:
        go(halo, credential.instance)
        assert Intention.objects.get(pk=second.pk).state == IntentionState.PLANNED
        clock.shift(121)
        go(halo, credential.instance)
    assert halo.held == [first.marker, second.marker]


def test_a_lost_answer_is_looked_up_after_a_rest_and_found() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo(answers=[Answer.UNCERTAIN])
    with time_machine.travel(START, tick=False) as clock:
        result = go(halo, credential.instance)
        assert result.not_before == START + timedelta(seconds=120)
        clock.shift(119)
        go(halo, credential.instance)
        assert halo.looks == 0
        clock.shift(2)
        go(halo, credential.instance)
    intention.refresh_from_db()
    assert intention.state == IntentionState.DONE
    assert halo.held == [intention.marker]
    assert halo.finished == [intention.marker]


def test_two_empty_look_ups_sixty_seconds_apart_allow_one_repeat() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo(answers=[Answer.UNCERTAIN], executes_lost=False)
    with time_machine.travel(START, tick=False) as clock:
        go(halo, credential.instance)
        clock.shift(121)
        go(halo, credential.instance)
        assert (halo.looks, halo.held) == (1, [])
        clock.shift(30)
        go(halo, credential.instance)
        assert halo.looks == 1
        clock.shift(31)
        go(halo, credential.instance)
    intention.refresh_from_db()
    assert (halo.looks, intention.state, intention.attempts) == (2, IntentionState.DONE, 1)


def test_after_two_repeats_staff_decide() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo(answers=[Answer.UNCERTAIN] * 10, executes_lost=False)
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(40):
            go(halo, credential.instance)
            clock.shift(61)
    intention.refresh_from_db()
    assert intention.state == IntentionState.STAFF
    assert intention.attempts == 2
    assert len(halo.answers) == 7  # three sendings in all


def test_a_refusal_keeps_halos_words_and_the_rest_goes_on() -> None:
    credential = make_credential()
    refused, fine = make_intention(credential), make_intention(credential)
    halo = FakeHalo(answers=[Answer.REFUSED])
    result = go(halo, credential.instance)
    assert (result.refused, result.done) == (1, 1)
    refused.refresh_from_db()
    assert (refused.state, halo.refusals) == (IntentionState.REFUSED, [Answer.REFUSED])
    assert Intention.objects.get(pk=fine.pk).state == IntentionState.DONE


def test_an_unreachable_halo_pauses_the_instance_and_uses_up_no_attempt() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo(answers=[Answer.PAUSE])
    with time_machine.travel(START, tick=False) as clock:
        assert go(halo, credential.instance).not_before == START + timedelta(seconds=30)
        intention.refresh_from_db()
        assert (intention.state, intention.attempts, intention.sent_at) == (IntentionState.PLANNED, 0, None)
        assert go(halo, credential.instance).done == 0
        clock.shift(31)
        assert go(halo, credential.instance).done == 1
    assert Instance.objects.get().paused_since is None


def test_a_503_is_looked_up_before_the_repeat_and_uses_up_no_attempt() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo(answers=[Answer.PAUSE] * 5, never_sent=False)
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(60):
            go(halo, credential.instance)
            clock.shift(31)
    intention.refresh_from_db()
    assert (intention.state, intention.attempts) == (IntentionState.DONE, 0)
    assert halo.held == [intention.marker]
    assert halo.looks == 10


def test_the_pause_goes_on_until_a_probe_succeeds() -> None:
    credential = make_credential()
    make_intention(credential)
    halo = FakeHalo(answers=[Answer.PAUSE])

    def still_down() -> None:
        raise Unreachable("HaloPSA cannot be reached.")

    with time_machine.travel(START, tick=False) as clock:
        go(halo, credential.instance)
        clock.shift(31)
        result = deliver(
            credential.instance,
            [IntentionKind.CREATE_TICKET],
            lambda _: halo,
            probe=still_down,
            renew=lambda: None,
            time_is_up=lambda: False,
        )
    assert (result.done, halo.held) == (0, [])
    instance = Instance.objects.get()
    assert instance.paused_since == START
    assert instance.pause_reason == "HaloPSA cannot be reached."


def test_a_worker_that_died_while_sending_leaves_a_question_not_a_second_ticket() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo()
    with time_machine.travel(START, tick=False) as clock:
        began = begin([intention])
        halo.held.append(began[0].marker)  # executed, then kill -9
        for _ in range(5):
            clock.shift(40)
            go(halo, credential.instance)
    intention.refresh_from_db()
    assert intention.state == IntentionState.DONE
    assert halo.held == [intention.marker]


def test_only_one_of_two_workers_gets_an_intention() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    assert len(begin([intention])) == 1
    assert begin([intention]) == []


def test_an_answer_that_comes_after_somebody_else_settled_it_changes_nothing() -> None:
    credential = make_credential()
    halo = FakeHalo()
    with time_machine.travel(START, tick=False) as clock:
        late = begin([make_intention(credential)])[0]
        clock.shift(121)
        taken = take_for_look_up(Intention.objects.get(pk=late.pk))
        assert taken
        assert settle_done(taken, 99, halo)
        assert not settle_done(late, 100, halo)
    assert Intention.objects.get().halo_id == 99
    assert len(halo.finished) == 1


def test_a_used_up_budget_puts_the_intention_back() -> None:
    credential = make_credential()
    make_intention(credential)

    class Full(FakeHalo):
        def send(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer:
            raise BudgetExhausted(50)

    with pytest.raises(BudgetExhausted):
        go(Full(), credential.instance)
    assert Intention.objects.get().state == IntentionState.PLANNED


def test_a_credential_that_is_not_let_in_rests_and_the_others_of_the_instance_go_on() -> None:
    good = make_credential()
    bad = make_credential(instance=good.instance)
    first, second = make_intention(bad), make_intention(good)
    with time_machine.travel(START, tick=False) as clock:
        go(FakeHalo(not_let_in={bad.pk}), good.instance)
        assert Intention.objects.get(pk=second.pk).state == IntentionState.DONE
        first.refresh_from_db()
        assert (first.state, first.attempts) == (IntentionState.PLANNED, 0)
        bad.refresh_from_db()
        assert (bad.state, bad.state_reason) == (ConnectionState.FAILED, "Not let in.")
        assert Instance.objects.get().paused_since is None
        clock.shift(31)
        go(FakeHalo(), good.instance)
    assert Intention.objects.get(pk=first.pk).state == IntentionState.DONE


def test_one_that_cannot_be_written_waits_for_staff_and_the_others_go_on() -> None:
    credential = make_credential()
    bad, good = make_intention(credential), make_intention(credential)
    go(FakeHalo(poison={bad.pk}), credential.instance)
    bad.refresh_from_db()
    assert bad.state == IntentionState.STAFF
    assert "nobody thought" not in bad.answer
    assert Intention.objects.get(pk=good.pk).state == IntentionState.DONE


def test_a_look_up_that_never_works_is_left_to_staff_after_an_hour() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo(answers=[Answer.UNCERTAIN], blind=True)
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(130):
            go(halo, credential.instance)
            clock.shift(31)
    intention.refresh_from_db()
    assert intention.state == IntentionState.STAFF
    assert "HaloPSA did not search." in intention.answer


def test_the_hour_begins_with_the_first_look_up_that_fails() -> None:
    """What was sent before a long outage is not given up at the first trouble after it."""
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo(answers=[Answer.UNCERTAIN], blind=True)
    with time_machine.travel(START, tick=False) as clock:
        go(halo, credential.instance)
        clock.shift(9 * 3600)
        go(halo, credential.instance)
        intention.refresh_from_db()
        assert intention.state == IntentionState.UNCERTAIN
        halo.blind = False
        for _ in range(4):
            clock.shift(121)
            go(halo, credential.instance)
    intention.refresh_from_db()
    assert intention.state == IntentionState.DONE


def test_our_own_limit_is_no_failure_of_a_look_up() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    halo = FakeHalo(answers=[Answer.UNCERTAIN], out_of_budget=True)
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(130):
            go(halo, credential.instance)
            clock.shift(61)
    intention.refresh_from_db()
    assert intention.state == IntentionState.UNCERTAIN


def test_nothing_is_sent_in_observe_mode_or_while_writing_is_stopped() -> None:
    credential = make_credential(write_mode="observe")
    make_intention(credential)
    halo = FakeHalo()
    assert go(halo, credential.instance).done == 0
    HaloCredential.objects.update(write_mode="write")
    Instance.objects.update(writes_stopped=True)
    assert go(halo, credential.instance).done == 0
    Instance.objects.update(writes_stopped=False)
    assert go(halo, credential.instance).done == 1


def test_what_has_become_needless_is_cancelled_with_its_reason() -> None:
    credential = make_credential()
    make_intention(credential)
    go(FakeHalo(nothing_to_do=True), credential.instance)
    row = Intention.objects.get()
    assert (row.state, row.answer) == (IntentionState.CANCELLED, "It was resolved before it was sent.")


def test_a_process_that_was_held_up_before_the_call_does_not_call() -> None:
    credential = make_credential()
    make_intention(credential)
    halo = FakeHalo()
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        import integrations.runs.delivery as delivery

        real = delivery.begin

        def slow(intentions: list[Intention]) -> list[Intention]:
            began = real(intentions)
            clock.shift(6)
            return began

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delivery, "begin", slow)
            rounds = iter([False, True])
            deliver(
                credential.instance,
                [IntentionKind.CREATE_TICKET],
                lambda _: halo,
                probe=lambda: None,
                renew=lambda: None,
                time_is_up=lambda: next(rounds),
            )
    assert halo.held == []
    assert Intention.objects.get().state == IntentionState.PLANNED
