"""Wat plaatsing hoort: het doelgroepregister. Grondslagen en woonplaats komen alleen hiervandaan.

Een hele batch tegelijk: een register dat terugreikt kan tienduizenden maanden raken.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias
from uuid import UUID

from banenspoor_contracts import (
    EindReden,
    Feit,
    PersoonSamengevoegd,
    PersoonsgegevensVernietigd,
    PersoonVerhuisd,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
    feit_van,
)

from services.plaatsing.domain.dossier import Dossier, Omgeving, neem_register, verplaats_dossier
from services.plaatsing.domain.stand import Register
from services.plaatsing.domain.verschil import Aanleiding, Moment
from services.plaatsing.domain.wijzigen import vergeet_baan
from services.plaatsing.store import banen, omgeving
from shared import metrics, personen
from shared.beurt import in_happen
from shared.db import Tx
from shared.envelope import Bericht
from shared.inbox import Handlers, ontleed

MetTijdlijnen: TypeAlias = RegistratieIngegaan | RegistratieBeeindigd | RegistratieGecorrigeerd | PersoonVerhuisd
Registerfeit: TypeAlias = MetTijdlijnen | PersoonSamengevoegd | PersoonsgegevensVernietigd
_HOORT: dict[str, type[Registerfeit]] = {
    feit.type_: feit
    for feit in (
        *(RegistratieIngegaan, RegistratieBeeindigd, RegistratieGecorrigeerd, PersoonVerhuisd),
        *(PersoonSamengevoegd, PersoonsgegevensVernietigd),
    )
}
Gehoord = tuple[Bericht, Registerfeit]


class Registerhoorder(Handlers):
    """Neemt de tijdlijnen van personen over en zegt alleen de maanden opnieuw die daardoor anders zijn."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Alleen het register."""
        return (RegistratieIngegaan.topic,)

    async def verwerk(self, tx: Tx, berichten: Sequence[Bericht]) -> Sequence[tuple[Bericht, Feit]]:
        """Leest één keer, neemt elk bericht op volgorde over, schrijft één keer.

        De sloten op de sleutels zijn al genomen; die op wie een ander in zich opneemt komen erbij. Staan twee diensten
        daardoor op elkaar te wachten, dan breekt de database er een af en gaat die batch opnieuw.
        """
        gehoord = [(bericht, ontleed(_HOORT[bericht.type], bericht)) for bericht in berichten if _hoor(bericht)]
        erbij = {feit.in_ for _, feit in gehoord if isinstance(feit, PersoonSamengevoegd)}
        nu = await personen.vergrendel_personen(tx, erbij) if erbij else {}
        wie = {feit.persoon for _, feit in gehoord} | set(nu.values())
        stand = _Stand(await banen.van_personen(tx, wie), await omgeving.registers(tx, nu.values()), nu)
        stand.sluitingen = await omgeving.sluitingen(tx, stand.leveranciers())
        uit = [(bericht, gevolg) async for bericht, feit in in_happen(gehoord) for gevolg in stand.neem(bericht, feit)]
        await omgeving.neem_over(tx, {p: r for p, r in stand.registers.items() if p in stand.veranderd})
        await banen.bewaar(tx, stand.dossiers())
        await self._sluit_af(tx, stand)
        return uit

    async def _sluit_af(self, tx: Tx, stand: "_Stand") -> None:
        for persoon, in_ in stand.opgegaan.items():
            await personen.ga_op(tx, persoon, in_)
        if weg := {*stand.opgegaan, *stand.vergeten}:
            await omgeving.vergeet(tx, weg)
        if stand.vergeten:
            await banen.vergeet(tx, stand.gewist)
            await personen.laat_los(tx, stand.vergeten)
            await personen.vergeet(tx, stand.vergeten)


class _Stand:
    """De banen en registers van wie deze batch raakt, terwijl de berichten één voor één overgenomen worden."""

    def __init__(self, alle: Iterable[Dossier], registers: dict[UUID, Register], nu: dict[UUID, UUID]) -> None:
        self.registers, self._nu = registers, nu
        self._van: dict[UUID, list[Dossier]] = defaultdict(list)
        for dossier in alle:
            self._van[dossier.baan.persoon].append(dossier)
        self.sluitingen: dict[tuple[str, str], date] = {}
        self.veranderd: set[UUID] = set()
        self.opgegaan: dict[UUID, UUID] = {}
        self.vergeten: set[UUID] = set()
        self.gewist: list[Dossier] = []

    def dossiers(self) -> list[Dossier]:
        """De banen die er nog zijn."""
        return [dossier for lijst in self._van.values() for dossier in lijst]

    def leveranciers(self) -> set[str]:
        """Van wie de gezegde uren kwamen: hun maandsluiting geldt."""
        return {gezegd.leverancier for dossier in self.dossiers() for gezegd in dossier.gezegd.values()}

    def neem(self, bericht: Bericht, feit: Registerfeit) -> list[Feit]:
        """Neemt één bericht over; de feiten die eruit volgen."""
        moment = Moment(bericht.tijd, feit.bekend_op)
        if isinstance(feit, PersoonSamengevoegd):
            return self._voeg_samen(feit, moment)
        if isinstance(feit, PersoonsgegevensVernietigd):
            return self._vergeet(feit)
        self.registers[feit.persoon] = Register(feit.registraties, feit.woonplaatsen)
        self.veranderd.add(feit.persoon)
        rondom = Omgeving(self.registers, {}, self.sluitingen)
        wet = isinstance(feit, RegistratieBeeindigd) and feit.reden is EindReden.WETSWIJZIGING
        waardoor = Aanleiding.WET if wet else Aanleiding.REGISTER
        return [f for dossier in self._van[feit.persoon] for f in neem_register(dossier, moment, rondom, waardoor)]

    def _voeg_samen(self, feit: PersoonSamengevoegd, moment: Moment) -> list[Feit]:
        in_ = self.opgegaan.get(self._nu[feit.in_], self._nu[feit.in_])
        mee, rondom = self._van.pop(feit.persoon, []), Omgeving(self.registers, {}, self.sluitingen)
        self._van[in_] += mee
        self.opgegaan = {wie: in_ if was == feit.persoon else was for wie, was in self.opgegaan.items()}
        self.opgegaan[feit.persoon] = in_
        self.registers.pop(feit.persoon, None)
        self.veranderd.discard(feit.persoon)
        return [gevolg for dossier in mee for gevolg in verplaats_dossier(dossier, in_, moment, rondom)]

    def _vergeet(self, feit: PersoonsgegevensVernietigd) -> list[Feit]:
        weg = self._van.pop(feit.persoon, [])
        self.gewist += weg
        self.vergeten.add(feit.persoon)
        self.registers.pop(feit.persoon, None)
        self.veranderd.discard(feit.persoon)
        return [gevolg for dossier in weg for gevolg in vergeet_baan(dossier.baan)]


def _hoor(bericht: Bericht) -> bool:
    if feit_van(bericht.type) is None:
        metrics.ONBEKEND.labels(bericht.topic).inc()
    return bericht.type in _HOORT


hoor = Registerhoorder()
