"""Who and what takes part in a rehearsal, and what several kinds of events do to them."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.rehearsal.chance import Chance
from merchant_desk.rehearsal.deaths import Died
from merchant_desk.rehearsal.desk import RehearsedDesk, enrol_anew
from merchant_desk.rehearsal.merchant import Merchant
from merchant_desk.rehearsal.network import Network
from merchant_desk.rehearsal.server import RehearsedServer
from merchant_desk.sync.transport import DeskUnknown


@dataclass
class Found:
    """What one rehearsal found. `violation` is "" if nothing; `step` where it was."""

    seed: int
    steps: int = 0
    violation: str = ""
    step: int = 0
    trace: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    operations: int = 0

    @property
    def trace_hash(self) -> str:
        """All that happened, in 16 figures: the same for the same seed."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]


@dataclass
class Cast:
    """Everybody; `touched` are the places of desks at which this step did something."""

    chance: Chance
    merchant: Merchant
    server: RehearsedServer
    network: Network
    desks: list[RehearsedDesk]
    folder: Path
    found: Found
    touched: set[int] = field(default_factory=set)

    def say(self, what: str) -> None:
        """Write a line into the trace."""
        self.found.trace.append(what)

    def count(self, fault: str) -> None:
        """Count something that went wrong by its kind, and say so."""
        self.found.faults[fault] += 1
        self.say(fault)

    def any_desk(self) -> RehearsedDesk:
        """Return a desk by the dice; it is started if it is not."""
        place = self.chance.dice.randrange(len(self.desks))
        self.touched.add(place)
        desk = self.desks[place]
        if not desk.is_up:
            desk.start()
        return desk

    def hear(self, desk: RehearsedDesk, fault: Fault) -> None:
        """Note what an exchange met."""
        self.say(f"{desk.name} {type(fault).__name__}")
        desk.is_unknown = isinstance(fault, DeskUnknown)

    def enrol_anew(self, desk: RehearsedDesk) -> None:
        """Let somebody give a desk a new code."""
        try:
            enrol_anew(desk, self.server, self.merchant.id, (self.merchant.manager, desk.outlet.worker))
            self.count("desk enrolled again")
            desk.is_unknown = False
        except (Fault, Refusal) as fault:
            self.say(f"{desk.name} not enrolled: {fault}")
        except Died:
            if self.server.fuse.burnt and not desk.fuse.burnt:
                self.server_is_dead("server died over an enrolment")
            else:
                self.revive(desk, "desk died over an enrolment")

    def revive(self, desk: RehearsedDesk, how: str) -> None:
        """Start a desk that died."""
        self.count(how)
        desk.fuse.burnt = False
        desk.restart()

    def server_is_dead(self, how: str) -> None:
        """Let the server be dead until somebody wakes it."""
        self.count(how)
        if self.server.is_up:
            self.server.die()
        self.server.fuse.burnt = False

    def wake_server(self) -> None:
        """Start the server if it is not up."""
        if not self.server.is_up:
            self.server.fuse.burnt = False
            self.server.start()
