"""Boekingen tussen twee kennismomenten, per reden en kenmerken: wat de reeksbrug over late uren zegt."""

from collections.abc import Collection, Sequence

from services.telling.domain.reeksbrug import Later
from services.telling.domain.selectie import Stand
from services.telling.store.cijfers import kenmerken
from shared.db import Tx

_TUSSEN = """
select b.maand, {kenmerken}, sum(b.delta_uren_x100)::bigint as uren_x100, r.naam
from boeking b join cel c using (cel_id) join reden r using (reden)
where b.maand = any($1::smallint[]) and b.bekend_op > $2 and b.bekend_op <= $3
group by 1, 2, 3, 4, 5, 6, 7, r.reden, r.naam
having sum(b.delta_uren_x100) <> 0
order by r.reden
"""


async def tussen(
    tx: Tx, maanden: Sequence[int], plaats: str, peilmoment: str, nodig: Collection[str], na: int, tot: int
) -> list[Later]:
    """De uren die na `na` en tot en met `tot` (microseconden sinds 1970) geboekt zijn, op volgorde van reden."""
    rijen = await tx.fetch(_TUSSEN.format(kenmerken=kenmerken(plaats, peilmoment, nodig)), list(maanden), na, tot)
    return [Later(reden, Stand(*rij)) for *rij, reden in rijen]
