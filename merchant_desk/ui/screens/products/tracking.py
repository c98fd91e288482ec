"""What is tracked of a product, in words."""

from merchant_desk.models.queries.product_forms import ProductView
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.detail import Fact

NAMES = ("track_lot", "track_expiry", "track_serial")


def tracked_facts(product: ProductView | None, language: Language) -> list[Fact]:
    """Return what scans of a product ask for, and how long it must keep; nothing where nothing is asked."""
    if product is None:
        return []
    flags = [language.text(f"tracking.{name}") for name in NAMES if getattr(product, name)]
    facts = [Fact(language.text("tracking.asked"), " · ".join(flags))] if flags else []
    if product.min_days_left:
        days = language.text("tracking.days", n=product.min_days_left)
        facts.append(Fact(language.text("tracking.min_days_left"), days))
    return facts
