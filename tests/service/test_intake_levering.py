"""Een volledige lijst: voorbeeld, drempel, toepassen wat getoond is, en verder gaan waar zij was."""

import json
from typing import Any
from uuid import uuid4

import pytest

from services.intake import levering
from tests.service.intake_voordeur import BSNS, Voordeur

PEIL = "2024-06-01"


class Lijst:
    """Eén levering door de voordeur."""

    def __init__(self, voordeur: Voordeur, **anders: Any) -> None:
        self.deur, self.nummer = voordeur, str(uuid4())
        self.anders = {"grondslagen": ["WAJONG_OUD"], "peildatum": PEIL} | anders

    async def post(self, pad: str, status: int = 200, **rest: Any) -> Any:
        kop = self.deur.kop("registraties:schrijven") | {"Idempotency-Key": str(uuid4())}
        antwoord = await self.deur.client.post(f"/v1/leveringen{pad}", headers=kop, **rest)
        assert antwoord.status_code == status, antwoord.text
        return antwoord.json()

    async def begin(self, status: int = 200) -> Any:
        return await self.post("", status, json={"levering": self.nummer} | self.anders)

    async def rijen(self, *rijen: dict[str, Any], vanaf: int = 2) -> Any:
        genummerd = [{"rij": nr, **r} for nr, r in enumerate(rijen, vanaf)]
        inhoud = "\n".join(map(json.dumps, genummerd))
        return await self.post(f"/{self.nummer}/rijen?totRij={vanaf + len(rijen) - 1}", content=inhoud)

    async def voorbeeld(self, *rijen: dict[str, Any]) -> Any:
        await self.begin()
        if rijen:
            await self.rijen(*rijen)
        return await self.post(f"/{self.nummer}/voorbeeld")

    async def pas_toe(self, vinger: str, status: int = 200, **anders: Any) -> Any:
        return await self.post(f"/{self.nummer}/toepassing", status, json={"vinger": vinger} | anders)

    async def wijzigingen(self, **vraag: Any) -> Any:
        pad, kop = f"/v1/leveringen/{self.nummer}/wijzigingen", self.deur.kop("registraties:schrijven")
        return (await self.deur.client.get(pad, params=vraag, headers=kop)).json()


def rij(bsn: str, van: str = "2018-01-01", **anders: Any) -> dict[str, Any]:
    return {"bsn": bsn, "grondslag": "WAJONG_OUD", "van": van, "gemeente": "0014"} | anders


async def registraties(voordeur: Voordeur, bsn: str) -> list[tuple[str, str, str | None]]:
    pad = f"/v1/personen/{await voordeur.persoon(bsn)}"
    antwoord = await voordeur.client.get(pad, headers=voordeur.kop("registraties:lezen"))
    return [(r["grondslag"], r["van"], r["tot"]) for r in antwoord.json()["registraties"]]


async def test_who_is_absent_ends_and_the_rest_begins_is_corrected_or_stays(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", *(rij(b) for b in BSNS[:3]), rij(BSNS[3], grondslag="WSW"))
    voor = len(await voordeur.feiten())
    lijst = Lijst(voordeur)
    beeld = await lijst.voorbeeld(rij(BSNS[0]), rij(BSNS[1], "2018-02-01"), rij(BSNS[4], "2024-05-01", gemeente="0344"))
    assert beeld["totaal"] == {"begin": 1, "einde": 1, "correctie": 1, "afgewezen": 0}
    assert (beeld["lopend"], beeld["einden"]) == (3, 1)
    assert beeld["perGemeente"]["0344"]["begin"] == 1
    assert beeld["perGrondslag"] == {"WAJONG_OUD": {"begin": 1, "einde": 1, "correctie": 1, "afgewezen": 0}}
    assert len(await voordeur.feiten()) == voor
    assert await lijst.pas_toe(beeld["vinger"], akkoord=True) == {"gedaan": 3, "resterend": 0}
    assert sorted((await voordeur.namen())[voor:]) == [
        "registratie-beeindigd",
        "registratie-gecorrigeerd",
        "registratie-ingegaan",
    ]
    assert await registraties(voordeur, BSNS[0]) == [("WAJONG_OUD", "2018-01-01", None)]
    assert await registraties(voordeur, BSNS[1]) == [("WAJONG_OUD", "2018-02-01", None)]
    assert await registraties(voordeur, BSNS[2]) == [("WAJONG_OUD", "2018-01-01", PEIL)]
    assert await registraties(voordeur, BSNS[3]) == [("WSW", "2018-01-01", None)]
    assert await registraties(voordeur, BSNS[4]) == [("WAJONG_OUD", "2024-05-01", None)]


async def test_after_applying_the_rows_are_gone_and_the_listed_are_confirmed(voordeur: Voordeur) -> None:
    lijst = Lijst(voordeur)
    beeld = await lijst.voorbeeld(rij(BSNS[0]), rij(BSNS[1]))
    await lijst.pas_toe(beeld["vinger"])
    assert await voordeur.aantal("levering_rij") == await voordeur.aantal("levering_wijziging") == 0
    bevestigd = await voordeur.database.pool.fetch("select veld, op::text, client from bevestiging")
    assert [tuple(r) for r in bevestigd] == [("grondslag", PEIL, "gemeente-0014")] * 2
    assert await lijst.pas_toe(beeld["vinger"]) == {"gedaan": 0, "resterend": 0}


async def test_too_many_ends_need_consent(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", *(rij(b) for b in BSNS[:4]))
    lijst = Lijst(voordeur)
    beeld = await lijst.voorbeeld(*(rij(b) for b in BSNS[:3]))
    fout = await lijst.pas_toe(beeld["vinger"], 422)
    assert fout["code"] == "boven_drempel"
    assert (await lijst.pas_toe(beeld["vinger"], 422, drempel=24))["code"] == "boven_drempel"
    assert await lijst.pas_toe(beeld["vinger"], drempel=25) == {"gedaan": 1, "resterend": 0}


async def test_an_empty_list_is_stopped(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0]))
    lijst = Lijst(voordeur)
    beeld = await lijst.voorbeeld()
    assert (await lijst.pas_toe(beeld["vinger"], 422, drempel=99))["code"] == "boven_drempel"


async def test_a_register_that_moved_is_not_touched(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0]), rij(BSNS[1]))
    lijst = Lijst(voordeur)
    beeld = await lijst.voorbeeld(rij(BSNS[0]))
    await voordeur.rijen("registraties", rij(BSNS[1], tot="2024-03-01"))
    voor = await voordeur.namen()
    assert (await lijst.pas_toe(beeld["vinger"], 409, akkoord=True))["code"] == "register_veranderd"
    assert await voordeur.namen() == voor
    assert (await lijst.voorbeeld())["vinger"] != beeld["vinger"]


async def test_someone_new_since_the_preview_is_a_change_too(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0]), rij(BSNS[1]))
    lijst = Lijst(voordeur)
    beeld = await lijst.voorbeeld(rij(BSNS[0]))
    await voordeur.rijen("registraties", rij(BSNS[2]))
    await lijst.pas_toe(beeld["vinger"], 409, akkoord=True)


async def test_between_two_steps_a_moved_person_stops_the_rest(
    voordeur: Voordeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levering, "STAP", 1)
    lijst = Lijst(voordeur)
    beeld = await lijst.voorbeeld(*(rij(b) for b in BSNS[:3]))
    assert await lijst.pas_toe(beeld["vinger"]) == {"gedaan": 1, "resterend": 2}
    over = [b for b in BSNS[:3] if not await registraties(voordeur, b)]
    await voordeur.rijen("registraties", *(rij(b, "2019-01-01") for b in over))
    await lijst.pas_toe(beeld["vinger"], 409)
    nieuw = await lijst.post(f"/{lijst.nummer}/voorbeeld")
    assert nieuw["totaal"]["correctie"] == 2
    await lijst.pas_toe(nieuw["vinger"], akkoord=True)
    assert await lijst.pas_toe(nieuw["vinger"], akkoord=True) == {"gedaan": 1, "resterend": 0}


async def test_a_block_that_is_in_already_does_nothing_and_a_list_goes_on(voordeur: Voordeur) -> None:
    lijst = Lijst(voordeur)
    await lijst.begin()
    assert (await lijst.rijen(rij(BSNS[0]), rij(BSNS[1])))["klaargezet"] == 2
    assert (await lijst.rijen(rij(BSNS[0]), rij(BSNS[1])))["klaargezet"] == 0
    assert (await lijst.begin())["totRij"] == 3
    await lijst.rijen(rij(BSNS[2]), vanaf=4)
    assert (await lijst.voorbeeld())["totaal"]["begin"] == 3


async def test_a_bad_row_is_reported_and_stops_applying_without_consent(voordeur: Voordeur) -> None:
    lijst = Lijst(voordeur)
    await lijst.begin()
    uit = await lijst.rijen(rij(BSNS[0]), rij("123456789"), rij(BSNS[1], "2099-01-01"))
    assert [(f["rij"], f["kolom"], f["code"]) for f in uit["fouten"]] == [
        (3, "bsn", "elfproef"),
        (4, "van", "toekomst"),
    ]
    beeld = await lijst.voorbeeld()
    assert beeld["foutRijen"] == 2
    assert (await lijst.pas_toe(beeld["vinger"], 422))["code"] == "foute_rijen"
    await lijst.pas_toe(beeld["vinger"], akkoord=True)


async def test_a_trial_leaves_no_pseudonym_and_is_never_applied(voordeur: Voordeur) -> None:
    lijst = Lijst(voordeur, proef=True)
    beeld = await lijst.voorbeeld(rij(BSNS[0]), rij(BSNS[0], "2019-01-01", tot="2020-01-01"))
    assert beeld["totaal"]["begin"] == 1
    assert await voordeur.aantal("kluis") == 0
    await lijst.pas_toe(beeld["vinger"], 409)
    await lijst.post(f"/{lijst.nummer}/intrekking")
    assert await voordeur.aantal("levering") == 0


async def test_the_list_of_changes_is_paged_pseudonymous_and_recorded(voordeur: Voordeur) -> None:
    lijst = Lijst(voordeur)
    await lijst.voorbeeld(*(rij(b) for b in BSNS[:3]))
    eerste = await lijst.wijzigingen(hooguit=2)
    rest = await lijst.wijzigingen(hooguit=2, na=eerste["volgende"])
    assert [len(eerste["wijzigingen"]), len(rest["wijzigingen"]), rest["volgende"]] == [2, 1, None]
    assert not any(b in json.dumps([eerste, rest]) for b in BSNS)
    assert await voordeur.database.pool.fetchval("select sum(aantal) from raadpleging where naam = 'levering'") == 3


async def test_another_client_another_ground_or_a_municipality_gets_nothing(voordeur: Voordeur) -> None:
    lijst = Lijst(voordeur)
    await lijst.voorbeeld(rij(BSNS[0]))
    pad = f"/v1/leveringen/{lijst.nummer}/wijzigingen"
    vreemd = voordeur.kop("registraties:schrijven", client="een-ander")
    assert (await voordeur.client.get(pad, headers=vreemd)).status_code == 404
    gemeente = voordeur.kop("registraties:schrijven", gemeente="0014")
    assert (await voordeur.client.get(pad, headers=gemeente)).status_code == 403
    fout = await lijst.post(
        f"/{lijst.nummer}/rijen?totRij=9", 422, content=json.dumps({"rij": 9, **rij(BSNS[1], grondslag="WSW")})
    )
    assert fout["code"] == "andere_grondslag"


async def test_a_row_that_is_on_the_list_twice_is_reported_also_when_nothing_else_changes(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0]))
    lijst = Lijst(voordeur)
    assert (await lijst.voorbeeld(rij(BSNS[0]), rij(BSNS[0])))["totaal"]["afgewezen"] == 1
    (dubbel,) = (await lijst.wijzigingen(soort="afgewezen"))["wijzigingen"]
    assert (dubbel["rij"], dubbel["code"]) == (3, "dubbel")


async def test_the_list_registers_nobody_after_death_or_pension_age(voordeur: Voordeur) -> None:
    """Ook wie pas op de lijst voor het eerst geregistreerd wordt: de grens staat in de kluis."""
    dood, oud, levend = BSNS[:3]
    await voordeur.rijen("personen", {"bsn": dood, "geboortedatum": "1970-01-01", "overleden_op": "2020-05-01"})
    await voordeur.rijen("personen", {"bsn": oud, "geboortedatum": "1950-01-01"})
    voor = len(await voordeur.feiten())
    lijst = Lijst(voordeur)
    beeld = await lijst.voorbeeld(rij(dood), rij(oud, "2021-01-01"), rij(levend))
    assert beeld["totaal"] == {"begin": 2, "einde": 0, "correctie": 0, "afgewezen": 1}
    getoond = (await lijst.wijzigingen())["wijzigingen"]
    assert sorted((w["rij"], w["soort"], w["tot"], w["code"]) for w in getoond) == [
        (2, "begin", "2020-05-02", None),
        (3, "afgewezen", None, "na_aow_of_overlijden"),
        (4, "begin", None, None),
    ]
    await lijst.pas_toe(beeld["vinger"], akkoord=True)
    assert await registraties(voordeur, dood) == [("WAJONG_OUD", "2018-01-01", "2020-05-02")]
    assert await registraties(voordeur, oud) == []
    assert await registraties(voordeur, levend) == [("WAJONG_OUD", "2018-01-01", None)]
    assert sorted((await voordeur.namen())[voor:]) == ["registratie-beeindigd", *["registratie-ingegaan"] * 2]


async def test_a_death_after_the_preview_stops_the_list(voordeur: Voordeur) -> None:
    lijst = Lijst(voordeur)
    beeld = await lijst.voorbeeld(rij(BSNS[0]))
    await voordeur.rijen("personen", {"bsn": BSNS[0], "geboortedatum": "1970-01-01", "overleden_op": "2020-05-01"})
    assert (await lijst.pas_toe(beeld["vinger"], 409))["code"] == "register_veranderd"
    assert await registraties(voordeur, BSNS[0]) == []
