"""Wat intake hoort."""

from collections.abc import Sequence

from banenspoor_contracts import BesluitBeschutWerkGenomen, Feit

from services.intake import store, werk
from services.intake.domain import na_besluit
from shared import personen
from shared.db import Tx
from shared.envelope import Bericht
from shared.inbox import Handlers

hoor = Handlers()


@hoor(BesluitBeschutWerkGenomen)
async def beeindig_registratie(feit: BesluitBeschutWerkGenomen, _bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Een positief besluit beschut werk beëindigt de registraties de dag erna (Besluit SUWI art. 3.2)."""
    persoon = (await personen.vergrendel_personen(tx, [feit.persoon]))[feit.persoon]
    if await personen.vergeten(tx, [persoon]):
        return ()
    tijdlijn = (await store.tijdlijnen(tx, [persoon]))[persoon]
    gevolg = na_besluit(tijdlijn, feit)
    await store.bewaar(tx, [(tijdlijn, gevolg.tijdlijn)])
    return gevolg.feiten


@hoor(*werk.FEITEN)
async def neem_werk_over(feit: werk.Werkfeit, _bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Wie waar werkt, voor de vraag van een werkgever."""
    await werk.neem_over(feit, tx)
    return ()
