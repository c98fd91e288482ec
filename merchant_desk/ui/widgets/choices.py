"""Choosing the entry of a list by what it holds."""

from PySide6.QtWidgets import QComboBox


def choose_data(box: QComboBox, wanted: object) -> None:
    """Choose the entry that holds an equal value, the first where none does.

    `findData` finds the same object alone: an id that was read anew would choose the first entry.
    """
    held = [box.itemData(n) for n in range(box.count())]
    box.setCurrentIndex(held.index(wanted) if wanted in held else 0)
