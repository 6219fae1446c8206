"""Regels binnenkrijgen: per rij oordelen, vastleggen, en `regel-vastgesteld` zeggen. Twee keer hetzelfde is één keer."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from banenspoor_contracts import RegelVastgesteld

from services.telling import rijen
from services.telling.domain.gebieden import gebied_van
from services.telling.rijen import DoelstellingRij, GebiedRij, NulmetingRij, RegelRij
from services.telling.store import regels as store
from services.telling.store.regels import Nieuw, Vastgelegd
from shared import outbox
from shared.api import Fout, Opdracht, Soort, Uitslag
from shared.db import Tx, vergrendel

SCHRIJVEN = "regels:schrijven"
_LATER = 10**9


async def leg_vast(tx: Tx, invoer: Sequence[tuple[int, RegelRij]], opdracht: Opdracht) -> Uitslag:
    """Legt regels van één soort vast, op volgorde van het bestand; een rij die niet kan laat niets achter."""
    soort = invoer[0][1].regelsoort
    await vergrendel(tx, [soort])
    stand = await _stand(tx, [rij for _, rij in invoer])
    regios = await store.regios(tx)
    uitslag, nieuw = Uitslag(), list[RegelRij]()
    for nummer, rij in invoer:
        moment = rij.bekend_op or datetime.max.replace(tzinfo=opdracht.nu.tzinfo)
        geldend = _geldend(stand[_groep(rij)], moment)
        fout = _fout(nummer, rij, geldend, regios)
        if fout is not None:
            uitslag.fouten.append(fout)
        elif _staat_er(rij, geldend.get(rij.sleutel())):
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            stand[_groep(rij)].append(Vastgelegd(_LATER + nummer, rij.sleutel(), rij.inhoud(), rij.bron or "", moment))
            nieuw.append(rij)
    ids = await outbox.put(tx, [_feit(rij) for rij in nieuw], correlatie=opdracht.correlatie)
    await store.voeg_toe(tx, [_nieuw(rij, gebeurtenis) for rij, gebeurtenis in zip(nieuw, ids, strict=True)])
    if len(invoer) == 1:
        uitslag.resultaat = {"soort": soort, "sleutel": invoer[0][1].sleutel(), "versie": invoer[0][1].versie_tekst()}
    return uitslag


async def _stand(tx: Tx, rijen_: Sequence[RegelRij]) -> dict[str, list[Vastgelegd]]:
    """Wat er al vastligt over dezelfde groepen als deze rijen."""
    sleutels = sorted({rij.sleutel() for rij in rijen_})
    gemeenten = sorted({rij.gemeente for rij in rijen_ if isinstance(rij, GebiedRij)})
    stand: dict[str, list[Vastgelegd]] = defaultdict(list)
    for regel in await store.van_soort(tx, rijen_[0].regelsoort, sleutels, gemeenten):
        stand[regel.inhoud["gemeente"] if gemeenten else regel.sleutel].append(regel)
    return stand


def _groep(rij: RegelRij) -> str:
    """Wat elkaar kan vervangen of overlappen: dezelfde sleutel; bij gebieden alle rijen van een gemeente."""
    return rij.gemeente if isinstance(rij, GebiedRij) else rij.sleutel()


def _feit(rij: RegelRij) -> RegelVastgesteld:
    return RegelVastgesteld(
        soort=rij.regelsoort,
        versie=rij.versie_tekst(),
        inhoud=rij.inhoud(),
        bron=rij.bron or "",
        bekend_op=rij.bekend_op,
    )


def _nieuw(rij: RegelRij, gebeurtenis: UUID) -> Nieuw:
    return Nieuw(
        rij.regelsoort, rij.sleutel(), rij.versie_tekst(), rij.inhoud(), rij.bron or "", rij.bekend_op, gebeurtenis
    )


def _geldend(stand: Sequence[Vastgelegd], moment: datetime) -> dict[str, Vastgelegd]:
    """Per sleutel de regel die op `moment` het laatst bekend was."""
    toen = sorted((regel for regel in stand if regel.bekend <= moment), key=lambda regel: (regel.bekend, regel.nr))
    return {regel.sleutel: regel for regel in toen}


def _staat_er(rij: RegelRij, geldend: Vastgelegd | None) -> bool:
    return geldend is not None and (geldend.inhoud, geldend.bron) == (rij.inhoud(), rij.bron or "")


def _fout(nummer: int, rij: RegelRij, geldend: dict[str, Vastgelegd], regios: frozenset[str]) -> Fout | None:
    """Wat er niet kan aan een rij die op zichzelf klopt."""
    if isinstance(rij, NulmetingRij | DoelstellingRij) and rij.gebied.startswith("AM") and rij.gebied not in regios:
        return Fout(nummer, "gebied", "onbekende_regio", "deze arbeidsmarktregio staat niet in de gebieden")
    return _fout_gebied(nummer, rij, geldend) if isinstance(rij, GebiedRij) else None


def _fout_gebied(nummer: int, rij: GebiedRij, geldend: dict[str, Vastgelegd]) -> Fout | None:
    if rij.opvolger == rij.gemeente:
        return Fout(nummer, "opvolger", "onjuist", "een gemeente is niet haar eigen opvolger")
    for sleutel, regel in geldend.items():
        gebied = gebied_van(regel.inhoud)
        samen = (gebied.tot is None or rij.van < gebied.tot) and (rij.tot is None or gebied.van < rij.tot)
        if sleutel != rij.sleutel() and samen:
            return Fout(nummer, "van", "overlap", f"deze gemeente heeft al een regio vanaf {gebied.van.isoformat()}")
    return None


def _soort(model: type[RegelRij], *kolommen: str) -> Soort:
    naam = model.regelsoort.value
    volgorde = (*kolommen, "bron", "aangenomen")
    return Soort(naam, "telling", f"/v1/regels/{naam}", model, leg_vast, SCHRIJVEN, volgorde)


SOORTEN = (
    _soort(rijen.GebiedRij, "gemeente", "gemeente_naam", "regio", "regio_naam", "van", "tot", "opvolger"),
    _soort(rijen.NormRij, "versie", "soort", "uren_per_week", "uren_per_jaar", "van", "besloten_op"),
    _soort(rijen.WieTeltRij, "versie", "van", "besloten_op"),
    _soort(rijen.PeilmomentRij, "reeks", "moment", "van", "besloten_op"),
    _soort(rijen.MeetvensterRij, "venster", "van", "besloten_op"),
    _soort(rijen.PlaatsRij, "reeks", "plaats", "van", "besloten_op"),
    _soort(rijen.VerdeelsleutelRij, "peiljaar", "markt", "overheid", "besloten_op"),
    _soort(rijen.NulmetingRij, "versie", "gebied", "sector", "vorm", "uren", "banen", "besloten_op"),
    _soort(rijen.DoelstellingRij, "doel", "gebied", "sector", "periode", "aantal", "besloten_op", "status"),
    _soort(rijen.WerkgeversTotaalRij, "jaar", "sector", "sbi", "grootteklasse", "aantal"),
)
"""De regelbestanden van telling, elk met zijn route `POST /v1/regels/{soort}`."""
