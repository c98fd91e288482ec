"""What tests of the user interface share: the look, on the one application."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from tests.ui.samples.words import sample_language


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    """The light theme and Chinese, with the sample texts beside the product's."""
    theme = Theme(qapp)
    yield Look(theme, sample_language(LanguageCode.CHINESE))
    qapp.setStyleSheet("")
    theme.deleteLater()
