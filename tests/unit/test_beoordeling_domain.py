"""Aanvraag, advies, besluit: wat er gezegd wordt, wat geweigerd wordt, en wanneer de termijn verloopt."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from uuid import UUID

import pytest
from banenspoor_contracts import (
    AanvraagOntvangen,
    AanvraagSoort,
    Aanvrager,
    AdviesUitgebracht,
    BesluitBeschutWerkGenomen,
    Feit,
    Uitkomst,
)
from hypothesis import given
from hypothesis import strategies as st

from services.beoordeling.domain.aanvraag import (
    Aanvraag,
    Stap,
    Weigering,
    adviseer,
    besluit,
    ontvang,
    verschil,
)
from services.beoordeling.domain.termijnen import TERMIJNEN, termijn

PERSOON, ANDER, ID, ANDERE_ID = (UUID(int=n) for n in (1, 2, 3, 4))
VANDAAG = date(2024, 6, 1)
POS, NEG = Uitkomst.POSITIEF, Uitkomst.NEGATIEF


def aanvraag(**anders: object) -> Aanvraag:
    """Ontvangen op maandag 4 maart 2024; uiterlijk 29 april 2024."""
    basis = Aanvraag(
        ID,
        "A1",
        PERSOON,
        AanvraagSoort.BESCHUT_WERK,
        Aanvrager.GEMEENTE,
        "0014",
        date(2024, 3, 4),
        date(2024, 4, 29),
    )
    return replace(basis, **anders)  # type: ignore[arg-type]


def ontvangst(vorige: Aanvraag | None = None, **anders: object) -> Aanvraag | Weigering:
    gegevens: dict[str, object] = {
        "referentie": "A1",
        "persoon": PERSOON,
        "soort": AanvraagSoort.BESCHUT_WERK,
        "aanvrager": Aanvrager.GEMEENTE,
        "gemeente": "0014",
        "ontvangen_op": date(2024, 3, 4),
        "vandaag": VANDAAG,
    }
    return ontvang(vorige, ANDERE_ID if vorige else ID, **(gegevens | anders))  # type: ignore[arg-type]


def aangenomen(uitkomst: Aanvraag | Weigering) -> Aanvraag:
    assert isinstance(uitkomst, Aanvraag), uitkomst
    return uitkomst


def code(uitkomst: Aanvraag | Weigering) -> tuple[str, str]:
    assert isinstance(uitkomst, Weigering), uitkomst
    return uitkomst.kolom, uitkomst.code


def feiten(vorige: Aanvraag | None, nieuw: Aanvraag | Weigering) -> list[Feit]:
    return verschil(vorige, aangenomen(nieuw), None)


def met_advies(**anders: object) -> Aanvraag:
    return aanvraag(advies=Stap(POS, date(2024, 4, 2), True), **anders)


def test_an_application_is_said_with_its_term_of_eight_weeks() -> None:
    assert feiten(None, ontvangst()) == [
        AanvraagOntvangen(
            persoon=PERSOON,
            aanvraag=ID,
            soort=AanvraagSoort.BESCHUT_WERK,
            aanvrager=Aanvrager.GEMEENTE,
            gemeente="0014",
            ontvangen_op=date(2024, 3, 4),
            uiterlijk=date(2024, 4, 29),
        )
    ]


def test_the_same_application_again_changes_and_says_nothing() -> None:
    vorige = aangenomen(ontvangst())
    nog_eens = aangenomen(ontvangst(vorige))
    assert nog_eens == vorige
    assert feiten(vorige, nog_eens) == []


def test_the_same_application_again_after_advice_and_decision_still_changes_nothing() -> None:
    besloten = met_advies(besluit=Stap(POS, date(2024, 4, 9), True))
    assert ontvangst(besloten) == besloten


def test_a_changed_application_keeps_its_id_and_is_said_again() -> None:
    (feit,) = feiten(aanvraag(), ontvangst(aanvraag(), aanvrager=Aanvrager.BURGER))
    assert isinstance(feit, AanvraagOntvangen)
    assert (feit.aanvraag, feit.aanvrager) == (ID, Aanvrager.BURGER)


def test_an_earlier_date_of_receipt_can_put_an_advice_out_of_term_and_says_so() -> None:
    ontvangen, advies = feiten(met_advies(), ontvangst(met_advies(), ontvangen_op=date(2024, 1, 8)))
    assert isinstance(ontvangen, AanvraagOntvangen)
    assert isinstance(advies, AdviesUitgebracht)
    assert ontvangen.uiterlijk == date(2024, 3, 4)
    assert not advies.binnen_termijn


def test_gm_before_the_municipality_is_accepted_and_never_said() -> None:
    assert aangenomen(ontvangst(gemeente="GM0014")).gemeente == "0014"


@pytest.mark.parametrize(
    ("anders", "weigering"),
    [
        ({"gemeente": "9999"}, ("gemeente", "onbekende_gemeente")),
        ({"ontvangen_op": date(2024, 6, 2)}, ("ontvangen_op", "toekomst")),
        ({"ontvangen_op": date(2014, 12, 31)}, ("soort", "geen_termijn")),
        ({"soort": AanvraagSoort.LOONKOSTENSUBSIDIE}, ("soort", "geen_termijn")),
    ],
)
def test_a_wrong_application_is_refused(anders: dict[str, object], weigering: tuple[str, str]) -> None:
    assert code(ontvangst(None, **anders)) == weigering


def test_a_reference_never_moves_to_somebody_else() -> None:
    assert code(ontvangst(aanvraag(), persoon=ANDER)) == ("referentie", "andere_persoon")


def test_an_application_cannot_move_past_its_advice() -> None:
    assert code(ontvangst(met_advies(), ontvangen_op=date(2024, 4, 3))) == ("ontvangen_op", "einde_voor_begin")


def test_an_application_does_not_change_after_the_decision() -> None:
    besloten = met_advies(besluit=Stap(POS, date(2024, 4, 9), True))
    assert code(ontvangst(besloten, gemeente="0034")) == ("referentie", "al_besloten")


@pytest.mark.parametrize(("op", "binnen"), [(date(2024, 4, 29), True), (date(2024, 4, 30), False)])
def test_the_last_day_is_still_in_term(op: date, binnen: bool) -> None:
    (feit,) = feiten(aanvraag(), adviseer(aanvraag(), NEG, op, VANDAAG))
    assert feit == AdviesUitgebracht(
        persoon=PERSOON, aanvraag=ID, uitkomst=NEG, uitgebracht_op=op, binnen_termijn=binnen
    )


def test_the_same_advice_again_changes_nothing() -> None:
    assert adviseer(met_advies(), POS, date(2024, 4, 2), VANDAAG) == met_advies()


def test_an_advice_may_be_corrected_until_the_decision() -> None:
    (feit,) = feiten(met_advies(), adviseer(met_advies(), NEG, date(2024, 4, 2), VANDAAG))
    assert isinstance(feit, AdviesUitgebracht)
    assert feit.uitkomst == NEG
    besloten = met_advies(besluit=Stap(POS, date(2024, 4, 9), True))
    assert code(adviseer(besloten, NEG, date(2024, 4, 2), VANDAAG)) == ("referentie", "al_besloten")


@pytest.mark.parametrize(
    ("wat", "op", "weigering"),
    [
        (None, date(2024, 4, 2), ("referentie", "onbekende_aanvraag")),
        (aanvraag(), date(2024, 3, 3), ("uitgebracht_op", "einde_voor_begin")),
        (aanvraag(), date(2024, 6, 2), ("uitgebracht_op", "toekomst")),
    ],
)
def test_a_wrong_advice_is_refused(wat: Aanvraag | None, op: date, weigering: tuple[str, str]) -> None:
    assert code(adviseer(wat, POS, op, VANDAAG)) == weigering


def test_the_college_may_deviate_from_the_advice() -> None:
    (feit,) = feiten(met_advies(), besluit(met_advies(), NEG, date(2024, 4, 30), VANDAAG))
    assert feit == BesluitBeschutWerkGenomen(
        persoon=PERSOON,
        aanvraag=ID,
        gemeente="0014",
        uitkomst=NEG,
        besluit_op=date(2024, 4, 30),
        binnen_termijn=False,
    )


@pytest.mark.parametrize(
    ("wat", "op", "weigering"),
    [
        (None, date(2024, 4, 9), ("referentie", "onbekende_aanvraag")),
        (aanvraag(), date(2024, 4, 9), ("referentie", "advies_ontbreekt")),
        (met_advies(), date(2024, 4, 1), ("besluit_op", "einde_voor_begin")),
        (met_advies(), date(2024, 6, 2), ("besluit_op", "toekomst")),
        (met_advies(besluit=Stap(NEG, date(2024, 4, 9), True)), date(2024, 4, 9), ("referentie", "al_besloten")),
    ],
)
def test_a_wrong_decision_is_refused(wat: Aanvraag | None, op: date, weigering: tuple[str, str]) -> None:
    assert code(besluit(wat, POS, op, VANDAAG)) == weigering


def test_the_same_decision_again_changes_nothing() -> None:
    besloten = met_advies(besluit=Stap(POS, date(2024, 4, 9), True))
    assert besluit(besloten, POS, date(2024, 4, 9), VANDAAG) == besloten


def test_loaded_history_carries_when_it_was_known() -> None:
    toen = datetime(2024, 4, 10, tzinfo=UTC)
    (feit,) = verschil(met_advies(), aangenomen(besluit(met_advies(), POS, date(2024, 4, 9), VANDAAG)), toen)
    assert feit.bekend_op == toen


def test_terms_of_one_kind_do_not_overlap() -> None:
    for soort in AanvraagSoort:
        regels = sorted((r for r in TERMIJNEN if r.soort == soort), key=lambda r: r.van)
        for eerder, later in pairwise(regels):
            assert eerder.tot is not None
            assert eerder.tot <= later.van


@given(st.dates(date(2015, 1, 1), date(2100, 1, 1)))
def test_the_term_is_always_eight_weeks(ontvangen_op: date) -> None:
    regel = termijn(AanvraagSoort.BESCHUT_WERK, ontvangen_op)
    assert regel is not None
    assert (regel.uiterlijk(ontvangen_op) - ontvangen_op).days == 56


DAGEN = st.dates(date(2024, 1, 1), date(2024, 8, 1))
STAPPEN = st.lists(
    st.one_of(
        st.tuples(st.just("ontvang"), DAGEN, st.sampled_from(["0014", "GM0034", "9999"])),
        st.tuples(st.just("adviseer"), DAGEN, st.sampled_from(Uitkomst)),
        st.tuples(st.just("besluit"), DAGEN, st.sampled_from(Uitkomst)),
    ),
    max_size=12,
)


@given(STAPPEN)
def test_what_was_said_last_is_always_the_state(stappen: list[tuple[str, date, str]]) -> None:
    """Een luisteraar die de laatste van elk type onthoudt, weet precies wat wij weten, in elke volgorde van rijen."""
    stand: Aanvraag | None = None
    gehoord: dict[str, Feit] = {}
    for wat, dag, keuze in stappen:
        if wat == "ontvang":
            nieuw = ontvangst(stand, ontvangen_op=dag, gemeente=keuze)
        elif wat == "adviseer":
            nieuw = adviseer(stand, Uitkomst(keuze), dag, VANDAAG)
        else:
            nieuw = besluit(stand, Uitkomst(keuze), dag, VANDAAG)
        if isinstance(nieuw, Aanvraag):
            gehoord |= {f.naam: f for f in verschil(stand, nieuw, None)}
            stand = nieuw
        if stand is not None:
            assert list(gehoord.values()) == verschil(None, stand, None)
            dagen = [stand.ontvangen_op, *(s.op for s in (stand.advies, stand.besluit) if s)]
            assert dagen == sorted(dagen)
            assert dagen[-1] <= VANDAAG
