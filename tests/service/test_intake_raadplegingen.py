"""De vraag van een werkgever, van iemand zelf en van een gemeente: wie mag wat weten, en niets meer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from banenspoor_contracts import Contract, Sector, Vorm
from banenspoor_contracts.codes import OngedaanReden, PlaatsingEindReden
from banenspoor_contracts.plaatsingen import (
    OvergangVanOnderneming,
    PlaatsingBeeindigd,
    PlaatsingGegevens,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingOngedaanGemaakt,
    PlaatsingVergeten,
)

from services.intake import handlers, werk
from services.intake.tempo import Tempo
from shared.envelope import Bericht
from tests.service.intake_voordeur import BSNS, Voordeur

BAAS, ANDER = UUID(int=71), UUID(int=72)
VANDAAG = date.today()  # noqa: DTZ011
JAAR = VANDAAG.year
BAAN = UUID(int=9)


def gegevens(**anders: Any) -> dict[str, Any]:
    uit = {
        "werkgever": BAAS,
        "vorm": Vorm.FORMEEL,
        "contract": Contract.TIJDELIJK,
        "uren_per_week_x100": 3200,
        "gemeente_werk": "0014",
        "sector": Sector.MARKT,
        "van": date(JAAR, 1, 1),
    }
    return uit | anders


async def hoor(voordeur: Voordeur, *feiten: werk.Werkfeit) -> None:
    async with voordeur.database.pool.acquire() as tx, tx.transaction():
        for feit in feiten:
            _, handler = handlers.hoor._op_type[feit.type_]
            assert await handler(feit, cast(Bericht, None), tx) == ()


async def werkt(voordeur: Voordeur, bsn: str, **anders: Any) -> UUID:
    persoon = await voordeur.persoon(bsn)
    plaatsing: UUID = anders.pop("plaatsing", None) or uuid4()
    await hoor(voordeur, PlaatsingGestart(persoon=persoon, plaatsing=plaatsing, versie=1, **gegevens(**anders)))
    return persoon


def kop(voordeur: Voordeur, werkgever: UUID = BAAS) -> dict[str, str]:
    return voordeur.kop("raadplegingen", client="werkgeversportaal", werkgever=str(werkgever))


async def vraag(voordeur: Voordeur, *bsns: Any, werkgever: UUID = BAAS) -> list[dict[str, Any]]:
    antwoord = await voordeur.client.post("/v1/raadplegingen", json={"bsns": bsns}, headers=kop(voordeur, werkgever))
    assert antwoord.status_code == 200, antwoord.text
    uit: list[dict[str, Any]] = antwoord.json()["antwoorden"]
    return [{naam: waarde for naam, waarde in regel.items() if naam not in ("index", "melding")} for regel in uit]


async def verklaar(voordeur: Voordeur, *bsns: str, op: date = VANDAAG, werkgever: UUID = BAAS) -> dict[str, Any]:
    antwoord = await voordeur.client.post(
        "/v1/kandidaatverklaringen",
        json={"kandidaten": [{"bsn": bsn, "toestemmingOp": op.isoformat()} for bsn in bsns]},
        headers=kop(voordeur, werkgever) | {"Idempotency-Key": str(uuid4())},
    )
    assert antwoord.status_code == 200, antwoord.text
    uit: dict[str, Any] = antwoord.json()
    return uit


async def registreer(voordeur: Voordeur, bsn: str, **anders: Any) -> None:
    rij = {"bsn": bsn, "grondslag": "WSW", "van": "2018-03-01", "gemeente": "0014"} | anders
    assert (await voordeur.rijen("registraties", rij))["fouten"] == []


LOOPT = {"antwoord": "ja", "perioden": [{"van": f"{JAAR - 1}-01-01", "tot": None}]}
NEE = {"antwoord": "nee", "perioden": []}
GEEN = {"code": "geen_relatie"}


async def test_an_employer_hears_yes_or_no_about_an_own_employee_only(voordeur: Voordeur) -> None:
    await registreer(voordeur, BSNS[0])
    await registreer(voordeur, BSNS[1])
    await werkt(voordeur, BSNS[0])
    await werkt(voordeur, BSNS[2])
    assert await vraag(voordeur, BSNS[0], BSNS[1], BSNS[2], BSNS[3], "123456789") == [
        LOOPT,
        GEEN,
        NEE,
        GEEN,
        {"code": "elfproef"},
    ]
    assert await vraag(voordeur, BSNS[0], werkgever=ANDER) == [GEEN]


async def test_the_user_employer_may_ask_too(voordeur: Voordeur) -> None:
    await registreer(voordeur, BSNS[0])
    await werkt(voordeur, BSNS[0], werkgever=ANDER, inlener=BAAS, vorm=Vorm.UITZENDRELATIE)
    assert await vraag(voordeur, BSNS[0]) == [LOOPT]
    assert await vraag(voordeur, BSNS[0], werkgever=ANDER) == [LOOPT]


async def test_who_is_registered_only_while_working_is_a_no_until_she_works(voordeur: Voordeur) -> None:
    await registreer(voordeur, BSNS[0], grondslag="WAJONG_DUURZAAM_GEEN")
    await verklaar(voordeur, BSNS[0])
    assert await vraag(voordeur, BSNS[0]) == [NEE]
    await werkt(voordeur, BSNS[0], werkgever=ANDER, van=date(JAAR, 1, 1))
    loopt = {"antwoord": "ja", "perioden": [{"van": f"{JAAR}-01-01", "tot": None}]}
    assert await vraag(voordeur, BSNS[0]) == [loopt]


async def test_unknown_and_not_registered_get_the_same_no(voordeur: Voordeur) -> None:
    await voordeur.persoon(BSNS[0])
    await verklaar(voordeur, BSNS[0], BSNS[1])
    assert await vraag(voordeur, BSNS[0], BSNS[1]) == [NEE, NEE]
    assert await voordeur.aantal("kluis") == 1


async def test_a_declaration_opens_the_question_for_a_while_and_for_one_employer(voordeur: Voordeur) -> None:
    await registreer(voordeur, BSNS[0])
    assert await vraag(voordeur, BSNS[0]) == [GEEN]
    assert await verklaar(voordeur, BSNS[0], op=VANDAAG - timedelta(days=89)) == {
        "aanvaard": 1,
        "ongewijzigd": 0,
        "fouten": [],
    }
    assert await vraag(voordeur, BSNS[0], BSNS[1]) == [LOOPT, GEEN]
    assert await vraag(voordeur, BSNS[0], werkgever=ANDER) == [GEEN]
    assert (await verklaar(voordeur, BSNS[0], op=VANDAAG - timedelta(days=89)))["ongewijzigd"] == 1
    for op, code in ((VANDAAG - timedelta(days=90), "verlopen"), (VANDAAG + timedelta(days=1), "toekomst")):
        assert [f["code"] for f in (await verklaar(voordeur, BSNS[1], op=op))["fouten"]] == [code]
    await voordeur.database.pool.execute("delete from kandidaatverklaring")
    await voordeur.database.pool.execute(
        "insert into kandidaatverklaring select $1, bsn_hmac, $2, 'x' from kluis", BAAS, VANDAAG - timedelta(days=90)
    )
    assert await vraag(voordeur, BSNS[0]) == [GEEN]


async def test_the_period_is_clipped_to_this_and_the_previous_year(voordeur: Voordeur) -> None:
    await registreer(voordeur, BSNS[0], tot=f"{JAAR - 1}-05-01", reden="VERLOPEN")
    await registreer(voordeur, BSNS[0], grondslag="EIGEN_VERZOEK", van=f"{JAAR - 1}-04-01", tot=f"{JAAR - 1}-07-01")
    await registreer(voordeur, BSNS[1], tot=f"{JAAR - 1}-01-01")
    await werkt(voordeur, BSNS[0])
    await werkt(voordeur, BSNS[1])
    eerder = {"antwoord": "nee", "perioden": [{"van": f"{JAAR - 1}-01-01", "tot": f"{JAAR - 1}-07-01"}]}
    assert await vraag(voordeur, BSNS[0], BSNS[1]) == [eerder, NEE]


async def test_a_job_of_before_the_previous_year_or_undone_is_no_relation(voordeur: Voordeur) -> None:
    begin = date(JAAR - 3, 1, 1)
    await werkt(voordeur, BSNS[0], van=begin, tot=date(JAAR - 1, 1, 1))
    await werkt(voordeur, BSNS[1], van=begin, tot=date(JAAR - 1, 1, 2))
    persoon = await werkt(voordeur, BSNS[2], plaatsing=BAAN)
    assert await vraag(voordeur, *BSNS[:3]) == [GEEN, NEE, NEE]
    await hoor(
        voordeur,
        PlaatsingOngedaanGemaakt(persoon=persoon, plaatsing=BAAN, versie=2, reden=next(iter(OngedaanReden))),
    )
    assert await vraag(voordeur, BSNS[2]) == [GEEN]


async def test_what_is_heard_about_a_job_follows_its_versions(voordeur: Voordeur) -> None:
    persoon = await werkt(voordeur, BSNS[0], plaatsing=BAAN)
    vast: dict[str, Any] = {"persoon": persoon, "plaatsing": BAAN}
    stand = PlaatsingGegevens(**gegevens(werkgever=ANDER))
    nieuw = PlaatsingGewijzigd(**vast, versie=3, van=date(JAAR, 2, 1), gewijzigd={}, stand=stand)
    eind = PlaatsingBeeindigd(**vast, versie=2, tot=date(JAAR - 2, 1, 1), reden=next(iter(PlaatsingEindReden)))
    await hoor(voordeur, nieuw, eind, PlaatsingGestart(**vast, versie=1, **gegevens()))
    assert [await vraag(voordeur, BSNS[0], werkgever=w) for w in (BAAS, ANDER)] == [[GEEN], [NEE]]
    await hoor(
        voordeur,
        OvergangVanOnderneming(**vast, versie=4, van_werkgever=ANDER, naar_werkgever=BAAS, op=date(JAAR, 3, 1)),
    )
    assert [await vraag(voordeur, BSNS[0], werkgever=w) for w in (BAAS, ANDER)] == [[NEE], [GEEN]]
    await hoor(voordeur, eind.model_copy(update={"versie": 5}))
    assert await vraag(voordeur, BSNS[0]) == [GEEN]
    await hoor(voordeur, PlaatsingVergeten(**vast, versie=6))
    assert await voordeur.aantal("werk") == 0


async def test_the_employer_comes_from_the_token(voordeur: Voordeur) -> None:
    await werkt(voordeur, BSNS[0])
    zonder = voordeur.kop("raadplegingen")
    vragen: tuple[tuple[str, dict[str, Any]], ...] = (
        ("raadplegingen", {"bsns": [BSNS[0]]}),
        ("kandidaatverklaringen", {"kandidaten": []}),
    )
    for pad, inhoud in vragen:
        sleutel = {"Idempotency-Key": str(uuid4())}
        antwoord = await voordeur.client.post(f"/v1/{pad}", json=inhoud, headers=zonder | sleutel)
        assert (antwoord.status_code, antwoord.json()["code"]) == (403, "geen_werkgever")
        invoer = inhoud | {"werkgever": str(BAAS)}
        antwoord = await voordeur.client.post(f"/v1/{pad}", json=invoer, headers=kop(voordeur) | sleutel)
        assert antwoord.status_code == 422


async def test_the_person_sees_who_looked_also_before_being_known(voordeur: Voordeur) -> None:
    await verklaar(voordeur, BSNS[0])
    await vraag(voordeur, BSNS[0])
    await registreer(voordeur, BSNS[0])
    await vraag(voordeur, BSNS[0], werkgever=ANDER)
    await vraag(voordeur, BSNS[1])
    persoon = await voordeur.persoon(BSNS[0])
    zelf = voordeur.kop("eigen-gegevens", client="mijn", persoon=str(persoon))
    await voordeur.client.get(f"/v1/personen/{persoon}", headers=zelf)
    antwoord = await voordeur.client.get(f"/v1/personen/{persoon}/raadplegingen", headers=zelf)
    gezien = [(r["soort"], r["client"], r["werkgever"], r["uitkomst"]) for r in antwoord.json()["raadplegingen"]]
    assert gezien == [
        ("persoon", "mijn", None, "beantwoord"),
        ("pseudoniemen", "gemeente-0014", None, "beantwoord"),
        ("werkgeversvraag", "werkgeversportaal", str(ANDER), "geweigerd"),
        ("werkgeversvraag", "werkgeversportaal", str(BAAS), "beantwoord"),
        ("kandidaatverklaring", "werkgeversportaal", str(BAAS), "beantwoord"),
    ]
    pad = f"/v1/personen/{persoon}/raadplegingen?hooguit=4"
    verder = voordeur.kop("verantwoording")
    eerste = (await voordeur.client.get(pad, headers=verder)).json()
    rest = (await voordeur.client.get(f"{pad}&voor={eerste['volgende']}", headers=verder)).json()
    soorten = [r["soort"] for r in eerste["raadplegingen"] + rest["raadplegingen"]]
    assert soorten == ["raadplegingen", *(g[0] for g in gezien)]
    assert rest["volgende"] is None


async def test_a_person_reads_itself_and_nobody_else(voordeur: Voordeur) -> None:
    await registreer(voordeur, BSNS[0])
    await voordeur.rijen("personen", {"bsn": BSNS[0], "geboortedatum": "1980-05-06"})
    ik, ander = await voordeur.persoon(BSNS[0]), await voordeur.persoon(BSNS[1])
    zelf = voordeur.kop("eigen-gegevens", persoon=str(ik))
    uit = (await voordeur.client.get(f"/v1/personen/{ik}", headers=zelf)).json()
    assert (uit["geboortedatum"], uit["overledenOp"]) == ("1980-05-06", None)
    assert [r["grondslag"] for r in uit["registraties"]] == ["WSW"]
    for pad in (f"/v1/personen/{ander}", f"/v1/personen/{ander}/raadplegingen"):
        antwoord = await voordeur.client.get(pad, headers=zelf)
        onbekend = await voordeur.client.get(pad.replace(str(ander), str(uuid4())), headers=zelf)
        assert (antwoord.status_code, antwoord.text) == (404, onbekend.text)
        assert (await voordeur.client.get(pad, headers=voordeur.kop("eigen-gegevens"))).status_code == 403
    gewoon = (await voordeur.client.get(f"/v1/personen/{ik}", headers=voordeur.kop("registraties:lezen"))).json()
    assert "geboortedatum" not in gewoon


async def test_a_municipality_reads_the_time_someone_lived_there(voordeur: Voordeur) -> None:
    await registreer(voordeur, BSNS[0], tot="2019-01-01")
    await voordeur.rijen("verhuizingen", {"bsn": BSNS[0], "gemeente": "0114", "van": "2020-01-01"})
    await registreer(voordeur, BSNS[0], grondslag="EIGEN_VERZOEK", van="2021-01-01", gemeente="0114")
    persoon = await voordeur.persoon(BSNS[0])
    pad = f"/v1/personen/{persoon}"
    gezien = {}
    for gemeente in ("0014", "0114", "0518"):
        antwoord = await voordeur.client.get(pad, headers=voordeur.kop("gemeente", gemeente=gemeente))
        inhoud = antwoord.json()
        gezien[gemeente] = (
            [r["grondslag"] for r in inhoud.get("registraties", [])],
            [w["gemeente"] for w in inhoud.get("woonplaatsen", [])],
            antwoord.status_code,
        )
    assert gezien == {
        "0014": (["WSW"], ["0014"], 200),
        "0114": (["EIGEN_VERZOEK"], ["0114"], 200),
        "0518": ([], [], 404),
    }
    begrensd = voordeur.kop("registraties:lezen", gemeente="0518")
    assert (await voordeur.client.get(pad, headers=begrensd)).status_code == 404
    assert (await voordeur.client.get(pad, headers=voordeur.kop("gemeente"))).status_code == 403


async def test_a_municipality_supplies_and_corrects_only_its_own_people(voordeur: Voordeur) -> None:
    await registreer(voordeur, BSNS[0], gemeente="0114")
    await registreer(voordeur, BSNS[5], gemeente="0114")
    await registreer(voordeur, BSNS[1])
    zegt: list[dict[str, Any]] = [
        {"soort": "registraties", "bsn": BSNS[2], "grondslag": "WSW", "van": "2020-01-01", "gemeente": "0114"},
        {"soort": "registraties", "bsn": BSNS[3], "grondslag": "WSW", "van": "2020-01-01", "gemeente": "0014"},
        {"soort": "registraties", "bsn": BSNS[0], "grondslag": "WSW", "van": "2020-01-01", "gemeente": "0014"},
        {"soort": "verhuizingen", "bsn": BSNS[1], "gemeente": "0114", "van": "2022-01-01"},
        {"soort": "registratie-correcties", "bsn": BSNS[0], "grondslag": "WSW", "reden": "BSN"},
        {"soort": "registratie-correcties", "bsn": BSNS[4], "grondslag": "WSW", "reden": "BSN"},
        {"soort": "registratie-correcties", "bsn": BSNS[1], "grondslag": "WSW", "reden": "BSN"},
        *({"soort": "personen", "bsn": BSNS[i], "geboortedatum": "1980-01-01"} for i in (1, 5, 6)),
    ]
    uit, meldingen = [], []
    for rij in zegt:
        antwoord = await voordeur.client.post(
            f"/v1/{rij.pop('soort')}",
            json=rij,
            headers=voordeur.kop("registraties:schrijven", gemeente="0014") | {"Idempotency-Key": str(uuid4())},
        )
        fouten = antwoord.json()["fouten"]
        uit.append((antwoord.status_code, [f["code"] for f in fouten]))
        meldingen.append([f["melding"] for f in fouten])
    assert uit == [
        (422, ["andere_gemeente"]),
        (200, []),
        (422, ["andere_gemeente"]),
        (422, ["andere_gemeente"]),
        (422, ["onbekende_registratie"]),
        (422, ["onbekende_registratie"]),
        (200, []),
        (200, []),
        (422, ["andere_gemeente"]),
        (422, ["andere_gemeente"]),
    ]
    assert meldingen[4] == meldingen[5]
    assert meldingen[8] == meldingen[9]
    assert "2018" not in str(meldingen[2])


async def test_who_asks_too_fast_waits(voordeur: Voordeur) -> None:
    app: Any = voordeur.client._transport.app  # type: ignore[attr-defined]
    nu = 0.0
    app.state.tempo = Tempo(lambda: nu)
    app.state.bedrijf.instellingen = app.state.bedrijf.instellingen.model_copy(
        update={"tempo_bsns": 3, "tempo_vragen": 2, "tempo_lezen": 1}
    )
    persoon = await voordeur.persoon(BSNS[0])
    for methode, pad, inhoud, hoofd in (
        ("POST", "/v1/pseudoniemen", {"bsns": BSNS[:2]}, voordeur.kop("pseudoniemen")),
        ("POST", "/v1/raadplegingen", {"bsns": BSNS[:2]}, kop(voordeur)),
        ("GET", f"/v1/personen/{persoon}", None, voordeur.kop("registraties:lezen")),
    ):
        antwoorden = [await voordeur.client.request(methode, pad, json=inhoud, headers=hoofd) for _ in range(2)]
        assert [a.status_code for a in antwoorden] == [200, 429]
        assert antwoorden[1].json()["code"] == "te_snel"
        nu += int(antwoorden[1].headers["retry-after"])
        assert (await voordeur.client.request(methode, pad, json=inhoud, headers=hoofd)).status_code == 200
