"""Beoordeling op een echte database: wat bewaard en gezegd wordt, en wat de tabel zelf weigert."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from banenspoor_contracts import BesluitBeschutWerkGenomen, Uitkomst, feit_van

from services.beoordeling.cli import SOORTEN
from services.beoordeling.domain.aanvraag import Aanvraag
from services.beoordeling.store import aanvragen as store
from shared.api import Fout, Opdracht, Rij, Uitslag, lees_rij
from shared.db import Pool
from tests.conftest import MaakDatabase

SOORT = {s.naam: s for s in SOORTEN}
VANDAAG = date(2024, 6, 1)
OPDRACHT = Opdracht(
    "proef", frozenset({"beoordeling:schrijven"}), datetime(2024, 6, 1, 12, tzinfo=UTC), VANDAAG, UUID(int=9)
)
PERSOON = UUID(int=7)


@pytest.fixture
async def pool(db: MaakDatabase) -> Pool:
    return (await db("beoordeling")).pool


def aanvraag(referentie: str = "A1", **anders: Any) -> dict[str, Any]:
    return {
        "referentie": referentie,
        "soort": "BESCHUT_WERK",
        "persoon": str(PERSOON),
        "aanvrager": "GEMEENTE",
        "gemeente": "GM0014",
        "ontvangen_op": "2024-03-04",
    } | anders


def advies(referentie: str = "A1", uitkomst: str = "POSITIEF", op: str = "2024-04-02") -> dict[str, Any]:
    return {"referentie": referentie, "uitkomst": uitkomst, "uitgebracht_op": op}


def besluit(referentie: str = "A1", uitkomst: str = "POSITIEF", op: str = "2024-04-09") -> dict[str, Any]:
    return {"referentie": referentie, "uitkomst": uitkomst, "besluit_op": op}


def gelezen(soort: str, rij: dict[str, Any]) -> Rij:
    uit = lees_rij(1, rij, SOORT[soort].model)
    assert isinstance(uit, Rij), uit
    return uit


async def stuur(pool: Pool, soort: str, *rijen: dict[str, Any]) -> Uitslag:
    """Eén blok rijen, genummerd vanaf 1, in één transactie."""
    goed = [(nr, gelezen(soort, rij)) for nr, rij in enumerate(rijen, 1)]
    async with pool.acquire() as tx, tx.transaction():
        return await SOORT[soort].verwerk(tx, goed, OPDRACHT)


async def gezegd(pool: Pool) -> Sequence[tuple[str, dict[str, Any]]]:
    rijen = await pool.fetch("select type, data, sleutel, topic from uitgaand order by volgorde")
    assert all(r["topic"] == "beschut-werk" and r["sleutel"] for r in rijen)
    return [(r["type"].split(".")[2], json.loads(r["data"])) for r in rijen]


async def staat(pool: Pool, referentie: str = "A1") -> Aanvraag:
    async with pool.acquire() as tx:
        return (await store.aanvragen(tx, [referentie]))[referentie]


async def test_an_application_goes_through_advice_to_decision(pool: Pool) -> None:
    ontvangen = await stuur(pool, "aanvragen", aanvraag())
    assert (await stuur(pool, "adviezen", advies())).aanvaard == 1
    assert (await stuur(pool, "besluiten", besluit())).aanvaard == 1
    nummer = ontvangen.resultaat["aanvraag"]
    assert ontvangen.resultaat["uiterlijk"] == "2024-04-29"
    gemeen = {"persoon": str(PERSOON), "aanvraag": nummer}
    assert await gezegd(pool) == [
        (
            "aanvraag-ontvangen",
            gemeen
            | {
                "soort": "BESCHUT_WERK",
                "aanvrager": "GEMEENTE",
                "gemeente": "0014",
                "ontvangenOp": "2024-03-04",
                "uiterlijk": "2024-04-29",
            },
        ),
        (
            "advies-uitgebracht",
            gemeen | {"uitkomst": "POSITIEF", "uitgebrachtOp": "2024-04-02", "binnenTermijn": True},
        ),
        (
            "besluit-beschut-werk-genomen",
            gemeen | {"gemeente": "0014", "uitkomst": "POSITIEF", "besluitOp": "2024-04-09", "binnenTermijn": True},
        ),
    ]


async def test_every_row_twice_changes_and_says_nothing(pool: Pool) -> None:
    ladingen = (("aanvragen", aanvraag()), ("adviezen", advies()), ("besluiten", besluit()))
    for soort, rij in ladingen:
        await stuur(pool, soort, rij)
    eerst = await gezegd(pool)
    for soort, rij in ladingen:
        uitslag = await stuur(pool, soort, rij, rij)
        assert (uitslag.aanvaard, uitslag.ongewijzigd, uitslag.fouten) == (0, 2, [])
    assert await gezegd(pool) == eerst


async def test_a_bad_row_is_refused_alone_and_leaves_nothing(pool: Pool) -> None:
    uitslag = await stuur(
        pool,
        "aanvragen",
        aanvraag("A1"),
        aanvraag("A2", gemeente="9999"),
        aanvraag("A3", ontvangen_op="2024-06-02"),
        aanvraag("A4"),
    )
    assert uitslag.aanvaard == 2
    assert [(f.rij, f.kolom, f.code) for f in uitslag.fouten] == [
        (2, "gemeente", "onbekende_gemeente"),
        (3, "ontvangen_op", "toekomst"),
    ]
    assert await pool.fetchval("select array_agg(referentie order by referentie) from aanvraag") == ["A1", "A4"]
    assert len(await gezegd(pool)) == 2


async def test_steps_out_of_order_are_refused(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag())
    uitslag = await stuur(pool, "besluiten", besluit(), besluit("onbekend"))
    assert [(f.rij, f.kolom, f.code) for f in uitslag.fouten] == [
        (1, "referentie", "advies_ontbreekt"),
        (2, "referentie", "onbekende_aanvraag"),
    ]
    uitslag = await stuur(pool, "adviezen", advies(op="2024-03-03"), advies("onbekend"))
    assert [(f.rij, f.kolom, f.code) for f in uitslag.fouten] == [
        (1, "uitgebracht_op", "einde_voor_begin"),
        (2, "referentie", "onbekende_aanvraag"),
    ]
    assert [naam for naam, _ in await gezegd(pool)] == ["aanvraag-ontvangen"]


async def test_rows_of_one_block_see_each_other(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag(), aanvraag(aanvrager="BURGER"), aanvraag(persoon=str(UUID(int=8))))
    uitslag = await stuur(pool, "adviezen", advies(uitkomst="NEGATIEF"), advies())
    assert uitslag.aanvaard == 2
    stand = await staat(pool)
    assert stand.advies is not None
    assert (stand.persoon, stand.aanvrager, stand.advies.uitkomst) == (PERSOON, "BURGER", Uitkomst.POSITIEF)
    assert [naam for naam, _ in await gezegd(pool)] == ["aanvraag-ontvangen"] * 2 + ["advies-uitgebracht"] * 2


async def test_after_the_decision_nothing_changes_any_more(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag())
    await stuur(pool, "adviezen", advies())
    await stuur(pool, "besluiten", besluit())
    for soort, rij in (
        ("aanvragen", aanvraag(gemeente="0034")),
        ("adviezen", advies(uitkomst="NEGATIEF")),
        ("besluiten", besluit(uitkomst="NEGATIEF")),
    ):
        (fout,) = (await stuur(pool, soort, rij)).fouten
        assert (fout.kolom, fout.code) == ("referentie", "al_besloten")


async def test_history_is_said_with_when_it_was_known(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag(bekend_op="2024-03-05"))
    ((_, data),) = await gezegd(pool)
    assert data["bekendOp"] == "2024-03-04T23:00:00Z"


async def test_what_is_said_is_what_the_contract_reads(pool: Pool) -> None:
    for soort, rij in (("aanvragen", aanvraag()), ("adviezen", advies()), ("besluiten", besluit())):
        await stuur(pool, soort, rij)
    for rij in await pool.fetch("select type, data from uitgaand"):
        model = feit_van(rij["type"])
        assert model is not None
        assert model.model_validate_json(rij["data"]).bytes_() == rij["data"]
    assert rij["type"] == BesluitBeschutWerkGenomen.type_


async def test_two_deliveries_at_once_of_a_new_reference_are_one_application(pool: Pool) -> None:
    uitslagen = await asyncio.gather(
        *(
            stuur(pool, "aanvragen", *(aanvraag(f"A{n}") for n in volgorde))
            for volgorde in (range(40), range(39, -1, -1))
        )
    )
    assert sorted((u.aanvaard, u.ongewijzigd) for u in uitslagen) == [(0, 40), (40, 0)]
    assert len(await gezegd(pool)) == 40


async def test_a_reference_that_two_people_claim_at_once_is_refused_for_one_of_them(pool: Pool) -> None:
    uitslagen = await asyncio.gather(*(stuur(pool, "aanvragen", aanvraag(persoon=str(UUID(int=nr)))) for nr in (1, 2)))
    assert sorted(u.aanvaard for u in uitslagen) == [0, 1]
    assert [f.code for u in uitslagen for f in u.fouten] == ["andere_persoon"]


@pytest.mark.parametrize(
    ("kolommen", "regel"),
    [
        ({"referentie": ""}, "aanvraag_referentie_check"),
        ({"soort": "DIAGNOSE"}, "aanvraag_soort_check"),
        ({"gemeente": "GM0014"}, "aanvraag_gemeente_check"),
        ({"advies": "POSITIEF"}, "advies_heel"),
        (
            {"advies": "POSITIEF", "uitgebracht_op": date(2024, 3, 3), "advies_binnen_termijn": True},
            "advies_na_ontvangst",
        ),
        (
            {"advies": "POSITIEF", "uitgebracht_op": date(2024, 5, 1), "advies_binnen_termijn": True},
            "advies_in_termijn",
        ),
        (
            {
                "besluit": "POSITIEF",
                "besluit_op": date(2024, 4, 1),
                "besluit_binnen_termijn": True,
                "toestand": "POSITIEF",
            },
            "besluit_na_advies",
        ),
        ({"toestand": "NEGATIEF"}, "besloten"),
        ({"toestand": "GEADVISEERD"}, "geadviseerd"),
        ({"toestand": "ERGENS"}, "aanvraag_toestand_check"),
        ({"klok": [{"van": "2024-03-10", "tot": None}]}, "stilstand"),
    ],
)
async def test_the_table_refuses_a_state_that_cannot_be(pool: Pool, kolommen: dict[str, Any], regel: str) -> None:
    rij = {
        "aanvraag": uuid4(),
        "referentie": "A1",
        "persoon": PERSOON,
        "soort": "BESCHUT_WERK",
        "aanvrager": "BURGER",
        "gemeente": "0014",
        "ontvangen_op": date(2024, 3, 4),
        "uiterlijk": date(2024, 4, 29),
        "termijn_tot": date(2024, 4, 29),
        "sinds": date(2024, 3, 4),
    } | kolommen
    plekken = ", ".join(f"${n}" for n in range(1, len(rij) + 1))
    with pytest.raises(asyncpg.CheckViolationError) as fout:
        await pool.execute(f"insert into aanvraag ({', '.join(rij)}) values ({plekken})", *rij.values())
    assert fout.value.constraint_name == regel


async def test_open_applications_come_by_term_and_page_by_page(pool: Pool) -> None:
    dagen = ["2024-03-06", "2024-03-04", "2024-03-05", "2024-03-04"]
    await stuur(pool, "aanvragen", *(aanvraag(f"A{n}", ontvangen_op=dag) for n, dag in enumerate(dagen)))
    await stuur(pool, "adviezen", advies("A1"))
    await stuur(pool, "besluiten", besluit("A1"))
    gevonden: list[Aanvraag] = []
    na = (date.min, UUID(int=0))
    async with pool.acquire() as tx:
        while bladzijde := await store.open_aanvragen(tx, date(2024, 5, 1), na, 1):
            gevonden += bladzijde
            assert bladzijde[0].loopt_af is not None
            na = (bladzijde[0].loopt_af, bladzijde[0].aanvraag)
        assert [a.referentie for a in gevonden] == ["A3", "A2", "A0"]
        assert [
            a.referentie for a in await store.open_aanvragen(tx, date(2024, 4, 29), (date.min, UUID(int=0)), 9)
        ] == ["A3"]


async def test_a_wrong_row_names_its_column_and_never_the_value() -> None:
    fouten = lees_rij(
        3,
        aanvraag(soort="DIAGNOSE", ontvangen_op="20240304", aanvrager="", referentie="A\x001"),
        SOORT["aanvragen"].model,
    )
    assert isinstance(fouten, list)
    assert {(f.rij, f.kolom, f.code) for f in fouten} == {
        (3, "soort", "onjuist"),
        (3, "ontvangen_op", "onjuist"),
        (3, "aanvrager", "verplicht"),
        (3, "referentie", "onjuist"),
    }
    assert all(isinstance(f, Fout) and "DIAGNOSE" not in f.melding for f in fouten)


# --- de andere stappen, en het log ---


async def log(pool: Pool, referentie: str = "A1") -> list[tuple[str, str | None, str, date]]:
    rijen = await pool.fetch(
        "select o.handeling, o.van_toestand, o.toestand, o.op from overgang o join aanvraag using (aanvraag)"
        " where referentie = $1 order by nr",
        referentie,
    )
    return [tuple(rij) for rij in rijen]


async def test_every_step_is_logged_and_the_log_replays_to_the_state(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag(ontvangen_op="2024-01-08"))
    await stuur(pool, "opschortingen", {"referentie": "A1", "van": "2024-01-15"})
    await stuur(pool, "opschortingen", {"referentie": "A1", "van": "2024-01-15", "tot": "2024-01-22"})
    await stuur(pool, "adviezen", advies(op="2024-02-01", uitkomst="NEGATIEF"))
    await stuur(pool, "besluiten", besluit(op="2024-02-08", uitkomst="NEGATIEF"))
    await stuur(pool, "bezwaren", {"referentie": "A1", "op": "2024-02-20"})
    await stuur(pool, "bezwaren", {"referentie": "A1", "op": "2024-02-20", "gegrond": "ja", "beslist_op": "2024-03-20"})
    assert await log(pool) == [
        ("ONTVANG", None, "IN_BEHANDELING", date(2024, 1, 8)),
        ("SCHORT_OP", "IN_BEHANDELING", "OPGESCHORT", date(2024, 1, 15)),
        ("HERVAT", "OPGESCHORT", "IN_BEHANDELING", date(2024, 1, 22)),
        ("ADVISEER", "IN_BEHANDELING", "GEADVISEERD", date(2024, 2, 1)),
        ("BESLIS_NEGATIEF", "GEADVISEERD", "NEGATIEF", date(2024, 2, 8)),
        ("MAAK_BEZWAAR", "NEGATIEF", "NEGATIEF", date(2024, 2, 20)),
        ("HERZIE_POSITIEF", "NEGATIEF", "POSITIEF", date(2024, 3, 20)),
    ]
    stand = await staat(pool)
    assert (stand.toestand, stand.sinds) == ("POSITIEF", date(2024, 3, 20))
    assert [naam for naam, _ in await gezegd(pool)] == [
        *("aanvraag-ontvangen", "termijn-opgeschort", "termijn-hervat", "advies-uitgebracht"),
        *("besluit-beschut-werk-genomen", "besluit-beschut-werk-genomen"),
    ]


async def test_the_log_is_never_changed_by_the_service(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag())
    for sql in ("update overgang set op = op", "delete from overgang"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(sql)


async def test_a_second_application_of_a_citizen_within_a_year_is_refused_without_investigation(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag(aanvrager="BURGER", ontvangen_op="2023-06-05"))
    await stuur(pool, "adviezen", advies(op="2023-07-03", uitkomst="NEGATIEF"))
    await stuur(
        pool, "aanvragen", aanvraag("A2", aanvrager="BURGER"), aanvraag("A3", aanvrager="BURGER", persoon=str(uuid4()))
    )
    afgewezen = {"uitkomst": "AFGEWEZEN_ZONDER_ONDERZOEK", "op": "2024-03-06"}
    uitslag = await stuur(pool, "afsluitingen", *({"referentie": r} | afgewezen for r in ("A2", "A3")))
    assert (uitslag.aanvaard, [(f.rij, f.code) for f in uitslag.fouten]) == (1, [(2, "geen_herhaling")])
    await stuur(pool, "afsluitingen", {"referentie": "A3", "uitkomst": "BUITEN_BEHANDELING", "op": "2024-03-20"})
    namen = [naam for naam, _ in await gezegd(pool)]
    assert namen[-2:] == ["aanvraag-afgewezen-zonder-onderzoek", "aanvraag-buiten-behandeling"]


async def test_the_wage_cost_process_keeps_its_steps_once(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag(soort="LOONKOSTENSUBSIDIE"))
    stap = {"referentie": "A1", "stap": "BEVESTIGD", "op": "2024-03-11"}
    assert (await stuur(pool, "processtappen", stap, stap)).ongewijzigd == 1
    assert (await stuur(pool, "processtappen", stap)).ongewijzigd == 1
    await stuur(pool, "besluiten", besluit())
    assert [h for h, *_ in await log(pool)] == ["ONTVANG", "ZET_PROCESSTAP", "BESLIS_POSITIEF"]
    assert [naam for naam, _ in await gezegd(pool)] == ["aanvraag-ontvangen", "voorziening-beslist"]


async def test_a_paused_application_is_not_on_the_list_of_what_is_due(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag("A1"), aanvraag("A2", gemeente="0034"))
    await stuur(pool, "opschortingen", {"referentie": "A1", "van": "2024-03-10"})
    async with pool.acquire() as tx:
        plek = (date.min, UUID(int=0))
        assert [a.referentie for a in await store.open_aanvragen(tx, date.max, plek, 9)] == ["A2"]
        assert await store.open_aanvragen(tx, date.max, plek, 9, "0014") == []
