"""Twee nummers van één mens, en een verkeerd BSN, door de voordeur: niets gaat verloren, en beide nummers vinden hetzelfde."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from banenspoor_contracts import (
    BesluitBeschutWerkGenomen,
    CorrectieReden,
    Grondslag,
    PersoonSamengevoegd,
    Registratie,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    Uitkomst,
)

from services.intake import registeromvang
from shared.db import vergrendel
from tests.service.intake_voordeur import BSNS, Voordeur
from tests.service.test_intake_besluit import hoort
from tests.service.test_intake_raadplegingen import werkt

A, B, VREEMD = BSNS[0], BSNS[1], BSNS[2]
WSW = {"bsn": A, "grondslag": "WSW", "van": "2015-01-01", "gemeente": "0014"}
PW = {"bsn": B, "grondslag": "PW_INDICATIE", "van": "2018-03-01", "gemeente": "0114"}


async def post(deur: Voordeur, pad: str, inhoud: Any, *scopes: str, **namens: str) -> Any:
    kop = deur.kop(*scopes, **namens) | {"Idempotency-Key": str(uuid4())}
    return await deur.client.post(pad, json=inhoud, headers=kop)


async def voeg_samen(deur: Voordeur, oud: UUID, in_: UUID, status: int = 200) -> dict[str, Any]:
    antwoord = await post(deur, f"/v1/personen/{oud}/samenvoeging", {"in": str(in_)})
    assert antwoord.status_code == status, antwoord.text
    uit: dict[str, Any] = antwoord.json()
    return uit


async def twee(deur: Voordeur) -> tuple[UUID, UUID]:
    """Eén mens onder twee nummers: WSW bij het ene, een indicatie bij het andere."""
    assert (await deur.rijen("registraties", WSW, PW))["aanvaard"] == 2
    return await deur.persoon(A), await deur.persoon(B)


async def test_everything_goes_on_under_one_pseudonym(voordeur: Voordeur) -> None:
    oud, in_ = await twee(voordeur)
    await voordeur.rijen("personen", {"bsn": A, "geboortedatum": "1990-01-01"})
    await werkt(voordeur, A)
    assert await voeg_samen(voordeur, oud, in_) == {"persoon": str(in_), "gewijzigd": True}

    *_, correctie, samen = await voordeur.feiten()
    assert isinstance(correctie, RegistratieGecorrigeerd)
    assert isinstance(samen, PersoonSamengevoegd)
    wsw = Registratie(grondslag=Grondslag.WSW, van=date(2015, 1, 1))
    pw = Registratie(grondslag=Grondslag.PW_INDICATIE, van=date(2018, 3, 1))
    assert (correctie.persoon, correctie.reden, correctie.registraties) == (in_, CorrectieReden.BSN, (wsw, pw))
    assert [(w.gemeente, w.van, w.tot) for w in correctie.woonplaatsen] == [
        ("0014", date(2015, 1, 1), date(2018, 3, 1)),
        ("0114", date(2018, 3, 1), None),
    ]
    assert (samen.persoon, samen.in_, samen.registraties) == (oud, in_, ())
    assert await voordeur.persoon(A) == await voordeur.persoon(B) == in_
    for wie in (oud, in_):
        gelezen = (await voordeur.client.get(f"/v1/personen/{wie}", headers=voordeur.kop())).json()
        assert (gelezen["persoon"], len(gelezen["registraties"])) == (str(in_), 2)
    zelf = voordeur.kop("eigen-gegevens", persoon=str(oud))
    assert (await voordeur.client.get(f"/v1/personen/{oud}", headers=zelf)).json()["geboortedatum"] == "1990-01-01"
    assert await voordeur.database.pool.fetchval("select array_agg(persoon) from werk") == [in_]
    assert await voeg_samen(voordeur, oud, in_) == {"persoon": str(in_), "gewijzigd": False}


async def test_the_register_as_known_then_still_counts_two(voordeur: Voordeur) -> None:
    oud, in_ = await twee(voordeur)
    toen = await voordeur.database.pool.fetchval("select clock_timestamp()")
    await voeg_samen(voordeur, oud, in_)

    async def omvang(**vraag: str) -> Any:
        async with voordeur.database.pool.acquire() as tx:
            nu = await tx.fetchval("select clock_timestamp()")
            return (await registeromvang.omvang(tx, date(2020, 1, 1), toen if vraag else nu, ["grondslag"], None))[0]

    assert (await omvang(bekend="toen"), await omvang()) == (2, 1)


async def test_supplies_and_decisions_for_the_old_number_reach_the_new_one(voordeur: Voordeur) -> None:
    oud, in_ = await twee(voordeur)
    await voeg_samen(voordeur, oud, in_)
    assert (await voordeur.rijen("registraties", WSW))["ongewijzigd"] == 1
    besluit = BesluitBeschutWerkGenomen(
        persoon=oud,
        aanvraag=uuid4(),
        gemeente="0014",
        uitkomst=Uitkomst.POSITIEF,
        besluit_op=date(2024, 5, 1),
        binnen_termijn=True,
    )
    gezegd = await hoort(voordeur, besluit)
    assert [(type(f), f.sleutel()) for f in gezegd] == [(RegistratieBeeindigd, str(in_))] * 2


async def test_a_decision_known_under_one_number_ends_what_ran_under_the_other(voordeur: Voordeur) -> None:
    oud, in_ = await twee(voordeur)
    await hoort(
        voordeur,
        BesluitBeschutWerkGenomen(
            persoon=oud,
            aanvraag=uuid4(),
            gemeente="0014",
            uitkomst=Uitkomst.POSITIEF,
            besluit_op=date(2024, 5, 1),
            binnen_termijn=True,
        ),
    )
    await voeg_samen(voordeur, oud, in_)
    [correctie] = [f for f in await voordeur.feiten() if isinstance(f, RegistratieGecorrigeerd)]
    assert {r.tot for r in correctie.registraties} == {date(2024, 5, 2)}


async def test_two_lives_are_not_one_person(voordeur: Voordeur) -> None:
    oud, in_ = await twee(voordeur)
    await voordeur.rijen(
        "personen", {"bsn": A, "geboortedatum": "1990-01-01"}, {"bsn": B, "geboortedatum": "1991-01-01"}
    )
    assert (await voeg_samen(voordeur, oud, in_, 409))["code"] == "andere_levensloop"
    assert await voordeur.aantal("opgegaan") == 0
    assert (await voeg_samen(voordeur, oud, uuid4(), 404))["code"] == "onbekende_persoon"
    assert (await voeg_samen(voordeur, oud, oud, 422))["code"] == "zelfde"
    gemeente = await post(
        voordeur, f"/v1/personen/{oud}/samenvoeging", {"in": str(in_)}, "registraties:schrijven", gemeente="0014"
    )
    assert (gemeente.status_code, gemeente.json()["code"]) == (403, "namens_onjuist")


async def test_a_chain_of_merges_ends_at_the_last(voordeur: Voordeur) -> None:
    een, twee_ = await twee(voordeur)
    drie = await voordeur.persoon(VREEMD)
    await voeg_samen(voordeur, een, twee_)
    await voeg_samen(voordeur, twee_, drie)
    assert {await voordeur.persoon(bsn) for bsn in (A, B, VREEMD)} == {drie}
    kop = voordeur.kop("verantwoording")
    gekeken = (await voordeur.client.get(f"/v1/personen/{drie}/raadplegingen", headers=kop)).json()["raadplegingen"]
    assert [r["soort"] for r in gekeken].count("samenvoeging") == 4


async def test_a_supply_that_waits_for_the_merge_uses_the_new_pseudonym(voordeur: Voordeur) -> None:
    oud, in_ = await twee(voordeur)
    pool = voordeur.database.pool
    async with pool.acquire() as tx, tx.transaction():
        await vergrendel(
            tx, [max(str(oud), str(in_))]
        )  # de samenvoeging wacht hierop, en de levering op de samenvoeging
        samen = asyncio.create_task(voeg_samen(voordeur, oud, in_))
        await _wachten(voordeur, 1)
        rij = WSW | {"grondslag": "VSO_PRO", "van": "2016-01-01"}
        levering = asyncio.create_task(voordeur.rijen("registraties", rij))
        await _wachten(voordeur, 2)
    await asyncio.gather(samen, levering)
    assert await pool.fetchval("select array_agg(distinct persoon) from registratie") == [in_]


async def _wachten(deur: Voordeur, aantal: int) -> None:
    """Tot zoveel verbindingen op een slot wachten."""
    vraag = "select count(distinct pid) from pg_locks where not granted"
    async with asyncio.timeout(10):
        while await deur.database.pool.fetchval(vraag) < aantal:  # noqa: ASYNC110  # alleen de database weet het
            await asyncio.sleep(0.01)


async def test_a_wrong_bsn_is_corrected_and_the_person_stays(voordeur: Voordeur) -> None:
    oud, in_ = await twee(voordeur)
    pad = f"/v1/personen/{oud}/bsn-correctie"
    assert (await post(voordeur, pad, {"bsn": VREEMD})).json() == {"persoon": str(oud), "gewijzigd": True}
    assert (await post(voordeur, pad, {"bsn": VREEMD})).json()["gewijzigd"] is False
    assert await voordeur.persoon(VREEMD) == oud
    assert await voordeur.persoon(A) not in (oud, in_)
    bezet = await post(voordeur, pad, {"bsn": B})
    assert (bezet.status_code, bezet.json()["code"]) == (409, "bsn_van_ander")
    fout = await post(voordeur, pad, {"bsn": "123456789"})
    assert (fout.status_code, fout.json()["code"]) == (422, "elfproef")
    assert "123456789" not in fout.text
    assert len(await voordeur.feiten()) == 2


@pytest.mark.parametrize("lichaam", [b"", b"{", b"[]", b'{"in": "x"}', b'{"in": "x", "y": 1}'])
async def test_bad_input_is_refused(voordeur: Voordeur, lichaam: bytes) -> None:
    oud, _ = await twee(voordeur)
    kop = voordeur.kop() | {"Idempotency-Key": "x", "Content-Type": "application/json"}
    antwoord = await voordeur.client.post(f"/v1/personen/{oud}/samenvoeging", content=lichaam, headers=kop)
    assert antwoord.status_code in (400, 422)
