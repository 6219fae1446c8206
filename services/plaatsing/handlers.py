"""Wat plaatsing hoort: het doelgroepregister. Grondslagen en woonplaats komen alleen hiervandaan.

Een hele batch tegelijk: een register dat terugreikt kan tienduizenden maanden raken.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

from banenspoor_contracts import (
    Feit,
    PersoonSamengevoegd,
    PersoonVerhuisd,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
    feit_van,
)

from services.plaatsing.domain.dossier import Dossier, Omgeving, neem_register
from services.plaatsing.domain.stand import Register
from services.plaatsing.domain.verschil import Moment
from services.plaatsing.store import banen, omgeving
from shared import metrics
from shared.db import Tx
from shared.envelope import Bericht
from shared.inbox import Handlers, ontleed

MetTijdlijnen: TypeAlias = (
    RegistratieIngegaan | RegistratieBeeindigd | RegistratieGecorrigeerd | PersoonVerhuisd | PersoonSamengevoegd
)
_HOORT: dict[str, type[MetTijdlijnen]] = {
    feit.type_: feit
    for feit in (
        *(RegistratieIngegaan, RegistratieBeeindigd, RegistratieGecorrigeerd),
        *(PersoonVerhuisd, PersoonSamengevoegd),
    )
}


class Registerhoorder(Handlers):
    """Neemt de tijdlijnen van personen over en zegt alleen de maanden opnieuw die daardoor anders zijn."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Alleen het register."""
        return (RegistratieIngegaan.topic,)

    async def verwerk(self, tx: Tx, berichten: Sequence[Bericht]) -> Sequence[tuple[Bericht, Feit]]:
        """Leest één keer, neemt elk bericht op volgorde over, schrijft één keer; de sloten zijn al genomen."""
        gehoord = [(bericht, ontleed(_HOORT[bericht.type], bericht)) for bericht in berichten if _hoor(bericht)]
        dossiers: dict[UUID, list[Dossier]] = defaultdict(list)
        for dossier in await banen.van_personen(tx, {feit.persoon for _, feit in gehoord}):
            dossiers[dossier.baan.persoon].append(dossier)
        alle = [dossier for lijst in dossiers.values() for dossier in lijst]
        sluitingen = await omgeving.sluitingen(tx, {g.leverancier for d in alle for g in d.gezegd.values()})
        registers: dict[UUID, Register] = {}
        uit: list[tuple[Bericht, Feit]] = []
        for bericht, feit in gehoord:
            registers[feit.persoon] = Register(feit.registraties, feit.woonplaatsen)
            rondom, moment = Omgeving(registers, {}, sluitingen), Moment(bericht.tijd, feit.bekend_op)
            for dossier in dossiers[feit.persoon]:
                uit.extend((bericht, gevolg) for gevolg in neem_register(dossier, moment, rondom))
        await omgeving.neem_over(tx, registers)
        await banen.bewaar(tx, alle)
        return uit


def _hoor(bericht: Bericht) -> bool:
    if feit_van(bericht.type) is None:
        metrics.ONBEKEND.labels(bericht.topic).inc()
    return bericht.type in _HOORT


hoor = Registerhoorder()
