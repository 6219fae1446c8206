"""Het register door de voordeur, op een echte PostgreSQL: rijen erin, gebeurtenissen en tijdlijnen eruit."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from banenspoor_contracts import (
    EindReden,
    Grondslag,
    PersoonVerhuisd,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
)

from tests.service.intake_voordeur import BSNS, Voordeur

BSN, TWEEDE = BSNS[:2]
MORGEN = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011  # ruim in de toekomst, in elke tijdzone


def registratie(bsn: str = BSN, **anders: Any) -> dict[str, Any]:
    return {"bsn": bsn, "grondslag": "PW_INDICATIE", "van": "2018-03-01", "gemeente": "0014"} | anders


async def test_a_row_becomes_a_registration_an_event_and_a_timeline(voordeur: Voordeur) -> None:
    assert (await voordeur.rijen("registraties", registratie()))["aanvaard"] == 1
    persoon = await voordeur.persoon(BSN)
    (feit,) = await voordeur.feiten()
    assert isinstance(feit, RegistratieIngegaan)
    assert (feit.persoon, feit.grondslag, feit.van) == (persoon, Grondslag.PW_INDICATIE, date(2018, 3, 1))
    antwoord = await voordeur.client.get(f"/v1/personen/{persoon}", headers=voordeur.kop("registraties:lezen"))
    assert antwoord.json() == {
        "persoon": str(persoon),
        "registraties": [{"grondslag": "PW_INDICATIE", "van": "2018-03-01", "tot": None}],
        "woonplaatsen": [{"gemeente": "0014", "van": "2018-03-01", "tot": None}],
    }


async def test_several_rows_of_one_person_in_one_file_are_taken_in_order(voordeur: Voordeur) -> None:
    uit = await voordeur.rijen(
        "registraties",
        registratie(),
        registratie(grondslag="WSW", van="2019-01-01", gemeente="GM0114"),
        registratie(tot="2020-01-01", reden="HERBEOORDELING"),
        registratie(van="2020-01-01", gemeente="0114"),
        registratie(van="2020-06-01", gemeente="0114"),
        registratie(),
    )
    assert (uit["aanvaard"], uit["ongewijzigd"]) == (4, 1)
    assert [(f["rij"], f["kolom"], f["code"]) for f in uit["fouten"]] == [(5, "van", "overlap")]
    feiten = await voordeur.feiten()
    assert [f.naam for f in feiten] == [
        "registratie-ingegaan",
        "registratie-ingegaan",
        "registratie-beeindigd",
        "registratie-ingegaan",
    ]
    assert isinstance(einde := feiten[2], RegistratieBeeindigd)
    assert einde.reden is EindReden.HERBEOORDELING
    assert isinstance(laatste := feiten[-1], RegistratieIngegaan)
    assert [(r.grondslag, r.van.year, r.tot and r.tot.year) for r in laatste.registraties] == [
        ("PW_INDICATIE", 2018, 2020),
        ("WSW", 2019, None),
        ("PW_INDICATIE", 2020, None),
    ]
    assert [(w.gemeente, w.van.year) for w in laatste.woonplaatsen] == [("0014", 2018), ("0114", 2019)]


async def test_the_same_file_twice_changes_nothing(voordeur: Voordeur) -> None:
    rijen = [registratie(bsn, grondslag=g) for bsn in BSNS for g in ("WSW", "VSO_PRO")]
    await voordeur.rijen("registraties", *rijen)
    eerst = await voordeur.feiten()
    uit = await voordeur.rijen("registraties", *rijen)
    assert (uit["aanvaard"], uit["ongewijzigd"], uit["fouten"]) == (0, len(rijen), [])
    assert await voordeur.feiten() == eerst


async def test_a_wrong_row_is_rejected_alone_and_nothing_of_it_is_stored(voordeur: Voordeur) -> None:
    uit = await voordeur.rijen(
        "registraties",
        registratie("123456789"),
        registratie(grondslag="GEEN"),
        registratie(tot="2018-03-01"),
        registratie(van=MORGEN),
        registratie(gemeente="9999"),
        registratie(TWEEDE),
    )
    assert [(f["rij"], f["kolom"], f["code"]) for f in uit["fouten"]] == [
        (1, "bsn", "elfproef"),
        (2, "grondslag", "onbekende_grondslag"),
        (3, "tot", "einde_voor_begin"),
        (4, "van", "toekomst"),
        (5, "gemeente", "onbekende_gemeente"),
    ]
    assert uit["aanvaard"] == 1
    for tabel in ("kluis", "tijdlijn", "registratie", "woonplaats", "uitgaand", "registratie_historie"):
        assert await voordeur.aantal(tabel) == 1, tabel


async def test_a_trial_stores_nothing(voordeur: Voordeur) -> None:
    assert (await voordeur.rijen("registraties", registratie(), proef=True))["aanvaard"] == 1
    for tabel in ("kluis", "tijdlijn", "registratie", "uitgaand"):
        assert await voordeur.aantal(tabel) == 0, tabel


async def test_a_correction_reaches_back_and_the_history_keeps_what_was_known(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", registratie(), registratie(grondslag="WSW"))
    correctie = {"bsn": BSN, "grondslag": "PW_INDICATIE", "van": "2018-05-01", "tot": "2019-01-01", "reden": "DATUM"}
    nooit = {"bsn": BSN, "grondslag": "WSW", "van": "", "reden": "ONTERECHT"}
    assert (await voordeur.rijen("registratie-correcties", correctie, nooit))["aanvaard"] == 2
    assert (await voordeur.rijen("registratie-correcties", correctie, nooit))["ongewijzigd"] == 2
    een, twee = (await voordeur.feiten())[2:]
    assert isinstance(een, RegistratieGecorrigeerd)
    assert isinstance(twee, RegistratieGecorrigeerd)
    assert [r.van for r in een.vorige] == [date(2018, 3, 1), date(2018, 3, 1)]
    assert [(r.grondslag, r.van, r.tot) for r in twee.registraties] == [
        ("PW_INDICATIE", date(2018, 5, 1), date(2019, 1, 1))
    ]
    stand = await voordeur.database.pool.fetch(
        "select grondslag::text, van, tot, sum(teken) from registratie_historie group by 1, 2, 3 having sum(teken) <> 0"
    )
    assert [tuple(r) for r in stand] == [("PW_INDICATIE", date(2018, 5, 1), date(2019, 1, 1), 1)]
    assert await voordeur.aantal("registratie_historie") == 5


async def test_a_correction_of_someone_unknown_is_refused_and_makes_no_pseudonym(voordeur: Voordeur) -> None:
    uit = await voordeur.rijen("registratie-correcties", {"bsn": BSN, "grondslag": "WSW", "reden": "ONTERECHT"})
    assert [(f["kolom"], f["code"]) for f in uit["fouten"]] == [("bsn", "onbekende_registratie")]
    assert await voordeur.aantal("kluis") == 0


async def test_a_move_is_said_also_of_someone_without_a_ground(voordeur: Voordeur) -> None:
    verhuizing = {"bsn": BSN, "gemeente": "GM0114", "van": "2020-01-01"}
    assert (await voordeur.rijen("verhuizingen", verhuizing))["aanvaard"] == 1
    assert (await voordeur.rijen("verhuizingen", verhuizing))["ongewijzigd"] == 1
    (feit,) = await voordeur.feiten()
    assert isinstance(feit, PersoonVerhuisd)
    assert feit.registraties == ()
    assert [w.gemeente for w in feit.woonplaatsen] == ["0114"]
    uit = await voordeur.rijen("verhuizingen", verhuizing | {"van": MORGEN})
    assert [(f["kolom"], f["code"]) for f in uit["fouten"]] == [("van", "toekomst")]


async def test_persons_are_for_the_vault_alone(voordeur: Voordeur) -> None:
    persoon = {"bsn": BSN, "geboortedatum": "1957-04-05"}
    assert (await voordeur.rijen("personen", persoon))["aanvaard"] == 1
    assert (await voordeur.rijen("personen", persoon))["ongewijzigd"] == 1
    assert (await voordeur.rijen("personen", persoon | {"overleden_op": "2024-02-29"}))["aanvaard"] == 1
    assert (await voordeur.rijen("personen", persoon))["ongewijzigd"] == 1
    uit = await voordeur.rijen(
        "personen", persoon | {"geboortedatum": "2025-01-01"}, {"bsn": TWEEDE, "geboortedatum": MORGEN}
    )
    assert [(f["rij"], f["kolom"], f["code"]) for f in uit["fouten"]] == [
        (1, "geboortedatum", "einde_voor_begin"),
        (2, "geboortedatum", "toekomst"),
    ]
    assert await voordeur.feiten() == []
    rij = await voordeur.database.pool.fetchrow("select * from kluis")
    assert rij is not None
    assert b"1957" not in rij["geboortedatum"]
    assert await voordeur.aantal("kluis") == 1


async def test_loaded_history_is_known_when_its_row_says_and_never_goes_back(voordeur: Voordeur) -> None:
    await voordeur.rijen(
        "registraties",
        registratie(bekend_op="2018-04-01"),
        registratie(grondslag="WSW", bekend_op="2018-03-15"),
        registratie(TWEEDE),
        registratie(TWEEDE, grondslag="WSW", bekend_op="2018-03-15"),
    )
    toen = datetime(2018, 3, 31, 22, tzinfo=UTC)
    assert [f.bekend_op for f in await voordeur.feiten()] == [toen, toen, None, None]
    bekend = await voordeur.database.pool.fetch("select bekend_op from registratie_historie order by nr")
    assert [r["bekend_op"] for r in bekend] == [toen, toen, None, None]
    uit = await voordeur.rijen("registraties", registratie(grondslag="ENTREE", bekend_op="2999-01-01"))
    assert [(f["kolom"], f["code"]) for f in uit["fouten"]] == [("bekend_op", "toekomst")]


async def test_one_row_as_json_answers_200_or_422_with_a_problem(voordeur: Voordeur) -> None:
    kop = voordeur.kop("registraties:schrijven")
    goed = await voordeur.client.post(
        "/v1/registraties", json=registratie(), headers=kop | {"Idempotency-Key": str(uuid4())}
    )
    assert goed.status_code == 200
    fout = await voordeur.client.post(
        "/v1/registraties", json=registratie("123456789"), headers=kop | {"Idempotency-Key": str(uuid4())}
    )
    assert (fout.status_code, fout.json()["code"]) == (422, "elfproef")
    assert "123456789" not in fout.text


async def test_two_writers_at_once_make_one_pseudonym_and_one_registration(voordeur: Voordeur) -> None:
    rijen = [registratie(bsn) for bsn in BSNS]
    uitslagen = await asyncio.gather(
        *(voordeur.rijen("registraties", *(rijen if i % 2 else rijen[::-1])) for i in range(6))
    )
    assert sum(u["aanvaard"] for u in uitslagen) == len(BSNS)
    assert sum(u["ongewijzigd"] for u in uitslagen) == 5 * len(BSNS)
    assert await voordeur.aantal("kluis") == await voordeur.aantal("registratie") == len(BSNS)
    assert await voordeur.namen() == ["registratie-ingegaan"] * len(BSNS)


async def test_writers_about_one_person_wait_for_each_other_so_that_each_event_builds_on_the_last(
    voordeur: Voordeur,
) -> None:
    await voordeur.persoon(BSN)
    grondslagen = list(Grondslag)[:5]
    await asyncio.gather(*(voordeur.rijen("registraties", registratie(grondslag=g)) for g in grondslagen))
    feiten = await voordeur.feiten()
    assert all(isinstance(f, RegistratieIngegaan) for f in feiten)
    assert [len(f.model_dump()["registraties"]) for f in feiten] == [1, 2, 3, 4, 5]


async def test_the_database_itself_refuses_overlap_and_rewriting_history(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", registratie(), {**registratie(TWEEDE), "tot": "2019-01-01"})
    persoon = await voordeur.persoon(BSN)
    erbij = "insert into registratie (persoon, grondslag, van, tot) values ($1, $2::text::grondslag, $3, $4)"
    pool = voordeur.database.pool
    with pytest.raises(asyncpg.ExclusionViolationError):
        await pool.execute(erbij, persoon, "PW_INDICATIE", date(2017, 1, 1), date(2018, 3, 2))
    await pool.execute(erbij, persoon, "PW_INDICATIE", date(2017, 1, 1), date(2018, 3, 1))
    await pool.execute(erbij, persoon, "WSW", date(2017, 1, 1), None)
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(erbij, persoon, "ENTREE", date(2017, 1, 1), date(2017, 1, 1))
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute("insert into woonplaats (persoon, gemeente, van) values ($1, '0114', '2018-03-01')", persoon)
    for opdracht in (
        "update registratie_historie set teken = -teken",
        "delete from registratie_historie",
        "delete from woonplaats_historie",
        "update raadpleging set aantal = 0",
        "delete from raadpleging",
        "delete from kluis",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(opdracht)


async def test_the_grounds_in_the_database_are_those_of_the_contract(voordeur: Voordeur) -> None:
    codes = await voordeur.database.pool.fetchval("select enum_range(null::grondslag)::text[]")
    assert set(codes) == set(Grondslag)
