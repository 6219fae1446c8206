"""Het grootboek: van een gezegd uur naar boekingen. `vorig` af op zijn cel, `nieuw` bij op de zijne, en anders niets."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from banenspoor_contracts import Reden

REDENCODES: dict[Reden, int] = {
    Reden.LEVERING: 1,
    Reden.NALEVERING: 2,
    Reden.CORRECTIE: 3,
    Reden.STATUS: 4,
    Reden.STATUS_CORRECTIE: 5,
    Reden.SECTOR_CORRECTIE: 6,
    Reden.GEMEENTE_CORRECTIE: 7,
    Reden.WETSWIJZIGING: 8,
    Reden.AFBAKENING: 9,
    Reden.LEVERING_INGETROKKEN: 10,
    Reden.ONGEDAAN: 11,
}
"""Het getal waarmee een reden in het grootboek staat; staat ook in de tabel `reden` en verandert nooit."""

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDE = timedelta(microseconds=1)


class Boeking(NamedTuple):
    """Eén regel van het grootboek; `been` is +1 voor `nieuw` en −1 voor `vorig`. De volgorde is die van de tabel."""

    maand: int
    reden: int
    been: int
    bron: int
    cel_id: int
    delta_uren_x100: int
    persoon_nr: int
    plaatsing_nr: int
    werkgever_nr: int
    bekend_op: int
    publicatienr: int


class Mutatie(NamedTuple):
    """Wat een saldo verandert: uren (honderdsten), het aantal boekingen, en hoeveel baan-maanden er bij komen."""

    maand: int
    cel_id: int
    shard: int
    uren_x100: int
    boekingen: int
    gezegd: int


def microseconden(moment: datetime) -> int:
    """Een moment als microseconden sinds 1970 (UTC); zo staat het kennismoment in het grootboek."""
    return (moment - _BEGIN) // _MICROSECONDE


def uit_microseconden(aantal: int) -> datetime:
    """Het moment bij een kennismoment uit het grootboek."""
    return _BEGIN + aantal * _MICROSECONDE


def saldeer(boekingen: Iterable[tuple[int, Boeking]]) -> list[Mutatie]:
    """Telt boekingen op per (maand, cel, shard), gesorteerd op die sleutel; elk paar is (shard, boeking)."""
    saldi: dict[tuple[int, int, int], list[int]] = {}
    for shard, boeking in boekingen:
        saldo = saldi.setdefault((boeking.maand, boeking.cel_id, shard), [0, 0, 0])
        saldo[0] += boeking.delta_uren_x100
        saldo[1] += 1
        saldo[2] += boeking.been
    return [Mutatie(*sleutel, *saldo) for sleutel, saldo in sorted(saldi.items())]
