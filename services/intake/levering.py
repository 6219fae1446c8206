"""SQL van een volledige lijst: haar rijen klaarzetten, vergelijken met het register, en toepassen wat het voorbeeld liet zien.

Klaarzetten verandert niets aan het register. Vergelijken zoekt met SQL wie niet gelijk is en laat over die mensen de regels
van het domein beslissen, zodat voorbeeld en toepassen nooit verschillen. Toepassen gaat in stappen van elk een transactie.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from banenspoor_contracts import EindReden, Grondslag

from services.intake import kluisboek, store
from services.intake import levering_sql as sql
from services.intake.domain.volledige_lijst import Lijstrij, Soort, Vergelijking, Wijziging, vergelijk
from shared import outbox
from shared.api import Opdracht, Probleem
from shared.db import Tx
from shared.kluis import kluis
from shared.personen import vergeten, vergrendel_personen

STAP = 1000
"""Zoveel mensen per stap van vergelijken en toepassen."""
BEWAAR_DAGEN = 30
"""Zo lang blijft een lijst klaarstaan die niet is toegepast (onze keuze; nergens gepubliceerd)."""

ONBEKEND = Probleem(404, "onbekende_levering", "Deze levering is niet bekend")
VERANDERD = Probleem(
    409, "register_veranderd", "Het register is veranderd sinds het voorbeeld", "Maak eerst een nieuw voorbeeld"
)


async def begin(
    tx: Tx, opdracht: Opdracht, levering: UUID, grondslagen: Sequence[Grondslag], peildatum: date, proef: bool
) -> dict[str, Any]:
    """Opent een levering, of geeft haar stand als zij er al is; ruimt op wat te lang is blijven staan."""
    await tx.execute(sql.RUIM_OP, BEWAAR_DAGEN)
    woorden = sorted({str(g) for g in grondslagen})
    await tx.execute(sql.BEGIN, levering, opdracht.client, woorden, peildatum, proef)
    stand = await lees(tx, opdracht, levering)
    if (sorted(stand["grondslagen"]), stand["peildatum"], stand["proef"]) != (woorden, peildatum, proef):
        raise Probleem(
            409, "andere_levering", "Deze levering bestaat al met andere grondslagen of een andere peildatum"
        )
    return stand


async def lees(tx: Tx, opdracht: Opdracht, levering: UUID, *, slot: bool = False) -> dict[str, Any]:
    """De levering van deze client, desgewenst met het slot erop; 404 als zij er niet is of van een ander is."""
    rij = await tx.fetchrow(sql.LEES + (" for update" if slot else ""), levering)
    if rij is None or rij["client"] != opdracht.client:
        raise ONBEKEND
    return dict(rij)


async def zet_klaar(
    tx: Tx, opdracht: Opdracht, levering: UUID, rijen: Sequence[tuple[UUID, Lijstrij]], tot_rij: int, fout: int
) -> int:
    """Neemt een blok over tot en met rijnummer `tot_rij`, met `fout` afgewezen rijen; wat al binnen was, blijft.

    Geeft hoeveel rijen er bij kwamen.
    """
    stand = await lees(tx, opdracht, levering, slot=True)
    if stand["stand"] in ("bezig", "toegepast"):
        raise Probleem(409, "levering_gesloten", "Deze levering wordt al toegepast: er kan niets meer bij")
    vreemd = sorted({str(r.grondslag) for _, r in rijen} - set(stand["grondslagen"]))
    if vreemd:
        raise Probleem(422, "andere_grondslag", f"Deze levering gaat niet over {', '.join(vreemd)}")
    nieuw = [(p, r) for p, r in rijen if r.rij > stand["tot_rij"]]
    if nieuw:
        kolommen = zip(
            *((r.rij, p, str(r.grondslag), r.van, r.tot, r.gemeente, r.reden) for p, r in nieuw), strict=True
        )
        await tx.execute(sql.ZET_KLAAR, levering, *map(list, kolommen))
    if tot_rij > stand["tot_rij"]:
        await tx.execute(sql.BIJ, levering, tot_rij, len(nieuw), fout)
    return len(nieuw)


async def maak_voorbeeld(tx: Tx, opdracht: Opdracht, levering: UUID) -> dict[str, Any]:
    """Vergelijkt de hele lijst met het register en bewaart wat toepassen zou veranderen."""
    stand = await lees(tx, opdracht, levering, slot=True)
    if stand["stand"] == "toegepast":
        return stand
    await _vergelijk(tx, opdracht, stand)
    return await lees(tx, opdracht, levering)


async def _vergelijk(tx: Tx, opdracht: Opdracht, stand: dict[str, Any]) -> bytes:
    levering, peildatum = stand["levering"], stand["peildatum"]
    grondslagen = [Grondslag(g) for g in stand["grondslagen"]]
    await tx.execute("delete from levering_wijziging where levering = $1", levering)
    await tx.execute("analyze levering_rij")
    som = hashlib.sha256(json.dumps([sorted(grondslagen), str(peildatum)]).encode())
    telling, nr = Counter[tuple[str, str, str]](), 0
    anders = await tx.cursor(sql.ANDERS, levering, peildatum, list(map(str, grondslagen)))
    while personen := [rij["persoon"] for rij in await anders.fetch(STAP)]:
        rijen = []
        for persoon, beeld in (await _vergelijk_elk(tx, opdracht, stand, personen)).items():
            for wijziging in beeld.wijzigingen:
                nr += 1
                rijen.append((nr, persoon, *map(_plat, astuple(wijziging))))
                som.update(repr((persoon.hex, *map(str, astuple(wijziging)))).encode())
                telling[str(wijziging.soort), str(wijziging.grondslag), wijziging.gemeente or ""] += 1
        if rijen:
            await tx.execute(sql.NOTEER, levering, *map(list, zip(*rijen, strict=True)))
    lopend = await tx.fetchval(sql.LOPEND, list(map(str, grondslagen)), peildatum)
    await tx.execute(sql.VERGELEKEN, levering, som.digest(), lopend, _beeld(telling))
    return som.digest()


def _plat(waarde: Any) -> Any:
    return str(waarde) if isinstance(waarde, Soort | Grondslag) else waarde


def _beeld(telling: Counter[tuple[str, str, str]]) -> dict[str, Any]:
    """Aantallen per soort wijziging: in totaal, per grondslag en per gemeente."""
    uit: dict[str, Any] = {"totaal": dict.fromkeys(map(str, Soort), 0), "perGrondslag": {}, "perGemeente": {}}
    for (soort, grondslag, gemeente), aantal in sorted(telling.items()):
        uit["totaal"][soort] += aantal
        for per, wat in (("perGrondslag", grondslag), ("perGemeente", gemeente or "onbekend")):
            rij = uit[per].setdefault(wat, dict.fromkeys(map(str, Soort), 0))
            rij[soort] += aantal
    return uit


async def _vergelijk_elk(
    tx: Tx, opdracht: Opdracht, stand: dict[str, Any], personen: Sequence[UUID]
) -> dict[UUID, Vergelijking]:
    """Wat de lijst aan elk verandert, met haar grens uit de kluis: om toe te passen eerst het slot op deze personen."""
    grondslagen = [Grondslag(g) for g in stand["grondslagen"]]
    gelezen = await tx.fetch(sql.RIJEN, stand["levering"], list(personen))
    rijen = {p: [_rij(r) for r in groep] for p, groep in groupby(gelezen, lambda r: r["persoon"])}
    levens = await kluisboek.lees_levenslopen(tx, kluis(), personen)
    tijdlijnen = await store.tijdlijnen(tx, personen, {p: leven.grens(opdracht.vandaag) for p, leven in levens.items()})
    return {p: vergelijk(tijdlijnen[p], rijen.get(p, ()), grondslagen, stand["peildatum"]) for p in personen}


def _rij(r: Any) -> Lijstrij:
    reden = r["reden"] and EindReden(r["reden"])
    return Lijstrij(r["rij"], Grondslag(r["grondslag"]), r["van"], r["gemeente"], r["tot"], reden or None)


async def pas_toe(
    tx: Tx, opdracht: Opdracht, levering: UUID, vinger: str, drempel: int, akkoord: bool
) -> dict[str, Any]:
    """Past een volgende stap toe van wat het voorbeeld liet zien; herhaal tot `resterend` 0 is.

    Bij de eerste stap moet het voorbeeld nog kloppen en het aantal einden onder de drempel blijven (procent van wat loopt;
    `akkoord` gaat erover heen). Elke stap vergelijkt haar mensen opnieuw, onder hun sloten: wijkt er één af, dan 409 en er
    gebeurt niets.
    """
    stand = await lees(tx, opdracht, levering, slot=True)
    if stand["stand"] == "toegepast":
        return {"gedaan": 0, "resterend": 0}
    if stand["proef"] or stand["vinger"] is None or stand["vinger"].hex() != vinger:
        raise Probleem(409, "ander_voorbeeld", "Dit is niet de vingerafdruk van het laatste voorbeeld")
    if stand["stand"] == "vergeleken":
        einden = _einden(stand["beeld"])
        if einden * 100 > drempel * stand["lopend"] and not akkoord:
            detail = f"{einden} van {stand['lopend']} lopende registraties zouden eindigen; de drempel is {drempel} %"
            raise Probleem(422, "boven_drempel", "Dit zijn te veel einden voor één lijst", detail)
        if stand["fout"] and not akkoord:
            detail = f"{stand['fout']} rijen zijn afgewezen: wie daarop staat zou ten onrechte kunnen eindigen"
            raise Probleem(422, "foute_rijen", "Er zijn foute rijen op deze lijst", detail)
        if (await _vergelijk(tx, opdracht, stand)).hex() != vinger:
            raise VERANDERD
        zet = "update levering set stand = 'bezig', drempel = $2, akkoord = $3 where levering = $1"
        await tx.execute(zet, levering, drempel, akkoord)
    personen = [rij["persoon"] for rij in await tx.fetch(sql.VOLGENDE, levering, STAP)]
    if personen:
        nu = await vergrendel_personen(tx, personen)
        if any(oud != nieuw for oud, nieuw in nu.items()) or await vergeten(tx, personen):
            raise VERANDERD
        await _doe(tx, opdracht, stand, personen)
    resterend = await tx.fetchval(sql.RESTEREND, levering)
    if not resterend:
        await _sluit(tx, stand)
    return {"gedaan": len(personen), "resterend": resterend}


async def _doe(tx: Tx, opdracht: Opdracht, stand: dict[str, Any], personen: Sequence[UUID]) -> None:
    levering = stand["levering"]
    beelden = await _vergelijk_elk(tx, opdracht, stand, personen)
    getoond = {
        persoon: [tuple(r)[1:] for r in groep]
        for persoon, groep in groupby(await tx.fetch(sql.GETOOND, levering, list(personen)), lambda r: r["persoon"])
    }
    for persoon, beeld in beelden.items():
        if [tuple(map(_plat, astuple(w))) for w in beeld.wijzigingen] != getoond.get(persoon):
            raise VERANDERD
    await store.bewaar(tx, [stap for beeld in beelden.values() for stap in beeld.stappen])
    await outbox.put(tx, [f for beeld in beelden.values() for f in beeld.feiten], correlatie=opdracht.correlatie)
    await tx.execute(sql.GEDAAN, levering, list(personen))


async def _sluit(tx: Tx, stand: dict[str, Any]) -> None:
    """Klaar: wie op de lijst staat is daarmee bevestigd; de rijen zelf zijn niet meer nodig."""
    levering = stand["levering"]
    await tx.execute(sql.BEVESTIG, levering, stand["peildatum"], stand["client"])
    await tx.execute("delete from levering_wijziging where levering = $1", levering)
    await tx.execute("delete from levering_rij where levering = $1", levering)
    await tx.execute("update levering set stand = 'toegepast', toegepast_op = now() where levering = $1", levering)


async def trek_in(tx: Tx, opdracht: Opdracht, levering: UUID) -> None:
    """Vergeet een levering die nog niet is toegepast."""
    if (await lees(tx, opdracht, levering, slot=True))["stand"] in ("bezig", "toegepast"):
        raise Probleem(409, "levering_gesloten", "Deze levering is (deels) toegepast: herstel met correcties")
    await tx.execute("delete from levering where levering = $1", levering)


async def bladzijde(
    tx: Tx, levering: UUID, na: int, soort: str | None, hooguit: int
) -> list[tuple[int, UUID, Wijziging]]:
    """De wijzigingen na nummer `na`."""
    uit = []
    for nr, persoon, soort_, grondslag, *rest in await tx.fetch(sql.BLADZIJDE, levering, na, soort, hooguit):
        uit.append((nr, persoon, Wijziging(Soort(soort_), Grondslag(grondslag), *rest)))
    return uit


def toon(stand: dict[str, Any]) -> dict[str, Any]:
    """De stand van een levering voor buiten."""
    vinger, beeld = stand["vinger"], stand["beeld"]
    uit: dict[str, Any] = {
        "levering": str(stand["levering"]),
        "grondslagen": sorted(stand["grondslagen"]),
        "peildatum": str(stand["peildatum"]),
        "proef": stand["proef"],
        "stand": stand["stand"],
        "totRij": stand["tot_rij"],
        "rijen": stand["rijen"],
        "foutRijen": stand["fout"],
    }
    if vinger is None or beeld is None:
        return uit
    uit |= beeld
    return uit | {"lopend": stand["lopend"], "einden": _einden(beeld), "vinger": vinger.hex()}


def _einden(beeld: dict[str, Any]) -> int:
    aantal: int = beeld["totaal"][str(Soort.EINDE)]
    return aantal
