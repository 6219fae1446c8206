"""Wat er over één baan gezegd is, uit de uitgaande gebeurtenissen: alleen wat een nummer en een tijd heeft is bekend."""

from datetime import datetime
from typing import Any
from uuid import UUID

from banenspoor_contracts import feit_van

from services.plaatsing.domain.geschiedenis import Gezegde, toen
from services.plaatsing.domain.plaatsing import Baan
from shared import personen
from shared.db import Tx

_GEZEGD = """
select id, volgorde, type, data, ce_time from uitgaand
where topic in ('plaatsingen', 'verloonde-uren') and publicatienr is not null
  and hashtext(sleutel) = any(array(select hashtext(s) from unnest($1::text[]) s)) and sleutel = any($1::text[])
  and convert_from(data, 'UTF8')::json ->> 'plaatsing' = $2 and volgorde > $3
order by volgorde limit $4
"""


async def gezegd(tx: Tx, baan: Baan, na: int = 0, hooguit: int | None = None) -> list[tuple[int, UUID, Gezegde]]:
    """Elk feit over deze baan en haar maanden na volgnummer `na`, op volgorde: (volgnummer, `ce_id`, feit met zijn tijd).

    Ook wat onder een pseudoniem stond dat in dat van nu opging.
    """
    wie = {baan.persoon, *await personen.oude(tx, [baan.persoon])}
    rijen = await tx.fetch(_GEZEGD, sorted(map(str, wie)), str(baan.plaatsing), na, hooguit)
    return [(rij["volgorde"], rij["id"], _feit(rij)) for rij in rijen]


async def baan_toen(tx: Tx, baan: Baan, bekend_op: datetime) -> Baan | None:
    """De baan zoals op dat moment bekend; None als er toen nog niets over haar gezegd was."""
    oud = toen(baan, (g for _, _, g in await gezegd(tx, baan)), bekend_op)
    return None if oud is None else oud.baan


def _feit(rij: Any) -> Gezegde:
    soort = feit_van(rij["type"])
    if soort is None:
        raise LookupError(f"{rij['type']} staat niet in de catalogus")
    tijd: datetime = rij["ce_time"]
    return Gezegde(soort.model_validate_json(rij["data"]), tijd)
