"""Short forms of UUIDs for addresses: the first 60 bits, written in 12 characters of Crockford's base 32.

A short form is looked up as a range of the primary key, so it needs neither a column nor an index of its own.
"""

from uuid import UUID

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12
_SHIFT = 128 - 5 * LENGTH


def short_id(key: UUID) -> str:
    """The 12 characters that stand for `key` in addresses."""
    number = key.int >> _SHIFT
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def uuid_range(short: str) -> tuple[UUID, UUID]:
    """The lowest and highest UUIDs that share a short form. ValueError when it is not one."""
    if len(short) != LENGTH:
        raise ValueError(f"a short id has {LENGTH} characters")
    number = 0
    for character in short.lower():
        number = number << 5 | ALPHABET.index(character)
    return UUID(int=number << _SHIFT), UUID(int=((number + 1) << _SHIFT) - 1)


class ShortIdConverter:
    """Path converter `<short:short>`."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str | UUID) -> str:
        return short_id(value) if isinstance(value, UUID) else value
