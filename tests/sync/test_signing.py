"""Does one signature vouch for a whole chain, and for nothing that was changed, moved or left out?"""

import os
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.sync.signing import (
    GENESIS,
    BrokenChain,
    DeviceKeys,
    ForgedSignature,
    Purpose,
    chain,
    chain_hash,
    sign,
    verify,
    verify_head,
)

KEYS = DeviceKeys(bytes(range(32)), bytes(range(32, 64)))
OTHER = DeviceKeys(bytes(32), bytes(32))


@dataclass
class Batch:
    known_head: bytes
    operations: list[bytes]
    hashes: list[bytes]
    signature: bytes

    def verify(self, keys: DeviceKeys = KEYS) -> bytes:
        return verify_head(keys.verifying_key, self.known_head, self.operations, self.hashes, self.signature)


def batch(operations: list[bytes], known_head: bytes = GENESIS) -> Batch:
    hashes = chain(known_head, operations)
    head = hashes[-1] if hashes else known_head
    return Batch(known_head, operations, hashes, sign(KEYS.signing_key, Purpose.OPERATION, head))


def test_the_chain_hash_is_fixed_for_ever() -> None:
    # Stored operations are checked with it for years: a change of these bytes is a change of protocol.
    assert chain_hash(GENESIS, b"operation").hex() == (
        "47588fc2ef5bfed69954f0498a0410b222f32306bfcb862f2d5dd8b289df8b4f"
    )
    assert chain_hash(chain_hash(GENESIS, b"a"), b"b") == chain(GENESIS, [b"a", b"b"])[-1]


def test_signatures_are_ed25519_and_fixed_for_ever() -> None:
    signature = sign(KEYS.signing_key, Purpose.OPERATION, GENESIS)
    assert len(signature) == 64
    assert signature.hex()[:32] == "3b9bc3639c2770b052f01eb077ca5bb3"
    assert KEYS.verifying_key.hex() == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_a_batch_leads_to_its_last_hash(operations: list[bytes]) -> None:
    good = batch(operations)
    assert good.verify() == (good.hashes[-1] if operations else GENESIS)


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=8), st.data())
def test_any_changed_byte_is_found_where_it_is(operations: list[bytes], data: st.DataObject) -> None:
    tampered = batch(operations)
    position = data.draw(st.integers(0, len(operations) - 1))
    changed = bytearray(operations[position])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    tampered.operations = [*operations[:position], bytes(changed), *operations[position + 1 :]]
    with pytest.raises(BrokenChain) as broken:
        tampered.verify()
    assert broken.value.position == position


def test_an_operation_left_out_added_or_swapped() -> None:
    good = batch([b"one", b"two", b"three"])
    left_out = Batch(GENESIS, [b"one", b"three"], [good.hashes[0], good.hashes[2]], good.signature)
    swapped = Batch(GENESIS, [b"two", b"one", b"three"], good.hashes, good.signature)
    unhashed = Batch(GENESIS, [*good.operations, b"four"], good.hashes, good.signature)
    unsaid = Batch(GENESIS, good.operations[:2], good.hashes, good.signature)
    for wrong, position in ((left_out, 1), (swapped, 0), (unhashed, 3), (unsaid, 2)):
        with pytest.raises(BrokenChain) as broken:
            wrong.verify()
        assert broken.value.position == position


def test_a_batch_continues_one_known_head_only() -> None:
    first = batch([b"one"])
    second = batch([b"two"], first.hashes[-1])
    assert second.verify() == second.hashes[-1]
    second.known_head = GENESIS
    with pytest.raises(BrokenChain):
        second.verify()


def test_a_rewritten_chain_needs_the_devices_own_signature() -> None:
    good = batch([b"one", b"two"])
    rewritten = Batch(GENESIS, [b"one", b"2"], chain(GENESIS, [b"one", b"2"]), good.signature)
    with pytest.raises(ForgedSignature):
        rewritten.verify()
    with pytest.raises(ForgedSignature):
        good.verify(OTHER)


def test_a_signature_serves_one_purpose() -> None:
    signature = sign(KEYS.signing_key, Purpose.REQUEST, GENESIS)
    verify(KEYS.verifying_key, Purpose.REQUEST, GENESIS, signature)
    for purpose in (Purpose.OPERATION, Purpose.ENROLMENT):
        with pytest.raises(ForgedSignature):
            verify(KEYS.verifying_key, purpose, GENESIS, signature)


@pytest.mark.parametrize(
    ("key", "signature"), [(b"short", bytes(64)), (bytes(32), b""), (bytes(32), bytes(64))]
)
def test_malformed_keys_and_signatures_are_forged(key: bytes, signature: bytes) -> None:
    with pytest.raises(ForgedSignature):
        verify(key, Purpose.OPERATION, GENESIS, signature)


def test_keys_come_from_the_given_chance_and_do_not_show_themselves() -> None:
    assert DeviceKeys.make(lambda length: b"\x07" * length) == DeviceKeys(b"\x07" * 32, b"\x07" * 32)
    made = DeviceKeys.make(os.urandom)
    assert made != DeviceKeys.make(os.urandom)
    assert made.signing_seed.hex() not in repr(made)
    assert repr(made) == "DeviceKeys()"
    with pytest.raises(ValueError, match="32 bytes"):
        DeviceKeys(b"short", bytes(32))
    with pytest.raises(ValueError, match="32 bytes"):
        chain_hash(b"short", b"")
