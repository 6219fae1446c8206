"""Registreren, beëindigen en corrigeren (Wfsv art. 38b en 38d; Besluit SUWI art. 3.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from banenspoor_contracts import (
    BesluitBeschutWerkGenomen,
    CorrectieReden,
    EindReden,
    Feit,
    Grondslag,
    Registratie,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
    Uitkomst,
    Woonplaats,
)

from .grondslagen import afmelden, bestond_niet
from .tijdlijn import Gevolg, Tijdlijn, Weigering, loopt_over, op_volgorde, overlapt, velden
from .woonplaats import loopt_mee, woonde_elders, woont_vanaf

GEEN_REDEN = EindReden.VERLOPEN
"""Een einde zonder reden: de periode liep af. De andere redenen beweren iets wat de levering niet zei."""


def registreer(
    tijdlijn: Tijdlijn,
    grondslag: Grondslag,
    van: date,
    gemeente: str,
    *,
    tot: date | None = None,
    reden: EindReden | None = None,
    bekend_op: datetime | None = None,
) -> Gevolg | Weigering:
    """Een grondslag begint op `van` (met `gemeente` als woonplaats vanaf die dag), of eindigt op `tot`.

    Is deze grondslag met dit begin al bekend, dan kan een regel haar alleen beëindigen als zij nog loopt: een ander
    einde is een correctie, een andere woonplaats een verhuizing. Zonder `tot` zegt de regel niets over het einde.
    """
    bekend = next((r for r in tijdlijn.van_grondslag(grondslag) if r.van == van), None)
    uiterlijk, waarom = _uiterlijk(tijdlijn, van, tot)
    if bekend is None:
        if weigering := _kan_niet_beginnen(tijdlijn, grondslag, van):
            return weigering
        if uiterlijk != tot:
            reden = waarom
        return _begin(tijdlijn, Registratie(grondslag=grondslag, van=van, tot=uiterlijk), gemeente, reden, bekend_op)
    if woonde_elders(tijdlijn.woonplaatsen, gemeente, van, bekend.tot):
        return Weigering(
            "gemeente", "onjuist", "in deze registratie is een andere woonplaats bekend: lever een verhuizing"
        )
    if tot is None or bekend.tot in (tot, uiterlijk):
        return Gevolg(tijdlijn)
    if bekend.tot is not None:
        return Weigering(
            "tot", "overlap", f"deze registratie eindigt al op {bekend.tot}: lever een registratie-correctie"
        )
    if tijdlijn.grens is not None and tot > tijdlijn.grens.dag:
        if van >= tijdlijn.grens.dag:
            tekst = "deze registratie begint na de AOW-leeftijd of het overlijden: lever een registratie-correctie"
            return Weigering("van", "na_aow_of_overlijden", tekst)
        tot, reden = tijdlijn.grens.dag, tijdlijn.grens.reden
    einde = Registratie(grondslag=grondslag, van=van, tot=tot)
    na = _met(tijdlijn, (bekend,), (einde,), tijdlijn.woonplaatsen, bekend_op)
    return Gevolg(na, (_einde(na, grondslag, tot, reden),))


def beeindig_lopende(
    tijdlijn: Tijdlijn,
    grondslag: Grondslag,
    tot: date,
    reden: EindReden | None,
    *,
    bekend_op: datetime | None = None,
) -> Gevolg | Weigering:
    """De registratie die op deze grondslag loopt, eindigt op `tot`; dezelfde regels als een rij van `registraties`.

    Wie zichzelf afmeldt, moet dat mogen. Een levering van het register meldt wat elders al besloten is, en wordt daarop niet
    gekeurd.
    """
    if weigering := afmelden(tijdlijn, grondslag, tot, reden):
        return weigering
    eigen = [r for r in tijdlijn.van_grondslag(grondslag) if r.van < tot and r.tot in (None, tot)]
    if not eigen:
        return Weigering("grondslag", "onbekende_registratie", "op deze grondslag loopt geen registratie")
    woont = max((w for w in tijdlijn.woonplaatsen if w.van < tot), key=lambda w: w.van)
    van = eigen[-1].van
    return registreer(tijdlijn, grondslag, van, woont.gemeente, tot=tot, reden=reden, bekend_op=bekend_op)


def _begin(
    tijdlijn: Tijdlijn, nieuw: Registratie, gemeente: str, reden: EindReden | None, bekend_op: datetime | None
) -> Gevolg | Weigering:
    for r in tijdlijn.van_grondslag(nieuw.grondslag):
        if overlapt(nieuw.van, nieuw.tot, r):
            tekst = f"overlapt de registratie op deze grondslag van {r.van} tot {r.tot or 'heden'}"
            return Weigering("van", "overlap", tekst)
    na = replace(
        _met(tijdlijn, (), (nieuw,), woont_vanaf(tijdlijn.woonplaatsen, gemeente, nieuw.van), bekend_op),
        verworpen=tijdlijn.verworpen - {nieuw.grondslag},
    )
    begin = RegistratieIngegaan(**velden(na), grondslag=nieuw.grondslag, van=nieuw.van)
    return Gevolg(na, (begin,) if nieuw.tot is None else (begin, _einde(na, nieuw.grondslag, nieuw.tot, reden)))


def corrigeer(
    tijdlijn: Tijdlijn,
    grondslag: Grondslag,
    van: date | None,
    reden: CorrectieReden,
    *,
    tot: date | None = None,
    bekend_op: datetime | None = None,
) -> Gevolg | Weigering:
    """De grondslag gold in werkelijkheid van `van` tot `tot`; zonder `van`: nooit.

    De juiste periode komt in de plaats van elke periode van deze grondslag die zij raakt; raakt zij er geen, dan van
    de enige die er is. Een correctie is het laatste woord: zij wordt niet opnieuw beëindigd door een ouder besluit.
    """
    eigen = tijdlijn.van_grondslag(grondslag)
    if not eigen and grondslag not in tijdlijn.verworpen:
        return Weigering("grondslag", "onbekende_registratie", "op deze grondslag is geen registratie bekend")
    weg, woonplaatsen = eigen, tijdlijn.woonplaatsen
    erbij: tuple[Registratie, ...] = ()
    if van is not None:
        if weigering := _kan_niet_beginnen(tijdlijn, grondslag, van):
            return weigering
        if tijdlijn.grens is not None and (tot is None or tot > tijdlijn.grens.dag):
            tot = tijdlijn.grens.dag
        weg = tuple(r for r in eigen if overlapt(van, tot, r)) or eigen
        if len(weg) > 1 and not overlapt(van, tot, weg[0]):
            return Weigering(
                "van", "onjuist", "er zijn meer registraties op deze grondslag, en deze periode raakt er geen"
            )
        erbij = (Registratie(grondslag=grondslag, van=van, tot=tot),)
        woonplaatsen = loopt_mee(tijdlijn.woonplaatsen, van)
    if weg == erbij:
        return Gevolg(tijdlijn)
    na = replace(
        _met(tijdlijn, weg, erbij, woonplaatsen, bekend_op),
        verworpen=tijdlijn.verworpen - {grondslag} if erbij else tijdlijn.verworpen | {grondslag},
    )
    return Gevolg(na, (RegistratieGecorrigeerd(**velden(na), vorige=tijdlijn.registraties, reden=reden),))


def na_besluit(tijdlijn: Tijdlijn, besluit: BesluitBeschutWerkGenomen) -> Gevolg:
    """Een positief besluit beschut werk beëindigt de volgende dag elke lopende registratie (Besluit SUWI art. 3.2).

    Ook een registratie met een later gepland einde. Wat op of na die dag begint, is een latere vaststelling en blijft.
    Het besluit wordt onthouden: een registratie die later binnenkomt en over die dag heen loopt, eindigt ook dan, en
    hetzelfde besluit nog eens horen geeft niets.
    """
    tot = besluit.besluit_op + timedelta(days=1)
    if besluit.uitkomst is not Uitkomst.POSITIEF or tot in tijdlijn.beschut_vanaf:
        return Gevolg(tijdlijn)
    tijdlijn = replace(tijdlijn, beschut_vanaf=tijdlijn.beschut_vanaf | {tot})
    lopend = tuple(r for r in tijdlijn.registraties if loopt_over(r, tot))
    return beeindig(tijdlijn, lopend, tot, EindReden.BESCHUT_WERK, besluit.bekend_op)


def beeindig(
    tijdlijn: Tijdlijn, lopend: tuple[Registratie, ...], tot: date, reden: EindReden, bekend_op: datetime | None
) -> Gevolg:
    """Beëindigt deze registraties op `tot`; zijn er geen, dan is er niets te zeggen."""
    if not lopend:
        return Gevolg(tijdlijn)
    beeindigd = tuple(Registratie(grondslag=r.grondslag, van=r.van, tot=tot) for r in lopend)
    na = _met(tijdlijn, lopend, beeindigd, tijdlijn.woonplaatsen, bekend_op)
    return Gevolg(na, tuple(_einde(na, r.grondslag, tot, reden) for r in beeindigd))


def _kan_niet_beginnen(tijdlijn: Tijdlijn, grondslag: Grondslag, van: date) -> Weigering | None:
    """De regel bestond toen niet, of de persoon had de AOW-leeftijd bereikt of was overleden."""
    if tijdlijn.grens is not None and van >= tijdlijn.grens.dag:
        return Weigering("van", "na_aow_of_overlijden", "ligt na de AOW-leeftijd of het overlijden")
    return bestond_niet(grondslag, van)


def _uiterlijk(tijdlijn: Tijdlijn, van: date, tot: date | None) -> tuple[date | None, EindReden | None]:
    """Het einde van een registratie die op `van` begint, en waarom: beschut werk, AOW of overlijden, of wat gevraagd is."""
    grenzen = [(dag, EindReden.BESCHUT_WERK) for dag in tijdlijn.beschut_vanaf]
    if tijdlijn.grens is not None:
        grenzen.append((tijdlijn.grens.dag, tijdlijn.grens.reden))
    return min((g for g in grenzen if van < g[0] and (tot is None or g[0] < tot)), default=(tot, None))


def _met(
    tijdlijn: Tijdlijn,
    weg: tuple[Registratie, ...],
    erbij: tuple[Registratie, ...],
    woonplaatsen: tuple[Woonplaats, ...],
    bekend_op: datetime | None,
) -> Tijdlijn:
    """De tijdlijn waarover nu iets gezegd gaat worden: zonder `weg`, met `erbij`."""
    return replace(
        tijdlijn,
        registraties=op_volgorde([*(r for r in tijdlijn.registraties if r not in weg), *erbij]),
        woonplaatsen=woonplaatsen,
        gezegd=True,
        bekend_op=tijdlijn.kennistijd(bekend_op),
    )


def _einde(na: Tijdlijn, grondslag: Grondslag, tot: date, reden: EindReden | None) -> Feit:
    return RegistratieBeeindigd(**velden(na), grondslag=grondslag, tot=tot, reden=reden or GEEN_REDEN)
