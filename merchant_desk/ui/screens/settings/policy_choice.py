"""The section of checks at the scan: accept, ask or refuse, for whoever sets up the outlet; others see it."""

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel

from merchant_desk.domain.policies import SetPolicy, policies_of
from merchant_desk.domain.scan_checks import DEFAULT_POLICIES, Policy
from merchant_desk.models.queries.policies import LastSet, last_set, policies_set
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.settings.choices import Section
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab
from merchant_desk.ui.window.screens import ScreenContext

RIGHT = "organise"
TONES = {Policy.ACCEPT: Tone.OK, Policy.ASK: Tone.WARNING, Policy.REFUSE: Tone.REFUSED}
REST_MS = 350
"""Arrow keys on the way from accept to refuse pass ask: what the choice rests on is the decision."""


class PolicyChoice(Section):
    """One kind of station at a time; a row for each of its checks."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(context.look)
        self._parts, self._context = parts, context
        self._doing = Doing(self, parts, context)
        self._decided = policies_of(())
        self._last: LastSet | None = None
        self.station = FilterTabs(self._look)
        self._lines: dict[str, tuple[QLabel, FilterTabs | Chip]] = {}
        self._shown = "", False
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.MEDIUM)
        self._grid.setVerticalSpacing(Space.HAIR)
        self._grid.setColumnStretch(1, 1)
        self._note = label("", "small", wrap=True)
        self.add_row("settings.checks_station", self.station)
        self._column.addLayout(self._grid)
        self._column.addSpacing(Space.SMALL)
        self._column.addWidget(self._note)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._decide)
        self._waiting: tuple[str, str, Policy] | None = None
        self._may = False
        self.station.chosen.connect(lambda _: self._show_station())
        parts.changes.watch(self, ("scan_policies", "scale_layouts", "roles"), self.read)
        self._look.language.follow(self, self._write)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._decide()

    def read(self) -> None:
        """Read what was decided, in the background."""
        desk = self._parts.desk

        def work() -> tuple[dict[str, dict[str, Policy]], LastSet | None]:
            outlet_id = desk.identity.outlet_id
            with desk.read() as connection, connection.begin():
                return policies_of(policies_set(connection, outlet_id)), last_set(connection, outlet_id)

        self._context.runner.run(work, self._take, owner=self)

    def _take(self, found: tuple[dict[str, dict[str, Policy]], LastSet | None]) -> None:
        may = self._parts.permitted(RIGHT)
        changed = (*found, may) != (self._decided, self._last, self._may)
        self._decided, self._last, self._may = *found, may
        if changed:
            self._write()

    def _choose(self, check: str, policy: str) -> None:
        """Take a choice; what was chosen in another row before is decided now."""
        if self._waiting is not None and self._waiting[1] != check:
            self._decide()
        self._waiting = self._shown[0], check, Policy(policy)
        self._rest.start()

    def _decide(self) -> None:
        waiting, self._waiting = self._waiting, None
        self._rest.stop()
        if waiting is None:
            return
        station, check, policy = waiting
        if self._decided[station][check] is policy:
            return
        self._decided[station][check] = policy
        body = SetPolicy(self._parts.desk.identity.outlet_id, station, check, policy)
        self._doing.run(lambda: self._parts.desk.do(body), lambda _: None, failed=self._not_decided)

    def _not_decided(self, error: Exception) -> None:
        """Say why, and show again what stands."""
        self._doing.refuse(error)
        self.read()

    def _show_station(self) -> None:
        """Show the checks of the station that is chosen; rows that are there keep the focus."""
        self._decide()
        if self._shown != (self.station.current, self._may):
            self._build()
        text = self._look.text
        policies = self._decided[self.station.current]
        for check, (name, part) in self._lines.items():
            chosen = policies[check]
            name.setText(text(f"check.{check}"))
            if isinstance(part, FilterTabs):
                part.setAccessibleName(name.text())
                part.show_tabs([Tab(policy, text(f"policy.{policy}")) for policy in Policy], chosen)
            else:
                part.show_chip(ChipText(text(f"policy.{chosen}"), TONES[chosen]))

    def _build(self) -> None:
        """Make the rows anew: three choices each; for who may not choose, what was chosen."""
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._lines.clear()
        for n, check in enumerate(DEFAULT_POLICIES[self.station.current]):
            name = label("", "second")
            part: FilterTabs | Chip = FilterTabs(self._look) if self._may else Chip(self._look)
            if isinstance(part, FilterTabs):
                part.chosen.connect(partial(self._choose, check))
            self._grid.addWidget(name, n, 0)
            self._grid.addWidget(part, n, 1)
            self._lines[check] = name, part
        self._shown = self.station.current, self._may

    @property
    def rows(self) -> dict[str, FilterTabs]:
        """The choices of the station that is shown, by check; none for who may not choose."""
        return {check: part for check, (_, part) in self._lines.items() if isinstance(part, FilterTabs)}

    def _write(self) -> None:
        text = self._look.text
        self.station.show_tabs([Tab(name, text(f"screen.{name}")) for name in DEFAULT_POLICIES])
        self._show_station()
        lines = [text("settings.checks_note" if self._may else "settings.checks_read_only")]
        if self._last is not None:
            at = self._look.language.moment(self._last.at, self._parts.now())
            lines.append(text("settings.checks_last", person=self._last.person, at=at))
        self._note.setText(" ".join(lines))
