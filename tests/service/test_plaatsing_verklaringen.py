"""De doelgroepverklaring bij een baan: erin, terug te lezen voor wie mag, en mee met een overgang."""

import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.service.plaatsing_proef import GEMEENTE, baan
from tests.service.plaatsing_voordeur import Plaatsingsdeur

LEZEN = "ondersteuning:lezen"
RECHT = {"referentie": "P-1", "van": "2017-03-01", "tot": "2020-03-01"}


async def _baan(deur: Plaatsingsdeur, referentie: str, **anders: Any) -> str:
    uit = await deur.stuur("/v1/plaatsingen", baan(referentie, uuid4(), **anders))
    return f"/v1/plaatsingen/{uit.json()['resultaat']['plaatsing']}"


async def test_the_right_moves_along_with_its_remaining_term(deur: Plaatsingsdeur) -> None:
    pad = await _baan(deur, "P-1")
    oud = (await deur.lees(pad, "plaatsingen:lezen")).json()["werkgever"]
    assert (await deur.rijen("doelgroepverklaringen", RECHT))["aanvaard"] == 1
    await deur.stuur(f"{pad}/wijzigingen", {"van": "2017-06-01", "gemeenteWerk": "0034"})
    await deur.stuur(f"{pad}/overgang", {"naarWerkgever": GEMEENTE, "op": "2018-07-01"})
    nieuw = (await deur.lees(pad, "plaatsingen:lezen")).json()["werkgever"]
    [recht] = (await deur.lees(f"{pad}/ondersteuning", LEZEN)).json()["doelgroepverklaringen"]
    assert (recht["van"], recht["tot"]) == ("2017-03-01", "2020-03-01")
    assert recht["perWerkgever"] == [
        {"werkgever": oud, "van": "2017-03-01", "tot": "2018-07-01"},
        {"werkgever": nieuw, "van": "2018-07-01", "tot": "2020-03-01"},
    ]
    await deur.stuur(f"{pad}/beeindigingen", {"tot": "2019-01-01"})
    [recht] = (await deur.lees(f"{pad}/ondersteuning", LEZEN)).json()["doelgroepverklaringen"]
    assert (recht["tot"], recht["perWerkgever"][-1]["tot"]) == ("2020-03-01", "2019-01-01")


async def test_only_insiders_see_it_and_it_stays_off_the_bus(deur: Plaatsingsdeur) -> None:
    pad = await _baan(deur, "P-1")
    voor = await deur.database.pool.fetchval("select count(*) from uitgaand")
    await deur.rijen("doelgroepverklaringen", RECHT)
    assert await deur.database.pool.fetchval("select count(*) from uitgaand") == voor
    gewoon = (await deur.lees(pad, "plaatsingen:lezen")).json()
    assert "verklaring" not in json.dumps(gewoon)
    assert (await deur.lees(f"{pad}/ondersteuning", "plaatsingen:lezen")).status_code == 403
    wie = {"scopes": ("plaatsingen:schrijven",)}
    assert (await deur.stuur("/v1/doelgroepverklaringen", RECHT, **wie)).status_code == 403
    namens = {"werkgever": str(uuid4())}
    assert (await deur.stuur("/v1/doelgroepverklaringen", RECHT, **namens)).status_code == 403


async def test_the_same_begin_again_replaces_the_end_and_what_was_known_stays(deur: Plaatsingsdeur) -> None:
    pad = await _baan(deur, "P-1")
    korter = RECHT | {"tot": "2019-03-01"}
    uit = await deur.rijen("doelgroepverklaringen", RECHT, RECHT, korter, RECHT | {"van": "2019-03-01"})
    assert (uit["aanvaard"], uit["ongewijzigd"], uit["fouten"]) == (3, 1, [])
    gelezen = (await deur.lees(f"{pad}/ondersteuning", LEZEN)).json()
    assert [(r["van"], r["tot"]) for r in gelezen["doelgroepverklaringen"]] == [
        ("2017-03-01", "2019-03-01"),
        ("2019-03-01", "2020-03-01"),
    ]
    assert [r["tot"] for r in gelezen["historie"]["doelgroepverklaringen"]] == [
        "2020-03-01",
        "2019-03-01",
        "2020-03-01",
    ]
    toen = (await deur.lees(f"{pad}/ondersteuning?bekendOp=2020-01-01", LEZEN)).json()
    assert toen["doelgroepverklaringen"] == []


async def test_what_cannot_be_keeps_nothing(deur: Plaatsingsdeur) -> None:
    await _baan(deur, "P-1", tot="2021-01-01")
    await deur.rijen("doelgroepverklaringen", RECHT)
    uit = await deur.rijen(
        "doelgroepverklaringen",
        RECHT | {"tot": "2017-03-01"},
        RECHT | {"van": "2016-12-31"},
        RECHT | {"van": "2021-01-01", "tot": "2022-01-01"},
        RECHT | {"van": "2020-02-29", "tot": "2022-01-01"},
        RECHT | {"referentie": "P-9"},
        {"referentie": "P-1", "van": "2020-06-01"},
    )
    assert [(f["rij"], f["kolom"], f["code"]) for f in uit["fouten"]] == [
        (1, "tot", "einde_voor_begin"),
        (2, "van", "voor_begin"),
        (3, "van", "na_einde"),
        (4, "van", "overlap"),
        (5, "referentie", "onbekende_plaatsing"),
        (6, "tot", "verplicht"),
    ]
    tellingen = [
        await deur.database.pool.fetchval(f"select count(*) from {t}")
        for t in ("doelgroepverklaring", "doelgroepverklaring_historie")
    ]
    assert tellingen == [1, 1]
    with pytest.raises(asyncpg.ExclusionViolationError):
        await deur.database.pool.execute(
            "insert into doelgroepverklaring select plaatsing_nr, date '2018-01-01', tot from doelgroepverklaring"
        )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await deur.database.pool.execute("delete from doelgroepverklaring_historie")
