"""Hoe volledig en vers het register is: per gegeven de laatste bevestiging, of iemand in beeld is, en een werklijst.

Een gegeven is **bekend** als wij het hebben, en **vers** als het bekend is en de laatste bevestiging niet ouder is dan de
instelling `bevestiging_dagen`. De score is het deel van de zes gegevens dat vers is, in honderdsten van een procent (geheel,
naar beneden). Grondslag en woonplaats gelden ook als bevestigd op de dag waarop zij voor het laatst zijn vastgelegd. Bewijs is
bekend zodra iemand het bevestigde. Niets hiervan gaat over gezondheid, en niets hiervan gaat het log op.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.intake import kluisboek, store
from services.intake.rijen_volledigheid import BemiddelingRij, BevestigingRij
from services.intake.toegang import ONBEKENDE_REGISTRATIE, woonde_in
from services.intake.verwerk import niet_in_toekomst
from shared.api import Fout, Opdracht, Uitslag
from shared.db import Tx
from shared.kluis import kluis
from shared.personen import vergrendel_personen


class Veld(StrEnum):
    """De zes gegevens waarover bevestigd wordt."""

    GRONDSLAG = "grondslag"
    WOONPLAATS = "woonplaats"
    GEBOORTEDATUM = "geboortedatum"
    BEWIJS = "bewijs"
    IN_BEELD = "in_beeld"
    BEMIDDELBAAR = "bemiddelbaar"


NOOIT = date(1, 1, 1)
"""In de volgorde van de werklijst: nog nooit bevestigd."""
_BEVESTIG = """
insert into bevestiging (persoon, veld, op, client)
select n.persoon, n.veld, n.op, $4 from unnest($1::uuid[], $2::text[], $3::date[]) as n (persoon, veld, op)
on conflict (persoon, veld) do update set op = excluded.op, client = excluded.client where bevestiging.op < excluded.op
returning 1
"""
_BEMIDDEL = """
insert into bemiddeling (persoon, in_beeld, bemiddelbaar, begeleiding, op, client)
select n.*, $6 from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[]) as n
on conflict (persoon) do update set in_beeld = excluded.in_beeld, bemiddelbaar = excluded.bemiddelbaar,
  begeleiding = excluded.begeleiding, op = excluded.op, client = excluded.client
"""
_BEMIDDELINGEN = """
select persoon, in_beeld, bemiddelbaar, begeleiding, op from bemiddeling where persoon in (select unnest($1::uuid[]))
"""

_STAND = """
with wie as materialized (
  select w.persoon, w.gemeente, w.van from woonplaats w
  where w.van <= $2 and ($1::text is null or w.gemeente = $1)
    and not exists (select from woonplaats v where v.persoon = w.persoon and v.van > w.van and v.van <= $2)
    and exists (
      select from registratie r where r.persoon = w.persoon and r.van <= $2 and (r.tot is null or r.tot > $2))
), b as (
  select persoon,
    max(op) filter (where veld = 'grondslag') as grondslag, max(op) filter (where veld = 'woonplaats') as woonplaats,
    max(op) filter (where veld = 'geboortedatum') as geboortedatum, max(op) filter (where veld = 'bewijs') as bewijs,
    max(op) filter (where veld = 'in_beeld') as in_beeld, max(op) filter (where veld = 'bemiddelbaar') as bemiddelbaar,
    jsonb_object_agg(veld, client) as door
  from bevestiging where $1::text is null or persoon in (select persoon from wie) group by persoon
), rh as (
  select persoon, max((coalesce(bekend_op, opgetekend_op) at time zone 'Europe/Amsterdam')::date) as op
  from registratie_historie where $1::text is null or persoon in (select persoon from wie) group by persoon
), wh as (
  select persoon, max((coalesce(bekend_op, opgetekend_op) at time zone 'Europe/Amsterdam')::date) as op
  from woonplaats_historie where $1::text is null or persoon in (select persoon from wie) group by persoon
), stand as (
  select wie.persoon, wie.gemeente,
    greatest(b.grondslag, rh.op) as grondslag, greatest(b.woonplaats, wh.op) as woonplaats,
    case when k.geboortedatum is not null then b.geboortedatum end as geboortedatum, b.bewijs,
    case when m.in_beeld <> 'onbekend' then greatest(b.in_beeld, m.op) end as in_beeld,
    case when m.bemiddelbaar <> 'onbekend' then greatest(b.bemiddelbaar, m.op) end as bemiddelbaar,
    k.geboortedatum is not null as heeft_geboortedatum,
    coalesce(m.in_beeld, 'onbekend') as beeld, coalesce(m.bemiddelbaar, 'onbekend') as bemiddeling,
    coalesce(m.begeleiding, 'onbekend') as begeleiding, b.door, m.client as bemiddelaar
  from wie left join b using (persoon) left join rh using (persoon) left join wh using (persoon)
    left join kluis k using (persoon) left join bemiddeling m using (persoon)
), scores as (
  select *, (
    (grondslag >= $3)::int + (woonplaats >= $3)::int + coalesce((geboortedatum >= $3)::int, 0)
    + coalesce((bewijs >= $3)::int, 0) + coalesce((in_beeld >= $3)::int, 0) + coalesce((bemiddelbaar >= $3)::int, 0)
  ) * 10000 / 6 as score
  from stand
)
"""
_VELDEN = ", ".join(
    f"count({v}) as {v}_bevestigd, count(*) filter (where {v} >= $3) as {v}_vers" for v in map(str, Veld)
)
_PER_GEMEENTE = f"""{_STAND}
select gemeente, count(*) as personen, sum(score) / count(*) as score, {_VELDEN},
  count(*) filter (where heeft_geboortedatum) as geboortedatum_bekend,
  count(*) filter (where beeld = 'ja') as beeld_ja, count(*) filter (where beeld = 'nog_niet') as beeld_nog_niet,
  count(*) filter (where bemiddeling = 'ja') as bemiddeling_ja,
  count(*) filter (where bemiddeling = 'nog_niet') as bemiddeling_nog_niet,
  count(*) filter (where begeleiding = 'actief') as actief, count(*) filter (where begeleiding = 'passief') as passief
from scores group by gemeente order by gemeente
"""  # noqa: S608
_OUDST = ", ".join(f"coalesce({v}, $4)" for v in map(str, Veld))
_WERKLIJST = f"""{_STAND}
select * from (select *, least({_OUDST}) as oudste, greatest({_OUDST}) as gezien from scores) als
where ($5::date is null or (oudste, gezien, persoon) > ($5, $6::date, $7::uuid))
order by oudste, gezien, persoon limit $8
"""  # noqa: S608


async def bevestig(tx: Tx, rijen: Sequence[tuple[int, BevestigingRij]], opdracht: Opdracht) -> Uitslag:
    """Legt per gegeven de laatste bevestiging vast; een oudere dan er staat verandert niets."""
    uitslag = Uitslag()
    goed = await _wie(tx, rijen, opdracht, uitslag)
    laatst: dict[tuple[UUID, str], date] = {}
    for persoon, _, rij in goed:
        sleutel = persoon, str(rij.veld)
        laatst[sleutel] = max(rij.op, laatst.get(sleutel, rij.op))
    nieuw = 0
    if laatst:
        kolommen = zip(*((p, veld, op) for (p, veld), op in laatst.items()), strict=True)
        nieuw = len(await tx.fetch(_BEVESTIG, *map(list, kolommen), opdracht.client))
    uitslag.aanvaard, uitslag.ongewijzigd = nieuw, len(goed) - nieuw
    return uitslag


async def bemiddel(tx: Tx, rijen: Sequence[tuple[int, BemiddelingRij]], opdracht: Opdracht) -> Uitslag:
    """Of iemand in beeld en bemiddelbaar is, en met welke begeleiding; een oudere stand dan bekend wordt geweigerd."""
    uitslag = Uitslag()
    goed = await _wie(tx, rijen, opdracht, uitslag)
    stand = {r["persoon"]: tuple(r)[1:] for r in await tx.fetch(_BEMIDDELINGEN, [p for p, _, _ in goed])}
    anders: dict[UUID, tuple[Any, ...]] = {}
    for persoon, nummer, rij in goed:
        nieuw = (rij.in_beeld, rij.bemiddelbaar, rij.begeleiding, rij.op)
        oud = stand.get(persoon)
        if oud is not None and oud[3] > rij.op:
            uitslag.fouten.append(
                Fout(nummer, "op", "verouderd", "er is al een nieuwere stand van deze persoon bekend")
            )
        elif oud == nieuw:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            stand[persoon] = anders[persoon] = nieuw
    if anders:
        kolommen = zip(*((p, *w) for p, w in anders.items()), strict=True)
        await tx.execute(_BEMIDDEL, *map(list, kolommen), opdracht.client)
    return uitslag


async def _wie(
    tx: Tx, rijen: Sequence[tuple[int, Any]], opdracht: Opdracht, uitslag: Uitslag
) -> list[tuple[UUID, int, Any]]:
    """De rijen over wie in het register staat (of stond), met hun pseudoniem; een gemeente alleen over wie er woont."""
    kan = niet_in_toekomst(rijen, opdracht, uitslag)
    personen = await kluisboek.zoek(tx, kluis(), {rij.bsn for _, rij in kan})
    nu = await vergrendel_personen(tx, personen.values())
    stand = await store.tijdlijnen(tx, set(nu.values()))
    goed, mis = [], ONBEKENDE_REGISTRATIE
    for nummer, rij in kan:
        tijdlijn = stand[nu[personen[rij.bsn]]] if rij.bsn in personen else None
        bekend = tijdlijn is not None and bool(tijdlijn.registraties)
        if tijdlijn is None or not bekend or (opdracht.gemeente and not woonde_in(tijdlijn, opdracht.gemeente)):
            uitslag.fouten.append(Fout(nummer, mis.kolom, mis.code, mis.melding))
        else:
            goed.append((tijdlijn.persoon, nummer, rij))
    return goed


async def per_gemeente(tx: Tx, gemeente: str | None, vandaag: date, dagen: int) -> list[dict[str, Any]]:
    """Aantallen per gemeente over wie vandaag geregistreerd is."""
    uit = []
    for r in await tx.fetch(_PER_GEMEENTE, gemeente, vandaag, vandaag - timedelta(days=dagen)):
        personen = r["personen"]
        velden = {
            str(v): {"bevestigd": r[f"{v}_bevestigd"], "vers": r[f"{v}_vers"], "ontbreekt": personen - r[f"{v}_vers"]}
            for v in Veld
        }
        velden[str(Veld.GEBOORTEDATUM)]["bekend"] = r["geboortedatum_bekend"]
        uit.append(
            {
                "gemeente": r["gemeente"],
                "personen": personen,
                "scoreX100": r["score"],
                "velden": velden,
                "inBeeld": _drie(personen, r["beeld_ja"], r["beeld_nog_niet"]),
                "bemiddelbaar": _drie(personen, r["bemiddeling_ja"], r["bemiddeling_nog_niet"]),
                "begeleiding": {
                    "actief": r["actief"],
                    "passief": r["passief"],
                    "onbekend": personen - r["actief"] - r["passief"],
                },
            }
        )
    return uit


def _drie(personen: int, ja: int, nog_niet: int) -> dict[str, int]:
    return {"ja": ja, "nogNiet": nog_niet, "onbekend": personen - ja - nog_niet}


Plek = tuple[date, date, UUID]
"""Waar een bladzijde van de werklijst eindigde: oudste bevestiging, jongste bevestiging, persoon."""


async def werklijst(
    tx: Tx, gemeente: str, vandaag: date, dagen: int, na: Plek | None, hooguit: int
) -> tuple[list[dict[str, Any]], Plek | None]:
    """Wie vandaag geregistreerd is en hier woont, de oudste bevestiging eerst; en waar een volgende bladzijde begint."""
    grens = vandaag - timedelta(days=dagen)
    rijen = await tx.fetch(_WERKLIJST, gemeente, vandaag, grens, NOOIT, *(na or (None, None, None)), hooguit)
    uit = []
    for r in rijen:
        door = r["door"] or {}
        velden = {}
        for v in map(str, Veld):
            wie = door.get(v) or (r["bemiddelaar"] if v in ("in_beeld", "bemiddelbaar") else None)
            velden[v] = {"bevestigdOp": r[v], "door": wie if r[v] else None, "vers": bool(r[v] and r[v] >= grens)}
        uit.append(
            {
                "persoon": r["persoon"],
                "scoreX100": r["score"],
                "velden": velden,
                "inBeeld": r["beeld"],
                "bemiddelbaar": r["bemiddeling"],
                "begeleiding": r["begeleiding"],
            }
        )
    laatste = rijen[-1] if len(rijen) == hooguit else None
    return uit, None if laatste is None else (laatste["oudste"], laatste["gezien"], laatste["persoon"])
