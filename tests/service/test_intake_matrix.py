"""Elke route van intake tegen elke rol: wie mag wat. Een route die hier niet staat laat deze proef falen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import Route

from shared.auth import SCOPES
from tests.service.intake_voordeur import BSNS, Voordeur

ANDER = "00000000-0000-4000-8000-000000000001"
WERKGEVER = "00000000-0000-4000-8000-000000000002"
ZELF, IEMAND_ANDERS, WOONGEMEENTE, ANDERE_GEMEENTE, BAAS = (
    "zelf",
    "iemand anders",
    "woongemeente",
    "andere gemeente",
    "werkgever",
)
GEEN = "geen token"


@dataclass(frozen=True)
class Regel:
    """Wie iets anders krijgt dan 401 (geen token) of 403, en met welk lichaam en welke vraag. `open`: voor ieder."""

    mag: Mapping[str, int] = field(default_factory=dict)
    lichaam: Any = None
    vraag: str = ""
    open: bool = False


SCHRIJVEN = Regel({"registraties:schrijven": 400}, {})
"""400: de scope klopt, de Idempotency-Key ontbreekt."""
PER_GEMEENTE = {WOONGEMEENTE: 200, ANDERE_GEMEENTE: 200, "registraties:lezen": 200}
"""Een gemeente krijgt haar eigen inwoners; wie over allen leest noemt zo nodig een gemeente."""
LEEST_BEHEER, DOET_BEHEER = Regel({"beheer": 200}), Regel({"beheer": 400}, {"data": {}})
OPEN = Regel(open=True)

MATRIX = {
    "POST /v1/personen": SCHRIJVEN,
    "POST /v1/registraties": SCHRIJVEN,
    "POST /v1/registratie-correcties": SCHRIJVEN,
    "POST /v1/registraties/{persoon}/correcties": SCHRIJVEN,
    "POST /v1/registraties/{persoon}/beeindigingen": SCHRIJVEN,
    "POST /v1/personen/{persoon}/samenvoeging": Regel({"registraties:schrijven": 400}, {"in": ANDER}),
    "POST /v1/personen/{persoon}/bsn-correctie": Regel({"registraties:schrijven": 400}, {"bsn": BSNS[1]}),
    "POST /v1/personen/{persoon}/vernietiging": Regel(
        {"vernietiging": 400}, {"reden": "rechterlijk_bevel", "kenmerk": "x"}
    ),
    "POST /v1/personen/{persoon}/bewaarplicht": Regel({"vernietiging": 400}, {"tot": "2030-01-01", "grond": "x"}),
    "GET /v1/vernietigingen": Regel({"vernietiging": 200}),
    "GET /v1/vernietigingen/aangekondigd": Regel({"vernietiging": 200}),
    "POST /v1/vernietigingen/verlopen": Regel({"vernietiging": 400}, {"kenmerk": "x"}),
    "POST /v1/voorwaarden-vervallen": SCHRIJVEN,
    "POST /v1/verhuizingen": SCHRIJVEN,
    "POST /v1/pseudoniemen": Regel({"pseudoniemen": 200}, {"bsns": []}),
    "POST /v1/raadplegingen": Regel({BAAS: 200}, {"bsns": []}),
    "POST /v1/kandidaatverklaringen": Regel({BAAS: 400, "raadplegingen": 400}, {"kandidaten": []}),
    "GET /v1/personen/{persoon}": Regel(
        {"registraties:lezen": 200, ZELF: 200, IEMAND_ANDERS: 404, WOONGEMEENTE: 200, ANDERE_GEMEENTE: 404}
    ),
    "GET /v1/personen/{persoon}/tel-ik-mee": Regel(
        {"registraties:lezen": 200, ZELF: 200, IEMAND_ANDERS: 404, WOONGEMEENTE: 200, ANDERE_GEMEENTE: 404}
    ),
    "GET /v1/personen/{persoon}/raadplegingen": Regel({"verantwoording": 200, ZELF: 200, IEMAND_ANDERS: 404}),
    "POST /v1/bevestigingen": SCHRIJVEN,
    "POST /v1/bemiddeling": SCHRIJVEN,
    "GET /v1/register": Regel(PER_GEMEENTE),
    "GET /v1/volledigheid": Regel(PER_GEMEENTE),
    "GET /v1/werklijst": Regel(PER_GEMEENTE | {"registraties:lezen": 400}),
    "GET /v1/aansluitingen/register": Regel(PER_GEMEENTE | {"registraties:lezen": 400}),
    "POST /v1/aansluitingen": Regel(PER_GEMEENTE, {"rijen": []}),
    "POST /v1/leveringen": Regel(
        {"registraties:schrijven": 400}, {"levering": ANDER, "grondslagen": ["WSW"], "peildatum": "2020-01-01"}
    ),
    "POST /v1/leveringen/{nummer}/rijen": Regel({"registraties:schrijven": 400}, {}, "?totRij=1"),
    "POST /v1/leveringen/{nummer}/voorbeeld": SCHRIJVEN,
    "POST /v1/leveringen/{nummer}/toepassing": Regel({"registraties:schrijven": 400}, {"vinger": "00"}),
    "POST /v1/leveringen/{nummer}/intrekking": SCHRIJVEN,
    "GET /v1/leveringen/{nummer}/wijzigingen": Regel({"registraties:schrijven": 404}),
    "GET /v1/verantwoording/keten": Regel({"verantwoording": 200}),
    "GET /v1/kluis/sleutels": LEEST_BEHEER,
    "POST /v1/kluis/hersleutel": DOET_BEHEER,
    "GET /v1/beheer/nummers": LEEST_BEHEER,
    "GET /v1/beheer/posities": LEEST_BEHEER,
    "GET /v1/beheer/vast-tot": LEEST_BEHEER,
    "GET /v1/beheer/geparkeerd": LEEST_BEHEER,
    "GET /v1/beheer/geparkeerd/{topic}/{sleutel}": LEEST_BEHEER,
    "POST /v1/beheer/geparkeerd/{topic}/{sleutel}/redrive": DOET_BEHEER,
    "POST /v1/beheer/geparkeerd/{topic}/{sleutel}/discard": DOET_BEHEER,
    "POST /v1/beheer/geparkeerd/{topic}/{sleutel}/repair": DOET_BEHEER,
    "POST /v1/historie/sluit": Regel({"historie": 400}, {}),
    "GET /healthz/live": OPEN,
    "GET /healthz/ready": OPEN,
    "GET /metrics": OPEN,
    "GET /v1/openapi.json": OPEN,
    "GET /v1/asyncapi.json": OPEN,
    "GET /v1/asyncapi": OPEN,
}


def _alle(routes: Iterable[Any]) -> Iterator[Route]:
    """Ook die van ingevoegde routers; een soort dat wij niet kennen is een fout."""
    for route in routes:
        if isinstance(route, Route):
            yield route
        else:
            yield from _alle(route.original_router.routes)


def routes(voordeur: Voordeur) -> set[str]:
    """Elke route van de toepassing, uit de toepassing zelf."""
    app: Any = voordeur.client._transport.app  # type: ignore[attr-defined]
    return {f"{methode} {r.path}" for r in _alle(app.routes) for methode in (r.methods or ()) if methode != "HEAD"}


def rollen(voordeur: Voordeur, persoon: str) -> dict[str, dict[str, str]]:
    """De kop van elke rol: zonder token, met elke scope alleen, en namens iemand."""
    return {
        GEEN: {},
        **{scope: voordeur.kop(scope) for scope in SCOPES},
        ZELF: voordeur.kop("eigen-gegevens", persoon=persoon),
        IEMAND_ANDERS: voordeur.kop("eigen-gegevens", persoon=ANDER),
        WOONGEMEENTE: voordeur.kop("gemeente", gemeente="0014"),
        ANDERE_GEMEENTE: voordeur.kop("gemeente", gemeente="0114"),
        BAAS: voordeur.kop("raadplegingen", werkgever=WERKGEVER),
    }


async def test_every_route_is_in_the_matrix(voordeur: Voordeur) -> None:
    assert routes(voordeur) == MATRIX.keys()


async def test_every_route_answers_every_role_as_the_matrix_says(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", {"bsn": BSNS[0], "grondslag": "WSW", "van": "2018-03-01", "gemeente": "0014"})
    persoon = str(await voordeur.persoon(BSNS[0]))
    anders = []
    for route, regel in MATRIX.items():
        methode, pad = route.split()
        pad = (
            pad.replace("{persoon}", persoon)
            .replace("{topic}", "beschut-werk")
            .replace("{sleutel}", "x")
            .replace("{nummer}", ANDER)
        ) + regel.vraag
        for rol, kop in rollen(voordeur, persoon).items():
            antwoord = await voordeur.client.request(methode, pad, json=regel.lichaam, headers=kop)
            verwacht = regel.mag.get(rol, 401 if rol == GEEN else 403)
            goed = antwoord.status_code not in (401, 403) if regel.open else antwoord.status_code == verwacht
            if not goed:
                anders.append((route, rol, verwacht, antwoord.status_code))
            if antwoord.status_code >= 400 and not regel.open:
                assert antwoord.headers["content-type"] == "application/problem+json"
    assert anders == []
