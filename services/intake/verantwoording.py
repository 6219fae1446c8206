"""Wie wanneer naar wie keek: elke raadpleging een schakel in een keten, met de velden van het Logboek Dataverwerkingen.

Het slot van de keten (de rij in `raadpleging_kop`) is altijd het laatste van een transactie: kluis, personen, keten.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request
from prometheus_client import Counter

from services.intake.domain.keten import BEGIN, INHOUD, Breuk, Controle, hash_van
from shared.api import AMSTERDAM, Opdracht
from shared.db import Pool, Tx
from shared.kluis import Kluis, KluisFout, kluis
from shared.personen import oude

GERAADPLEEGD = Counter(
    "banenspoor_raadplegingen_total", "Vragen aan het register, naar soort en uitkomst", ["soort", "uitkomst"]
)

_KOP = "select nr, hash from raadpleging_kop for update"
_NIEUWE_KOP = "update raadpleging_kop set nr = $1, hash = $2"
_KOLOMMEN = (*INHOUD, "betrokkene", "vorige", "hash")
_TYPEN = {
    "nr": "bigint",
    "begin": "timestamptz",
    "einde": "timestamptz",
    "status": "smallint",
    "werkgever": "uuid",
    "aantal": "integer",
    "proef": "boolean",
    "correlatie": "uuid",
} | dict.fromkeys(
    ("trace_id", "span_id", "ouder_span_id", "samenvatting", "betrokkene_hmac", "betrokkene", "vorige", "hash"), "bytea"
)
_ARRAYS = ", ".join(f"${i}::{_TYPEN.get(k, 'text')}[]" for i, k in enumerate(_KOLOMMEN, start=1))
_VOEG_TOE = f"insert into raadpleging ({', '.join(_KOLOMMEN)}) select * from unnest({_ARRAYS})"  # noqa: S608
_LEES = f"select {', '.join(_KOLOMMEN)} from raadpleging where nr > $1 order by nr limit $2"  # noqa: S608
_VAN = """
select nr, naam, begin, client, werkgever, gemeente, uitkomst from raadpleging
where betrokkene_hmac = any($1::bytea[]) and ($2::bigint is null or nr < $2) order by nr desc limit $3
"""
_ZOEKSLEUTEL = "select bsn_hmac from kluis where persoon = any($1::uuid[])"
_STAP = 1000


class Naam(StrEnum):
    """Het soort raadpleging; ook het laatste deel van de URI van de verwerkingsactiviteit."""

    PSEUDONIEMEN = "pseudoniemen"
    WERKGEVERSVRAAG = "werkgeversvraag"
    KANDIDAATVERKLARING = "kandidaatverklaring"
    PERSOON = "persoon"
    RAADPLEGINGEN = "raadplegingen"
    TEL_IK_MEE = "tel-ik-mee"
    WERKLIJST = "werklijst"
    AANSLUITEN = "aansluiten"
    LEVERING = "levering"
    SAMENVOEGING = "samenvoeging"
    BSN_CORRECTIE = "bsn-correctie"
    VERNIETIGING = "vernietiging"


class Uitkomst(StrEnum):
    """Wat er met de vraag gebeurde; nooit wat het antwoord was."""

    BEANTWOORD = "beantwoord"
    GEWEIGERD = "geweigerd"


@dataclass(frozen=True, slots=True)
class Vraag:
    """Eén schakel. `betrokkene`: een pseudoniem, of (zoeksleutel, in hex) een nummer dat in de kluis niet bekend is."""

    naam: Naam
    betrokkene: str | None = None
    soort: str = "pseudoniem"
    uitkomst: Uitkomst = Uitkomst.BEANTWOORD
    aantal: int = 1
    samenvatting: bytes | None = None

    @classmethod
    def van_velen(cls, naam: Naam, personen: Collection[UUID], aantal: int | None = None) -> Vraag:
        """Eén schakel over velen: hoeveel, en SHA-256 over hun pseudoniemen op volgorde (`aantal`: wat er gevraagd werd)."""
        wie = hashlib.sha256(b"".join(sorted(persoon.bytes for persoon in personen))).digest()
        return cls(naam, aantal=len(personen) if aantal is None else aantal, samenvatting=wie)


def zoek_op(slot: Kluis, betrokkene: str) -> bytes:
    """Waarmee de schakels over iemand te vinden zijn zonder hem te lezen."""
    return slot.zoeksleutel(f"betrokkene {betrokkene}")


async def leg_vast(verzoek: Request, tx: Tx, opdracht: Opdracht, vragen: Sequence[Vraag]) -> None:
    """Voegt schakels toe aan de keten; het laatste wat een transactie doet. Zonder schakel geen antwoord."""
    if not vragen:
        return
    slot, begin = kluis(), verzoek.app.state.bedrijf.instellingen.verwerkingen
    trace_id, ouder = _spoor()
    zelfde = {
        "trace_id": trace_id,
        "ouder_span_id": ouder,
        "begin": opdracht.nu,
        "client": opdracht.client,
        "werkgever": opdracht.werkgever,
        "gemeente": opdracht.gemeente,
        "proef": opdracht.proef,
        "correlatie": opdracht.correlatie,
    }
    rijen: list[dict[str, Any]] = [
        zelfde
        | {
            "span_id": secrets.token_bytes(8),
            "naam": str(v.naam),
            "status": 1,
            "activiteit": f"{begin}{v.naam}",
            "uitkomst": str(v.uitkomst),
            "aantal": v.aantal,
            "samenvatting": v.samenvatting,
            "betrokkene_soort": v.soort if v.betrokkene else None,
            "betrokkene_hmac": zoek_op(slot, v.betrokkene) if v.betrokkene else None,
            "betrokkene": slot.versleutel(v.betrokkene) if v.betrokkene else None,
        }
        for v in vragen
    ]
    nr, hash_ = await tx.fetchrow(_KOP) or (0, BEGIN)
    einde = max(datetime.now(AMSTERDAM), opdracht.nu)
    for nr, rij in enumerate(rijen, start=nr + 1):  # noqa: B020
        rij |= {"nr": nr, "einde": einde, "vorige": hash_}
        rij["hash"] = hash_ = hash_van(hash_, rij)
    await tx.execute(_VOEG_TOE, *([rij[k] for rij in rijen] for k in _KOLOMMEN))
    await tx.execute(_NIEUWE_KOP, nr, hash_)
    for v in vragen:
        GERAADPLEEGD.labels(v.naam, v.uitkomst).inc()


async def gelezen(
    verzoek: Request,
    opdracht: Opdracht,
    naam: Naam,
    personen: Iterable[UUID],
    uitkomst: Uitkomst = Uitkomst.BEANTWOORD,
) -> None:
    """Legt in een eigen transactie vast dat deze personen gelezen zijn (of dat het geweigerd is); vóór het antwoord."""
    await _leg_apart_vast(verzoek, opdracht, [Vraag(naam, str(persoon), uitkomst=uitkomst) for persoon in personen])


async def velen_gelezen(verzoek: Request, opdracht: Opdracht, naam: Naam, personen: Collection[UUID]) -> None:
    """Als `gelezen`, met één schakel over allen samen."""
    await _leg_apart_vast(verzoek, opdracht, [Vraag.van_velen(naam, personen)])


async def _leg_apart_vast(verzoek: Request, opdracht: Opdracht, vragen: Sequence[Vraag]) -> None:
    pool: Pool = verzoek.app.state.pool
    async with pool.acquire() as tx, tx.transaction():
        await leg_vast(verzoek, tx, opdracht, vragen)


def _spoor() -> tuple[bytes, bytes | None]:
    """Het spoor (W3C Trace Context) van dit verzoek; zonder begint er een nieuw."""
    delen = str(structlog.contextvars.get_contextvars().get("traceparent") or "").split("-")
    if len(delen) != 4:
        return secrets.token_bytes(16), None
    return bytes.fromhex(delen[1]), bytes.fromhex(delen[2])


async def sleutels_van(tx: Tx, slot: Kluis, personen: Collection[UUID]) -> list[bytes]:
    """De zoeksleutels waaronder raadplegingen over deze personen staan: ook van wie in hen opging, en van voordat zij
    bekend waren."""
    wie = [*personen, *await oude(tx, personen)]
    nummers = [rij["bsn_hmac"].hex() for rij in await tx.fetch(_ZOEKSLEUTEL, wie)]
    return [zoek_op(slot, betrokkene) for betrokkene in (*map(str, wie), *nummers)]


async def over(tx: Tx, slot: Kluis, persoon: UUID, voor: int | None, hooguit: int) -> list[dict[str, Any]]:
    """Wie naar deze persoon keek, het laatste eerst; `voor` is het nummer waarna een volgende bladzijde begint."""
    rijen = await tx.fetch(_VAN, await sleutels_van(tx, slot, [persoon]), voor, hooguit)
    return [dict(rij) for rij in rijen]


async def controleer(tx: Tx, slot: Kluis, anker: tuple[int, str] | None = None) -> tuple[Controle, Breuk | None]:
    """Loopt de hele keten na. `anker`: een eerder genoteerde schakel, die nog dezelfde hash moet hebben.

    Wie de hele keten opnieuw zou schrijven, verraadt zich alleen aan een hash die elders is bewaard.
    """
    controle = Controle()
    while schakels := await tx.fetch(_LEES, controle.nr, _STAP):
        for schakel in schakels:
            vorige = controle.nr, controle.hash
            if breuk := controle.neem(schakel):
                return controle, breuk
            if breuk := _klopt_betrokkene(slot, schakel) or _klopt_anker(schakel, anker):
                return Controle(*vorige), breuk
    nr, hash_ = await tx.fetchrow("select nr, hash from raadpleging_kop") or (0, BEGIN)
    breuk = controle.sluit_af(nr, hash_)
    if breuk is None and anker is not None and anker[0] > controle.nr:
        breuk = Breuk(controle.nr + 1, "deze schakel ontbreekt")
    return controle, breuk


def _klopt_betrokkene(slot: Kluis, schakel: Any) -> Breuk | None:
    """De versleutelde betrokkene (als hij niet gewist is) is wie de hash bindt."""
    if schakel["betrokkene"] is None:
        return None
    try:
        if zoek_op(slot, slot.ontsleutel(schakel["betrokkene"])) == schakel["betrokkene_hmac"]:
            return None
    except KluisFout:
        return Breuk(schakel["nr"], "de betrokkene is niet te lezen")
    return Breuk(schakel["nr"], "de betrokkene is een ander dan er is vastgelegd")


def _klopt_anker(schakel: Any, anker: tuple[int, str] | None) -> Breuk | None:
    if anker is not None and schakel["nr"] == anker[0] and schakel["hash"].hex() != anker[1]:
        return Breuk(schakel["nr"], "de hash is niet die van het anker")
    return None
