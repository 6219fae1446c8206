"""Van buitenaf bij de diensten: adressen, token en geduld; uit de omgeving, of uit een ingebedde map (`--dir`)."""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import jwt
import stamina
import typer
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.auth import SCOPES

Map = Annotated[Path, typer.Option("--dir", envvar="BANENSPOOR_DIR", help="De map van de ingebedde stand.")]
MAP = Path(".lokaal")
_WACHT = ("bezig", "lading_open")  # een 409 die vanzelf overgaat


class ClientInstellingen(BaseSettings):
    """Instellingen van de opdrachtregel. Zonder adres in de omgeving geldt wat er in `<dir>/state.json` staat."""

    model_config = SettingsConfigDict(env_prefix="BANENSPOOR_", extra="ignore")
    adres_intake: str = ""
    adres_beoordeling: str = ""
    adres_plaatsing: str = ""
    adres_telling: str = ""
    token: str = Field(default="", description="toegangstoken")
    token_file: Path | None = Field(default=None, description="bestand met het token; telkens opnieuw gelezen")
    geduld: float = Field(default=30, gt=0, description="seconden dat een opdracht een dienst blijft proberen")
    import_max_bytes: int = Field(default=10**9, ge=1, description="grootste bestand dat importeer aanneemt")
    wacht_stil: float = Field(default=60, gt=0, description="seconden stilstand waarna importeer --wacht opgeeft")


class OpdrachtFout(Exception):
    """Een opdracht kan niet verder; `status` is de exitstatus (2 verkeerd gebruik, 3 dienst niet bereikt)."""

    def __init__(self, melding: str, status: int = 2) -> None:
        super().__init__(melding)
        self.status = status


@contextmanager
def nette_afloop() -> Iterator[None]:
    """Decorator van een opdracht: een `OpdrachtFout` wordt één regel op stderr en een exitstatus."""
    try:
        yield
    except OpdrachtFout as fout:
        typer.echo(str(fout), err=True)
        raise typer.Exit(fout.status) from None


class _Nogmaals(Exception):
    """Voorbijgaand: de dienst is er niet, nog niet, of nog bezig met dezelfde opdracht."""


class Client:
    """Praat met de diensten. Probeert opnieuw zolang een dienst er niet is, en geeft dan duidelijk op."""

    def __init__(self, map_: Path = MAP, transport: httpx.BaseTransport | None = None) -> None:
        self.instellingen, self._map, self._token, self._tot = ClientInstellingen(), map_, "", 0.0
        self._http = httpx.Client(transport=transport, timeout=httpx.Timeout(120, connect=5))
        stamina.instrumentation.set_on_retry_hooks([])  # stdout is van het antwoord

    def get(self, dienst: str, pad: str, **vraag: Any) -> Any:
        """Leest JSON; `vraag` zijn de parameters in de query."""
        return self._doe("GET", dienst, pad, {}, params=vraag or None)

    def post(self, dienst: str, pad: str, *, sleutel: str = "", koppen: Mapping[str, str] = {}, **rest: Any) -> Any:
        """Doet een opdracht (httpx: `json=`, `content=`, `params=`); elke poging heeft dezelfde Idempotency-Key."""
        return self._doe("POST", dienst, pad, {"Idempotency-Key": sleutel or str(uuid4()), **koppen}, **rest)

    def delete(self, dienst: str, pad: str, **vraag: Any) -> Any:
        """Verwijdert iets; `vraag` zijn de parameters in de query, elke poging heeft dezelfde Idempotency-Key."""
        return self._doe("DELETE", dienst, pad, {"Idempotency-Key": str(uuid4())}, params=vraag or None)

    def bekend(self) -> bool:
        """Of er adressen zijn: uit de omgeving, of van een ingebedde stand in de map."""
        return bool(self.instellingen.adres_telling) or (self._map / "state.json").exists()

    def gereed(self, dienst: str) -> dict[str, Any]:
        """Wat `/healthz/ready` zegt, ook als de dienst niet gereed is; één poging."""
        try:
            antwoord: dict[str, Any] = self._http.get(f"{self._adres(dienst)}/healthz/ready", timeout=5).json()
        except (httpx.TransportError, ValueError) as fout:
            raise OpdrachtFout(f"{dienst} antwoordt niet ({type(fout).__name__})", 3) from None
        return antwoord

    def _doe(self, methode: str, dienst: str, pad: str, koppen: dict[str, str], **rest: Any) -> Any:
        adres, soorten = self._adres(dienst), (httpx.TransportError, _Nogmaals)
        try:
            for poging in stamina.retry_context(soorten, attempts=None, timeout=self.instellingen.geduld, wait_max=2):
                with poging:
                    antwoord = self._http.request(methode, adres + pad, headers=koppen | self._toegang(), **rest)
                    code, reden = _probleem(antwoord)
                    if antwoord.status_code >= 500 or antwoord.status_code == 429 or code in _WACHT:
                        raise _Nogmaals(reden)
        except soorten as fout:
            raise OpdrachtFout(f"{dienst} ({adres}) doet het niet: {fout}", 3) from None
        if antwoord.is_error:
            raise OpdrachtFout(f"{dienst} weigert dit: {reden}")
        return antwoord.json()

    def _adres(self, dienst: str) -> str:
        try:
            return str(
                getattr(self.instellingen, f"adres_{dienst}")
                or json.loads((self._map / "state.json").read_text())["adressen"][dienst]
            )
        except (OSError, ValueError, KeyError):
            wat = f"BANENSPOOR_ADRES_{dienst.upper()} ontbreekt en in {self._map} draait niets"
            raise OpdrachtFout(f"{wat}: eerst `banenspoor lokaal start`, of geef --dir.", 3) from None

    def _toegang(self) -> dict[str, str]:
        bestand, token = self.instellingen.token_file, self.instellingen.token
        if bestand or token:
            return {"Authorization": f"Bearer {bestand.read_text().strip() if bestand else token}"}
        if time.monotonic() > self._tot:
            self._token, self._tot = lokaal_token(self._map), time.monotonic() + 1800
        return {"Authorization": f"Bearer {self._token}"}


def lokaal_token(
    map_: Path, scopes: Iterable[str] = SCOPES, client: str = "lokaal", geldig: int = 3600, **namens: str
) -> str:
    """Een token van de lokale uitgever in deze map (standaard met alle scopes), `geldig` seconden lang.

    `namens`: werkgever (UUID), gemeente (CBS-code) of persoon (pseudoniem) waarvoor de houder komt.
    """
    try:
        pem, nu = (map_ / "uitgever.pem").read_bytes(), int(time.time())
    except OSError:
        raise OpdrachtFout(f"BANENSPOOR_TOKEN ontbreekt en {map_} heeft geen lokale uitgever.", 3) from None
    inhoud = {"iss": "banenspoor-lokaal", "aud": "banenspoor", "sub": client, "iat": nu, "exp": nu + geldig}
    kop = {"kid": hashlib.sha256(pem).hexdigest()[:16], "typ": "at+jwt"}
    return jwt.encode(inhoud | namens | {"scope": " ".join(scopes)}, pem, "EdDSA", headers=kop)


def _probleem(antwoord: httpx.Response) -> tuple[str, str]:
    """Code en reden uit problem+json; van een ander antwoord de status."""
    try:
        inhoud = antwoord.json()
        return str(inhoud["code"]), ": ".join(filter(None, (inhoud["title"], inhoud.get("detail"))))
    except (ValueError, KeyError, TypeError):
        return "", f"status {antwoord.status_code}"
