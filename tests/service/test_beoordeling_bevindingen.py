"""Criteria en bevindingen: alleen voor de beoordelaar, versleuteld, elke blik vastgelegd, en nergens anders te vinden."""

from __future__ import annotations

import logging
from typing import Any

import asyncpg
import pytest

from shared.kluis import KluisFout, kluis
from tests.service.test_beoordeling_api import Beoordelingsdeur, bdeur
from tests.service.test_beoordeling_samenvoegen import neem
from tests.service.test_beoordeling_service import PERSOON

__all__ = ["bdeur"]
GEHEIM = "heeft-een-zeldzame-aandoening"
ADVIES: dict[str, Any] = {"uitkomst": "POSITIEF", "uitgebrachtOp": "2024-04-02"}
CRITERIA: dict[str, Any] = ADVIES | {"aanpassingen": "ja", "toezicht": "nee", "bevinding": GEHEIM}
BEOORDELAAR = ("beoordeling:schrijven", "beoordeling:bevindingen")


async def test_only_the_assessor_writes_and_reads_findings_and_every_look_is_kept(bdeur: Beoordelingsdeur) -> None:
    pad = await bdeur.nieuw()
    zonder = await bdeur.stuur(f"{pad}/adviezen", CRITERIA)
    assert (zonder.status_code, zonder.json()["code"]) == (422, "geen_scope")
    assert (await bdeur.stuur(f"{pad}/adviezen", CRITERIA, scopes=BEOORDELAAR)).status_code == 200
    assert (await bdeur.lees(f"{pad}/bevindingen")).status_code == 403
    assert (await bdeur.lees(f"{pad}/bevindingen", "beoordeling:bevindingen", gemeente="0034")).status_code == 404
    gelezen = await bdeur.lees(f"{pad}/bevindingen", "beoordeling:bevindingen", client="dokter")
    assert gelezen.json() == {
        "aanvraag": pad.rsplit("/", 1)[1],
        "aanpassingen": True,
        "toezicht": False,
        "wsw": None,
        "gegevensVan": None,
        "bevinding": GEHEIM,
    }
    assert (await bdeur.lees(f"{pad}/inzagen")).status_code == 403
    inzagen = (await bdeur.lees(f"{pad}/inzagen", "verantwoording")).json()["inzagen"]
    assert [(i["client"], i["gemeente"], i["uitkomst"]) for i in inzagen] == [
        ("uwv", "0034", "geweigerd"),
        ("dokter", None, "beantwoord"),
    ]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await bdeur.database.pool.execute("delete from inzage")


async def test_a_finding_is_nowhere_but_in_its_own_encrypted_column(
    bdeur: Beoordelingsdeur, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    pad = await bdeur.nieuw()
    with caplog.at_level(logging.DEBUG):
        goed = await bdeur.stuur(f"{pad}/adviezen", CRITERIA, scopes=BEOORDELAAR)
        fout = await bdeur.stuur(f"{pad}/adviezen", CRITERIA | {"uitkomst": "NEGATIEF"}, scopes=BEOORDELAAR)
        vorm = await bdeur.stuur(f"{pad}/adviezen", CRITERIA | {"toezicht": GEHEIM}, scopes=BEOORDELAAR)
        await bdeur.lees(f"{pad}/bevindingen", "beoordeling:bevindingen")
    assert (fout.json()["code"], vorm.status_code) == ("volgt_niet", 422)
    gezien = caplog.text + "".join(capsys.readouterr()) + goed.text + fout.text + vorm.text
    assert GEHEIM not in gezien + (await bdeur.lees(pad)).text
    conn = await asyncpg.connect(bdeur.database.eigenaar_url)
    for rij in await conn.fetch("select tablename from pg_tables where schemaname = 'public'"):
        inhoud = await conn.fetch(f"select r::text from {rij['tablename']} r")
        assert not any(GEHEIM in r[0] or GEHEIM.encode().hex() in r[0] for r in inhoud), rij["tablename"]
    for data in await conn.fetch("select data from uitgaand"):
        assert b"aanpassingen" not in data[0]
        assert b"toezicht" not in data[0]
    await conn.close()


@pytest.mark.parametrize(
    ("anders", "code"),
    [
        ({"aanpassingen": "nee", "toezicht": "nee"}, "volgt_niet"),
        ({"aanpassingen": "nee", "toezicht": "ja"}, None),
        ({"aanpassingen": "ja"}, "onjuist"),
        ({"aanpassingen": "nee", "toezicht": "nee", "uitkomst": "NEGATIEF"}, None),
        ({"wsw": "NIET_BEGELEID_WERKEN"}, None),
        ({"wsw": "WEL_BEGELEID_WERKEN"}, "volgt_niet"),
        ({"wsw": "WEL_BEGELEID_WERKEN", "uitkomst": "NEGATIEF"}, None),
        ({"wsw": "NIET_BEGELEID_WERKEN", "toezicht": "ja"}, "onjuist"),
        ({"aanpassingen": "ja", "toezicht": "nee", "gegevensVan": "2022-04-02"}, None),
        ({"aanpassingen": "ja", "toezicht": "nee", "gegevensVan": "2022-04-01"}, "te_oud"),
        ({"aanpassingen": "ja", "toezicht": "nee", "gegevensVan": "2024-04-03"}, "te_oud"),
        ({"loonwaarde": "40"}, "onbekende_kolom"),
    ],
)
async def test_an_advice_follows_from_the_criteria(
    bdeur: Beoordelingsdeur, anders: dict[str, Any], code: str | None
) -> None:
    pad = await bdeur.nieuw()
    uit = await bdeur.stuur(f"{pad}/adviezen", ADVIES | anders, scopes=BEOORDELAAR)
    assert (uit.json().get("code"), uit.status_code) == (code, 422 if code else 200), uit.text


async def test_new_facts_ask_for_an_investigation(bdeur: Beoordelingsdeur) -> None:
    pad = await bdeur.nieuw(nieuwe_feiten="ja")
    uit = await bdeur.stuur(f"{pad}/adviezen", ADVIES | {"wsw": "NIET_BEGELEID_WERKEN"}, scopes=BEOORDELAAR)
    assert uit.json()["code"] == "nieuwe_feiten"


async def test_an_installation_may_ask_for_the_criteria(bdeur: Beoordelingsdeur) -> None:
    pad = await bdeur.nieuw()
    bdeur.app.state.bewijs_verplicht = True
    assert (await bdeur.stuur(f"{pad}/adviezen", ADVIES)).json()["code"] == "verplicht"
    assert (await bdeur.stuur(f"{pad}/adviezen", CRITERIA, scopes=BEOORDELAAR)).status_code == 200


async def test_findings_are_gone_with_the_person_and_open_with_no_other_key(
    bdeur: Beoordelingsdeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    from banenspoor_contracts import PersoonsgegevensVernietigd

    from services.beoordeling.app import controleer_kluis

    pool, pad = bdeur.database.pool, await bdeur.nieuw()
    await bdeur.stuur(f"{pad}/adviezen", CRITERIA, scopes=BEOORDELAAR)
    await controleer_kluis(pool)
    monkeypatch.setenv("BANENSPOOR_KLUIS_SLEUTELS", '{"2": "' + "A" * 43 + '="}')
    kluis.cache_clear()
    with pytest.raises(KluisFout):
        await controleer_kluis(pool)
    await neem(pool, PersoonsgegevensVernietigd(persoon=PERSOON))
    assert await bdeur.aantal("bevinding") == await bdeur.aantal("overgang") == 0
