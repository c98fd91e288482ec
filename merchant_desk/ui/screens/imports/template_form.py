"""The form that asks for which kind of file an empty table is wanted; it goes among the documents."""

from itertools import count
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QComboBox, QWidget

from merchant_desk.documents.column_names import FIELDS, ImportKind
from merchant_desk.documents.templates import template_name, write_template
from merchant_desk.ui.screens.imports.words import file_language
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.toast import Notices

KINDS: tuple[ImportKind, ...] = tuple(FIELDS)


class TemplateForm(FormDialog):
    """Writes the table and says where it is."""

    def __init__(self, look: Look, owner: QWidget, kind: ImportKind, notices: Notices) -> None:
        text = look.text
        super().__init__(
            look, owner, text("imports.template"), self._errors, note=text("imports.template_note")
        )
        self._notices = notices
        self.kind = QComboBox()
        self.kind.addItems([text(f"imports.kind_{one}") for one in KINDS])
        self.kind.setCurrentIndex(KINDS.index(kind))
        self.add_field("kind", text("imports.kind"), self.kind)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def _errors(self) -> dict[str, str]:
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        language, kind = file_language(self._look.language), KINDS[self.kind.currentIndex()]
        path = _free(folder / template_name(kind, language))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_template(path, kind, language)
        except OSError as error:
            return {"kind": describe(error, self._look.language)}
        self._notices.tell(self._look.text("imports.template_saved", path=path), Tone.OK)
        return {}


def _free(path: Path) -> Path:
    """Return the path, or the first numbered one that nobody has."""
    if not path.exists():
        return path
    return next(
        found for n in count(2) if not (found := path.with_name(f"{path.stem} {n}{path.suffix}")).exists()
    )
