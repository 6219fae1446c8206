"""Wat er om de banen heen bekend is: het register en de maandsluitingen."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from banenspoor_contracts import Registratie, Woonplaats
from pydantic import TypeAdapter

from services.plaatsing.domain.dossier import Omgeving
from services.plaatsing.domain.stand import Register
from services.plaatsing.store import werkgevers as store_werkgevers
from shared.db import Tx

_REGISTERS = """
select persoon, registraties::text, woonplaatsen::text
from unnest($1::uuid[]) as g (persoon) join register using (persoon)
"""
_NEEM_OVER = """
insert into register (persoon, registraties, woonplaatsen)
select * from jsonb_to_recordset($1) as n (persoon uuid, registraties jsonb, woonplaatsen jsonb)
on conflict (persoon) do update set registraties = excluded.registraties, woonplaatsen = excluded.woonplaatsen
"""
_REGISTRATIES = TypeAdapter(tuple[Registratie, ...])
_WOONPLAATSEN = TypeAdapter(tuple[Woonplaats, ...])
_VERGEET = "delete from register where persoon = any($1::uuid[])"
_SLUITINGEN = "select leverancier, maand, sluit_op from maandsluiting where leverancier = any($1::text[])"
_SLUIT = """
insert into maandsluiting (leverancier, maand, sluit_op) select * from unnest($1::text[], $2::text[], $3::date[])
on conflict (leverancier, maand) do update set sluit_op = excluded.sluit_op
"""


async def omgeving(
    tx: Tx, personen: Collection[UUID], werkgevers: Collection[UUID], leveranciers: Collection[str]
) -> Omgeving:
    """Alles wat nodig is om de maanden van deze personen bij deze werkgevers te zeggen; de sloten zijn al genomen."""
    sectoren = await store_werkgevers.sectoren(tx, werkgevers)
    return Omgeving(await registers(tx, personen), sectoren, await sluitingen(tx, leveranciers))


async def registers(tx: Tx, personen: Collection[UUID]) -> dict[UUID, Register]:
    """Het register van deze personen; van wie wij niets gehoord hebben ontbreekt het."""
    rijen = await tx.fetch(_REGISTERS, list(personen))
    return {rij["persoon"]: _register(rij["registraties"], rij["woonplaatsen"]) for rij in rijen}


@lru_cache(maxsize=32768)
def _register(registraties: str, woonplaatsen: str) -> Register:
    """Onthouden, want bij elke levering komen dezelfde mensen terug."""
    return Register(_REGISTRATIES.validate_json(registraties), _WOONPLAATSEN.validate_json(woonplaatsen))


async def neem_over(tx: Tx, nieuw: Mapping[UUID, Register]) -> None:
    """Vervangt het register van deze personen."""
    if nieuw:
        rijen = [
            {"persoon": str(persoon), "registraties": _json(r.registraties), "woonplaatsen": _json(r.woonplaatsen)}
            for persoon, r in nieuw.items()
        ]
        await tx.execute(_NEEM_OVER, rijen)


async def vergeet(tx: Tx, personen: Collection[UUID]) -> None:
    """Wist het register van deze personen."""
    await tx.execute(_VERGEET, list(personen))


async def sluitingen(tx: Tx, leveranciers: Collection[str]) -> dict[tuple[str, str], date]:
    """Per (leverancier, maand) de dag waarop zij sluit."""
    rijen = await tx.fetch(_SLUITINGEN, list(leveranciers)) if leveranciers else []
    return {(rij["leverancier"], rij["maand"]): rij["sluit_op"] for rij in rijen}


async def sluit(tx: Tx, nieuw: Mapping[tuple[str, str], date]) -> None:
    """Bewaart maandsluitingen; een eerdere van dezelfde leverancier en maand wordt vervangen."""
    if nieuw:
        await tx.execute(_SLUIT, [wie for wie, _ in nieuw], [maand for _, maand in nieuw], list(nieuw.values()))


def _json(perioden: tuple[Registratie, ...] | tuple[Woonplaats, ...]) -> list[dict[str, Any]]:
    return [periode.json_() for periode in perioden]
