"""The windows of a shop that changes its computer: opened by the command line, beside `app`."""

from merchant_desk.app import application
from merchant_desk.desk import Desk
from merchant_desk.ui.screens.sign_in import entrance
from merchant_desk.ui.screens.sign_in.taking_over import Heir


def run_taking_over(heir: Heir, *, language: str, dark: bool) -> Desk | None:
    """Let the shop of another computer be taken over; see `entrance.ask_to_take_over`."""
    return entrance.ask_to_take_over(application(), heir, language=language, dark=dark)
