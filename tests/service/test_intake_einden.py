"""Einden door de voordeur: overlijden, AOW, verval, bewijs, en de routes van één persoon."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from banenspoor_contracts import EindReden, RegistratieBeeindigd

from services.intake import bewijs, termijnen
from tests.service.intake_voordeur import BSNS, Voordeur

BSN = BSNS[0]
RIJ = {"bsn": BSN, "grondslag": "PW_INDICATIE", "van": "2018-03-01", "gemeente": "0014"}


async def einden(deur: Voordeur) -> list[tuple[date, EindReden]]:
    return [(f.tot, f.reden) for f in await deur.feiten() if isinstance(f, RegistratieBeeindigd)]


async def post(deur: Voordeur, pad: str, inhoud: dict[str, Any], sleutel: str | None = None) -> Any:
    kop = deur.kop() | {"Idempotency-Key": sleutel or str(uuid4())}
    return await deur.client.post(pad, json=inhoud, headers=kop)


@pytest.mark.parametrize("eerst_persoon", [True, False])
async def test_death_and_registration_give_the_same_end_in_either_order(
    voordeur: Voordeur, eerst_persoon: bool
) -> None:
    stappen = [
        ("personen", {"bsn": BSN, "geboortedatum": "1990-01-01", "overleden_op": "2020-05-01"}),
        ("registraties", RIJ),
    ]
    for soort, rij in stappen if eerst_persoon else reversed(stappen):
        assert (await voordeur.rijen(soort, rij))["fouten"] == []
    assert await einden(voordeur) == [(date(2020, 5, 2), EindReden.OVERLEDEN)]
    assert await voordeur.aantal("registratie where tot = '2020-05-02'") == 1


async def test_the_daily_task_ends_at_pension_age_on_the_day_and_only_once(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", RIJ)
    await voordeur.rijen("personen", {"bsn": BSN, "geboortedatum": "1961-01-15"})
    pool = voordeur.database.pool
    assert await termijnen.verloop(pool, date(2028, 4, 14)) == 0
    assert await einden(voordeur) == []
    assert await termijnen.verloop(pool, date(2028, 4, 15)) == 1
    assert await termijnen.verloop(pool, date(2028, 4, 16)) == 0
    assert await einden(voordeur) == [(date(2028, 4, 15), EindReden.AOW_LEEFTIJD)]


async def test_nobody_ends_by_a_pension_age_that_is_not_yet_set(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", RIJ)
    await voordeur.rijen("personen", {"bsn": BSN, "geboortedatum": "1990-01-15"})
    assert await termijnen.verloop(voordeur.database.pool, date(2090, 1, 1)) == 0
    assert await voordeur.aantal("termijn") == 1


async def test_a_lapse_is_kept_without_an_event_and_opens_own_deregistration(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", RIJ)
    persoon = await voordeur.persoon(BSN)
    pad = f"/v1/registraties/{persoon}/beeindigingen"
    af = {"grondslag": "PW_INDICATIE", "tot": "2024-01-01", "reden": "EIGEN_VERZOEK"}
    assert (await post(voordeur, pad, af)).json()["code"] == "afmelden_kan_niet"
    verval = {"bsn": BSN, "grondslag": "PW_INDICATIE", "vervallen_op": "2020-01-01", "reden": "HERBEOORDELING"}
    assert (await voordeur.rijen("voorwaarden-vervallen", verval))["aanvaard"] == 1
    assert (await voordeur.rijen("voorwaarden-vervallen", verval))["ongewijzigd"] == 1
    assert await voordeur.aantal("voorwaarden_vervallen") == 1
    assert await einden(voordeur) == []
    assert (await post(voordeur, pad, af)).status_code == 200
    assert await einden(voordeur) == [(date(2024, 1, 1), EindReden.EIGEN_VERZOEK)]


async def test_evidence_is_kept_and_what_is_missing_is_known(voordeur: Voordeur) -> None:
    rij = RIJ | {"grondslag": "PW_PRAKTIJKROUTE"}
    await voordeur.rijen("registraties", rij)
    persoon = await voordeur.persoon(BSN)
    async with voordeur.database.pool.acquire() as tx:
        assert [g.mist for g in await bewijs.ontbreekt(tx, [persoon], date(2019, 1, 1))] == [
            ("loonwaarde_procent", "loonwaarde_op")
        ]
        uit = await voordeur.rijen("registraties", rij | {"loonwaarde_procent": "62,5", "loonwaarde_op": "2018-02-01"})
        assert uit["fouten"] == []
        assert await bewijs.ontbreekt(tx, [persoon], date(2019, 1, 1)) == []
    assert await voordeur.aantal("registratie_bewijs where loonwaarde_x100 = 6250") == 1
    slecht = await voordeur.rijen("registraties", rij | {"loonwaarde_procent": "100"})
    assert [f["kolom"] for f in slecht["fouten"]] == ["loonwaarde_procent"]


async def test_one_correction_by_pseudonym_is_the_same_rule_and_idempotent(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", RIJ)
    persoon = await voordeur.persoon(BSN)
    pad, inhoud = f"/v1/registraties/{persoon}/correcties", {"grondslag": "PW_INDICATIE", "reden": "ONTERECHT"}
    eerste, tweede = await post(voordeur, pad, inhoud, "k"), await post(voordeur, pad, inhoud, "k")
    assert eerste.status_code == 200, eerste.text
    assert tweede.json()["herhaald"] is True
    assert (await voordeur.namen()).count("registratie-gecorrigeerd") == 1
    assert (await post(voordeur, f"/v1/registraties/{uuid4()}/correcties", inhoud)).status_code == 404


async def test_evidence_can_be_required_of_what_begins(voordeur: Voordeur) -> None:
    school = RIJ | {"grondslag": "VSO_PRO"}
    assert (await voordeur.rijen("registraties", school))["aanvaard"] == 1
    voordeur.app.state.bewijs_verplicht = True
    praktijk = RIJ | {"grondslag": "PW_PRAKTIJKROUTE"}
    uit = await voordeur.rijen("registraties", praktijk, praktijk | {"loonwaarde_procent": "60"})
    assert [(f["rij"], f["kolom"], f["code"]) for f in uit["fouten"]] == [
        (1, "loonwaarde_procent", "verplicht"),
        (2, "loonwaarde_op", "verplicht"),
    ]
    assert "loonwaarde_procent en loonwaarde_op ontbreekt" in uit["fouten"][0]["melding"]
    assert await voordeur.aantal("registratie_bewijs") == 0
    heel = praktijk | {"loonwaarde_procent": "60", "loonwaarde_op": "2018-02-01"}
    assert (await voordeur.rijen("registraties", heel, RIJ))["fouten"] == []
    assert (await voordeur.rijen("registraties", school))["ongewijzigd"] == 1
    assert (await voordeur.rijen("registraties", school | {"tot": "2020-01-01"}))["aanvaard"] == 1
    opnieuw = await voordeur.rijen("registraties", school | {"van": "2021-01-01"})
    assert [(f["kolom"], f["code"]) for f in opnieuw["fouten"]] == [("verzoek_op", "verplicht")]


async def test_a_full_list_cannot_pass_the_required_evidence(voordeur: Voordeur) -> None:
    voordeur.app.state.bewijs_verplicht = True
    for grondslag, status in (("VSO_PRO", 422), ("WAJONG_OUD", 200)):
        levering = {"levering": str(uuid4()), "grondslagen": [grondslag], "peildatum": "2024-01-01"}
        assert (await post(voordeur, "/v1/leveringen", levering)).status_code == status
