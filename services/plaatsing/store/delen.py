"""Wat een baan heeft als zij onderweg wijzigde: haar eerdere delen, en wat de bron over het geheel opgaf.

Een baan uit één stuk (verreweg de meeste) heeft hier niets, en kost geen vraag.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from banenspoor_contracts import Contract, OngedaanReden, Sector, Subsector, Vorm
from pydantic import TypeAdapter

from services.plaatsing.domain.dossier import Dossier
from services.plaatsing.domain.plaatsing import Baan, Deel
from services.plaatsing.domain.verloop import delen
from shared.db import Tx

_DELEN = """
select plaatsing_nr, van, werkgever, inlener, vorm, contract, uren_per_week_x100, gemeente_werk, route, sector, subsector
from deel where plaatsing_nr = any($1::bigint[]) order by plaatsing_nr, van
"""
_WEG = "delete from deel where plaatsing_nr = any($1::bigint[])"
_BEWAAR = """
insert into deel (plaatsing_nr, van, tot, werkgever, inlener, vorm, contract, uren_per_week_x100, gemeente_werk, route,
  sector, subsector)
select * from unnest($1::bigint[], $2::date[], $3::date[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::int[],
  $9::text[], $10::text[], $11::text[], $12::text[])
"""
_ONGEDANE = """
select referentie, bron from plaatsing where referentie = any($1::text[]) and ongedaan is not null
"""


@dataclass(frozen=True, slots=True)
class _Basis:
    werkgever: UUID
    inlener: UUID | None
    vorm: Vorm
    contract: Contract
    uren_per_week_x100: int
    gemeente_werk: str
    route: str | None
    van: date
    tot: date | None


_BASIS = TypeAdapter(_Basis)


async def vul_delen(tx: Tx, dossiers: Iterable[Dossier]) -> None:
    """Zet bij de banen die er hebben hun eerdere delen."""
    met = {dossier.baan.nr: dossier for dossier in dossiers if dossier.baan.vanaf is not None}
    if not met:
        return
    eerder: dict[int, list[Deel]] = defaultdict(list)
    for rij in await tx.fetch(_DELEN, list(met)):
        eerder[rij["plaatsing_nr"]].append(_deel(rij))
    for nr, dossier in met.items():
        dossier.baan = replace(dossier.baan, eerder=tuple(eerder[nr]))


async def bewaar_delen(tx: Tx, banen: Sequence[Baan]) -> None:
    """Vervangt de eerdere delen van deze banen."""
    if not banen:
        return
    await tx.execute(_WEG, [baan.nr for baan in banen])
    rijen = [
        (
            *(baan.nr, d.van, tot, d.werkgever, d.inlener, d.vorm, d.contract, d.uren_per_week_x100),
            *(d.gemeente_werk, d.route, d.sector, d.subsector),
        )
        for baan in banen
        for d, tot in zip(baan.eerder, (d.van for d in delen(baan)[1:]), strict=True)
    ]
    if rijen:
        await tx.execute(_BEWAAR, *map(list, zip(*rijen, strict=True)))


async def ongedane(tx: Tx, referenties: Collection[str]) -> set[tuple[str, str]]:
    """Welke (referentie, bron) van een baan zijn die ongedaan gemaakt is."""
    return {(rij["referentie"], rij["bron"]) for rij in await tx.fetch(_ONGEDANE, list(referenties))}


def basis(baan: Baan) -> Any:
    """Wat de bron over de hele baan opgaf, als JSON; None als dat is zoals de baan is."""
    if baan.opgave is None:
        return None
    velden = {veld.name: getattr(baan.opgave, veld.name) for veld in fields(_Basis)}
    return _BASIS.dump_python(_Basis(**velden), mode="json")


def compleet(baan: Baan, vanaf: date | None, ongedaan: str | None, opgave: str | None) -> Baan:
    """De baan met wat er alleen bij bijzondere banen bij staat; de eerdere delen volgen met `vul_delen`."""
    gegeven = None if opgave is None else replace(baan, **asdict(_BASIS.validate_json(opgave)))
    return replace(baan, vanaf=vanaf, ongedaan=OngedaanReden(ongedaan) if ongedaan else None, opgave=gegeven)


def _deel(rij: Any) -> Deel:
    return Deel(
        van=rij["van"],
        werkgever=rij["werkgever"],
        inlener=rij["inlener"],
        vorm=Vorm(rij["vorm"]),
        contract=Contract(rij["contract"]),
        uren_per_week_x100=rij["uren_per_week_x100"],
        gemeente_werk=rij["gemeente_werk"],
        route=rij["route"],
        sector=Sector(rij["sector"]),
        subsector=None if rij["subsector"] is None else Subsector(rij["subsector"]),
    )
