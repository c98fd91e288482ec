"""Does a box open for its one holder and use only, and a personal value in its one place only?"""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.sync.sealing import (
    SealBroken,
    make_personal_key,
    open_personal,
    seal,
    seal_personal,
    unseal,
)

HOLDER = X25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = HOLDER.public_key().public_bytes_raw()
KEY = bytes(range(32))
NONCE = bytes(range(12))


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_a_box_gives_back_what_was_put_in(content: bytes, use: bytes) -> None:
    box = seal(content, PUBLIC, use=use)
    assert unseal(box, HOLDER, use=use) == content
    assert len(box) == len(content) + 49
    if len(content) >= 8:
        assert content not in box


def test_two_boxes_of_the_same_content_are_not_alike() -> None:
    assert seal(b"x" * 32, PUBLIC, use=b"") != seal(b"x" * 32, PUBLIC, use=b"")


def test_a_box_of_today_opens_in_years() -> None:
    # HPKE of RFC 9180 (X25519, HKDF-SHA256, ChaCha20-Poly1305): sealed recovery copies must stay readable.
    box = bytes.fromhex(
        "01e0312ca7251973c2e6422e54166a57260f2da2b45c965996c8e1f30db8f94e46b2ca30b7015a05718581de32e464e8b096"
        "4986117d7d8e00a9a5a4fb"
    )
    assert unseal(box, HOLDER, use=b"fixed") == b"database key"


def test_strangers_other_uses_and_changed_bytes() -> None:
    box = seal(b"secret", PUBLIC, use=b"profile 1")
    wrong = [(box, STRANGER, b"profile 1"), (box, HOLDER, b"profile 2"), (b"", HOLDER, b"profile 1")]
    wrong += [
        (box[:at] + bytes([box[at] ^ 1]) + box[at + 1 :], HOLDER, b"profile 1") for at in range(len(box))
    ]
    wrong += [(box[:length], HOLDER, b"profile 1") for length in range(len(box))]
    for changed, key, use in wrong:
        with pytest.raises(SealBroken):
            unseal(changed, key, use=use)


def test_a_public_key_of_another_length_is_none() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(b"", b"short", use=b"")


@given(st.binary(max_size=300), st.binary(min_size=12, max_size=12), st.binary(max_size=40))
def test_a_personal_value_comes_back(content: bytes, nonce: bytes, about: bytes) -> None:
    sealed = seal_personal(content, KEY, nonce=nonce, about=about)
    assert open_personal(sealed, KEY, about=about) == content
    assert len(sealed) == len(content) + 29


def test_handlers_may_run_again_and_get_the_same_bytes() -> None:
    once = seal_personal("李小明".encode(), KEY, nonce=NONCE, about=b"buyer 1 name")
    assert once == seal_personal("李小明".encode(), KEY, nonce=NONCE, about=b"buyer 1 name")
    assert "李小明".encode() not in once


def test_a_nonce_that_comes_twice_does_not_give_the_difference_away() -> None:
    # With a stream cipher the two would differ in one byte only; with GCM-SIV nothing stays alike.
    first = seal_personal(b"13800000001", KEY, nonce=NONCE, about=b"")[13:24]
    second = seal_personal(b"13800000002", KEY, nonce=NONCE, about=b"")[13:24]
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 5


def test_a_personal_value_opens_in_its_place_only() -> None:
    sealed = seal_personal(b"secret", KEY, nonce=NONCE, about=b"buyer 1 phone")
    wrong = [(sealed, bytes(32), b"buyer 1 phone"), (sealed, KEY, b"buyer 2 phone")]
    wrong += [
        (sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], KEY, b"buyer 1 phone") for at in range(35)
    ]
    wrong += [(sealed[:length], KEY, b"buyer 1 phone") for length in range(35)]
    for changed, key, about in wrong:
        with pytest.raises(SealBroken):
            open_personal(changed, key, about=about)


def test_keys_of_another_length_are_none() -> None:
    assert len(make_personal_key(lambda length: b"\x05" * length)) == 32
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        seal_personal(b"", bytes(16), nonce=NONCE, about=b"")
    with pytest.raises(ValueError, match="32 bytes, not 0"):
        open_personal(b"", b"", about=b"")
    with pytest.raises(ValueError, match=r"[Nn]once"):
        seal_personal(b"", KEY, nonce=b"short", about=b"")
