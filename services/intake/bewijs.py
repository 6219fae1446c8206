"""SQL van het bewijs bij een registratie, en van wat er over vervallen voorwaarden gemeld is. Alleen in intake."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from banenspoor_contracts import Grondslag

from services.intake.domain import ontbrekend_bewijs
from services.intake.rijen import RegistratieRij, VervallenRij
from shared.db import Tx

_BEWAAR = """
insert into registratie_bewijs (persoon, grondslag, van, loonwaarde_x100, loonwaarde_op, verzoek_op)
select n.persoon, n.grondslag::grondslag, n.van, n.x100, n.loonwaarde_op, n.verzoek_op
from unnest($1::uuid[], $2::text[], $3::date[], $4::int[], $5::date[], $6::date[])
  as n (persoon, grondslag, van, x100, loonwaarde_op, verzoek_op)
on conflict (persoon, grondslag, van) do update set
  loonwaarde_x100 = coalesce(excluded.loonwaarde_x100, registratie_bewijs.loonwaarde_x100),
  loonwaarde_op = coalesce(excluded.loonwaarde_op, registratie_bewijs.loonwaarde_op),
  verzoek_op = coalesce(excluded.verzoek_op, registratie_bewijs.verzoek_op)
"""
_VERVALLEN = """
insert into voorwaarden_vervallen (persoon, grondslag, vervallen_op, reden, bekend_op)
values ($1, $2::text::grondslag, $3, $4, $5) on conflict do nothing
"""
_STAND = """
select r.persoon, r.grondslag::text, r.van, b.loonwaarde_x100 is not null as loonwaarde_procent,
  b.loonwaarde_op is not null as loonwaarde_op, b.verzoek_op is not null as verzoek_op
from registratie r left join registratie_bewijs b using (persoon, grondslag, van)
where r.persoon = any($1::uuid[]) and r.van <= $2 and (r.tot is null or r.tot > $2)
order by r.persoon, r.grondslag, r.van
"""
_KOLOMMEN = ("loonwaarde_procent", "loonwaarde_op", "verzoek_op")


@dataclass(frozen=True, slots=True)
class Gemis:
    """Een registratie die niet al het bewijs heeft dat haar grondslag vraagt."""

    persoon: UUID
    grondslag: Grondslag
    van: date
    mist: tuple[str, ...]


def gedragen(rij: RegistratieRij) -> list[str]:
    """De kolommen met bewijs die in deze rij gevuld zijn."""
    return [kolom for kolom in _KOLOMMEN if getattr(rij, kolom) is not None]


async def bewaar(tx: Tx, rijen: Sequence[tuple[UUID, RegistratieRij]]) -> None:
    """Bewaart het bewijs uit deze rijen; een lege kolom laat staan wat er stond, een latere rij gaat voor."""
    laatst: dict[tuple[UUID, str, date], list[int | date | None]] = {}
    for persoon, rij in rijen:
        bewijs = (rij.loonwaarde_procent, rij.loonwaarde_op, rij.verzoek_op)
        if any(b is not None for b in bewijs):
            oud = laatst.get((persoon, str(rij.grondslag), rij.van), [None, None, None])
            laatst[persoon, str(rij.grondslag), rij.van] = [
                o if n is None else n for o, n in zip(oud, bewijs, strict=True)
            ]
    if laatst:
        await tx.execute(_BEWAAR, *map(list, zip(*((*k, *b) for k, b in laatst.items()), strict=True)))


async def noteer_verval(tx: Tx, rijen: Sequence[tuple[UUID, VervallenRij]]) -> None:
    """Onthoudt de melding, ook als de registratie blijft."""
    await tx.executemany(
        _VERVALLEN, [(p, str(r.grondslag), r.vervallen_op, str(r.reden), r.bekend_op) for p, r in rijen]
    )


async def ontbreekt(tx: Tx, personen: Collection[UUID], dag: date) -> list[Gemis]:
    """Welke registraties van deze personen, lopend op `dag`, bewijs missen. Weigeren doen wij daar niet om."""
    uit = []
    for rij in await tx.fetch(_STAND, list(personen), dag):
        grondslag = Grondslag(rij["grondslag"])
        if mist := ontbrekend_bewijs(grondslag, [k for k in _KOLOMMEN if rij[k]]):
            uit.append(Gemis(rij["persoon"], grondslag, rij["van"], mist))
    return uit
