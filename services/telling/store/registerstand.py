"""Het register lezen: wie er op een dag in staat, zoals toen bekend."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from banenspoor_contracts.wie_telt import AAN_WERK_GEBONDEN, DIENSTBETREKKING

from services.telling.domain.perioden import maand_van_dag
from services.telling.store.cijfers import ALTIJD
from shared.db import Tx

# netto: wat er na af- en bijboeken staat. Dag voor dag geteld, om het geheugen klein te houden. Een grondslag die aan werk
# gebonden is, geldt alleen in een maand met uren in een dienstbetrekking.
WIE_STAAT = """
with netto as materialized (
  select persoon_nr, grondslag, van, tot from registerboeking
  where bekend_op <= $3 and ($4::text is null or grondslag = $4)
  group by persoon_nr, grondslag, van, tot having sum(delta) > 0
), gebonden as materialized (select distinct persoon_nr from netto where grondslag = any($5::text[])
), werkend as materialized (
  select maand, persoon_nr from boeking join cel using (cel_id)
  where maand = any($2::smallint[]) and bekend_op <= $3 and vorm = any($6::text[])
    and persoon_nr in (select persoon_nr from gebonden)
  group by maand, persoon_nr having sum(delta_uren_x100) > 0
)
"""
"""Als begin van een vraag: wie er wanneer in staat (`netto`) en wie in een maand in een dienstbetrekking is (`werkend`)."""
_GEREGISTREERD = """
{wie_staat}
select d.dag, telling.grondslag, telling.personen
from unnest($1::date[], $2::smallint[]) d (dag, maand)
cross join lateral (
  select grondslag, count(*) as personen from (
    select n.persoon_nr, case when $7::boolean then n.grondslag end as grondslag from netto n
    where n.van <= d.dag and (n.tot is null or d.dag < n.tot)
      and (n.grondslag <> all($5::text[]) or (d.maand, n.persoon_nr) in (select maand, persoon_nr from werkend))
    group by 1, 2
  ) geldig group by grondslag
) telling
"""


def wie_staat(dagen: Sequence[date], grondslag: str | None, bekend_op: int | None) -> list[Any]:
    """De argumenten van `WIE_STAAT`."""
    return [
        list(dagen),
        [maand_van_dag(dag) for dag in dagen],
        ALTIJD if bekend_op is None else bekend_op,
        grondslag,
        sorted(AAN_WERK_GEBONDEN),
        sorted(DIENSTBETREKKING),
    ]


async def geregistreerd(
    tx: Tx, dagen: Sequence[date], grondslag: str | None, per_grondslag: bool, bekend_op: int | None
) -> dict[tuple[date, str | None], int]:
    """Per dag hoeveel personen: per grondslag, of (met None als grondslag) ieder één keer; alleen wat boven nul is.

    `grondslag`: alleen wie op deze grondslag staat. `bekend_op` (microseconden sinds 1970): zoals toen bekend; None: alles.
    """
    await tx.execute("set local enable_sort = off; set local jit = off; set local work_mem = '64MB'")
    vraag = _GEREGISTREERD.format(wie_staat=WIE_STAAT)
    rijen = await tx.fetch(vraag, *wie_staat(dagen, grondslag, bekend_op), per_grondslag)
    return {(rij["dag"], rij["grondslag"]): rij["personen"] for rij in rijen}
