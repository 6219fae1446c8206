"""Regels lezen en toevoegen. Een regel is bekend vanaf `bekend_op`, of anders vanaf haar eigen gebeurtenis."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.telling.domain.regels import Regel, Regelboek
from services.telling.store.geheugen import DATABASE, Geheugen
from shared.db import Tx

_BEKEND = """
select r.regel_nr, r.soort, r.sleutel, r.versie, r.inhoud, r.bron, coalesce(r.bekend_op, u.ce_time) as bekend
from regel r left join uitgaand u on u.id = r.gebeurtenis
where coalesce(r.bekend_op, u.ce_time) <= $1
order by r.regel_nr
"""
# Een regel verandert nooit, dus welke er bekend zijn zegt alles.
_STEMPEL = """
select md5(coalesce(string_agg(r.regel_nr::text, ',' order by r.regel_nr), ''))
from regel r left join uitgaand u on u.id = r.gebeurtenis where coalesce(r.bekend_op, u.ce_time) <= $1
"""
_ALLE_VAN = """
select r.regel_nr, r.sleutel, r.inhoud, r.bron, coalesce(r.bekend_op, u.ce_time, '9999-12-31') as bekend
from regel r left join uitgaand u on u.id = r.gebeurtenis
where r.soort = $1 and (r.sleutel = any($2::text[]) or r.inhoud->>'gemeente' = any($3::text[]))
order by r.regel_nr
"""
_REGIOS = "select distinct inhoud->>'regio' as regio from regel where soort = 'gebieden'"
_VOEG_TOE = """
insert into regel (soort, sleutel, versie, inhoud, bron, bekend_op, gebeurtenis)
select n.soort, n.sleutel, n.versie, n.inhoud, n.bron, n.bekend_op, n.gebeurtenis
from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::timestamptz[], $7::uuid[])
     with ordinality as n (soort, sleutel, versie, inhoud, bron, bekend_op, gebeurtenis, nr)
order by n.nr
"""


class Vastgelegd(NamedTuple):
    """Een regel zoals zij er staat; `bekend` is het jaar 9999 zolang haar gebeurtenis nog geen tijd heeft."""

    nr: int
    sleutel: str
    inhoud: dict[str, Any]
    bron: str
    bekend: datetime


class Nieuw(NamedTuple):
    """Een regel die erbij komt; `gebeurtenis` is het id van haar `regel-vastgesteld`."""

    soort: str
    sleutel: str
    versie: str
    inhoud: dict[str, Any]
    bron: str
    bekend_op: datetime | None
    gebeurtenis: UUID


_ALTIJD = datetime.max.replace(tzinfo=UTC)
_boeken = Geheugen(meeste=64)


async def bekend_op(tx: Tx, moment: datetime | None) -> Regelboek:
    """Alle regels die op `moment` bekend waren, ook die inmiddels vervangen zijn; None: die nu bekend zijn."""
    moment = moment or _ALTIJD
    stempel: str = await tx.fetchval(_STEMPEL, moment)
    database = await tx.fetchval(DATABASE)
    gevonden = _boeken.vind((database, stempel), None)
    if gevonden is not None:
        boek: Regelboek = gevonden[0]
        return boek
    boek = Regelboek([Regel(*rij) for rij in await tx.fetch(_BEKEND, moment)], stempel)
    _boeken.bewaar((database, stempel), None, boek)
    return boek


async def van_soort(tx: Tx, soort: str, sleutels: Sequence[str], gemeenten: Sequence[str]) -> list[Vastgelegd]:
    """De vastgelegde regels van een soort met een van deze sleutels, of over een van deze gemeenten."""
    return [Vastgelegd(*rij) for rij in await tx.fetch(_ALLE_VAN, soort, sleutels, gemeenten)]


async def regios(tx: Tx) -> frozenset[str]:
    """Elke regio die in een vastgelegd gebied voorkomt."""
    return frozenset(rij["regio"] for rij in await tx.fetch(_REGIOS))


async def voeg_toe(tx: Tx, regels: Sequence[Nieuw]) -> None:
    """Legt regels vast, in deze volgorde."""
    if regels:
        await tx.execute(_VOEG_TOE, *(list(kolom) for kolom in zip(*regels, strict=True)))
