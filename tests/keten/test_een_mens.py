"""Samenvoegen en vernietigen door de hele keten: het cijfer blijft, en het pseudoniem is nergens meer.

Daarna, op dezelfde gebeurtenissen, wie van buiten meeluistert: hij komt op dezelfde totalen uit, en alles wat op het log
staat is wat AsyncAPI zegt.
"""

import json
import os
import shutil
from fractions import Fraction
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from banenspoor_contracts import lint
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft202012Validator

from shared.client import OpdrachtFout
from tests.keten.abonnees import MAP, invoer, optellen, records, som
from tests.keten.conftest import Keten
from tests.keten.test_keten import BSN, Q1, WERKGEVER, uren, uren_x100

BLIJFT = {"uitgaand", "slot", "idempotentie"}
"""Waar een vergeten pseudoniem nog staat: docs/vernietigen.md."""


@pytest.fixture(scope="module")
def gevuld(keten: Keten) -> Keten:
    """Eén mens onder twee nummers, elk met een baan; alleen het tweede nummer is geregistreerd."""
    keten.importeer("werkgevers", [{"werkgever": WERKGEVER, "sector": "markt", "van": "2010-01-01"}])
    keten.importeer(
        "registraties",
        [{"bsn": BSN[1], "grondslag": "PW_INDICATIE", "van": "2020-01-01", "gemeente": "0014"}],
        "--wacht",
    )
    baan: dict[str, Any] = {
        "werkgever": WERKGEVER,
        "vorm": "formeel",
        "contract": "vast",
        "uren_per_week": "25,5",
        "gemeente_werk": "GM0014",
        "van": "2023-06-01",
    }
    keten.importeer("plaatsingen", [{"referentie": f"P{nr}", "bsn": BSN[nr]} | baan for nr in (0, 1)])
    keten.importeer("uren", [uren(f"P{nr}", m) for nr in (0, 1) for m in (1, 2, 3)], "--wacht")
    return keten


def pseudoniem(keten: Keten, bsn: str) -> UUID:
    """Het pseudoniem van dit BSN."""
    return UUID(keten.client.post("intake", "/v1/pseudoniemen", json={"bsns": [bsn]})["pseudoniemen"][0])


async def waar(keten: Keten, *wie: UUID) -> set[str]:
    """De tabellen van alle diensten waarin een van deze pseudoniemen staat."""
    uit = set()
    for dienst in ("intake", "beoordeling", "plaatsing", "telling"):
        conn = await asyncpg.connect(keten.stack.postgres_url(dienst, f"{dienst}_eigenaar"))
        try:
            for rij in await conn.fetch("select tablename from pg_tables where schemaname = 'public'"):
                vraag = f"select exists (select from {rij['tablename']} r where r::text like any($1::text[]))"
                if await conn.fetchval(vraag, [f"%{persoon}%" for persoon in wie]):
                    uit.add(rij["tablename"])
        finally:
            await conn.close()
    return uit


async def test_two_numbers_become_one_and_then_none(gevuld: Keten) -> None:
    keten = gevuld
    oud, in_ = pseudoniem(keten, BSN[0]), pseudoniem(keten, BSN[1])
    assert uren_x100(keten) == 30_000
    keten.opdracht("kluis", "samenvoegen", str(oud), str(in_))
    keten.wacht()
    assert uren_x100(keten) == 60_000
    assert pseudoniem(keten, BSN[0]) == in_

    keten.importeer("uren", [uren("P0", 1, "60,00")], "--wacht")
    assert uren_x100(keten) == 56_000

    vernietig = ("kluis", "vernietig", str(oud), "--reden", "rechterlijk_bevel", "--kenmerk", "zaak 12", "--ja")
    keten.opdracht(*vernietig, status=2)  # er loopt nog een registratie
    einde = {"grondslag": "PW_INDICATIE", "tot": "2024-07-01", "reden": "OVERLEDEN"}
    keten.client.post("intake", f"/v1/registraties/{oud}/beeindigingen", json=einde)
    keten.wacht()
    keten.opdracht(*vernietig)
    keten.wacht()
    assert uren_x100(keten) == 56_000
    assert await waar(keten, oud, in_) <= BLIJFT
    with pytest.raises(OpdrachtFout):
        keten.client.get("intake", f"/v1/personen/{oud}")
    assert keten.tellingen(**Q1)["vast"] is not None


def test_a_subscriber_in_python_reaches_the_same_totals(gevuld: Keten) -> None:
    assert invoer(MAP / "optellen.py") == {"aiokafka", "banenspoor_contracts"}
    vraag = {"reeks": "kwartaal", "periode": "2024-Q1", "maat": "uren", "per": "sector,vorm"}
    cellen = gevuld.tellingen(**vraag)["cellen"]
    van_ons = {f"{c['sector']}/{c['vorm']}": int(Fraction(c["urenExact"]) * 100) for c in cellen if c["uren"]}
    assert optellen(gevuld.stack) == {"2024-Q1": van_ons}
    assert sum(van_ons.values()) == 56_000


def test_a_subscriber_with_kcat_adds_up_every_said_hour(gevuld: Keten) -> None:
    for programma in ("kcat", "jq"):
        if shutil.which(programma) is None:
            if os.environ.get("BANENSPOOR_KCAT") == "verplicht":
                pytest.fail(f"{programma} ontbreekt")
            pytest.skip(f"{programma} ontbreekt op deze machine (Debian: apt install kcat jq)")
    assert som(gevuld.stack) == 56_000


async def test_everything_on_the_log_is_what_asyncapi_says(gevuld: Keten) -> None:
    gezien: set[str] = set()
    for dienst in ("intake", "beoordeling", "plaatsing", "telling"):
        document = gevuld.client.get(dienst, "/v1/asyncapi.json")
        ApplicationSchema.model_validate(document)
        berichten = {b["title"]: b for b in document["components"]["messages"].values()}
        for record in await records(gevuld.stack.kafka, *document["channels"]):
            koppen = {naam: waarde.decode() for naam, waarde in record.headers}
            bericht = berichten[koppen["ce_type"]]
            assert bericht["name"] in document["channels"][record.topic]["messages"]
            Draft202012Validator(bericht["headers"]).validate(koppen)
            assert lint(koppen, record.value or b"") == []
            if record.value is not None:
                Draft202012Validator(bericht["payload"]["schema"]).validate(json.loads(record.value))
            gezien.add(bericht["name"])
    assert gezien >= {
        *("registratie-ingegaan", "registratie-beeindigd", "persoon-samengevoegd"),
        *("persoonsgegevens-vernietigd", "plaatsing-gestart", "plaatsing-gewijzigd", "plaatsing-vergeten"),
        *("uren-verloond", "werkgever-stand", "regel-vastgesteld"),
    }
