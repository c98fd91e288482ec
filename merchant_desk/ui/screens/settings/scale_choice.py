"""The section of scale codes: which prefixes the outlet's scales use, and where weight or price stand."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLineEdit

from merchant_desk.domain.in_store import InStorePattern
from merchant_desk.domain.policies import SCALE_PREFIXES, SetScaleLayout, layouts_of
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.policies import layouts_set
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.settings.choices import Section
from merchant_desk.ui.screens.settings.policy_choice import RIGHT
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.window.screens import ScreenContext

MOST_DECIMALS = 6


class ScaleChoice(Section):
    """The layouts in use, and a form that sets one."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(context.look)
        self._parts, self._context = parts, context
        self._doing = Doing(self, parts, context)
        self.patterns: tuple[InStorePattern, ...] = layouts_of(())
        self._lines = label("", "", wrap=True)
        self._note = label("", "small", wrap=True)
        self.change = ActionButton(self._look, icon="pencil")
        self.change.clicked.connect(self.ask)
        self.add_row("settings.scales_read", self._lines)
        self._column.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._note)
        parts.changes.watch(self, ("scale_layouts", "roles"), self.read)
        self._look.language.follow(self, self._write)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()

    def read(self) -> None:
        """Read what was decided, in the background."""
        desk = self._parts.desk

        def work() -> tuple[InStorePattern, ...]:
            with desk.read() as connection, connection.begin():
                return layouts_of(layouts_set(connection, desk.identity.outlet_id))

        self._context.runner.run(work, self._take, owner=self)

    def ask(self) -> FormDialog:
        """Ask for a prefix and its layout; the form says what is wrong with it."""
        look, text = self._look, self._look.text
        prefix, layout, weight, price = QComboBox(), QLineEdit(), QComboBox(), QComboBox()
        prefix.addItems(list(SCALE_PREFIXES))
        for decimals in (weight, price):
            decimals.addItems([str(number) for number in range(MOST_DECIMALS + 1)])

        def fill() -> None:
            known = next((one for one in self.patterns if one.name == prefix.currentText()), None)
            layout.setText(known.layout if known else "")
            weight.setCurrentIndex(known.weight_decimals if known else 3)
            price.setCurrentIndex(known.price_decimals if known else 2)

        def submit() -> dict[str, str]:
            outlet_id = self._parts.desk.identity.outlet_id
            written = layout.text().strip().upper()
            body = SetScaleLayout(
                outlet_id, prefix.currentText(), written, weight.currentIndex(), price.currentIndex()
            )
            try:
                self._parts.desk.do(body)
            except Refusal as refusal:
                return {"layout": describe(refusal, look.language)}
            self.read()
            return {}

        prefix.currentIndexChanged.connect(lambda _: fill())
        prefix.setCurrentText("21")
        fill()
        dialog = FormDialog(look, self.window(), text("settings.scale_title"), submit)
        dialog.add_field("prefix", text("settings.scale_prefix"), prefix)
        dialog.add_field("layout", text("settings.scale_layout"), layout, text("settings.scale_layout_hint"))
        dialog.add_field("weight", text("settings.scale_weight"), weight)
        dialog.add_field("price", text("settings.scale_price"), price)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        prefix.setFocus(Qt.FocusReason.OtherFocusReason)
        return dialog

    def _take(self, patterns: tuple[InStorePattern, ...]) -> None:
        self.patterns = patterns
        self._write()

    def _write(self) -> None:
        text = self._look.text
        self._lines.setText("  ·  ".join(one.layout for one in self.patterns) or text("settings.scales_none"))
        self.change.setText(text("settings.scale_change"))
        self.change.setVisible(self._parts.permitted(RIGHT))
        self._note.setText(text("settings.scale_letters"))
