"""SQL van het register: de tijdlijnen van nu en wat wanneer bekend was, voor een hele groep personen tegelijk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from banenspoor_contracts import Grondslag, Registratie, Woonplaats

from services.intake.domain import Grens, Tijdlijn
from shared.beurt import HAP
from shared.db import Tx

_TIJDLIJNEN = """
select persoon, gezegd, bekend_op, verworpen, beschut_vanaf, vervallen from tijdlijn where persoon = any($1::uuid[])
"""
_PERIODEN = """
select persoon, is_registratie, wat, van, tot from (
  select persoon, true, grondslag::text, van, tot from registratie where persoon = any($1::uuid[])
  union all
  select persoon, false, gemeente, van, lead(van) over (partition by persoon order by van)
  from woonplaats where persoon = any($1::uuid[])
) as periode (persoon, is_registratie, wat, van, tot)
order by persoon, van, wat collate "C"
"""
_REGISTRATIE_WEG = """
delete from registratie r using unnest($1::uuid[], $2::text[], $3::date[]) as w (persoon, grondslag, van)
where r.persoon = w.persoon and r.grondslag = w.grondslag::grondslag and r.van = w.van
"""
_WOONPLAATS_WEG = """
delete from woonplaats w using unnest($1::uuid[], $2::date[]) as o (persoon, van)
where w.persoon = o.persoon and w.van = o.van
"""
_ERBIJ = """
with t as (
  insert into tijdlijn (persoon, gezegd, bekend_op, verworpen, beschut_vanaf, vervallen)
  select t.persoon, t.gezegd, t.bekend_op, t.verworpen::text[], t.beschut_vanaf::date[], t.vervallen::text[]
  from unnest($1::uuid[], $2::boolean[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
    as t (persoon, gezegd, bekend_op, verworpen, beschut_vanaf, vervallen)
  on conflict (persoon) do update set
    gezegd = excluded.gezegd, bekend_op = excluded.bekend_op,
    verworpen = excluded.verworpen, beschut_vanaf = excluded.beschut_vanaf,
    vervallen = excluded.vervallen
), r as (
  insert into registratie (persoon, grondslag, van, tot)
  select e.persoon, e.grondslag::grondslag, e.van, e.tot
  from unnest($7::uuid[], $8::text[], $9::date[], $10::date[]) as e (persoon, grondslag, van, tot)
), rh as (
  insert into registratie_historie (persoon, grondslag, van, tot, teken, bekend_op)
  select h.persoon, h.grondslag::grondslag, h.van, h.tot, h.teken, h.bekend_op
  from unnest($11::uuid[], $12::text[], $13::date[], $14::date[], $15::smallint[], $16::timestamptz[])
    with ordinality as h (persoon, grondslag, van, tot, teken, bekend_op, nr)
  order by h.nr
), w as (
  insert into woonplaats (persoon, gemeente, van) select * from unnest($17::uuid[], $18::text[], $19::date[])
)
insert into woonplaats_historie (persoon, gemeente, van, teken, bekend_op)
select h.persoon, h.gemeente, h.van, h.teken, h.bekend_op
from unnest($20::uuid[], $21::text[], $22::date[], $23::smallint[], $24::timestamptz[])
  with ordinality as h (persoon, gemeente, van, teken, bekend_op, nr)
order by h.nr
"""
"""Alles wat erbij komt, in één opdracht: elke heen-en-weer naar de database telt bij één registratie tegelijk."""

Stap = tuple[Tijdlijn, Tijdlijn]
"""Eén opdracht: de tijdlijn ervoor en erna."""
_Periode = tuple[Any, ...]
"""Persoon, grondslag of gemeente, van, en bij een registratie tot (een woonplaats eindigt waar de volgende begint)."""


@dataclass(frozen=True, slots=True)
class _Tabel:
    """Een tabel met perioden: welke een tijdlijn heeft, welke kolommen haar sleutel zijn, en hoe zij eruit gaan.

    `kolommen`: hoeveel een periode er heeft; in de historie komen er twee bij.
    """

    perioden: Callable[[Tijdlijn], frozenset[_Periode]]
    sleutel: tuple[int, ...]
    weg: str
    kolommen: int

    def verschil(self, voor: Tijdlijn, na: Tijdlijn) -> tuple[list[_Periode], list[_Periode]]:
        """Wat wegging en wat erbij kwam, elk op volgorde."""
        oud, nieuw = self.perioden(voor), self.perioden(na)
        if oud == nieuw:
            return [], []
        return sorted(oud - nieuw, key=lambda p: p[:3]), sorted(nieuw - oud, key=lambda p: p[:3])


_TABELLEN = (
    _Tabel(
        lambda t: frozenset((t.persoon, str(r.grondslag), r.van, r.tot) for r in t.registraties),
        (0, 1, 2),
        _REGISTRATIE_WEG,
        4,
    ),
    _Tabel(
        lambda t: frozenset((t.persoon, w.gemeente, w.van) for w in t.woonplaatsen),
        (0, 2),
        _WOONPLAATS_WEG,
        3,
    ),
)


async def tijdlijnen(
    tx: Tx, personen: Collection[UUID], grenzen: Mapping[UUID, Grens | None] | None = None
) -> dict[UUID, Tijdlijn]:
    """De tijdlijn van elk van deze personen; een lege voor wie nog niet in het register staat. `grenzen`: uit de kluis."""
    grenzen = grenzen or {}
    uit = {persoon: Tijdlijn(persoon, grens=grenzen.get(persoon)) for persoon in personen}
    stand = await tx.fetch(_TIJDLIJNEN, list(uit))
    registraties: dict[UUID, list[Registratie]] = {}
    woonplaatsen: dict[UUID, list[Woonplaats]] = {}
    perioden = await tx.fetch(_PERIODEN, [rij["persoon"] for rij in stand]) if stand else ()
    for persoon, is_registratie, wat, van, tot in perioden:
        if is_registratie:
            registraties.setdefault(persoon, []).append(Registratie(grondslag=wat, van=van, tot=tot))
        else:
            woonplaatsen.setdefault(persoon, []).append(Woonplaats(gemeente=wat, van=van, tot=tot))
    for persoon, gezegd, bekend_op, verworpen, beschut_vanaf, vervallen in stand:
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
    if not stappen:
        return
    kolommen = _als_kolommen([_tijdlijn(na) for na in {na.persoon: na for _, na in stappen}.values()], 6)
    for tabel in _TABELLEN:
        historie: list[tuple[Any, ...]] = []
        saldo: dict[_Periode, int] = {}
        for nr, (voor, na) in enumerate(stappen, start=1):
            if nr % HAP == 0:
                await asyncio.sleep(0)
            weg, erbij = tabel.verschil(voor, na)
            for teken, perioden in ((-1, weg), (1, erbij)):
                for p in perioden:
                    historie.append((*p, teken, na.bekend_op))
                    saldo[p] = saldo.get(p, 0) + teken
        if eruit := [tuple(p[i] for i in tabel.sleutel) for p, n in saldo.items() if n < 0]:
            await tx.execute(tabel.weg, *_als_kolommen(eruit, len(tabel.sleutel)))
        kolommen += _als_kolommen([p for p, n in saldo.items() if n > 0], tabel.kolommen)
        kolommen += _als_kolommen(historie, tabel.kolommen + 2)
    await tx.execute(_ERBIJ, *kolommen)


def _als_kolommen(rijen: Sequence[tuple[Any, ...]], aantal: int) -> list[list[Any]]:
    """Elke kolom als één array; zonder rijen zijn zij leeg."""
    return list(map(list, zip(*rijen, strict=True))) if rijen else [[] for _ in range(aantal)]


def _tijdlijn(t: Tijdlijn) -> tuple[Any, ...]:
    """De rij van een tijdlijn; rijen van ongelijke lengte passen niet in één array, dus gaan zij als tekst mee."""
    verworpen = "{" + ",".join(sorted(t.verworpen)) + "}"
    beschut_vanaf = "{" + ",".join(dag.isoformat() for dag in sorted(t.beschut_vanaf)) + "}"
    vervallen = "{" + ",".join(sorted(t.vervallen)) + "}"
    return t.persoon, t.gezegd, t.bekend_op, verworpen, beschut_vanaf, vervallen
