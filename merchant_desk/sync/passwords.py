"""Passwords and PINs of people, as Argon2id verifiers (RFC 9106).

The server and every desk check them with the same code, because people sign in offline too. One
hash takes about 0.1 s and 64 MiB on purpose: never on the window's thread.
"""

import hmac
import unicodedata
from collections.abc import Callable

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw

Random = Callable[[int], bytes]

TIME_COST = 3
MEMORY_KIB = 64 * 1024
LANES = 4
"""The second recommended option of RFC 9106, section 4."""

PASSWORD_LETTERS = 12
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"

HASH_BYTES = 32
SALT_BYTES = 16
PEPPER_BYTES = 32

_hasher = PasswordHasher(TIME_COST, MEMORY_KIB, LANES, HASH_BYTES, SALT_BYTES, type=Type.ID)


def hash_password(password: str, random: Random) -> str:
    """Return the verifier of a password as a PHC string, with 16 fresh bytes of salt."""
    return _hasher.hash(_canonical(password), salt=random(SALT_BYTES))


def make_password(random: Random) -> str:
    """Return a new password of 12 letters and digits that cannot be mistaken for each other (59 bits)."""
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in random(PASSWORD_LETTERS))


def password_fits(verifier: str, password: str) -> bool:
    """Tell whether `password` is the one; a verifier that cannot be read fits none."""
    try:
        return _hasher.verify(verifier, _canonical(password))
    except (VerificationError, InvalidHashError):
        return False


def needs_new_hash(verifier: str) -> bool:
    """Whether a verifier was made with other parameters than today's: hash anew after a sign-in."""
    try:
        return _hasher.check_needs_rehash(verifier)
    except InvalidHashError:
        return True


def make_pepper(random: Random) -> bytes:
    """Make a desk's pepper. It stays in the encrypted database and is never synced."""
    return random(PEPPER_BYTES)


def hash_pin(pin: str, pepper: bytes, random: Random) -> str:
    """Return the verifier of a PIN, good on the desk that holds `pepper` only.

    A PIN has so few values that a stolen verifier alone could be searched; without the pepper there
    is nothing to search.
    """
    return hash_password(_peppered(pin, pepper), random)


def pin_fits(verifier: str, pin: str, pepper: bytes) -> bool:
    """Tell whether `pin` is the one; full-width digits count as digits."""
    return password_fits(verifier, _peppered(pin, pepper))


def derive_key(passphrase: str, salt: bytes, *, time_cost: int, memory_kib: int, lanes: int) -> bytes:
    """Return 32 key bytes derived from a passphrase by Argon2id."""
    secret = _canonical(passphrase).encode()
    return hash_secret_raw(secret, salt, time_cost, memory_kib, lanes, HASH_BYTES, Type.ID)


def _canonical(password: str) -> str:
    # RFC 8265 (OpaqueString): one form of each letter, one kind of blank, whatever the keyboard sent.
    plain = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in password)
    return unicodedata.normalize("NFC", plain)


def _peppered(pin: str, pepper: bytes) -> str:
    digits = unicodedata.normalize("NFKC", pin)
    return hmac.digest(pepper, digits.encode(), "sha256").hex()
