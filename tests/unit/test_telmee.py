"""Tel ik mee: hetzelfde oordeel als het cijfer, in gewone taal."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from banenspoor_contracts import Contract, Grondslag, Reeks, Registratie, Sector, Sectorperiode, Vorm, wie_telt
from banenspoor_contracts.telmee import GROND, VORM, Oordeel, Werk, beoordeel, zoals_zij_gelden
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.grondslagen import Wijze, regels
from services.plaatsing.domain.kalender import laatste_dag, laatste_dag_kwartaal, maand_van
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.stand import Register, stand
from services.plaatsing.domain.uren import Regel, UrenSoort
from services.telling.domain.figuur import figuur
from services.telling.domain.perioden import perioden as perioden_van
from services.telling.domain.selectie import Selectie
from services.telling.rijen import WieTeltRij
from tests.unit.telling_bouw import NORM, boek, keuzes
from tests.unit.telling_bouw import stand as telling_stand

G, V = Grondslag, Vorm
DAG = timedelta(days=1)
BEGIN = date(2014, 1, 1)
dagen = st.dates(date(2015, 1, 1), date(2027, 12, 31))
perioden = st.tuples(dagen, st.none() | dagen).filter(lambda p: p[1] is None or p[0] < p[1])
registraties = st.lists(st.tuples(st.sampled_from(G), perioden), max_size=4)
rond = st.lists(st.tuples(st.sampled_from(G), st.integers(-60, 60), st.none() | st.integers(1, 60)), max_size=3)
"""Grondslagen die vlak bij een dag beginnen en eindigen: (grondslag, dagen ervoor of erna, hoeveel dagen)."""
vormen = st.sampled_from(V)


def reg(grond: Grondslag, van: date, tot: date | None = None) -> Registratie:
    return Registratie(grondslag=grond, van=van, tot=tot)


@given(rond, vormen, dagen, st.sampled_from(sorted(wie_telt.TABELLEN)), st.sampled_from(["maand", "kwartaal"]))
def test_the_answer_and_the_count_can_never_differ(
    gronden: list[tuple[Grondslag, int, int | None]], vorm: Vorm, op: date, wet: str, moment: str
) -> None:
    """Een uur in deze maand: door plaatsing gezegd, door telling geteld, en hier beoordeeld."""
    timeline = [reg(g, op + van * DAG, None if lang is None else op + (van + lang) * DAG) for g, van, lang in gronden]
    maand = maand_van(op)
    baan = Baan(
        *(UUID(int=1), UUID(int=2), "A", "P", UUID(int=3), None, vorm, Contract.VAST, 100, "0014", Sector.MARKT, None),
        *(BEGIN, None),
    )
    regel = Regel(UrenSoort.REGULIER, date(op.year, op.month, 1), laatste_dag(maand) + DAG, 100, None, "A")
    sectoren = {baan.werkgever: (Sectorperiode(sector=Sector.MARKT, van=date(2001, 1, 1)),)}
    gezegd = stand(baan, maand, [regel], Register(tuple(timeline)), sectoren)
    assert gezegd is not None
    cel = gezegd.cel
    kwartaal = moment == "kwartaal"
    codes = ",".join(cel.grondslagen_kwartaal if kwartaal else cel.grondslagen_maand)
    regelboek = boek(NORM, WieTeltRij(versie=wet, van="2012-01-01", besloten_op="2015-05-01"), *keuzes())
    reeks, periode = (Reeks.KWARTAAL, f"{op.year}-Q{(op.month + 2) // 3}") if kwartaal else (Reeks.LOPEND, maand)
    uren = telling_stand(maand, vorm.value, gezegd.uren_x100, grondslagen=codes)
    cellen = figuur([uren], regelboek, Selectie(reeks, perioden_van(reeks, periode)))
    peildag = (laatste_dag_kwartaal if kwartaal else laatste_dag)(maand)
    oordeel = beoordeel(timeline, [Werk(vorm, BEGIN)], op, peildag=peildag, wet=wet)
    assert oordeel.telt_mee == any(c.uren for c in cellen)


def _zinnen(oordeel: Oordeel) -> list[str]:
    return [*oordeel.zinnen, *oordeel.wat_verandert]


@given(registraties, st.lists(st.tuples(vormen, perioden), max_size=3), dagen)
def test_every_sentence_is_short_plain_and_says_nothing_of_health(
    gronden: list[tuple[Grondslag, tuple[date, date | None]]],
    banen: list[tuple[Vorm, tuple[date, date | None]]],
    op: date,
) -> None:
    oordeel = beoordeel([reg(g, *p) for g, p in gronden], [Werk(v, *p) for v, p in banen], op)
    for zin in _zinnen(oordeel):
        assert len(zin.split()) <= 20
        assert not re.search(r"[A-Z]+_[A-Z]+|[a-z]+_[a-z]+", zin)
        assert not re.search(r"ziek|handicap|beperking|gebrek|arbeidsongeschikt|diagnose", zin, re.IGNORECASE)
        assert zin.endswith((".", "?"))
    assert oordeel.zinnen[0] in ("U telt mee.", "U telt niet mee.", "U telt nu niet mee.")
    assert (oordeel.zinnen[0] == "U telt mee.") == oordeel.telt_mee
    if oordeel.telt_mee:
        assert oordeel.sinds is not None
        assert oordeel.sinds <= op
        assert oordeel.artikelen
        assert beoordeel(
            [reg(g, *p) for g, p in gronden], [Werk(v, *p) for v, p in banen], oordeel.sinds, wet=oordeel.versie
        ).telt_mee
    else:
        assert oordeel.sinds is None


def test_every_ground_and_form_has_plain_words() -> None:
    assert set(GROND) == set(G)
    assert set(VORM) == set(V)


def test_since_is_the_start_of_the_unbroken_stretch() -> None:
    gronden = [reg(G.WSW, date(2016, 1, 1), date(2018, 1, 1)), reg(G.PW_INDICATIE, date(2018, 1, 1))]
    banen = [Werk(V.FORMEEL, date(2015, 1, 1), date(2017, 3, 1)), Werk(V.FORMEEL, date(2017, 5, 1))]
    assert beoordeel(gronden, banen, date(2020, 1, 1)).sinds == date(2017, 5, 1)
    banen.append(Werk(V.BEGELEID_WERKEN, date(2017, 3, 1), date(2017, 5, 1)))
    assert beoordeel(gronden, banen, date(2020, 1, 1)).sinds == date(2016, 1, 1)


@pytest.mark.parametrize(
    ("gronden", "banen", "op", "telt", "zin", "verandert"),
    [
        ([], [], date(2024, 1, 1), False, "U staat niet in het doelgroepregister.", "Uw gemeente of UWV"),
        ([reg(G.WSW, BEGIN)], [], date(2024, 1, 1), False, "geen werk van u", "een gewone baan"),
        (
            [reg(G.WSW, BEGIN)],
            [Werk(V.BESCHUT_WERK, BEGIN)],
            date(2024, 1, 1),
            False,
            "beschut werk",
            "een gewone baan",
        ),
        ([reg(G.WSW, BEGIN)], [Werk(V.FORMEEL, BEGIN)], date(2024, 1, 1), True, "een gewone baan", "Stopt uw werk?"),
        (
            [reg(G.VSO_PRO, BEGIN, date(2024, 6, 1))],
            [Werk(V.FORMEEL, BEGIN)],
            date(2024, 1, 1),
            True,
            "uw school",
            "Uw inschrijving stopt op 1 juni 2024.",
        ),
        (
            [reg(G.WAJONG_DUURZAAM_GEEN, BEGIN)],
            [Werk(V.FORMEEL, BEGIN)],
            date(2025, 1, 1),
            False,
            "Deze manier van inschrijven telt niet mee",
            "Vanaf 1 januari 2026 telt u wel mee.",
        ),
        (
            [reg(G.IVA_LOONDISPENSATIE, BEGIN)],
            [Werk(V.FORMEEL, BEGIN)],
            date(2026, 2, 1),
            True,
            "U telt mee.",
            "Komt de Wet banenafspraak? Dan telt u niet meer mee.",
        ),
    ],
)
def test_the_reason_and_what_would_change_it(
    gronden: list[Registratie], banen: list[Werk], op: date, telt: bool, zin: str, verandert: str
) -> None:
    oordeel = beoordeel(gronden, banen, op)
    assert oordeel.telt_mee is telt
    assert any(zin in z for z in oordeel.zinnen)
    assert any(verandert in z for z in oordeel.wat_verandert)


def test_since_follows_the_law_of_each_day() -> None:
    gronden, banen = [reg(G.WAJONG_DUURZAAM_GEEN, BEGIN)], [Werk(V.FORMEEL, BEGIN)]
    assert beoordeel(gronden, banen, date(2026, 2, 1)).sinds == date(2026, 1, 1)
    assert beoordeel(gronden, banen, date(2026, 2, 1), wet=wie_telt.WFSV_2026).sinds == BEGIN


def test_a_registration_that_ends_before_the_end_of_the_month_does_not_count_in_it() -> None:
    gronden, banen = [reg(G.PW_INDICATIE, BEGIN, date(2024, 3, 15))], [Werk(V.FORMEEL, BEGIN)]
    oordeel = beoordeel(gronden, banen, date(2024, 3, 10), peildag=date(2024, 3, 31))
    assert (oordeel.geregistreerd, oordeel.telt_mee) == (True, False)
    assert "Uw inschrijving loopt niet door tot het eind van de maand." in oordeel.zinnen


def test_the_register_and_the_law_agree_on_which_grounds_are_bound_to_work() -> None:
    assert {g for g, r in regels().items() if r.wijze is Wijze.AAN_WERK_GEBONDEN} == wie_telt.AAN_WERK_GEBONDEN


def test_a_ground_bound_to_work_holds_where_right_and_work_meet() -> None:
    recht, ander = reg(G.WAJONG_DUURZAAM_GEEN, D(2), D(20)), reg(G.WSW, D(5))
    banen = [
        Werk(V.FORMEEL, D(1), D(4)),
        Werk(V.FORMEEL, D(4), D(6)),
        Werk(V.BEGELEID_WERKEN, D(5), D(8)),
        Werk(V.PROEFPLAATSING, D(10), D(12)),
        Werk(V.UITZENDRELATIE, D(15)),
        Werk(V.FORMEEL, D(16), D(17)),
    ]
    assert zoals_zij_gelden([recht, ander], banen) == (
        reg(G.WAJONG_DUURZAAM_GEEN, D(2), D(8)),
        ander,
        reg(G.WAJONG_DUURZAAM_GEEN, D(15), D(20)),
    )
    assert zoals_zij_gelden([recht, ander], []) == (ander,)


@given(rond, st.lists(st.tuples(vormen, perioden), max_size=4), dagen)
def test_day_by_day_a_registration_holds_unless_it_waits_for_work(
    gronden: list[tuple[Grondslag, int, int | None]], werk: list[tuple[Vorm, tuple[date, date | None]]], op: date
) -> None:
    tijdlijn = [reg(g, op + van * DAG, None if lang is None else op + (van + lang) * DAG) for g, van, lang in gronden]
    banen = [Werk(v, *p) for v, p in werk]

    def geldt(periode: Registratie | Werk, dag: date) -> bool:
        return periode.van <= dag and (periode.tot is None or dag < periode.tot)

    for dag in (op + n * DAG for n in range(-65, 65, 5)):
        werkt = any(geldt(w, dag) and w.vorm is not V.PROEFPLAATSING for w in banen)
        hoort = {r.grondslag for r in tijdlijn if geldt(r, dag) and (werkt or r.grondslag != G.WAJONG_DUURZAAM_GEEN)}
        assert {r.grondslag for r in zoals_zij_gelden(tijdlijn, banen) if geldt(r, dag)} == hoort
        assert beoordeel(tijdlijn, banen, dag).geregistreerd is bool(hoort)


def test_who_is_registered_only_while_working_is_told_so() -> None:
    recht = [reg(G.WAJONG_DUURZAAM_GEEN, BEGIN)]
    zonder = beoordeel(recht, [Werk(V.PROEFPLAATSING, BEGIN)], date(2026, 2, 1))
    assert (zonder.geregistreerd, zonder.telt_mee) == (False, False)
    assert zonder.zinnen == (
        "U telt nu niet mee.",
        "U staat nu niet in het doelgroepregister.",
        "U staat er alleen in door de Wajong, zolang u werkt.",
    )
    assert zonder.wat_verandert == ("U telt mee als u een gewone baan hebt.",)
    met = beoordeel(recht, [Werk(V.FORMEEL, BEGIN)], date(2026, 2, 1))
    assert (met.geregistreerd, met.telt_mee) == (True, True)
    assert "Stopt uw werk? Dan staat u ook niet meer in het doelgroepregister." in met.wat_verandert
    ernaast = beoordeel([*recht, reg(G.WSW, BEGIN)], [], date(2026, 2, 1))
    assert ernaast.geregistreerd
    assert ernaast.zinnen[1] == "U staat in het doelgroepregister."


def D(dag: int) -> date:
    return date(2026, 1, dag)


def test_a_law_that_is_not_there_yet_is_said_to_be_so() -> None:
    oordeel = beoordeel([reg(G.WSW, BEGIN)], [Werk(V.FORMEEL, BEGIN)], date(2026, 3, 1), wet=wie_telt.WET_BANENAFSPRAAK)
    assert "Dat zou zo zijn met een wet die nog niet in werking is." in oordeel.zinnen
    assert not any("Vanaf" in zin or "Komt de Wet" in zin for zin in oordeel.wat_verandert)


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="onbekende versie"):
        beoordeel([], [], BEGIN, wet="wet-2099")
