"""De bestanden van de demo, nageteld zonder één dienst: precies de doelen, elk op zijn eigen publicatiedag."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from stdnum.nl import bsn as elfproef

from deploy.demo.doelen import KOLOMMEN, Doelcel, Doelen, lees
from deploy.demo.laden import Demo, schrijf
from deploy.demo.schaal import deel, op_schaal

SCHAAL = 50
BAAN = Fraction(1331, 4) * 100
Rij = dict[str, str]


@dataclass
class Bestanden:
    """De rijen per soort, in de volgorde waarin zij geladen worden."""

    map_: Path

    def __getitem__(self, soort: str) -> list[Rij]:
        return [rij for rijen in self.banen(soort) for rij in rijen]

    def banen(self, soort: str) -> list[list[Rij]]:
        """De rijen van elk bestand apart; bestanden kunnen tegelijk geladen worden."""
        uit: list[list[Rij]] = []
        for pad in sorted(self.map_.glob(f"*-{soort}*.csv")):
            with pad.open(encoding="utf-8", newline="") as bestand:
                uit.append(list(csv.DictReader(bestand)))
        return uit


class Naslag:
    """Een naïeve telling van de bestanden: wie stond er geregistreerd, in welke kolom is een baan, hoeveel uur is er."""

    def __init__(self, bestanden: Bestanden) -> None:
        sector = {r["werkgever"]: r["sector"] for r in bestanden["werkgevers"]}
        self.kolom: dict[str, str] = {}
        self.van_wie: dict[str, str] = {}
        for r in bestanden["plaatsingen"]:
            vorm = r["vorm"]
            inleen = vorm in ("wsw_detachering", "uitzendrelatie")
            self.kolom[r["referentie"]] = "inleen" if inleen else sector[r["werkgever"]] if vorm == "formeel" else ""
            self.van_wie[r["referentie"]] = r["bsn"]
        self.register: dict[str, list[Rij]] = defaultdict(list)
        for r in bestanden["registraties"]:
            self.register[r["bsn"]].append(r)
        self.uren: dict[str, list[Rij]] = defaultdict(list)
        for r in bestanden["uren"]:
            maand = date.fromisoformat(r["tijdvak_van"])
            self.uren[f"{maand.year}-Q{(maand.month + 2) // 3}"].append(r)

    def gronden(self, bsn: str, dag: date, op: date) -> set[str]:
        """De grondslagen op `dag`, zoals bekend op `op`."""
        eind: dict[tuple[str, str], str] = {}
        for r in self.register.get(bsn, ()):
            if r["bekend_op"] <= op.isoformat():
                eind[r["grondslag"], r["van"]] = r["tot"]
        d = dag.isoformat()
        return {g for (g, van), tot in eind.items() if van <= d and (not tot or d < tot)}

    def kwartaal(self, periode: str, op: date) -> tuple[dict[str, int], set[str]]:
        """Getelde uren per kolom zoals bekend op `op`, en wie er in de laatste maand telde."""
        einde = _einde(periode)
        stand: dict[tuple[str, str, str], int] = {}
        for r in self.uren[periode]:
            if r["bekend_op"] <= op.isoformat():
                stand[r["referentie"], r["tijdvak_van"], r["tijdvak_tot"]] = int(r["uren"].replace(".", ""))
        som, werkzaam = dict.fromkeys(KOLOMMEN, 0), set[str]()
        for (referentie, _, tot), uren in stand.items():
            bsn, kolom = self.van_wie[referentie], self.kolom[referentie]
            if kolom and self.gronden(bsn, einde, op):
                som[kolom] += uren
                if tot == (einde + timedelta(days=1)).isoformat():
                    werkzaam.add(bsn)
        return som, werkzaam


def _einde(periode: str) -> date:
    jaar, nr = int(periode[:4]), int(periode[6])
    return (date(jaar + 1, 1, 1) if nr == 4 else date(jaar, 3 * nr + 1, 1)) - timedelta(days=1)


@pytest.fixture(scope="module")
def doelen() -> Doelen:
    return lees()


@pytest.fixture(scope="module")
def bestanden(tmp_path_factory: pytest.TempPathFactory) -> Bestanden:
    map_ = tmp_path_factory.mktemp("demo")
    schrijf(Demo(SCHAAL), map_)
    return Bestanden(map_)


@pytest.fixture(scope="module")
def naslag(bestanden: Bestanden) -> Naslag:
    return Naslag(bestanden)


def test_every_quarter_and_column_is_exact_on_its_publication_day(naslag: Naslag, doelen: Doelen) -> None:
    for doel in doelen.kwartalen:
        som, _ = naslag.kwartaal(doel.periode, doel.publicatie)
        assert som == {k: deel(u, SCHAAL) for k, u in doel.uren_x100.items()}, doel.periode


def test_every_official_year_is_exact_on_its_own_day(naslag: Naslag, doelen: Doelen) -> None:
    cel = {"markt/formeel": "markt", "overheid/formeel": "overheid", "inleen (undivided)": "inleen"}
    for doel in (c for c in doelen.cellen if c.reeks == "jaarmeting" and c.cel in cel):
        som, _ = naslag.kwartaal(f"{doel.periode}-Q4", doel.bekend_op)
        assert som[cel[doel.cel]] == deel(int(doel.uren_x100), SCHAAL), doel


def test_every_published_jobs_cell_comes_out_times_the_scale(naslag: Naslag, doelen: Doelen) -> None:
    nul = op_schaal(doelen, SCHAAL).nulmeting_x100
    sleutel = {c.periode: Fraction(c.uren_x100) / 100 for c in doelen.sleutels}
    gezien = Counter[str]()
    for cel in (c for c in doelen.cellen if c.reeks in ("kwartaal", "jaarmeting") and c.gepubliceerd):
        jaar = cel.reeks == "jaarmeting"
        som, _ = naslag.kwartaal(f"{cel.periode}-Q4" if jaar else cel.periode, cel.bekend_op)
        extra = {k: Fraction(som[k] - nul[k]) / BAAN for k in KOLOMMEN}
        inleen = Fraction(som["inleen"]) * sleutel.get(cel.periode, Fraction(0)) - nul["inleen"] * sleutel["2012"]
        overheid = inleen / BAAN
        waarde = {
            "markt/formeel": extra["markt"],
            "overheid/formeel": extra["overheid"],
            "/inleen": extra["inleen"],
            "inleen (undivided)": extra["inleen"],
            "formeel": extra["markt"] + extra["overheid"],
            "totaal": sum(extra.values(), Fraction(0)),
            "overheid/inleen": overheid,
            "markt/inleen": extra["inleen"] - overheid,
            "overheid": extra["overheid"] + overheid,
            "markt": extra["markt"] + extra["inleen"] - overheid,
        }[cel.cel]
        assert _half_omhoog(waarde * SCHAAL) == cel.gedrukt, cel
        gezien[cel.reeks] += 1
    assert gezien["kwartaal"] > 90
    assert gezien["jaarmeting"] >= 30


def _half_omhoog(waarde: Fraction) -> int:
    return (2 * waarde.numerator + waarde.denominator) // (2 * waarde.denominator)


def test_persons_and_register_are_within_half_a_scaled_person(naslag: Naslag, doelen: Doelen) -> None:
    for doel in doelen.kwartalen:
        _, werkzaam = naslag.kwartaal(doel.periode, doel.publicatie)
        assert abs(len(werkzaam) * SCHAAL - doel.werkzaam) <= SCHAAL // 2, doel.periode
        dag = _einde(doel.periode)
        geregistreerd = [b for b in naslag.register if naslag.gronden(b, dag, doel.publicatie)]
        assert abs(len(geregistreerd) * SCHAAL - sum(doel.gronden.values())) <= SCHAAL // 2, doel.periode
        per_groep = Counter(_groep(g) for b in geregistreerd for g in naslag.gronden(b, dag, doel.publicatie))
        for groep, aantal in doel.gronden.items():
            assert abs(per_groep[groep] * SCHAAL - aantal) < SCHAAL, (doel.periode, groep)


def _groep(grondslag: str) -> str:
    return "wsw" if grondslag == "WSW" else "wajong" if grondslag.startswith("WAJONG") else "pw"


def test_late_hours_change_nothing_about_who_works(naslag: Naslag, doelen: Doelen) -> None:
    for doel in doelen.kwartalen:
        if doel.periode.endswith("Q4"):
            _, eerst = naslag.kwartaal(doel.periode, doel.publicatie)
            _, later = naslag.kwartaal(doel.periode, date(2026, 1, 1))
            assert eerst == later, doel.periode


def test_late_lines_are_new_in_october_and_november_or_replace_a_known_line(
    bestanden: Bestanden, doelen: Doelen
) -> None:
    publicatie = {doel.periode: doel.publicatie.isoformat() for doel in doelen.kwartalen}
    bekend: dict[tuple[str, str], int] = {}
    laat = Counter[str]()
    for r in bestanden["uren"]:
        van, sleutel = date.fromisoformat(r["tijdvak_van"]), (r["referentie"], r["tijdvak_van"])
        uren = int(r["uren"].replace(".", ""))
        assert uren > 0
        if r["bekend_op"] >= publicatie[f"{van.year}-Q{(van.month + 2) // 3}"]:
            nieuw = sleutel not in bekend
            assert van.month in (10, 11) if nieuw else uren < bekend[sleutel]
            laat["NALEVERING" if nieuw else "CORRECTIE"] += 1
        bekend[sleutel] = uren
    assert min(laat.values()) > 100


def test_no_month_of_a_job_has_over_two_hundred_hours(bestanden: Bestanden) -> None:
    for r in bestanden["uren"]:
        van, tot = date.fromisoformat(r["tijdvak_van"]), date.fromisoformat(r["tijdvak_tot"])
        uren, dagen = Fraction(r["uren"]), (tot - van).days
        assert uren * min(31, dagen) / dagen <= 200, r


def test_nobody_outside_the_register_counts_and_nobody_in_it_works_sheltered(bestanden: Bestanden) -> None:
    geregistreerd = {r["bsn"] for r in bestanden["registraties"]}
    beschut = {r["bsn"] for r in bestanden["plaatsingen"] if r["vorm"] == "beschut_werk"}
    assert beschut
    assert not beschut & geregistreerd
    assert not [r for r in bestanden["plaatsingen"] if r["vorm"] == "wsw_beschut"]
    assert {r["bsn"] for r in bestanden["plaatsingen"]} <= geregistreerd | beschut


def test_the_two_great_reassessments_are_endings_in_their_quarter(bestanden: Bestanden) -> None:
    for van, tot, aantal in (("2021-01-01", "2021-04-01", 1694), ("2022-04-01", "2022-07-01", 1256)):
        eindes = [
            r
            for r in bestanden["registraties"]
            if r["reden"] == "HERBEOORDELING" and r["grondslag"].startswith("WAJONG") and van <= r["tot"] < tot
        ]
        assert len(eindes) * SCHAAL >= aantal


def test_rows_stand_in_order_of_knowledge_and_a_fact_is_known_before_the_hours_it_decides(
    bestanden: Bestanden, doelen: Doelen
) -> None:
    for soort in ("registraties", "verhuizingen", "plaatsingen"):
        for rijen in bestanden.banen(soort):
            momenten = [r["bekend_op"] for r in rijen]
            assert momenten == sorted(momenten)
    laatste: dict[tuple[str, str, str], str] = {}
    for r in bestanden["uren"]:
        sleutel = (r["referentie"], r["tijdvak_van"], r["tijdvak_tot"])
        assert laatste.get(sleutel, "") <= r["bekend_op"]
        laatste[sleutel] = r["bekend_op"]
    einden = [(doel.einde, doel.publicatie) for doel in doelen.kwartalen]
    for r in bestanden["registraties"]:
        dag = date.fromisoformat(r["tot"] or r["van"])
        einde = next((e for e, _ in einden if dag < e), date.max - timedelta(days=99))
        assert date.fromisoformat(r["bekend_op"]) < einde + timedelta(days=20)


def test_a_person_is_in_one_lane_so_that_lanes_never_wait_for_each_other(bestanden: Bestanden, naslag: Naslag) -> None:
    for soort in ("registraties", "plaatsingen"):
        een, ander = ({r["bsn"] for r in rijen} for rijen in bestanden.banen(soort))
        assert een
        assert not een & ander
    banen: dict[str, set[str]] = defaultdict(set)
    for nr, rijen in enumerate(bestanden.banen("uren")):
        banen[str(nr % 2)] |= {naslag.van_wie[r["referentie"]] for r in rijen}
    assert not banen["0"] & banen["1"]


def test_the_people_are_in_every_region_move_change_jobs_and_hold_several(bestanden: Bestanden) -> None:
    plaatsingen = bestanden["plaatsingen"]
    assert len({r["gemeente_werk"] for r in plaatsingen}) > 200
    assert len(bestanden["verhuizingen"]) > 100
    assert {r["vorm"] for r in plaatsingen} == {"formeel", "wsw_detachering", "uitzendrelatie", "beschut_werk"}
    assert {r["contract"] for r in plaatsingen} == {"vast", "tijdelijk"}
    assert all((r["inlener"] != "") == (r["vorm"] in ("wsw_detachering", "uitzendrelatie")) for r in plaatsingen)
    begin = Counter((r["bsn"], r["van"]) for r in plaatsingen if r["contract"] == "tijdelijk")
    assert max(begin.values()) > 1


def test_all_numbers_of_people_are_from_the_series_for_tests(bestanden: Bestanden) -> None:
    for r in bestanden["registraties"]:
        assert r["bsn"].startswith("9999")
        assert elfproef.is_valid(r["bsn"])


def test_the_same_demo_twice_is_the_same_bytes(bestanden: Bestanden, tmp_path: Path) -> None:
    schrijf(Demo(SCHAAL), tmp_path)
    for pad in sorted(bestanden.map_.glob("*.csv")):
        assert (tmp_path / pad.name).read_bytes() == pad.read_bytes(), pad.name


def test_the_regional_baseline_adds_up_to_the_national_one(bestanden: Bestanden) -> None:
    rijen = [r for r in bestanden["nulmeting"] if r["versie"].endswith("v1")]
    assert {r["versie"] for r in rijen} == {"demo 1 : 50 v1"}
    for sector, vorm in (("markt", "formeel"), ("overheid", "formeel"), ("", "inleen")):
        delen = {r["gebied"]: Fraction(r["uren"]) for r in rijen if (r["sector"], r["vorm"]) == (sector, vorm)}
        assert sum(u for g, u in delen.items() if g != "NL") == delen["NL"]


def test_a_demo_of_one_region_holds_only_that_region(tmp_path: Path) -> None:
    schrijf(Demo(500, "AM01", "2016-Q4"), tmp_path)
    bestanden = Bestanden(tmp_path)
    assert {r["gebied"] for r in bestanden["nulmeting"]} == {"AM01"}
    with (Path("deploy/gegevens/10-gebieden.csv")).open(encoding="utf-8", newline="") as bestand:
        regio = {r["gemeente"]: r["regio"] for r in csv.DictReader(bestand)}
    assert {regio[r["gemeente_werk"]] for r in bestanden["plaatsingen"]} == {"AM01"}
    assert {r["referentie"] for r in bestanden["uren"]} <= {r["referentie"] for r in bestanden["plaatsingen"]}
    assert max(r["tijdvak_tot"] for r in bestanden["uren"]) == "2017-01-01"


@pytest.mark.parametrize("schaal", [25, 200, 1000])
def test_any_scale_closes(schaal: int, doelen: Doelen, tmp_path: Path) -> None:
    schrijf(Demo(schaal, tot="2013-Q2"), tmp_path)
    naslag = Naslag(Bestanden(tmp_path))
    for doel in doelen.tot("2013-Q2").kwartalen:
        som, _ = naslag.kwartaal(doel.periode, doel.publicatie)
        assert som == {k: deel(u, schaal) for k, u in doel.uren_x100.items()}


def test_a_quarter_outside_the_targets_is_refused(doelen: Doelen) -> None:
    with pytest.raises(ValueError, match="2012-Q4 tot 2023-Q4"):
        doelen.tot("2030-Q1")


def test_cells_know_what_is_published_and_what_is_assumed(doelen: Doelen) -> None:
    def cel(periode: str, naam: str) -> Doelcel:
        return next(c for c in doelen.cellen if (c.periode, c.reeks, c.cel) == (periode, "kwartaal", naam))

    assert cel("2023-Q4", "totaal").gepubliceerd
    assert cel("2016-Q3", "totaal").gepubliceerd
    assert not cel("2021-Q4", "markt/formeel").gepubliceerd
