"""What is wrong with elements of a GS1 message: `element.<AI>` names one, `damage.<problem>` what it has."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "element.00": ("物流箱号（00）", "SSCC (00)"),
    "element.01": ("商品编码（01）", "GTIN (01)"),
    "element.02": ("内装商品编码（02）", "content GTIN (02)"),
    "element.10": ("批次（10）", "lot (10)"),
    "element.11": ("生产日期（11）", "production date (11)"),
    "element.15": ("最佳食用日期（15）", "best-before date (15)"),
    "element.16": ("最迟销售日期（16）", "sell-by date (16)"),
    "element.17": ("有效期（17）", "expiry (17)"),
    "element.20": ("变体（20）", "variant (20)"),
    "element.21": ("序列号（21）", "serial number (21)"),
    "element.30": ("件数（30）", "count (30)"),
    "element.37": ("内装数量（37）", "content count (37)"),
    "element.": ("其中一段", "an element"),
    "element.other": ("{ai} 段", "element {ai}"),
    "damage.separator": ("、", ", "),
    "damage.unknown_ai": ("不认识", "is not known"),
    "damage.too_short": ("太短", "is too short"),
    "damage.too_long": ("太长", "is too long"),
    "damage.not_as_specified": ("格式不对", "has the wrong form"),
    "damage.repeated_ai": ("前后不一致", "stands twice and differs"),
    "damage.wrong_symbology": ("不是 GS1 条码", "is in no GS1 symbol"),
    "damage.no_digital_link": ("不是 GS1 链接", "is no GS1 Digital Link"),
    "damage.non_digit_character": ("含有非数字", "holds what is no digit"),
    "damage.invalid_cset82_character": ("含有不允许的字符", "holds characters that are not allowed"),
    "damage.incorrect_check_digit": ("校验位不对", "has a wrong check digit"),
    "damage.invalid_gcp_prefix": ("厂商前缀不对", "has a wrong company prefix"),
    "damage.illegal_month": ("没有这个月", "has no such month"),
    "damage.illegal_day": ("没有这一天", "has no such day"),
}
