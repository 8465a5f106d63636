"""The hash chain, against values computed by hand with sha256sum."""

from uuid import UUID

from clinic.rules.chain import link_of, sha256_of, start_of

CHAIN = UUID("018f2a3b-0000-7000-8000-000000000001")


def test_it_starts_at_the_chains_own_key() -> None:
    assert start_of(CHAIN) == sha256_of("018f2a3b-0000-7000-8000-000000000001")
    assert start_of(CHAIN) != start_of(UUID(int=CHAIN.int + 1))


def test_it_covers_what_is_before_the_number_and_the_digest() -> None:
    link = link_of(previous="a" * 64, sequence=7, digest="b" * 64)
    assert link == sha256_of("a" * 64 + "\n7\n" + "b" * 64)
    assert link != link_of(previous="c" * 64, sequence=7, digest="b" * 64)
    assert link != link_of(previous="a" * 64, sequence=8, digest="b" * 64)
    assert link != link_of(previous="a" * 64, sequence=7, digest="c" * 64)


def test_it_is_plain_sha_256() -> None:
    assert sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
