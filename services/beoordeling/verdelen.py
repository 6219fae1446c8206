"""Wie een plaats krijgt: per gemeente één tegelijk, op haar eigen volgorde, en nooit een plaats twee keer.

Slot: eerst de gemeente, dan de personen. Niemand anders neemt het slot van een gemeente, dus hier kan niets elkaar vastzetten.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from banenspoor_contracts import BeschutWerkReden, Feit, OpWachtlijstGeplaatst, PlaatsAangeboden

from services.beoordeling.domain.aanvraag import Aanvraag
from services.beoordeling.domain.machine import WACHTENDEN, Handeling, Toestand, Weigering
from services.beoordeling.domain.plaatsen import Verdeling, geldend, gevuld, te_realiseren, verdeel
from services.beoordeling.domain.stappen import zet
from services.beoordeling.store import aanvragen, plaatsen
from services.beoordeling.store.aanvragen import Logregel
from shared import outbox
from shared.api import AMSTERDAM
from shared.db import VOORBIJGAAND, Pool, Tx, vergrendel
from shared.log import log
from shared.settings import Instellingen

ELKE = 1.0
"""Seconden tussen twee keer kijken of er iets te verdelen is."""
_STAP = 50
_SLOT = """
select pg_try_advisory_xact_lock(hashtext('banenspoor-verdelen'))
  and not exists (select from relay_stand where afwijking is not null)
"""


async def verdeel_gemeente(pool: Pool, gemeente: str, nu: datetime, plaats_uren: int) -> int:
    """Geeft plaatsen en zet op de wachtlijst wat in deze gemeente te doen is; het aantal mensen voor wie iets verandert."""
    vast: set[UUID] = set()
    while True:
        async with pool.acquire() as tx, tx.transaction():
            await vergrendel(tx, [f"gemeente:{gemeente}"])
            await vergrendel(tx, map(str, vast))
            plan = await _plan(tx, gemeente, nu, plaats_uren)
            betrokken = {w.persoon for w in (*plan.aanbieden, *plan.op_lijst)}
            if betrokken <= vast:
                await plaatsen.neem_gemarkeerd(tx, gemeente)
                await _voer_uit(tx, plan, nu)
                return len(betrokken)
        vast |= betrokken


async def _plan(tx: Tx, gemeente: str, nu: datetime, plaats_uren: int) -> Verdeling:
    """De verdeling van nu: bezet is wie werkt, en wie een plaats is aangeboden en nog niet begon."""
    vandaag = nu.astimezone(AMSTERDAM).date()
    aantal = te_realiseren(geldend(await plaatsen.aantallen(tx, [gemeente], vandaag.year, nu), vandaag))
    stand = await plaatsen.stand_nu(tx, [gemeente], nu)
    banen = await plaatsen.banen(tx, [gemeente], vandaag)
    werkend = {baan.persoon for baan in banen}
    aangeboden = sum(w.toestand is Toestand.AANGEBODEN and w.persoon not in werkend for w in stand)
    bezet = gevuld(len(banen), sum(b.uren_per_week_x100 for b in banen), plaats_uren) + Fraction(aangeboden)
    wachtenden = [w for w in stand if w.toestand in WACHTENDEN and w.persoon not in werkend]
    return verdeel(aantal, bezet, wachtenden, await plaatsen.volgorde(tx, gemeente, vandaag, nu))


async def _voer_uit(tx: Tx, plan: Verdeling, nu: datetime) -> None:
    op = nu.astimezone(AMSTERDAM).date()
    stand = await aanvragen.op_nummer(tx, [w.aanvraag for w in (*plan.aanbieden, *plan.op_lijst)])
    stappen = [
        *((stand[w.aanvraag], Handeling.BIED_AAN) for w in plan.aanbieden),
        *((stand[w.aanvraag], Handeling.ZET_OP_WACHTLIJST) for w in plan.op_lijst),
    ]
    await zet_stappen(tx, stappen, op, nu, "verdeling")


async def zet_stappen(
    tx: Tx, stappen: Sequence[tuple[Aanvraag, Handeling]], op: date, nu: datetime, wie: str
) -> list[Aanvraag]:
    """Zet stappen die wij zelf zetten, met hun feit; het slot op de personen is genomen."""
    nieuw: list[Aanvraag] = []
    log_: list[Logregel] = []
    feiten: list[Feit] = []
    for a, handeling in stappen:
        na = zet(a, handeling, max(op, a.sinds))
        if isinstance(na, Weigering):
            continue
        nieuw.append(na)
        log_.append(Logregel(a.aanvraag, handeling, a.toestand, na.toestand, na.sinds, nu, wie))
        feiten += plekfeit(na)
    await aanvragen.bewaar(tx, nieuw)
    await aanvragen.log_stappen(tx, log_)
    await outbox.put(tx, feiten)
    return nieuw


def plekfeit(a: Aanvraag) -> list[Feit]:
    """Wat er gezegd wordt als iemand op de wachtlijst komt of een plaats krijgt."""
    over = {"persoon": a.persoon, "aanvraag": a.aanvraag, "gemeente": a.gemeente, "op": a.sinds}
    if a.handeling is Handeling.BIED_AAN:
        return [PlaatsAangeboden.model_validate(over)]
    if a.handeling is Handeling.ZET_OP_WACHTLIJST:
        return [OpWachtlijstGeplaatst.model_validate(over | {"reden": BeschutWerkReden.PLAFOND_BEREIKT})]
    return []


async def verdeel_gemarkeerde(pool: Pool, nu: datetime, plaats_uren: int) -> int:
    """Verdeelt in elke gemeente waar iets veranderde; het aantal mensen voor wie iets verandert."""
    aantal = 0
    async with pool.acquire() as tx:
        gemeenten = await plaatsen.gemarkeerd(tx, _STAP)
    for gemeente in gemeenten:
        aantal += await verdeel_gemeente(pool, gemeente, nu, plaats_uren)
    return aantal


async def steeds(pool: Pool, instellingen: Instellingen) -> None:
    """Loopt zolang de dienst loopt; een storing die vanzelf overgaat wacht tot de volgende keer."""
    while True:
        try:
            async with pool.acquire() as tx, tx.transaction():
                mag = await tx.fetchval(_SLOT)
            aantal = await verdeel_gemarkeerde(pool, datetime.now(AMSTERDAM), instellingen.plaats_uren) if mag else 0
            if aantal:
                log.info("plaatsen_verdeeld", aantal=aantal)
        except VOORBIJGAAND as fout:
            log.warning("verdelen_later", fout=type(fout).__name__)
        await asyncio.sleep(ELKE)
