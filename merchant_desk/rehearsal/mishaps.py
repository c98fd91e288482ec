"""What happens to processes, clocks, disks and copies in a rehearsal."""

from collections.abc import Callable

from merchant_desk.models.faults import Fault
from merchant_desk.rehearsal.cast import Cast
from merchant_desk.rehearsal.checks import Watch
from merchant_desk.rehearsal.desk import RehearsedDesk, enrol
from merchant_desk.rehearsal.stage import desk_at

DAY = 86_400.0

SKEWS = (0, 90, -90, 3 * DAY, -3 * DAY, 400 * DAY, -400 * DAY)
"""Seconds that a clock may be off."""

MOST_CLONES = 2
MOST_JOINED = 2


class Mishaps:
    """One method for each; `events` are those with their shares."""

    def __init__(self, cast: Cast, watch: Watch) -> None:
        self._cast = cast
        self._watch = watch
        self._clones = 0
        self._joined = 0
        self.events: dict[Callable[[], None], float] = {
            self._desk_dies: 2, self._desk_will_die: 4, self._server_dies: 1.5, self._server_will_die: 2,
            self._server_restarts: 1, self._clock_jumps: 2, self._late_letter: 2, self._time_passes: 3,
            self._somebody_cares: 3, self._disk_fills: 1.5, self._disk_is_freed: 1.5, self._backs_up: 1,
            self._restores: 0.5, self._compacts: 0.7, self._copies: 0.7, self._puts_copy_back: 0.4,
            self._clones_desk: 0.3, self._desk_joins: 0.5, self._program_is_mended: 0.8,
        }  # fmt: skip

    def _somebody_cares(self) -> None:
        """Somebody looks after the desks that wait for a person."""
        for place, desk in enumerate(self._cast.desks):
            if desk.is_up and desk.needs_somebody and self._cast.server.is_up:
                self._cast.touched.add(place)
                self._cast.enrol_anew(desk)

    def _desk_joins(self) -> None:
        """A new desk starts, empty; where there is much to pull it asks for a ready file."""
        if self._joined >= MOST_JOINED:
            return
        self._cast.wake_server()
        self._cast.server.fuse.put_out()
        self._joined += 1
        desk = desk_at(len(self._cast.desks), self._cast.folder, self._cast.merchant, self._cast.chance,
                       self._cast.network)  # fmt: skip
        people = (self._cast.merchant.manager, desk.outlet.worker)
        enrol(desk, self._cast.server, self._cast.merchant.id, people)
        self._cast.desks.append(desk)
        self._cast.touched.add(len(self._cast.desks) - 1)
        self._cast.count("desk joined")
        try:
            if self._cast.chance.happens(70):
                found = desk.exchange.build(desk.note, lambda: False, by_feed=False)
                self._cast.say(f"{desk.name} began by a file: {found}")
        except Fault as fault:
            self._cast.hear(desk, fault)

    def _program_is_mended(self) -> None:
        """A server's program comes that breaks over nothing that this one breaks over."""
        if self._cast.server.poison.cure():
            self._cast.server.die()
            self._cast.wake_server()
            self._cast.count("server's program mended")

    def _desk_dies(self) -> None:
        self._cast.revive(self._cast.any_desk(), "desk killed")

    def _desk_will_die(self) -> None:
        desk = self._cast.any_desk()
        desk.fuse.light(self._cast.chance.dice.randint(1, 12), after=self._cast.chance.happens(50))
        self._cast.say(f"{desk.name} will die")

    def _server_dies(self) -> None:
        self._cast.server_is_dead("server killed")
        if self._cast.chance.happens(70):
            self._cast.server.start()

    def _server_will_die(self) -> None:
        self._cast.wake_server()
        self._cast.server.fuse.light(
            self._cast.chance.dice.randint(1, 6), after=self._cast.chance.happens(50)
        )
        self._cast.say("the server will die")

    def _server_restarts(self) -> None:
        if self._cast.server.is_up:
            self._cast.server.stop()
        self._cast.server.start()
        self._cast.count("server restarted")

    def _clock_jumps(self) -> None:
        skew = round(self._cast.chance.dice.choice(SKEWS) * 1_000_000)
        if self._cast.chance.happens(15):
            self._cast.server.skew = skew
        else:
            self._cast.any_desk().skew = skew
        self._cast.count("clock jumped")

    def _late_letter(self) -> None:
        if self._cast.network.late:
            self._cast.network.deliver_late()
            self._cast.count("late request delivered")

    def _time_passes(self) -> None:
        self._cast.chance.wait(self._cast.chance.dice.choice((60.0, 3_600.0, DAY)))
        self._cast.wake_server()

    def _disk_fills(self) -> None:
        self._cast.any_desk().fill_disk()
        self._cast.count("disk filled")

    def _disk_is_freed(self) -> None:
        for desk in self._cast.desks:
            if desk.is_up:
                desk.free_disk()

    def _backs_up(self) -> None:
        self._cast.wake_server()
        self._cast.server.back_up()
        self._cast.say("backed up")

    def _restores(self) -> None:
        if self._cast.server.home.backups:
            self._cast.server.restore(self._cast.chance.dice.randrange(self._cast.server.home.backups))
            self._cast.count("backup restored")

    def _compacts(self) -> None:
        self._cast.wake_server()
        self._watch.follow()  # what goes now is missed by nobody who saw it
        self._cast.chance.wait(8 * DAY)
        self._cast.say(f"compacted {self._cast.server.compact()}")
        self._cast.count("feed compacted")

    def _copies(self) -> None:
        desk = self._cast.any_desk()
        folder = self._cast.folder / f"copy-of-{desk.folder.name}"
        desk.take_copy(folder)
        desk.copy = folder, list(desk.saved)
        self._cast.say(f"{desk.name} copied")

    def _puts_copy_back(self) -> None:
        desk = self._cast.any_desk()
        if desk.copy is not None:
            folder, saved = desk.copy
            desk.put_back(folder)
            desk.saved = list(saved)
            self._cast.count("old copy put back")

    def _clones_desk(self) -> None:
        if self._clones >= MOST_CLONES:
            return
        source = self._cast.any_desk()
        self._clones += 1
        name = f"clone{self._clones}"
        source.take_copy(self._cast.folder / name)
        clone = RehearsedDesk(
            self._cast.folder / name, name, source.outlet, self._cast.chance, self._cast.network
        )
        clone.saved = list(source.saved)
        clone.start()
        self._cast.desks.append(clone)
        self._cast.touched.add(len(self._cast.desks) - 1)
        self._cast.count("desk cloned")
