"""The style sheet, written from the tokens: what the palette cannot say, and nothing twice.

Widgets choose their look by the dynamic property `look` (`widget.setProperty("look", "title")`).
"""

from pathlib import Path
from string import Template

from merchant_desk.ui.theme.icons import svg
from merchant_desk.ui.theme.tokens import Colours, Radius, Size, Type

DRAWINGS = {
    "check": "on_accent",
    "minus": "on_accent",
    "chevron-down": "ink_second",
    "chevron-up": "ink_second",
    "chevron-right": "ink_second",
}
"""Icons that the style sheet needs as files, with the colour that each is drawn in."""

SHEET = Template(
    """
QMainWindow, QWidget[look="page"] { background: $background; }
QDialog { background: $panel; }
QWidget[look="clear"], QScrollArea[look="clear"], QScrollArea[look="clear"] > QWidget > QWidget {
    background: transparent; border: none; }
QWidget[look="header"] { background: $panel; border: none; border-bottom: 1px solid $line; }
QWidget[look="status"] { background: $panel; border: none; border-top: 1px solid $line; }
QWidget[look="navigation"] { background: $panel; border: none; border-right: 1px solid $line; }
QFrame[look="panel"] { background: $panel; border: 1px solid $line; border-radius: ${panel_radius}px; }
QFrame[look="inset"] { background: $field; border: none; border-radius: ${control_radius}px; }
QFrame[look="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[look="upright"] { background: $line; border: none; max-width: 1px; min-width: 1px; }

QLabel { background: transparent; border: none; }
QLabel[look="cap"] { font-size: ${cap}px; color: $ink_second; }
QLabel[look="small"] { font-size: ${small}px; color: $ink_second; }
QLabel[look="third"] { font-size: ${small}px; color: $ink_third; }
QLabel[look="second"] { color: $ink_second; }
QLabel[look="strong"] { font-weight: 600; }
QLabel[look="brand"] { font-size: ${brand}px; font-weight: 600; }
QLabel[look="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[look="lead"] { font-size: ${title}px; color: $ink_second; }
QLabel[look="tile"] { font-size: ${tile}px; font-weight: 600; }
QLabel[look="error"] { font-size: ${small}px; color: $refused; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="refused"] { color: $refused; }
QLabel[tone="info"] { color: $info; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox, QDateEdit {
    background: $panel; border: 1px solid $field_line; border-radius: ${control_radius}px;
    padding: 0 10px; min-height: ${control_inner}px; selection-background-color: $accent;
    selection-color: $on_accent; }
QPlainTextEdit, QTextEdit { padding: 6px 8px; }
QLineEdit[look="search"] { background: $field; border: 1px solid $field_line; }
QLineEdit:hover, QPlainTextEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $ink_third; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border: 2px solid $accent; padding: 0 9px; min-height: ${control_marked}px; background: $panel; }
QPlainTextEdit:focus, QTextEdit:focus { padding: 5px 7px; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"], QAbstractSpinBox[invalid="true"],
QComboBox[invalid="true"] { border: 2px solid $refused; padding: 0 9px; min-height: ${control_marked}px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    background: $background; color: $ink_third; border-color: $line; }
QLineEdit:read-only { background: $background; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$chevron_down"); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; border-radius: 6px; padding: 4px;
    outline: none; selection-background-color: $accent_tint; selection-color: $accent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent;
    width: 20px; }
QAbstractSpinBox::up-arrow { image: url("$chevron_up"); width: 11px; height: 11px; }
QAbstractSpinBox::down-arrow { image: url("$chevron_down"); width: 11px; height: 11px; }

QCheckBox, QRadioButton { spacing: 8px; background: transparent; min-height: 22px; }
QCheckBox::indicator, QTableView::indicator { width: 15px; height: 15px; border: 1px solid $ink_third;
    border-radius: 4px; background: $panel; }
QCheckBox::indicator:checked, QTableView::indicator:checked { background: $accent; border-color: $accent;
    image: url("$check"); }
QCheckBox::indicator:indeterminate { background: $accent; border-color: $accent; image: url("$minus"); }
QRadioButton::indicator { width: 15px; height: 15px; border: 1px solid $ink_third; border-radius: 8px;
    background: $panel; }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 7px; height: 7px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line;
    background: $background; }
QCheckBox:focus, QRadioButton:focus { outline: none; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; }

QPushButton { background: $panel; color: $ink; border: 1px solid $field_line;
    border-radius: ${control_radius}px;
    padding: 0 14px; min-height: ${control_inner}px; }
QPushButton:hover { background: $hover; border-color: $ink_third; }
QPushButton:pressed { background: $neutral_tint; }
QPushButton:focus { border: 2px solid $accent; padding: 0 13px; outline: none; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:disabled { color: $ink_third; background: $background; border-color: $line; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${control_radius}px;
    padding: 4px 8px; }
QToolButton:hover { background: $neutral_tint; }
QToolButton:focus { border: 2px solid $accent; padding: 3px 7px; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[look="pill"] { background: $neutral_tint; color: $ink_second; border-radius: 14px;
    padding: 0 10px; min-height: 26px; }
QToolButton[look="pill"]:hover { color: $ink; }
QToolButton[look="pill"]:focus { border: 2px solid $accent; padding: 0 9px; }

QTableView, QTreeView, QListView { background: $panel; border: none; outline: none; gridline-color: $line;
    selection-background-color: $accent_tint; selection-color: $ink; alternate-background-color: $hover; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section { background: $panel; color: $ink_second; border: none; border-bottom: 1px solid $line;
    padding: 0 12px; font-size: ${small}px; font-weight: 600; min-height: 34px; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QTableCornerButton::section { background: $panel; border: none; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $handle; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $ink_third; }
QScrollBar[held="true"]::handle { background: $accent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: $panel; border: 1px solid $line; border-radius: 8px; padding: 6px; }
QMenu::item { padding: 7px 22px 7px 12px; border-radius: 6px; background: transparent; }
QMenu::item:selected { background: $accent_tint; color: $accent; }
QMenu::item:disabled { color: $ink_third; }
QMenu::separator { height: 1px; background: $line; margin: 5px 6px; }
QMenu::icon { padding-left: 8px; }
QToolTip { background: $tip; color: $tip_ink; border: 1px solid $tip; padding: 6px 9px;
    font-size: ${small}px; }
QProgressBar { background: $neutral_tint; border: none; border-radius: 4px; max-height: 8px; min-height: 8px;
    text-align: right; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QSplitter::handle { background: transparent; }
QStatusBar { background: $panel; }
QStatusBar::item { border: none; }
QGroupBox { border: 1px solid $line; border-radius: ${panel_radius}px; margin-top: 18px; padding: 12px;
    background: $panel; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 2px; color: $ink_second; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $ink_second; padding: 7px 14px;
    border-radius: ${control_radius}px;
    margin-right: 4px; }
QTabBar::tab:hover { background: $neutral_tint; color: $ink; }
QTabBar::tab:selected { background: $accent_tint; color: $accent; font-weight: 600; }
QTabBar::tab:focus { border: 2px solid $accent; padding: 5px 12px; }
QTabWidget::pane { border: none; }
QSlider::groove:horizontal { height: 4px; background: $neutral_tint; border-radius: 2px; }
QSlider::handle:horizontal { background: $accent; width: 16px; height: 16px; margin: -6px 0;
    border-radius: 8px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
"""
)


def write_drawings(colours: Colours, folder: Path) -> dict[str, str]:
    """Write the icons that the style sheet needs, in these colours; return {placeholder: path for url()}."""
    paths = {}
    for name, role in DRAWINGS.items():
        path = folder / f"{name}-{colours.scheme}.svg"
        path.write_text(svg(name).replace("currentColor", getattr(colours, role)), encoding="utf-8")
        paths[name.replace("-", "_")] = path.as_posix()
    return paths


def no_drawings() -> dict[str, str]:
    """Return the placeholders without icons: a file that is not there is not drawn."""
    return {name.replace("-", "_"): ":/none.svg" for name in DRAWINGS}


def style_sheet(colours: Colours, drawings: dict[str, str]) -> str:
    """Return the style sheet of the whole program in these colours; `drawings` is from `write_drawings`."""
    dark = colours.scheme == "dark"
    names = {name: getattr(colours, name) for name in colours.__slots__ if name != "scheme"}
    return SHEET.substitute(
        names,
        **drawings,
        small=Type.SMALL.pixels,
        cap=Type.CAP.pixels,
        brand=Type.BRAND.pixels,
        title=Type.TITLE.pixels,
        tile=Type.TILE.pixels,
        panel_radius=Radius.PANEL,
        control_radius=Radius.CONTROL,
        control_inner=Size.CONTROL - 2,
        control_marked=Size.CONTROL - 4,
        handle=colours.field_line if not dark else colours.line,
        tip=colours.neutral_tint if dark else colours.ink,
        tip_ink=colours.ink if dark else colours.panel,
    )
