"""Het doelgroepregister: gegeven een tijdlijn, als een regel of besluit komt, dan deze feiten of deze weigering."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from banenspoor_contracts import (
    BesluitBeschutWerkGenomen,
    CorrectieReden,
    EindReden,
    Grondslag,
    PersoonVerhuisd,
    Registratie,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
    Uitkomst,
    Woonplaats,
)

from services.intake.domain import Gevolg, Tijdlijn, Weigering, corrigeer, na_besluit, registreer, verhuis

PERSOON = UUID("6f0d1c5e-0000-4000-8000-000000000001")
PW, WSW = Grondslag.PW_INDICATIE, Grondslag.WSW
GRONINGEN, EMMEN, ASSEN = "0014", "0114", "0106"
NIEUW = Tijdlijn(PERSOON)


def dag(tekst: str) -> date:
    return date.fromisoformat(tekst)


def moment(tekst: str) -> datetime:
    return datetime.fromisoformat(tekst).replace(tzinfo=UTC)


def periode(van: str, tot: str | None = None, grondslag: Grondslag = PW) -> Registratie:
    return Registratie(grondslag=grondslag, van=dag(van), tot=dag(tot) if tot else None)


def woont(gemeente: str, van: str, tot: str | None = None) -> Woonplaats:
    return Woonplaats(gemeente=gemeente, van=dag(van), tot=dag(tot) if tot else None)


def gegeven(*registraties: Registratie, woonplaatsen: tuple[Woonplaats, ...] = ()) -> Tijdlijn:
    op_volgorde = tuple(sorted(registraties, key=lambda r: (r.van, r.grondslag)))
    eerste = (woont(GRONINGEN, op_volgorde[0].van.isoformat()),) if op_volgorde else ()
    return Tijdlijn(PERSOON, op_volgorde, woonplaatsen or eerste, gezegd=bool(registraties))


def besluit(
    op: str, uitkomst: Uitkomst = Uitkomst.POSITIEF, bekend_op: datetime | None = None
) -> BesluitBeschutWerkGenomen:
    return BesluitBeschutWerkGenomen(
        persoon=PERSOON,
        aanvraag=UUID(int=7),
        gemeente=GRONINGEN,
        uitkomst=uitkomst,
        besluit_op=dag(op),
        binnen_termijn=True,
        bekend_op=bekend_op,
    )


def gevolg(uitkomst: Gevolg | Weigering) -> Gevolg:
    assert isinstance(uitkomst, Gevolg), uitkomst
    return uitkomst


def weigering(uitkomst: Gevolg | Weigering) -> tuple[str, str]:
    assert isinstance(uitkomst, Weigering), uitkomst
    return uitkomst.kolom, uitkomst.code


# --- registreren ---


def test_a_first_ground_begins_with_its_residence_from_the_same_day() -> None:
    uit = gevolg(registreer(NIEUW, PW, dag("2018-03-01"), GRONINGEN))
    assert uit.feiten == (
        RegistratieIngegaan(
            persoon=PERSOON,
            grondslag=PW,
            van=dag("2018-03-01"),
            registraties=(periode("2018-03-01"),),
            woonplaatsen=(woont(GRONINGEN, "2018-03-01"),),
        ),
    )


def test_a_second_ground_stands_beside_the_first_and_the_event_carries_both() -> None:
    uit = gevolg(registreer(gegeven(periode("2018-03-01")), WSW, dag("2018-06-01"), GRONINGEN))
    assert [type(f) for f in uit.feiten] == [RegistratieIngegaan]
    assert uit.tijdlijn.registraties == (periode("2018-03-01"), periode("2018-06-01", grondslag=WSW))
    assert uit.feiten[0].model_dump()["registraties"] == tuple(r.model_dump() for r in uit.tijdlijn.registraties)


def test_a_row_with_an_end_begins_and_ends_the_ground_and_both_facts_carry_the_resulting_timeline() -> None:
    uit = gevolg(registreer(NIEUW, PW, dag("2018-03-01"), GRONINGEN, tot=dag("2019-01-01")))
    begin, einde = uit.feiten
    assert isinstance(begin, RegistratieIngegaan)
    assert isinstance(einde, RegistratieBeeindigd)
    assert begin.registraties == einde.registraties == (periode("2018-03-01", "2019-01-01"),)
    assert (einde.tot, einde.reden) == (dag("2019-01-01"), EindReden.VERLOPEN)


def test_an_end_on_an_open_registration_ends_it_with_its_reason() -> None:
    rij = registreer(
        gegeven(periode("2018-03-01")),
        PW,
        dag("2018-03-01"),
        GRONINGEN,
        tot=dag("2019-01-01"),
        reden=EindReden.HERBEOORDELING,
    )
    assert gevolg(rij).feiten == (
        RegistratieBeeindigd(
            persoon=PERSOON,
            grondslag=PW,
            tot=dag("2019-01-01"),
            reden=EindReden.HERBEOORDELING,
            registraties=(periode("2018-03-01", "2019-01-01"),),
            woonplaatsen=(woont(GRONINGEN, "2018-03-01"),),
        ),
    )


@pytest.mark.parametrize("tot", [None, "2019-01-01"])
def test_a_row_that_repeats_what_is_known_changes_nothing(tot: str | None) -> None:
    bekend = gegeven(periode("2018-03-01", "2019-01-01"))
    assert registreer(bekend, PW, dag("2018-03-01"), GRONINGEN, tot=dag(tot) if tot else None) == Gevolg(bekend)


def test_another_end_than_the_known_one_is_refused_as_a_correction_in_disguise() -> None:
    bekend = gegeven(periode("2018-03-01", "2019-01-01"))
    assert weigering(registreer(bekend, PW, dag("2018-03-01"), GRONINGEN, tot=dag("2020-01-01"))) == ("tot", "overlap")


@pytest.mark.parametrize(
    ("van", "tot"),
    [("2018-01-01", None), ("2018-05-01", None), ("2018-05-01", "2018-06-01"), ("2018-01-01", "2018-03-02")],
)
def test_overlapping_periods_of_one_ground_are_refused(van: str, tot: str | None) -> None:
    bekend = gegeven(periode("2018-03-01", "2019-01-01"))
    rij = registreer(bekend, PW, dag(van), GRONINGEN, tot=dag(tot) if tot else None)
    assert weigering(rij) == ("van", "overlap")


def test_periods_of_one_ground_may_touch() -> None:
    bekend = gegeven(periode("2018-03-01", "2019-01-01"))
    na = gevolg(registreer(bekend, PW, dag("2019-01-01"), GRONINGEN)).tijdlijn
    voor = gevolg(registreer(na, PW, dag("2018-01-01"), GRONINGEN, tot=dag("2018-03-01"))).tijdlijn
    assert [r.van for r in voor.registraties] == [dag("2018-01-01"), dag("2018-03-01"), dag("2019-01-01")]


def test_a_new_ground_in_another_municipality_changes_the_residence_from_its_begin() -> None:
    uit = gevolg(registreer(gegeven(periode("2018-03-01")), WSW, dag("2019-01-01"), EMMEN))
    assert [type(f) for f in uit.feiten] == [RegistratieIngegaan]
    assert uit.tijdlijn.woonplaatsen == (woont(GRONINGEN, "2018-03-01", "2019-01-01"), woont(EMMEN, "2019-01-01"))


def test_a_known_ground_never_changes_the_residence() -> None:
    bekend = gegeven(periode("2018-03-01"))
    assert weigering(registreer(bekend, PW, dag("2018-03-01"), EMMEN)) == ("gemeente", "onjuist")


def test_an_end_may_name_the_present_residence_as_well_as_the_first() -> None:
    bekend = gegeven(
        periode("2018-03-01"), woonplaatsen=(woont(GRONINGEN, "2018-03-01", "2019-01-01"), woont(EMMEN, "2019-01-01"))
    )
    for gemeente in (GRONINGEN, EMMEN):
        uit = gevolg(registreer(bekend, PW, dag("2018-03-01"), gemeente, tot=dag("2020-01-01")))
        assert uit.tijdlijn.woonplaatsen == bekend.woonplaatsen


# --- verhuizen ---


def test_a_move_splits_the_residence_and_says_so() -> None:
    uit = gevolg(verhuis(gegeven(periode("2018-03-01")), EMMEN, dag("2020-05-01")))
    assert uit.feiten == (
        PersoonVerhuisd(
            persoon=PERSOON,
            registraties=(periode("2018-03-01"),),
            woonplaatsen=(woont(GRONINGEN, "2018-03-01", "2020-05-01"), woont(EMMEN, "2020-05-01")),
        ),
    )


def test_a_move_in_between_lasts_until_the_next_known_move() -> None:
    bekend = verhuis(verhuis(NIEUW, GRONINGEN, dag("2018-01-01")).tijdlijn, EMMEN, dag("2020-01-01")).tijdlijn
    assert verhuis(bekend, ASSEN, dag("2019-01-01")).tijdlijn.woonplaatsen == (
        woont(GRONINGEN, "2018-01-01", "2019-01-01"),
        woont(ASSEN, "2019-01-01", "2020-01-01"),
        woont(EMMEN, "2020-01-01"),
    )


def test_the_same_day_again_corrects_the_residence() -> None:
    bekend = verhuis(NIEUW, GRONINGEN, dag("2018-01-01")).tijdlijn
    assert verhuis(bekend, EMMEN, dag("2018-01-01")).tijdlijn.woonplaatsen == (woont(EMMEN, "2018-01-01"),)


def test_a_move_to_where_one_lives_changes_nothing() -> None:
    bekend = gegeven(periode("2018-03-01"))
    assert verhuis(bekend, GRONINGEN, dag("2019-01-01")) == Gevolg(bekend)


# --- corrigeren ---


def test_a_correction_replaces_the_period_and_tells_what_stood_there() -> None:
    bekend = gegeven(periode("2018-03-01"), periode("2018-06-01", grondslag=WSW))
    uit = gevolg(corrigeer(bekend, PW, dag("2018-04-01"), CorrectieReden.DATUM))
    assert uit.feiten == (
        RegistratieGecorrigeerd(
            persoon=PERSOON,
            vorige=bekend.registraties,
            reden=CorrectieReden.DATUM,
            registraties=(periode("2018-04-01"), periode("2018-06-01", grondslag=WSW)),
            woonplaatsen=bekend.woonplaatsen,
        ),
    )


def test_a_correction_to_an_earlier_begin_takes_the_first_residence_along() -> None:
    uit = gevolg(corrigeer(gegeven(periode("2018-03-01")), PW, dag("2017-11-01"), CorrectieReden.DATUM))
    assert uit.tijdlijn.woonplaatsen == (woont(GRONINGEN, "2017-11-01"),)


def test_a_correction_without_begin_says_that_the_ground_never_existed_and_twice_changes_nothing() -> None:
    uit = gevolg(corrigeer(gegeven(periode("2018-03-01")), PW, None, CorrectieReden.ONTERECHT))
    assert [type(f) for f in uit.feiten] == [RegistratieGecorrigeerd]
    assert uit.tijdlijn.registraties == ()
    assert gevolg(corrigeer(uit.tijdlijn, PW, None, CorrectieReden.ONTERECHT)).feiten == ()


def test_a_ground_that_never_existed_can_be_given_back_by_a_correction() -> None:
    weg = gevolg(corrigeer(gegeven(periode("2018-03-01")), PW, None, CorrectieReden.ONTERECHT)).tijdlijn
    terug = gevolg(corrigeer(weg, PW, dag("2018-03-01"), CorrectieReden.ONTERECHT))
    assert terug.tijdlijn.registraties == (periode("2018-03-01"),)
    assert terug.tijdlijn.verworpen == frozenset()


@pytest.mark.parametrize("van", [None, "2018-01-01"])
def test_a_correction_of_an_unknown_ground_is_refused(van: str | None) -> None:
    rij = corrigeer(gegeven(periode("2018-03-01")), WSW, dag(van) if van else None, CorrectieReden.DATUM)
    assert weigering(rij) == ("grondslag", "onbekende_registratie")


def test_a_correction_replaces_only_the_periods_that_it_touches() -> None:
    bekend = gegeven(periode("2015-01-01", "2016-01-01"), periode("2018-01-01"))
    uit = gevolg(corrigeer(bekend, PW, dag("2018-02-01"), CorrectieReden.DATUM, tot=dag("2020-01-01")))
    assert uit.tijdlijn.registraties == (periode("2015-01-01", "2016-01-01"), periode("2018-02-01", "2020-01-01"))
    een = gevolg(corrigeer(bekend, PW, dag("2015-01-01"), CorrectieReden.DATUM))
    assert een.tijdlijn.registraties == (periode("2015-01-01"),)


def test_a_correction_that_touches_none_of_several_periods_is_refused() -> None:
    bekend = gegeven(periode("2015-01-01", "2016-01-01"), periode("2018-01-01"))
    rij = corrigeer(bekend, PW, dag("2016-06-01"), CorrectieReden.DATUM, tot=dag("2017-01-01"))
    assert weigering(rij) == ("van", "onjuist")


def test_a_correction_to_what_is_known_changes_nothing() -> None:
    bekend = gegeven(periode("2018-03-01"))
    assert corrigeer(bekend, PW, dag("2018-03-01"), CorrectieReden.DATUM) == Gevolg(bekend)


# --- beschut werk ---


def test_a_positive_decision_ends_the_registration_the_next_day() -> None:
    uit = na_besluit(gegeven(periode("2020-01-01")), besluit("2024-03-14"))
    assert uit.feiten == (
        RegistratieBeeindigd(
            persoon=PERSOON,
            grondslag=PW,
            tot=dag("2024-03-15"),
            reden=EindReden.BESCHUT_WERK,
            registraties=(periode("2020-01-01", "2024-03-15"),),
            woonplaatsen=(woont(GRONINGEN, "2020-01-01"),),
        ),
    )


def test_every_running_registration_ends_and_only_those() -> None:
    bekend = gegeven(
        periode("2015-01-01", "2016-01-01"),
        periode("2020-01-01"),
        periode("2021-01-01", "2030-01-01", WSW),
        periode("2024-03-15", None, Grondslag.VSO_PRO),
        periode("2024-03-14", None, Grondslag.ENTREE),
    )
    uit = na_besluit(bekend, besluit("2024-03-14"))
    assert [f.model_dump()["grondslag"] for f in uit.feiten] == [PW, WSW, Grondslag.ENTREE]
    assert uit.tijdlijn.registraties == (
        periode("2015-01-01", "2016-01-01"),
        periode("2020-01-01", "2024-03-15"),
        periode("2021-01-01", "2024-03-15", WSW),
        periode("2024-03-14", "2024-03-15", Grondslag.ENTREE),
        periode("2024-03-15", None, Grondslag.VSO_PRO),
    )


def test_the_same_decision_twice_gives_no_second_fact() -> None:
    een = na_besluit(gegeven(periode("2020-01-01")), besluit("2024-03-14"))
    assert na_besluit(een.tijdlijn, besluit("2024-03-14")) == Gevolg(een.tijdlijn)


def test_a_negative_decision_changes_nothing() -> None:
    bekend = gegeven(periode("2020-01-01"))
    assert na_besluit(bekend, besluit("2024-03-14", Uitkomst.NEGATIEF)) == Gevolg(bekend)


def test_the_order_of_decision_and_registration_makes_no_difference() -> None:
    eerst_besluit = gevolg(
        registreer(na_besluit(NIEUW, besluit("2024-03-14")).tijdlijn, PW, dag("2020-01-01"), GRONINGEN)
    )
    eerst_register = na_besluit(gegeven(periode("2020-01-01")), besluit("2024-03-14"))
    assert eerst_besluit.tijdlijn == eerst_register.tijdlijn
    assert [type(f) for f in eerst_besluit.feiten] == [RegistratieIngegaan, RegistratieBeeindigd]
    assert eerst_besluit.feiten[-1] == eerst_register.feiten[-1]


@pytest.mark.parametrize("tot", [None, "2024-03-15", "2026-01-01"])
def test_a_row_repeated_after_the_decision_does_not_reopen_the_registration(tot: str | None) -> None:
    na = na_besluit(gegeven(periode("2020-01-01")), besluit("2024-03-14")).tijdlijn
    assert registreer(na, PW, dag("2020-01-01"), GRONINGEN, tot=dag(tot) if tot else None) == Gevolg(na)


def test_a_correction_has_the_last_word_over_an_older_decision() -> None:
    na = na_besluit(gegeven(periode("2020-01-01")), besluit("2024-03-14")).tijdlijn
    open_ = gevolg(corrigeer(na, PW, dag("2020-01-01"), CorrectieReden.DATUM)).tijdlijn
    assert open_.registraties == (periode("2020-01-01"),)
    assert na_besluit(open_, besluit("2024-03-14")).feiten == ()
    assert registreer(open_, PW, dag("2020-01-01"), GRONINGEN) == Gevolg(open_)


# --- historie ---


def test_the_first_fact_is_known_when_its_row_says() -> None:
    assert gevolg(registreer(NIEUW, PW, dag("2018-03-01"), GRONINGEN)).feiten[0].bekend_op is None
    uit = gevolg(registreer(NIEUW, PW, dag("2018-03-01"), GRONINGEN, bekend_op=moment("2018-04-01")))
    assert uit.feiten[0].bekend_op == moment("2018-04-01")


def test_a_later_fact_is_never_known_earlier_than_the_one_before() -> None:
    na = gevolg(registreer(NIEUW, PW, dag("2018-03-01"), GRONINGEN, bekend_op=moment("2018-04-01"))).tijdlijn
    assert verhuis(na, EMMEN, dag("2018-05-01"), bekend_op=moment("2018-03-01")).feiten[0].bekend_op == moment(
        "2018-04-01"
    )
    assert verhuis(na, EMMEN, dag("2018-05-01"), bekend_op=moment("2018-06-01")).feiten[0].bekend_op == moment(
        "2018-06-01"
    )


def test_after_a_fact_at_log_time_every_fact_is_at_log_time() -> None:
    na = gevolg(registreer(NIEUW, PW, dag("2018-03-01"), GRONINGEN)).tijdlijn
    later = verhuis(na, EMMEN, dag("2018-05-01"), bekend_op=moment("2018-06-01"))
    assert later.feiten[0].bekend_op is None
    assert later.tijdlijn.bekend_op is None


def test_a_decision_known_then_ends_the_registration_as_known_then() -> None:
    na = gevolg(registreer(NIEUW, PW, dag("2018-03-01"), GRONINGEN, bekend_op=moment("2018-04-01"))).tijdlijn
    assert na_besluit(na, besluit("2019-01-10", bekend_op=moment("2019-01-20"))).feiten[0].bekend_op == moment(
        "2019-01-20"
    )


def test_what_changes_nothing_does_not_move_the_knowledge_time() -> None:
    na = gevolg(registreer(NIEUW, PW, dag("2018-03-01"), GRONINGEN, bekend_op=moment("2018-04-01"))).tijdlijn
    weer = gevolg(registreer(na, PW, dag("2018-03-01"), GRONINGEN, bekend_op=moment("2018-04-01") + timedelta(days=9)))
    assert weer == Gevolg(na)
