"""What a signed-in person may do with buyers: take note of one, see and erase what is personal."""

import os
from abc import ABC, abstractmethod
from uuid import UUID

from merchant_desk.domain.buyers import BuyerDetails, EraseBuyer
from merchant_desk.domain.permissions import may
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.buyers import buyer_state
from merchant_desk.models.queries.operation_lists import grants
from merchant_desk.sync.desk import Done
from merchant_desk.sync.people import Person
from merchant_desk.sync.personal import Withheld, details_of, new_buyer
from merchant_desk.sync.personal_keys import GROUP
from merchant_desk.sync.runtime import DeskRuntime


class Buyers(ABC):
    """The part of a desk that knows buyers by more than a code."""

    runtime: DeskRuntime

    @property
    @abstractmethod
    def person(self) -> Person:
        """Who is signed in."""

    def add_buyer(self, code: str, details: BuyerDetails, *, level: str = "") -> UUID:
        """Take note of a buyer, offline too; details are sealed under a key that is made here.

        Returns:
            the buyer's id.

        Raises:
            Refusal: `buyer_details`, `code_missing`, `buyer_code_taken`, `not_allowed`; nothing was written.
        """
        new = new_buyer(self.runtime.new_id(), code, level, details, os.urandom)
        buyer_id = new.operation.buyer_id
        self.runtime.do(new.operation, self.person.id, about=buyer_id, extra=new.keep_key)
        return buyer_id

    def buyer_details(self, buyer_id: UUID) -> BuyerDetails | Withheld:
        """Return a buyer's name, telephone and address, or why they are withheld.

        Raises:
            Refusal: `not_here`: no such buyer; `nobody_signed_in`.
        """
        person, outlet_id = self.person, self.runtime.identity.outlet_id
        with self.runtime.read() as connection, connection.begin():
            state = buyer_state(connection, buyer_id)
            held, version = grants(connection, person.id)
        if state is None:
            raise Refusal("not_here", table="buyers", id=buyer_id)
        return details_of(state, permitted=may(held, GROUP, outlet_id, version))

    def erase_buyer(self, buyer_id: UUID) -> Done:
        """Ask the server to destroy a buyer's key; every desk destroys its own when the feed says so.

        Raises:
            Refusal: `not_allowed`. `buyer_erased` and `not_here` come as a task, from the server.
        """
        return self.runtime.do(EraseBuyer(buyer_id), self.person.id, about=buyer_id)
