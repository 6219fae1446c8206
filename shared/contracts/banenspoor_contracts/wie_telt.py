"""Wie telt mee voor de banenafspraak: grondslag × vorm, per versie van de wet. Gegevens, geen oordeel van ons.

Een uur telt als de persoon op het peilmoment een grondslag heeft die telt, én werkt in een vorm die telt. Welke versie
voor welke periode geldt, is een gedateerde regel van `telling` (bestand `wie-telt`); de inhoud van een versie verandert
nooit. Blijft iemand na het vervallen van haar voorwaarden geregistreerd, dan telt zij mee zolang haar registratie niet
is beëindigd (Wfsv art. 38b lid 6; Wet banenafspraak art. 2 lid 2): die regel staat hier dus niet, zij zit in de
registratie zelf.

Bronnen: Wfsv (BWBR0017745) art. 38b, 38f, 38g en 122n, teksten 1-5-2015, 1-1-2018, 1-1-2020, 1-1-2025 en 1-1-2026; Wet
banenafspraak (BWBR0051018), tekst 1-7-2026; Besluit Wfsv (BWBR0019070) art. 2.24 en 2.25; Regeling Wfsv art. 3.26.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from .codes import Grondslag as G
from .codes import Vorm as V

WFSV = "wfsv-38b"
WFSV_2026 = "wfsv-38b-2026"
WET_BANENAFSPRAAK = "wet-banenafspraak"


@dataclass(frozen=True, slots=True)
class Regel:
    """Eén rij: telt dit, en waar staat dat. `alleen_werkend`: alleen wie in een dienstbetrekking werkt."""

    telt: bool
    artikel: str
    toelichting: str = ""
    alleen_werkend: bool = False


@dataclass(frozen=True, slots=True)
class Tabel:
    """Eén versie van de wet. `van`: de eerste dag van deze tekst; None: nog niet in werking (besluit afwachten)."""

    versie: str
    wet: str
    van: date | None
    bron: str
    beschut: str
    grondslagen: Mapping[G, Regel]
    vormen: Mapping[V, Regel]


@dataclass(frozen=True, slots=True)
class Uitleg:
    """Het antwoord met zijn grond: de artikelen die het droegen en één zin in gewone taal."""

    telt: bool
    versie: str
    artikelen: tuple[str, ...]
    zin: str


def _zelfde(artikel: str, *grondslagen: G, toelichting: str = "") -> dict[G, Regel]:
    return dict.fromkeys(grondslagen, Regel(True, artikel, toelichting))


_WAJONG = (G.WAJONG_OUD, G.WAJONG_NIEUW, G.WAJONG_NIEUW_VOORTGEZET, G.WAJONG_NIEUW_ARBEIDSONDERSTEUNING)
_INDICATIE = (G.ENTREE, G.WAJONG_AFGEWEZEN, G.WSW_VERLOPEN)

_WFSV_GRONDSLAGEN: dict[G, Regel] = {
    **_zelfde("Wfsv art. 38b lid 1 onder a", G.PW_INDICATIE),
    **_zelfde("Wfsv art. 38b lid 1 onder a jo. Participatiewet art. 10d lid 1 of 2", G.PW_PRAKTIJKROUTE),
    **_zelfde("Wfsv art. 38b lid 1 onder b", G.WSW),
    **_zelfde("Wfsv art. 38b lid 1 onder c", *_WAJONG),
    **_zelfde("Wfsv art. 38b lid 1 onder d jo. Besluit Wfsv art. 2.24", G.VSO_PRO),
    **_zelfde("Wfsv art. 38b lid 1 onder d jo. Besluit Wfsv art. 2.25", *_INDICATIE),
    **_zelfde("Wfsv art. 38b lid 1 onder e", G.EIGEN_VERZOEK),
    **_zelfde("Wfsv art. 38b lid 1 onder f", G.OVERGANG),
    **_zelfde("Wfsv art. 38f lid 5 jo. Regeling Wfsv art. 3.26", G.WIW_ID, toelichting="Gelijkgesteld."),
    G.WAJONG_DUURZAAM_GEEN: Regel(
        False,
        "Wfsv art. 38b lid 1 onder c",
        "In de tekst van voor 1-1-2026 uitgezonderd: duurzaam geen mogelijkheden tot arbeidsparticipatie.",
    ),
    G.IVA_LOONDISPENSATIE: Regel(False, "Wfsv art. 38b lid 1", "Deze grondslag bestaat pas sinds 1-1-2026."),
    G.LID2_VOOR18: Regel(
        False,
        "Wfsv art. 122n lid 1 jo. art. 38b lid 2",
        "Telt voor het quotum (art. 38f, variabelen F en G), niet voor de groei van de banenafspraak.",
    ),
}

_WFSV_2026_GRONDSLAGEN: dict[G, Regel] = {
    **_WFSV_GRONDSLAGEN,
    G.WAJONG_DUURZAAM_GEEN: Regel(
        True, "Wfsv art. 38b lid 1 onder c", "Alleen zolang zij in een dienstbetrekking werkt.", alleen_werkend=True
    ),
    G.IVA_LOONDISPENSATIE: Regel(True, "Wfsv art. 38b lid 1 onder g"),
}

_WB_GRONDSLAGEN: dict[G, Regel] = {
    **_zelfde("Wet banenafspraak art. 2 lid 1 onder a", G.PW_INDICATIE, G.PW_PRAKTIJKROUTE, G.EIGEN_VERZOEK),
    **_zelfde("Wet banenafspraak art. 2 lid 1 onder b", G.WSW),
    **_zelfde("Wet banenafspraak art. 2 lid 1 onder c", *_WAJONG),
    G.WAJONG_DUURZAAM_GEEN: Regel(
        True,
        "Wet banenafspraak art. 2 lid 1 onder c",
        "Alleen zolang zij in een dienstbetrekking werkt.",
        alleen_werkend=True,
    ),
    **_zelfde("Wet banenafspraak art. 2 lid 1 onder d", G.VSO_PRO, *_INDICATIE),
    **_zelfde("Wet banenafspraak art. 2 lid 1 onder e", G.OVERGANG),
    **_zelfde("Wet banenafspraak art. 2 lid 1 onder f", G.LID2_VOOR18),
    **_zelfde("Wet banenafspraak art. 2 lid 1 onder g jo. Participatiewet art. 78d lid 1", G.WIW_ID),
    G.IVA_LOONDISPENSATIE: Regel(False, "Wet banenafspraak art. 2 lid 1", "Niet genoemd in onderdeel a tot en met g."),
}

_GEEN_LOON = Regel(False, "Wfsv art. 38b lid 4", "Proefplaatsing: er is geen loon en dus geen verloond uur.")
_GEEN_REGEL = Regel(False, "geen", "Telt niet zolang geen regel zegt dat het telt.")

_WFSV_VORMEN: dict[V, Regel] = {
    V.FORMEEL: Regel(True, "Wfsv art. 122n lid 1 en art. 38b lid 4"),
    V.UITZENDRELATIE: Regel(True, "Wfsv art. 122n lid 5 (tot 2020: lid 4)", "Ter beschikking gesteld: inleen."),
    V.WSW_DETACHERING: Regel(
        True, "Wfsv art. 122n lid 4 en 5 (tot 2020: lid 3 en 4)", "Alleen zolang ter beschikking gesteld: inleen."
    ),
    V.OVERIGE_DETACHERING: _GEEN_REGEL,
    V.BEGELEID_WERKEN: Regel(True, "Wsw art. 7", "Een gewone dienstbetrekking bij een gewone werkgever."),
    V.WIW_ID: Regel(True, "Wfsv art. 38f lid 5 jo. Regeling Wfsv art. 3.26", "Gelijkgesteld."),
    V.BESCHUT_WERK: Regel(False, "Wfsv art. 38b lid 1 (aanhef) jo. Participatiewet art. 10b lid 1"),
    V.WSW_BESCHUT: Regel(
        False, "Wfsv art. 122n lid 4 (tot 2020: lid 3) en art. 38g lid 2", "Wsw-dienstbetrekking, niet gedetacheerd."
    ),
    V.PROEFPLAATSING: _GEEN_LOON,
}

_WB_VORMEN: dict[V, Regel] = {
    V.FORMEEL: Regel(True, "Wet banenafspraak art. 4 lid 2"),
    V.UITZENDRELATIE: Regel(True, "Wet banenafspraak art. 4 lid 2 en art. 1 (uitgeleende werknemer)", "Inleen."),
    V.WSW_DETACHERING: Regel(
        True, "Wet banenafspraak art. 4 lid 3", "Alleen in aangiftetijdvakken waarin zij ter beschikking is gesteld."
    ),
    V.OVERIGE_DETACHERING: _GEEN_REGEL,
    V.BEGELEID_WERKEN: Regel(True, "Wsw art. 7", "Een gewone dienstbetrekking bij een gewone werkgever."),
    V.WIW_ID: Regel(True, "Wet banenafspraak art. 2 lid 1 onder g"),
    V.BESCHUT_WERK: Regel(False, "Wet banenafspraak art. 2 lid 3 jo. Participatiewet art. 10b lid 1"),
    V.WSW_BESCHUT: Regel(False, "Wet banenafspraak art. 4 lid 3", "Wsw-dienstbetrekking, niet gedetacheerd."),
    V.PROEFPLAATSING: Regel(False, "Wet banenafspraak art. 1 (verloonde uren)", _GEEN_LOON.toelichting),
}

_BESCHUT_WFSV = "Wfsv art. 38b lid 1 (aanhef) jo. Participatiewet art. 10b lid 1"

TABELLEN: Mapping[str, Tabel] = MappingProxyType(
    {
        tabel.versie: tabel
        for tabel in (
            Tabel(
                WFSV,
                WFSV,
                date(2015, 5, 1),
                "Wfsv, teksten van 1-5-2015 tot en met 2025",
                _BESCHUT_WFSV,
                MappingProxyType(_WFSV_GRONDSLAGEN),
                MappingProxyType(_WFSV_VORMEN),
            ),
            Tabel(
                WFSV_2026,
                WFSV,
                date(2026, 1, 1),
                "Wfsv, tekst van 1-1-2026",
                _BESCHUT_WFSV,
                MappingProxyType(_WFSV_2026_GRONDSLAGEN),
                MappingProxyType(_WFSV_VORMEN),
            ),
            Tabel(
                WET_BANENAFSPRAAK,
                WET_BANENAFSPRAAK,
                None,
                "Wet banenafspraak, tekst van 1-7-2026; art. 2 treedt in werking bij koninklijk besluit (art. 13)",
                "Wet banenafspraak art. 2 lid 3 jo. Participatiewet art. 10b lid 1",
                MappingProxyType(_WB_GRONDSLAGEN),
                MappingProxyType(_WB_VORMEN),
            ),
        )
    }
)
"""Elke versie onder haar naam: de namen die het bestand `wie-telt` en het argument `wet` hieronder kennen."""
AAN_WERK_GEBONDEN: frozenset[G] = frozenset(
    g for tabel in TABELLEN.values() for g, regel in tabel.grondslagen.items() if regel.alleen_werkend
)
"""Grondslagen waarop iemand alleen geregistreerd is zolang zij in een dienstbetrekking werkt."""
DIENSTBETREKKING: frozenset[V] = frozenset(V) - {V.PROEFPLAATSING}
"""De vormen van werk die een dienstbetrekking zijn; op een proefplaatsing is er geen loon."""


def _tabel(wet: str) -> Tabel:
    if wet not in TABELLEN:
        raise ValueError(f"onbekende versie van wie telt: {wet!r}; bekend zijn {', '.join(TABELLEN)}")
    return TABELLEN[wet]


def versie_op(op: date) -> str:
    """De versie die op deze dag gold, voor zover een wet met vaste datum in werking is.

    Voor 1-5-2015 (de nulmeting) geldt de eerste tekst, zoals Wfsv art. 38f die voor 1-1-2013 toepast.
    """
    geldend = WFSV
    for tabel in TABELLEN.values():
        if tabel.van is not None and tabel.van <= op:
            geldend = tabel.versie
    return geldend


def hoort_bij(grondslagen: Collection[G], wet: str, *, werkt: bool = False, beschut: bool = False) -> bool:
    """Hoort iemand met deze geldige grondslagen tot de doelgroep volgens versie `wet`?

    `werkt`: in een dienstbetrekking. `beschut`: het college stelde beschut werk vast; dat wint van elke grondslag.
    `ValueError` bij een onbekende versie.
    """
    regels = _tabel(wet).grondslagen
    return not beschut and any(regels[g].telt and (werkt or not regels[g].alleen_werkend) for g in grondslagen)


def telt(grondslagen: Collection[G], vorm: V, wet: str) -> bool:
    """Tellen verloonde uren in `vorm` mee, van iemand met deze grondslagen, volgens versie `wet`?

    Wie uren heeft, werkt; de grondslagen zijn die op het peilmoment. `ValueError` bij een onbekende versie.
    """
    return _tabel(wet).vormen[vorm].telt and hoort_bij(grondslagen, wet, werkt=True)


def waarom(grondslagen: Collection[G], vorm: V, wet: str) -> Uitleg:
    """Hetzelfde antwoord als `telt`, met de artikelen en een zin."""
    tabel = _tabel(wet)
    regel = tabel.vormen[vorm]
    if not regel.telt:
        return Uitleg(
            False, wet, (regel.artikel,), f"Telt niet mee: werken als {vorm} telt niet. {regel.toelichting}".strip()
        )
    op_volgorde = [(g, tabel.grondslagen[g]) for g in sorted(set(grondslagen))]
    dragend = [(g, r) for g, r in op_volgorde if r.telt]
    if dragend:
        artikelen = tuple(dict.fromkeys([*(r.artikel for _, r in dragend), regel.artikel]))
        return Uitleg(True, wet, artikelen, f"Telt mee: {', '.join(g for g, _ in dragend)}, werkend als {vorm}.")
    if not op_volgorde:
        return Uitleg(False, wet, (), "Telt niet mee: op het peilmoment gold geen grondslag.")
    zinnen = " ".join(f"{g} telt niet. {r.toelichting}".strip() for g, r in op_volgorde)
    return Uitleg(False, wet, tuple(dict.fromkeys(r.artikel for _, r in op_volgorde)), f"Telt niet mee: {zinnen}")
