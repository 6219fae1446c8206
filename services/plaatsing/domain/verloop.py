"""Het verloop van een baan: haar delen, en wat er vanaf welke dag anders is.

Elk kenmerk geldt van een dag tot het daarna opnieuw verandert. Wie een kenmerk vanaf een dag zet, laat dus staan wat er
voor een latere dag al anders was opgegeven.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from banenspoor_contracts import INLEEN, Wijziging

from services.plaatsing.domain.plaatsing import KENMERKEN, Baan, Deel
from services.plaatsing.domain.werkgever import Tijdlijn, sector_op


def delen(baan: Baan) -> tuple[Deel, ...]:
    """Alle delen op volgorde; het eerste begint met de baan, elk volgende waar het vorige eindigt."""
    kenmerken = {veld: getattr(baan, veld) for veld in (*KENMERKEN, "sector", "subsector")}
    return (*baan.eerder, Deel(van=baan.vanaf or baan.van, **kenmerken))


def zet(baan: Baan, van: date, velden: Mapping[str, Any]) -> Baan:
    """De baan met deze kenmerken vanaf `van`, elk tot het daarna al opnieuw verandert.

    Een vorm die geen inleen is, heeft geen inlener: die vervalt zolang die vorm duurt.
    """
    baan = zet_veld(baan, van, velden)
    if "vorm" in velden and velden["vorm"] not in INLEEN:
        vorm, lijst = velden["vorm"], list(delen(baan))
        for plek in range(_plek(lijst, van), len(lijst)):
            if lijst[plek].vorm is not vorm:
                break
            lijst[plek] = replace(lijst[plek], inlener=None)
        baan = _van(baan, lijst)
    return _van(baan, _samen(delen(baan)))


def zet_alles(baan: Baan, velden: Mapping[str, Any]) -> Baan:
    """De baan met deze kenmerken van begin tot eind, wat er onderweg ook anders was."""
    if "vorm" in velden and velden["vorm"] not in INLEEN:
        velden = {**velden, "inlener": None}
    return _van(baan, _samen(replace(deel, **velden) for deel in delen(baan)))


def met_periode(baan: Baan, van: date, tot: date | None) -> Baan:
    """De baan van `van` tot `tot`: het eerste deel begint met haar, en wat pas na haar einde zou beginnen vervalt."""
    lijst = list(delen(baan))
    lijst = [deel for deel in lijst if tot is None or deel.van < tot] or lijst[:1]
    while len(lijst) > 1 and lijst[1].van <= van:
        del lijst[0]
    lijst[0] = replace(lijst[0], van=van)
    return replace(_van(baan, lijst), van=van, tot=tot)


def met_opgave(vorig: Baan, opgave: Baan) -> Baan:
    """De baan nadat de bron haar zo opgeeft.

    Een opgave gaat over de hele baan, maar alleen wat zij anders zegt dan de vorige opgave en dan de stand van nu is een
    wijziging: wat vanaf een dag gewijzigd is blijft, ook als de bron haar oude regel nog eens stuurt of de nieuwe inhaalt.
    """
    basis, nu = vorig.opgave or vorig, vorig
    anders = [
        veld
        for veld in (*KENMERKEN, "van", "tot")
        if getattr(opgave, veld) not in (getattr(basis, veld), getattr(vorig, veld))
    ]
    if {"van", "tot"} & set(anders):
        nu = met_periode(nu, *(getattr(opgave if veld in anders else vorig, veld) for veld in ("van", "tot")))
    if velden := {veld: getattr(opgave, veld) for veld in anders if veld in KENMERKEN}:
        nu = zet_alles(nu, velden)
    return met_basis(replace(nu, ikv=opgave.ikv), opgave)


def met_basis(baan: Baan, opgave: Baan) -> Baan:
    """De baan, en wat de bron over het geheel opgaf als dat iets anders is."""
    zelfde = not baan.eerder and all(getattr(baan, v) == getattr(opgave, v) for v in (*KENMERKEN, "van", "tot"))
    kaal = replace(opgave, eerder=(), vanaf=None, opgave=None)
    return replace(baan, opgave=None if zelfde else kaal)


def met_sector(baan: Baan, sectoren: Mapping[UUID, Tijdlijn]) -> Baan | date:
    """De baan met per deel de sector van zijn werkgever op de eerste dag ervan; die dag als er dan geen sector bekend is.

    Een werkgever die niet in `sectoren` staat, houdt wat er stond.
    """
    uit = []
    for deel in delen(baan):
        if deel.werkgever in sectoren:
            periode = sector_op(sectoren[deel.werkgever], deel.van)
            if periode is None:
                return deel.van
            deel = replace(deel, sector=periode.sector, subsector=periode.subsector)
        uit.append(deel)
    return _van(baan, uit)


def verschillen(oud: Baan, nu: Baan) -> list[tuple[date, dict[str, Wijziging]]]:
    """Wat er aan de kenmerken anders is, per dag waarop dat begint: wie ze op volgorde met `zet` toepast heeft `nu`."""
    gezegd = met_periode(oud, nu.van, nu.tot)
    uit = []
    for dag in sorted({deel.van for deel in (*delen(gezegd), *delen(nu))}):
        toen, straks = gezegd.op(dag), nu.op(dag)
        if gewijzigd := straks.gegevens.verschil_met(toen.gegevens):
            uit.append((dag, gewijzigd))
            velden = (*KENMERKEN, "sector", "subsector")
            anders = {v: w for v in velden if (w := getattr(straks, v)) != getattr(toen, v)}
            gezegd = zet_veld(gezegd, dag, anders)
    return uit


def zet_veld(baan: Baan, van: date, velden: Mapping[str, Any]) -> Baan:
    """Als `zet`, precies deze velden: gelijke delen blijven apart, en een inlener vervalt niet vanzelf."""
    lijst = list(delen(baan))
    plek = _plek(lijst, van)
    if lijst[plek].van < van:
        plek += 1
        lijst.insert(plek, replace(lijst[plek - 1], van=van))
    for veld, waarde in velden.items():
        stond = getattr(lijst[plek], veld)
        for verder in range(plek, len(lijst)):
            if getattr(lijst[verder], veld) != stond:
                break
            lijst[verder] = replace(lijst[verder], **{veld: waarde})
    return _van(baan, lijst)


def _plek(lijst: Sequence[Deel], dag: date) -> int:
    """Het deel waarin de dag valt."""
    return max((plek for plek, deel in enumerate(lijst) if deel.van <= dag), default=0)


def _samen(lijst: Iterable[Deel]) -> list[Deel]:
    uit: list[Deel] = []
    for deel in lijst:
        if not uit or not deel.zelfde(uit[-1]):
            uit.append(deel)
    return uit


def _van(baan: Baan, lijst: Sequence[Deel]) -> Baan:
    *eerder, laatste = lijst
    return replace(baan, **laatste.kenmerken, eerder=tuple(eerder), vanaf=laatste.van if eerder else None)
