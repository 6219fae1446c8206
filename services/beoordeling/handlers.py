"""Wat beoordeling hoort: dat iemand in een ander opging, of vergeten moet worden. Zij zegt er niets op terug."""

from collections.abc import Sequence

from banenspoor_contracts import Feit, PersoonSamengevoegd, PersoonsgegevensVernietigd

from services.beoordeling.store import aanvragen as store
from shared import personen
from shared.db import Tx
from shared.envelope import Bericht
from shared.inbox import Handlers

hoor = Handlers()


@hoor(PersoonSamengevoegd)
async def voeg_samen(feit: PersoonSamengevoegd, _bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """De aanvragen gaan mee; wat erover gezegd is, blijft bij het oude pseudoniem staan."""
    in_ = (await personen.vergrendel_personen(tx, [feit.in_]))[feit.in_]
    await store.verplaats(tx, feit.persoon, in_)
    await personen.ga_op(tx, feit.persoon, in_)
    return ()


@hoor(PersoonsgegevensVernietigd)
async def vergeet(feit: PersoonsgegevensVernietigd, _bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Wist alles van deze persoon; wat al geteld is blijft geteld."""
    await store.vergeet(tx, feit.persoon)
    await personen.laat_los(tx, [feit.persoon])
    await personen.vergeet(tx, [feit.persoon])
    return ()
