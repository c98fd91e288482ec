"""What a station tells beside its panel."""

from collections.abc import Callable
from uuid import UUID

from merchant_desk.stations.scans import SheetHead
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext

HAVE_PAPERS = ("inbound", "outbound")
"""Stations whose documents have a paper."""


class StationNotices:
    """The notices of one station; `view(kind, id)` shows a document."""

    def __init__(
        self, context: ScreenContext, sounds: Sounds, station: str, view: Callable[[str, UUID], None]
    ) -> None:
        self._look = context.look
        self._sounds = sounds
        self._notices = context.notices
        self._station = station
        self._view = view

    def tell_unread(self, error: Exception) -> None:
        """Say that something could not be read: nothing was lost, and the station goes on."""
        look = self._look

        def words() -> Notice:
            why = describe(error, look.language)
            return Notice(look.text("station.unread"), Tone.WARNING, why, seconds=0)

        if words() not in self._notices.notices():
            self._notices.say(words)

    def answer_first(self) -> bool:
        """Refuse to end a document while a question stands; always True."""
        self._sounds.play(Sound.REFUSED)

        def words() -> Notice:
            return Notice(self._look.text("station.answer_first"), Tone.WARNING)

        if words() not in self._notices.notices():
            self._notices.say(words)
        return True

    def tell_finished(self, head: SheetHead) -> None:
        """Say that a document has ended, and offer to look at it."""
        text = self._look.text

        def show() -> None:
            self._view(head.kind, head.document_id)

        def words() -> Notice:
            told = text(f"station.finished.{self._station}", number=head.number)
            detail = text("paper.hint") if self._station in HAVE_PAPERS else ""
            return Notice(told, Tone.OK, detail, action=text("station.finished.view"), run=show)

        self._notices.say(words)
