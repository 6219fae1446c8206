"""De banen van een werkgever, of van zijn hele groep, met hun gezegde maanden.

Van een baan die onderweg van werkgever of inlener wisselde alleen het stuk dat van hen is, met de kenmerken van het laatste
deel daarvan. Wat ongedaan gemaakt is, is er niet.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.plaatsing.domain.overzicht import Gemeente, Maand, Rol, Werkplek, rol
from shared.db import Tx

_BESTAAT = "select exists (select from werkgever where werkgever = $1)"
_GROEP = """
select o.werkgever from opgave o
where o.groep_zoek = (select groep_zoek from opgave where werkgever = $1 order by van desc limit 1)
  and not exists (select from opgave later where later.werkgever = o.werkgever and later.van > o.van)
"""
_DELEN = """
select nr, plaatsing, referentie, werkgever, inlener, vorm, contract, uren_per_week_x100, gemeente_werk,
  coalesce(vanaf, van) as van, tot
from plaatsing where ongedaan is null and (werkgever = any($1::uuid[]) or inlener = any($1::uuid[]))
union all
select p.nr, p.plaatsing, p.referentie, d.werkgever, d.inlener, d.vorm, d.contract, d.uren_per_week_x100, d.gemeente_werk,
  d.van, d.tot
from deel d join plaatsing p on p.nr = d.plaatsing_nr
where p.ongedaan is null and (d.werkgever = any($1::uuid[]) or d.inlener = any($1::uuid[]))
"""
_EIGEN = f"""
select distinct on (plaatsing) nr, plaatsing, referentie, werkgever, inlener, vorm, contract, uren_per_week_x100,
  gemeente_werk, min(van) over (partition by nr) as van, tot
from ({_DELEN}) d order by plaatsing, d.van desc
"""  # noqa: S608  # vaste kolommen
_BANEN = f"select * from ({_EIGEN}) e where ($2::uuid is null or plaatsing > $2) order by plaatsing limit $3"  # noqa: S608
_VAN_EIGEN = """
select z.plaatsing_nr, z.maand, s.werkgever = any($1::uuid[]) as formeel, s."urenX100" as uren,
  s."uitbetaaldX100" as uitbetaald
from gezegd z cross join lateral json_to_record(z.stand::json)
  as s (werkgever uuid, inlener uuid, "urenX100" bigint, "uitbetaaldX100" bigint)
where z.stand is not null and (s.werkgever = any($1::uuid[]) or s.inlener = any($1::uuid[]))
"""
_MAANDEN = f"{_VAN_EIGEN} and z.plaatsing_nr = any($2::bigint[]) order by z.plaatsing_nr, z.maand"
_PER_MAAND = f"""
select maand, formeel, count(*) as plaatsingen, sum(uren)::bigint as uren, sum(uitbetaald)::bigint as uitbetaald
from ({_VAN_EIGEN} and z.plaatsing_nr in
  (select nr from ({_DELEN}) d)) m
group by maand, formeel order by maand, formeel desc
"""  # noqa: S608  # vaste kolommen
_PER_GEMEENTE = f"""
select gemeente_werk, count(*) as plaatsingen,
  count(*) filter (where van <= $2 and (tot is null or $2 < tot)) as lopend
from ({_EIGEN}) e group by 1 order by 1
"""  # noqa: S608  # vaste kolommen
_STAP = 500


async def bestaat(tx: Tx, werkgever: UUID) -> bool:
    """Kennen wij deze werkgever?"""
    return bool(await tx.fetchval(_BESTAAT, werkgever))


async def groep_van(tx: Tx, werkgever: UUID) -> list[UUID]:
    """De werkgevers van de groep zoals het laatst opgegeven, deze zelf erbij; zonder groep alleen deze."""
    return sorted({werkgever, *(rij["werkgever"] for rij in await tx.fetch(_GROEP, werkgever))})


async def bladzijde(tx: Tx, eigen: Collection[UUID], na: UUID | None, hooguit: int) -> list[Werkplek]:
    """De eerste banen na `na`, op volgorde van hun sleutel; ook die waar zij iemand inlenen."""
    return await _met_maanden(tx, await tx.fetch(_BANEN, list(eigen), na, hooguit), eigen)


async def alle(tx: Tx, eigen: Collection[UUID]) -> AsyncIterator[list[Werkplek]]:
    """Alle banen, in stukken: het geheugen blijft klein."""
    cursor = await tx.cursor(_BANEN, list(eigen), None, None)
    while rijen := await cursor.fetch(_STAP):
        yield await _met_maanden(tx, rijen, eigen)


async def per_maand(tx: Tx, eigen: Collection[UUID]) -> list[Maand]:
    """De totalen per maand en rol."""
    return [
        Maand(r["maand"], r["uren"], r["uitbetaald"], _rol(r), r["plaatsingen"])
        for r in await tx.fetch(_PER_MAAND, list(eigen))
    ]


async def per_gemeente(tx: Tx, eigen: Collection[UUID], vandaag: date) -> list[Gemeente]:
    """Hoeveel banen er per gemeente van werk zijn, en hoeveel daarvan vandaag lopen."""
    rijen = await tx.fetch(_PER_GEMEENTE, list(eigen), vandaag)
    return [Gemeente(rij["gemeente_werk"], rij["plaatsingen"], rij["lopend"]) for rij in rijen]


def _rol(rij: Any) -> Rol:
    """Zoals over die maand gezegd."""
    return Rol.FORMEEL if rij["formeel"] else Rol.INGELEEND


async def _met_maanden(tx: Tx, rijen: Sequence[Any], eigen: Collection[UUID]) -> list[Werkplek]:
    rollen = {rij["nr"]: rol(rij["werkgever"], eigen) for rij in rijen}
    maanden: dict[int, list[Maand]] = defaultdict(list)
    for m in await tx.fetch(_MAANDEN, list(eigen), list(rollen)):
        maanden[m["plaatsing_nr"]].append(Maand(m["maand"], m["uren"], m["uitbetaald"], _rol(m)))
    return [
        Werkplek(
            plaatsing=rij["plaatsing"],
            referentie=rij["referentie"] if rollen[rij["nr"]] is Rol.FORMEEL else None,
            rol=rollen[rij["nr"]],
            werkgever=rij["werkgever"],
            inlener=rij["inlener"],
            vorm=rij["vorm"],
            contract=rij["contract"],
            uren_per_week_x100=rij["uren_per_week_x100"],
            gemeente_werk=rij["gemeente_werk"],
            van=rij["van"],
            tot=rij["tot"],
            maanden=tuple(maanden[rij["nr"]]),
        )
        for rij in rijen
    ]
