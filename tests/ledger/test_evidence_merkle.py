"""The Merkle tree is that of RFC 6962, and a proof holds for one leaf, one place and one root only."""

from __future__ import annotations

from hashlib import sha256

import pytest

from kigen.ledger import merkle

# The leaves and roots that the reference implementation of certificate transparency is tested with.
LEAVES = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashed(count: int) -> list[bytes]:
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


@pytest.mark.parametrize("count", range(1, 9))
def test_the_root_is_the_one_of_the_reference(count: int) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(one)) for one in LEAVES[:count]]
    assert merkle.root(leaves).hex() == ROOTS[count - 1]


def test_no_leaves_have_the_digest_of_nothing_as_their_root() -> None:
    assert merkle.root([]) == sha256(b"").digest()


def test_the_tree_is_cut_at_the_largest_power_of_two_as_the_rfc_writes_it() -> None:
    def as_written(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return leaves[0]
        cut = 1 << (len(leaves) - 1).bit_length() - 1
        return sha256(b"\x01" + as_written(leaves[:cut]) + as_written(leaves[cut:])).digest()

    for count in range(1, 70):
        assert merkle.root(hashed(count)) == as_written(hashed(count))


def test_every_leaf_of_every_small_tree_is_proved_at_its_own_place_only() -> None:
    for count in range(1, 34):
        leaves = hashed(count)
        top = merkle.root(leaves)
        for index, leaf in enumerate(leaves):
            path = merkle.proof(leaves, index)
            assert merkle.root_from(leaf, index, count, path) == top
            for other in set(range(count)) - {index}:
                assert leads(leaf, other, count, path) != top
                assert leads(leaves[other], index, count, path) != top


def leads(leaf: bytes, index: int, count: int, path: list[bytes]) -> bytes | None:
    try:
        return merkle.root_from(leaf, index, count, path)
    except ValueError:
        return None


def test_a_proof_that_is_longer_or_shorter_or_changed_leads_nowhere() -> None:
    leaves = hashed(13)
    path = merkle.proof(leaves, 5)
    for wrong in (path[:-1], [*path, leaves[0]], []):
        with pytest.raises(ValueError, match="the proof is too"):
            merkle.root_from(leaves[5], 5, 13, wrong)
    changed = [*path[:-1], bytes([path[-1][0] ^ 1]) + path[-1][1:]]
    assert merkle.root_from(leaves[5], 5, 13, changed) != merkle.root(leaves)


def test_a_leaf_that_is_not_there_has_no_proof() -> None:
    with pytest.raises(IndexError, match="no leaf 3 among 3"):
        merkle.proof(hashed(3), 3)
    for index, count in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="there is no leaf"):
            merkle.root_from(hashed(1)[0], index, count, [])


def test_two_leaves_joined_are_not_a_leaf_of_a_shorter_tree() -> None:
    # Without the bytes in front, the pair of two leaf hashes could be passed off as the content of one leaf.
    leaves = hashed(2)
    assert merkle.leaf_hash(leaves[0] + leaves[1]) != merkle.root(leaves)
