"""Who is at the desk."""

from merchant_desk.domain.refusals import Refusal
from merchant_desk.sync.administration import CredentialKind
from merchant_desk.sync.people import People, Person


class Presence:
    """The part of a desk that knows who works there; open documents stay open whoever comes and goes."""

    people: People
    _person: Person | None = None

    def sign_in(self, login: str, password: str = "", *, pin: str = "") -> Person:
        """Sign a person in, by login or badge, with password or PIN; open documents stay open.

        Raises:
            Refusal: `sign_in_failed`, `sign_in_locked`, `sign_in_needs_server`, `sign_in_expired`.
        """
        person = self.check_person(login, password, pin=pin)
        self.take_over(person)
        return person

    def check_person(self, login: str, password: str = "", *, pin: str = "") -> Person:
        """Find out who proves to be himself; whoever is signed in stays so. Raises as `sign_in`."""
        kind = CredentialKind.PIN if pin else CredentialKind.PASSWORD
        return self.people.sign_in(login, pin or password, kind)

    def take_over(self, person: Person) -> None:
        """Let somebody work here whom `check_person` has found."""
        self._person = person
        self.people.take_over(person.id)

    def sign_out(self) -> None:
        """Leave nobody signed in."""
        self._person = None
        self.people.end_session()

    @property
    def person(self) -> Person:
        """Who is signed in.

        Raises:
            Refusal: `nobody_signed_in`.
        """
        if self._person is None:
            raise Refusal("nobody_signed_in")
        return self._person

    @property
    def signed_in(self) -> Person | None:
        """Who is signed in, or None."""
        return self._person
