"""HTTP: opdrachten precies één keer (Idempotency-Key), rijen in bulk, fouten als problem+json.

Een soort (`Soort`) is één bestandsvorm én één route: `POST pad` neemt één JSON-rij of NDJSON met vele. Elke rij
wordt apart beoordeeld; wat goed is wordt in één transactie vastgelegd, samen met het antwoord.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import (
    AliasChoices,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    field_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException

from shared.auth import Aanroeper, GeenToegang
from shared.beurt import in_happen
from shared.db import Pool, Tx, neem_historieslot
from shared.log import log

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NDJSON = "application/x-ndjson"
MAX_RIJEN = 10_000
MAX_LICHAAM = 32 * 2**20
M = TypeVar("M", bound="Rij")


_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)


def _moment(waarde: Any) -> Any:
    """Een dag (haar begin in Amsterdam) of een tijdstip; zonder zone is dat Nederlandse tijd."""
    if isinstance(waarde, str) and _MOMENT.fullmatch(waarde.strip()):
        try:
            waarde = datetime.fromisoformat(waarde.strip())
        except ValueError:
            waarde = None
    if not isinstance(waarde, datetime):
        raise PydanticCustomError("onjuist", "geen moment: verwacht JJJJ-MM-DD of een tijdstip")
    return waarde if waarde.tzinfo else waarde.replace(tzinfo=AMSTERDAM)


class Rij(BaseModel):
    """Grondvorm van een rij: namen als de kolom of als camelCase, onbekende velden geweigerd, leeg is afwezig."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        hide_input_in_errors=True,
        alias_generator=AliasGenerator(
            validation_alias=lambda n: AliasChoices(n, to_camel(n)), serialization_alias=lambda n: n
        ),
    )
    bekend_op: Annotated[datetime | None, BeforeValidator(_moment)] = None

    @field_validator("*", mode="before")
    @classmethod
    def _zonder_nul(cls, waarde: Any) -> Any:
        """PostgreSQL bewaart geen nul-teken in tekst."""
        if isinstance(waarde, str) and "\0" in waarde:
            raise PydanticCustomError("onjuist", "een nul-teken kan niet")
        return waarde


@dataclass(frozen=True, slots=True)
class Fout:
    """Waarom één rij is afgewezen. `rij` is haar nummer; nooit de waarde zelf van een BSN."""

    rij: int
    kolom: str
    code: str
    melding: str


@dataclass(slots=True)
class Uitslag:
    """Wat er van de rijen is geworden."""

    aanvaard: int = 0
    ongewijzigd: int = 0
    fouten: list[Fout] = field(default_factory=list)
    resultaat: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opdracht:
    """De omstandigheden van een opdracht: wie, wanneer (Nederlandse kalenderdag), en of het een proef is."""

    client: str
    scopes: frozenset[str]
    nu: datetime
    vandaag: date
    correlatie: UUID
    proef: bool = False
    werkgever: UUID | None = None
    gemeente: str | None = None
    persoon: UUID | None = None
    """Namens wie: uit het token."""
    bewijs_verplicht: bool = False
    """Instelling: geen nieuwe registratie zonder het bewijs van haar grondslag, geen advies zonder zijn criteria."""

    @property
    def namens_een(self) -> bool:
        """Komt de aanroeper namens één werkgever, gemeente of persoon?"""
        return any((self.werkgever, self.gemeente, self.persoon))


Verwerker = Callable[[Tx, Sequence[tuple[int, Any]], Opdracht], Awaitable[Uitslag]]


@dataclass(frozen=True, slots=True)
class Soort:
    """Eén bestandsvorm en haar route. `bsn`: het bestand heeft een BSN waar de route `persoon` verwacht.

    `lanen`: rijen met een andere eerste kolom hangen niet van elkaar af, en mogen tegelijk onderweg zijn. `snel`: leest een
    gewone rij zonder het model, met dezelfde velden en waarden; None: het model beslist, ook wat eraan mis is.
    """

    naam: str
    dienst: str
    pad: str
    model: type[Rij]
    verwerk: Verwerker
    scope: str
    volgorde: tuple[str, ...]
    bsn: bool = False
    lanen: bool = False
    snel: Callable[[Mapping[str, Any]], Any | None] | None = None


class Probleem(Exception):
    """Een antwoord volgens RFC 9457; `detail` bevat nooit een persoonsgegeven."""

    def __init__(
        self,
        status: int,
        code: str,
        titel: str,
        detail: str = "",
        *,
        koppen: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(titel)
        self.status, self.koppen = status, {"WWW-Authenticate": "Bearer"} if status == 401 else dict(koppen or {})
        self.inhoud = {"type": f"urn:banenspoor:probleem:{code}", "title": titel, "status": status, "code": code}
        if detail:
            self.inhoud["detail"] = detail
        self.inhoud.update(extra)


TE_GROOT = Probleem(413, "te_groot", "Een opdracht is hooguit 32 MB")


class Proef(Exception):
    """Draait een geslaagde proef terug."""


def probleemantwoord(probleem: Probleem) -> JSONResponse:
    """Het probleem als `application/problem+json`."""
    return JSONResponse(
        probleem.inhoud, probleem.status, headers=probleem.koppen, media_type="application/problem+json"
    )


def meld_problemen_aan(app: FastAPI) -> None:
    """Laat elke fout als problem+json naar buiten gaan, zonder binnenkant."""

    async def bij_probleem(_verzoek: Request, fout: Exception) -> Response:
        assert isinstance(fout, Probleem)  # noqa: S101
        return probleemantwoord(fout)

    async def bij_vraag(_verzoek: Request, fout: Exception) -> Response:
        assert isinstance(fout, RequestValidationError)  # noqa: S101
        fouten = [{"plaats": ".".join(map(str, f["loc"])), "melding": f["msg"]} for f in fout.errors()]
        return probleemantwoord(Probleem(400, "onjuist", "De vraag klopt niet", fouten=fouten))

    async def bij_http(_verzoek: Request, fout: Exception) -> Response:
        assert isinstance(fout, HTTPException)  # noqa: S101
        titel = {404: "Dit bestaat niet", 405: "Dat kan hier niet"}.get(fout.status_code, "Dat gaat niet")
        return probleemantwoord(Probleem(fout.status_code, f"http_{fout.status_code}", titel))

    app.add_exception_handler(Probleem, bij_probleem)
    app.add_exception_handler(RequestValidationError, bij_vraag)
    app.add_exception_handler(HTTPException, bij_http)


def aanroeper(verzoek: Request, *scopes: str) -> Aanroeper:
    """De aanroeper met één van deze scopes; 401 zonder geldig token, 403 zonder scope."""
    try:
        wie: Aanroeper = verzoek.app.state.poort.controleer(verzoek.headers.get("authorization"))
    except GeenToegang as fout:
        log.info("geen_toegang", reden=str(fout), route=verzoek.url.path)
        raise Probleem(401, "geen_token", "Geen geldig token") from None
    if wie.scopes.isdisjoint(scopes):
        raise Probleem(403, "geen_scope", f"Dit vraagt de scope {' of '.join(scopes)}")
    return wie


def alleen_over_iedereen(opdracht: Opdracht) -> None:
    """403 voor een token namens één gemeente, werkgever of persoon: deze vraag gaat over velen."""
    if opdracht.namens_een:
        raise Probleem(403, "namens_onjuist", "Het token komt niet namens wie deze vraag mag stellen")


def _opdracht(verzoek: Request, wie: Aanroeper, *, proef: bool = False) -> Opdracht:
    nu = datetime.now(AMSTERDAM)
    return Opdracht(
        wie.client,
        wie.scopes,
        nu,
        nu.date(),
        uuid4(),
        proef,
        wie.werkgever,
        wie.gemeente,
        wie.persoon,
        getattr(verzoek.app.state, "bewijs_verplicht", False),
    )


def lezer(*scopes: str) -> Any:
    """Een FastAPI-afhankelijkheid voor leesroutes: de opdracht van een aanroeper met één van deze scopes."""

    def wie_leest(verzoek: Request) -> Opdracht:
        return _opdracht(verzoek, aanroeper(verzoek, *scopes))

    return Depends(wie_leest)


def lezer_of_ieder(*scopes: str) -> Any:
    """Als `lezer`, voor een route die ook zonder token iets te zeggen heeft: dan is de opdracht leeg."""

    def wie_leest(verzoek: Request) -> Opdracht | None:
        return _opdracht(verzoek, aanroeper(verzoek, *scopes)) if "authorization" in verzoek.headers else None

    return Depends(wie_leest)


@asynccontextmanager
async def lees_tx(verzoek: Request) -> AsyncIterator[Tx]:
    """Eén momentopname: `repeatable read`, alleen lezen."""
    pool: Pool = verzoek.app.state.pool
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        yield conn


# --- opdrachten --------------------------------------------------------------------------------------------------------

_SLOT = "select pg_try_advisory_xact_lock(hashtextextended($1, 0))"
_EERDER = """
select r.afwijking is not null as wijkt_af, i.vinger, i.status, i.antwoord
from relay_stand r left join idempotentie i on i.client = $1 and i.route = $2 and i.sleutel = $3
"""
_BEWAAR = """
insert into idempotentie (client, route, sleutel, vinger, status, antwoord, blijvend) values ($1, $2, $3, $4, $5, $6, $7)
"""

Werk = Callable[[Tx, Opdracht], Awaitable[tuple[int, dict[str, Any]]]]


async def voer_uit(verzoek: Request, scope: str, lichaam: bytes, werk: Werk) -> Response:
    """Voert een opdracht precies één keer uit: het antwoord wordt in haar transactie bewaard, bij de Idempotency-Key.

    Zelfde sleutel en lichaam: het bewaarde antwoord. Ander lichaam: 422. Nog bezig: 409. Zonder sleutel: 400.
    """
    wie = aanroeper(verzoek, scope)
    moet_schrijven(verzoek)
    proef = verzoek.query_params.get("proef") == "true"
    opdracht, pool = _opdracht(verzoek, wie, proef=proef), verzoek.app.state.pool
    if proef:
        return await _proef(pool, opdracht, werk)
    sleutel = verzoek.headers.get("idempotency-key", "")
    if not 1 <= len(sleutel) <= 200:
        raise Probleem(400, "geen_idempotency_key", "Elke schrijfopdracht heeft een Idempotency-Key (1–200 tekens)")
    route = verzoek.scope["route"].path
    vinger = hashlib.blake2b(lichaam, key=verzoek.app.state.vingersleutel(), digest_size=32).digest()
    async with pool.acquire() as conn, conn.transaction():
        if not await conn.fetchval(_SLOT, f"{wie.client} {route} {sleutel}"):
            raise Probleem(409, "bezig", "Deze opdracht wordt al uitgevoerd")
        eerder = await conn.fetchrow(_EERDER, wie.client, route, sleutel)
        if eerder is not None and eerder["wijkt_af"]:
            raise Probleem(503, "niet_gereed", "Deze dienst neemt nu geen opdrachten aan", "log en database wijken af")
        if eerder is not None and eerder["vinger"] is not None:
            if eerder["vinger"] != vinger:
                raise Probleem(422, "andere_inhoud", "Deze Idempotency-Key is al gebruikt voor een andere opdracht")
            return _antwoord(eerder["status"], {**eerder["antwoord"], "herhaald": True})
        status, antwoord = await werk(conn, opdracht)
        blijvend = verzoek.headers.get("banenspoor-blijvend") == "true"
        await conn.execute(_BEWAAR, wie.client, route, sleutel, vinger, status, antwoord, blijvend)
    return _antwoord(status, antwoord)


async def _proef(pool: Pool, opdracht: Opdracht, werk: Werk) -> Response:
    """Doet het werk en draait het terug: het antwoord is echt, de gevolgen niet."""
    try:
        async with pool.acquire() as conn, conn.transaction():
            status, antwoord = await werk(conn, opdracht)
            raise Proef
    except Proef:
        return _antwoord(status, antwoord)


def _antwoord(status: int, inhoud: dict[str, Any]) -> Response:
    return JSONResponse(inhoud, status, media_type="application/json" if status < 400 else "application/problem+json")


def router_voor(soorten: Sequence[Soort]) -> APIRouter:
    """De schrijfroutes van een dienst, één per soort."""
    router = APIRouter()
    for soort in soorten:
        _route(router, soort)
    return router


def moet_schrijven(verzoek: Request) -> None:
    """503 zolang deze dienst niets kan vastleggen."""
    if not verzoek.app.state.mag_schrijven():
        raise Probleem(503, "niet_gereed", "Deze dienst neemt nu geen opdrachten aan", verzoek.app.state.reden())


async def lees_lichaam(verzoek: Request, hooguit: int = MAX_LICHAAM, te_groot: Probleem = TE_GROOT) -> bytes:
    """Het lichaam van een opdracht; `te_groot` (413) zodra het groter wordt dan `hooguit` bytes."""
    delen, grootte = [], 0
    async for deel in verzoek.stream():
        grootte += len(deel)
        if grootte > hooguit:
            raise te_groot
        delen.append(deel)
    return b"".join(delen)


def _route(router: APIRouter, soort: Soort) -> None:
    schema = soort.model.model_json_schema(by_alias=False, mode="serialization")
    vorm = {"application/json": {"schema": schema}, NDJSON: {"schema": {"type": "string"}}}
    kop = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 200}}

    async def opdracht(verzoek: Request) -> Response:
        aanroeper(verzoek, soort.scope)  # eerst wie, dan pas lezen
        lichaam = await lees_lichaam(verzoek)
        bulk = verzoek.headers.get("content-type", "").startswith(NDJSON)
        rijen, fouten = await _lees_rijen(lichaam, soort, bulk=bulk)

        async def werk(tx: Tx, wat: Opdracht) -> tuple[int, dict[str, Any]]:
            goed = await _mag_historie(tx, rijen, fouten, wat)
            uitslag = await soort.verwerk(tx, goed, wat) if goed else Uitslag()
            alle = sorted([*fouten, *uitslag.fouten], key=lambda f: (f.rij, f.kolom))
            antwoord = {**asdict(uitslag), "fouten": [asdict(f) for f in alle]}
            if alle and not bulk:
                return 422, {
                    **Probleem(422, alle[0].code, "De opdracht is afgewezen").inhoud,
                    "fouten": antwoord["fouten"],
                }
            return 200, antwoord

        return await voer_uit(verzoek, soort.scope, lichaam, werk)

    router.add_api_route(
        soort.pad,
        opdracht,
        methods=["POST"],
        summary=soort.naam,
        name=soort.naam,
        response_model=None,
        openapi_extra={"requestBody": {"required": True, "content": vorm}, "parameters": [kop]},
    )


async def _mag_historie(
    tx: Tx, rijen: list[tuple[int, Any]], fouten: list[Fout], wat: Opdracht
) -> list[tuple[int, Any]]:
    """Houdt rijen met `bekend_op` tegen buiten het laden van historie (protocol 20); verder niets."""
    if all(rij.bekend_op is None for _, rij in rijen):
        return rijen
    mag = "historie" in wat.scopes and await neem_historieslot(tx)
    goed = []
    for nr, rij in rijen:
        if rij.bekend_op is None or (mag and rij.bekend_op <= wat.nu):
            goed.append((nr, rij))
        elif mag:
            fouten.append(Fout(nr, "bekend_op", "toekomst", "bekend_op ligt in de toekomst"))
        else:
            fouten.append(
                Fout(nr, "bekend_op", "historie_gesloten", "bekend_op mag alleen tijdens het laden van historie")
            )
    return goed


async def _lees_rijen(lichaam: bytes, soort: Soort, *, bulk: bool) -> tuple[list[tuple[int, Any]], list[Fout]]:
    regels = lichaam.splitlines() if bulk else [lichaam]
    if len(regels) > MAX_RIJEN:
        raise Probleem(413, "te_veel", f"Hooguit {MAX_RIJEN} rijen per opdracht")
    rijen: list[tuple[int, Any]] = []
    fouten: list[Fout] = []
    async for nr, regel in in_happen(enumerate(regels, start=1)):
        try:
            inhoud = msgspec.json.decode(regel)
        except msgspec.DecodeError:
            raise Probleem(400, "geen_json", f"Rij {nr} is geen JSON") from None
        gelezen = lees_voor(nr, inhoud, soort)
        if isinstance(gelezen, list):
            fouten += gelezen
        else:
            rijen.append((nr, gelezen))
    return rijen, fouten


def lees_voor(nr: int, inhoud: Any, soort: Soort) -> Any:
    """Eén rij van deze soort, of de fouten erin: een gewone langs de snelle weg, elke andere volgens het model."""
    if soort.snel is not None and isinstance(inhoud, dict) and (rij := soort.snel(inhoud)) is not None:
        return rij
    return lees_rij(nr, inhoud, soort.model)


def lees_rij(nr: int, inhoud: Any, model: type[M]) -> M | list[Fout]:
    """Eén rij volgens haar model, of de fouten erin (zonder waarden)."""
    if isinstance(inhoud, dict):
        inhoud = {k: v for k, v in inhoud.items() if v is not None and (not isinstance(v, str) or v.strip())}
    try:
        return model.model_validate(inhoud)
    except ValidationError as fout:
        return [_fout(nr, deel) for deel in fout.errors(include_url=False, include_input=False)]


def lees_een(lichaam: bytes, model: type[M]) -> M | list[Fout]:
    """Het lichaam van een opdracht die één JSON-object is, of de fouten erin; 400 als het geen JSON is."""
    try:
        return lees_rij(1, json.loads(lichaam), model)
    except ValueError:
        raise Probleem(400, "geen_json", "Het lichaam is geen JSON") from None


def lees_opdracht(lichaam: bytes, model: type[M]) -> M:
    """Als `lees_een`, met 422 als er fouten in zitten."""
    gelezen = lees_een(lichaam, model)
    if isinstance(gelezen, list):
        raise _afwijzing(gelezen)
    return gelezen


def afgewezen(fouten: Sequence[Fout]) -> tuple[int, dict[str, Any]]:
    """Het antwoord op een opdracht die om deze fouten niet kan: 422, met wat er mis is."""
    return 422, _afwijzing(fouten).inhoud


def _afwijzing(fouten: Sequence[Fout]) -> Probleem:
    return Probleem(422, fouten[0].code, "De opdracht is afgewezen", fouten=[asdict(f) for f in fouten])


def _fout(nr: int, deel: Any) -> Fout:
    """Een pydanticfout als `Fout`; een model kan met `PydanticCustomError` zijn eigen code en melding geven."""
    kolom = str(deel["loc"][0]) if deel["loc"] else ""
    soort = deel["type"]
    if soort == "missing":
        return Fout(nr, kolom, "verplicht", "deze kolom is verplicht")
    if soort == "extra_forbidden":
        return Fout(nr, kolom, "onbekende_kolom", "deze kolom kennen wij niet")
    if soort in ("enum", "literal_error"):
        keuze = str(deel["ctx"]["expected"]).replace(" or ", " of ")
        return Fout(nr, kolom, "onjuist", f"kies uit {keuze}")
    if soort in EIGEN_CODES:
        return Fout(nr, kolom, soort, deel["msg"])
    return Fout(nr, kolom, "onjuist", _MELDING.get(soort, f"onjuiste waarde ({soort})"))


_MELDING = {"string_too_long": "te lang", "string_too_short": "te kort", "string_pattern_mismatch": "onjuiste vorm"}
EIGEN_CODES = frozenset(
    (
        "elfproef",
        "onbekende_grondslag",
        "onbekende_gemeente",
        "onbekende_sector",
        "einde_voor_begin",
        "toekomst",
        "onjuist",
    )
)
"""Codes die een rijmodel zelf mag geven met `PydanticCustomError`."""
