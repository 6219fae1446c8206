"""Tel ik mee? Het antwoord voor één mens op één dag, met dezelfde tabel waarmee geteld wordt (`wie_telt`).

Het oordeel en het cijfer kunnen niet verschillen: beide vragen `wie_telt.telt` met de grondslagen van het peilmoment. De
zinnen zijn voor de persoon zelf: gewone woorden, kort, en niets over gezondheid.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from . import wie_telt
from .codes import Grondslag as G
from .codes import Vorm as V
from .doelgroepregister import Registratie

_DAG = timedelta(days=1)
_MAANDEN = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli"),
    *("augustus", "september", "oktober", "november", "december"),
)
GROND: Mapping[G, str] = MappingProxyType(
    {
        G.PW_INDICATIE: "een indicatie banenafspraak van UWV",
        G.PW_PRAKTIJKROUTE: "de praktijkroute",
        G.WSW: "een indicatie voor de Wsw",
        G.WAJONG_OUD: "de oude Wajong",
        G.WAJONG_NIEUW: "de Wajong",
        G.WAJONG_NIEUW_VOORTGEZET: "de voortgezette Wajong",
        G.WAJONG_NIEUW_ARBEIDSONDERSTEUNING: "de Wajong met steun bij werk",
        G.WAJONG_DUURZAAM_GEEN: "de Wajong, zolang u werkt",
        G.VSO_PRO: "uw school",
        G.ENTREE: "uw entreeopleiding",
        G.WAJONG_AFGEWEZEN: "een aanvraag voor de Wajong",
        G.WSW_VERLOPEN: "een vroegere indicatie voor de Wsw",
        G.EIGEN_VERZOEK: "uw eigen verzoek",
        G.OVERGANG: "de overgangsregel van 2015",
        G.IVA_LOONDISPENSATIE: "de proef met loondispensatie",
        G.LID2_VOOR18: "een voorziening voor werk",
        G.WIW_ID: "een Wiw-baan of ID-baan",
    }
)
"""Elke grondslag in gewone woorden."""
VORM: Mapping[V, str] = MappingProxyType(
    {
        V.FORMEEL: "een gewone baan",
        V.UITZENDRELATIE: "werk via een uitzendbureau",
        V.WSW_DETACHERING: "een detachering uit de Wsw",
        V.OVERIGE_DETACHERING: "een andere detachering",
        V.BEGELEID_WERKEN: "begeleid werken",
        V.BESCHUT_WERK: "beschut werk",
        V.WSW_BESCHUT: "beschut werk in de Wsw",
        V.WIW_ID: "een Wiw-baan of ID-baan",
        V.PROEFPLAATSING: "een proefplaatsing",
    }
)
"""Elke vorm van werk in gewone woorden."""


@dataclass(frozen=True, slots=True)
class Werk:
    """Eén baan van `van` tot `tot` (half open; `tot` leeg: loopt nog)."""

    vorm: V
    van: date
    tot: date | None = None


@dataclass(frozen=True, slots=True)
class Oordeel:
    """Het antwoord op één dag. `sinds`: de eerste dag van de periode waarin het zonder onderbreking zo is.

    `grondslagen` gelden op het peilmoment, `artikelen` dragen het antwoord, `versie` is die van `wie_telt`.
    """

    op: date
    geregistreerd: bool
    telt_mee: bool
    sinds: date | None
    grondslagen: tuple[G, ...]
    artikelen: tuple[str, ...]
    versie: str
    zinnen: tuple[str, ...]
    wat_verandert: tuple[str, ...]


def zoals_zij_gelden(registraties: Sequence[Registratie], werk: Sequence[Werk]) -> tuple[Registratie, ...]:
    """De registraties zoals zij gelden, op volgorde van begin.

    Een gebeurtenis draagt het recht zoals het geleverd is. Op een grondslag die aan werk gebonden is, geldt dat alleen in
    de tijd dat iemand in een dienstbetrekking werkt (Wfsv art. 38b lid 1 onder c); de andere gelden geheel.
    """
    uit: list[Registratie] = []
    for r in registraties:
        if r.grondslag not in wie_telt.AAN_WERK_GEBONDEN:
            uit.append(r)
            continue
        for van, tot in _gewerkt(werk):
            begin, einde = max(r.van, van), min((d for d in (r.tot, tot) if d is not None), default=None)
            if einde is None or begin < einde:
                uit.append(Registratie(grondslag=r.grondslag, van=begin, tot=einde))
    return tuple(sorted(uit, key=lambda r: (r.van, r.grondslag)))


def _gewerkt(werk: Sequence[Werk]) -> list[tuple[date, date | None]]:
    """De tijd in een dienstbetrekking, in zo min mogelijk perioden."""
    uit: list[tuple[date, date | None]] = []
    for w in sorted((w for w in werk if w.vorm in wie_telt.DIENSTBETREKKING), key=lambda w: w.van):
        if not uit or ((einde := uit[-1][1]) is not None and einde < w.van):
            uit.append((w.van, w.tot))
        elif einde is not None:
            uit[-1] = (uit[-1][0], None if w.tot is None else max(w.tot, einde))
    return uit


def beoordeel(
    registraties: Sequence[Registratie],
    werk: Sequence[Werk],
    op: date,
    *,
    peildag: date | None = None,
    wet: str | None = None,
) -> Oordeel:
    """Telt iemand met deze registraties en dit werk op deze dag mee?

    `peildag`: de dag waarop de grondslag moet gelden (het peilmoment van de maand of het kwartaal; zonder: de dag zelf).
    `wet`: een versie van `wie_telt` (zonder: die van de dag). `ValueError` bij een onbekende versie.
    """
    versie = wet or wie_telt.versie_op(op)
    peil = peildag or op
    gronden = tuple(sorted({r.grondslag for r in registraties if _geldt(r, peil)}))
    lopend = sorted({w.vorm for w in werk if _geldt(w, op)})
    tellend = [vorm for vorm in lopend if wie_telt.telt(gronden, vorm, versie)]
    uitleg = [wie_telt.waarom(gronden, vorm, versie) for vorm in tellend or lopend or [V.FORMEEL]]
    geregistreerd = any(_geldt(r, op) for r in zoals_zij_gelden(registraties, werk))
    zinnen = _zinnen(gronden, geregistreerd, lopend, tellend, versie)
    if wie_telt.TABELLEN[versie].van is None:
        zinnen = (*zinnen, "Dat zou zo zijn met een wet die nog niet in werking is.")
    return Oordeel(
        op=op,
        geregistreerd=geregistreerd,
        telt_mee=bool(tellend),
        sinds=_sinds(registraties, werk, op, wet) if tellend else None,
        grondslagen=gronden,
        artikelen=tuple(dict.fromkeys(artikel for deel in uitleg for artikel in deel.artikelen)) if lopend else (),
        versie=versie,
        zinnen=zinnen,
        wat_verandert=(
            *_wat_verandert(registraties, werk, op, gronden, lopend, tellend, versie),
            *(_andere_wet(gronden, lopend, op, versie, bool(tellend)) if wet is None else ()),
        ),
    )


def _geldt(periode: Registratie | Werk, dag: date) -> bool:
    return periode.van <= dag and (periode.tot is None or dag < periode.tot)


def _sinds(registraties: Sequence[Registratie], werk: Sequence[Werk], op: date, wet: str | None) -> date:
    """Het begin van de aaneengesloten dagen tot en met `op` waarop er een grondslag én werk was dat samen telde.

    Elke dag onder de regels van toen; met `wet` altijd onder die.
    """
    stukken = [
        (max(r.van, w.van, van), min((d for d in (r.tot, w.tot, tot) if d is not None), default=date.max))
        for versie, van, tot in _regels(wet)
        for r in registraties
        for w in werk
        if wie_telt.telt([r.grondslag], w.vorm, versie)
    ]
    begin = op
    while eerder := [van for van, tot in stukken if van < begin and begin <= tot]:
        begin = min(eerder)
    return begin


def _regels(wet: str | None) -> list[tuple[str, date, date | None]]:
    """De versies met hun tijd `[van, tot)`; de eerste geldt ook voor wat eraan voorafging."""
    if wet is not None:
        return [(wet, date.min, None)]
    dagen = sorted({tabel.van for tabel in wie_telt.TABELLEN.values() if tabel.van is not None})
    return [
        (wie_telt.versie_op(van), van if i else date.min, tot)
        for i, (van, tot) in enumerate(zip(dagen, [*dagen[1:], None], strict=True))
    ]


def _zinnen(
    gronden: Sequence[G], geregistreerd: bool, lopend: Sequence[V], tellend: Sequence[V], versie: str
) -> tuple[str, ...]:
    if not gronden:
        waarom = "Uw inschrijving loopt niet door tot het eind van de maand."
        return ("U telt niet mee.", waarom if geregistreerd else "U staat niet in het doelgroepregister.")
    if wie_telt.AAN_WERK_GEBONDEN.issuperset(gronden) and wie_telt.DIENSTBETREKKING.isdisjoint(lopend):
        alleen = (f"U staat er alleen in door {GROND[g]}." for g in gronden)
        return ("U telt nu niet mee.", "U staat nu niet in het doelgroepregister.", *alleen)
    ingeschreven = ("U staat in het doelgroepregister.", *(f"Dat is door {GROND[g]}." for g in gronden))
    if tellend:
        return ("U telt mee.", *ingeschreven, *(f"U werkt: {VORM[v]}." for v in tellend))
    if not lopend:
        return ("U telt nu niet mee.", *ingeschreven, "Wij kennen op deze dag geen werk van u.")
    if not any(wie_telt.telt(gronden, vorm, versie) for vorm in V):
        return ("U telt niet mee.", *ingeschreven, "Deze manier van inschrijven telt niet mee voor de banenafspraak.")
    return ("U telt niet mee.", *ingeschreven, *(f"Dit werk telt niet mee: {VORM[v]}." for v in lopend))


def _wat_verandert(
    registraties: Sequence[Registratie],
    werk: Sequence[Werk],
    op: date,
    gronden: Sequence[G],
    lopend: Sequence[V],
    tellend: Sequence[V],
    versie: str,
) -> tuple[str, ...]:
    """Wat het antwoord anders zou maken: wat al bekend is eerst, dan wat iemand kan doen."""
    uit: list[str] = []
    if tellend:
        einden = [r.tot for r in registraties if _geldt(r, op)]
        if einden and None not in einden:
            uit.append(f"Uw inschrijving stopt op {_dag(max(d for d in einden if d))}.")
        stopt = [w.tot for w in werk if _geldt(w, op) and w.vorm in tellend]
        if stopt and None not in stopt:
            uit.append(f"Uw werk stopt op {_dag(max(d for d in stopt if d))}.")
        if wie_telt.AAN_WERK_GEBONDEN.issuperset(gronden):
            uit.append("Stopt uw werk? Dan staat u ook niet meer in het doelgroepregister.")
        uit += ["Stopt uw werk? Dan telt u niet meer mee.", "U blijft meetellen zolang u ingeschreven staat en werkt."]
    elif not gronden:
        uit.append("Uw gemeente of UWV kan nagaan of u in het register kunt komen.")
    elif any(wie_telt.telt(gronden, vorm, versie) for vorm in V):
        uit.append("U telt mee als u een gewone baan hebt.")
    return tuple(uit)


def _andere_wet(gronden: Sequence[G], lopend: Sequence[V], op: date, versie: str, telt_mee: bool) -> Iterable[str]:
    """Wat regels die nog komen aan het antwoord zouden veranderen."""
    for andere in wie_telt.TABELLEN.values():
        straks = any(wie_telt.telt(gronden, vorm, andere.versie) for vorm in lopend)
        if straks == telt_mee or andere.versie == versie or (andere.van is not None and andere.van <= op):
            continue
        wel = "telt u wel mee" if straks else "telt u niet meer mee"
        yield f"{'Komt de Wet banenafspraak? Dan' if andere.van is None else f'Vanaf {_dag(andere.van)}'} {wel}."


def _dag(dag: date) -> str:
    return f"{dag.day} {_MAANDEN[dag.month - 1]} {dag.year}"
