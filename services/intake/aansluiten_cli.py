"""`banenspoor aansluiten`: een eigen administratie naast het register; een tabel, en een lijst naast het bestand."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import Field

from services.intake.rijen import BsnRij, Dag, GrondslagWoord
from shared.api import Opdracht, Soort, Uitslag
from shared.client import MAP, Client, Map, OpdrachtFout, nette_afloop
from shared.db import Tx
from shared.importeer import Bestand

BLOK = 1_000
KOP = ("rij", "referentie", "uitkomst", "reden", "uitleg", "persoon")
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class EigenRij(BsnRij):
    """Iemand in een eigen administratie: nummer, en wat die verder van haar weet."""

    grondslag: GrondslagWoord | None = None
    van: Dag | None = None
    referentie: Annotated[str | None, Field(max_length=200)] = None


async def _geen(_tx: Tx, _rijen: Any, _opdracht: Opdracht) -> Uitslag:
    raise OpdrachtFout("een eigen administratie wordt niet geïmporteerd")


_SOORT = Soort(
    "aansluiten", "intake", "/v1/aansluitingen", EigenRij, _geen, "", ("bsn", "grondslag", "van", "referentie")
)


def sluit_aan(client: Client, pad: Path, gemeente: str | None = None) -> Counter[tuple[str, str]]:
    """Legt het bestand naast het register, schrijft `<naam>.aansluiting.csv` en telt uitkomst en reden.

    In die lijst staan rijnummer en referentie en nooit een BSN; een pseudoniem staat er alleen bij wie niet in het bestand
    voorkomt. Zij vervangt een eerdere pas als alles klaar is.
    """
    bestand = Bestand(pad, _SOORT, client.instellingen.import_max_bytes)
    doel = pad.with_suffix(".aansluiting.csv")
    deel, telling = doel.with_name(f"{doel.name}.deel"), Counter[tuple[str, str]]()
    gezien: set[str] = set()
    try:
        with deel.open("w", encoding="utf-8", newline="") as uit:
            schrijver = csv.writer(uit)
            schrijver.writerow(KOP)
            waar = gemeente
            for blok in _blokken(bestand):
                waar = _blok(client, bestand, blok, gemeente, gezien, telling, schrijver) or waar
            if waar is not None:
                for regel in _overigen(client, waar, gezien):
                    telling[regel[2], regel[3]] += 1
                    schrijver.writerow(regel)
        deel.replace(doel)
    except OSError as fout:
        raise OpdrachtFout(f"{doel} is niet te schrijven: {fout.strerror}.") from None
    finally:
        deel.unlink(missing_ok=True)
    return telling


def _blokken(bestand: Bestand) -> Iterator[list[tuple[int, list[str]]]]:
    blok: list[tuple[int, list[str]]] = []
    for rij in bestand.rijen():
        blok.append(rij)
        if len(blok) == BLOK:
            yield blok
            blok = []
    yield blok


def _blok(
    client: Client,
    bestand: Bestand,
    blok: list[tuple[int, list[str]]],
    gemeente: str | None,
    gezien: set[str],
    telling: Counter[tuple[str, str]],
    schrijver: Any,
) -> str | None:
    """Een blok: foute rijen, en van de goede wat het register zegt. Geeft de gemeente waarover het gaat."""
    goed: list[tuple[int, dict[str, str]]] = []
    regels: list[tuple[Any, ...]] = []
    for nummer, velden in blok:
        if fouten := bestand.fouten(nummer, velden):
            ref = bestand.als_rij(velden).get("referentie", "") if len(velden) == len(bestand.kolommen) else ""
            regels.append((nummer, ref, "fout", fouten[0].code, f"{fouten[0].kolom}: {fouten[0].melding}", ""))
        else:
            goed.append((nummer, bestand.als_rij(velden)))
    nummers = {"bsns": [rij["bsn"].strip() for _, rij in goed]}
    personen = (
        client.post("intake", "/v1/pseudoniemen", json=nummers, params={"proef": "true"})["pseudoniemen"]
        if goed
        else []
    )
    vraag = [_vraag(persoon, rij) for persoon, (_, rij) in zip(personen, goed, strict=True)]
    antwoord = client.post(
        "intake", "/v1/aansluitingen", json={"rijen": vraag}, params={"gemeente": gemeente} if gemeente else None
    )
    waar: str | None = antwoord["gemeente"]
    for persoon, (nummer, rij), u in zip(personen, goed, antwoord["uitkomsten"], strict=True):
        uitkomst, reden, uitleg = u["uitkomst"], u["reden"], u["uitleg"]
        if persoon in gezien:
            uitkomst, reden, uitleg = "dubbel", "", "Deze persoon staat al eerder in het bestand."
        gezien.add(persoon)
        regels.append((nummer, rij.get("referentie", ""), uitkomst, reden, uitleg, ""))
    for regel in sorted(regels):
        telling[regel[2], regel[3]] += 1
        schrijver.writerow([_veilig(veld) for veld in regel])
    return waar


def _vraag(persoon: str, rij: dict[str, str]) -> dict[str, str]:
    extra = {k: rij[k].strip() for k in ("grondslag", "van") if rij.get(k, "").strip()}
    return {"persoon": persoon, **extra}


def _veilig(veld: Any) -> Any:
    """Een rekenblad voert een veld dat met =, +, - of @ begint uit; een aanhalingsteken ervoor maakt het tekst."""
    return f"'{veld}" if isinstance(veld, str) and veld[:1] in tuple("=+-@\t\r") else veld


def _overigen(client: Client, gemeente: str, gezien: set[str]) -> Iterator[tuple[Any, ...]]:
    """Wie hier geregistreerd is en niet in het bestand staat."""
    na: UUID | None = None
    while True:
        vraag = {"gemeente": gemeente} | ({"na": str(na)} if na else {})
        bladzijde = client.get("intake", "/v1/aansluitingen/register", **vraag)
        for rij in bladzijde["personen"]:
            if rij["persoon"] not in gezien:
                loopt = ", ".join(f"{r['grondslag']} sinds {r['van']}" for r in rij["registraties"])
                yield "", "", "niet_in_bestand", "", f"Geregistreerd: {loopt}.", rij["persoon"]
        na = bladzijde["volgende"]
        if na is None:
            return


@app.command()
@nette_afloop()
def aansluiten(
    bestand: Annotated[Path, typer.Argument(metavar="FILE", help="CSV: bsn, [grondslag], [van], [referentie].")],
    gemeente: Annotated[
        str, typer.Option(help="De gemeente waar het bestand over gaat; een token van een gemeente zegt het zelf.")
    ] = "",
    als_json: Annotated[bool, typer.Option("--json", help="De telling als JSON op stdout.")] = False,
    dir_: Map = MAP,
) -> None:
    """Leg een eigen administratie naast het register; elke rij komt met haar uitkomst in FILE.aansluiting.csv."""
    telling = sluit_aan(Client(dir_), bestand, gemeente or None)
    regels = [{"uitkomst": u, "reden": r, "aantal": n} for (u, r), n in sorted(telling.items())]
    lijst = bestand.with_suffix(".aansluiting.csv")
    if als_json:
        typer.echo(json.dumps({"lijst": str(lijst), "uitkomsten": regels}, ensure_ascii=False))
    else:
        for regel in regels:
            typer.echo(f"{regel['uitkomst']:18} {regel['reden']:24} {regel['aantal']:>8}")
        typer.echo(f"Per rij: {lijst}", err=True)
    if any(uitkomst != "gevonden" for uitkomst, _ in telling):
        raise typer.Exit(1)
