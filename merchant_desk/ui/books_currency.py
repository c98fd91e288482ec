"""The currency of the books, as the window writes amounts in it."""

from PySide6.QtCore import QObject

from merchant_desk.desk import Desk
from merchant_desk.models.queries.lookup import currency_of
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.changes import ChangeBridge, Changes
from merchant_desk.ui.latest_reading import LatestReading
from merchant_desk.ui.messages import Language

TABLE = "merchants"


class BooksCurrency(QObject):
    """Tells the window's language which currency the books are kept in, now and when that is changed."""

    def __init__(
        self,
        desk: Desk,
        language: Language,
        changes: ChangeBridge,
        runner: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._language = desk, language
        self._reading = LatestReading(runner, self)
        language.keep_books(desk.ask(currency_of))
        changes.changed.connect(self._hear)

    def _hear(self, changes: Changes) -> None:
        if TABLE in changes:
            self._reading.ask(lambda: self._desk.ask(currency_of), self._language.keep_books)
