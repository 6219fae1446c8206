"""Hoe groot het register op een dag was, zoals bekend op een moment; uit de historie, dus ook van vroeger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.intake import werk
from shared.db import Tx

MINST = 5
"""Een cel met minder personen wordt niet getoond."""
DIMENSIES = ("grondslag", "gemeente")
_GELDT = werk.GELDT.format(tabel="registratie_historie", gebonden="$5", vormen="$6", dag="$1")

_OMVANG = """
with geregistreerd as (
  select persoon, grondslag from registratie_historie
  where van <= $1 and (tot is null or tot > $1) and coalesce(bekend_op, opgetekend_op) <= $2 and {geldt}
  group by persoon, grondslag, van, tot having sum(teken) > 0
), woont as (
  select distinct on (persoon) persoon, gemeente from (
    select persoon, gemeente, van from woonplaats_historie
    where van <= $1 and coalesce(bekend_op, opgetekend_op) <= $2 and $3
    group by persoon, gemeente, van having sum(teken) > 0
  ) als order by persoon, van desc
), alles as (
  select g.persoon, g.grondslag, coalesce(w.gemeente, '') as gemeente
  from geregistreerd g left join woont w using (persoon) where $4::text is null or w.gemeente = $4
)
select {kolommen}, count(distinct persoon) as personen from alles
group by grouping sets ((), {sets})
"""


@dataclass(frozen=True, slots=True)
class Cel:
    """Personen met deze waarden; een persoon telt in elke grondslag die zij heeft. `personen` None: te weinig."""

    waarden: tuple[str, ...]
    personen: int | None


async def omvang(
    tx: Tx, op: date, bekend_op: datetime, per: Sequence[str], gemeente: str | None
) -> tuple[int, list[Cel]]:
    """Het aantal personen (elk één keer) op dag `op` zoals bekend op `bekend_op`, en de cellen naar `per`.

    Een grondslag die aan werk gebonden is, telt alleen wie op die dag werkt; dat werk is zoals nu bekend.
    """
    kolommen = ", ".join(f"{d}::text" if d in per else f"null::text as {d}" for d in DIMENSIES)
    sql = _OMVANG.format(kolommen=kolommen, sets=f"({', '.join(per)})" if per else "()", geldt=_GELDT)
    rijen = await tx.fetch(
        sql, op, bekend_op, bool(gemeente) or "gemeente" in per, gemeente, werk.GEBONDEN, werk.DIENSTBETREKKING
    )
    leeg = [r for r in rijen if r["grondslag"] is None and r["gemeente"] is None]
    cellen = [Cel(tuple(r[d] or "" for d in per), r["personen"]) for r in rijen if r not in leeg] if per else []
    return (leeg[0]["personen"] if leeg else 0), sorted(cellen, key=lambda c: c.waarden)


def onderdruk(totaal: int, cellen: Sequence[Cel]) -> tuple[int | None, list[Cel]]:
    """Laat cellen met minder dan vijf personen weg, en zo veel andere dat zij niet uit hun rij terug te rekenen zijn.

    In elke rij (zelfde waarde in één dimensie; bij één dimensie de hele tabel) verdwijnt naast één kleine cel ook de
    kleinste andere. Een totaal onder de vijf verdwijnt met alle cellen.
    """
    if totaal < MINST:
        return None, [Cel(c.waarden, None) for c in cellen]
    weg = {c.waarden for c in cellen if (c.personen or 0) < MINST}
    breedte = len(cellen[0].waarden) if cellen else 0
    rijen: dict[tuple[int, str], list[Cel]] = defaultdict(list)
    for c in cellen:
        for nr, waarde in enumerate(c.waarden) if breedte > 1 else ((0, ""),):
            rijen[nr, waarde].append(c)
    veranderd = True
    while veranderd:
        veranderd = False
        for rij in rijen.values():
            over = sorted((c for c in rij if c.waarden not in weg), key=lambda c: (c.personen or 0, c.waarden))
            if len(rij) - len(over) == 1 and over:
                weg.add(over[0].waarden)
                veranderd = True
    return totaal, [Cel(c.waarden, None if c.waarden in weg else c.personen) for c in cellen]
