"""Een baan die onderweg verandert: vanaf een dag, naar een andere werkgever, korter of langer. Alleen geraakte maanden."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from banenspoor_contracts import (
    PlaatsingBeeindigd,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingVerlengd,
    Reden,
)

from tests.service.plaatsing_proef import GEMEENTE, UITZENDER, Plaatsing, baan
from tests.service.plaatsing_voordeur import MAANDEN, Plaatsingsdeur, baan_met_uren, codes, opnieuw


@pytest.fixture
async def dienst(deur: Plaatsingsdeur) -> Plaatsing:
    return Plaatsing(deur.database.pool)


async def test_another_municipality_from_a_day_says_only_the_months_from_then(
    deur: Plaatsingsdeur, dienst: Plaatsing
) -> None:
    pad = await baan_met_uren(deur, dienst)
    wijziging = {"van": "2017-11-30", "gemeenteWerk": "0034"}
    assert (await deur.stuur(f"{pad}/wijzigingen", wijziging)).json()["aanvaard"] == 1
    assert await opnieuw(dienst) == [(m, Reden.GEMEENTE_CORRECTIE) for m in ("11", "12")]
    gewijzigd = (await dienst.gezegd("plaatsingen"))[-1]
    assert isinstance(gewijzigd, PlaatsingGewijzigd)
    assert (gewijzigd.van, set(gewijzigd.gewijzigd)) == (date(2017, 11, 30), {"gemeenteWerk"})
    assert gewijzigd.stand.gemeente_werk == "0034"
    assert (await deur.stuur(f"{pad}/wijzigingen", wijziging)).json()["ongewijzigd"] == 1
    await dienst.controleer()
    terug = {"van": "2017-11-30", "gemeente_werk": "0014"}
    assert (await deur.stuur(f"{pad}/wijzigingen", terug)).json()["aanvaard"] == 1
    assert await dienst.pool.fetchval("select count(*) from deel") == 0
    assert {s.gemeente_werk for s in (await dienst.standen()).values()} == {"0014"}
    await dienst.controleer()


async def test_a_change_holds_until_the_field_was_already_different(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await baan_met_uren(deur, dienst)
    for van, velden in (
        ("2017-12-01", {"gemeente_werk": "0034", "contract": "vast"}),
        ("2017-10-01", {"gemeente_werk": "0363", "uren_per_week": "32"}),
    ):
        assert (await deur.stuur(f"{pad}/wijzigingen", {"van": van} | velden)).json()["aanvaard"] == 1
    laatst = {f.maand[5:]: f.nieuw.cel for f in await dienst.uren_gezegd() if f.nieuw}
    assert {m: (c.gemeente_werk, c.contract) for m, c in laatst.items()} == {
        "09": ("0014", "tijdelijk"),
        "10": ("0363", "tijdelijk"),
        "11": ("0363", "tijdelijk"),
        "12": ("0034", "vast"),
    }
    [stand] = (await dienst.standen()).values()
    assert (stand.gemeente_werk, stand.contract, stand.uren_per_week_x100) == ("0034", "vast", 3200)
    soorten = [(type(f), f.van) for f in (await dienst.gezegd("plaatsingen"))[1:]]
    december, oktober = date(2017, 12, 1), date(2017, 10, 1)
    assert soorten == [
        (PlaatsingOmgezet, december),
        (PlaatsingGewijzigd, december),
        (PlaatsingGewijzigd, oktober),
    ]
    await dienst.controleer()


async def test_hired_in_becomes_formal_on_a_day(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await baan_met_uren(deur, dienst, werkgever=UITZENDER, vorm="uitzendrelatie", inlener=GEMEENTE)
    omzetting = {"van": "2017-12-01", "vorm": "formeel", "werkgever": GEMEENTE}
    assert (await deur.stuur(f"{pad}/wijzigingen", omzetting)).json()["aanvaard"] == 1
    omgezet = (await dienst.gezegd("plaatsingen"))[-1]
    assert isinstance(omgezet, PlaatsingOmgezet)
    assert set(omgezet.gewijzigd) == {"vorm", "werkgever", "inlener", "sector", "subsector"}
    assert omgezet.stand.inlener is None
    cellen = {f.maand[5:]: f.nieuw.cel for f in await dienst.uren_gezegd() if f.nieuw}
    assert [(cellen[m].vorm, cellen[m].sector, cellen[m].sector_inlener) for m in ("11", "12")] == [
        ("uitzendrelatie", "markt", "overheid"),
        ("formeel", "overheid", None),
    ]
    assert await opnieuw(dienst) == [("12", Reden.CORRECTIE)]
    await dienst.controleer()


async def test_an_opgave_over_the_whole_job_replaces_what_was_set_from_a_day(
    deur: Plaatsingsdeur, dienst: Plaatsing
) -> None:
    persoon = uuid4()
    pad = await baan_met_uren(deur, dienst, persoon)
    await deur.stuur(f"{pad}/wijzigingen", {"van": "2017-11-01", "gemeente_werk": "0034", "contract": "vast"})
    await dienst.goed("plaatsingen", baan("P-1", persoon, gemeente_werk="0363"))
    eerste, tweede = (await dienst.gezegd("plaatsingen"))[-2:]
    assert [(f.van.month, f.gewijzigd["gemeenteWerk"].vorig) for f in (eerste, tweede)] == [(1, "0014"), (11, "0034")]
    cellen = {f.maand[5:]: f.nieuw.cel for f in await dienst.uren_gezegd() if f.nieuw}
    assert {(c.gemeente_werk, c.contract) for c in cellen.values()} == {("0363", "tijdelijk"), ("0363", "vast")}
    await dienst.controleer()


async def test_ending_and_extending_one_job(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await baan_met_uren(deur, dienst)
    einde = {"tot": "2018-01-01", "reden": "ONTSLAG"}
    assert (await deur.stuur(f"{pad}/beeindigingen", einde)).json()["aanvaard"] == 1
    assert (await deur.stuur(f"{pad}/beeindigingen", einde)).json()["ongewijzigd"] == 1
    assert (await deur.stuur(f"{pad}/verlengingen", {"tot": "2018-06-01"})).json()["aanvaard"] == 1
    assert (await deur.stuur(f"{pad}/verlengingen", {})).json()["aanvaard"] == 1
    beeindigd, verlengd, open_ = (await dienst.gezegd("plaatsingen"))[1:]
    assert isinstance(beeindigd, PlaatsingBeeindigd)
    assert (beeindigd.tot, beeindigd.reden) == (date(2018, 1, 1), "ONTSLAG")
    assert isinstance(verlengd, PlaatsingVerlengd)
    assert (verlengd.stand.tot, open_.stand.tot, await opnieuw(dienst)) == (date(2018, 6, 1), None, [])
    await dienst.controleer()


async def test_what_cannot_be_keeps_nothing(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await baan_met_uren(deur, dienst, tot="2018-01-01")
    voor = await dienst.tel()
    fout: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
        ("wijzigingen", {"van": "2016-12-31", "contract": "vast"}, ("van", "voor_begin")),
        ("wijzigingen", {"van": "2018-01-01", "contract": "vast"}, ("van", "na_einde")),
        ("wijzigingen", {"van": "2017-11-01"}, ("", "onjuist")),
        ("wijzigingen", {"van": "2017-11-01", "inlener": UITZENDER}, ("inlener", "geen_inleen")),
        ("wijzigingen", {"van": "2017-11-01", "werkgever": "9"}, ("werkgever", "onbekende_werkgever")),
        ("wijzigingen", {"van": "2017-11-01", "gemeente_werk": "9999"}, ("gemeente_werk", "onbekende_gemeente")),
        ("wijzigingen", {"van": "2017-11-31", "contract": "vast"}, ("van", "onjuist")),
        ("overgang", {"naar_werkgever": GEMEENTE, "op": "2018-01-01"}, ("op", "na_einde")),
        ("overgang", {"naar_werkgever": "9", "op": "2017-11-01"}, ("naar_werkgever", "onbekende_werkgever")),
        ("beeindigingen", {"tot": "2017-01-01"}, ("tot", "einde_voor_begin")),
        ("beeindigingen", {"tot": "2018-01-02"}, ("tot", "na_einde")),
        ("beeindigingen", {"tot": "2017-10-01"}, ("tot", "uren_buiten_periode")),
        ("verlengingen", {"tot": "2017-12-31"}, ("tot", "geen_verlenging")),
        ("ongedaan", {"reden": "ZOMAAR"}, ("reden", "onjuist")),
        ("ongedaan", {"reden": "DUBBEL", "bekendOp": "2017-01-01"}, ("bekend_op", "onjuist")),
    ]
    for route, rij, verwacht in fout:
        assert codes(await deur.stuur(f"{pad}/{route}", rij)) == [verwacht]
    assert await dienst.tel() == voor
    onbekend = await deur.stuur(f"/v1/plaatsingen/{uuid4()}/ongedaan", {"reden": "DUBBEL"})
    assert onbekend.status_code == 404
    wie = {"scopes": ("plaatsingen:schrijven",), "client": "B", "gemeente": "0014"}
    assert (await deur.stuur(f"{pad}/ongedaan", {"reden": "DUBBEL"}, **wie)).status_code == 404
    geen = {"scopes": ("plaatsingen:lezen",)}
    assert (await deur.stuur(f"{pad}/ongedaan", {"reden": "DUBBEL"}, **geen)).status_code == 403
    assert await dienst.tel() == voor
    await dienst.controleer()


async def test_undone_through_its_route_and_then_nothing_more(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await baan_met_uren(deur, dienst)
    assert (await deur.stuur(f"{pad}/ongedaan", {"reden": "DUBBEL"})).json()["aanvaard"] == 1
    assert (await deur.stuur(f"{pad}/ongedaan", {"reden": "VERGISSING"})).json()["ongewijzigd"] == 1
    for route, rij in (
        ("wijzigingen", {"van": "2017-11-01", "contract": "vast"}),
        ("overgang", {"naar_werkgever": GEMEENTE, "op": "2017-11-01"}),
        ("beeindigingen", {"tot": "2018-01-01"}),
        ("verlengingen", {}),
    ):
        assert codes(await deur.stuur(f"{pad}/{route}", rij)) == [("", "plaatsing_ongedaan")]
    await dienst.controleer()


async def test_two_changes_at_once_wait_for_each_other(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await baan_met_uren(deur, dienst)
    rijen = [
        {"van": f"2017-{m:02}-01", "gemeente_werk": g}
        for m, g in zip(MAANDEN, ("0034", "0363", "0599", "0344"), strict=True)
    ]
    antwoorden = await asyncio.gather(*(deur.stuur(f"{pad}/wijzigingen", rij) for rij in rijen))
    assert [a.status_code for a in antwoorden] == [200] * 4
    await dienst.controleer()


async def test_the_database_itself_refuses_parts_that_overlap(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await baan_met_uren(deur, dienst)
    await deur.stuur(f"{pad}/wijzigingen", {"van": "2017-11-01", "gemeente_werk": "0034"})
    kolommen = "werkgever, inlener, vorm, contract, uren_per_week_x100, gemeente_werk, sector, subsector, route"
    with pytest.raises(asyncpg.ExclusionViolationError):
        await dienst.pool.execute(
            f"insert into deel (plaatsing_nr, van, tot, {kolommen}) "
            f"select plaatsing_nr, date '2017-10-01', date '2017-12-01', {kolommen} from deel"
        )
    with pytest.raises(asyncpg.CheckViolationError):
        await dienst.pool.execute("update plaatsing set vanaf = van")


async def test_a_row_that_only_has_another_number_of_the_income_relation_is_taken(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("plaatsingen", baan("P-1", persoon, ikv="7"))
    assert await dienst.pool.fetchval("select ikv from plaatsing") == "7"
    assert len(await dienst.gezegd("plaatsingen")) == 1
    await dienst.controleer()
