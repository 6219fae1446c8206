"""SQL van het aansluiten: een groep mensen naast het register, en wie hier geregistreerd is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from banenspoor_contracts import Grondslag, RegistratieBeeindigd, Vorm

from services.intake import store
from services.intake.domain.aansluiting import ONBEKEND, ONBEKEND_HIER, Aansluiting, sluit_aan
from services.intake.toegang import woonde_in
from shared.db import Tx

_BEKEND = "select persoon from kluis where persoon in (select unnest($1::uuid[]))"
_VORMEN = """
select persoon, array_agg(distinct vorm) as vormen from werk
where persoon in (select unnest($1::uuid[])) and not ongedaan and van <= $2 and (tot is null or tot > $2) group by persoon
"""
_EINDEN = """
select sleutel, convert_from(data, 'UTF8') as data from uitgaand
where sleutel in (select unnest($1::text[])) and type = 'nl.banenafspraak.registratie-beeindigd.v1' and data is not null
order by volgorde
"""
_HIER = """
select w.persoon, array_agg(r.grondslag::text order by r.van, r.grondslag) as grondslagen,
  array_agg(r.van order by r.van, r.grondslag) as van
from woonplaats w join registratie r using (persoon)
where w.gemeente = $1 and w.van <= $2 and r.van <= $2 and (r.tot is null or r.tot > $2)
  and not exists (select from woonplaats v where v.persoon = w.persoon and v.van > w.van and v.van <= $2)
  and ($3::uuid is null or w.persoon > $3)
group by w.persoon order by w.persoon limit $4
"""


@dataclass(frozen=True, slots=True)
class Gevraagd:
    """Iemand uit een eigen administratie, met wat die van haar weet."""

    persoon: UUID
    grondslag: Grondslag | None = None
    van: date | None = None


async def beoordeel(
    tx: Tx, gevraagd: Sequence[Gevraagd], vandaag: date, gemeente: str | None, *, namens_gemeente: bool
) -> list[Aansluiting]:
    """Van elk hoe zij aansluit, op dezelfde volgorde. Voor een gemeente is wie er nooit woonde als een onbekende."""
    wie = {g.persoon for g in gevraagd}
    bekend = {r["persoon"] for r in await tx.fetch(_BEKEND, list(wie))}
    tijdlijnen = await store.tijdlijnen(tx, wie)
    vormen = {r["persoon"]: [Vorm(v) for v in r["vormen"]] for r in await tx.fetch(_VORMEN, list(wie), vandaag)}
    redenen = await _redenen(tx, bekend)
    uit = []
    for g in gevraagd:
        tijdlijn = tijdlijnen[g.persoon]
        if namens_gemeente and not woonde_in(tijdlijn, gemeente):
            uit.append(ONBEKEND_HIER)
        elif g.persoon not in bekend:
            uit.append(ONBEKEND)
        else:
            uit.append(
                sluit_aan(
                    tijdlijn,
                    vandaag,
                    grondslag=g.grondslag,
                    van=g.van,
                    gemeente=gemeente,
                    vormen=vormen.get(g.persoon, ()),
                    redenen=redenen.get(g.persoon, {}),
                )
            )
    return uit


async def _redenen(tx: Tx, personen: Collection[UUID]) -> dict[UUID, dict[tuple[Grondslag, date], str]]:
    """Waarom registraties eindigden, uit wat daarover gezegd is (zolang dat bewaard is)."""
    uit: dict[UUID, dict[tuple[Grondslag, date], str]] = {}
    for r in await tx.fetch(_EINDEN, list(map(str, personen))):
        feit = RegistratieBeeindigd.model_validate_json(r["data"])
        uit.setdefault(feit.persoon, {})[feit.grondslag, feit.tot] = str(feit.reden)
    return uit


async def hier_geregistreerd(
    tx: Tx, gemeente: str, vandaag: date, na: UUID | None, hooguit: int
) -> list[dict[str, Any]]:
    """Wie vandaag in deze gemeente woont en geregistreerd is, met haar lopende grondslagen."""
    return [
        {
            "persoon": r["persoon"],
            "registraties": [{"grondslag": g, "van": van} for g, van in zip(r["grondslagen"], r["van"], strict=True)],
        }
        for r in await tx.fetch(_HIER, gemeente, vandaag, na, hooguit)
    ]
