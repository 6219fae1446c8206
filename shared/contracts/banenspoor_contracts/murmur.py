"""De partitie van een sleutel, zoals de standaardverdeler van Kafka haar kiest (murmur2)."""

import struct
from functools import lru_cache

_M = 0x5BD1E995
_ZAAD = 0x9747B28C


def murmur2(data: bytes) -> int:
    """Murmur2 zoals Kafka hem uitrekent: een getal van 32 bits met teken."""
    heel, rest = divmod(len(data), 4)
    h = _ZAAD ^ len(data)
    for woord in struct.unpack_from(f"<{heel}I", data):
        k = woord * _M & 0xFFFFFFFF
        h = h * _M & 0xFFFFFFFF ^ (k ^ k >> 24) * _M & 0xFFFFFFFF
    if rest:
        h = (h ^ int.from_bytes(data[-rest:], "little")) * _M & 0xFFFFFFFF
    h = (h ^ h >> 13) * _M & 0xFFFFFFFF
    h ^= h >> 15
    return h - (1 << 32) if h & 0x80000000 else h


@lru_cache(maxsize=131072)
def partitie(sleutel: str, aantal: int) -> int:
    """De partitie (0 … aantal - 1) van een record met deze sleutel op een topic met `aantal` partities."""
    return (murmur2(sleutel.encode()) & 0x7FFFFFFF) % aantal
