"""Wat er met een baan gebeurt: ongedaan, overgang, wijziging, einde, verlenging. Als bestand, of bij één baan."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from banenspoor_contracts import Contract, Feit, OngedaanReden, PlaatsingEindReden, Vorm
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.plaatsing.api.bij_baan import mag_leveren
from services.plaatsing.api.velden import BekendNummer, Dag, GemeenteVeld, Honderdsten, Sleutelveld
from services.plaatsing.api.verwijzing import banen_van
from services.plaatsing.domain.dossier import Dossier, Omgeving
from services.plaatsing.domain.plaatsing import KENMERKEN, NOOIT_GEWEEST, ONBEKEND, Baan
from services.plaatsing.domain.uren import Weigering
from services.plaatsing.domain.verschil import Moment
from services.plaatsing.domain.wijzigen import beeindig, draag_over, maak_ongedaan, verleng, wijzig
from services.plaatsing.store import banen as store
from services.plaatsing.store import werkgevers as store_werkgevers
from services.plaatsing.store.delen import ongedane
from services.plaatsing.store.omgeving import omgeving
from shared import outbox
from shared.api import Fout, Opdracht, Rij, Soort, Uitslag
from shared.db import Tx

SCHRIJVEN = "plaatsingen:schrijven"


class OngedaanRij(Rij):
    """De baan was ten onrechte vastgelegd: zij is er nooit geweest."""

    reden: OngedaanReden


class OngedaanReferentieRij(OngedaanRij):
    """De baan was ten onrechte vastgelegd: zij is er nooit geweest. Haar referentie is daarna weer vrij."""

    referentie: Sleutelveld


class OvergangRij(Rij):
    """De baan gaat op `op` over naar een andere formele werkgever en loopt door."""

    naar_werkgever: BekendNummer
    op: Dag


class OvergangReferentieRij(OvergangRij):
    """De baan gaat op `op` over naar een andere formele werkgever en loopt door (overgang van onderneming)."""

    referentie: Sleutelveld


class WijzigingRij(Rij):
    """Vanaf `van` is dit anders; wat er niet staat blijft. Een vorm zonder inleen heeft vanaf dan ook geen inlener."""

    van: Dag
    werkgever: BekendNummer | None = None
    inlener: BekendNummer | None = None
    vorm: Vorm | None = None
    contract: Contract | None = None
    uren_per_week: Annotated[Honderdsten, Field(ge=0, le=16800)] | None = None
    gemeente_werk: GemeenteVeld | None = None
    route: Annotated[str, Field(max_length=60, pattern=r"^[^0-9]*$")] | None = None

    @model_validator(mode="after")
    def _iets(self) -> "WijzigingRij":
        if not self.model_fields_set - {"van", "bekend_op"}:
            raise PydanticCustomError("onjuist", "zeg wat er vanaf die dag anders is")
        return self


class EindeRij(Rij):
    """De baan eindigt; `tot` is de eerste dag zonder."""

    tot: Dag
    reden: PlaatsingEindReden = PlaatsingEindReden.ONBEKEND


class VerlengingRij(Rij):
    """De baan loopt langer door; zonder `tot` zonder einddatum."""

    tot: Dag | None = None


R = TypeVar("R", bound=Rij)
Gevolg = Sequence[Feit] | Weigering | None
Werkgevers = Mapping[str, UUID]
Doe = Callable[[Dossier, R, Moment, Omgeving, Werkgevers], Gevolg]


def _ongedaan(d: Dossier, rij: OngedaanRij, moment: Moment, rondom: Omgeving, _: Werkgevers) -> Gevolg:
    return maak_ongedaan(d, rij.reden, moment, rondom)


def _overgang(d: Dossier, rij: OvergangRij, moment: Moment, rondom: Omgeving, werkgevers: Werkgevers) -> Gevolg:
    return draag_over(d, werkgevers[rij.naar_werkgever], rij.op, moment, rondom)


def _wijziging(d: Dossier, rij: WijzigingRij, moment: Moment, rondom: Omgeving, werkgevers: Werkgevers) -> Gevolg:
    velden = {veld: getattr(rij, veld) for veld in KENMERKEN if getattr(rij, veld, None) is not None}
    velden |= {veld: werkgevers[velden[veld]] for veld in ("werkgever", "inlener") if veld in velden}
    if rij.uren_per_week is not None:
        velden["uren_per_week_x100"] = rij.uren_per_week
    return wijzig(d, rij.van, velden, moment, rondom)


def _einde(d: Dossier, rij: EindeRij, moment: Moment, rondom: Omgeving, _: Werkgevers) -> Gevolg:
    return beeindig(d, rij.tot, rij.reden, moment, rondom)


def _verlenging(d: Dossier, rij: VerlengingRij, moment: Moment, rondom: Omgeving, _: Werkgevers) -> Gevolg:
    return verleng(d, rij.tot, moment, rondom)


def _neem(doe: Doe[R]) -> Callable[[Tx, Sequence[tuple[int, Baan | None, R]], Opdracht], Awaitable[Uitslag]]:
    """Doet elke rij aan haar baan, in volgorde; een rij die niet kan laat niets achter."""

    async def neem(tx: Tx, rijen: Sequence[tuple[int, Baan | None, R]], opdracht: Opdracht) -> Uitslag:
        dossiers = await store.dossiers(tx, {baan.plaatsing: store.ALTIJD for _, baan, _ in rijen if baan})
        werkgevers = await store_werkgevers.zoek(
            tx, {nummer for _, _, rij in rijen for nummer in _nummers(rij).values()}
        )
        rondom = await omgeving(
            tx,
            {d.baan.persoon for d in dossiers.values()},
            {w for d in dossiers.values() for w in d.baan.werkgevers} | set(werkgevers.values()),
            {g.leverancier for d in dossiers.values() for g in d.gezegd.values()},
        )
        uitslag, feiten = Uitslag(), list[Feit]()
        for nummer, baan, rij in rijen:
            gevolg: Gevolg
            vreemd = next((veld for veld, wie in _nummers(rij).items() if wie not in werkgevers), None)
            if baan is None:
                gevolg = ONBEKEND
            elif vreemd:
                gevolg = Weigering(vreemd, "onbekende_werkgever", "deze werkgever kennen wij niet")
            else:
                moment = Moment(opdracht.nu, rij.bekend_op)
                gevolg = doe(dossiers[baan.plaatsing], rij, moment, rondom, werkgevers)
            if isinstance(gevolg, Weigering):
                uitslag.fouten.append(Fout(nummer, gevolg.veld, gevolg.code, gevolg.melding))
            elif gevolg is None:
                uitslag.ongewijzigd += 1
            else:
                uitslag.aanvaard += 1
                feiten += gevolg
        await store.bewaar(tx, dossiers.values())
        await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
        return uitslag

    return neem


def _nummers(rij: Rij) -> dict[str, str]:
    """De loonheffingennummers in een rij, per veld."""
    velden = ("werkgever", "inlener", "naar_werkgever")
    return {veld: nummer for veld in velden if (nummer := getattr(rij, veld, None)) is not None}


neem_ongedaan = _neem(_ongedaan)
neem_overgang = _neem(_overgang)
neem_wijziging = _neem(_wijziging)
neem_einde = _neem(_einde)
neem_verlenging = _neem(_verlenging)


async def neem_ongedane_plaatsingen(
    tx: Tx, rijen: Sequence[tuple[int, OngedaanReferentieRij]], opdracht: Opdracht
) -> Uitslag:
    """Maakt banen ongedaan, alleen die de aanroeper zelf opgaf; wat al ongedaan is blijft zo."""
    mag_leveren(opdracht)
    referenties = {rij.referentie for _, rij in rijen}
    banen = await banen_van(tx, referenties, opdracht.client, alleen_eigen=True)
    al = await ongedane(tx, referenties - banen.keys())
    over = [(nr, rij) for nr, rij in rijen if (rij.referentie, opdracht.client) not in al]
    uitslag = await neem_ongedaan(tx, [(nr, banen.get(rij.referentie), rij) for nr, rij in over], opdracht)
    uitslag.ongewijzigd += len(rijen) - len(over)
    return uitslag


async def neem_overgangen(tx: Tx, rijen: Sequence[tuple[int, OvergangReferentieRij]], opdracht: Opdracht) -> Uitslag:
    """Laat banen overgaan naar een andere werkgever, in volgorde van het bestand."""
    mag_leveren(opdracht)
    referenties = {rij.referentie for _, rij in rijen}
    banen = await banen_van(tx, referenties, opdracht.client, alleen_eigen=opdracht.gemeente is not None)
    weg = {referentie for referentie, _ in await ongedane(tx, referenties - banen.keys())}
    over = [(nr, banen.get(rij.referentie), rij) for nr, rij in rijen if rij.referentie not in weg]
    uitslag = await neem_overgang(tx, over, opdracht)
    uitslag.fouten += [
        Fout(nr, NOOIT_GEWEEST.veld, NOOIT_GEWEEST.code, NOOIT_GEWEEST.melding)
        for nr, rij in rijen
        if rij.referentie in weg
    ]
    return uitslag


HANDELINGEN = (
    Soort(
        naam="plaatsing-ongedaan",
        dienst="plaatsing",
        pad="/v1/plaatsing-ongedaan",
        model=OngedaanReferentieRij,
        verwerk=neem_ongedane_plaatsingen,
        scope=SCHRIJVEN,
        volgorde=("referentie", "reden"),
    ),
    Soort(
        naam="overgangen",
        dienst="plaatsing",
        pad="/v1/overgangen",
        model=OvergangReferentieRij,
        verwerk=neem_overgangen,
        scope=SCHRIJVEN,
        volgorde=("referentie", "naar_werkgever", "op"),
    ),
)
