"""What the courier is promised: order, pace, one at a time, nothing lost or doubled."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from approvals.errors import Unknown
from approvals.ids import ChannelId, RunId, UserId
from approvals.placing import card_thing, run_thing
from approvals.requests import ApprovalRequest
from approvals.runs import Run
from approvals.showing import Manner, Place, Rank, Thing, ThingKind, Wanted
from storage.database import Database
from storage.postings import Claim, SqlPostings
from storage.store import SqlStore
from tests.builders import (
    APPROVER,
    CHANNEL,
    REQUESTER,
    START,
    TEAM,
    SteppedClock,
    a_request,
    a_run,
    an_ask,
)

LEASE = timedelta(seconds=30)
A_POST = timedelta(seconds=1 / 0.9)
A_WHILE = timedelta(minutes=5)
OTHER_CHANNEL = ChannelId("C0RANDOM")


@dataclass
class Courier:
    """A courier whose Slack always answers; `sent` are its calls."""

    name: str
    postings: SqlPostings
    clock: SteppedClock

    def claim(self, limit: int = 10) -> list[Claim]:
        return self.postings.claim(self.name, self.clock.now(), LEASE, limit)

    def claim_one(self) -> Claim:
        (claim,) = self.claim()
        return claim

    def show(self, claim: Claim) -> bool:
        ts = claim.ts or f"{self.clock.now().timestamp():.6f}{self.name}"
        channel = ChannelId(claim.wanted.place.conversation)
        return self.postings.shown(claim, self.clock.now(), channel, ts)

    def deliver(self, limit: int = 10) -> list[Claim]:
        """Show all that may be claimed now."""
        claims = self.claim(limit)
        for claim in claims:
            self.show(claim)
        return claims

    def deliver_all(self) -> list[tuple[datetime, Claim]]:
        """Deliver until nothing is due, at the times at which something may be."""
        sent: list[tuple[datetime, Claim]] = []
        while (at := self.postings.next_at(self.clock.now())) is not None:
            self.clock.at = max(at, self.clock.at)
            sent += [(self.clock.at, claim) for claim in self.deliver()]
        return sent


@pytest.fixture
def postings(database: Database) -> SqlPostings:
    return SqlPostings(database)


@pytest.fixture
def courier(postings: SqlPostings, clock: SteppedClock) -> Courier:
    return Courier("one", postings, clock)


@pytest.fixture
def rival(postings: SqlPostings, clock: SteppedClock) -> Courier:
    return Courier("two", postings, clock)


@pytest.fixture
def run(store: SqlStore) -> Run:
    run = a_run()
    with store.write() as unit:
        unit.add_run(run)
    return run


def want(store: SqlStore, *wanted: Wanted) -> None:
    with store.write() as unit:
        unit.show(wanted)


def refresh(store: SqlStore, thing: Thing, rank: Rank) -> None:
    with store.write() as unit:
        unit.refresh(thing, rank)


def of_run(run: Run, rank: Rank = Rank.NOTICE) -> Wanted:
    return Wanted(
        thing=run_thing(run.id), place=Place(conversation=run.channel), rank=rank
    )


def cards(store: SqlStore, run: Run, count: int) -> list[ApprovalRequest]:
    requests = [a_request(run, ask=an_ask(revision=n + 1)) for n in range(count)]
    with store.write() as unit:
        for request in requests:
            unit.add_request(request)
    return requests


def a_card(
    request: ApprovalRequest,
    conversation: ChannelId | UserId = CHANNEL,
    rank: Rank = Rank.CARD,
    under: Thing | None = None,
) -> Wanted:
    return Wanted(
        thing=card_thing(request.id),
        place=Place(conversation=conversation),
        rank=rank,
        under=under,
    )


def ids(things: Iterable[Claim]) -> list[str]:
    return [claim.wanted.thing.id for claim in things]


def test_what_is_wanted_is_claimed_as_it_was_wanted(
    store: SqlStore, courier: Courier, run: Run
) -> None:
    """A claim carries all that the courier needs to draw and post."""
    wanted = replace(of_run(run), ping=(REQUESTER, APPROVER), manner=Manner.ONCE)
    want(store, wanted)

    claim = courier.claim_one()

    assert wanted == claim.wanted
    assert (TEAM, 1, True, 1) == (
        claim.team,
        claim.version,
        claim.is_new,
        claim.attempts,
    )
    assert (None, None, None, None) == (
        claim.channel,
        claim.ts,
        claim.parent_channel,
        claim.parent_ts,
    )


def test_a_thing_of_nobody_is_refused(store: SqlStore) -> None:
    """What belongs to no run or request has no team, and cannot be shown."""
    stranger = Thing(kind=ThingKind.CARD, id="none")

    with pytest.raises(Unknown):
        want(
            store,
            Wanted(thing=stranger, place=Place(conversation=CHANNEL), rank=Rank.NOTICE),
        )


def test_what_was_shown_is_done(
    store: SqlStore, courier: Courier, postings: SqlPostings, run: Run
) -> None:
    """Shown = wanted: nothing is due, and the posting knows its message."""
    want(store, of_run(run))
    claim = courier.claim_one()

    assert courier.show(claim)

    (posting,) = postings.of_thing(run_thing(run.id))
    assert (1, 1) == (posting.version, posting.shown)
    assert posting == postings.find(CHANNEL, posting.ts or "")
    assert postings.next_at(START + A_WHILE) is None


def test_a_burst_of_wants_becomes_one_update(
    store: SqlStore, courier: Courier, run: Run, clock: SteppedClock
) -> None:
    """However often the state changes, the newest is shown once."""
    want(store, of_run(run))
    courier.deliver()
    for _ in range(20):
        refresh(store, run_thing(run.id), Rank.PROGRESS)
    clock.move(A_WHILE)

    claim = courier.claim_one()

    assert (21, False) == (claim.version, claim.is_new)
    assert courier.show(claim)
    assert not courier.claim()


def test_a_change_while_it_is_shown_is_shown_next(
    store: SqlStore, courier: Courier, run: Run, clock: SteppedClock
) -> None:
    """What changes between drawing and storing is not lost."""
    want(store, of_run(run))
    claim = courier.claim_one()
    refresh(store, run_thing(run.id), Rank.NOTICE)
    courier.show(claim)
    clock.move(A_WHILE)

    again = courier.claim_one()

    assert (1, 2) == (claim.version, again.version)
    assert not again.is_new


def test_once_is_said_once(store: SqlStore, courier: Courier, run: Run) -> None:
    """A thing said once is neither said again nor changed."""
    result = Wanted(
        thing=Thing(kind=ThingKind.RESULT, id=run.id),
        place=Place(conversation=CHANNEL),
        rank=Rank.NOTICE,
        manner=Manner.ONCE,
    )
    want(store, result)
    courier.deliver()

    want(store, result)
    refresh(store, result.thing, Rank.SETTLED)

    assert not courier.deliver_all()


def test_refreshing_reaches_every_place(
    store: SqlStore, courier: Courier, run: Run
) -> None:
    """Every copy of a card, in channels and DMs, is drawn anew."""
    (request,) = cards(store, run, 1)
    want(store, a_card(request), a_card(request, APPROVER))
    courier.deliver_all()
    refresh(store, card_thing(request.id), Rank.SETTLED)

    redrawn = courier.deliver_all()

    places = {claim.wanted.place.conversation for _, claim in redrawn}
    assert {CHANNEL, APPROVER} == places


def test_two_couriers_never_hold_the_same(
    store: SqlStore, courier: Courier, rival: Courier, run: Run
) -> None:
    """What one has claimed, another does not get while the lease runs."""
    want(store, of_run(run))
    courier.claim_one()

    assert not rival.claim()


def test_one_call_per_conversation_is_in_flight(
    store: SqlStore, courier: Courier, rival: Courier, run: Run
) -> None:
    """While a post to a channel is under way, its next one waits; other channels not."""
    first, second = cards(store, run, 2)
    want(store, a_card(first), a_card(second), a_card(second, OTHER_CHANNEL))

    held = courier.claim(limit=1) + rival.claim()

    assert [CHANNEL, OTHER_CHANNEL] == [
        claim.wanted.place.conversation for claim in held
    ]


def test_a_lease_that_ran_out_is_claimed_again_under_the_same_key(
    store: SqlStore, courier: Courier, rival: Courier, run: Run, clock: SteppedClock
) -> None:
    """A post of unknown fate is posted again; its key tells the copies apart."""
    want(store, of_run(run))
    lost = courier.claim_one()
    clock.move(LEASE)

    again = rival.claim_one()

    assert (lost.id, lost.key) == (again.id, again.key)
    assert (1, 2) == (lost.attempts, again.attempts)
    assert again.is_new


def test_of_two_copies_the_first_that_is_stored_stays(
    store: SqlStore, courier: Courier, rival: Courier, run: Run, clock: SteppedClock
) -> None:
    """Who posted after the lease was over is told to delete the copy."""
    want(store, of_run(run))
    slow = courier.claim_one()
    clock.move(LEASE)
    quick = rival.claim_one()

    assert rival.show(quick)
    assert not courier.show(slow)


def test_a_late_failure_changes_nothing(
    store: SqlStore, courier: Courier, rival: Courier, run: Run, clock: SteppedClock
) -> None:
    """Who has lost the lease cannot give up what another holds."""
    want(store, of_run(run))
    slow = courier.claim_one()
    clock.move(LEASE)
    quick = rival.claim_one()

    courier.postings.failed(slow, clock.now(), "too late", None)

    assert rival.show(quick)
    assert not courier.postings.given_up()


def test_a_child_waits_for_its_parent(
    store: SqlStore, courier: Courier, run: Run, clock: SteppedClock
) -> None:
    """A reply is not posted before the message it goes under; then it knows where."""
    (request,) = cards(store, run, 1)
    want(store, a_card(request, under=run_thing(run.id)), of_run(run))

    parent = courier.claim_one()
    clock.move(A_WHILE)
    courier.postings.shown(parent, clock.now(), ChannelId("C0MOVED"), "17.5")
    child = courier.claim_one()

    assert [run.id, request.id] == ids([parent, child])
    assert ("C0MOVED", "17.5") == (child.parent_channel, child.parent_ts)


def test_the_most_urgent_goes_first_then_the_oldest(
    store: SqlStore, courier: Courier, run: Run, clock: SteppedClock
) -> None:
    """Settled, new cards, notices; within a rank by age."""
    notice, new, old, settled = cards(store, run, 4)
    want(store, a_card(notice, rank=Rank.NOTICE), a_card(old))
    clock.move(timedelta(seconds=1))
    want(store, a_card(new), a_card(settled, rank=Rank.SETTLED))

    sent = [claim for _, claim in courier.deliver_all()]

    assert [settled.id, old.id, new.id, notice.id] == ids(sent)


def test_what_is_wanted_in_one_unit_goes_in_its_order(
    store: SqlStore, courier: Courier, run: Run
) -> None:
    """A result and its file, wanted at one moment, never change places."""
    requests = cards(store, run, 6)
    want(store, *(a_card(request) for request in requests))

    sent = [claim for _, claim in courier.deliver_all()]

    assert [request.id for request in requests] == ids(sent)


def test_a_waiting_card_keeps_its_age_and_its_urgency(
    store: SqlStore, courier: Courier, run: Run, clock: SteppedClock
) -> None:
    """Wanting again what still waits never sends it to the end of the line."""
    first, second = cards(store, run, 2)
    want(store, a_card(first))
    clock.move(timedelta(seconds=1))
    want(store, a_card(second))
    refresh(store, card_thing(first.id), Rank.PROGRESS)

    sent = [claim for _, claim in courier.deliver_all()]

    assert [first.id, second.id] == ids(sent)
    assert Rank.CARD == sent[0].wanted.rank


def test_people_asked_later_are_mentioned_in_the_first_post_too(
    store: SqlStore, courier: Courier, run: Run
) -> None:
    """Wanting a card again before it is posted adds to those who are pinged."""
    (request,) = cards(store, run, 1)
    want(store, replace(a_card(request), ping=(APPROVER,)))
    want(store, replace(a_card(request), ping=(REQUESTER,)))

    assert (APPROVER, REQUESTER) == courier.claim_one().wanted.ping


def test_a_conversation_gets_posts_at_its_pace(
    store: SqlStore, courier: Courier, run: Run
) -> None:
    """0.9 posts a second and conversation: none sooner, and none later than need be."""
    want(store, *(a_card(request) for request in cards(store, run, 6)))

    times = [at for at, _ in courier.deliver_all()]

    gaps = {later - earlier for earlier, later in pairwise(times)}
    assert 6 == len(times)
    assert {A_POST} == {round_up(gap) for gap in gaps}


def round_up(gap: timedelta) -> timedelta:
    """Forgive the microsecond that a database rounds away."""
    return A_POST if abs(gap - A_POST) <= timedelta(microseconds=2) else gap


def test_other_conversations_do_not_wait(
    store: SqlStore, courier: Courier, run: Run
) -> None:
    """The pace of one channel is nobody else's."""
    (request,) = cards(store, run, 1)
    places = [ChannelId(f"C{n}") for n in range(5)]
    want(store, *(a_card(request, place) for place in places))

    assert set(places) == {
        claim.wanted.place.conversation for claim in courier.deliver()
    }


def test_a_settled_card_never_waits_behind_progress(
    store: SqlStore, courier: Courier, clock: SteppedClock
) -> None:
    """Progress of many runs takes at most a third of the updates; the rest is free."""
    runs = [a_run(channel=ChannelId(f"C{n}")) for n in range(30)]
    with store.write() as unit:
        for run in runs:
            unit.add_run(run)
    want(store, *(of_run(run) for run in runs))
    courier.deliver(limit=100)
    (request,) = cards(store, runs[0], 1)
    want(store, a_card(request))
    clock.move(A_WHILE)
    courier.deliver()
    clock.move(A_WHILE)
    for run in runs:
        refresh(store, run_thing(run.id), Rank.PROGRESS)
    progress = courier.deliver(limit=100)

    refresh(store, card_thing(request.id), Rank.SETTLED)
    settled = courier.claim_one()

    assert 3 == len(progress)
    assert request.id == settled.wanted.thing.id


def test_progress_takes_a_third_of_the_updates(
    store: SqlStore, courier: Courier, clock: SteppedClock
) -> None:
    """In three minutes of nothing but progress, 40 / 3 updates a minute are made."""
    runs = [a_run(channel=ChannelId(f"C{n}")) for n in range(50)]
    with store.write() as unit:
        for run in runs:
            unit.add_run(run)
        unit.show(of_run(run) for run in runs)
    courier.deliver(limit=200)
    clock.move(A_WHILE)
    with store.write() as unit:
        for run in runs:
            unit.refresh(run_thing(run.id), Rank.PROGRESS)
    begun = clock.now()

    sent = courier.deliver_all()

    in_time = [at for at, _ in sent if at < begun + timedelta(minutes=3)]
    assert 50 == len(sent)
    assert 40 == pytest.approx(len(in_time), abs=3)  # and a burst of three


def test_updates_of_a_team_go_forty_a_minute_after_a_burst(
    store: SqlStore, courier: Courier, clock: SteppedClock
) -> None:
    """Ten at once, then one each 1.5 s, whatever channels they are in."""
    runs = [a_run(channel=ChannelId(f"C{n}")) for n in range(20)]
    with store.write() as unit:
        for run in runs:
            unit.add_run(run)
        unit.show(of_run(run) for run in runs)
    courier.deliver(limit=100)
    clock.move(A_WHILE)
    with store.write() as unit:
        for run in runs:
            unit.refresh(run_thing(run.id), Rank.NOTICE)

    begun = clock.now()
    times = [at - begun for at, _ in courier.deliver_all()]

    assert [timedelta(0)] * 10 == times[:10]
    assert [timedelta(seconds=1.5) * n for n in range(1, 11)] == times[10:]


def test_a_channel_that_slack_closes_waits_alone(
    store: SqlStore, courier: Courier, run: Run, clock: SteppedClock
) -> None:
    """After “too many” nothing is posted there before the time, elsewhere it is."""
    (request,) = cards(store, run, 1)
    until = START + timedelta(seconds=17)
    want(store, a_card(request), a_card(request, OTHER_CHANNEL))

    courier.postings.slow_down(TEAM, until, CHANNEL)

    assert OTHER_CHANNEL == courier.claim_one().wanted.place.conversation
    clock.at = until
    assert CHANNEL == courier.claim_one().wanted.place.conversation


def test_a_team_that_slack_closes_waits_altogether(
    store: SqlStore, courier: Courier, run: Run, clock: SteppedClock
) -> None:
    """After “too many” for a whole method nothing of that team is called."""
    until = START + timedelta(seconds=17)
    want(store, of_run(run))

    courier.postings.slow_down(TEAM, until)

    assert not courier.claim()
    assert until == courier.postings.next_at(clock.now())
    clock.at = until
    assert 1 == len(courier.claim())


def test_a_failure_is_tried_again_at_its_time(
    store: SqlStore, courier: Courier, postings: SqlPostings, run: Run
) -> None:
    """`retry_at` is when it may be claimed again, and the reason is kept."""
    retry_at = START + timedelta(seconds=40)
    want(store, of_run(run))
    claim = courier.claim_one()

    postings.failed(claim, START, "no answer", retry_at)

    (posting,) = postings.of_thing(run_thing(run.id))
    assert ("no answer", False) == (posting.problem, posting.gave_up)
    assert retry_at == postings.next_at(START)
    courier.clock.at = retry_at
    assert 2 == courier.claim_one().attempts


def test_what_is_given_up_is_listed_and_not_claimed(
    store: SqlStore, courier: Courier, postings: SqlPostings, run: Run
) -> None:
    """A dead letter stays visible, with its reason."""
    want(store, of_run(run))
    claim = courier.claim_one()

    postings.failed(claim, START, "the channel is archived", None)

    (dead,) = postings.given_up()
    assert "the channel is archived" == dead.problem
    assert postings.next_at(START + A_WHILE) is None


def test_a_new_state_is_a_new_chance(
    store: SqlStore, courier: Courier, postings: SqlPostings, run: Run
) -> None:
    """What was given up is tried again once there is something new to show."""
    want(store, of_run(run))
    postings.failed(courier.claim_one(), START, "the channel is archived", None)
    refresh(store, run_thing(run.id), Rank.NOTICE)
    courier.clock.move(A_WHILE)

    assert 1 == courier.claim_one().attempts
    assert not postings.given_up()


def test_a_stray_copy_is_adopted_when_there_is_no_other(
    store: SqlStore, courier: Courier, rival: Courier, run: Run, clock: SteppedClock
) -> None:
    """The courier died after its post: the message is found and drawn anew."""
    want(store, of_run(run))
    lost = courier.claim_one()

    adopted = courier.postings.adopt(lost.key, CHANNEL, "1.1")

    assert adopted
    clock.move(A_WHILE)
    claim = rival.claim_one()
    assert ("1.1", False) == (claim.ts, claim.is_new)


def test_a_post_under_way_is_the_stray_once_another_was_adopted(
    store: SqlStore, courier: Courier, run: Run
) -> None:
    """The courier hears that its own copy is one too many."""
    want(store, of_run(run))
    claim = courier.claim_one()
    courier.postings.adopt(claim.key, CHANNEL, "1.1")

    assert not courier.show(claim)


def test_a_second_copy_is_not_adopted(
    store: SqlStore, courier: Courier, postings: SqlPostings, run: Run
) -> None:
    """What the posting has already is its own; any other message is to be deleted."""
    want(store, of_run(run))
    claim = courier.claim_one()
    postings.shown(claim, START, CHANNEL, "1.1")

    assert postings.adopt(claim.key, CHANNEL, "1.1")
    assert not postings.adopt(claim.key, CHANNEL, "2.2")
    assert not postings.adopt("nobody's key", CHANNEL, "2.2")


def test_a_message_of_nobody_is_not_found(postings: SqlPostings) -> None:
    """Asking for a message that is none of ours gives None."""
    assert postings.find(CHANNEL, "1.1") is None
    assert not postings.of_thing(run_thing(RunId("none")))
