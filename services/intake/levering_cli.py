"""`banenspoor volledige-lijst`: wie op de lijst staat hoort erin, wie er niet op staat is geëindigd."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from banenspoor_contracts import Grondslag

from services.intake.cli import SOORTEN
from services.intake.rijen import RegistratieRij
from shared.api import NDJSON, Fout, lees_rij
from shared.client import MAP, Client, Map, OpdrachtFout, nette_afloop
from shared.importeer import Bestand, Foutenlijst

BLOK = 2_000
_PAD = "/v1/leveringen"
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def lever(
    client: Client,
    pad: Path,
    grondslagen: Sequence[str],
    peildatum: str,
    *,
    proef: bool = False,
    akkoord: bool = False,
    drempel: int | None = None,
    opnieuw: bool = False,
) -> dict[str, Any]:
    """Zet de lijst klaar, vraagt het voorbeeld en past het toe. Afgebroken: dezelfde opdracht gaat verder waar zij was."""
    bestand = Bestand(pad, next(s for s in SOORTEN if s.naam == "registraties"), client.instellingen.import_max_bytes)
    wie = hashlib.sha256(f"{bestand.vinger()} {sorted({*grondslagen})} {peildatum} {proef}".encode())
    if opnieuw or proef:
        wie.update(uuid4().bytes)
    nummer = UUID(bytes=wie.digest()[:16], version=5)
    stand: dict[str, Any] = client.post(
        "intake",
        _PAD,
        json={"levering": str(nummer), "grondslagen": list(grondslagen), "peildatum": peildatum, "proef": proef},
    )
    if stand["stand"] == "toegepast":
        return stand | {"herhaald": True}
    _zet_klaar(client, bestand, nummer, stand["totRij"])
    uit: dict[str, Any] = client.post("intake", f"{_PAD}/{nummer}/voorbeeld")
    if proef:
        client.post("intake", f"{_PAD}/{nummer}/intrekking")
        return uit
    vraag: dict[str, Any] = {"vinger": uit["vinger"], "akkoord": akkoord}
    if drempel is not None:
        vraag["drempel"] = drempel
    while client.post("intake", f"{_PAD}/{nummer}/toepassing", json=vraag)["resterend"]:
        pass
    return uit | {"stand": "toegepast"}


def _zet_klaar(client: Client, bestand: Bestand, nummer: UUID, al_binnen: int) -> None:
    """Verstuurt in blokken wat nog niet binnen is; foute rijen komen in de foutenlijst naast het bestand."""
    with Foutenlijst(bestand.pad) as lijst:
        goed: list[dict[str, Any]] = []
        fouten: list[Fout] = []
        laatste = 0
        for aantal, (laatste, velden) in enumerate(bestand.rijen(), 1):
            if len(velden) != len(bestand.kolommen):
                fouten += bestand.fouten(laatste, velden)
                goed.append({"rij": laatste})  # de dienst telt haar mee als fout
            else:
                goed.append({"rij": laatste, **bestand.als_rij(velden)})
            if aantal % BLOK == 0:
                _verstuur(client, nummer, goed, fouten, laatste, al_binnen)
                lijst.schrijf(fouten)
                goed, fouten = [], []
        if goed or fouten:
            _verstuur(client, nummer, goed, fouten, laatste, al_binnen)
            lijst.schrijf(fouten)


def _verstuur(
    client: Client, nummer: UUID, goed: list[dict[str, Any]], fouten: list[Fout], laatste: int, al_binnen: int
) -> None:
    if laatste <= al_binnen:
        fouten += [f for rij in goed if len(rij) > 1 for f in _nog_eens(rij)]
        return
    inhoud = "\n".join(json.dumps(rij, ensure_ascii=False) for rij in goed).encode()
    pad, koppen = f"{_PAD}/{nummer}/rijen", {"Content-Type": NDJSON}
    antwoord = client.post("intake", pad, koppen=koppen, content=inhoud, params={"totRij": laatste})
    genoemd = {f.rij for f in fouten}
    fouten += (Fout(**f) for f in antwoord["fouten"] if f["rij"] not in genoemd)


def _nog_eens(rij: dict[str, Any]) -> list[Fout]:
    """De fouten van een rij die een vorige keer al verstuurd was: zij horen weer in de foutenlijst."""
    gelezen = lees_rij(rij["rij"], {k: v for k, v in rij.items() if k != "rij"}, RegistratieRij)
    return gelezen if isinstance(gelezen, list) else []


@app.command()
@nette_afloop()
def volledige_lijst(
    bestand: Annotated[Path, typer.Argument(metavar="FILE", help="CSV met de kolommen van registraties.")],
    grondslag: Annotated[str, typer.Option("--grondslag", help="De grondslagen waar de lijst over gaat, met komma's.")],
    peildatum: Annotated[str, typer.Option("--peildatum", help="De dag waarop de lijst klopt (JJJJ-MM-DD).")],
    proef: Annotated[bool, typer.Option("--proef", help="Alleen tonen wat er zou veranderen.")] = False,
    drempel: Annotated[
        int | None, typer.Option(min=0, max=100, help="Procent dat mag eindigen; zonder: de instelling.")
    ] = None,
    akkoord: Annotated[bool, typer.Option("--akkoord", help="Ook als er meer eindigt dan de drempel.")] = False,
    opnieuw: Annotated[bool, typer.Option("--opnieuw", help="Ook als deze lijst al is toegepast.")] = False,
    als_json: Annotated[bool, typer.Option("--json", help="De uitkomst als JSON op stdout.")] = False,
    dir_: Map = MAP,
) -> None:
    """Vergelijk een volledige lijst van een uitkeringsregister met het doelgroepregister, en pas haar toe."""
    gekozen = [g.strip().upper() for g in grondslag.split(",") if g.strip()]
    if vreemd := [g for g in gekozen if g not in {str(x) for x in Grondslag}]:
        raise OpdrachtFout(f"Onbekende grondslag {', '.join(vreemd)}. Kies uit: {', '.join(Grondslag)}.")
    client = Client(dir_)
    uit = lever(client, bestand, gekozen, peildatum, proef=proef, akkoord=akkoord, drempel=drempel, opnieuw=opnieuw)
    if als_json:
        typer.echo(json.dumps(uit, ensure_ascii=False))
    else:
        _toon(uit)
    if uit.get("foutRijen"):
        typer.echo(f"{uit['foutRijen']} rijen afgewezen: zie {bestand}.fouten.csv", err=True)
    if uit.get("foutRijen") or uit.get("totaal", {}).get("afgewezen"):
        raise typer.Exit(1)


def _toon(uit: dict[str, Any]) -> None:
    if uit.get("herhaald"):
        typer.echo("Deze lijst is al toegepast; er verandert niets (--opnieuw begint van voren).")
        return
    typer.echo(f"{uit['rijen']} rijen, {uit['lopend']} lopende registraties op {uit['peildatum']}; {uit['stand']}")
    koppen = ("begin", "einde", "correctie", "afgewezen")
    typer.echo(f"{'':42}" + "".join(f"{kop:>11}" for kop in koppen))
    for titel, rijen in (("", {"totaal": uit["totaal"]}), ("", uit["perGrondslag"]), ("gemeente ", uit["perGemeente"])):
        for naam, rij in rijen.items():
            typer.echo(f"{titel + naam:42}" + "".join(f"{rij[kop]:>11}" for kop in koppen))
