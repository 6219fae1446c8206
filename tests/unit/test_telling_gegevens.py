"""De meegeleverde regels: elk bestand is zonder fout te laden, en met die regels kloppen de gepubliceerde totalen."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from banenspoor_contracts import Reeks
from banenspoor_contracts.gemeenten import GEMEENTEN

from services.telling.domain.bedragen import afgerond
from services.telling.domain.figuur import Cel, figuur
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.noten import Noot
from services.telling.domain.perioden import perioden
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import Selectie, Stand
from services.telling.regelinvoer import SOORTEN
from services.telling.rijen import RegelRij
from shared.importeer import Bestand
from tests.unit import telling_bouw as bouw

GEGEVENS = Path(__file__).resolve().parents[2] / "deploy" / "gegevens"
BESTANDEN = sorted(GEGEVENS.glob("*.csv"))
SOORT = {soort.naam: soort for soort in SOORTEN}


def bestand(pad: Path) -> Bestand:
    return Bestand(pad, SOORT[re.sub(r"^\d+-", "", pad.stem)], 10**7)


def alle_regels() -> list[tuple[RegelRij, datetime]]:
    uit = []
    for pad in BESTANDEN:
        invoer = bestand(pad)
        for _, velden in invoer.rijen():
            rij = invoer.soort.model.model_validate({k: v for k, v in invoer.als_rij(velden).items() if v})
            assert isinstance(rij, RegelRij)
            assert rij.bekend_op is not None
            uit.append((rij, rij.bekend_op))
    return uit


ALLE = bouw.regels(*alle_regels())


def toen(moment: datetime) -> Regelboek:
    return Regelboek([regel for regel in ALLE if regel.bekend <= moment])


NU = toen(datetime.max.replace(tzinfo=UTC))


def totaal(reeks: Reeks, periode: str, standen: list[Stand], boek: Regelboek = NU) -> Cel:
    (cel,) = figuur(standen, boek, Selectie(reeks, perioden(reeks, periode)))
    return cel


def test_elke_soort_heeft_een_bestand_en_geen_rij_een_fout() -> None:
    assert [bestand(pad).soort.naam for pad in BESTANDEN] == [
        "gebieden",
        "norm",
        "wie-telt",
        "peilmoment",
        "meetvenster",
        "plaats",
        "verdeelsleutel",
        "nulmeting",
        "doelstellingen",
    ]
    fouten = [f for pad in BESTANDEN for nr, velden in bestand(pad).rijen() for f in bestand(pad).fouten(nr, velden)]
    assert fouten == []
    assert all(rij.bron for rij, _ in alle_regels())


def test_de_sleutels_zijn_uniek() -> None:
    sleutels = [(regel.soort, regel.sleutel) for regel in ALLE]
    assert len(set(sleutels)) == len(sleutels)


def test_elke_gemeente_ligt_in_een_regio_en_elke_opvolger_bestaat() -> None:
    grenzen = Grenzen.uit(NU)
    for dag in (date(2012, 12, 31), date(2017, 12, 31), date(2026, 1, 1)):
        assert all(re.fullmatch(r"AM\d\d", grenzen.regio(code, dag)) for code in GEMEENTEN)
        assert len(grenzen.regios(dag)) == 35
    bestaat = {code for code, gemeente in GEMEENTEN.items() if gemeente.laatste_jaar is None}
    gesplitst = {"1671", "0140", "0053", "0788"}
    assert {grenzen.gemeente(code, date(2026, 1, 1)) for code in GEMEENTEN} == bestaat | gesplitst


def test_herindelingen_over_een_regiogrens_geven_andere_grenzen() -> None:
    grenzen, toen_, nu = Grenzen.uit(NU), date(2016, 4, 29), date(2026, 1, 1)
    anders = {regio for regio in grenzen.regios(nu) if not grenzen.zelfde(regio, toen_, nu)}
    assert anders == {"AM10", "AM13", "AM18", "AM35", "AM37"}


def test_de_totalen_van_eind_2023_volgen_uit_wat_gepubliceerd_is() -> None:
    cel = totaal(Reeks.JAARMETING, "2023", bouw.BRIEF_004)
    assert cel.extra is not None
    assert cel.gat is not None
    assert cel.banen is not None
    assert (afgerond(cel.extra), afgerond(cel.gat), afgerond(cel.banen)) == (85_665, 19_335, 160_844)


def test_de_splitsing_van_de_formele_nulmeting_is_niet_gepubliceerd_en_dus_leeg() -> None:
    selectie = Selectie(Reeks.JAARMETING, perioden(Reeks.JAARMETING, "2023"), ("sector", "vorm"))
    cellen = {tuple(c.kenmerken.values()): c for c in figuur(bouw.BRIEF_004, NU, selectie)}
    extra = {k: None if c.extra is None else afgerond(c.extra) for k, c in cellen.items()}
    assert extra == {
        ("markt", "formeel"): None,
        ("overheid", "formeel"): None,
        ("markt", "inleen"): -1_996,
        ("overheid", "inleen"): 846,
    }
    assert Noot.NULMETING_NIET_ZO_GESPLITST in cellen["markt", "formeel"].noten


def test_de_eerste_nulmeting_geldt_tot_de_herziene_bekend_is() -> None:
    versies = []
    for moment in (
        datetime(2014, 1, 1, tzinfo=UTC),
        datetime(2015, 1, 1, tzinfo=UTC),
        datetime(2017, 1, 1, tzinfo=UTC),
    ):
        meting = totaal(Reeks.KWARTAAL, "2013-Q4", [], toen(moment)).regels["nulmeting"]
        versies.append(meting and meting.versie)
    assert versies == [None, "v0", "v1"]


def test_het_pad_loopt_van_9000_naar_125000() -> None:
    doelen = {jaar: totaal(Reeks.JAARMETING, str(jaar), []).doel for jaar in range(2014, 2027)}
    aantallen = {jaar: doel and doel.aantal for jaar, doel in doelen.items()}
    assert (aantallen[2014], aantallen[2015], aantallen[2023], aantallen[2025], aantallen[2026]) == (
        None,
        9_000,
        105_000,
        125_000,
        None,
    )
