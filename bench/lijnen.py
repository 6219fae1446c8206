"""Vragen stellen zonder dat de vrager meer rekent dan de dienst."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import httpx

LIJNEN = 32
"""Zoveel verbindingen voor enkele registraties; is er geen vrij, dan telt het wachten mee."""


class Lijnen:
    """Een paar open verbindingen met kale HTTP/1.1. Een volwaardige client kost per vraag evenveel als de dienst zelf, en
    zou op dezelfde twee kernen vooral zichzelf meten."""

    def __init__(self, adres: str, token: str) -> None:
        url = httpx.URL(adres)
        self._plaats = (url.host, url.port or 80)
        self._kop = f"Host: {url.host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        self._vrij: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def open(self) -> None:
        """Opent de verbindingen, vóór de meting."""
        for _ in range(LIJNEN):
            self._vrij.put_nowait(await asyncio.open_connection(*self._plaats))

    async def post(self, pad: str, rij: dict[str, str]) -> None:
        """Eén opdracht op de eerste vrije verbinding; elk ander antwoord dan 200 is een fout."""
        inhoud = json.dumps(rij)
        lezer, schrijver = await self._vrij.get()
        try:
            kop = (
                f"POST {pad} HTTP/1.1\r\n{self._kop}Idempotency-Key: {uuid4()}\r\nContent-Length: {len(inhoud)}\r\n\r\n"
            )
            schrijver.write((kop + inhoud).encode())
            antwoord = (await lezer.readuntil(b"\r\n\r\n")).lower()
            lengte = next(regel for regel in antwoord.split(b"\r\n") if regel.startswith(b"content-length:"))
            await lezer.readexactly(int(lengte.split(b":")[1]))
        finally:
            self._vrij.put_nowait((lezer, schrijver))
        if not antwoord.startswith(b"http/1.1 200"):
            raise RuntimeError(antwoord.split(b"\r\n")[0].decode())

    def sluit(self) -> None:
        """Sluit wat open is."""
        while not self._vrij.empty():
            self._vrij.get_nowait()[1].close()
