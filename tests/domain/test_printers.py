"""Is a printer read as it was written, and is what can be none refused by name?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.printers import (
    LABEL,
    MOST_NAME,
    SYSTEM_DEFAULT,
    Paper,
    Printer,
    Purpose,
    Reach,
    read_paper,
    read_printer,
    usual_printer,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings_known import PRINTERS

names = st.text(min_size=1, max_size=MOST_NAME).filter(lambda name: name.strip() and name.isprintable())
papers = st.builds(Paper, st.integers(10, 500), st.integers(10, 500))
queues = st.builds(
    Printer, names, st.just(Reach.QUEUE), names, papers, st.just(203),
    st.lists(st.sampled_from(Purpose), min_size=1, unique=True).map(tuple),
)  # fmt: skip
sockets = st.builds(
    Printer, names, st.just(Reach.ZPL), st.sampled_from(("10.0.0.7", "labels.local:6101", "[::1]:9100")),
    papers, st.sampled_from((203, 300, 600)),
)  # fmt: skip


@given(st.one_of(queues, sockets))
def test_a_printer_is_read_as_it_was_written(printer: Printer) -> None:
    assert read_printer(printer.written) == printer
    kind = PRINTERS.kind
    assert kind.read(kind.written((printer.written,))) == (printer.written,)
    assert kind.restored(kind.stored((printer.written,))) == (printer.written,)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("fax:10?name=a&paper=A4&for=labels", "printer_unreadable"),
        ("zpl://10.0.0.7?name=a&for=labels", "printer_unreadable"),
        ("zpl://10.0.0.7?name=a&paper=60x40&dpi=x&for=labels", "printer_unreadable"),
        ("zpl://10.0.0.7?name=a&paper=60x40&for=faxes", "printer_unreadable"),
        ("zpl://10.0.0.7?name=&paper=60x40&for=labels", "printer_nameless"),
        ("zpl://?name=a&paper=60x40&for=labels", "printer_nowhere"),
        ("queue:?name=a&paper=A4&for=labels", "printer_nowhere"),
        ("zpl://10.0.0.7:99999?name=a&paper=60x40&for=labels", "printer_place_unreadable"),
        ("zpl://10.0.0.7:0?name=a&paper=60x40&for=labels", "printer_place_unreadable"),
        ("zpl://u@10.0.0.7?name=a&paper=60x40&for=labels", "printer_place_unreadable"),
        ("zpl://10.0.0.7?name=a&paper=60x40&dpi=180&for=labels", "printer_resolution"),
        ("zpl://10.0.0.7?name=a&paper=60x40&for=", "printer_for_nothing"),
        ("zpl://10.0.0.7?name=a&paper=A4&for=documents", "printer_prints_labels_only"),
        ("zpl://10.0.0.7?name=a&paper=60&for=labels", "paper_unreadable"),
        ("zpl://10.0.0.7?name=a&paper=60x4000&for=labels", "paper_out_of_range"),
    ],
)
def test_what_is_no_printer_is_refused_by_name(written: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_printer(written)
    assert refused.value.code == code


def test_two_printers_of_one_name_are_refused() -> None:
    one = Printer("Labels", Reach.ZPL, "10.0.0.7", LABEL).written
    with pytest.raises(Refusal) as refused:
        PRINTERS.kind.judged((one, one.replace("Labels", "labels")))
    assert refused.value.code == "printer_named_twice"


def test_papers_are_typed_by_name_or_in_millimetres() -> None:
    assert read_paper(" a4 ") == Paper(210, 297)
    assert read_paper("60 × 40") == Paper(60, 40)
    assert read_paper("A4").is_sheet
    assert not LABEL.is_sheet
    with pytest.raises(Refusal):
        read_paper("60x")


def test_the_first_that_was_named_for_it_is_the_usual_one() -> None:
    page = Printer("page", Reach.QUEUE, "q", Paper(210, 297), purposes=(Purpose.DOCUMENTS, Purpose.LABELS))
    label = Printer("label", Reach.ZPL, "10.0.0.7", LABEL)
    assert usual_printer(Purpose.LABELS, (label, page)) is label
    assert usual_printer(Purpose.DOCUMENTS, (label, page)) is page
    assert usual_printer(Purpose.DOCUMENTS, (label,)) is SYSTEM_DEFAULT[Purpose.DOCUMENTS]
