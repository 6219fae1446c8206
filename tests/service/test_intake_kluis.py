"""De kluis: BSN's erin, pseudoniemen eruit, elke omwisseling vastgelegd, en buiten de kluis nergens een BSN."""

from __future__ import annotations

import base64
import logging
import re
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from stdnum.nl import bsn as elfproef
from structlog.testing import capture_logs

from services.intake import app, kluisboek
from shared.api import AMSTERDAM
from shared.kluis import HMAC, KluisFout, kluis
from tests.service.intake_voordeur import BSNS, Voordeur

_CIJFERS = re.compile(r"(?<![0-9a-f-])\d{8,9}(?![0-9a-f-])")


def bsns_in(tekst: str) -> set[str]:
    """Alles wat een BSN zou kunnen zijn."""
    return {c for c in _CIJFERS.findall(tekst) if elfproef.is_valid(c)}


async def test_the_same_bsn_always_gives_the_same_random_pseudonym(voordeur: Voordeur) -> None:
    eerst = (await voordeur.wissel(*BSNS[:3], BSNS[0]))["pseudoniemen"]
    assert eerst[0] == eerst[3]
    assert len(set(eerst)) == 3
    assert all(UUID(p).version == 4 for p in eerst)
    assert (await voordeur.wissel(*BSNS[:4]))["pseudoniemen"][:3] == eerst[:3]
    assert await voordeur.feiten() == []


async def test_the_register_and_the_exchange_use_the_same_pseudonym(voordeur: Voordeur) -> None:
    eerst = await voordeur.persoon(BSNS[0])
    await voordeur.rijen("verhuizingen", {"bsn": BSNS[0], "gemeente": "0014", "van": "2020-01-01"})
    assert [f.sleutel() for f in await voordeur.feiten()] == [str(eerst)]


async def test_a_wrong_number_is_reported_by_index_and_the_rest_is_answered(voordeur: Voordeur) -> None:
    uit = await voordeur.wissel(BSNS[0], "123456789", None, 7, "10000008")
    assert [p is None for p in uit["pseudoniemen"]] == [False, True, True, True, False]
    assert [(f["index"], f["code"]) for f in uit["fouten"]] == [(1, "elfproef"), (2, "elfproef"), (3, "elfproef")]
    assert "123456789" not in str(uit)


async def test_a_trial_answers_but_keeps_no_new_pseudonym(voordeur: Voordeur) -> None:
    bekend = await voordeur.persoon(BSNS[0])
    uit = await voordeur.wissel(*BSNS[:2], BSNS[1], proef=True)
    assert uit["pseudoniemen"][0] == str(bekend)
    assert uit["pseudoniemen"][1] == uit["pseudoniemen"][2]
    assert await voordeur.aantal("kluis") == 1
    assert (await voordeur.wissel(BSNS[1]))["pseudoniemen"] != uit["pseudoniemen"][1:2]


async def test_every_exchange_is_recorded_also_a_trial(voordeur: Voordeur) -> None:
    await voordeur.wissel(*BSNS[:3])
    await voordeur.wissel(BSNS[0], proef=True)
    rijen = await voordeur.database.pool.fetch("select client, aantal, proef from raadpleging order by nr")
    assert [tuple(r) for r in rijen] == [("gemeente-0014", 3, False), ("gemeente-0014", 1, True)]


@pytest.mark.parametrize(
    ("lichaam", "status"),
    [
        ({"bsns": ["123456782"] * 10_001}, 413),
        ({"bsns": "123456782"}, 422),
        ({"bsn": ["123456782"]}, 422),
        (["123456782"], 422),
        ("123456782", 422),
    ],
)
async def test_a_question_in_another_form_is_refused_without_repeating_it(
    voordeur: Voordeur, lichaam: Any, status: int
) -> None:
    antwoord = await voordeur.client.post("/v1/pseudoniemen", json=lichaam, headers=voordeur.kop("pseudoniemen"))
    assert antwoord.status_code == status
    assert antwoord.headers["content-type"] == "application/problem+json"
    assert "123456782" not in antwoord.text


async def test_an_unknown_pseudonym_has_no_timelines(voordeur: Voordeur) -> None:
    antwoord = await voordeur.client.get(f"/v1/personen/{UUID(int=1)}", headers=voordeur.kop())
    assert (antwoord.status_code, antwoord.json()["code"]) == (404, "onbekende_persoon")


async def test_the_vault_refuses_keys_of_another_database(voordeur: Voordeur, monkeypatch: pytest.MonkeyPatch) -> None:
    await app.controleer_kluis(voordeur.database.pool)
    await voordeur.persoon(BSNS[0])
    await app.controleer_kluis(voordeur.database.pool)
    monkeypatch.setenv(HMAC, base64.b64encode(bytes(range(1, 33))).decode())
    kluis.cache_clear()
    with pytest.raises(KluisFout, match=HMAC):
        await kluisboek.controleer(voordeur.database.pool, kluis())


async def test_no_bsn_outside_the_vault(
    voordeur: Voordeur, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """In logs (vóór het masker), antwoorden, fouten, gebeurtenissen en in elke kolom van elke tabel."""
    caplog.set_level(logging.DEBUG)
    antwoorden: list[Any] = []
    with capture_logs() as regels:
        rij = {"grondslag": "WSW", "van": "2018-03-01", "gemeente": "0014"}
        antwoorden.append(await voordeur.rijen("registraties", *({"bsn": b} | rij for b in BSNS)))
        antwoorden.append(
            await voordeur.rijen("registraties", *({"bsn": b} | rij | {"van": "2018-04-01"} for b in BSNS))
        )
        antwoorden.append(await voordeur.rijen("registraties", *({"bsn": b, "van": b, "grondslag": b} for b in BSNS)))
        antwoorden.append(await voordeur.rijen("personen", *({"bsn": b, "geboortedatum": "1980-01-01"} for b in BSNS)))
        antwoorden.append(
            await voordeur.rijen("verhuizingen", *({"bsn": b, "gemeente": "0114", "van": "2019-01-01"} for b in BSNS))
        )
        antwoorden.append(
            await voordeur.rijen(
                "registratie-correcties", *({"bsn": b, "grondslag": "WSW", "reden": "BSN"} for b in BSNS)
            )
        )
        antwoorden.append(await voordeur.wissel(*BSNS))
        persoon = str(await voordeur.persoon(BSNS[0]))
        baas = voordeur.kop("raadplegingen", werkgever=str(UUID(int=7))) | {"Idempotency-Key": "k"}
        vandaag = datetime.now(AMSTERDAM).date().isoformat()
        kandidaten = [{"bsn": b, "toestemmingOp": vandaag} for b in BSNS] + [{"bsn": b} for b in BSNS]
        for pad, vraag in (
            ("kandidaatverklaringen", {"kandidaten": kandidaten}),
            ("raadplegingen", {"bsns": BSNS}),
            ("raadplegingen", {"bsns": [[BSNS[0]]], BSNS[1]: 1}),
        ):
            antwoord = await voordeur.client.post(f"/v1/{pad}", json=vraag, headers=baas)
            antwoorden.append(antwoord.text)
            assert "WSW" not in antwoord.text
        alles = voordeur.kop("registraties:lezen", "verantwoording", "beheer")
        for pad in (
            f"personen/{BSNS[0]}",
            f"personen/{persoon}",
            f"personen/{persoon}/raadplegingen",
            "verantwoording/keten",
        ):
            antwoorden.append((await voordeur.client.get(f"/v1/{pad}", headers=alles)).text)
        zelf = voordeur.kop("eigen-gegevens", persoon=persoon)
        antwoorden.append((await voordeur.client.get(f"/v1/personen/{persoon}", headers=zelf)).text)
        metrieken = (await voordeur.client.get("/metrics")).text
        assert "banenspoor_raadplegingen_total" in metrieken
        assert not {"WSW", persoon, str(UUID(int=7))} & set(re.findall(r'"([^"]*)"', metrieken))
        assert not any(bsn in metrieken for bsn in BSNS)
    assert len(await voordeur.feiten()) == 3 * len(BSNS)
    uitvoer = capfd.readouterr()
    stdlog = [r.getMessage() for r in caplog.records if r.name != "httpx"]  # httpx is hier de aanroeper, niet de dienst
    assert persoon not in str(regels)
    for plaats in (antwoorden, regels, stdlog, uitvoer.out, uitvoer.err):
        assert not bsns_in(str(plaats)), plaats
    pool = voordeur.database.pool
    for (tabel,) in await pool.fetch("select tablename from pg_tables where schemaname = 'public'"):
        if tabel == "alembic_version":
            continue
        for inhoud in await pool.fetch(f"select t::text, to_jsonb(t) as j from {tabel} t"):
            assert not bsns_in(inhoud["t"]), tabel
            for veld in inhoud["j"].values():
                if isinstance(veld, str) and veld.startswith("\\x"):
                    assert not bsns_in(bytes.fromhex(veld[2:]).decode("latin-1")), tabel
