"""Wat intake hoort."""

from collections.abc import Sequence

from banenspoor_contracts import BesluitBeschutWerkGenomen, Feit, IndicatieVastgesteld, Uitkomst

from services.intake import kluisboek, store, werk
from services.intake.domain import Weigering, na_besluit, registreer
from shared import personen
from shared.db import Tx
from shared.envelope import Bericht
from shared.inbox import Handlers
from shared.kluis import kluis

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


@hoor(IndicatieVastgesteld)
async def registreer_indicatie(feit: IndicatieVastgesteld, bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Een positieve indicatie banenafspraak registreert vanaf haar dag; kan dat niet (al geregistreerd, na AOW of overlijden),
    dan blijft het register zoals het is. Zonder grond en woonplaats (oudere gebeurtenissen) is er niets te registreren."""
    if feit.uitkomst is not Uitkomst.POSITIEF or feit.grondslag is None or feit.gemeente is None:
        return ()
    persoon = (await personen.vergrendel_personen(tx, [feit.persoon]))[feit.persoon]
    if await personen.vergeten(tx, [persoon]) or await kluisboek.bekend(tx, persoon) is None:
        return ()
    leven = await kluisboek.levensloop(tx, kluis(), persoon)
    grenzen = {persoon: leven.grens(bericht.tijd.date())}
    tijdlijn = (await store.tijdlijnen(tx, [persoon], grenzen))[persoon]
    gevolg = registreer(tijdlijn, feit.grondslag, feit.op, feit.gemeente, bekend_op=feit.bekend_op)
    if isinstance(gevolg, Weigering):
        return ()
    await store.bewaar(tx, [(tijdlijn, gevolg.tijdlijn)])
    return gevolg.feiten


@hoor(*werk.FEITEN)
async def neem_werk_over(feit: werk.Werkfeit, _bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Wie waar werkt, voor de vraag van een werkgever."""
    await werk.neem_over(feit, tx)
    return ()
