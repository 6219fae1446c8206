"""Rijen `uren`: wat er over een tijdvak van een baan verloond is. Dit is het drukste pad."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, TypeAlias

from banenspoor_contracts import Contract, Feit
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from services.plaatsing.api.velden import LANGSTE_TEKST, Dag, Honderdsten, Sleutelveld, Tekst, dag_uit
from services.plaatsing.api.verwijzing import kies
from services.plaatsing.domain.dossier import Dossier, neem_regel
from services.plaatsing.domain.kalender import DAG, eerste_dag, laatste_dag, maand_van
from services.plaatsing.domain.plaatsing import NOOIT_GEWEEST, ONBEKEND
from services.plaatsing.domain.uren import Regel, UrenSoort, Weigering, honderdsten
from services.plaatsing.domain.verschil import Moment
from services.plaatsing.store import banen as store
from services.plaatsing.store.delen import ongedane
from services.plaatsing.store.leveringen import Naam, naam_van, ontvang
from services.plaatsing.store.omgeving import omgeving
from shared import outbox
from shared.api import Fout, Opdracht, Rij, Uitslag
from shared.beurt import in_happen
from shared.db import Tx


def _geleverd(soort: UrenSoort) -> UrenSoort:
    if soort is UrenSoort.VOORTGEZET:
        raise PydanticCustomError("onjuist", "kies uit regulier of uitbetaling")
    return soort


class UrenRij(Rij):
    """De uren van een tijdvak `[tijdvak_van, tijdvak_tot)`. Zelfde tijdvak en soort nog eens: de verbetering ervan.

    `leverancier`: wie ze leverde (zonder: de aanroeper); zijn maandsluiting bepaalt de reden.
    """

    referentie: Sleutelveld
    tijdvak_van: Dag
    tijdvak_tot: Dag
    uren: Honderdsten
    contract: Contract | None = None
    soort: Annotated[UrenSoort, AfterValidator(_geleverd)] = UrenSoort.REGULIER
    levering: Tekst | None = None
    leverancier: Tekst | None = None


class GewoneUren(NamedTuple):
    """Een `UrenRij` van een bestand: alles is tekst, en er is geen historie. Dezelfde velden, zonder het model."""

    referentie: str
    tijdvak_van: date
    tijdvak_tot: date
    uren: int
    contract: Contract | None
    soort: UrenSoort
    levering: str | None
    leverancier: str | None
    bekend_op: datetime | None = None


_VERPLICHT = ("referentie", "tijdvak_van", "tijdvak_tot", "uren")
_KOLOMMEN = frozenset((*_VERPLICHT, "contract", "soort", "levering", "leverancier"))
_CONTRACT: Mapping[str, Contract | None] = {"": None, **{c.value: c for c in Contract}}
_SOORT = {"": UrenSoort.REGULIER, **{s.value: s for s in UrenSoort if s is not UrenSoort.VOORTGEZET}}


def gewone_uren(inhoud: Mapping[str, Any]) -> GewoneUren | None:
    """De rij als er niets bijzonders aan is, zoals het model haar zou lezen; anders None: het kost de helft."""
    try:
        referentie, van, tot, uren = map(inhoud.__getitem__, _VERPLICHT)
        contract, soort = _CONTRACT[inhoud.get("contract", "")], _SOORT[inhoud.get("soort", "")]
        dagen, aantal, referentie = (dag_uit(van), dag_uit(tot)), honderdsten(uren), _gewoon(referentie)
        levering, leverancier = _gewoon(inhoud.get("levering", "")), _gewoon(inhoud.get("leverancier", ""))
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    if None in dagen or not referentie or not inhoud.keys() <= _KOLOMMEN:
        return None
    return GewoneUren(referentie, *dagen, aantal, contract, soort, levering or None, leverancier or None)  # type: ignore[arg-type]  # geen None


def _gewoon(tekst: str) -> str:
    """Zonder spaties eromheen; ValueError als er iets in zit waar het model over moet oordelen."""
    kaal = tekst.strip()
    if not tekst.isprintable() or len(kaal) > LANGSTE_TEKST:
        raise ValueError
    return kaal


Urenrij: TypeAlias = UrenRij | GewoneUren


async def neem_uren(tx: Tx, rijen: Sequence[tuple[int, Urenrij]], opdracht: Opdracht) -> Uitslag:
    """Neemt urenregels aan, in volgorde van het bestand; een rij die niet kan laat niets achter."""
    namen = {n: _levering(rij, opdracht) for n, rij in rijen}
    ontvangst = await ontvang(tx, namen.values(), opdracht.client, opdracht.nu)
    dossiers = await _dossiers(tx, rijen, opdracht)
    rondom = await omgeving(
        tx,
        {d.baan.persoon for d in dossiers.values()},
        {w for d in dossiers.values() for w in d.baan.werkgevers},
        {rij.leverancier or opdracht.client for _, rij in rijen},
    )
    onbekend = {rij.referentie for _, rij in rijen if rij.referentie not in dossiers}
    ongedaan = {referentie for referentie, _ in await ongedane(tx, onbekend)} if onbekend else set()
    uitslag, feiten = Uitslag(), list[Feit]()

    def weiger(nummer: int, waarom: Weigering) -> None:
        uitslag.fouten.append(Fout(nummer, waarom.veld, waarom.code, waarom.melding))
        ontvangst.weiger(namen[nummer], waarom.code)

    async for nummer, rij in in_happen(rijen):
        if (dossier := dossiers.get(rij.referentie)) is None:
            weiger(nummer, NOOIT_GEWEEST if rij.referentie in ongedaan else ONBEKEND)
            continue
        regel = _regel(rij, opdracht.client)
        vervangt = regel.sleutel in dossier.regels
        gevolg = neem_regel(dossier, regel, opdracht.vandaag, Moment(opdracht.nu, rij.bekend_op), rondom)
        if isinstance(gevolg, Weigering):
            weiger(nummer, gevolg)
        elif gevolg is None:
            uitslag.ongewijzigd += 1
            ontvangst.gelijk(namen[nummer], dossier.baan.nr, regel)
        else:
            uitslag.aanvaard += 1
            feiten += gevolg
            ontvangst.neem(namen[nummer], dossier.baan.nr, regel, vervangt)
    await store.bewaar(tx, dossiers.values())
    await ontvangst.bewaar(tx)
    await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
    return uitslag


async def _dossiers(tx: Tx, rijen: Sequence[tuple[int, Urenrij]], opdracht: Opdracht) -> dict[str, Dossier]:
    """Het dossier van de baan bij elke referentie die er een heeft, met het slot op elke persoon."""
    bereik = _bereik(rijen, opdracht.vandaag)
    gekozen = await kies(tx, bereik.keys(), opdracht.client)
    personen = {persoon for _, persoon in gekozen.values()}
    dossiers = await store.dossiers_met_slot(tx, personen, {p: bereik[r] for r, (p, _) in gekozen.items()})
    return {r: dossiers[plaatsing] for r, (plaatsing, _) in gekozen.items() if plaatsing in dossiers}


def _bereik(rijen: Sequence[tuple[int, Urenrij]], vandaag: date) -> dict[str, store.Bereik | None]:
    """Per referentie de hele maanden van het vroegste tot het laatste tijdvak dat kan; None als er geen bij zit."""
    uit: dict[str, store.Bereik | None] = {}
    for _, rij in rijen:
        al, nu = uit.get(rij.referentie), _hele_maanden(rij.tijdvak_van, rij.tijdvak_tot, vandaag)
        uit[rij.referentie] = nu if al is None else al if nu is None else (min(al[0], nu[0]), max(al[1], nu[1]))
    return uit


@lru_cache(maxsize=4096)
def _hele_maanden(van: date, tot: date, vandaag: date) -> store.Bereik | None:
    if not van < tot <= vandaag + DAG:
        return None
    return eerste_dag(maand_van(van)), laatste_dag(maand_van(tot - DAG)) + DAG


def _levering(rij: Urenrij, opdracht: Opdracht) -> Naam:
    return naam_van(rij.leverancier or opdracht.client, rij.levering, rij.bekend_op, opdracht.vandaag)


def _regel(rij: Urenrij, client: str) -> Regel:
    return Regel(
        soort=rij.soort,
        van=rij.tijdvak_van,
        tot=rij.tijdvak_tot,
        uren_x100=rij.uren,
        contract=rij.contract,
        leverancier=rij.leverancier or client,
        levering=rij.levering,
        bekend_op=rij.bekend_op,
    )
