"""Een baan die onderweg verandert: vanaf een dag, naar een andere werkgever, korter of langer. Alleen geraakte maanden."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from banenspoor_contracts import (
    OvergangVanOnderneming,
    PersoonSamengevoegd,
    PlaatsingBeeindigd,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingVerlengd,
    Reden,
)

from deploy.lokaal.stack import Stack
from services.plaatsing.store import overzicht
from tests.conftest import MaakDatabase
from tests.service.plaatsing_proef import BEDRIJF, GEMEENTE, UITZENDER, WERKGEVERS, Plaatsing, baan, ingegaan, uren
from tests.service.plaatsing_voordeur import Plaatsingsdeur, plaatsingsdeur_van

MAANDEN = (9, 10, 11, 12)


@pytest.fixture
async def deur(
    stack: Stack, db: MaakDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Plaatsingsdeur]:
    async with plaatsingsdeur_van(stack, db, tmp_path, monkeypatch) as deur:
        await deur.rijen("werkgevers", *WERKGEVERS)
        yield deur


@pytest.fixture
async def dienst(deur: Plaatsingsdeur) -> Plaatsing:
    return Plaatsing(deur.database.pool)


async def _baan(deur: Plaatsingsdeur, dienst: Plaatsing, persoon: UUID | None = None, **anders: Any) -> str:
    """Een baan sinds januari 2017 met uren van september tot en met december."""
    uit = await deur.stuur("/v1/plaatsingen", baan("P-1", persoon or uuid4(), **anders))
    await dienst.goed("uren", *(uren("P-1", maand) for maand in MAANDEN))
    return f"/v1/plaatsingen/{uit.json()['resultaat']['plaatsing']}"


async def _opnieuw(dienst: Plaatsing) -> list[tuple[str, Reden]]:
    return [(f.maand[5:], f.reden) for f in (await dienst.uren_gezegd())[len(MAANDEN) :]]


def _codes(antwoord: httpx.Response) -> list[tuple[str, str]]:
    assert antwoord.status_code == 422, antwoord.text
    return [(f["kolom"], f["code"]) for f in antwoord.json()["fouten"]]


async def test_another_municipality_from_a_day_says_only_the_months_from_then(
    deur: Plaatsingsdeur, dienst: Plaatsing
) -> None:
    pad = await _baan(deur, dienst)
    wijziging = {"van": "2017-11-30", "gemeenteWerk": "0034"}
    assert (await deur.stuur(f"{pad}/wijzigingen", wijziging)).json()["aanvaard"] == 1
    assert await _opnieuw(dienst) == [(m, Reden.GEMEENTE_CORRECTIE) for m in ("11", "12")]
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
    pad = await _baan(deur, dienst)
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
    pad = await _baan(deur, dienst, werkgever=UITZENDER, vorm="uitzendrelatie", inlener=GEMEENTE)
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
    assert await _opnieuw(dienst) == [("12", Reden.CORRECTIE)]
    await dienst.controleer()


async def test_a_transfer_goes_on_under_the_same_job(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await _baan(deur, dienst)
    assert (await deur.stuur(f"{pad}/overgang", {"naarWerkgever": GEMEENTE, "op": "2017-11-01"})).status_code == 200
    gestart, overgang, gewijzigd = await dienst.gezegd("plaatsingen")
    assert isinstance(overgang, OvergangVanOnderneming)
    assert (overgang.plaatsing, overgang.van_werkgever, overgang.op) == (
        gestart.plaatsing,
        gestart.werkgever,
        date(2017, 11, 1),
    )
    assert (set(gewijzigd.gewijzigd), gewijzigd.van) == ({"sector", "subsector"}, overgang.op)
    assert (gewijzigd.stand.werkgever, gewijzigd.stand.sector) == (overgang.naar_werkgever, "overheid")
    assert await _opnieuw(dienst) == [(m, Reden.CORRECTIE) for m in ("11", "12")]
    laatst = {f.maand[5:]: f.nieuw for f in await dienst.uren_gezegd() if f.nieuw}
    assert [laatst[f"{m:02}"].werkgever for m in MAANDEN] == [gestart.werkgever] * 2 + [overgang.naar_werkgever] * 2
    await dienst.controleer()
    async with dienst.pool.acquire() as tx, tx.transaction():
        [oud] = await overzicht.bladzijde(tx, [gestart.werkgever], None, 9)
        [nieuw] = await overzicht.bladzijde(tx, [overgang.naar_werkgever], None, 9)
        samen = await overzicht.bladzijde(tx, [gestart.werkgever, overgang.naar_werkgever], None, 9)
        maanden = [(m.maand[5:], m.uren_x100) for m in await overzicht.per_maand(tx, [gestart.werkgever])]
        [gemeente] = await overzicht.per_gemeente(tx, [gestart.werkgever], date(2017, 12, 1))
    assert (oud.werkgever, oud.tot, len(oud.maanden)) == (gestart.werkgever, overgang.op, 2)
    assert (nieuw.werkgever, nieuw.van, nieuw.tot, len(nieuw.maanden)) == (
        overgang.naar_werkgever,
        overgang.op,
        None,
        2,
    )
    assert [(len(b.maanden), b.van) for b in samen] == [(4, date(2017, 1, 1))]
    assert (maanden, gemeente.plaatsingen, gemeente.lopend) == ([("09", 11092), ("10", 11092)], 1, 0)


async def test_transfers_as_a_file_each_row_on_its_own(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()), baan("P-2", uuid4(), tot="2017-06-01"), baan("P-3", uuid4()))
    await dienst.goed("plaatsing-ongedaan", {"referentie": "P-3", "reden": "DUBBEL"})
    over = {"referentie": "P-1", "naar_werkgever": GEMEENTE, "op": "2017-07-01"}
    uitslag = await dienst.neem(
        "overgangen",
        over,
        over,
        over | {"referentie": "P-2"},
        over | {"op": "2017-01-01"},
        over | {"op": "2016-12-31"},
        over | {"naar_werkgever": "999999999L01"},
        over | {"referentie": "P-3"},
        over | {"referentie": "P-9"},
    )
    assert (uitslag.aanvaard, uitslag.ongewijzigd) == (1, 1)
    assert sorted((f.rij, f.kolom, f.code) for f in uitslag.fouten) == [
        (3, "op", "na_einde"),
        (4, "op", "voor_begin"),
        (5, "op", "voor_begin"),
        (6, "naar_werkgever", "onbekende_werkgever"),
        (7, "referentie", "plaatsing_ongedaan"),
        (8, "referentie", "onbekende_plaatsing"),
    ]
    await dienst.controleer()


async def test_the_source_may_send_its_old_or_its_new_row_and_nothing_is_lost(
    deur: Plaatsingsdeur, dienst: Plaatsing
) -> None:
    persoon = uuid4()
    pad = await _baan(deur, dienst, persoon)
    await deur.stuur(f"{pad}/overgang", {"naarWerkgever": GEMEENTE, "op": "2017-11-01"})
    await deur.stuur(f"{pad}/beeindigingen", {"tot": "2018-01-01", "reden": "PENSIOEN"})
    voor = await dienst.tel()
    for rij in (
        baan("P-1", persoon),
        baan("P-1", persoon, werkgever=GEMEENTE, tot="2018-01-01"),
        baan("P-1", persoon, werkgever=GEMEENTE, tot="2018-01-01"),
    ):
        uitslag = await dienst.neem("plaatsingen", rij)
        assert (uitslag.ongewijzigd, uitslag.fouten) == (1, [])
    assert await dienst.tel() == voor
    await dienst.goed("plaatsingen", baan("P-1", persoon, werkgever=GEMEENTE, tot="2018-01-01", gemeente_werk="0034"))
    assert {f.nieuw.cel.gemeente_werk for f in (await dienst.uren_gezegd())[-4:] if f.nieuw} == {"0034"}
    assert await dienst.pool.fetchval("select count(*) from deel") == 1
    await dienst.controleer()


async def test_an_opgave_over_the_whole_job_replaces_what_was_set_from_a_day(
    deur: Plaatsingsdeur, dienst: Plaatsing
) -> None:
    persoon = uuid4()
    pad = await _baan(deur, dienst, persoon)
    await deur.stuur(f"{pad}/wijzigingen", {"van": "2017-11-01", "gemeente_werk": "0034", "contract": "vast"})
    await dienst.goed("plaatsingen", baan("P-1", persoon, gemeente_werk="0363"))
    eerste, tweede = (await dienst.gezegd("plaatsingen"))[-2:]
    assert [(f.van.month, f.gewijzigd["gemeenteWerk"].vorig) for f in (eerste, tweede)] == [(1, "0014"), (11, "0034")]
    cellen = {f.maand[5:]: f.nieuw.cel for f in await dienst.uren_gezegd() if f.nieuw}
    assert {(c.gemeente_werk, c.contract) for c in cellen.values()} == {("0363", "tijdelijk"), ("0363", "vast")}
    await dienst.controleer()


async def test_ending_and_extending_one_job(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await _baan(deur, dienst)
    einde = {"tot": "2018-01-01", "reden": "ONTSLAG"}
    assert (await deur.stuur(f"{pad}/beeindigingen", einde)).json()["aanvaard"] == 1
    assert (await deur.stuur(f"{pad}/beeindigingen", einde)).json()["ongewijzigd"] == 1
    assert (await deur.stuur(f"{pad}/verlengingen", {"tot": "2018-06-01"})).json()["aanvaard"] == 1
    assert (await deur.stuur(f"{pad}/verlengingen", {})).json()["aanvaard"] == 1
    beeindigd, verlengd, open_ = (await dienst.gezegd("plaatsingen"))[1:]
    assert isinstance(beeindigd, PlaatsingBeeindigd)
    assert (beeindigd.tot, beeindigd.reden) == (date(2018, 1, 1), "ONTSLAG")
    assert isinstance(verlengd, PlaatsingVerlengd)
    assert (verlengd.stand.tot, open_.stand.tot, await _opnieuw(dienst)) == (date(2018, 6, 1), None, [])
    await dienst.controleer()


async def test_what_cannot_be_keeps_nothing(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await _baan(deur, dienst, tot="2018-01-01")
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
        assert _codes(await deur.stuur(f"{pad}/{route}", rij)) == [verwacht]
    assert await dienst.tel() == voor
    onbekend = await deur.stuur(f"/v1/plaatsingen/{uuid4()}/ongedaan", {"reden": "DUBBEL"})
    assert onbekend.status_code == 404
    wie = {"scopes": ("plaatsingen:schrijven",), "client": "B", "gemeente": "0014"}
    assert (await deur.stuur(f"{pad}/ongedaan", {"reden": "DUBBEL"}, **wie)).status_code == 404
    geen = {"scopes": ("plaatsingen:lezen",)}
    assert (await deur.stuur(f"{pad}/ongedaan", {"reden": "DUBBEL"}, **geen)).status_code == 403
    assert await dienst.tel() == voor
    await dienst.controleer()


async def test_an_employer_without_a_sector_on_that_day_is_refused(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    laat = {"werkgever": "444444444L01", "sector": "markt", "van": "2017-12-01"}
    await dienst.goed("werkgevers", laat)
    pad = await _baan(deur, dienst)
    over = {"naar_werkgever": laat["werkgever"], "op": "2017-11-01"}
    assert _codes(await deur.stuur(f"{pad}/overgang", over)) == [("werkgever", "onbekende_sector")]
    assert (await deur.stuur(f"{pad}/overgang", over | {"op": "2017-12-01"})).status_code == 200
    ontbreekt = await dienst.neem("werkgevers", laat | {"tot": "2017-12-15"})
    assert [f.code for f in ontbreekt.fouten] == ["sector_ontbreekt"]
    await dienst.controleer()


async def test_undone_through_its_route_and_then_nothing_more(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await _baan(deur, dienst)
    assert (await deur.stuur(f"{pad}/ongedaan", {"reden": "DUBBEL"})).json()["aanvaard"] == 1
    assert (await deur.stuur(f"{pad}/ongedaan", {"reden": "VERGISSING"})).json()["ongewijzigd"] == 1
    for route, rij in (
        ("wijzigingen", {"van": "2017-11-01", "contract": "vast"}),
        ("overgang", {"naar_werkgever": GEMEENTE, "op": "2017-11-01"}),
        ("beeindigingen", {"tot": "2018-01-01"}),
        ("verlengingen", {}),
    ):
        assert _codes(await deur.stuur(f"{pad}/{route}", rij)) == [("", "plaatsing_ongedaan")]
    await dienst.controleer()


async def test_a_sector_of_a_former_employer_reaches_only_his_months(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    persoon, nieuw = uuid4(), uuid4()
    pad = await _baan(deur, dienst, persoon)
    await deur.stuur(f"{pad}/overgang", {"naarWerkgever": GEMEENTE, "op": "2017-11-01"})
    voor = len(await dienst.uren_gezegd())
    await dienst.goed("werkgevers", {"werkgever": BEDRIJF, "sector": "overheid", "van": "2016-01-01"})
    assert [(f.maand[5:], f.reden) for f in (await dienst.uren_gezegd())[voor:]] == [
        (m, Reden.SECTOR_CORRECTIE) for m in ("09", "10")
    ]
    samen = PersoonSamengevoegd(persoon=persoon, registraties=(), woonplaatsen=(), in_=nieuw)
    await dienst.hoor(ingegaan(persoon), samen, ingegaan(nieuw))
    [stand] = (await dienst.standen()).values()
    assert stand.persoon == nieuw
    await dienst.controleer()


async def test_two_changes_at_once_wait_for_each_other(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await _baan(deur, dienst)
    rijen = [
        {"van": f"2017-{m:02}-01", "gemeente_werk": g}
        for m, g in zip(MAANDEN, ("0034", "0363", "0599", "0344"), strict=True)
    ]
    antwoorden = await asyncio.gather(*(deur.stuur(f"{pad}/wijzigingen", rij) for rij in rijen))
    assert [a.status_code for a in antwoorden] == [200] * 4
    await dienst.controleer()


async def test_the_database_itself_refuses_parts_that_overlap(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await _baan(deur, dienst)
    await deur.stuur(f"{pad}/wijzigingen", {"van": "2017-11-01", "gemeente_werk": "0034"})
    kolommen = "werkgever, inlener, vorm, contract, uren_per_week_x100, gemeente_werk, sector, subsector, route"
    with pytest.raises(asyncpg.ExclusionViolationError):
        await dienst.pool.execute(
            f"insert into deel (plaatsing_nr, van, tot, {kolommen}) "
            f"select plaatsing_nr, date '2017-10-01', date '2017-12-01', {kolommen} from deel"
        )
    with pytest.raises(asyncpg.CheckViolationError):
        await dienst.pool.execute("update plaatsing set vanaf = van")
