"""Een dienst in bedrijf: FastAPI voor de buitenkant; in haar levensloop de pool, de relay, de inbox en de waakhond."""

import asyncio
import gc
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import stamina
import structlog
import uvicorn
from banenspoor_contracts import asyncapi
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics, outbox
from shared.api import Probleem, Soort, meld_problemen_aan, probleemantwoord, router_voor
from shared.auth import Poort
from shared.beheer import router as beheer
from shared.bus import Bus
from shared.db import Pool, maak_pool
from shared.inbox import Handlers, Inbox, Verwerk
from shared.kafkalog import Logboek
from shared.log import log, stel_in
from shared.peil import Peilen
from shared.relay import Gezegd, Relay
from shared.settings import Instellingen, lees

_GECONTROLEERD = """
select gecontroleerd and afwijking is null and exists (
  select from pg_locks l where l.locktype = 'advisory' and l.granted and l.pid = relay_stand.pid
    and l.objid::bigint = (hashtext('banenspoor-relay')::bigint & 4294967295)
) from relay_stand
"""
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_TIJD = "select extract(epoch from clock_timestamp())::float8"
_OPRUIMEN = "delete from idempotentie where not blijvend and op < now() - make_interval(days => $1)"


@dataclass(frozen=True, slots=True)
class Dienst:
    """Wat een dienst hoort, zegt en aanbiedt. `verwerk`: een hele batch tegelijk, in plaats van `hoort`.

    `vingersleutel`: geheim waarmee de vingerafdruk van een opdracht wordt gemaakt, voor wie BSN's of nummers ontvangt.
    `taken`: wat na de startcontrole op de achtergrond loopt; gaat er een stuk, dan stopt de dienst.
    `gezegd`: telt wat het log bevestigde, voor eigen metrieken.
    `leidt_af`: wat er van alles wat gezegd wordt nog afgeleid wordt, in dezelfde transactie.
    `peilbronnen`: diensten waarvan de peilen bepalen wat vast is (alleen telling).
    """

    naam: str
    zegt: tuple[str, ...]
    soorten: tuple[Soort, ...] = ()
    hoort: Handlers | None = None
    verwerk: Verwerk | None = None
    hoort_topics: tuple[str, ...] = ()
    peilbronnen: tuple[str, ...] = ()
    routers: tuple[APIRouter, ...] = ()
    vingersleutel: Callable[[], bytes] | None = None
    bij_start: Callable[[Pool], Awaitable[None]] | None = None
    taken: tuple[Callable[[Pool, Instellingen], Coroutine[Any, Any, None]], ...] = ()
    gezegd: Gezegd | None = None
    leidt_af: Callable[[Instellingen], outbox.Afleiding | None] | None = None


class Bedrijf:
    """De lopende onderdelen van één dienst en of zij het doen."""

    def __init__(self, dienst: Dienst, instellingen: Instellingen) -> None:
        self.dienst, self.instellingen = dienst, instellingen
        self.pool: Pool = None  # type: ignore[assignment]  # gezet bij de start, vóór iets anders loopt
        self.logboek = Logboek(instellingen.kafka_verbinding)
        self.relay = Relay(instellingen, Logboek(instellingen.kafka_verbinding), dienst.gezegd)
        self.inbox: Inbox | None = None
        self.bus: Bus | None = None
        self.gecontroleerd = False
        self._taken: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Wacht begrensd op database en Kafka, start dan de relay; de rest begint na haar startcontrole."""
        instellingen = self.instellingen
        async for poging in stamina.retry_context(
            on=Exception, attempts=None, timeout=instellingen.wacht_op_start, wait_max=2
        ):
            with poging:
                if self.pool is None:
                    self.pool = await maak_pool(instellingen.database_url, instellingen.pool)
                await self._vergelijk_topics()
        if self.dienst.bij_start:
            await self.dienst.bij_start(self.pool)
        for werk in (self.relay.loop(), self._hoor(), self._onderhoud()):
            self._begin(werk)

    def _begin(self, werk: Coroutine[Any, Any, None]) -> None:
        """Start een taak; loopt zij stuk, dan stopt het proces: nooit een dienst die half werkt."""

        def klaar(taak: asyncio.Task[None]) -> None:
            if not taak.cancelled() and (fout := taak.exception()) is not None:
                log.error("taak_stuk", taak=taak.get_name(), exc_info=fout)
                os._exit(1)

        taak = asyncio.create_task(werk)
        taak.add_done_callback(klaar)
        self._taken.append(taak)

    async def _vergelijk_topics(self) -> None:
        """Het aantal partities bij de broker moet dat van `deploy/topics.yml` zijn (een ander aantal splitst sleutels)."""
        for topic, regel in self.instellingen.topiclijst.items():
            aantal = await self.logboek.partities(topic)
            if aantal != regel.partities:
                raise RuntimeError(f"topic {topic} heeft {aantal} partities, {regel.partities} verwacht")

    async def _controle_geslaagd(self) -> bool:
        try:
            return bool(await self.pool.fetchval(_GECONTROLEERD))
        except Exception:  # noqa: BLE001  # niet te lezen is niet geslaagd
            return False

    async def _hoor(self) -> None:
        """Pas na de startcontrole van de relay (van welke instantie ook) wordt er gehoord en geschreven."""
        while not await self._controle_geslaagd():  # noqa: ASYNC110  # de database weet het, geen gebeurtenis hier
            await asyncio.sleep(0.05)
        verwerk = self.dienst.verwerk or (self.dienst.hoort.verwerk if self.dienst.hoort else None)
        if verwerk is not None:
            topics = self.dienst.hoort_topics or (self.dienst.hoort.topics if self.dienst.hoort else ())
            heet = self.dienst.verwerk is not None
            self.inbox = Inbox(
                self.instellingen, self.pool, self.logboek, verwerk, topics, onbekend_parkeert=heet, met_slot=not heet
            )
            self.bus = Bus(self.instellingen, self.inbox)
            if self.dienst.peilbronnen:
                bronnen = {self.instellingen.bron_van(b): b for b in self.dienst.peilbronnen}
                peilen = Peilen(self.pool, self.instellingen.kafka_verbinding, bronnen, topics)
                self._begin(peilen.loop())
            await self.bus.start()
        for taak in self.dienst.taken:
            self._begin(taak(self.pool, self.instellingen))
        self.gecontroleerd = True
        log.info("dienst_gereed")

    async def _onderhoud(self) -> None:
        """Elke minuut: partities vergelijken met de broker, en verlopen antwoorden weg."""
        while True:
            await asyncio.sleep(self.instellingen.controle_elke)
            try:
                await self._vergelijk_topics()
                await self.pool.execute(_OPRUIMEN, self.instellingen.idempotentie_dagen)
            except Exception as fout:  # noqa: BLE001  # de volgende minuut weer
                log.error("onderhoud_mislukt", fout=type(fout).__name__, reden=str(fout)[:200])

    def redenen(self) -> list[str]:
        """Waarom deze dienst niet gereed is; leeg als zij dat wel is."""
        uit = []
        if self.relay.afwijking:
            uit.append(self.relay.afwijking)
        elif not self.gecontroleerd:
            uit.append("de startcontrole is nog niet geslaagd")
        elif (stil := self.relay.stil()) > self.instellingen.stilstand / 2:
            uit.append(f"er is {stil:.0f} s niets op het log bevestigd")
        if self.inbox is not None:
            uit += [f"{p.topic}-{p.partition} gestopt: {r}" for p, r in self.inbox.gestopt.items()]
        return uit

    def mag_schrijven(self) -> bool:
        """Opdrachten worden aangenomen zodra de startcontrole geslaagd is en niets afwijkt."""
        return self.gecontroleerd and self.relay.afwijking is None

    async def stop(self) -> None:
        """Stopt horen, dan zeggen, dan de rest; elk begrensd."""
        for deel in [self.bus.stop()] if self.bus else []:
            await _begrensd(deel)
        for taak in self._taken:
            taak.cancel()
        await asyncio.gather(*self._taken, return_exceptions=True)
        await _begrensd(self.relay.sluit())
        await _begrensd(self.logboek.sluit())
        if self.pool is not None:
            await _begrensd(self.pool.close())


async def _begrensd(werk: Awaitable[Any]) -> None:
    try:
        await asyncio.wait_for(werk, 3)
    except Exception as fout:  # noqa: BLE001  # stoppen gaat door
        log.warning("stopt_niet", fout=type(fout).__name__)


def maak_app(dienst: Dienst, instellingen: Instellingen) -> FastAPI:
    """De ASGI-toepassing van een dienst."""
    bedrijf = Bedrijf(dienst, instellingen)
    outbox.ken_topics(instellingen.topiclijst)
    outbox.leid_af(dienst.leidt_af(instellingen) if dienst.leidt_af else None)

    @asynccontextmanager
    async def levensloop(app: FastAPI) -> AsyncIterator[None]:
        try:
            await bedrijf.start()
            app.state.pool = bedrijf.pool
            yield
        finally:
            await bedrijf.stop()

    app = FastAPI(
        title=f"Banenspoor {dienst.naam}",
        version="1.0.0",
        lifespan=levensloop,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.bedrijf = bedrijf
    app.state.poort = Poort(instellingen.jwks, instellingen.uitgever, instellingen.publiek)
    app.state.mag_schrijven = bedrijf.mag_schrijven
    app.state.reden = lambda: "; ".join(bedrijf.redenen())
    app.state.bewijs_verplicht = instellingen.bewijs_verplicht
    app.state.vingersleutel = dienst.vingersleutel or dienst.naam.encode
    meld_problemen_aan(app)
    app.include_router(router_voor(dienst.soorten))
    for router in (*dienst.routers, beheer, _gezondheid):
        app.include_router(router)

    app.add_middleware(Rondom, versie=app.version)
    return app


class Rondom:
    """Om elk verzoek heen: spoor, duur, versie, en een nette fout. Gewone ASGI: elk verzoek betaalt het."""

    def __init__(self, app: ASGIApp, versie: str) -> None:
        self._app, self._versie = app, versie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Eén verzoek."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        spoor, status, begin = Headers(scope=scope).get("traceparent", ""), 0, time.monotonic()
        structlog.contextvars.bind_contextvars(traceparent=spoor if _TRACEPARENT.fullmatch(spoor) else None)

        async def zend(bericht: Message) -> None:
            nonlocal status
            if bericht["type"] == "http.response.start":
                status = bericht["status"]
                MutableHeaders(scope=bericht)["API-Version"] = self._versie
            await send(bericht)

        try:
            await self._app(scope, receive, zend)
        except Exception as fout:  # hier, en niet erboven: ook een fout van ons telt mee en heeft een versie
            log.error("verzoek_mislukt", fout=type(fout).__name__, exc_info=fout)
            if status:
                raise
            await probleemantwoord(Probleem(500, "intern", "Er ging iets mis bij ons"))(scope, receive, zend)
        finally:
            route = getattr(scope.get("route"), "path", "onbekend")
            metrics.HTTP.labels(route, scope["method"], str(status)).observe(time.monotonic() - begin)


_gezondheid = APIRouter(include_in_schema=False)


@_gezondheid.get("/healthz/live")
async def leeft() -> dict[str, str]:
    """De lus draait."""
    return {"status": "leeft"}


@_gezondheid.get("/healthz/ready")
async def gereed(verzoek: Request) -> Response:
    """Database, startcontrole, toewijzing en voortgang; 503 met de redenen als er iets niet klopt."""
    bedrijf: Bedrijf = verzoek.app.state.bedrijf
    redenen, klok = bedrijf.redenen(), None
    try:
        klok = await asyncio.wait_for(bedrijf.pool.fetchval(_TIJD), 3)
    except Exception as fout:  # noqa: BLE001  # elke fout betekent: geen database
        redenen.append(f"database: {type(fout).__name__}")
    if bedrijf.bus is not None:
        redenen += bedrijf.bus.redenen()
    stand = {"status": "niet gereed" if redenen else "gereed", "redenen": redenen, "klok": klok}
    return JSONResponse(stand, 503 if redenen else 200)


@_gezondheid.get("/v1/asyncapi.json")
async def asyncapi_document(verzoek: Request) -> dict[str, Any]:
    """AsyncAPI 3.0 van wat deze dienst zegt."""
    return _asyncapi(verzoek)


@_gezondheid.get("/v1/asyncapi")
async def asyncapi_bladzijde(verzoek: Request) -> Response:
    """Hetzelfde om te lezen."""
    return HTMLResponse(asyncapi.bladzijde(_asyncapi(verzoek)))


def _asyncapi(verzoek: Request) -> dict[str, Any]:
    instellingen: Instellingen = verzoek.app.state.bedrijf.instellingen
    indeling = {naam: topic.model_dump() for naam, topic in instellingen.topiclijst.items()}
    return asyncapi.document(instellingen.dienst, indeling)


@_gezondheid.get("/metrics")
async def metrieken() -> Response:
    """De metrieken in Prometheusvorm."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def draai(dienst: Dienst) -> None:
    """Draait een dienst tot SIGTERM of SIGINT."""
    instellingen = lees(dienst.naam)
    gc.set_threshold(100_000, 50, 100)  # berichten zijn veel kleine objecten; gemeten winst in de batch
    gc.freeze()
    stel_in(instellingen.log_niveau, dienst.naam)
    uvicorn.run(
        maak_app(dienst, instellingen),
        host=instellingen.host,
        port=instellingen.poort,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        lifespan="on",
    )
