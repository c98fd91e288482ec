"""One rehearsal: a seed, its steps, and what was found."""

import traceback
from collections.abc import Callable, Collection
from pathlib import Path

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.rehearsal.acts import draw
from merchant_desk.rehearsal.cast import Cast, Found
from merchant_desk.rehearsal.chance import Chance
from merchant_desk.rehearsal.checks import Watch, check_repeat
from merchant_desk.rehearsal.deaths import Died
from merchant_desk.rehearsal.desk import RehearsedDesk
from merchant_desk.rehearsal.mishaps import Mishaps
from merchant_desk.rehearsal.network import Network
from merchant_desk.rehearsal.probes import check_rebuild
from merchant_desk.rehearsal.scene import Scene
from merchant_desk.rehearsal.server import RehearsedServer
from merchant_desk.rehearsal.stage import Stage, desk_at
from merchant_desk.rehearsal.violations import Violation

REBUILD_EVERY = 25
"""Steps between two comparisons with what a desk would be if it were built anew."""

POISONED = 1.5
"""Of a hundred operations, how many the server's program breaks over, until it is mended."""

ROUNDS = 6
"""Exchanges that each desk has at the end until nothing may wait any more."""


class Rehearsal:
    """Desks, a server and what happens to them. Used once: `play`, then `close`."""

    def __init__(self, seed: int, stage: Stage, folder: Path, version: str) -> None:
        chance, merchant = Chance(seed), stage.merchant
        chance.now = stage.now
        server = RehearsedServer(folder, stage.lay(folder), chance, version)
        server.start()
        network = Network(server, chance)
        network.repeated = check_repeat
        desks = [desk_at(number, folder, merchant, chance, network) for number in range(stage.desks)]
        for desk in desks:
            desk.start()
        self._cast = Cast(chance, merchant, server, network, desks, folder, Found(seed))
        self._watch = Watch(server, merchant.id)
        self._watch.follow()
        self._inside = False
        self._events: dict[Callable[[], None], float] = {
            self._somebody_works: 52,
            self._somebody_syncs: 24,
            **Mishaps(self._cast, self._watch).events,
        }

    def play(self, steps: int, skip: Collection[int] = ()) -> Found:
        """Play so many steps but those in `skip`, then let calm come, and look whether all is well."""
        found = self._cast.found
        number = 0
        try:
            for number in range(1, steps + 1):
                if number not in skip:
                    self._cast.chance.begin(number)
                    self._step(number)
                    found.steps += 1
            self._cast.chance.begin(0)
            self._settle()
        except Violation as violation:
            found.violation, found.step = str(violation), number
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is what is looked for
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            found.violation, found.step = f"crash: {type(error).__name__} at {where}: {error}", number
        found.faults += self._cast.network.troubles
        return found

    def close(self) -> None:
        """End everything."""
        for desk in self._cast.desks:
            desk.die()
        self._cast.server.close()

    def _step(self, number: int) -> None:
        self._cast.touched.clear()
        (event,) = self._cast.chance.dice.choices(list(self._events), list(self._events.values()))
        self._cast.say(f"{number}")
        event()
        self._look()
        if number % REBUILD_EVERY == 0:
            self._look_closely()

    def _look(self) -> None:
        self._cast.say(f"feed {self._watch.follow()}")
        self._watch.check_server()
        for place in sorted(self._cast.touched):
            desk = self._cast.desks[place]
            if desk.is_up:
                self._watch.check_desk(desk)
                self._watch.check_agreement(desk)
                position = desk.engine.position
                self._cast.say(f"{desk.name} {position.device_seq}/{position.cursor}")
        if not self._cast.server.is_up:
            self._cast.server.services.database.reader.dispose()

    def _look_closely(self) -> None:
        for desk in self._cast.desks:
            if desk.is_up:
                self._watch.check_desk(desk, whole=True)
        self._watch.check_moved(self._cast.desks)
        desk = self._cast.chance.dice.choice(self._cast.desks)
        if desk.is_up and self._cast.server.is_up:
            check_rebuild(desk, self._cast.server, self._cast.folder)

    def _somebody_works(self) -> None:
        desk = self._cast.any_desk()
        bodies, person = draw(Scene(desk, self._cast.merchant, self._cast.chance))
        for body in bodies:
            name = type(body).__name__
            try:
                done = desk.do(body, person)
                self._cast.found.operations += 1
                self._cast.say(f"{desk.name} {name}")
                if self._cast.chance.happens(POISONED) and self._cast.server.poison.spoil(body, done.op_id):
                    self._cast.count("operation poisoned")
            except Refusal as refusal:
                self._cast.say(f"{desk.name} {name} refused {refusal.code}")
                return
            except Fault as fault:
                self._cast.count(f"{type(fault).__name__} at work")
                return
            except Died:
                self._cast.revive(desk, "desk died over an operation")
                return

    def _somebody_syncs(self) -> None:
        desk = self._cast.any_desk()
        looks = self._cast.chance.dice.randrange(30) if self._cast.chance.happens(10) else 10_000
        self._cast.network.meanwhile = lambda: self._meanwhile(desk)
        try:
            report = desk.sync(_soon(looks))
            self._cast.say(f"{desk.name} synced {report.fault} {report.alarm}")
            if report.alarm is not None:
                raise Violation("convergence", f"{desk.name}: {report.alarm}")
        except Fault as fault:
            self._cast.hear(desk, fault)
        except Died:
            self._cast.revive(desk, "desk died over an exchange")
        finally:
            self._cast.network.meanwhile = lambda: None

    def _meanwhile(self, busy: RehearsedDesk) -> None:
        """While a request of one desk is on its way, somebody works at another one."""
        if self._inside or len(self._cast.desks) < 2 or not self._cast.chance.happens(8):
            return
        self._inside = True
        try:
            other = self._cast.chance.dice.choice([desk for desk in self._cast.desks if desk is not busy])
            self._work_at(other)
        finally:
            self._inside = False

    def _work_at(self, desk: RehearsedDesk) -> None:
        place = self._cast.desks.index(desk)
        self._cast.touched.add(place)
        meanwhile, self._cast.network.meanwhile = self._cast.network.meanwhile, lambda: None
        try:
            if not desk.is_up:
                desk.start()
            desk.sync()
            self._cast.count("exchange within an exchange")
        except Fault as fault:
            self._cast.hear(desk, fault)
        except Died:
            self._cast.revive(desk, "desk died over an exchange")
        finally:
            self._cast.network.meanwhile = meanwhile

    def _settle(self) -> None:
        """Let calm come: after a few exchanges nothing waits, and all agree."""
        self._cast.network.calm = True
        self._cast.server.fuse.put_out()
        self._cast.wake_server()
        for desk in self._cast.desks:
            desk.fuse.put_out()
            if not desk.is_up:
                desk.start()
            desk.free_disk()
        if self._cast.chance.happens(50):
            self._cast.server.poison.cure()
        for _ in range(ROUNDS):
            self._cast.chance.wait(2 * 3_600.0)
            for desk in self._cast.desks:
                self._settle_one(desk)
        self._cast.touched.update(range(len(self._cast.desks)))
        self._look()
        self._watch.check_moved(self._cast.desks)
        self._watch.check_open_ends(self._cast.server.poison.over)
        for desk in self._cast.desks:
            self._watch.check_settled(desk)
            check_rebuild(desk, self._cast.server, self._cast.folder)
            self._cast.say(f"{desk.name} settled")

    def _settle_one(self, desk: RehearsedDesk) -> None:
        if desk.needs_somebody:
            self._cast.enrol_anew(desk)
        try:
            report = desk.sync()
        except Fault as fault:
            self._cast.hear(desk, fault)
            return
        if report.alarm is not None:
            raise Violation("convergence", f"{desk.name}: {report.alarm}")


def _soon(looks: int) -> Callable[[], bool]:
    """Return what an exchange asks whether to end; so many times it may go on."""
    left = [looks]

    def ends() -> bool:
        left[0] -= 1
        return left[0] < 0

    return ends
