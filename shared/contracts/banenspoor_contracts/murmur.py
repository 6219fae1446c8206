"""De partitie van een sleutel, zoals de standaardverdeler van Kafka haar kiest (murmur2)."""

_M = 0x5BD1E995
_ZAAD = 0x9747B28C


def murmur2(data: bytes) -> int:
    """Murmur2 zoals Kafka hem uitrekent: een getal van 32 bits met teken."""
    lengte = len(data)
    h = _ZAAD ^ lengte
    heel = lengte & ~3
    for i in range(0, heel, 4):
        k = int.from_bytes(data[i : i + 4], "little") * _M & 0xFFFFFFFF
        k = (k ^ k >> 24) * _M & 0xFFFFFFFF
        h = h * _M & 0xFFFFFFFF ^ k
    if heel < lengte:
        h = (h ^ int.from_bytes(data[heel:], "little")) * _M & 0xFFFFFFFF
    h = (h ^ h >> 13) * _M & 0xFFFFFFFF
    h ^= h >> 15
    return h - (1 << 32) if h & 0x80000000 else h


def partitie(sleutel: str, aantal: int) -> int:
    """De partitie (0 … aantal - 1) van een record met deze sleutel op een topic met `aantal` partities."""
    return (murmur2(sleutel.encode()) & 0x7FFFFFFF) % aantal
