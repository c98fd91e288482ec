"""What the demo merchant sells: 600 articles written for it, with codes that belong to nobody.

Unit codes are EAN-13 under prefix 952, which GS1 keeps for demonstrations and examples; carton codes
are the GTIN-14 of the same number with indicator 1, or an EAN-13 of their own. A few are odd on purpose.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from uuid import UUID

from merchant_desk.domain.amounts import MICRO, half_up
from merchant_desk.domain.codes import check_digit, gtin14
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.products import Barcode, NewSku
from merchant_desk.server.demo.dates import days_after, number

DEMONSTRATION_PREFIX = "952"
SCALE_PREFIX = "21"
CARTON = "箱"
KILOGRAM = "公斤"
CARTONS_WITH_OWN_EAN = 9
"""Every ninth article has an EAN-13 of its own on its carton, as some makers do."""


@dataclass(frozen=True, slots=True)
class Category:
    """Its name, cost in percent of the price, and who supplies it."""

    name: str
    cost: int
    supplier: str


CATEGORIES = {
    "LY": Category("粮油", 84, "S01"),
    "TW": Category("调味", 74, "S01"),
    "SS": Category("方便速食", 76, "S01"),
    "YL": Category("饮料", 68, "S02"),
    "JS": Category("酒水", 70, "S02"),
    "RP": Category("乳品", 80, "S03"),
    "LS": Category("休闲零食", 69, "S04"),
    "SX": Category("生鲜", 78, "S05"),
    "RH": Category("日化", 70, "S06"),
    "ZP": Category("纸品", 75, "S06"),
    "CJ": Category("厨具", 62, "S07"),
    "JJ": Category("家居", 60, "S07"),
    "WJ": Category("五金", 63, "S08"),
    "NZ": Category("农资", 86, "S09"),
    "ZZ": Category("针织", 61, "S10"),
    "WB": Category("文具", 58, "S10"),
}

SUPPLIERS = {
    "S01": "柳湾粮油副食批发部",
    "S02": "清渠饮品酒水经销部",
    "S03": "南坡乳品配送站",
    "S04": "石桥休闲食品批发部",
    "S05": "白水果蔬禽蛋合作社",
    "S06": "东岭日化纸品经营部",
    "S07": "柳河厨具家居批发部",
    "S08": "三岔五金水暖批发部",
    "S09": "青石农资配送中心",
    "S10": "新禾针织文体用品部",
}

EIGHT_DIGITS = ("JJ12-1", "JJ13-1", "WB05-1")
"""Small things that carry an EAN-8."""

HOUSE_CODE = ("SX11-1", "DF08")
"""An article of ours with a code of four characters, as handwritten labels have."""

CASE_TWINS = {"WJ11-1": "QSM8x30", "WJ11-2": "QSM8X30"}
"""Two codes that differ only by the case of one letter."""

SHARED_CODE = ("TW07-1", "TW07-2")
"""The second also answers to the code of the first: the maker printed it on both."""


@dataclass(frozen=True, slots=True)
class Article:
    """A SKU of the demo. Money in 10^-6 yuan per base unit; `demand` is relative.

    `carton` is base units in a carton, 0 if it has none; `code` and `carton_code` are what is printed.
    """

    index: int
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    category: str
    base_unit: str
    price: int
    cost: int
    carton: int
    shelf_days: int
    track_lot: bool
    track_expiry: bool
    weighed: bool
    demand: int
    code: str
    carton_code: str
    extra_code: str

    @property
    def supplier(self) -> str:
        """The code of who supplies it."""
        return CATEGORIES[self.category].supplier

    @property
    def min_days_left(self) -> int:
        """Days of shelf life that it must have left when it comes in."""
        return self.shelf_days // 5 if self.track_expiry else 0

    @property
    def barcodes(self) -> tuple[Barcode, ...]:
        """Its codes with what each stands for."""
        made = [Barcode(self.code, gtin14(self.code), MICRO, self.base_unit)]
        if self.carton_code:
            made.append(Barcode(self.carton_code, gtin14(self.carton_code), self.carton * MICRO, CARTON))
        if self.extra_code:
            made.append(Barcode(self.extra_code, gtin14(self.extra_code), MICRO, self.base_unit))
        return tuple(made)

    def expiry_of(self, lot: str) -> int | None:
        """Return the expiry (yyyymmdd) of a lot of it by its code, which says when it was made."""
        if not (lot and self.track_expiry):
            return None
        made = date(2000 + int(lot[1:3]), int(lot[3:5]), int(lot[5:7]))
        return self.lot(made)[1]

    def lot(self, made: date) -> tuple[str, int | None]:
        """Return lot code and expiry (yyyymmdd) of what was made on a day; ("", None) if no lots are kept."""
        if not self.track_lot:
            return "", None
        expiry = number(days_after(made, self.shelf_days)) if self.track_expiry else None
        return f"L{number(made) % 1_000_000:06}", expiry


@lru_cache(maxsize=2)
def articles(merchant_id: UUID) -> tuple[Article, ...]:
    """Return the whole range, in the order of the catalogue."""
    text = files("merchant_desk.server.demo").joinpath("catalogue.tsv").read_text(encoding="utf-8")
    made: list[Article] = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            family = _Family(*line.split("|"))
            variants = enumerate(family.variants.split(";"), 1)
            made += [_article(merchant_id, len(made) + n, family, n, variant) for n, variant in variants]
    by_sku = {article.sku: article for article in made}
    return tuple(_with_oddities(article, by_sku) for article in made)


def new_sku(article: Article, supplier_id: UUID) -> NewSku:
    """Return the article as the operation that takes it into the range wants it."""
    return NewSku(
        article.sku_id,
        article.sku,
        article.name,
        article.name_en,
        CATEGORIES[article.category].name,
        article.base_unit,
        article.price,
        article.track_lot,
        article.track_expiry,
        article.shelf_days,
        article.min_days_left,
        article.barcodes,
        supplier_id,
    )


def is_plain(article: Article) -> bool:
    """Tell whether a scan of its code means one piece and nothing else, and asks for nothing."""
    odd = (*CASE_TWINS, *EIGHT_DIGITS, *SHARED_CODE, HOUSE_CODE[0])
    return not (article.weighed or article.track_lot or article.sku in odd)


def with_check(digits: str) -> str:
    """Return digits with their check digit."""
    return f"{digits}{check_digit(digits)}"


@dataclass(frozen=True, slots=True)
class _Family:
    """One line of the catalogue, as written."""

    code: str
    name: str
    name_en: str
    unit: str
    carton: str
    shelf_days: str
    flags: str
    demand: str
    variants: str


def _article(merchant_id: UUID, place: int, family: _Family, n: int, variant: str) -> Article:
    label, _, rest = variant.partition("=")
    price, _, own_carton = rest.partition("*")
    zh, _, en = label.partition("/")
    carton = int(own_carton or family.carton)
    micro_price = _yuan(price)
    sku = f"{family.code}-{n}"
    unit_digits = f"{DEMONSTRATION_PREFIX}1{family_number(family.code):03}{place:05}"
    weighed = "W" in family.flags
    tracked = "E" in family.flags or "L" in family.flags
    share = CATEGORIES[family.code[:2]].cost + (place * 7) % 9 - 4
    return Article(
        place - 1,
        derived_id(merchant_id, "sku", sku),
        sku,
        f"{'青石' if 'B' in family.flags else ''}{family.name} {zh}",
        f"{'Qingshi ' if 'B' in family.flags else ''}{family.name_en} {en or zh}",
        family.code[:2],
        family.unit,
        micro_price,
        half_up(micro_price * share, 100 * 10_000) * 10_000,
        carton if carton > 1 else 0,
        0 if family.shelf_days == "-" else int(family.shelf_days),
        tracked,
        "E" in family.flags,
        weighed,
        int(family.demand),
        with_check(f"{SCALE_PREFIX}{place:05}00000" if weighed else unit_digits),
        _carton_code(unit_digits, place) if carton > 1 else "",
        "",
    )


def family_number(family: str) -> int:
    """Return the three digits that stand for a category in our codes."""
    return 100 + 10 * list(CATEGORIES).index(family[:2])


def _carton_code(unit_digits: str, place: int) -> str:
    if place % CARTONS_WITH_OWN_EAN == 0:
        return with_check(f"{unit_digits[:3]}2{unit_digits[4:]}")
    return with_check(f"1{unit_digits}")


def _yuan(text: str) -> int:
    """Return a price as written in 10^-6 yuan."""
    whole, _, rest = text.partition(".")
    return int(whole) * MICRO + int(rest.ljust(6, "0"))


def _with_oddities(article: Article, by_sku: dict[str, Article]) -> Article:
    if article.sku in EIGHT_DIGITS:
        return replace(article, code=with_check(f"{DEMONSTRATION_PREFIX}{article.index:04}"))
    if article.sku == HOUSE_CODE[0]:
        return replace(article, code=HOUSE_CODE[1])
    if article.sku in CASE_TWINS:
        return replace(article, extra_code=CASE_TWINS[article.sku])
    if article.sku == SHARED_CODE[1]:
        return replace(article, extra_code=by_sku[SHARED_CODE[0]].code)
    return article
