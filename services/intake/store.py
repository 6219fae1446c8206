"""SQL van het register: de tijdlijnen van nu en wat wanneer bekend was, voor een hele groep personen tegelijk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from banenspoor_contracts import Grondslag, Registratie, Woonplaats

from services.intake.domain import Grens, Tijdlijn
from shared.db import Tx

_TIJDLIJNEN = """
select persoon, gezegd, bekend_op, verworpen, beschut_vanaf, vervallen from tijdlijn where persoon = any($1::uuid[])
"""
_REGISTRATIES = """
select persoon, grondslag::text, van, tot from registratie where persoon = any($1::uuid[])
order by persoon, van, grondslag::text collate "C"
"""
_WOONPLAATSEN = """
select persoon, gemeente, van, lead(van) over (partition by persoon order by van) as tot
from woonplaats where persoon = any($1::uuid[]) order by persoon, van
"""
_BEWAAR_TIJDLIJN = """
insert into tijdlijn (persoon, gezegd, bekend_op, verworpen, beschut_vanaf, vervallen)
select t.persoon, t.gezegd, t.bekend_op, t.verworpen::text[], t.beschut_vanaf::date[], t.vervallen::text[]
from unnest($1::uuid[], $2::boolean[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
  as t (persoon, gezegd, bekend_op, verworpen, beschut_vanaf, vervallen)
on conflict (persoon) do update set
  gezegd = excluded.gezegd, bekend_op = excluded.bekend_op,
  verworpen = excluded.verworpen, beschut_vanaf = excluded.beschut_vanaf,
  vervallen = excluded.vervallen
"""
_REGISTRATIE_WEG = """
delete from registratie r using unnest($1::uuid[], $2::text[], $3::date[]) as w (persoon, grondslag, van)
where r.persoon = w.persoon and r.grondslag = w.grondslag::grondslag and r.van = w.van
"""
_REGISTRATIE_ERBIJ = """
insert into registratie (persoon, grondslag, van, tot)
select e.persoon, e.grondslag::grondslag, e.van, e.tot
from unnest($1::uuid[], $2::text[], $3::date[], $4::date[]) as e (persoon, grondslag, van, tot)
"""
_WOONPLAATS_WEG = """
delete from woonplaats w using unnest($1::uuid[], $2::date[]) as o (persoon, van)
where w.persoon = o.persoon and w.van = o.van
"""
_WOONPLAATS_ERBIJ = """
insert into woonplaats (persoon, gemeente, van) select * from unnest($1::uuid[], $2::text[], $3::date[])
"""
_REGISTRATIE_HISTORIE = """
insert into registratie_historie (persoon, grondslag, van, tot, teken, bekend_op)
select h.persoon, h.grondslag::grondslag, h.van, h.tot, h.teken, h.bekend_op
from unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::smallint[], $6::timestamptz[])
  with ordinality as h (persoon, grondslag, van, tot, teken, bekend_op, nr)
order by h.nr
"""
_WOONPLAATS_HISTORIE = """
insert into woonplaats_historie (persoon, gemeente, van, teken, bekend_op)
select h.persoon, h.gemeente, h.van, h.teken, h.bekend_op
from unnest($1::uuid[], $2::text[], $3::date[], $4::smallint[], $5::timestamptz[])
  with ordinality as h (persoon, gemeente, van, teken, bekend_op, nr)
order by h.nr
"""

Stap = tuple[Tijdlijn, Tijdlijn]
"""Eén opdracht: de tijdlijn ervoor en erna."""
_Periode = tuple[Any, ...]
"""Persoon, grondslag of gemeente, van, en bij een registratie tot (een woonplaats eindigt waar de volgende begint)."""


@dataclass(frozen=True, slots=True)
class _Tabel:
    """Een tabel met perioden: welke een tijdlijn heeft, hoe zij erin en eruit gaan, en waar dat onthouden wordt."""

    perioden: Callable[[Tijdlijn], frozenset[_Periode]]
    sleutel: tuple[int, ...]
    weg: str
    erbij: str
    historie: str

    def verschil(self, voor: Tijdlijn, na: Tijdlijn) -> tuple[list[_Periode], list[_Periode]]:
        """Wat wegging en wat erbij kwam, elk op volgorde."""
        oud, nieuw = self.perioden(voor), self.perioden(na)
        return sorted(oud - nieuw, key=lambda p: p[:3]), sorted(nieuw - oud, key=lambda p: p[:3])


_TABELLEN = (
    _Tabel(
        lambda t: frozenset((t.persoon, str(r.grondslag), r.van, r.tot) for r in t.registraties),
        (0, 1, 2),
        _REGISTRATIE_WEG,
        _REGISTRATIE_ERBIJ,
        _REGISTRATIE_HISTORIE,
    ),
    _Tabel(
        lambda t: frozenset((t.persoon, w.gemeente, w.van) for w in t.woonplaatsen),
        (0, 2),
        _WOONPLAATS_WEG,
        _WOONPLAATS_ERBIJ,
        _WOONPLAATS_HISTORIE,
    ),
)


async def tijdlijnen(
    tx: Tx, personen: Collection[UUID], grenzen: Mapping[UUID, Grens | None] | None = None
) -> dict[UUID, Tijdlijn]:
    """De tijdlijn van elk van deze personen; een lege voor wie nog niet in het register staat. `grenzen`: uit de kluis."""
    grenzen = grenzen or {}
    wie = list(personen)
    registraties: dict[UUID, list[Registratie]] = {}
    for persoon, grondslag, van, tot in await tx.fetch(_REGISTRATIES, wie):
        registraties.setdefault(persoon, []).append(Registratie(grondslag=grondslag, van=van, tot=tot))
    woonplaatsen: dict[UUID, list[Woonplaats]] = {}
    for persoon, gemeente, van, tot in await tx.fetch(_WOONPLAATSEN, wie):
        woonplaatsen.setdefault(persoon, []).append(Woonplaats(gemeente=gemeente, van=van, tot=tot))
    uit = {persoon: Tijdlijn(persoon, grens=grenzen.get(persoon)) for persoon in wie}
    for persoon, gezegd, bekend_op, verworpen, beschut_vanaf, vervallen in await tx.fetch(_TIJDLIJNEN, wie):
        uit[persoon] = Tijdlijn(
            persoon,
            tuple(registraties.get(persoon, ())),
            tuple(woonplaatsen.get(persoon, ())),
            frozenset(map(Grondslag, verworpen)),
            frozenset(beschut_vanaf),
            gezegd,
            bekend_op,
            frozenset(map(Grondslag, vervallen)),
            grenzen.get(persoon),
        )
    return uit


async def bewaar(tx: Tx, stappen: Sequence[Stap]) -> None:
    """Legt stappen vast die in deze volgorde op elkaar volgden: in de stand hun saldo, in de historie elke stap."""
    stappen = [(voor, na) for voor, na in stappen if voor != na]
    laatst = {na.persoon: na for _, na in stappen}
    await _schrijf(tx, _BEWAAR_TIJDLIJN, [_tijdlijn(na) for na in laatst.values()])
    for tabel in _TABELLEN:
        historie: list[tuple[Any, ...]] = []
        saldo: dict[_Periode, int] = {}
        for voor, na in stappen:
            weg, erbij = tabel.verschil(voor, na)
            for teken, perioden in ((-1, weg), (1, erbij)):
                for p in perioden:
                    historie.append((*p, teken, na.bekend_op))
                    saldo[p] = saldo.get(p, 0) + teken
        await _schrijf(tx, tabel.weg, [tuple(p[i] for i in tabel.sleutel) for p, n in saldo.items() if n < 0])
        await _schrijf(tx, tabel.erbij, [p for p, n in saldo.items() if n > 0])
        await _schrijf(tx, tabel.historie, historie)


async def _schrijf(tx: Tx, sql: str, rijen: Sequence[tuple[Any, ...]]) -> None:
    """Eén opdracht voor alle rijen; elke kolom gaat als één array mee."""
    if rijen:
        await tx.execute(sql, *map(list, zip(*rijen, strict=True)))


def _tijdlijn(t: Tijdlijn) -> tuple[Any, ...]:
    """De rij van een tijdlijn; rijen van ongelijke lengte passen niet in één array, dus gaan zij als tekst mee."""
    verworpen = "{" + ",".join(sorted(t.verworpen)) + "}"
    beschut_vanaf = "{" + ",".join(dag.isoformat() for dag in sorted(t.beschut_vanaf)) + "}"
    vervallen = "{" + ",".join(sorted(t.vervallen)) + "}"
    return t.persoon, t.gezegd, t.bekend_op, verworpen, beschut_vanaf, vervallen
