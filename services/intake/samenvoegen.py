"""Twee nummers van één mens samenvoegen, en een verkeerd BSN verbeteren; zonder verlies van wat er bekend was.

Volgorde van sloten: de kluis, dan de personen, dan de keten van raadplegingen.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import asyncpg

from services.intake import kluisboek, store, termijnen
from services.intake.domain.samenvoegen import voeg_samen
from services.intake.kluisboek import Levensloop
from shared import outbox, personen
from shared.api import Opdracht, Probleem
from shared.db import Tx, vergrendel
from shared.kluis import kluis

_MEE = (
    "update werk set persoon = $2 where persoon = $1",
    "update levering_rij set persoon = $2 where persoon = $1",
    "update levering_wijziging set persoon = $2 where persoon = $1",
    """
insert into voorwaarden_vervallen (persoon, grondslag, vervallen_op, reden, bekend_op, opgetekend_op)
select $2, grondslag, vervallen_op, reden, bekend_op, opgetekend_op from voorwaarden_vervallen where persoon = $1
order by nr on conflict do nothing""",
    """
insert into registratie_bewijs (persoon, grondslag, van, loonwaarde_x100, loonwaarde_op, verzoek_op, opgetekend_op)
select $2, grondslag, van, loonwaarde_x100, loonwaarde_op, verzoek_op, opgetekend_op
from registratie_bewijs where persoon = $1 on conflict do nothing""",
    """
insert into bevestiging (persoon, veld, op, client) select $2, veld, op, client from bevestiging where persoon = $1
on conflict (persoon, veld) do update set op = excluded.op, client = excluded.client where bevestiging.op < excluded.op""",
    """
insert into bemiddeling (persoon, in_beeld, bemiddelbaar, begeleiding, op, client)
select $2, in_beeld, bemiddelbaar, begeleiding, op, client from bemiddeling where persoon = $1
on conflict (persoon) do update set in_beeld = excluded.in_beeld, bemiddelbaar = excluded.bemiddelbaar,
  begeleiding = excluded.begeleiding, op = excluded.op, client = excluded.client where bemiddeling.op < excluded.op""",
)
"""Wat er verder onder het oude pseudoniem stond, komt onder het nieuwe; van twee geldt het laatste."""


async def voeg_toe(tx: Tx, oud: UUID, in_: UUID, opdracht: Opdracht) -> None:
    """`oud` gaat op in `in_`: tijdlijnen, bewijs, werk en levensloop; het oude BSN vindt voortaan het nieuwe pseudoniem.

    409 als beide al een andere geboortedatum of sterfdatum hebben: dan zijn zij niet één mens, of klopt een datum niet.
    """
    slot = kluis()
    levens = await kluisboek.levenslopen(tx, slot, [oud, in_])
    await vergrendel(tx, [str(oud), str(in_)])
    leven = _een(levens[oud], levens[in_])
    await kluisboek.bewaar_levenslopen(tx, slot, {oud: Levensloop(), in_: leven})
    await termijnen.zet(tx, {in_: leven})
    await termijnen.klaar(tx, [oud])
    grenzen = {oud: levens[oud].grens(opdracht.vandaag), in_: leven.grens(opdracht.vandaag)}
    stand = await store.tijdlijnen(tx, [oud, in_], grenzen)
    leeg, gevolg = voeg_samen(stand[oud], stand[in_])
    await store.bewaar(tx, [(stand[oud], leeg), (stand[in_], gevolg.tijdlijn)])
    for verhuis in _MEE:
        await tx.execute(verhuis, oud, in_)
    await personen.ga_op(tx, oud, in_)
    await outbox.put(tx, gevolg.feiten, correlatie=opdracht.correlatie)


def _een(oud: Levensloop, in_: Levensloop) -> Levensloop:
    for veld in ("geboortedatum", "overleden_op"):
        if None not in (een := getattr(oud, veld), ander := getattr(in_, veld)) and een != ander:
            raise Probleem(
                *(409, "andere_levensloop", "Deze twee nummers hebben een andere levensloop"),
                f"{veld} verschilt: verbeter die eerst, of zij zijn niet één mens",
            )
    return replace(
        in_,
        geboortedatum=in_.geboortedatum or oud.geboortedatum,
        overleden_op=in_.overleden_op or oud.overleden_op,
    )


async def verbeter_bsn(tx: Tx, persoon: UUID, bsn: str) -> bool:
    """Deze persoon heeft een ander BSN dan wij dachten; onwaar als het er al zo stond.

    409 als het BSN al bij een ander pseudoniem hoort: dan zijn het twee nummers van één mens, en is samenvoegen de weg.
    """
    slot = kluis()
    await kluisboek.levenslopen(tx, slot, [persoon])
    if (await kluisboek.zoek(tx, slot, [bsn])).get(bsn) == persoon:
        return False
    try:
        async with tx.transaction():
            await kluisboek.verbeter(tx, slot, persoon, bsn)
    except asyncpg.UniqueViolationError:
        raise Probleem(
            *(409, "bsn_van_ander", "Dit nummer hoort al bij een ander pseudoniem"),
            "voeg de twee pseudoniemen samen als het één mens is",
        ) from None
    return True
