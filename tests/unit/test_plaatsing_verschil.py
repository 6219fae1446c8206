"""Wat er over maanden gezegd wordt: verschil, reden, kennistijd."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from banenspoor_contracts import (
    Contract,
    Grondslag,
    Reden,
    Registratie,
    Sector,
    Sectorperiode,
    Subsector,
    UrenStand,
    UrenVerloond,
    Vorm,
    Woonplaats,
)

from services.plaatsing.domain.dossier import (
    Dossier,
    Omgeving,
    mist_sector,
    neem_baan,
    neem_regel,
    neem_register,
    neem_sectoren,
)
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.stand import Register
from services.plaatsing.domain.uren import Regel, UrenSoort, Weigering
from services.plaatsing.domain.verschil import Aanleiding, Gezegd, Moment, verschil
from tests.unit.test_plaatsing_baan import BAAN

WERKGEVER, INLENER = BAAN.werkgever, UUID(int=4)
MARKT = Sectorperiode(sector=Sector.MARKT, van=date(2010, 1, 1))
OVERHEID = Sectorperiode(sector=Sector.OVERHEID, subsector=Subsector.GEMEENTE, van=date(2010, 1, 1))
SECTOREN = {WERKGEVER: (MARKT,), INLENER: (OVERHEID,)}
REGISTER = Register(
    (Registratie(grondslag=Grondslag.WSW, van=date(2015, 1, 1)),), (Woonplaats(gemeente="0014", van=date(2015, 1, 1)),)
)
NU = datetime(2024, 6, 15, 12, tzinfo=UTC)
VANDAAG = NU.date()
MOMENT = Moment(NU)


def maandregel(maand: int, uren: int = 10000, contract: Contract | None = None, **rest: object) -> Regel:
    """De regel van een hele maand in 2017."""
    tot = date(2018, 1, 1) if maand == 12 else date(2017, maand + 1, 1)
    return Regel(UrenSoort.REGULIER, date(2017, maand, 1), tot, uren, contract, "A", **rest)  # type: ignore[arg-type]


def omgeving(register: Register = REGISTER, sluitingen: dict[tuple[str, str], date] | None = None) -> Omgeving:
    """Alles wat er om de ene baan heen is."""
    return Omgeving({BAAN.persoon: register}, SECTOREN, sluitingen or {})


def dossier(baan: Baan = BAAN, *regels: Regel, om: Omgeving | None = None) -> Dossier:
    """Een dossier waarin deze regels al gezegd zijn."""
    uit = Dossier(replace(baan, versie=1))
    for regel in regels:
        assert isinstance(neem_regel(uit, regel, VANDAAG, MOMENT, om or omgeving()), list)
    return uit


def feiten(gevolg: list[UrenVerloond] | Weigering | None) -> list[UrenVerloond]:
    """De feiten, als het geen weigering was."""
    assert isinstance(gevolg, list)
    return gevolg


# --- stand ---------------------------------------------------------------------------------------------------------


def gezegd(d: Dossier, maand: str) -> UrenStand:
    """Wat er over deze maand gezegd is."""
    stand = d.gezegd[maand].stand
    assert stand is not None
    return stand


def test_a_month_has_its_hours_and_all_dimensions() -> None:
    baan = replace(BAAN, vorm=Vorm.UITZENDRELATIE, inlener=INLENER)
    d = dossier(baan, maandregel(12), maandregel(12, 500)._replace(soort=UrenSoort.UITBETALING))
    december = gezegd(d, "2017-12")
    assert (december.uren_x100, december.uitbetaald_x100) == (10500, 500)
    assert (december.werkgever, december.inlener) == (WERKGEVER, INLENER)
    assert december.cel.json_() == {
        "gemeenteWerk": "0014",
        "gemeenteWoon": "0014",
        "sector": "markt",
        "subsector": None,
        "sectorInlener": "overheid",
        "subsectorInlener": "gemeente",
        "vorm": "uitzendrelatie",
        "contract": "tijdelijk",
        "grondslagenMaand": ["WSW"],
        "grondslagenKwartaal": ["WSW"],
    }


def test_zero_hours_are_a_said_month_and_no_line_is_none() -> None:
    d = dossier(BAAN, maandregel(11, 0))
    assert gezegd(d, "2017-11").uren_x100 == 0
    assert "2017-12" not in d.gezegd


def test_dimensions_are_of_the_last_day_of_the_job_and_grounds_of_month_and_quarter() -> None:
    register = Register(
        (
            Registratie(grondslag=Grondslag.WSW, van=date(2015, 1, 1), tot=date(2017, 10, 31)),
            Registratie(grondslag=Grondslag.VSO_PRO, van=date(2017, 12, 1)),
        ),
        (
            Woonplaats(gemeente="0014", van=date(2015, 1, 1), tot=date(2017, 10, 15)),
            Woonplaats(gemeente="0034", van=date(2017, 10, 15)),
        ),
    )
    d = dossier(replace(BAAN, tot=date(2017, 10, 12)), maandregel(10), om=omgeving(register))
    cel = gezegd(d, "2017-10").cel
    assert cel.gemeente_woon == "0014"
    assert cel.grondslagen_maand == ()
    assert cel.grondslagen_kwartaal == (Grondslag.VSO_PRO,)


def test_the_contract_of_the_line_goes_before_that_of_the_job() -> None:
    oud = Regel(UrenSoort.REGULIER, date(2017, 9, 4), date(2017, 10, 2), 100, Contract.TIJDELIJK, "A")
    nieuw = Regel(UrenSoort.REGULIER, date(2017, 10, 2), date(2017, 10, 30), 100, Contract.VAST, "A")
    zonder = Regel(UrenSoort.REGULIER, date(2017, 10, 30), date(2017, 11, 27), 100, None, "A")
    d = dossier(replace(BAAN, contract=Contract.ONBEKEND), oud, nieuw, zonder)
    contracten = {maand: gezegd(d, maand).cel.contract for maand in d.gezegd}
    assert contracten == {"2017-09": Contract.TIJDELIJK, "2017-10": Contract.VAST, "2017-11": Contract.ONBEKEND}


# --- verschil en reden ---------------------------------------------------------------------------------------------


def test_nothing_is_said_when_nothing_changed() -> None:
    d = dossier(BAAN, maandregel(12))
    assert neem_regel(d, maandregel(12), VANDAAG, MOMENT, omgeving()) is None
    assert neem_register(d, MOMENT, omgeving()) == []
    assert neem_sectoren(d, SECTOREN, MOMENT) == []


def test_what_was_said_is_what_is_taken_back() -> None:
    d = dossier(BAAN, maandregel(12))
    eerst = d.gezegd["2017-12"].stand
    [feit] = feiten(neem_regel(d, maandregel(12, 9000), VANDAAG, MOMENT, omgeving()))
    assert (feit.reden, feit.vorig, feit.nieuw) == (Reden.CORRECTIE, eerst, d.gezegd["2017-12"].stand)


def test_hours_of_someone_unknown_are_said_without_grounds_and_again_when_she_is_heard() -> None:
    d = dossier(BAAN, maandregel(11), maandregel(12), om=omgeving(Register()))
    assert gezegd(d, "2017-12").cel.grondslagen_maand == ()
    gevolg = neem_register(d, MOMENT, omgeving())
    assert [(f.maand, f.reden) for f in gevolg] == [("2017-11", Reden.STATUS), ("2017-12", Reden.STATUS)]
    assert gezegd(d, "2017-12").cel.grondslagen_kwartaal == (Grondslag.WSW,)


def test_only_touched_months_are_said_again() -> None:
    d = dossier(BAAN, *(maandregel(m) for m in range(7, 13)))
    einde = Register((replace_tot(REGISTER.registraties[0], date(2017, 12, 15)),), REGISTER.woonplaatsen)
    gevolg = neem_register(d, MOMENT, omgeving(einde))
    assert [f.maand for f in gevolg] == ["2017-10", "2017-11", "2017-12"]  # het kwartaal eindigt zonder grondslag
    assert [len(f.nieuw.cel.grondslagen_maand) for f in gevolg if f.nieuw] == [1, 1, 0]


def replace_tot(registratie: Registratie, tot: date) -> Registratie:
    """Dezelfde registratie met een einde."""
    return registratie.model_copy(update={"tot": tot})


def test_a_move_alone_is_a_correction_of_the_municipality() -> None:
    d = dossier(BAAN, maandregel(12))
    verhuisd = Register(REGISTER.registraties, (Woonplaats(gemeente="0034", van=date(2017, 12, 31)),))
    assert [f.reden for f in neem_register(d, MOMENT, omgeving(verhuisd))] == [Reden.GEMEENTE_CORRECTIE]


def test_another_sector_of_employer_or_hirer_is_a_sector_correction_of_its_months() -> None:
    d = dossier(replace(BAAN, vorm=Vorm.WSW_DETACHERING, inlener=INLENER), maandregel(11), maandregel(12))
    gesplitst = (
        MARKT.model_copy(update={"tot": date(2017, 12, 1)}),
        OVERHEID.model_copy(update={"van": date(2017, 12, 1)}),
    )
    [feit] = neem_sectoren(d, {WERKGEVER: gesplitst}, MOMENT)
    assert isinstance(feit, UrenVerloond)
    assert (feit.maand, feit.reden) == ("2017-12", Reden.SECTOR_CORRECTIE)
    assert feit.nieuw is not None
    assert (feit.nieuw.cel.sector, feit.nieuw.cel.sector_inlener) == (Sector.OVERHEID, Sector.OVERHEID)
    ingeleend = neem_sectoren(d, {INLENER: (MARKT,)}, MOMENT)
    assert [f.reden for f in ingeleend if isinstance(f, UrenVerloond)] == [Reden.SECTOR_CORRECTIE] * 2


def test_a_job_without_sector_would_be_noticed_first() -> None:
    d = dossier(BAAN, maandregel(11))
    assert mist_sector(d, SECTOREN) is None
    assert mist_sector(d, {WERKGEVER: (MARKT.model_copy(update={"tot": date(2017, 11, 30)}),)}) == date(2017, 11, 30)
    assert mist_sector(d, {WERKGEVER: (MARKT.model_copy(update={"van": date(2017, 6, 1)}),)}) == BAAN.van


def test_hours_without_a_sector_are_refused() -> None:
    laat = Omgeving({}, {WERKGEVER: (MARKT.model_copy(update={"van": date(2018, 1, 1)}),)}, {})
    gevolg = neem_regel(Dossier(BAAN), maandregel(12), VANDAAG, MOMENT, laat)
    assert isinstance(gevolg, Weigering)
    assert (gevolg.veld, gevolg.code) == ("tijdvak_van", "onbekende_sector")


def test_a_shorter_job_moves_its_hours_and_hours_outside_it_must_go_first() -> None:
    d = dossier(BAAN, Regel(UrenSoort.REGULIER, date(2017, 11, 20), date(2017, 12, 18), 2800, None, "A"))
    korter = neem_baan(d, replace(BAAN, tot=date(2017, 11, 27)), MOMENT, omgeving())
    assert isinstance(korter, tuple)
    uren = [(f.maand, f.reden, f.nieuw and f.nieuw.uren_x100) for f in korter[1] if isinstance(f, UrenVerloond)]
    assert uren == [("2017-11", Reden.CORRECTIE, 2800), ("2017-12", Reden.CORRECTIE, None)]
    te_kort = neem_baan(d, replace(BAAN, tot=date(2017, 11, 20)), MOMENT, omgeving())
    assert isinstance(te_kort, Weigering)
    assert (te_kort.veld, te_kort.code) == ("tot", "uren_buiten_periode")


OPEN, DICHT = date(2024, 6, 16), date(2024, 6, 15)


@pytest.mark.parametrize(
    ("aanleiding", "sluit_op", "verwacht"),
    [
        (Aanleiding.REGEL, None, Reden.LEVERING),
        (Aanleiding.REGEL, OPEN, Reden.LEVERING),
        (Aanleiding.REGEL, DICHT, Reden.NALEVERING),
        (Aanleiding.REGEL_OPNIEUW, OPEN, Reden.CORRECTIE),
        (Aanleiding.REGEL_OPNIEUW, DICHT, Reden.CORRECTIE),
        (Aanleiding.REGISTER, None, Reden.STATUS),
        (Aanleiding.REGISTER, DICHT, Reden.STATUS_CORRECTIE),
        (Aanleiding.PLAATSING, None, Reden.CORRECTIE),
        (Aanleiding.SECTOR, None, Reden.SECTOR_CORRECTIE),
        (Aanleiding.SECTOR, DICHT, Reden.SECTOR_CORRECTIE),
    ],
)
def test_the_table_of_reasons(aanleiding: Aanleiding, sluit_op: date | None, verwacht: Reden) -> None:
    d = dossier(BAAN, maandregel(12))
    was = d.gezegd["2017-12"]
    assert was.stand is not None
    nieuw = was.stand.model_copy(update={"uren_x100": 1})
    feit = verschil(BAAN.persoon, BAAN.plaatsing, "2017-12", was, nieuw, aanleiding, MOMENT, sluit_op)
    assert feit is not None
    assert feit.reden is verwacht


def test_the_calendar_of_the_supplier_of_the_line_decides() -> None:
    sluitingen = {("A", "2017-12"): date(2018, 2, 1)}
    laat = Moment(datetime(2018, 1, 31, 23, 30, tzinfo=UTC))  # in Nederland al 1 februari
    tijdig = Moment(datetime(2018, 1, 31, 22, 30, tzinfo=UTC))
    for moment, leverancier, reden in (
        (laat, "A", Reden.NALEVERING),
        (tijdig, "A", Reden.LEVERING),
        (laat, "B", Reden.LEVERING),
    ):
        regel = maandregel(12)._replace(leverancier=leverancier)
        [feit] = feiten(neem_regel(Dossier(BAAN), regel, VANDAAG, moment, omgeving(sluitingen=sluitingen)))
        assert feit.reden is reden


def test_a_register_change_is_judged_by_the_calendar_of_the_last_supplier() -> None:
    d = dossier(BAAN, maandregel(12))
    gevolg = neem_register(d, MOMENT, omgeving(Register(), {("A", "2017-12"): date(2018, 2, 1)}))
    assert [f.reden for f in gevolg] == [Reden.STATUS_CORRECTIE]


TOEN, LATER = datetime(2018, 1, 20, tzinfo=UTC), datetime(2018, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gezegd_op", "trigger", "bekend_op", "reden"),
    [
        (TOEN, LATER, LATER, Reden.STATUS_CORRECTIE),
        (TOEN, TOEN, TOEN, Reden.STATUS),
        (LATER, TOEN, LATER, Reden.STATUS_CORRECTIE),  # nooit eerder dan wat al gezegd is
        (None, TOEN, None, Reden.STATUS_CORRECTIE),  # al op de logtijd gezegd: dan blijft het de logtijd
        (TOEN, None, None, Reden.STATUS_CORRECTIE),
    ],
)
def test_history_is_said_in_order_and_reasons_are_decided_against_it(
    gezegd_op: datetime | None, trigger: datetime | None, bekend_op: datetime | None, reden: Reden
) -> None:
    d = dossier(BAAN, maandregel(12))
    d.gezegd["2017-12"] = d.gezegd["2017-12"]._replace(bekend_op=gezegd_op)
    om = omgeving(Register(), {("A", "2017-12"): date(2018, 2, 1)})
    [feit] = neem_register(d, Moment(NU, trigger), om)
    assert (feit.bekend_op, feit.reden) == (bekend_op, reden)
    assert d.gezegd["2017-12"].bekend_op == bekend_op


def test_what_is_said_can_be_taken_back_whole() -> None:
    d = dossier(BAAN, maandregel(12))
    terug = d.zeg("2017-12", None, Aanleiding.REGEL_OPNIEUW, MOMENT, omgeving())
    assert [(f.reden, f.nieuw) for f in terug] == [(Reden.CORRECTIE, None)]
    assert d.gezegd["2017-12"] == Gezegd(None, None, "A")
    assert isinstance(neem_register(d, MOMENT, omgeving(Register())), list)


def test_a_job_that_changed_stays_changed_when_a_later_row_leaves_it_alone() -> None:
    d = dossier(BAAN, maandregel(12))
    neem_sectoren(d, {WERKGEVER: (OVERHEID,)}, MOMENT)
    assert d.baan_veranderd
    neem_sectoren(d, {WERKGEVER: (OVERHEID,)}, MOMENT)
    assert d.baan_veranderd  # anders wordt een gezegde versie niet bewaard, en zegt de volgende wijziging haar nog eens
