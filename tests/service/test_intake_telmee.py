"""Tel ik mee, door de voordeur: het antwoord, wie het mag vragen, en dat het vastgelegd wordt."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from banenspoor_contracts import Contract, PlaatsingBeeindigd, PlaatsingEindReden, PlaatsingGestart, Sector, Vorm

from services.intake import werk
from tests.service.intake_voordeur import BSNS, Voordeur


async def hoor(voordeur: Voordeur, *feiten: werk.Werkfeit) -> None:
    async with voordeur.database.pool.acquire() as tx, tx.transaction():
        for feit in feiten:
            await werk.neem_over(feit, tx)


def gestart(persoon: UUID, plaatsing: UUID) -> PlaatsingGestart:
    return PlaatsingGestart(
        persoon=persoon,
        plaatsing=plaatsing,
        versie=1,
        werkgever=uuid4(),
        vorm=Vorm.FORMEEL,
        contract=Contract.VAST,
        uren_per_week_x100=3200,
        gemeente_werk="0014",
        sector=Sector.MARKT,
        van=date(2021, 2, 1),
    )


async def vraag(voordeur: Voordeur, persoon: UUID, op: str = "", status: int = 200, **kop: Any) -> Any:
    koppen = voordeur.kop("eigen-gegevens", persoon=str(persoon)) if not kop else voordeur.kop(**kop)
    antwoord = await voordeur.client.get(f"/v1/personen/{persoon}/tel-ik-mee{op}", headers=koppen)
    assert antwoord.status_code == status, antwoord.text
    return antwoord.json()


async def test_registered_then_working_then_no_longer(voordeur: Voordeur) -> None:
    persoon, plaatsing = await voordeur.persoon(BSNS[0]), uuid4()
    assert (await vraag(voordeur, persoon))["teltMee"] is False
    await voordeur.rijen(
        "registraties", {"bsn": BSNS[0], "grondslag": "VSO_PRO", "van": "2020-03-01", "gemeente": "0014"}
    )
    zonder_werk = await vraag(voordeur, persoon)
    assert (zonder_werk["geregistreerd"], zonder_werk["teltMee"], zonder_werk["sinds"]) == (True, False, None)
    await hoor(
        voordeur,
        gestart(persoon, plaatsing),
    )
    nu = await vraag(voordeur, persoon)
    assert (nu["geregistreerd"], nu["teltMee"], nu["sinds"], nu["grondslagen"]) == (
        True,
        True,
        "2021-02-01",
        ["VSO_PRO"],
    )
    assert any("art. 38b" in artikel for artikel in nu["artikelen"])
    assert nu["zinnen"][0] == "U telt mee."
    assert (await vraag(voordeur, persoon, "?op=2021-01-31"))["teltMee"] is False
    await hoor(
        voordeur,
        PlaatsingBeeindigd(
            persoon=persoon, plaatsing=plaatsing, versie=2, tot=date(2022, 1, 1), reden=PlaatsingEindReden.ONBEKEND
        ),
    )
    assert (await vraag(voordeur, persoon, "?op=2021-12-31"))["teltMee"] is True
    assert (await vraag(voordeur, persoon, "?op=2022-01-01"))["teltMee"] is False


async def test_what_if_is_marked_and_an_unreadable_question_is_refused(voordeur: Voordeur) -> None:
    persoon = await voordeur.persoon(BSNS[0])
    anders = await vraag(voordeur, persoon, "?wet=wet-banenafspraak")
    assert (anders["watAls"], anders["versie"]) == (True, "wet-banenafspraak")
    assert (await vraag(voordeur, persoon, "?wet=iets", 400))["code"] == "onbekende_wet"
    assert (await vraag(voordeur, persoon, "?op=2999-01-01", 400))["code"] == "toekomst"
    await vraag(voordeur, persoon, "?op=gisteren", 400)


async def test_only_about_oneself_and_every_question_is_kept(voordeur: Voordeur) -> None:
    persoon, ander = await voordeur.persoon(BSNS[0]), await voordeur.persoon(BSNS[1])
    koppen = voordeur.kop("eigen-gegevens", persoon=str(ander))
    antwoord = await voordeur.client.get(f"/v1/personen/{persoon}/tel-ik-mee", headers=koppen)
    assert (antwoord.status_code, antwoord.json()["code"]) == (404, "onbekende_persoon")
    await vraag(voordeur, persoon)
    gekeken = await voordeur.client.get(
        f"/v1/personen/{persoon}/raadplegingen", headers=voordeur.kop("eigen-gegevens", persoon=str(persoon))
    )
    soorten = [(r["soort"], r["uitkomst"]) for r in gekeken.json()["raadplegingen"]]
    assert ("tel-ik-mee", "beantwoord") in soorten
    assert ("tel-ik-mee", "geweigerd") in soorten


async def test_a_registration_that_ends_within_the_month_does_not_count_that_month(voordeur: Voordeur) -> None:
    persoon = await voordeur.persoon(BSNS[0])
    rij = {"bsn": BSNS[0], "grondslag": "VSO_PRO", "van": "2020-03-01", "gemeente": "0014", "tot": "2024-03-15"}
    await voordeur.rijen("registraties", rij)
    await hoor(voordeur, gestart(persoon, uuid4()))
    uit = await vraag(voordeur, persoon, "?op=2024-03-10")
    assert (uit["geregistreerd"], uit["teltMee"], uit["peildag"]) == (True, False, "2024-03-31")
    assert (await vraag(voordeur, persoon, "?op=2024-02-10"))["teltMee"] is True


async def test_a_municipality_asks_only_about_who_lives_there_on_that_day(voordeur: Voordeur) -> None:
    persoon = await voordeur.persoon(BSNS[0])
    await voordeur.rijen(
        "registraties", {"bsn": BSNS[0], "grondslag": "VSO_PRO", "van": "2020-03-01", "gemeente": "0014"}
    )
    await voordeur.rijen("verhuizingen", {"bsn": BSNS[0], "gemeente": "0034", "van": "2023-01-01"})
    koppen = voordeur.kop("gemeente", gemeente="0014")
    for op, status in (("2022-12-31", 200), ("2023-01-01", 404)):
        antwoord = await voordeur.client.get(f"/v1/personen/{persoon}/tel-ik-mee?op={op}", headers=koppen)
        assert antwoord.status_code == status


async def test_bound_to_work_means_registered_only_while_working(voordeur: Voordeur) -> None:
    """Het recht staat er zoals geleverd; geregistreerd, en in de omvang, is zij alleen in de tijd dat zij werkt."""
    persoon, plaatsing = await voordeur.persoon(BSNS[0]), uuid4()
    await voordeur.rijen(
        "registraties",
        {"bsn": BSNS[0], "grondslag": "WAJONG_DUURZAAM_GEEN", "van": "2020-03-01", "gemeente": "0014"},
        {"bsn": BSNS[1], "grondslag": "WSW", "van": "2020-03-01", "gemeente": "0014"},
    )
    pad, kop = f"/v1/personen/{persoon}", voordeur.kop("registraties:lezen")

    async def geldt() -> Any:
        (registratie,) = (await voordeur.client.get(pad, headers=kop)).json()["registraties"]
        assert (registratie["van"], registratie["tot"]) == ("2020-03-01", None)
        return registratie["geldt"]

    async def omvang(op: str) -> Any:
        antwoord = (
            await voordeur.client.get("/v1/register", params={"op": op, "per": "grondslag"}, headers=kop)
        ).json()
        return antwoord["personen"], {c["grondslag"] for c in antwoord["cellen"]}

    assert await geldt() == []
    assert (await vraag(voordeur, persoon, "?op=2021-03-01"))["geregistreerd"] is False
    assert await omvang("2021-03-01") == (1, {"WSW"})
    await hoor(voordeur, gestart(persoon, plaatsing))
    await hoor(
        voordeur,
        PlaatsingBeeindigd(
            persoon=persoon,
            plaatsing=plaatsing,
            versie=2,
            tot=date(2021, 6, 1),
            reden=PlaatsingEindReden.CONTRACT_AFGELOPEN,
        ),
    )
    assert await geldt() == [{"van": "2021-02-01", "tot": "2021-06-01"}]
    assert (await vraag(voordeur, persoon, "?op=2021-03-01"))["geregistreerd"] is True
    assert await omvang("2021-03-01") == (2, {"WSW", "WAJONG_DUURZAAM_GEEN"})
    assert await omvang("2021-06-01") == (1, {"WSW"})
