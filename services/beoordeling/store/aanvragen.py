"""Aanvragen en hun stappen."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from banenspoor_contracts import AanvraagSoort, Aanvrager, Uitkomst

from services.beoordeling.domain.aanvraag import Aanvraag, Stap
from services.beoordeling.domain.machine import Handeling, Toestand
from services.beoordeling.domain.termijnen import Klokstap, Pauze, Verlenging
from shared.db import Tx

_TYPEN = {
    "aanvraag": "uuid",
    "referentie": "text",
    "persoon": "uuid",
    "soort": "text",
    "aanvrager": "text",
    "gemeente": "text",
    "ontvangen_op": "date",
    "uiterlijk": "date",
    "sinds": "date",
    "kantoor": "text",
    "nieuwe_feiten": "boolean",
    "toestand": "text",
    "handeling": "text",
    "klok": "text",  # JSON: een lijst van lijsten is voor PostgreSQL een matrix
    "besluit_uiterlijk": "date",
    "bezwaar_op": "date",
    "bezwaar_uiterlijk": "date",
    "voorrang": "integer",
    "advies": "text",
    "uitgebracht_op": "date",
    "advies_binnen_termijn": "boolean",
    "besluit": "text",
    "besluit_op": "date",
    "besluit_binnen_termijn": "boolean",
    "termijn_tot": "date",
    "loopt_af": "date",
}
_VAST = ("aanvraag", "referentie", "persoon")
_KOLOMMEN = ", ".join(_TYPEN)
_ARRAYS = ", ".join(f"${nr}::{soort}[]" for nr, soort in enumerate(_TYPEN.values(), start=1))
_UITGEPAKT = _KOLOMMEN.replace("klok", "klok::jsonb")
_NIEUW = ", ".join(f"{kolom} = excluded.{kolom}" for kolom in _TYPEN if kolom not in _VAST)

_LEES = f"select {_KOLOMMEN} from aanvraag where referentie = any($1::text[])"  # noqa: S608  # vaste kolommen
_LEES_ID = f"select {_KOLOMMEN} from aanvraag where aanvraag = any($1::uuid[])"  # noqa: S608  # vaste kolommen
_LEES_PERSOON = f"select {_KOLOMMEN} from aanvraag where persoon = any($1::uuid[])"  # noqa: S608  # vaste kolommen
_PERSONEN = "select distinct persoon from aanvraag where referentie = any($1::text[])"
_BEWAAR = f"""
insert into aanvraag ({_KOLOMMEN}) select {_UITGEPAKT} from unnest({_ARRAYS}) as n ({_KOLOMMEN})
on conflict (aanvraag) do update set {_NIEUW}
"""  # noqa: S608  # vaste kolommen
_LOG = """
insert into overgang (aanvraag, handeling, van_toestand, toestand, op, processtap, bekend_op, client)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::text[], $7::timestamptz[], $8::text[])
"""
_STAPPEN = """
select handeling, van_toestand, toestand, op, processtap, bekend_op, client from overgang where aanvraag = $1 order by nr
"""
_PROCESSTAPPEN = """
select a.referentie, o.processtap, o.op from overgang o join aanvraag a using (aanvraag)
where a.referentie = any($1::text[]) and o.processtap is not null
"""
_VERPLAATS = "update aanvraag set persoon = $2 where persoon = $1"
_VERGEET = "delete from aanvraag where persoon = $1"
_OPEN = f"""
select {_KOLOMMEN} from aanvraag
where loopt_af <= $1 and (loopt_af, aanvraag) > ($2, $3) order by loopt_af, aanvraag limit $4
"""  # noqa: S608  # vaste kolommen
_OPEN_GEMEENTE = f"""
select {_KOLOMMEN} from aanvraag
where gemeente = $5 and loopt_af <= $1 and (loopt_af, aanvraag) > ($2, $3) order by loopt_af, aanvraag limit $4
"""  # noqa: S608  # vaste kolommen
_EERDER = """
select max(e.uitgebracht_op) from aanvraag a join aanvraag e on e.persoon = a.persoon
where a.referentie = $1 and e.aanvraag <> a.aanvraag and e.uitgebracht_op <= a.ontvangen_op
"""
_TE_HERINNEREN = f"""
select {_KOLOMMEN} from aanvraag
where loopt_af between $1 and $2 and herinnerd is distinct from loopt_af order by loopt_af, aanvraag limit $3
"""  # noqa: S608  # vaste kolommen
_HERINNERD = "update aanvraag set herinnerd = loopt_af where aanvraag = any($1::uuid[])"


@dataclass(frozen=True, slots=True)
class Logregel:
    """Eén stap in het log van een aanvraag."""

    aanvraag: UUID
    handeling: Handeling
    van: Toestand | None
    naar: Toestand
    op: date
    bekend_op: datetime
    client: str
    processtap: str | None = None


async def personen(tx: Tx, referenties: Collection[str]) -> list[UUID]:
    """Over wie de aanvragen met deze referenties gaan; vóór het slot gelezen kan iemand nog in een ander opgaan."""
    return [rij["persoon"] for rij in await tx.fetch(_PERSONEN, list(referenties))]


async def aanvragen(tx: Tx, referenties: Collection[str]) -> dict[str, Aanvraag]:
    """De aanvragen met deze referenties, op referentie; een onbekende referentie ontbreekt."""
    return {rij["referentie"]: _aanvraag(rij) for rij in await tx.fetch(_LEES, list(referenties))}


async def op_nummer(tx: Tx, nummers: Collection[UUID]) -> dict[UUID, Aanvraag]:
    """De aanvragen met deze nummers; een onbekend nummer ontbreekt."""
    return {rij["aanvraag"]: _aanvraag(rij) for rij in await tx.fetch(_LEES_ID, list(nummers))}


async def van_personen(tx: Tx, wie: Collection[UUID]) -> list[Aanvraag]:
    """Alle aanvragen van deze personen."""
    return [_aanvraag(rij) for rij in await tx.fetch(_LEES_PERSOON, list(wie))]


async def eerder_advies(tx: Tx, referentie: str) -> date | None:
    """De dag van het laatste advies dat voor deze persoon is uitgebracht, voor de ontvangst van deze aanvraag."""
    dag: date | None = await tx.fetchval(_EERDER, referentie)
    return dag


async def bewaar(tx: Tx, stand: Sequence[Aanvraag]) -> None:
    """Bewaart nieuwe en veranderde aanvragen. Referentie en persoon van een bestaande blijven wat zij waren."""
    if stand:
        await tx.execute(_BEWAAR, *map(list, zip(*map(_rij, stand), strict=True)))


async def log_stappen(tx: Tx, regels: Sequence[Logregel]) -> None:
    """Voegt stappen toe aan het log; hun aanvragen zijn al bewaard."""
    if regels:
        velden = [(r.aanvraag, r.handeling, r.van, r.naar, r.op, r.processtap, r.bekend_op, r.client) for r in regels]
        await tx.execute(_LOG, *map(list, zip(*velden, strict=True)))


async def stappen(tx: Tx, aanvraag: UUID) -> list[dict[str, Any]]:
    """Het log van een aanvraag, op volgorde."""
    return [dict(rij) for rij in await tx.fetch(_STAPPEN, aanvraag)]


async def gezette_processtappen(tx: Tx, referenties: Collection[str]) -> set[tuple[str, str, date]]:
    """Welke stappen van het werkproces al gezet zijn: (referentie, stap, dag)."""
    return {(r["referentie"], r["processtap"], r["op"]) for r in await tx.fetch(_PROCESSTAPPEN, list(referenties))}


async def verplaats(tx: Tx, persoon: UUID, in_: UUID) -> None:
    """De aanvragen van deze persoon zijn voortaan van wie haar in zich opneemt."""
    await tx.execute(_VERPLAATS, persoon, in_)


async def vergeet(tx: Tx, persoon: UUID) -> None:
    """Wist de aanvragen van deze persoon, met hun stappen en bevindingen."""
    await tx.execute(_VERGEET, persoon)


async def open_aanvragen(
    tx: Tx, uiterlijk: date, na: tuple[date, UUID], aantal: int, gemeente: str | None = None
) -> list[Aanvraag]:
    """Aanvragen waarvan een klok loopt tot en met `uiterlijk`, na de plek `na`, wat het eerst afloopt eerst."""
    if gemeente is None:
        return [_aanvraag(rij) for rij in await tx.fetch(_OPEN, uiterlijk, *na, aantal)]
    return [_aanvraag(rij) for rij in await tx.fetch(_OPEN_GEMEENTE, uiterlijk, *na, aantal, gemeente)]


async def te_herinneren(tx: Tx, vandaag: date, tot_en_met: date, aantal: int) -> list[Aanvraag]:
    """Aanvragen waarvan de klok vanaf vandaag tot en met die dag afloopt, en waaraan voor die dag nog niet herinnerd is."""
    return [_aanvraag(rij) for rij in await tx.fetch(_TE_HERINNEREN, vandaag, tot_en_met, aantal)]


async def herinnerd(tx: Tx, nummers: Collection[UUID]) -> None:
    """Aan deze aanvragen is herinnerd."""
    await tx.execute(_HERINNERD, list(nummers))


def _rij(a: Aanvraag) -> tuple[Any, ...]:
    berekend: dict[str, Any] = {"klok": json.dumps([_als_json(stap) for stap in a.klok])}
    for naam, op, stap in (("advies", "uitgebracht_op", a.advies), ("besluit", "besluit_op", a.besluit)):
        velden = (stap.uitkomst, stap.op, stap.binnen_termijn) if stap else (None, None, None)
        berekend |= dict(zip((naam, op, f"{naam}_binnen_termijn"), velden, strict=True))
    return tuple(berekend[kolom] if kolom in berekend else getattr(a, kolom) for kolom in _TYPEN)


def _als_json(stap: Klokstap) -> dict[str, Any]:
    if isinstance(stap, Pauze):
        return {"van": stap.van.isoformat(), "tot": stap.tot.isoformat() if stap.tot else None}
    return {"op": stap.op.isoformat(), "weken": stap.weken}


def _klokstap(inhoud: dict[str, Any]) -> Klokstap:
    if "weken" in inhoud:
        return Verlenging(date.fromisoformat(inhoud["op"]), inhoud["weken"])
    return Pauze(date.fromisoformat(inhoud["van"]), date.fromisoformat(inhoud["tot"]) if inhoud["tot"] else None)


def _aanvraag(rij: asyncpg.Record) -> Aanvraag:
    return Aanvraag(
        rij["aanvraag"],
        rij["referentie"],
        rij["persoon"],
        AanvraagSoort(rij["soort"]),
        Aanvrager(rij["aanvrager"]),
        rij["gemeente"],
        rij["ontvangen_op"],
        rij["uiterlijk"],
        sinds=rij["sinds"],
        kantoor=rij["kantoor"],
        nieuwe_feiten=rij["nieuwe_feiten"],
        toestand=Toestand(rij["toestand"]),
        handeling=Handeling(rij["handeling"]),
        klok=tuple(map(_klokstap, rij["klok"])),
        advies=_stap(rij["advies"], rij["uitgebracht_op"], rij["advies_binnen_termijn"]),
        besluit_uiterlijk=rij["besluit_uiterlijk"],
        besluit=_stap(rij["besluit"], rij["besluit_op"], rij["besluit_binnen_termijn"]),
        bezwaar_op=rij["bezwaar_op"],
        bezwaar_uiterlijk=rij["bezwaar_uiterlijk"],
        voorrang=rij["voorrang"],
    )


def _stap(uitkomst: str | None, op: date | None, binnen_termijn: bool | None) -> Stap | None:
    if uitkomst is None or op is None or binnen_termijn is None:
        return None
    return Stap(Uitkomst(uitkomst), op, binnen_termijn)
