"""Codes that nobody knows, of the wrong class, or damaged: what a station says, and what becomes of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.domain.gs1_elements import PROBLEM_CODES
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.work import unknown_codes
from merchant_desk.stations.scans import Ask, ScanResult, Tone
from merchant_desk.ui.screens.stations.words import damage_in_words
from tests.helpers.shop import Shop
from tests.stations.conftest import BOTTLE, LOTTED, RICE, Floor
from tests.trouble.words import CHINESE, ENGLISH, said, told

GS = "\x1d"
STRANGE = {
    "digits": "12345678",
    "words": "hello world",
    "one character": "x",
    "nothing": "",
    "three thousand characters": "9" * 3_000,
    "NUL": "abc\x00def",
    "separators alone": GS + GS,
    "another script": "😀茶",
    "SQL": "'; DROP TABLE skus; --",
    "format signs": "%s %n {0} {x}",
    "a wrong check digit": "9520000000012",
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def receipt(shop: Shop) -> Floor:
    """An inbound station with delivery PO-1 open."""
    floor = Floor(shop.desk(), "inbound")
    assert floor.scan("PO-1").code == "open_document"
    return floor


def stations(shop: Shop) -> list[Floor]:
    """Return each station with a document open, at one desk."""
    shop.stock(shop.rice, 500)
    shop.order("SO-1", (shop.rice, 300))
    desk = shop.desk()
    floors = [Floor(desk, station) for station in ("inbound", "outbound", "stocktake")]
    for floor, opening in zip(floors, ("PO-1", "SO-1", "L:A-01"), strict=True):
        assert floor.scan(opening).code == "open_document", opening
    return floors


def go_on(floor: Floor) -> None:
    """Answer whatever the station waits for with no."""
    waiting = floor.session._gate.waiting
    if waiting is not None:
        floor.do(lambda session: session.acknowledge(accept=False, of=waiting.question.result.n))


# ---------------------------------------------------------------- unknown


def test_an_unknown_code_goes_to_the_tray_whatever_it_holds(shop: Shop) -> None:
    floors = stations(shop)
    for floor in floors:
        for form, code in STRANGE.items():
            result = floor.scan(code)
            assert (result.code, result.tone) == ("unknown_code", Tone.ATTENTION), form
            said(result).says("不认识的条码，已放入待处理盘", "Unknown code, kept in the tray")
            assert floor.scan(RICE).code in ("accepted", "more_than_expected"), "the line never stops"
    desk = floors[0].desk
    assert len(desk.ask(unknown_codes)) == 3 * len(STRANGE)
    desk.sync()
    assert desk.pending() == desk.refused() == []
    kept = {row.code for row in shop.desk().ask(unknown_codes)}
    assert kept == {code.replace("\x00", "\u2400") for code in STRANGE.values()}, "other desks have it too"


@pytest.mark.parametrize("blank", ["", " ", "\t\r\n", GS])
def test_a_script_that_gives_a_blank_code_is_told_so_and_nothing_is_kept(shop: Shop, blank: str) -> None:
    """A scanner that reads nothing is news for the tray; an empty variable is the mistake of a script."""
    desk = shop.desk()
    sheet = desk.receive("PO-1")
    with pytest.raises(Refusal) as refused:
        sheet.scan(blank)
    assert refused.value.code == "blank_scan"
    told(refused.value).says("扫描内容是空的，没有记录", "blank and was not recorded")
    assert desk.ask(unknown_codes) == []
    assert sheet.scan(RICE).code == "accepted"


def test_a_script_that_scans_into_a_finished_sheet_is_told_so_and_nothing_is_kept(shop: Shop) -> None:
    desk = shop.desk()
    sheet = desk.receive("PO-1")
    sheet.scan(RICE)
    sheet.finish()
    waiting = len(desk.pending())
    with pytest.raises(Refusal) as refused:
        sheet.scan(RICE)
    assert refused.value.code == "document_not_open"
    told(refused.value).says("不在进行中", "not open")
    assert len(desk.pending()) == waiting


# ---------------------------------------------------------------- wrong class

SSCC = "09520000000000001"
WRONG_CLASS = {
    "a document": ("PO-1", "这是单据 PO-1，请扫描商品", "This is a document.*scan a product"),
    "a parcel": (
        f"(00){SSCC}{check_digit(SSCC)}",
        "这是.*包裹.*请扫描商品",
        "This is a parcel.*scan a product",
    ),
    "a lot alone": ("(10)L2611A", "这是批次 L2611A，请扫描商品", "This is a lot.*scan a product"),
    "a serial number alone": ("(21)S-1", "序列号.*请扫描商品", "serial.*scan a product"),
    "an unknown location": ("L:Z-99", "没有库位 Z-99", "no location Z-99"),
    "an unknown card": ("MD:NOPE", "不认识的命令卡 MD:NOPE", "Unknown command card MD:NOPE"),
    "an unknown document": ("RC-01-999999", "没有单据 RC-01-999999", "no document RC-01-999999"),
}


@pytest.mark.parametrize("kind", WRONG_CLASS)
def test_a_code_of_the_wrong_class_says_what_it_is_and_what_was_expected(receipt: Floor, kind: str) -> None:
    code, zh, en = WRONG_CLASS[kind]
    result = receipt.step(code, "]C1" if code[0] == "(" else None).results[-1]
    assert (result.tone, result.ask) == (Tone.REFUSED, Ask.ACKNOWLEDGE), result
    said(result).says(zh, en)
    held = receipt.scan(RICE)
    assert held.code == "held_back"
    said(held).says("已记下，还没有执行", "kept, not applied yet")
    go_on(receipt)
    (applied,) = receipt.do(lambda session: session.apply_held()).results
    assert applied.code == "accepted"


def test_a_location_of_another_place_says_where_we_are(shop: Shop) -> None:
    count = Floor(shop.desk(), "stocktake")
    count.scan("L:A-01")
    result = count.scan("L:A-02")
    said(result).says("正在盘 A-01，先完成再盘 A-02", "A-01 is being counted; finish it before A-02")


@pytest.mark.parametrize(
    ("station", "zh", "en"),
    [
        ("inbound", "请先扫描采购单号", "scan a purchase order first"),
        ("outbound", "请先扫描订单号", "scan an order first"),
        ("stocktake", "请先扫描库位", "scan a location first"),
    ],
)
def test_where_nothing_is_open_each_station_says_what_opens_it(
    shop: Shop, station: str, zh: str, en: str
) -> None:
    floor = Floor(shop.desk(), station)
    for code in (BOTTLE, "hello", "P:99", "\x00"):
        result = floor.scan(code)
        if code != "P:99":
            assert (result.tone, result.ask) == (Tone.REFUSED, Ask.ACKNOWLEDGE)
            said(result).says(zh, en)
        else:
            said(result).says("不认识的工牌", "Unknown badge")
        go_on(floor)


# ---------------------------------------------------------------- damaged GS1 strings

BEER = "0109520000000011"
DAMAGED = {
    "a month 13": (f"{BEER}1727133110L1", "有效期（17） 没有这个月", "expiry .17. has no such month"),
    "30 February": (f"{BEER}1727023010L1", "没有这一天", "no such day"),
    "an identifier that does not exist": (f"{BEER}1727123105x", "不认识", "is not known"),
    "a lot of 40 characters": (f"{BEER}1727123110{'L' * 40}", "批次（10） 太长", "lot .10. is too long"),
    "two lots": (f"{BEER}1727123110A{GS}10B", "批次（10） 前后不一致", "stands twice and differs"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_of_a_damaged_gs1_string_the_sound_part_counts_and_the_rest_is_named(
    receipt: Floor, kind: str
) -> None:
    code, zh, en = DAMAGED[kind]
    result = receipt.step(code, "]C1").results[-1]
    assert result.tone is Tone.ATTENTION
    assert result.item is not None
    assert result.item.sku == "BEER-500", "the product is sure"
    said(result).says(f"条码有一段损坏（.*{zh}.*）", f"damaged \\(.*{en}.*\\)")
    if result.ask is Ask.LOT:
        step = receipt.do(lambda session: session.give_lot("L2611A", 20271231, ""))
        result = step.results[-1]
    assert result.quantity == 1_000_000


DAMAGED_ITEMS = ["(01)09520000000012(17)271231(10)L1", "(02)09520000000012(37)12(10)L1"]


@pytest.mark.parametrize("code", DAMAGED_ITEMS)
def test_a_damaged_product_number_is_kept_in_the_tray_and_never_taken_for_a_lot(
    receipt: Floor, code: str
) -> None:
    result = receipt.step(code, "]C1").results[-1]
    assert (result.code, result.tone, result.ask) == ("damaged_code", Tone.ATTENTION, Ask.NOTHING)
    said(result).says("条码损坏.*校验位不对.*待处理盘.*重扫", "damaged.*wrong check digit.*tray.*scan again")
    (kept,) = receipt.desk.ask(unknown_codes)
    assert kept.code == code
    receipt.desk.sync()
    assert receipt.desk.refused() == []


@pytest.mark.parametrize("cut", range(1, len("010952000000001117271231" + "10L2611A")))
def test_a_gs1_string_cut_anywhere_is_never_another_product(receipt: Floor, cut: int) -> None:
    whole = "010952000000001117271231" + "10L2611A"
    result = receipt.step(whole[:cut], "]C1").results[-1]
    assert result.item is None or result.item.sku == "BEER-500"
    if result.quantity:
        assert result.lot in ("", "L2611A"[: len(result.lot)])
    if result.code != "accepted":
        said(result)


def test_every_kind_of_damage_has_words() -> None:
    for code in PROBLEM_CODES:
        for ai in ("17", "4711", ""):
            zh = damage_in_words([f"{ai}:{code}"], CHINESE)
            en = damage_in_words([f"{ai}:{code}"], ENGLISH)
            assert code not in zh + en
            assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
    assert (
        damage_in_words(["17:illegal_day", "10:too_long"], CHINESE)
        == "有效期（17） 没有这一天、批次（10） 太长"
    )


def test_what_was_said_is_in_the_history_after_a_restart(shop: Shop, receipt: Floor) -> None:
    """Nothing of it is lost: raw bytes, words and what was done stay in the journal."""
    results: list[ScanResult] = [receipt.scan(code) for code in ("abc\x00def", LOTTED, "MD:NOPE")]
    go_on(receipt)
    with receipt.desk.read() as connection, connection.begin():
        rows = connection.exec_driver_sql(
            "SELECT raw, state FROM scan_journal WHERE n >= ? ORDER BY n", (results[0].n,)
        ).fetchall()
    assert [bytes(row.raw) for row in rows] == [b"abc\x00def", LOTTED.encode(), b"MD:NOPE"]
    assert {row.state for row in rows} == {"done"}
