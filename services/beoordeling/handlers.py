"""Wat beoordeling hoort: banen (wie beschut werkt), het register (wie geregistreerd is), samenvoegen en vernietigen."""

from collections.abc import Sequence

from banenspoor_contracts import (
    Feit,
    PersoonSamengevoegd,
    PersoonsgegevensVernietigd,
    PersoonVerhuisd,
    PlaatsingBeeindigd,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingOngedaanGemaakt,
    PlaatsingVergeten,
    PlaatsingVerlengd,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
)

from services.beoordeling.plaats import volg
from services.beoordeling.store import aanvragen, deelname
from shared import personen
from shared.db import Tx
from shared.envelope import Bericht
from shared.inbox import Handlers

hoor = Handlers()
Register = RegistratieIngegaan | RegistratieBeeindigd | RegistratieGecorrigeerd | PersoonVerhuisd
Veranderd = PlaatsingGestart | PlaatsingGewijzigd | PlaatsingVerlengd | PlaatsingOmgezet


@hoor(RegistratieIngegaan, RegistratieBeeindigd, RegistratieGecorrigeerd, PersoonVerhuisd)
async def neem_register_over(feit: Register, _bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Wie wanneer geregistreerd is: nodig om ander werk banenafspraak of regulier te noemen."""
    persoon = (await personen.volg(tx, [feit.persoon]))[feit.persoon]  # op haar eigen slot wacht de inbox al
    if persoon == feit.persoon and not await personen.vergeten(tx, [persoon]):
        await deelname.neem_register_over(tx, persoon, feit.registraties)
    return ()


@hoor(PlaatsingGestart, PlaatsingGewijzigd, PlaatsingVerlengd, PlaatsingOmgezet)
async def neem_baan_over(feit: Veranderd, bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Een baan begint of verandert: wie beschut gaat werken, is geplaatst."""
    stand = feit if isinstance(feit, PlaatsingGestart) else feit.stand
    await deelname.bewaar(tx, feit.plaatsing, feit.persoon, feit.versie, stand)
    return await _volg(feit, bericht, tx)


@hoor(PlaatsingBeeindigd)
async def beeindig_baan(feit: PlaatsingBeeindigd, bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Een baan eindigt: wie beschut werkte is weer beschikbaar, of weg met het recht om terug te keren."""
    await deelname.beeindig(tx, feit.plaatsing, feit.tot, feit.reden, feit.versie)
    return await _volg(feit, bericht, tx)


@hoor(PlaatsingOngedaanGemaakt)
async def maak_baan_ongedaan(feit: PlaatsingOngedaanGemaakt, bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """De baan is er nooit geweest."""
    await deelname.maak_ongedaan(tx, feit.plaatsing, feit.versie)
    return await _volg(feit, bericht, tx)


@hoor(PlaatsingVergeten)
async def vergeet_baan(feit: PlaatsingVergeten, _bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Wist de baan."""
    await deelname.vergeet_baan(tx, feit.plaatsing)
    return ()


async def _volg(
    feit: Veranderd | PlaatsingBeeindigd | PlaatsingOngedaanGemaakt, bericht: Bericht, tx: Tx
) -> list[Feit]:
    zelf = (await personen.volg(tx, [feit.persoon]))[feit.persoon]
    if zelf == feit.persoon and not await aanvragen.van_personen(tx, [zelf]):
        return []  # zonder aanvraag is er niets bij te houden, en op haar slot wacht de inbox al
    persoon = (await personen.vergrendel_personen(tx, [feit.persoon]))[feit.persoon]
    return await volg(tx, [persoon], bericht.tijd, "plaatsingen", {persoon: feit.bekend_op})


@hoor(PersoonSamengevoegd)
async def voeg_samen(feit: PersoonSamengevoegd, _bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Aanvragen en banen gaan mee; wat erover gezegd is, blijft bij het oude pseudoniem staan."""
    in_ = (await personen.vergrendel_personen(tx, [feit.in_]))[feit.in_]
    await aanvragen.verplaats(tx, feit.persoon, in_)
    await deelname.verplaats(tx, feit.persoon, in_)
    await personen.ga_op(tx, feit.persoon, in_)
    return ()


@hoor(PersoonsgegevensVernietigd)
async def vergeet(feit: PersoonsgegevensVernietigd, _bericht: Bericht, tx: Tx) -> Sequence[Feit]:
    """Wist alles van deze persoon; wat al geteld is blijft geteld."""
    await aanvragen.vergeet(tx, feit.persoon)
    await deelname.vergeet(tx, feit.persoon)
    await personen.laat_los(tx, [feit.persoon])
    await personen.vergeet(tx, [feit.persoon])
    return ()
