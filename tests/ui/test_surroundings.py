"""Does the doctor know this desk's scanner from any socket of the machine?"""

import pytest

from merchant_desk.sync.findings import Grade
from merchant_desk.ui.surroundings import scanners

PLUGGED_IN = {"ttyACM0": "Honeywell 1950g"}


@pytest.mark.parametrize(
    ("chosen", "plugged_in", "grade", "zh", "en"),
    [
        ("ttyACM0", PLUGGED_IN, Grade.GOOD, "ttyACM0 Honeywell", "is there: ttyACM0 Honeywell"),
        ("COM3", PLUGGED_IN, Grade.BAD, "COM3 不在（现有：ttyACM0", "COM3 is not there (plugged in: ttyACM0"),
        ("COM3", {}, Grade.BAD, "现有：无", "plugged in: none"),
        ("", PLUGGED_IN, Grade.NOTE, "没有选用", "none chosen here"),
        ("", {}, Grade.NOTE, "扫一个码即可测试", "scan a code to test"),
    ],
)
def test_the_chosen_scanner_is_looked_for(
    chosen: str, plugged_in: dict[str, str], grade: Grade, zh: str, en: str
) -> None:
    found = scanners(chosen, plugged_in)
    assert found.grade is grade
    assert zh in found.zh
    assert en in found.en
