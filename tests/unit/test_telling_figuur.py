"""Cijfers: de gepubliceerde tabel van eind 2023 tot op de baan, en wat voor elk cijfer geldt."""

from datetime import UTC, datetime
from fractions import Fraction
from itertools import chain, combinations
from typing import ClassVar

import pytest
from banenspoor_contracts import Reeks
from hypothesis import given, settings
from hypothesis import strategies as st

from services.telling.domain.bedragen import afgerond, exact
from services.telling.domain.figuur import Cel, figuur
from services.telling.domain.noten import Noot
from services.telling.domain.perioden import Onjuist, perioden
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import UITSPLITSINGEN, Selectie, Stand
from services.telling.rijen import NormRij
from tests.unit import telling_bouw as bouw


def cijfers(
    reeks: Reeks, periode: str, *per: str, standen: list[Stand], boek: Regelboek, **rest: object
) -> dict[tuple[str | None, ...], Cel]:
    selectie = Selectie(reeks, perioden(reeks, periode), per, **rest)  # type: ignore[arg-type]
    return {tuple(cel.kenmerken.values()): cel for cel in figuur(standen, boek, selectie)}


def gedrukt(cel: Cel) -> int | None:
    return None if cel.extra is None else afgerond(cel.extra)


class TestBrief004:
    """Kamerbrief 12-7-2024, tabel 1: elk gedrukt getal, zonder tolerantie."""

    boek = bouw.boek(*bouw.REGELS_004)

    def test_elke_gedrukte_cel_komt_eruit(self) -> None:
        cellen = cijfers(Reeks.JAARMETING, "2023", "sector", "vorm", standen=bouw.BRIEF_004, boek=self.boek)
        assert {k: gedrukt(c) for k, c in cellen.items()} == {
            ("markt", "formeel"): 76_027,
            ("overheid", "formeel"): 10_788,
            ("markt", "inleen"): -1_996,
            ("overheid", "inleen"): 846,
        }

    def test_elk_totaal_komt_eruit(self) -> None:
        per_sector = cijfers(Reeks.JAARMETING, "2023", "sector", standen=bouw.BRIEF_004, boek=self.boek)
        per_vorm = cijfers(Reeks.JAARMETING, "2023", "vorm", standen=bouw.BRIEF_004, boek=self.boek)
        alles = cijfers(Reeks.JAARMETING, "2023", standen=bouw.BRIEF_004, boek=self.boek)[()]
        assert {k: gedrukt(c) for k, c in per_sector.items()} == {("markt",): 74_031, ("overheid",): 11_634}
        assert {k: gedrukt(c) for k, c in per_vorm.items()} == {("formeel",): 86_815, ("inleen",): -1_150}
        assert gedrukt(alles) == 85_665
        assert alles.banen is not None
        assert afgerond(alles.banen) == 160_844

    def test_het_gat_is_dat_van_de_brief(self) -> None:
        alles = cijfers(Reeks.JAARMETING, "2023", standen=bouw.BRIEF_004, boek=self.boek)[()]
        per_sector = cijfers(Reeks.JAARMETING, "2023", "sector", standen=bouw.BRIEF_004, boek=self.boek)
        assert (alles.doel and alles.doel.aantal, alles.gat and afgerond(alles.gat)) == (105_000, 19_335)
        assert [afgerond(c.gat) for c in per_sector.values() if c.gat] == [5_969, 13_366]

    def test_uit_hele_banen_zou_het_niet_kloppen(self) -> None:
        """De sleutel hoort op uren: van afgeronde banen uit gaat de markt naar −1.997 en de overheid naar 845 of 846."""
        markt = Fraction(35_055) * Fraction(728, 1000) - Fraction(36_206) * Fraction(76, 100)
        assert afgerond(markt) == -1_997

    def test_het_kwartaal_verdeelt_inleen_niet(self) -> None:
        cellen = cijfers(Reeks.KWARTAAL, "2023-Q4", "sector", "vorm", standen=bouw.BRIEF_004, boek=self.boek)
        assert {k: gedrukt(c) for k, c in cellen.items()} == {
            ("markt", "formeel"): 76_027,
            ("overheid", "formeel"): 10_788,
            (None, "inleen"): -1_150,
        }
        assert {c.status for c in cellen.values()} == {"indicatief"}

    def test_een_regio_in_de_jaarmeting_is_afgeleid_en_ongedeeld(self) -> None:
        boek = bouw.boek(*bouw.REGELS_004, bouw.gebied("0014", "AM01"))
        standen = [s._replace(gemeente="0014") for s in bouw.BRIEF_004]
        cellen = cijfers(Reeks.JAARMETING, "2023", "sector", standen=standen, boek=boek, regio="AM01")
        assert set(cellen) == {("markt",), ("overheid",), (None,)}
        assert {c.status for c in cellen.values()} == {"afgeleid"}
        assert all(c.extra is None and Noot.GEEN_NULMETING in c.noten for c in cellen.values())


def test_groningen_eind_2017_tegen_de_streefcijfers() -> None:
    """Brief 000: 1.145 markt + 156 overheid + 1.956 inleen = 3.257 tegen 1.504."""
    boek = bouw.boek(
        bouw.NORM,
        bouw.WIE,
        bouw.gebied("0014", "AM01"),
        bouw.gebied("0037", "AM01"),
        *bouw.nulmeting("AM01", markt="1000", overheid="200", inleen="1500"),
        bouw.doel("2017", 1504, gebied="AM01"),
    )
    norm = Fraction(1331, 4)
    uren = {("markt", "formeel"): 2145, ("overheid", "formeel"): 356, ("overheid", "wsw_detachering"): 3456}
    standen = [
        s
        for (sector, vorm), banen in uren.items()
        for s in bouw.kwartaal(2017, 4, int(norm * banen * 100), sector=sector, vorm=vorm, gemeente="0014")
    ]
    cellen = cijfers(Reeks.KWARTAAL, "2017-Q4", "sector", standen=standen, boek=boek, regio="AM01")
    totaal = cijfers(Reeks.KWARTAAL, "2017-Q4", standen=standen, boek=boek, regio="AM01")[()]
    assert [gedrukt(c) for c in cellen.values()] == [1145, 156, 1956]
    assert (gedrukt(totaal), totaal.doel and totaal.doel.aantal) == (3257, 1504)
    assert totaal.gat == Fraction(1504 - 3257)


class TestRegels:
    """Welke regel geldt, en wat er gebeurt als zij ontbreekt."""

    standen: ClassVar[list[Stand]] = [bouw.stand("2023-12", uren_x100=1331 * 100)]  # twaalf banen in een maand

    def test_de_norm_is_een_exacte_breuk(self) -> None:
        cel = cijfers(Reeks.LOPEND, "2023-12", standen=self.standen, boek=bouw.boek(bouw.NORM, bouw.WIE))[()]
        assert cel.banen == Fraction(12)
        assert exact(cel.uren) == "1331/1"

    def test_een_norm_per_kalender_telt_dagen(self) -> None:
        norm = NormRij(
            versie="dagen", soort="kalender", uren_per_week="25,5", van="2012-01-01", besloten_op="2014-12-22"
        )
        cel = cijfers(Reeks.KWARTAAL, "2023-Q4", standen=self.standen, boek=bouw.boek(norm, bouw.WIE))[()]
        assert cel.banen == 1331 / (Fraction("25.5") * 92 / 7)

    def test_zonder_norm_zijn_er_uren_maar_geen_banen(self) -> None:
        cel = cijfers(Reeks.LOPEND, "2023-12", standen=self.standen, boek=bouw.boek(bouw.WIE))[()]
        assert cel.uren == Fraction(1331)
        assert cel.banen is cel.extra is None
        assert Noot.GEEN_NORM in cel.noten

    def test_zonder_nulmeting_is_extra_leeg_en_niet_nul(self) -> None:
        cel = cijfers(Reeks.KWARTAAL, "2023-Q4", standen=[], boek=bouw.boek(bouw.NORM, bouw.WIE))[()]
        assert cel.banen == Fraction(0)
        assert cel.nulmeting is cel.extra is None
        assert Noot.GEEN_NULMETING in cel.noten

    def test_een_totaal_dat_nooit_gesplitst_is_geldt_alleen_voor_het_totaal(self) -> None:
        boek = bouw.boek(bouw.NORM, bouw.WIE, *bouw.nulmeting("NL", totaal="100", inleen="40"))
        per_vorm = cijfers(Reeks.KWARTAAL, "2023-Q4", "vorm", standen=[], boek=boek)
        per_sector = cijfers(Reeks.KWARTAAL, "2023-Q4", "sector", standen=[], boek=boek)
        assert cijfers(Reeks.KWARTAAL, "2023-Q4", standen=[], boek=boek)[()].extra == -100
        assert {k: c.extra for k, c in per_vorm.items()} == {("formeel",): -60, ("inleen",): -40}
        assert {k: c.extra for k, c in per_sector.items()} == {("markt",): None, ("overheid",): None, (None,): -40}

    def test_een_herziene_nulmeting_geldt_pas_sinds_zij_bekend_is(self) -> None:
        eerst, later = datetime(2014, 12, 22, tzinfo=UTC), datetime(2016, 4, 29, tzinfo=UTC)
        (v0,), (v1,) = bouw.nulmeting("NL", "v0", totaal="65000"), bouw.nulmeting("NL", "v1", totaal="75179")
        alle = bouw.regels(
            bouw.NORM, bouw.WIE, (v0, eerst), (v1, later), (v0.model_copy(update={"bron": "nog eens"}), later)
        )
        toen = Regelboek([r for r in alle if r.bekend < later])
        assert cijfers(Reeks.KWARTAAL, "2015-Q4", standen=[], boek=toen)[()].nulmeting == 65_000
        assert cijfers(Reeks.KWARTAAL, "2015-Q4", standen=[], boek=Regelboek(alle))[()].nulmeting == 75_179

    def test_zonder_eigen_sleutel_geldt_die_van_een_eerder_jaar_met_een_noot(self) -> None:
        boek = bouw.boek(bouw.NORM, bouw.WIE, bouw.sleutel(2012, "76", "24"), bouw.sleutel(2016, "72,2", "27,8"))
        standen = list(bouw.kwartaal(2017, 4, 100_000, vorm="uitzendrelatie"))
        cellen = cijfers(Reeks.JAARMETING, "2017", "sector", standen=standen, boek=boek)
        assert [c.uren for c in cellen.values()] == [722, 278]
        assert all(Noot.ANDERE_SLEUTEL in c.noten for c in cellen.values())

    def test_zonder_sleutel_blijft_inleen_ongedeeld_en_telt_het_nog_op(self) -> None:
        standen = list(bouw.kwartaal(2017, 4, 100_000, vorm="uitzendrelatie"))
        cellen = cijfers(Reeks.JAARMETING, "2017", "sector", standen=standen, boek=bouw.boek(bouw.NORM, bouw.WIE))
        assert {k: c.uren for k, c in cellen.items()} == {("markt",): 0, ("overheid",): 0, (None,): 1000}

    def test_het_meetvenster_zegt_welke_maanden_en_de_norm_volgt(self) -> None:
        standen = [bouw.stand(f"2023-{m:02d}", uren_x100=m * 133_100) for m in range(1, 13)]
        for venster, banen in (("december", 144), ("Q4", (10 + 11 + 12) * 4), ("jaar", sum(range(13)))):
            boek = bouw.boek(bouw.NORM, bouw.WIE, *bouw.keuzes(venster))
            assert cijfers(Reeks.JAARMETING, "2023", standen=standen, boek=boek)[()].banen == banen

    def test_wie_niet_telt_telt_niet(self) -> None:
        standen = [
            bouw.stand("2023-12", "beschut_werk", 100),
            bouw.stand("2023-12", "wsw_beschut", 100, grondslagen="WSW"),
            bouw.stand("2023-12", "overige_detachering", 100),
            bouw.stand("2023-12", "proefplaatsing", 100),
            bouw.stand("2023-12", "formeel", 100, grondslagen=""),
            bouw.stand("2023-12", "formeel", 700, grondslagen="PW_INDICATIE,VSO_PRO"),
        ]
        assert cijfers(Reeks.LOPEND, "2023-12", standen=standen, boek=bouw.boek(bouw.NORM, bouw.WIE))[()].uren == 7

    def test_wat_niemand_vastlegde_heet_aangenomen(self) -> None:
        cel = cijfers(Reeks.JAARMETING, "2023", standen=[], boek=bouw.boek(bouw.NORM))[()]
        aangenomen = {naam for naam, herkomst in cel.regels.items() if herkomst and herkomst.aangenomen}
        assert aangenomen == {"wieTelt", "peilmoment", "meetvenster", "plaats"}


class TestGebieden:
    """Grenzen van toen, grenzen van een jaar, en wat nergens ligt."""

    rijen = (
        bouw.NORM,
        bouw.WIE,
        bouw.gebied("0014", "AM01"),
        bouw.gebied("0620", "AM13", tot="2019-01-01", opvolger="1961"),
        bouw.gebied("1961", "AM35", "2019-01-01"),
        bouw.gebied("0003", "AM01", tot="2021-01-01", opvolger="1979"),
        bouw.gebied("1979", "AM01", "2021-01-01"),
    )
    standen: ClassVar[list[Stand]] = [
        bouw.stand("2017-12", uren_x100=100, gemeente=code) for code in ("0014", "0620", "0003", "9999", None)
    ]

    def test_als_toen_en_als_nu_verschillen_en_het_land_niet(self) -> None:
        boek = bouw.boek(*self.rijen)
        toen = cijfers(Reeks.LOPEND, "2017-12", "regio", standen=self.standen, boek=boek)
        nu = cijfers(Reeks.LOPEND, "2017-12", "regio", standen=self.standen, boek=boek, grenzen=2026)
        assert {k: c.uren for k, c in toen.items()} == {("AM01",): 2, ("AM13",): 1, ("onbekend",): 2}
        assert {k: c.uren for k, c in nu.items()} == {("AM01",): 2, ("AM35",): 1, ("onbekend",): 2}

    def test_een_opgegane_gemeente_telt_in_grenzen_van_later_bij_haar_opvolger(self) -> None:
        boek = bouw.boek(*self.rijen)
        alleen = cijfers(Reeks.LOPEND, "2017-12", standen=self.standen, boek=boek, grenzen=2026, gemeente="1979")
        assert alleen[()].uren == 1

    def test_een_gemeente_van_later_houdt_haar_regio(self) -> None:
        standen = [bouw.stand("2017-12", uren_x100=100, gemeente="1979")]
        cellen = cijfers(Reeks.LOPEND, "2017-12", "regio", standen=standen, boek=bouw.boek(*self.rijen))
        assert cellen[("AM01",)].uren == 1

    def test_in_andere_grenzen_dan_de_nulmeting_is_extra_leeg(self) -> None:
        boek = bouw.boek(*self.rijen, *bouw.nulmeting("AM13", totaal="5"), *bouw.nulmeting("AM01", totaal="5"))
        gelijk = cijfers(Reeks.LOPEND, "2017-12", standen=self.standen, boek=boek, regio="AM13")[()]
        anders = cijfers(Reeks.LOPEND, "2017-12", standen=self.standen, boek=boek, regio="AM13", grenzen=2026)[()]
        zelfde = cijfers(Reeks.LOPEND, "2017-12", standen=self.standen, boek=boek, regio="AM01", grenzen=2026)[()]
        assert gelijk.nulmeting == zelfde.nulmeting == Fraction(5)
        assert anders.nulmeting is anders.extra is None
        assert Noot.ANDERE_GRENZEN in anders.noten


@pytest.mark.parametrize(
    ("reeks", "tekst"),
    [
        (Reeks.LOPEND, "2023-Q4"),
        (Reeks.KWARTAAL, "2023"),
        (Reeks.JAARMETING, "2023-12"),
        (Reeks.KWARTAAL, "2023-Q1..2024"),
    ],
)
def test_een_andere_soort_periode_dan_de_reeks_heeft_wordt_geweigerd(reeks: Reeks, tekst: str) -> None:
    with pytest.raises(Onjuist) as fout:
        perioden(reeks, tekst)
    assert fout.value.code == "andere_periode"


def test_een_bereik_telt_beide_einden_mee() -> None:
    assert [str(p) for p in perioden(Reeks.KWARTAAL, "2022-Q4..2023-Q2")] == ["2022-Q4", "2023-Q1", "2023-Q2"]


@pytest.mark.parametrize(("bedrag", "heel"), [("5/2", 3), ("-5/2", -2), ("-19959248/10000", -1996), ("0", 0)])
def test_afronden_gaat_half_naar_boven(bedrag: str, heel: int) -> None:
    assert afgerond(Fraction(bedrag)) == heel


# --- wat altijd geldt ------------------------------------------------------------------------------------------------

GEMEENTEN = [None, "0014", "0620", "0003", "1979", "9999"]
een_stand = st.builds(
    bouw.stand,
    maand=st.sampled_from(["2017-09", "2017-10", "2017-11", "2017-12"]),
    vorm=st.sampled_from(["formeel", "begeleid_werken", "uitzendrelatie", "wsw_detachering", "beschut_werk", "wiw_id"]),
    uren_x100=st.integers(-50_000, 500_000),
    gemeente=st.sampled_from(GEMEENTEN),
    sector=st.sampled_from(["markt", "overheid"]),
    subsector=st.sampled_from([None, "rijk"]),
    contract=st.sampled_from(["vast", "tijdelijk"]),
    grondslagen=st.sampled_from(["", "WSW", "PW_INDICATIE", "PW_INDICATIE,VSO_PRO"]),
    branche=st.sampled_from([None, "C", "Q"]),
    grootteklasse=st.sampled_from([None, "250+"]),
    werkgever=st.sampled_from(["een", "twee"]),
)
standen_ = st.lists(een_stand, max_size=25)
combinaties = list(chain.from_iterable(combinations(UITSPLITSINGEN, n) for n in range(1, 5)))
ALLE_REGELS = bouw.boek(
    *TestGebieden.rijen,
    *bouw.keuzes(),
    bouw.sleutel(2012, "76", "24"),
    bouw.sleutel(2017, "68.9", "31.1"),
    *bouw.nulmeting("NL", markt="34173.7", overheid="4800", inleen="36205.6"),
)
een_vraag = st.sampled_from([(Reeks.LOPEND, "2017-12"), (Reeks.KWARTAAL, "2017-Q4"), (Reeks.JAARMETING, "2017")])


@settings(max_examples=150, deadline=None)
@given(standen=standen_, vraag=een_vraag, per=st.sampled_from(combinaties), grenzen=st.sampled_from([None, 2013, 2026]))
def test_cellen_tellen_exact_op_tot_het_totaal(
    standen: list[Stand], vraag: tuple[Reeks, str], per: tuple[str, ...], grenzen: int | None
) -> None:
    alles = cijfers(*vraag, standen=standen, boek=ALLE_REGELS, grenzen=grenzen)[()]
    cellen = cijfers(*vraag, *per, standen=standen, boek=ALLE_REGELS, grenzen=grenzen).values()
    assert sum(c.uren for c in cellen) == alles.uren
    assert sum(c.banen or 0 for c in cellen) == alles.banen
    if set(per) <= {"sector", "vorm"} and not (vraag[0] is Reeks.LOPEND and "vorm" in per):
        assert sum(c.extra or 0 for c in cellen) == alles.extra


@settings(max_examples=100, deadline=None)
@given(standen=standen_)
def test_kwartaal_en_jaarmeting_hebben_bij_hetzelfde_venster_hetzelfde_totaal(standen: list[Stand]) -> None:
    kwartaal = cijfers(Reeks.KWARTAAL, "2017-Q4", standen=standen, boek=ALLE_REGELS)[()]
    meting = cijfers(Reeks.JAARMETING, "2017", standen=standen, boek=ALLE_REGELS)[()]
    assert (kwartaal.uren, kwartaal.banen, kwartaal.extra) == (meting.uren, meting.banen, meting.extra)


@settings(max_examples=100, deadline=None)
@given(standen=standen_, vraag=een_vraag, sector=st.sampled_from(["markt", "overheid"]))
def test_een_filter_geeft_de_cel_die_ook_in_de_uitsplitsing_staat(
    standen: list[Stand], vraag: tuple[Reeks, str], sector: str
) -> None:
    gefilterd = cijfers(*vraag, standen=standen, boek=ALLE_REGELS, sector=sector)[()]
    cel = cijfers(*vraag, "sector", standen=standen, boek=ALLE_REGELS)[(sector,)]
    assert (gefilterd.uren, gefilterd.banen, gefilterd.extra) == (cel.uren, cel.banen, cel.extra)


@settings(max_examples=100, deadline=None)
@given(standen=standen_, vraag=een_vraag)
def test_grof_optellen_vooraf_verandert_geen_cijfer(standen: list[Stand], vraag: tuple[Reeks, str]) -> None:
    saldo: dict[tuple[object, ...], int] = {}
    for s in standen:
        saldo[s[:7]] = saldo.get(s[:7], 0) + s.uren_x100
    grof = [Stand(*kenmerken, uren) for kenmerken, uren in saldo.items()]  # type: ignore[call-arg, arg-type]
    een = cijfers(*vraag, "sector", "regio", standen=standen, boek=ALLE_REGELS)
    twee = cijfers(*vraag, "sector", "regio", standen=grof, boek=ALLE_REGELS)
    assert {k: c.banen for k, c in een.items() if c.banen} == {k: c.banen for k, c in twee.items() if c.banen}
