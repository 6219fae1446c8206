"""De stappen van een aanvraag na ontvangst. Elke functie geeft de nieuwe stand, dezelfde stand (niets nieuws) of een weigering.

De tabel in `machine` zegt welke stap wanneer kan; hier staat wat er daarnaast moet kloppen.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from banenspoor_contracts import AanvraagSoort, Aanvrager, Uitkomst

from services.beoordeling.domain import machine
from services.beoordeling.domain.aanvraag import (
    Aanvraag,
    Stap,
    adviesstap,
    al_besloten,
    klok_van,
    onbekend,
    terug,
    toekomst,
)
from services.beoordeling.domain.machine import Handeling, Toestand, Weigering
from services.beoordeling.domain.termijnen import Klok, Pauze, Verlenging, eerste_klok, termijn

Gevolg = Aanvraag | Weigering
HERHALING_MAANDEN = 12
"""Besluit advisering beschut werk art. 3 lid 3: een eigen aanvraag zo kort na een eerder advies, zonder nieuwe feiten."""


def zet(a: Aanvraag, handeling: Handeling, op: date, **anders: Any) -> Gevolg:
    """Zet één stap als de tabel haar kent."""
    naar = machine.stap(a.soort, a.toestand, handeling)
    if isinstance(naar, Weigering):
        return al_besloten(a.besluit) if naar.code == "al_besloten" and a.besluit else naar
    return replace(a, toestand=naar, handeling=handeling, sinds=op, **anders)


def _dag(a: Aanvraag, kolom: str, op: date, vandaag: date) -> Weigering | None:
    """Een stap ligt niet in de toekomst en niet voor de vorige."""
    if op > vandaag:
        return toekomst(kolom)
    return terug(kolom, f"de vorige stap is van {a.sinds}") if op < a.sinds else None


def adviseer(a: Aanvraag | None, uitkomst: Uitkomst, op: date, vandaag: date) -> Gevolg:
    """UWV brengt advies uit, of herstelt een eerder advies zolang het college niet heeft besloten."""
    if a is None:
        return onbekend()
    if op > vandaag:
        return toekomst("uitgebracht_op")
    if op < a.ontvangen_op:
        return terug("uitgebracht_op", f"de aanvraag is ontvangen op {a.ontvangen_op}")
    if a.advies is None and op < a.sinds:
        return terug("uitgebracht_op", f"de vorige stap is van {a.sinds}")
    advies = adviesstap(a, uitkomst, op)
    if advies == a.advies:
        return a
    return zet(a, Handeling.ADVISEER, op, advies=advies, besluit_uiterlijk=klok_van(a, Klok.BESLUIT, op))


def besluit(
    a: Aanvraag | None,
    uitkomst: Uitkomst,
    op: date,
    vandaag: date,
    *,
    onzorgvuldig_advies: bool = False,
    herziening: bool = False,
    voorrang: int | None = None,
) -> Gevolg:
    """Er wordt besloten: bij beschut werk door het college na het advies, anders meteen.

    Het college volgt het advies, behalve als dat niet zorgvuldig tot stand kwam. `herziening`: een nieuw besluit in plaats
    van het vorige, uit eigen beweging; daarvoor loopt geen klok.
    """
    if a is None:
        return onbekend()
    if op > vandaag:
        return toekomst("besluit_op")
    beschut = a.soort is AanvraagSoort.BESCHUT_WERK
    uiterste = (a.besluit_uiterlijk if beschut else a.termijn_tot) or date.max
    vervangt = herziening and a.besluit is not None
    genomen = Stap(uitkomst, op, binnen_termijn=vervangt or op <= uiterste)
    if a.besluit and (a.besluit.uitkomst, a.besluit.op) == (uitkomst, op):
        return a
    if vervangt:
        return _herzie(a, genomen)
    if a.advies and op < a.advies.op:
        return terug("besluit_op", f"het advies is van {a.advies.op}")
    if not a.besluit and (fout := _dag(a, "besluit_op", op, vandaag)):
        return fout
    if a.advies and a.besluit is None and a.advies.uitkomst != uitkomst and not onzorgvuldig_advies:
        melding = "Het besluit wijkt af van het advies; dat kan alleen als het advies niet zorgvuldig tot stand kwam."
        return Weigering("uitkomst", "afwijking_zonder_reden", melding)
    wat = Handeling.BESLIS_POSITIEF if uitkomst is Uitkomst.POSITIEF else Handeling.BESLIS_NEGATIEF
    return zet(a, wat, op, besluit=genomen, voorrang=voorrang)


def _herzie(a: Aanvraag, genomen: Stap, **anders: Any) -> Gevolg:
    if a.besluit and genomen.op < a.besluit.op:
        return terug("besluit_op", f"het vorige besluit is van {a.besluit.op}")
    if a.besluit and genomen.uitkomst == a.besluit.uitkomst:
        return Weigering(
            "uitkomst", "onjuist", "Een herziening heeft een andere uitkomst dan het besluit dat zij vervangt."
        )
    positief = genomen.uitkomst is Uitkomst.POSITIEF
    wat = Handeling.HERZIE_POSITIEF if positief else Handeling.HERZIE_NEGATIEF
    return zet(a, wat, genomen.op, besluit=genomen, **anders)


def schort_op(a: Aanvraag | None, van: date, tot: date | None, vandaag: date) -> Gevolg:
    """De klok staat stil vanaf `van`, en met `tot` loopt zij vanaf die dag weer. Alleen zolang zij nog niet is afgelopen."""
    if a is None:
        return onbekend()
    laatste = a.klok[-1] if a.klok else None
    if isinstance(laatste, Pauze) and laatste.van == van and laatste.tot in (None, tot):
        return a if laatste.tot == tot or tot is None else hervat(a, tot, vandaag)
    regel = termijn(a.soort, eerste_klok(a.soort), a.ontvangen_op)
    if regel is None or not regel.opschorten:
        return Weigering("referentie", "niet_opschorten", "De termijn van deze soort kan niet worden opgeschort.")
    if fout := _dag(a, "van", van, vandaag):
        return fout
    if a.toestand is Toestand.IN_BEHANDELING and van > (a.termijn_tot or date.max):
        melding = f"De termijn liep al af op {a.termijn_tot}."
        return Weigering("van", "termijn_verstreken", melding)
    na = zet(a, Handeling.SCHORT_OP, van, klok=(*a.klok, Pauze(van)))
    return na if tot is None or isinstance(na, Weigering) else hervat(na, tot, vandaag)


def hervat(a: Aanvraag | None, tot: date, vandaag: date) -> Gevolg:
    """De klok loopt weer vanaf `tot`."""
    if a is None:
        return onbekend()
    if tot > vandaag:
        return toekomst("tot")
    laatste = a.klok[-1] if a.klok else None
    if not isinstance(laatste, Pauze):
        return zet(a, Handeling.HERVAT, tot)
    if laatste.tot == tot:
        return a
    if tot <= laatste.van:
        return terug("tot", f"de opschorting begon op {laatste.van}")
    return zet(a, Handeling.HERVAT, tot, klok=(*a.klok[:-1], Pauze(laatste.van, tot)))


def verleng(a: Aanvraag | None, op: date, weken: int, vandaag: date) -> Gevolg:
    """De termijn is op `op` zoveel weken verlengd, voor zij afliep en binnen wat voor deze soort mag."""
    if a is None:
        return onbekend()
    stap = Verlenging(op, weken)
    if stap in a.klok:
        return a
    regel = termijn(a.soort, eerste_klok(a.soort), a.ontvangen_op)
    al = sum(s.weken for s in a.klok if isinstance(s, Verlenging))
    mag = regel.verlengen_weken if regel else 0
    if al + weken > mag:
        melding = f"De termijn van deze soort kan in totaal {mag} weken worden verlengd; {al} zijn al gebruikt."
        return Weigering("weken", "niet_verlengen", melding)
    if fout := _dag(a, "op", op, vandaag):
        return fout
    if a.toestand is Toestand.IN_BEHANDELING and op > (a.termijn_tot or date.max):
        return Weigering("op", "termijn_verstreken", f"De termijn liep al af op {a.termijn_tot}.")
    return zet(a, Handeling.VERLENG, op, klok=(*a.klok, stap))


def sluit_af(a: Aanvraag | None, handeling: Handeling, op: date, vandaag: date) -> Gevolg:
    """De aanvraag wordt ingetrokken of, onvolledig gebleven, buiten behandeling gesteld (Awb art. 4:5)."""
    if a is None:
        return onbekend()
    if (a.handeling, a.sinds) == (handeling, op):
        return a
    return _dag(a, "op", op, vandaag) or zet(a, handeling, op)


def wijs_af_zonder_onderzoek(a: Aanvraag | None, eerder: date | None, op: date, vandaag: date) -> Gevolg:
    """Een eigen aanvraag binnen twaalf maanden na een eerder advies (`eerder`), zonder nieuwe feiten."""
    if a is None:
        return onbekend()
    wat = Handeling.WIJS_AF_ZONDER_ONDERZOEK
    if (a.handeling, a.sinds) == (wat, op):
        return a
    if fout := _dag(a, "op", op, vandaag):
        return fout
    na = zet(a, wat, op)
    if isinstance(na, Weigering):
        return na
    if a.aanvrager is not Aanvrager.BURGER:
        return Weigering("referentie", "geen_eigen_aanvraag", "Alleen een eigen aanvraag van een burger kan zo af.")
    if a.nieuwe_feiten:
        return Weigering("referentie", "nieuwe_feiten", "Er zijn nieuwe feiten vermeld: dan volgt onderzoek.")
    if eerder is None or not binnen_een_jaar(eerder, a.ontvangen_op):
        melding = "In de twaalf maanden voor deze aanvraag is geen advies uitgebracht."
        return Weigering("referentie", "geen_herhaling", melding)
    return na


def binnen_een_jaar(eerder: date, ontvangen_op: date) -> bool:
    """Valt de ontvangst binnen twaalf maanden na `eerder`? De dag twaalf maanden later zelf niet meer."""
    jaar = eerder.year + HERHALING_MAANDEN // 12
    schrikkel = (eerder.month, eerder.day) == (2, 29)
    einde = date(jaar, 3, 1) if schrikkel else eerder.replace(year=jaar)
    return eerder <= ontvangen_op < einde


def maak_bezwaar(a: Aanvraag | None, op: date, vandaag: date) -> Gevolg:
    """Bezwaar tegen het besluit, binnen zes weken (Awb art. 6:7). Het besluit blijft gelden tot er anders wordt beslist."""
    if a is None:
        return onbekend()
    if a.bezwaar_op == op:
        return a
    if op > vandaag:
        return toekomst("op")
    if a.besluit is None:
        na = machine.stap(a.soort, a.toestand, Handeling.MAAK_BEZWAAR)
        return na if isinstance(na, Weigering) else Weigering("referentie", "geen_besluit", "Er is nog niet besloten.")
    if op < a.besluit.op:
        return terug("op", f"het besluit is van {a.besluit.op}")
    if a.bezwaar_op is not None:
        return Weigering("referentie", "al_bezwaar", f"Er loopt al een bezwaar van {a.bezwaar_op}.")
    einde = klok_van(a, Klok.BEZWAAR_INDIENEN, a.besluit.op)
    if op > einde:
        return Weigering("op", "te_laat", f"Bezwaar maken kon tot en met {einde}.")
    uiterste = klok_van(a, Klok.BEZWAAR, einde)
    return zet(a, Handeling.MAAK_BEZWAAR, max(op, a.sinds), bezwaar_op=op, bezwaar_uiterlijk=uiterste)


def beslis_op_bezwaar(a: Aanvraag | None, gegrond: bool, op: date, vandaag: date) -> Gevolg:
    """Gegrond: het besluit wordt herzien naar de andere uitkomst. Ongegrond: het blijft."""
    if a is None:
        return onbekend()
    if op > vandaag:
        return toekomst("beslist_op")
    if a.besluit is None or a.bezwaar_op is None:
        return Weigering("referentie", "geen_bezwaar", "Er loopt geen bezwaar.")
    if op < a.bezwaar_op:
        return terug("beslist_op", f"het bezwaar is van {a.bezwaar_op}")
    klaar: dict[str, Any] = {"bezwaar_op": None, "bezwaar_uiterlijk": None}
    if not gegrond:
        return zet(a, Handeling.HANDHAAF, max(op, a.sinds), **klaar)
    ander = Uitkomst.NEGATIEF if a.besluit.uitkomst is Uitkomst.POSITIEF else Uitkomst.POSITIEF
    op_tijd = op <= (a.bezwaar_uiterlijk or date.max)
    return _herzie(a, Stap(ander, op, op_tijd), **klaar)


def verloopt_binnen(a: Aanvraag, vandaag: date, dagen: int) -> bool:
    """Loopt de klok die nu loopt binnen zoveel dagen af (vandaag telt mee), en is zij nog niet verlopen?"""
    return a.loopt_af is not None and vandaag <= a.loopt_af <= vandaag + timedelta(days=dagen)
