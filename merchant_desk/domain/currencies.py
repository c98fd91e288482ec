"""The currency that a merchant's books are kept in (ISO 4217)."""

from dataclasses import dataclass

from merchant_desk.domain.operations import Nature, Place, operation
from merchant_desk.domain.refusals import Refusal

_LIST_ONE = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
    GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
    LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR
    PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC
    SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF
    XPF YER ZAR ZMW ZWG
"""

CURRENCIES = frozenset(_LIST_ONE.split())
"""Currencies that money is paid in (ISO 4217, list one); funds, metals and test codes are none of them."""

_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}

MONEY = ("orders", "purchase_orders", "refunds", "ledger_costs", "sku_costs")
"""Tables whose rows are, or carry, amounts in the books' currency."""


@operation("change_currency", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class ChangeCurrency:
    """Decision: the books are kept in another currency; only while no money is in them."""

    currency: str


def minor_digits(currency: str) -> int:
    """Return the decimals of a currency's minor unit (ISO 4217, list one); 2 where no currency is named.

    Books and files count by this table, not by a locale's: what is usual to write (CLDR) changes with
    habits and releases, and with it the meaning of every stored amount would.
    """
    return _DECIMALS.get(currency, 2)


def check_currency(currency: str) -> None:
    """Refuse what is no currency (`unknown_currency`)."""
    if currency not in CURRENCIES:
        raise Refusal("unknown_currency", currency=currency)
