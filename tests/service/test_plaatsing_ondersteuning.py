"""Steun bij banen door de voordeur: erin, gezegd, en terug te lezen zoals nu en zoals toen."""

import asyncio
import json
import traceback
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from banenspoor_contracts import (
    Instrument,
    InstrumentBeeindigd,
    InstrumentGestart,
    LoonwaardeVastgesteld,
    PersoonSamengevoegd,
    VerstrekkerSoort,
)

from services.plaatsing.domain.ondersteuning import Periode
from services.plaatsing.store import ondersteuning as store
from shared.db import vergrendel
from tests.service.plaatsing_proef import Plaatsing, baan, ingegaan
from tests.service.plaatsing_voordeur import Plaatsingsdeur

LKS = {
    "instrument": "LOONKOSTENSUBSIDIE",
    "verstrekker": "GEMEENTE",
    "verstrekker_gemeente": "0014",
    "van": "2018-01-01",
}
WAARDE = {"procent": "62,5", "methode": "UNIFORM", "op": "2018-01-01"}
LEZEN = "ondersteuning:lezen"


async def _baan(deur: Plaatsingsdeur, referentie: str, persoon: UUID | None = None, **anders: Any) -> str:
    uit = await deur.stuur("/v1/plaatsingen", baan(referentie, persoon or uuid4(), **anders))
    return str(uit.json()["resultaat"]["plaatsing"])


async def _steun(deur: Plaatsingsdeur) -> list[Any]:
    return [f for f in await deur.feiten() if f.topic == "ondersteuning"]


async def test_support_goes_in_as_a_file_is_said_once_and_comes_out(deur: Plaatsingsdeur) -> None:
    persoon = uuid4()
    plaatsing = await _baan(deur, "P-1", persoon)
    uitslag = await deur.rijen(
        "ondersteuning",
        {"referentie": "P-1", **LKS},
        {"referentie": "P-1", **LKS, "tot": "2019-01-01"},
        {"referentie": "P-1", **LKS, "van": "2019-01-01"},
        {"referentie": "P-1", "instrument": "NO_RISKPOLIS", "verstrekker": "UWV", "van": "2017-01-01"},
        {"referentie": "P-1", **LKS, "van": "2017-06-01"},
        {"referentie": "P-9", **LKS},
        {"referentie": "P-1", **LKS, "instrument": "GELUK"},
    )
    assert (uitslag["aanvaard"], uitslag["ongewijzigd"]) == (4, 0)
    fouten = [(f["rij"], f["kolom"], f["code"]) for f in uitslag["fouten"]]
    assert fouten == [(5, "van", "overlap"), (6, "referentie", "onbekende_plaatsing"), (7, "instrument", "onjuist")]
    waarde = {"referentie": "P-1", **WAARDE}
    waarden = await deur.rijen("loonwaarden", waarde, waarde, waarde | {"procent": 101})
    assert (waarden["aanvaard"], waarden["ongewijzigd"], waarden["fouten"][0]["kolom"]) == (1, 1, "procent")
    gezegd = await _steun(deur)
    assert [type(f) for f in gezegd] == [
        *(InstrumentGestart, InstrumentBeeindigd, InstrumentGestart, InstrumentGestart, LoonwaardeVastgesteld)
    ]
    assert {(f.persoon, str(f.plaatsing)) for f in gezegd} == {(persoon, plaatsing)}
    assert gezegd[-1].procent_x100 == 6250
    gelezen = (await deur.lees(f"/v1/plaatsingen/{plaatsing}/ondersteuning", LEZEN)).json()
    assert [(i["instrument"], i["van"], i["tot"]) for i in gelezen["instrumenten"]] == [
        ("LOONKOSTENSUBSIDIE", "2018-01-01", "2019-01-01"),
        ("LOONKOSTENSUBSIDIE", "2019-01-01", None),
        ("NO_RISKPOLIS", "2017-01-01", None),
    ]
    assert gelezen["instrumenten"][0]["verstrekker"] == {"soort": "GEMEENTE", "code": "0014"}
    assert [(w["op"], w["procentX100"]) for w in gelezen["loonwaarden"]] == [("2018-01-01", 6250)]
    assert len(gelezen["historie"]["instrumenten"]) == 4


async def test_one_job_has_its_own_routes(deur: Plaatsingsdeur) -> None:
    plaatsing = await _baan(deur, "P-1")
    pad = f"/v1/plaatsingen/{plaatsing}"
    assert (await deur.stuur(f"{pad}/instrumenten", LKS)).json()["aanvaard"] == 1
    camel = {"instrument": "LKV", "verstrekker": "GEMEENTE", "verstrekkerGemeente": "GM0034", "van": "2018-01-01"}
    assert (await deur.stuur(f"{pad}/instrumenten", camel)).json()["aanvaard"] == 1
    assert (await deur.stuur(f"{pad}/loonwaarden", WAARDE)).json()["aanvaard"] == 1
    assert (await deur.stuur(f"{pad}/loonwaarden", WAARDE)).json()["ongewijzigd"] == 1
    eerder = await deur.stuur(f"{pad}/instrumenten", LKS | {"van": "2017-06-01"})
    assert (eerder.status_code, eerder.json()["code"]) == (422, "overlap")
    historie = await deur.stuur(f"{pad}/loonwaarden", WAARDE | {"bekend_op": "2018-01-01", "procent": 50})
    assert (historie.status_code, historie.json()["fouten"][0]["kolom"]) == (422, "bekend_op")
    assert (await deur.stuur(f"{pad}/instrumenten", {})).status_code == 422
    nergens = await deur.stuur(f"/v1/plaatsingen/{uuid4()}/instrumenten", LKS)
    assert (nergens.status_code, nergens.json()["code"]) == (404, "onbekende_plaatsing")
    assert (await deur.lees(f"/v1/plaatsingen/{uuid4()}/ondersteuning", LEZEN)).status_code == 404
    assert len(await _steun(deur)) == 3


async def test_only_insiders_see_it_and_a_municipality_delivers_its_own(deur: Plaatsingsdeur) -> None:
    plaatsing = await _baan(deur, "P-1")
    pad = f"/v1/plaatsingen/{plaatsing}"

    async def leest(*scopes: str, **namens: str) -> int:
        return (await deur.lees(f"{pad}/ondersteuning", *scopes, **namens)).status_code

    async def zet(client: str, gemeente: str, **anders: Any) -> httpx.Response:
        wie = {"scopes": ("ondersteuning:schrijven",), "client": client, "gemeente": gemeente}
        return await deur.stuur(f"{pad}/instrumenten", LKS | anders, **wie)

    assert await leest("plaatsingen:lezen") == 403
    assert await leest(LEZEN, werkgever=str(uuid4())) == 403
    assert await leest(LEZEN) == 200
    zonder = await deur.stuur(f"{pad}/instrumenten", LKS, scopes=("plaatsingen:schrijven",))
    assert zonder.status_code == 403
    assert (await deur.stuur(f"{pad}/loonwaarden", WAARDE, werkgever=str(uuid4()))).status_code == 403
    assert (await zet("B", "0014")).status_code == 404
    assert (await zet("A", "0034")).json()["code"] == "andere_gemeente"
    uwv = {"verstrekker": "UWV", "verstrekker_gemeente": None}
    assert (await zet("A", "0014", **uwv)).json()["code"] == "andere_gemeente"
    assert (await zet("A", "0014")).json()["aanvaard"] == 1


async def test_it_can_be_shown_as_known_then(deur: Plaatsingsdeur) -> None:
    plaatsing = await _baan(deur, "P-1")
    pad = f"/v1/plaatsingen/{plaatsing}/ondersteuning"
    await deur.rijen(
        "ondersteuning",
        {"referentie": "P-1", **LKS, "bekend_op": "2018-02-01"},
        {"referentie": "P-1", **LKS, "tot": "2019-01-01", "bekend_op": "2019-02-01"},
    )
    await deur.rijen("loonwaarden", {"referentie": "P-1", **WAARDE, "bekend_op": "2018-03-01"})
    await deur.rijen("loonwaarden", {"referentie": "P-1", **WAARDE, "procent": "70"})

    async def toen(moment: str | None) -> tuple[list[Any], list[Any]]:
        antwoord = await deur.lees(pad + (f"?bekendOp={moment}" if moment else ""), LEZEN)
        assert antwoord.status_code == 200, antwoord.text
        uit = antwoord.json()
        return [i["tot"] for i in uit["instrumenten"]], [w["procentX100"] for w in uit["loonwaarden"]]

    assert await toen("2018-01-31") == ([], [])
    assert await toen("2018-02-01") == ([None], [])
    assert await toen("2018-03-01T00:00:00+01:00") == ([None], [6250])
    assert await toen("2018-02-28T23:59:59") == ([None], [])
    assert await toen("2019-02-01") == (["2019-01-01"], [6250])
    assert await toen(None) == (["2019-01-01"], [7000])
    morgen = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    for fout in (morgen, "gisteren", "2018-02-30", "9999-12-31"):
        antwoord = await deur.lees(f"{pad}?bekendOp={fout}", LEZEN)
        code = "toekomst" if fout == morgen else "onjuist_moment"
        assert (antwoord.status_code, antwoord.json()["code"]) == (400, code)
    assert [f.bekend_op for f in await _steun(deur)][:2] == [
        datetime(2018, 1, 31, 23, tzinfo=UTC),
        datetime(2019, 1, 31, 23, tzinfo=UTC),
    ]


async def test_the_database_itself_refuses_overlap_and_keeps_history(deur: Plaatsingsdeur) -> None:
    await _baan(deur, "P-1")
    await deur.rijen("ondersteuning", {"referentie": "P-1", **LKS})
    pool = deur.database.pool
    zet = "insert into instrument (plaatsing_nr, instrument, van, tot, verstrekker) select nr, $1, $2, null, 'UWV' from plaatsing"
    with pytest.raises(asyncpg.ExclusionViolationError):
        await pool.execute(zet, "LOONKOSTENSUBSIDIE", date(2020, 1, 1))
    await pool.execute(zet, "LOONDISPENSATIE", date(2020, 1, 1))
    for opdracht in ("update instrument_historie set tot = null", "delete from instrument_historie"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(opdracht)


async def test_what_the_database_refuses_is_reported_without_the_row(deur: Plaatsingsdeur) -> None:
    await _baan(deur, "P-1")
    nr = await deur.database.pool.fetchval("select nr from plaatsing")
    perioden = [(nr, Periode(Instrument.LKV, date(jaar, 1, 1), None, VerstrekkerSoort.UWV)) for jaar in (2018, 2019)]
    with pytest.raises(RuntimeError, match="perioden_overlappen_niet") as fout:
        async with deur.database.pool.acquire() as tx, tx.transaction():
            await store.bewaar_perioden(tx, perioden, "A")
    assert "LKV" not in "".join(traceback.format_exception(fout.value)[-1:])
    assert fout.value.__suppress_context__


async def test_it_waits_for_the_lock_on_its_person(deur: Plaatsingsdeur) -> None:
    persoon = uuid4()
    await _baan(deur, "P-1", persoon)
    async with deur.database.pool.acquire() as tx, tx.transaction():
        await tx.execute("select 1 from slot where sleutel = $1 for update", str(persoon))
        bezig = asyncio.create_task(deur.rijen("ondersteuning", {"referentie": "P-1", **LKS}))
        await asyncio.sleep(0.2)
        assert not bezig.done()
    assert (await asyncio.wait_for(bezig, 10))["aanvaard"] == 1


async def test_who_merges_while_it_waits_is_said_under_the_new_name(deur: Plaatsingsdeur) -> None:
    oud, nieuw = uuid4(), uuid4()
    plaatsing = await _baan(deur, "P-1", oud)
    async with deur.database.pool.acquire() as tx, tx.transaction():
        await vergrendel(tx, [str(oud)])
        bezig = [
            asyncio.create_task(deur.rijen("ondersteuning", {"referentie": "P-1", **LKS})),
            asyncio.create_task(deur.stuur(f"/v1/plaatsingen/{plaatsing}/loonwaarden", WAARDE)),
        ]
        await asyncio.sleep(0.3)
        assert not any(taak.done() for taak in bezig)
        await tx.execute("update plaatsing set persoon = $1", nieuw)
    await asyncio.wait_for(asyncio.gather(*bezig), 10)
    assert [f.persoon for f in await _steun(deur)] == [nieuw, nieuw]


async def test_after_a_merge_it_is_said_of_the_new_person_and_an_erased_job_has_none(deur: Plaatsingsdeur) -> None:
    oud, nieuw = uuid4(), uuid4()
    plaatsing = await _baan(deur, "P-1", oud)
    await deur.rijen("ondersteuning", {"referentie": "P-1", **LKS})
    dienst = Plaatsing(deur.database.pool)
    register = ingegaan(nieuw)
    await dienst.hoor(register)
    samen = {"registraties": register.registraties, "woonplaatsen": register.woonplaatsen}
    await dienst.hoor(PersoonSamengevoegd(persoon=oud, in_=nieuw, **samen))
    await deur.rijen("loonwaarden", {"referentie": "P-1", **WAARDE})
    assert [f.persoon for f in await _steun(deur)] == [oud, nieuw]
    await deur.database.pool.execute("delete from plaatsing where plaatsing = $1", UUID(plaatsing))
    tabellen = ("instrument", "instrument_historie", "loonwaarde", "loonwaarde_historie")
    assert [await deur.aantal(tabel) for tabel in tabellen] == [0, 0, 0, 0]


async def test_nothing_about_health_is_in_an_answer_that_refuses(deur: Plaatsingsdeur) -> None:
    await _baan(deur, "P-1")
    fout = {"referentie": "P-1", **LKS, "van": "2016-01-01"}
    uitslag = await deur.rijen(
        "ondersteuning", fout, {**fout, "tot": "2015-01-01"}, {**fout, "verstrekker_gemeente": ""}
    )
    waarde = await deur.rijen("loonwaarden", {"referentie": "P-1", **WAARDE, "methode": "met de natte vinger 47"})
    tekst = json.dumps([uitslag["fouten"], waarde["fouten"]])
    assert len(uitslag["fouten"]) == 3
    assert not any(woord in tekst for woord in ("SUBSIDIE", "0014", "47", "62"))
