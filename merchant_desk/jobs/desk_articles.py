"""The products that a desk knows, asked by the codes in a file."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from merchant_desk.domain.codes import fold, sku_key
from merchant_desk.domain.gtins import gtin14
from merchant_desk.domain.imports_articles import Article
from merchant_desk.jobs.standing import Standing
from merchant_desk.models.queries.purchase_imports import articles_by_codes, articles_by_gtins, units_of
from merchant_desk.sync.runtime import DeskRuntime


class DeskArticles:
    """SKUs by their code, and what barcodes stand for."""

    def __init__(self, runtime: DeskRuntime) -> None:
        self._runtime = runtime

    def skus(self, codes: Iterable[str]) -> Mapping[str, UUID]:
        """Return SKUs by their code, however its letters are written."""
        keys = {code: sku_key(code) for code in codes}
        found = Standing(self._runtime).skus(keys.values())
        return {code: found[key] for code, key in keys.items() if key in found}

    def barcodes(self, codes: Iterable[str]) -> Mapping[str, tuple[Article, ...]]:
        """Return what barcodes stand for, by their text, else by their GTIN-14."""
        plain = {code: fold(code) for code in codes}
        with self._runtime.read() as connection, connection.begin():
            by_code = articles_by_codes(connection, plain.values())
            keys = {code: gtin14(text) for code, text in plain.items() if text not in by_code}
            by_gtin = articles_by_gtins(connection, [key for key in keys.values() if key])
        return {
            code: tuple(by_code.get(text) or by_gtin.get(keys.get(code) or "") or ())
            for code, text in plain.items()
        }

    def units(self, skus: Iterable[UUID]) -> Mapping[UUID, str]:
        """Return the base units of SKUs."""
        with self._runtime.read() as connection, connection.begin():
            return units_of(connection, skus)
