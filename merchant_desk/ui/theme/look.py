"""What every widget needs to draw and speak: the theme and the language, handed down, never global."""

from dataclasses import dataclass

from merchant_desk.ui.messages import Language
from merchant_desk.ui.theme.theme import Theme
from merchant_desk.ui.theme.tokens import Colours


@dataclass(frozen=True, slots=True)
class Look:
    """Theme and language of one window; the first argument of every widget of ours."""

    theme: Theme
    language: Language

    @property
    def colours(self) -> Colours:
        """The colours in force."""
        return self.theme.colours

    def text(self, key: str, **facts: object) -> str:
        """Return a text of the catalogue in the language in force."""
        return self.language.text(key, **facts)
