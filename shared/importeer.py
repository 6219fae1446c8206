"""`banenspoor importeer`: een bestand erin, elke rij eerst gecontroleerd, elke fout terug met rij en kolom.

Het bestand wordt twee keer gelezen en nooit onthouden: eerst gecontroleerd (deugt het bestand zelf niet, dan is er niets
verstuurd), dan in blokken van duizend rijen verstuurd, en terwijl de dienst met een blok bezig is wordt het volgende
gelezen. De sleutel van een blok volgt uit soort en inhoud: hetzelfde bestand nog eens doet niets, en een afgebroken import
gaat verder waar hij was. Indeling, sleutels en bytes van een blok blijven daarom wat zij altijd waren.
"""

import csv
import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Annotated
from uuid import UUID, uuid4
from zlib import crc32

import typer
from rich.console import Console
from rich.progress import Progress
from stdnum.nl import bsn

from shared.api import NDJSON, Fout, Soort, lees_voor
from shared.client import MAP, Client, Map, OpdrachtFout, nette_afloop
from shared.wacht import Stap, wacht

__all__ = ["Bestand", "Samenvatting", "maak_app", "voer_in", "wacht"]

BLOK = 1000
LANEN = 2
"""Zoveel blokken tegelijk onderweg; rijen met dezelfde eerste kolom (de sleutel van de soort) blijven op volgorde."""
VOORUIT = 2
"""Zoveel blokken staan er hooguit klaar of zijn onderweg: de dienst hoeft niet op het lezen te wachten."""
_IEMAND = str(UUID(int=0))
_ELFPROEF = "dit is geen burgerservicenummer: het zijn geen acht of negen cijfers of de elfproef klopt niet"

Rij = tuple[int, dict[str, str]]
Blok = tuple[list[Rij], list[Fout]]
"""De goede rijen, en de fouten van de andere."""
Gevolg = tuple[int, int, list[Fout]]
"""Aanvaard, ongewijzigd, en wat de dienst afwees."""
_JSON = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(slots=True)
class Samenvatting:
    """Wat er van de rijen van een bestand is geworden; `fouten` zijn afgewezen rijen."""

    soort: str
    rijen: int = 0
    aanvaard: int = 0
    ongewijzigd: int = 0
    fouten: int = 0


class Bestand:
    """Een CSV-bestand van één soort. Deugen omvang, codering of kop niet, dan is het geheel geweigerd (`OpdrachtFout`)."""

    def __init__(self, pad: Path, soort: Soort, maximum: int) -> None:
        self.pad, self.soort = pad, soort
        if not pad.is_file():
            raise OpdrachtFout(f"{pad} is geen bestand.")
        if pad.stat().st_size > maximum:
            raise OpdrachtFout(f"{pad} is groter dan {maximum} bytes (BANENSPOOR_IMPORT_MAX_BYTES).")
        self._stempel = self._stand()
        with self._open() as tekst:
            eerste = tekst.readline(65536)
        self._scheiding = ";" if eerste.count(";") > eerste.count(",") else ","
        self.kolommen = [naam.strip() for _, velden in self._lees(1) for naam in velden]
        self._keur_kop()

    def _stand(self) -> tuple[int, int]:
        return self.pad.stat().st_size, self.pad.stat().st_mtime_ns

    def _keur_kop(self) -> None:
        velden, volgorde = self.soort.model.model_fields, self.soort.volgorde
        verplicht = [k for k in volgorde if (self.soort.bsn and k == "bsn") or velden[k].is_required()]
        gemist = [k for k in verplicht if k not in self.kolommen]
        vreemd = [k if k.isidentifier() else "?" for k in self.kolommen if k not in (*volgorde, "bekend_op")]
        dubbel = sorted({k for k in self.kolommen if self.kolommen.count(k) > 1} & {*volgorde, "bekend_op"})
        if gemist or vreemd or dubbel:
            wat = {"ontbreekt": gemist, "onbekend": vreemd, "dubbel": dubbel}
            mis = "; ".join(f"{hoe}: {', '.join(namen)}" for hoe, namen in wat.items() if namen)
            raise OpdrachtFout(f"{self.pad}: verkeerde kop ({mis}). {self.soort.naam} heeft {', '.join(volgorde)}.")

    @contextmanager
    def _open(self) -> Iterator[IO[str]]:
        try:
            with self.pad.open(encoding="utf-8-sig", newline="") as tekst:
                yield tekst
        except UnicodeDecodeError:
            raise OpdrachtFout(f"{self.pad} is geen UTF-8: sla het op als CSV in UTF-8.") from None
        except OSError as fout:
            raise OpdrachtFout(f"{self.pad} is niet te lezen: {fout.strerror}.") from None

    def _lees(self, hoogste: int | None = None) -> Iterator[tuple[int, list[str]]]:
        nummer = 0
        with self._open() as tekst:
            try:
                for nummer, velden in enumerate(csv.reader(tekst, delimiter=self._scheiding, strict=True), 1):
                    yield nummer, velden
                    if nummer == hoogste:
                        return
            except csv.Error as fout:
                raise OpdrachtFout(f"{self.pad}: rij {nummer + 1} is geen CSV ({fout}).") from None

    def rijen(self) -> Iterator[tuple[int, list[str]]]:
        """De rijen na de kop, met hun nummer in het bestand (de kop is rij 1); lege rijen tellen mee en komen niet."""
        yield from ((nummer, velden) for nummer, velden in self._lees() if nummer > 1 and any(velden))
        if self._stand() != self._stempel:
            raise OpdrachtFout(f"{self.pad} is tijdens de import veranderd: begin opnieuw.")

    def als_rij(self, velden: Sequence[str]) -> dict[str, str]:
        """De velden op kolomnaam."""
        return dict(zip(self.kolommen, velden, strict=True))

    def fouten(self, nummer: int, velden: Sequence[str]) -> list[Fout]:
        """Wat er aan deze rij niet klopt; geen melding noemt een BSN."""
        if len(velden) != len(self.kolommen):
            return [Fout(nummer, "", "onjuist", f"{len(velden)} velden, {len(self.kolommen)} verwacht")]
        rij, uit = self.als_rij(velden), list[Fout]()
        if self.soort.bsn:
            waarde = rij.pop("bsn").strip()
            rij["persoon"] = _IEMAND
            if not bsn.is_valid(waarde):
                uit.append(Fout(nummer, "bsn", *(("elfproef", _ELFPROEF) if waarde else ("verplicht", "leeg"))))
        gelezen = lees_voor(nummer, rij, self.soort)
        return uit + gelezen if isinstance(gelezen, list) else uit

    def vinger(self) -> str:
        """SHA-256 van soort en inhoud."""
        som = hashlib.sha256(f"{self.soort.naam}\n".encode())
        with self.pad.open("rb") as inhoud:
            while deel := inhoud.read(1 << 20):
                som.update(deel)
        return som.hexdigest()


class Foutenlijst:
    """`<bestand>.fouten.csv`: er staat er een als er rijen zijn afgewezen, en anders geen."""

    def __init__(self, pad: Path) -> None:
        self.pad, self._deel = pad.with_name(f"{pad.name}.fouten.csv"), pad.with_name(f"{pad.name}.fouten.csv.deel")
        self.rijen = 0

    def __enter__(self) -> "Foutenlijst":
        try:
            self._uit = self._deel.open("w", encoding="utf-8", newline="")
        except OSError as fout:
            raise OpdrachtFout(f"{self._deel} is niet te schrijven: {fout.strerror}.") from None
        self._csv = csv.writer(self._uit)
        self._csv.writerow(("rij", "kolom", "code", "melding"))
        return self

    def schrijf(self, fouten: Sequence[Fout]) -> None:
        """Schrijft de fouten van opeenvolgende rijen."""
        self._csv.writerows(astuple(f) for f in sorted(fouten, key=lambda f: f.rij))
        self.rijen += len({f.rij for f in fouten})

    def __exit__(self, soort: object, *_: object) -> None:
        self._uit.close()
        if soort is None:
            self.pad.unlink(missing_ok=True)
            if self.rijen:
                self._deel.replace(self.pad)
        self._deel.unlink(missing_ok=True)


def voer_in(
    client: Client, bestand: Bestand, stap: Stap, *, proef: bool = False, opnieuw: bool = False
) -> Samenvatting:
    """Controleert elke rij en verstuurt dan de goede. `opnieuw`: ook wat al eens verwerkt is."""
    uit = Samenvatting(bestand.soort.naam)
    with TemporaryFile("w+", encoding="utf-8", newline="") as gevonden, Foutenlijst(bestand.pad) as lijst:
        schrijver = csv.writer(gevonden)
        for nummer, velden in bestand.rijen():
            uit.rijen += 1
            schrijver.writerows(astuple(f) for f in bestand.fouten(nummer, velden))
            if uit.rijen % BLOK == 0:
                stap("controleren", uit.rijen, None)
        gevonden.seek(0)
        sleutel = bestand.vinger() + (f"-{uuid4().hex}" if opnieuw else "")
        try:
            doe = partial(_verstuur, client, bestand.soort, proef)
            lanen = LANEN if bestand.soort.lanen else 1
            with _Lanen(lanen, bestand.soort.volgorde[0], doe) as onderweg:
                for fouten, gevolgen in onderweg.verstuur(_blokken(bestand, gevonden), sleutel):
                    for aanvaard, ongewijzigd, afgewezen in gevolgen:
                        uit.aanvaard += aanvaard
                        uit.ongewijzigd += ongewijzigd
                        fouten += afgewezen
                    lijst.schrijf(fouten)
                    uit.fouten = lijst.rijen
                    stap("versturen", uit.aanvaard + uit.ongewijzigd + uit.fouten, uit.rijen)
        except OpdrachtFout as fout:
            klaar_ = f"{uit.aanvaard + uit.ongewijzigd + uit.fouten} van {uit.rijen} rijen zijn klaar"
            raise OpdrachtFout(
                f"{fout}\n{klaar_}; dezelfde opdracht gaat daar verder, --opnieuw begint van voren.", fout.status
            ) from None
    return uit


def _blokken(bestand: Bestand, gevonden: IO[str]) -> Iterator[Blok]:
    """Per duizend rijen (van elke laan): de goede, en de fouten van de andere (`gevonden`, in volgorde van het bestand)."""
    wachtend = (Fout(int(rij), *rest) for rij, *rest in csv.reader(gevonden))
    volgende = next(wachtend, None)
    per_keer = BLOK * (LANEN if bestand.soort.lanen else 1)
    goed, fouten, aantal = list[Rij](), list[Fout](), 0
    for aantal, (nummer, velden) in enumerate(bestand.rijen(), 1):
        if volgende is None or volgende.rij != nummer:
            goed.append((nummer, bestand.als_rij(velden)))
        while volgende is not None and volgende.rij == nummer:
            fouten.append(volgende)
            volgende = next(wachtend, None)
        if aantal % per_keer == 0:
            yield goed, fouten
            goed, fouten = [], []
    yield goed, fouten


class _Lanen:
    """Stuurt blokken in banen naast elkaar: rijen met dezelfde sleutel gaan door dezelfde laan, en een laan doet er één
    tegelijk, op volgorde. Na een fout gaat wat nog klaarstond niet meer weg."""

    def __init__(self, aantal: int, kolom: str, doe: Callable[[list[Rij], str], Gevolg]) -> None:
        self._lanen, self._kolom, self._doe = [ThreadPoolExecutor(1) for _ in range(aantal)], kolom, doe

    def __enter__(self) -> "_Lanen":
        return self

    def __exit__(self, *_: object) -> None:
        for laan in self._lanen:
            laan.shutdown(cancel_futures=True)

    def verstuur(self, blokken: Iterator[Blok], sleutel: str) -> Iterator[tuple[list[Fout], list[Gevolg]]]:
        """Per blok, op volgorde: de fouten die er al in zaten, en wat er in elke laan van werd."""
        onderweg = deque[tuple[list[Fout], list[Future[Gevolg]]]]()
        for nr, (goed, fouten) in enumerate(blokken):
            delen = self._verdeel(goed)
            if len(delen) < len(self._lanen):  # alles in één laan: dan haalt niets de andere in
                yield from (_klaar(*onderweg.popleft()) for _ in range(len(onderweg)))
            samen = enumerate(zip(self._lanen, delen, strict=False))
            gevolgen = [laan.submit(self._doe, deel, f"{sleutel}-{nr}-{welke}") for welke, (laan, deel) in samen]
            onderweg.append((fouten, gevolgen))
            if len(onderweg) == VOORUIT:
                yield _klaar(*onderweg.popleft())
        yield from (_klaar(*blok) for blok in onderweg)

    def _verdeel(self, goed: list[Rij]) -> list[list[Rij]]:
        """De rijen verdeeld op sleutel: wie over hetzelfde gaan blijven bij elkaar, op volgorde. Weinig rijen: één laan."""
        aantal = len(self._lanen)
        if aantal == 1 or len(goed) <= BLOK // 2:
            return [goed]
        delen: list[list[Rij]] = [[] for _ in range(aantal)]
        for rij in goed:
            sleutel = rij[1][self._kolom].strip().zfill(9)  # een BSN mag zonder voorloopnul
            delen[crc32(sleutel.encode()) % aantal].append(rij)
        return delen


def _klaar(fouten: list[Fout], gevolgen: Sequence[Future[Gevolg]]) -> tuple[list[Fout], list[Gevolg]]:
    return fouten, [gevolg.result() for gevolg in gevolgen]


def _verstuur(client: Client, soort: Soort, proef: bool, goed: list[Rij], sleutel: str) -> Gevolg:
    """Verstuurt een blok: aanvaard, ongewijzigd, en wat de dienst afwijst met het rijnummer van het bestand."""
    vraag, fouten = {"proef": "true"} if proef else {}, list[Fout]()
    if soort.bsn and goed:
        nummers = [rij.pop("bsn").strip() for _, rij in goed]
        personen = client.post("intake", "/v1/pseudoniemen", json={"bsns": nummers}, params=vraag)["pseudoniemen"]
        for (nummer, rij), persoon in zip(goed, personen, strict=True):
            rij["persoon"] = persoon or ""
            if not persoon:
                fouten.append(Fout(nummer, "bsn", "elfproef", _ELFPROEF))
        goed = [(nummer, rij) for nummer, rij in goed if rij["persoon"]]
    if not goed:
        return 0, 0, fouten
    inhoud = "\n".join([_JSON(rij) for _, rij in goed]).encode()
    koppen = {"Content-Type": NDJSON, "Banenspoor-Blijvend": "true"}
    antwoord = client.post(soort.dienst, soort.pad, sleutel=sleutel, koppen=koppen, content=inhoud, params=vraag)
    gewijzigd = 0 if antwoord.get("herhaald") else antwoord["aanvaard"]
    for fout in (Fout(**f) for f in antwoord["fouten"]):
        kolom = "bsn" if soort.bsn and fout.kolom == "persoon" else fout.kolom
        fouten.append(replace(fout, rij=goed[fout.rij - 1][0], kolom=kolom))
    return gewijzigd, antwoord["aanvaard"] + antwoord["ongewijzigd"] - gewijzigd, fouten


def maak_app(soorten: Callable[[], Sequence[Soort]]) -> Callable[..., None]:
    """De opdracht `importeer` voor de soorten die de diensten aanbieden; `deploy` stelt haar samen."""

    @nette_afloop()
    def importeer(
        soort: Annotated[str, typer.Argument(metavar="SOORT", help="Wat er in het bestand staat.")],
        bestand: Annotated[Path, typer.Argument(metavar="FILE", help="CSV in UTF-8, met een kop.")],
        proef: Annotated[bool, typer.Option("--proef", help="Alleen controleren; er verandert niets.")] = False,
        wachten: Annotated[bool, typer.Option("--wacht", help="Wachten tot de rijen in de cijfers zitten.")] = False,
        opnieuw: Annotated[bool, typer.Option("--opnieuw", help="Ook als deze inhoud al verwerkt is.")] = False,
        als_json: Annotated[bool, typer.Option("--json", help="De samenvatting als JSON op stdout.")] = False,
        dir_: Map = MAP,
    ) -> None:
        """Neem een bestand op; afgewezen rijen komen met hun fout in FILE.fouten.csv."""
        bekend = {s.naam: s for s in soorten()}
        if soort not in bekend:
            raise OpdrachtFout(f"Onbekende soort {soort}. Kies uit: {', '.join(sorted(bekend))}.")
        client, scherm, antwoord = Client(dir_), Console(stderr=True, markup=False, soft_wrap=True), dict[str, object]()
        invoer = Bestand(bestand, bekend[soort], client.instellingen.import_max_bytes)
        with Progress(console=scherm, transient=True) as balk:
            taak = balk.add_task("controleren", total=None)

            def stap(wat: str, hoever: int, totaal: int | None) -> None:
                balk.update(taak, description=wat, completed=hoever, total=totaal)

            uit = voer_in(client, invoer, stap, proef=proef, opnieuw=opnieuw)
            antwoord |= asdict(uit)
            if wachten and not proef:
                antwoord["vastTot"] = wacht(client, bekend[soort].dienst, stap)
        if als_json:
            typer.echo(json.dumps(antwoord))
        scherm.print(
            " · ".join(f"{naam} {waarde}" for naam, waarde in antwoord.items()) + (" (proef)" if proef else "")
        )
        if uit.fouten:
            scherm.print(f"{uit.fouten} rijen afgewezen: zie {bestand}.fouten.csv")
            raise typer.Exit(1)

    return importeer
