"""Lezen voor cijfers: standen zoals toen bekend, verwachte banen, posities en versheid; alles uit één momentopname."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from services.telling.domain.regels import Peilmoment, Plaats
from services.telling.domain.selectie import VAN_WERKGEVER, Opname, Stand, groepen
from shared.db import Tx

_TOEN = """
  union all
  select maand, cel_id, -sum(delta_uren_x100)::bigint, -sum(been)::bigint
  from boeking where maand = any($1::smallint[]) and bekend_op > $2 group by maand, cel_id
"""
_STANDEN = """
with saldo (maand, cel_id, uren_x100, gezegd) as (
  select maand, cel_id, uren_x100, gezegd::bigint from stand where maand = any($1::smallint[])
  {toen}
)
select maand, {kenmerken}, sum(uren_x100)::bigint as uren_x100, sum(gezegd)::bigint as gezegd
from saldo join cel c using (cel_id)
group by 1, 2, 3, 4, 5, 6, 7
having sum(uren_x100) <> 0 or sum(gezegd) <> 0
"""
_GEZEGD = """
with saldo (maand, cel_id, gezegd) as (
  select maand, cel_id, sum(gezegd)::bigint from stand where maand = any($1::smallint[]) group by maand, cel_id
  union all
  select maand, cel_id, -sum(been)::bigint from boeking
  where maand = any($1::smallint[]) and bekend_op > $2 group by maand, cel_id
)
select maand, vorm, sum(gezegd)::bigint as gezegd from saldo join cel using (cel_id) group by maand, vorm
"""
_VERWACHT = """
select maand, sum(delta)::bigint as aantal from baanboeking
where vorm = any($1::text[]) and bekend_op <= $2 group by maand
"""
_POSITIES = """
select topic, partitie, publicatienr from verwerkt where topic = any($1::text[]) order by topic, partitie
"""
_PEIL = "select count(*) as bronnen, min(tijd) as laagste from peil where bron = any($1::text[]) and tijd is not null"
GEMEENTE: Mapping[str, str] = {
    Plaats.WERK: "c.gemeente_werk",
    Plaats.WOON: "c.gemeente_woon",
    Plaats.ZETEL: "s.gemeente_zetel",
}
"""Per plaats de kolom met de gemeente: van `cel c`, of van `werkgeverstand s`."""
ALTIJD = 2**63 - 1
"""Een kennismoment na alles: zoals nu bekend."""


def kolom_grondslagen(peilmoment: str) -> str:
    """De kolom van `cel` met de grondslagen op dit peilmoment."""
    return "grondslagen_kwartaal" if peilmoment == Peilmoment.KWARTAAL else "grondslagen_maand"


def kenmerken(plaats: str, peilmoment: str, nodig: Collection[str]) -> str:
    """De zes kenmerken van een stand als kolommen van `cel c` (bij plaats zetel ook van `werkgeverstand s`).

    Wat niet in `nodig` staat blijft leeg.
    """
    gemeente = GEMEENTE[plaats] if "gemeente" in nodig else "null::text"
    subsector = "c.subsector" if "subsector" in nodig else "null::text"
    contract = "c.contract" if "contract" in nodig else "''"
    return (
        f"{gemeente} as gemeente, c.sector, {subsector} as subsector, c.vorm, {contract} as contract, "
        f"c.{kolom_grondslagen(peilmoment)} as grondslagen"
    )


def van_werkgever(nodig: Collection[str]) -> str:
    """De kenmerken van `werkgeverstand s` en `werkgever w` als kolommen; wat niet in `nodig` staat blijft leeg."""
    bron = {"branche": "s.branche", "grootteklasse": "s.grootteklasse", "werkgever": "w.werkgever::text"}
    return ", ".join(f"{bron[naam] if naam in nodig else 'null::text'} as {naam}" for naam in VAN_WERKGEVER)


async def standen(
    tx: Tx,
    maanden: Sequence[int],
    plaats: str,
    peilmoment: str,
    nodig: Collection[str],
    bekend_op: int | None,
) -> list[Stand]:
    """De uren van deze maanden op grove kenmerken; `nodig` noemt welke van gemeente, subsector en contract erbij moeten.

    `bekend_op` (microseconden sinds 1970): zoals toen bekend = het saldo min wat later geboekt is; None: alles.
    """
    toen = "" if bekend_op is None else _TOEN
    vraag = _STANDEN.format(toen=toen, kenmerken=kenmerken(plaats, peilmoment, nodig))
    argumenten = [list(maanden)] if bekend_op is None else [list(maanden), bekend_op]
    return [Stand(*rij) for rij in await tx.fetch(vraag, *argumenten)]


async def van_opnames(tx: Tx, alle: Sequence[Opname], nodig: Collection[str], bekend_op: int | None) -> list[Stand]:
    """De standen van alle opnames; die met dezelfde plaats en hetzelfde peilmoment in één vraag."""
    return [
        stand
        for (plaats, peilmoment), groep in groepen(alle).items()
        for stand in await standen(
            tx, [maand for opname in groep for maand in opname.maanden], plaats, peilmoment, nodig, bekend_op
        )
    ]


async def gezegd(tx: Tx, maanden: Sequence[int], bekend_op: int | None) -> dict[tuple[int, str], int]:
    """Per maand en vorm van hoeveel banen er iets gezegd was."""
    rijen = await tx.fetch(_GEZEGD, list(maanden), ALTIJD if bekend_op is None else bekend_op)
    return {(maand, vorm): aantal for maand, vorm, aantal in rijen}


async def verwacht(tx: Tx, vormen: Collection[str], bekend_op: int | None) -> dict[int, int]:
    """Per maand hoeveel banen in deze vormen er toen begonnen min ophielden."""
    rijen = await tx.fetch(_VERWACHT, sorted(vormen), ALTIJD if bekend_op is None else bekend_op)
    return {rij["maand"]: rij["aantal"] for rij in rijen}


async def posities(tx: Tx, topics: Sequence[str]) -> dict[str, dict[str, int]]:
    """Per topic en partitie het laatst verwerkte publicatienummer."""
    uit: dict[str, dict[str, int]] = {topic: {} for topic in topics}
    for topic, partitie, nummer in await tx.fetch(_POSITIES, list(topics)):
        uit[topic][str(partitie)] = nummer
    return uit


async def gehoord_tot(tx: Tx, bronnen: Sequence[str]) -> datetime | None:
    """Tot welk moment alles wat elke bron zei verwerkt is; None zolang niet elke bron een peil heeft."""
    rij = await tx.fetchrow(_PEIL, list(bronnen))
    return None if rij is None or rij["bronnen"] < len(bronnen) else rij["laagste"]
