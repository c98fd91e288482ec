import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from merchant_desk.ui.theme import resources
from merchant_desk.ui.theme.fonts import chinese_face, fitted, font
from merchant_desk.ui.theme.icons import icon, paint_icon, svg
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.resources import resource
from merchant_desk.ui.theme.theme import Theme
from merchant_desk.ui.theme.tokens import DARK, LIGHT, Scheme, Type

UI = Path(__file__).resolve().parents[3] / "merchant_desk" / "ui"


def test_a_switch_changes_palette_and_sheet_and_tells(look: Look, qapp: QApplication, qtbot: object) -> None:
    told: list[Scheme] = []
    look.theme.changed.connect(lambda: told.append(look.theme.scheme))
    sheet = qapp.styleSheet()
    look.theme.toggle()
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.background)
    assert DARK.panel in qapp.styleSheet()
    look.theme.switch(Scheme.DARK)
    look.theme.toggle()
    assert (qapp.styleSheet(), look.colours) == (sheet, LIGHT)
    assert told == [Scheme.DARK, Scheme.LIGHT]


def test_the_sheets_drawings_are_on_disk(look: Look, qapp: QApplication) -> None:
    paths = re.findall(r'url\("([^"]+)"\)', qapp.styleSheet())
    assert len(paths) >= 5
    assert all(Path(path).is_file() for path in paths)


def test_where_nothing_can_be_written_the_window_has_its_colours_all_the_same(
    look: Look, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = qapp.styleSheet()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    monkeypatch.chdir(tmp_path)
    theme = Theme(qapp)
    try:
        assert LIGHT.accent in qapp.styleSheet()
        assert list(tmp_path.iterdir()) == [], "nothing lands where the program was started"
    finally:
        theme.deleteLater()
        qapp.setStyleSheet(before)


def test_a_label_gets_the_size_of_its_style(look: Look) -> None:
    label = QLabel("入库")
    label.setProperty("look", "title")
    label.ensurePolished()
    assert label.font().pixelSize() == Type.TITLE.pixels
    label.deleteLater()


def test_chinese_has_a_face_and_figures_are_equally_wide(qapp: QApplication) -> None:
    face = chinese_face()
    if face is None:
        pytest.skip("没有中文字体 / no Chinese font is installed here")
    assert QFontInfo(font(Type.TEXT)).family() == face
    metrics = QFontMetricsF(font(Type.COUNT))
    assert len({metrics.horizontalAdvance(str(i) * 4) for i in range(10)}) == 1


def test_a_long_name_is_made_smaller_until_it_fits(qapp: QApplication) -> None:
    name = "青岛啤酒经典十度 500ml×12 听装礼盒"
    wide = QFontMetricsF(font(Type.LAST_SCAN)).horizontalAdvance(name)
    small = fitted(Type.LAST_SCAN, name, wide * 0.7, 12)
    assert QFontMetricsF(small).horizontalAdvance(name) <= wide * 0.7
    assert small.pixelSize() >= Type.LAST_SCAN.pixels * 0.6
    assert fitted(Type.LAST_SCAN, name, wide + 1, 12).pixelSize() == Type.LAST_SCAN.pixels
    assert fitted(Type.LAST_SCAN, name, 10, 20).pixelSize() == 20


def icon_names() -> set[str]:
    return {path.stem for path in resource("icons").glob("*.svg")}


@pytest.mark.parametrize("name", sorted(icon_names()))
def test_every_icon_takes_the_colour_it_is_given(name: str, qapp: QApplication) -> None:
    assert "currentColor" in svg(name)
    image = QImage(48, 48, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_icon(painter, QRectF(0, 0, 48, 48), name, "#C0281F")
    painter.end()
    inked = [
        image.pixelColor(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() == 255
    ]
    assert inked
    assert all(abs(colour.red() - 0xC0) < 6 and abs(colour.green() - 0x28) < 6 for colour in inked)


def test_an_icon_is_sharp_at_every_scale(qapp: QApplication) -> None:
    drawn = icon("check", "#2457D6", 18)
    sizes = {(size.width(), size.height()) for size in drawn.availableSizes()}
    assert {(18, 18), (27, 27), (36, 36)} <= sizes


def test_icons_come_with_their_licence() -> None:
    words = resource("icons", "LICENSE").read_text("utf-8")
    assert "ISC License" in words
    assert "Lucide" in words


def test_every_icon_that_is_named_exists() -> None:
    """Icon names are literals that stand as `icon=`, or as the icon of a screen."""
    named = set()
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "icon" and isinstance(node.value, ast.Constant):
                named.add(node.value.value)
    named.discard("")
    assert named
    assert named - icon_names() == set()


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/no-such\.svg"):
        resource("icons", "no-such.svg")


def test_resources_inside_the_package_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside" / "icons").mkdir(parents=True)
    (tmp_path / "inside" / "icons" / "check.svg").write_text("<svg/>", "utf-8")
    monkeypatch.setattr(resources, "PLACES", (tmp_path / "inside", *resources.PLACES))
    assert resource("icons", "check.svg").read_text("utf-8") == "<svg/>"
    assert resource("icons", "x.svg").is_file()


def test_no_part_of_the_window_names_a_colour_of_its_own() -> None:
    """Only the tokens name colours; white stands on the brand's mark; paper and codes are black on it."""
    found = {
        f"{path.name}: {colour}"
        for path in UI.rglob("*.py")
        if path.name not in {"tokens.py", "paper.py", "asking.py", "ink.py"}
        for colour in re.findall(r'"#[0-9A-Fa-f]{6}"', path.read_text("utf-8"))
    }
    assert found == {'header.py: "#FFFFFF"'}
