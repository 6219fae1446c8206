"""Aanvraag, advies, besluit: wat er gezegd wordt, wat geweigerd wordt, en wanneer een termijn verloopt."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from banenspoor_contracts import (
    AanvraagAfgewezenZonderOnderzoek,
    AanvraagBuitenBehandeling,
    AanvraagIngetrokken,
    AanvraagOntvangen,
    AanvraagSoort,
    Aanvrager,
    AdviesUitgebracht,
    BesluitBeschutWerkGenomen,
    Feit,
    Grondslag,
    IndicatieVastgesteld,
    TermijnHervat,
    TermijnOpgeschort,
    TermijnVerlengd,
    Uitkomst,
    VoorzieningBeslist,
)
from hypothesis import given
from hypothesis import strategies as st

from services.beoordeling.domain import machine, stappen
from services.beoordeling.domain.aanvraag import Aanvraag, Opgave, Stap, ontvang
from services.beoordeling.domain.feiten import verschil
from services.beoordeling.domain.machine import OVERGANGEN, Handeling, Toestand, Weigering
from services.beoordeling.domain.processtappen import doorlooptijden, zet_processtap
from services.beoordeling.domain.stappen import Gevolg, adviseer, besluit

PERSOON, ANDER, ID, ANDERE_ID = (UUID(int=n) for n in (1, 2, 3, 4))
VANDAAG = date(2024, 12, 31)
POS, NEG = Uitkomst.POSITIEF, Uitkomst.NEGATIEF
S, A = AanvraagSoort, Aanvrager


def dag(maand: int, dag_: int) -> date:
    return date(2024, maand, dag_)


def ontvangst(vorige: Aanvraag | None = None, vandaag: date = VANDAAG, **anders: Any) -> Gevolg:
    """Ontvangen op maandag 4 maart 2024; uiterlijk 29 april 2024."""
    gegevens: dict[str, Any] = {
        "referentie": "A1",
        "persoon": PERSOON,
        "soort": S.BESCHUT_WERK,
        "aanvrager": A.GEMEENTE,
        "gemeente": "0014",
        "ontvangen_op": dag(3, 4),
    }
    return ontvang(vorige, ANDERE_ID if vorige else ID, Opgave(**(gegevens | anders)), vandaag)


def goed(uitkomst: Gevolg) -> Aanvraag:
    assert isinstance(uitkomst, Aanvraag), uitkomst
    return uitkomst


def aanvraag(**anders: Any) -> Aanvraag:
    return goed(ontvangst(**anders))


def code(uitkomst: Gevolg) -> tuple[str, str]:
    assert isinstance(uitkomst, Weigering), uitkomst
    assert uitkomst.melding
    return uitkomst.kolom, uitkomst.code


def feiten(vorige: Aanvraag | None, nieuw: Gevolg) -> list[Feit]:
    return verschil(vorige, goed(nieuw), None)


def met_advies(uitkomst: Uitkomst = POS, **anders: Any) -> Aanvraag:
    return goed(adviseer(aanvraag(**anders), uitkomst, dag(4, 2), VANDAAG))


def besloten(uitkomst: Uitkomst = POS, **anders: Any) -> Aanvraag:
    return goed(besluit(met_advies(uitkomst, **anders), uitkomst, dag(4, 9), VANDAAG))


# --- ontvangst ---


def test_an_application_is_said_with_its_term_of_eight_weeks() -> None:
    assert feiten(None, ontvangst()) == [
        AanvraagOntvangen(
            persoon=PERSOON,
            aanvraag=ID,
            soort=S.BESCHUT_WERK,
            aanvrager=A.GEMEENTE,
            gemeente="0014",
            ontvangen_op=dag(3, 4),
            uiterlijk=dag(4, 29),
        )
    ]


def test_the_same_application_again_changes_nothing_also_after_advice_and_decision() -> None:
    for stand in (aanvraag(), met_advies(), besloten()):
        assert ontvangst(stand) is stand


def test_a_changed_application_keeps_its_id_and_is_said_again() -> None:
    (feit,) = feiten(aanvraag(), ontvangst(aanvraag(), aanvrager=A.BURGER))
    assert isinstance(feit, AanvraagOntvangen)
    assert (feit.aanvraag, feit.aanvrager) == (ID, A.BURGER)


def test_an_earlier_date_of_receipt_can_put_an_advice_out_of_term_and_says_so() -> None:
    ontvangen, advies = feiten(met_advies(), ontvangst(met_advies(), ontvangen_op=dag(1, 8)))
    assert isinstance(ontvangen, AanvraagOntvangen)
    assert isinstance(advies, AdviesUitgebracht)
    assert ontvangen.uiterlijk == dag(3, 4)
    assert not advies.binnen_termijn


def test_gm_before_the_municipality_is_accepted_and_never_said() -> None:
    assert aanvraag(gemeente="GM0014").gemeente == "0014"


@pytest.mark.parametrize(
    ("anders", "weigering"),
    [
        ({"gemeente": "9999"}, ("gemeente", "onbekende_gemeente")),
        ({"ontvangen_op": date(2025, 1, 1)}, ("ontvangen_op", "toekomst")),
        ({"ontvangen_op": date(2014, 12, 31)}, ("soort", "geen_termijn")),
        ({"aanvrager": A.WERKGEVER}, ("aanvrager", "onjuiste_aanvrager")),
        ({"aanvrager": A.BURGER, "ontvangen_op": date(2016, 12, 31)}, ("aanvrager", "onjuiste_aanvrager")),
    ],
)
def test_a_wrong_application_is_refused(anders: dict[str, Any], weigering: tuple[str, str]) -> None:
    assert code(ontvangst(**anders)) == weigering


def test_what_was_known_cannot_become_another_persons_or_move_past_a_step() -> None:
    assert code(ontvangst(aanvraag(), persoon=ANDER)) == ("referentie", "andere_persoon")
    assert code(ontvangst(met_advies(), ontvangen_op=dag(4, 3))) == ("ontvangen_op", "einde_voor_begin")
    assert code(ontvangst(besloten(), gemeente="0034")) == ("referentie", "al_besloten")
    weg = goed(stappen.sluit_af(aanvraag(), Handeling.TREK_IN, dag(3, 5), VANDAAG))
    assert code(ontvangst(weg, gemeente="0034")) == ("referentie", "afgesloten")


# --- advies en besluit ---


@pytest.mark.parametrize(("op", "binnen"), [(dag(4, 29), True), (dag(4, 30), False)])
def test_the_last_day_is_still_in_term(op: date, binnen: bool) -> None:
    (feit,) = feiten(aanvraag(), adviseer(aanvraag(), NEG, op, VANDAAG))
    assert feit == AdviesUitgebracht(
        persoon=PERSOON, aanvraag=ID, uitkomst=NEG, uitgebracht_op=op, binnen_termijn=binnen
    )


def test_an_advice_may_be_corrected_until_the_decision() -> None:
    assert adviseer(met_advies(), POS, dag(4, 2), VANDAAG) == met_advies()
    (feit,) = feiten(met_advies(), adviseer(met_advies(), NEG, dag(4, 2), VANDAAG))
    assert isinstance(feit, AdviesUitgebracht)
    assert feit.uitkomst == NEG
    assert code(adviseer(besloten(), NEG, dag(4, 2), VANDAAG)) == ("referentie", "al_besloten")


@pytest.mark.parametrize(
    ("wat", "op", "weigering"),
    [
        (None, dag(4, 2), ("referentie", "onbekende_aanvraag")),
        (aanvraag(), dag(3, 3), ("uitgebracht_op", "einde_voor_begin")),
        (aanvraag(), date(2025, 1, 1), ("uitgebracht_op", "toekomst")),
        (aanvraag(soort=S.LOONKOSTENSUBSIDIE), dag(4, 2), ("referentie", "geen_advies")),
    ],
)
def test_a_wrong_advice_is_refused(wat: Aanvraag | None, op: date, weigering: tuple[str, str]) -> None:
    assert code(adviseer(wat, POS, op, VANDAAG)) == weigering


@pytest.mark.parametrize(("op", "binnen"), [(dag(5, 28), True), (dag(5, 29), False)])
def test_the_college_has_a_clock_of_its_own_that_begins_at_the_advice(op: date, binnen: bool) -> None:
    (feit,) = feiten(met_advies(), besluit(met_advies(), POS, op, VANDAAG))
    assert feit == BesluitBeschutWerkGenomen(
        persoon=PERSOON, aanvraag=ID, gemeente="0014", uitkomst=POS, besluit_op=op, binnen_termijn=binnen
    )


def test_the_college_deviates_only_from_an_advice_made_without_care() -> None:
    assert code(besluit(met_advies(), NEG, dag(4, 9), VANDAAG)) == ("uitkomst", "afwijking_zonder_reden")
    assert goed(besluit(met_advies(), NEG, dag(4, 9), VANDAAG, onzorgvuldig_advies=True)).toestand is Toestand.NEGATIEF


@pytest.mark.parametrize(
    ("wat", "op", "weigering"),
    [
        (None, dag(4, 9), ("referentie", "onbekende_aanvraag")),
        (aanvraag(), dag(4, 9), ("referentie", "advies_ontbreekt")),
        (met_advies(), dag(4, 1), ("besluit_op", "einde_voor_begin")),
        (met_advies(), date(2025, 1, 1), ("besluit_op", "toekomst")),
        (besloten(NEG), dag(4, 9), ("referentie", "al_besloten")),
    ],
)
def test_a_wrong_decision_is_refused(wat: Aanvraag | None, op: date, weigering: tuple[str, str]) -> None:
    assert code(besluit(wat, POS, op, VANDAAG)) == weigering


def test_the_same_decision_again_changes_nothing() -> None:
    assert besluit(besloten(), POS, dag(4, 9), VANDAAG) == besloten()


def test_loaded_history_carries_when_it_was_known() -> None:
    toen = datetime(2024, 4, 10, tzinfo=UTC)
    (feit,) = verschil(met_advies(), besloten(), toen)
    assert feit.bekend_op == toen


def test_a_superseding_decision_takes_the_place_of_the_first() -> None:
    na = goed(besluit(besloten(), NEG, dag(6, 1), VANDAAG, herziening=True))
    assert (na.toestand, na.besluit) == (Toestand.NEGATIEF, Stap(NEG, dag(6, 1), True))
    (feit,) = feiten(besloten(), na)
    assert isinstance(feit, BesluitBeschutWerkGenomen)
    assert feit.uitkomst == NEG
    assert code(besluit(besloten(), POS, dag(6, 1), VANDAAG, herziening=True)) == ("uitkomst", "onjuist")
    eerste = goed(besluit(met_advies(), POS, dag(6, 1), VANDAAG, herziening=True))
    assert eerste.besluit == Stap(POS, dag(6, 1), False)  # er is nog niets te herzien: gewoon te laat


def test_an_objection_within_six_weeks_can_turn_the_decision() -> None:
    assert code(stappen.maak_bezwaar(met_advies(), dag(4, 9), VANDAAG))[1] == "stap_kan_niet"
    assert code(stappen.maak_bezwaar(besloten(NEG), dag(5, 22), VANDAAG)) == ("op", "te_laat")
    bezwaar = goed(stappen.maak_bezwaar(besloten(NEG), dag(5, 21), VANDAAG))
    assert (bezwaar.toestand, bezwaar.loopt_af) == (Toestand.NEGATIEF, dag(7, 2))
    assert feiten(besloten(NEG), bezwaar) == []
    assert code(stappen.maak_bezwaar(bezwaar, dag(5, 20), VANDAAG)) == ("referentie", "al_bezwaar")
    gegrond = goed(stappen.beslis_op_bezwaar(bezwaar, True, dag(7, 3), VANDAAG))
    assert (gegrond.toestand, gegrond.besluit, gegrond.loopt_af) == (
        Toestand.POSITIEF,
        Stap(POS, dag(7, 3), False),
        None,
    )
    blijft = goed(stappen.beslis_op_bezwaar(bezwaar, False, dag(6, 1), VANDAAG))
    assert (blijft.toestand, blijft.besluit, blijft.bezwaar_op) == (Toestand.NEGATIEF, besloten(NEG).besluit, None)


# --- andere uitgangen ---


def test_withdrawn_and_put_aside_are_two_outcomes() -> None:
    for handeling, soort in (
        (Handeling.TREK_IN, AanvraagIngetrokken),
        (Handeling.STEL_BUITEN_BEHANDELING, AanvraagBuitenBehandeling),
    ):
        na = goed(stappen.sluit_af(aanvraag(), handeling, dag(3, 20), VANDAAG))
        assert feiten(aanvraag(), na) == [soort(persoon=PERSOON, aanvraag=ID)]
        assert na.loopt_af is None
        assert stappen.sluit_af(na, handeling, dag(3, 20), VANDAAG) is na
        assert code(adviseer(na, POS, dag(4, 2), VANDAAG)) == ("referentie", "afgesloten")


EIGEN = {"aanvrager": A.BURGER}


@pytest.mark.parametrize(
    ("anders", "eerder", "weigering"),
    [
        (EIGEN, date(2023, 3, 5), None),
        (EIGEN, date(2023, 3, 4), "geen_herhaling"),
        (EIGEN, None, "geen_herhaling"),
        (EIGEN | {"nieuwe_feiten": True}, date(2023, 3, 5), "nieuwe_feiten"),
        ({}, date(2023, 3, 5), "geen_eigen_aanvraag"),
        ({"soort": S.LOONKOSTENSUBSIDIE}, date(2023, 3, 5), "stap_kan_niet"),
    ],
)
def test_only_a_self_applicant_again_within_a_year_without_new_facts_is_refused_without_investigation(
    anders: dict[str, Any], eerder: date | None, weigering: str | None
) -> None:
    na = stappen.wijs_af_zonder_onderzoek(aanvraag(**anders), eerder, dag(3, 6), VANDAAG)
    if weigering is None:
        assert feiten(aanvraag(**anders), na) == [AanvraagAfgewezenZonderOnderzoek(persoon=PERSOON, aanvraag=ID)]
    else:
        assert code(na)[1] == weigering


def test_a_year_after_the_29th_of_february_ends_on_the_28th() -> None:
    assert stappen.binnen_een_jaar(date(2024, 2, 29), date(2025, 2, 28))
    assert not stappen.binnen_een_jaar(date(2024, 2, 29), date(2025, 3, 1))


def test_other_kinds_are_decided_without_advice_and_say_their_own_fact() -> None:
    over = {"persoon": PERSOON, "aanvraag": ID, "uitkomst": POS, "op": dag(4, 29), "binnen_termijn": True}
    voor = aanvraag(soort=S.WERKGEVERSVOORZIENING, aanvrager=A.WERKGEVER)
    assert feiten(voor, besluit(voor, POS, dag(4, 29), VANDAAG)) == [VoorzieningBeslist(**over)]
    for aanvrager, grond in ((A.GEMEENTE, Grondslag.PW_INDICATIE), (A.BURGER, Grondslag.EIGEN_VERZOEK)):
        voor = aanvraag(soort=S.INDICATIE_BANENAFSPRAAK, aanvrager=aanvrager)
        indicatie = IndicatieVastgesteld(**over, gemeente="0014", grondslag=grond)
        assert feiten(voor, besluit(voor, POS, dag(4, 29), VANDAAG)) == [indicatie]
    laat = besluit(voor, POS, dag(4, 30), VANDAAG)
    assert goed(laat).besluit == Stap(POS, dag(4, 30), False)


def test_steps_of_the_wage_cost_process_have_a_lead_time_each() -> None:
    lks = aanvraag(soort=S.LOONKOSTENSUBSIDIE)
    na = goed(zet_processtap(lks, dag(3, 11), VANDAAG))
    assert code(zet_processtap(na, dag(3, 10), VANDAAG)) == ("op", "einde_voor_begin")
    assert code(zet_processtap(aanvraag(), dag(3, 11), VANDAAG)) == ("referentie", "geen_werkproces")
    duur = doorlooptijden([("ONTVANGEN", dag(3, 4)), ("BEVESTIGD", dag(3, 11)), ("LOONWAARDE_BEPAALD", dag(4, 1))])
    assert [(d.stap, d.dagen) for d in duur] == [("BEVESTIGD", 7), ("LOONWAARDE_BEPAALD", 21)]


# --- de klok ---


def test_a_pause_moves_the_term_by_its_days_and_says_so() -> None:
    stil = goed(stappen.schort_op(aanvraag(), dag(3, 10), None, VANDAAG))
    assert (stil.toestand, stil.termijn_tot, stil.loopt_af) == (Toestand.OPGESCHORT, None, None)
    assert feiten(aanvraag(), stil) == [TermijnOpgeschort(persoon=PERSOON, aanvraag=ID, van=dag(3, 10))]
    weer = goed(stappen.schort_op(stil, dag(3, 10), dag(3, 17), VANDAAG))
    assert (weer.toestand, weer.loopt_af) == (Toestand.IN_BEHANDELING, dag(5, 6))
    assert feiten(stil, weer) == [
        TermijnHervat(persoon=PERSOON, aanvraag=ID, van=dag(3, 17), uiterlijk=dag(5, 6)),
    ]
    assert stappen.schort_op(weer, dag(3, 10), dag(3, 17), VANDAAG) is weer
    assert goed(adviseer(weer, POS, dag(5, 6), VANDAAG)).advies == Stap(POS, dag(5, 6), True)
    assert code(adviseer(stil, POS, dag(4, 1), VANDAAG)) == ("referentie", "stap_kan_niet")


def test_a_term_is_extended_only_where_the_kind_allows_it_and_before_it_ends() -> None:
    voor = aanvraag(soort=S.WERKNEMERSVOORZIENING, aanvrager=A.WERKNEMER)
    na = goed(stappen.verleng(voor, dag(4, 1), 4, VANDAAG))
    assert feiten(voor, na) == [TermijnVerlengd(persoon=PERSOON, aanvraag=ID, van=dag(4, 1), uiterlijk=dag(5, 27))]
    assert code(stappen.verleng(na, dag(4, 2), 5, VANDAAG)) == ("weken", "niet_verlengen")
    assert code(stappen.verleng(voor, dag(4, 30), 4, VANDAAG)) == ("op", "termijn_verstreken")
    assert code(stappen.verleng(aanvraag(), dag(4, 1), 1, VANDAAG)) == ("weken", "niet_verlengen")
    assert code(stappen.schort_op(voor, dag(4, 30), None, VANDAAG)) == ("van", "termijn_verstreken")


# --- de machine ---


def test_every_illegal_step_is_refused_with_a_reason() -> None:
    for soort in (S.BESCHUT_WERK, S.WERKGEVERSVOORZIENING):
        for toestand in Toestand:
            for handeling in Handeling:
                naar = machine.stap(soort, toestand, handeling)
                if (soort is S.BESCHUT_WERK, toestand, handeling) in OVERGANGEN:
                    assert isinstance(naar, Toestand)
                else:
                    assert code(naar)[1] in (  # type: ignore[arg-type]
                        *("afgesloten", "al_besloten", "advies_ontbreekt", "geen_advies", "stap_kan_niet"),
                    )


def test_every_state_can_be_reached_and_only_four_are_final() -> None:
    bereikt = {Toestand.IN_BEHANDELING}
    while True:
        meer = bereikt | {naar for (_, van, _), naar in OVERGANGEN.items() if van in bereikt}
        if meer == bereikt:
            break
        bereikt = meer
    assert bereikt == set(Toestand)
    zonder_uitgang = {t for t in Toestand if all(naar == t for (_, van, _), naar in OVERGANGEN.items() if van == t)}
    assert zonder_uitgang == {*machine.AFGESLOTEN, Toestand.BEEINDIGD}


DAGEN = st.dates(date(2024, 1, 1), date(2024, 8, 1))
STAPPEN = st.lists(
    st.tuples(st.sampled_from(["ontvang", "adviseer", "besluit", "schort_op", "trek_in", "herzie"]), DAGEN, DAGEN),
    max_size=12,
)


def _doe(stand: Aanvraag | None, wat: str, op: date, tot: date) -> Gevolg:
    uitkomst = POS if tot.day % 2 else NEG
    if wat == "ontvang":
        return ontvangst(stand, ontvangen_op=op, gemeente=["0014", "GM0034", "9999"][tot.day % 3])
    if wat == "adviseer":
        return adviseer(stand, uitkomst, op, VANDAAG)
    if wat == "schort_op":
        return stappen.schort_op(stand, op, tot if tot > op else None, VANDAAG)
    if wat == "trek_in":
        return stappen.sluit_af(stand, Handeling.TREK_IN, op, VANDAAG)
    return besluit(stand, uitkomst, op, VANDAAG, onzorgvuldig_advies=tot.day > 20, herziening=wat == "herzie")


@given(STAPPEN)
def test_what_was_said_last_is_always_the_state(rijen: list[tuple[str, date, date]]) -> None:
    """Een luisteraar die de laatste van elk type onthoudt (en elke stap van de klok), weet precies wat wij weten."""
    stand: Aanvraag | None = None
    gehoord: dict[Any, Feit] = {}
    for wat, op, tot in rijen:
        nieuw = _doe(stand, wat, op, tot)
        if isinstance(nieuw, Weigering):
            continue
        gehoord |= {(f.naam, getattr(f, "van", None)): f for f in verschil(stand, nieuw, None)}
        stand = nieuw
        alles = {(f.naam, getattr(f, "van", None)): f for f in verschil(None, stand, None)}
        assert gehoord == alles
        dagen = [stand.ontvangen_op, *(s.op for s in (stand.advies, stand.besluit) if s)]
        assert dagen == sorted(dagen)
        assert dagen[-1] <= VANDAAG


def test_the_reminder_looks_ahead_and_not_back() -> None:
    a = replace(aanvraag())
    laatste = dag(4, 29)
    assert stappen.verloopt_binnen(a, laatste, 0)
    assert stappen.verloopt_binnen(a, laatste - timedelta(days=14), 14)
    assert not stappen.verloopt_binnen(a, laatste - timedelta(days=15), 14)
    assert not stappen.verloopt_binnen(a, laatste + timedelta(days=1), 14)
