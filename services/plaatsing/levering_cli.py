"""`banenspoor levering` en `banenspoor leveranciers`: wat er kwam, hoe goed het is, en een verkeerde levering intrekken."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from shared.client import MAP, Client, Map, nette_afloop

DIENST, PAD = "plaatsing", "/v1/leveringen"
AlsJson = Annotated[bool, typer.Option("--json", help="Als JSON op stdout.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="De sleutel van de levering (zie `levering lijst`).")]
app = typer.Typer(help="Leveringen van verloonde uren: lijst, kwaliteit, intrekken.", no_args_is_help=True)
leveringen_app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
leveranciers_app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
@leveringen_app.command()
@nette_afloop()
def lijst(
    leverancier: Annotated[str | None, typer.Option(help="Alleen van deze leverancier.")] = None,
    maand: Annotated[str | None, typer.Option(metavar="JJJJ-MM", help="Alleen met een tijdvak in deze maand.")] = None,
    hooguit: Annotated[int, typer.Option(min=1, max=500, help="Zoveel, de nieuwste eerst.")] = 50,
    als_json: AlsJson = False,
    map_: Map = MAP,
) -> None:
    """De leveringen van verloonde uren, de nieuwste eerst, met wat er van hun regels werd."""
    vraag = {k: v for k, v in {"leverancier": leverancier, "maand": maand, "hooguit": hooguit}.items() if v is not None}
    antwoord = Client(map_).get(DIENST, PAD, **vraag)
    if als_json:
        typer.echo(json.dumps(antwoord, ensure_ascii=False))
        return
    kop = (
        "levering",
        "leverancier",
        "naam of dag",
        "laatst",
        "stand",
        "nieuw",
        "vervangen",
        "ongewijzigd",
        "afgewezen",
    )
    rijen = [
        (
            *(
                rij["levering"],
                rij["leverancier"],
                rij["naam"] or rij["dag"],
                (rij["laatstOp"] or "")[:10],
                rij["stand"],
            ),
            *(str(rij["regels"][wat]) for wat in kop[5:]),
        )
        for rij in antwoord["leveringen"]
    ]
    _tabel(kop, rijen)
    if antwoord["volgende"]:
        typer.echo(f"Er zijn er meer dan {hooguit}: geef --hooguit, --leverancier of --maand.", err=True)


@app.command()
@nette_afloop()
def toon(
    id_: Id,
    met: Annotated[str | None, typer.Option(metavar="ID", help="Vergelijk met deze in plaats van de vorige.")] = None,
    afwijking: Annotated[
        int | None, typer.Option(min=0, max=1000, help="Procent dat nog geen verschil is; zonder: de instelling.")
    ] = None,
    als_json: AlsJson = False,
    map_: Map = MAP,
) -> None:
    """Eén levering: uren per maand, en haar kwaliteit naast de vorige van dezelfde leverancier."""
    vraag = {naam: waarde for naam, waarde in {"met": met, "afwijking": afwijking}.items() if waarde is not None}
    antwoord = Client(map_).get(DIENST, f"{PAD}/{id_}", **vraag)
    if als_json:
        typer.echo(json.dumps(antwoord, ensure_ascii=False))
    else:
        _toon(antwoord)


@app.command()
@nette_afloop()
def intrekken(
    id_: Id,
    reden: Annotated[str, typer.Option(help="Waarom; zonder nummer van een mens of werkgever.")],
    proef: Annotated[bool, typer.Option("--proef", help="Alleen tonen wat er zou veranderen.")] = False,
    als_json: AlsJson = False,
    map_: Map = MAP,
) -> None:
    """Trek een hele levering in, als correcties; afgebroken: dezelfde opdracht gaat verder waar zij was."""
    client, pad = Client(map_), f"{PAD}/{id_}"
    beeld: dict[str, Any] = client.delete(DIENST, pad, reden=reden, proef="true")
    if not proef:
        gedaan = gezegd = 0
        while True:
            stap = client.delete(DIENST, pad, reden=reden)
            gedaan, gezegd = gedaan + stap["gedaan"], gezegd + stap["maandenGezegd"]
            if not stap["resterend"]:
                break
            typer.echo(f"{gedaan} plaatsingen terug, nog {stap['resterend']}", err=True)
        beeld |= {"proef": False, "gedaan": gedaan, "maandenGezegd": gezegd}
    if als_json:
        typer.echo(json.dumps(beeld, ensure_ascii=False))
        return
    r = beeld["regels"]
    typer.echo(
        f"{beeld['plaatsingen']} plaatsingen: {r['vervallen']} regels vervallen, {r['vorige']} terug naar de vorige"
    )
    typer.echo(f"{r['blijven']} regels blijven: een andere levering zei hetzelfde, of verving ze")
    rijen = [(m["maand"], str(m["plaatsingen"]), _uren(m["verschilX100"])) for m in beeld["maanden"]]
    _tabel(("maand", "plaatsingen", "uren erbij"), rijen)
    typer.echo(
        "Proef: er is niets veranderd." if proef else f"Ingetrokken; {beeld['maandenGezegd']} maanden opnieuw gezegd."
    )


@app.command()
@nette_afloop()
def voortzetten(als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Laat jaarlijkse uren (Wsw, Wiw, ID) nu doorlopen tot de levering er is; dat gebeurt ook elke dag vanzelf."""
    client, na = Client(map_), 0
    gedaan = gezegd = 0
    while na is not None:
        stap = client.post(DIENST, "/v1/voortzettingen", params={"na": na})
        gedaan, gezegd, na = gedaan + stap["gedaan"], gezegd + stap["maandenGezegd"], stap["volgende"]
    if als_json:
        typer.echo(json.dumps({"gedaan": gedaan, "maandenGezegd": gezegd}))
    else:
        typer.echo(f"{gedaan} plaatsingen nagegaan, {gezegd} maanden gezegd.")


@leveranciers_app.command()
@nette_afloop()
def leveranciers(als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Elke leverancier: zijn laatste levering, wat er te laat is, en of hij stil is."""
    antwoord = Client(map_).get(DIENST, "/v1/leveranciers")
    if als_json:
        typer.echo(json.dumps(antwoord, ensure_ascii=False))
        return
    kop = ("leverancier", "laatst", "laatste maand", "verwacht", "te laat sinds", "stil sinds")
    _tabel(
        kop,
        [
            (
                *(r["leverancier"], (r["laatstOp"] or "nooit")[:10], r["laatsteMaand"] or ""),
                f"{r['verwacht']['maand']} voor {r['verwacht']['sluitOp']}" if r["verwacht"] else "",
                f"{r['teLaatSinds']} ({', '.join(m['maand'] for m in r['teLaat'])})" if r["teLaat"] else "",
                r["stilSinds"] or "",
            )
            for r in antwoord["leveranciers"]
        ],
    )


def _toon(antwoord: dict[str, Any]) -> None:
    regels, kwaliteit = antwoord["regels"], antwoord["kwaliteit"]
    typer.echo(f"{antwoord['leverancier']}, {antwoord['naam'] or antwoord['dag']}: {antwoord['stand']}")
    typer.echo(
        f"{antwoord['plaatsingen']} plaatsingen, {_uren(antwoord['urenX100'])} uren; "
        + ", ".join(f"{aantal} {wat}" for wat, aantal in regels.items())
    )
    _tabel(
        ("maand", "regels", "uren", "nalevering", "na sluiting jaar"),
        [
            (m["maand"], str(m["regels"]), _uren(m["urenX100"]), str(m["nalevering"]), str(m["naSluitingJaar"]))
            for m in antwoord["perMaand"]
        ],
    )
    verschil = {soort: v["aantal"] for soort, v in kwaliteit["verschillen"].items()}
    rijen = [("nul uren", kwaliteit["nul"]), ("negatieve uren", kwaliteit["negatief"])]
    rijen += [(f"afgewezen: {code}", aantal) for code, aantal in kwaliteit["afgewezen"].items()]
    for ander in kwaliteit["andereLeveranciers"]:
        wie = ander["leverancier"]
        rijen += [
            (f"vervangt regels van {wie}", ander["vervangen"]),
            (f"bevestigt regels van {wie}", ander["bevestigd"]),
        ]
        rijen += [(f"vervangen door {wie}", ander["vervangenDoor"]), (f"zelfde maand als {wie}", ander["zelfdeMaand"])]
    if kwaliteit["vergelekenMet"]:
        rijen += [(f"plaatsingen {soort}", aantal) for soort, aantal in verschil.items()]
    _tabel(("kwaliteit", "aantal"), [(wat, str(aantal)) for wat, aantal in rijen if aantal])
    if not kwaliteit["vergelekenMet"]:
        typer.echo("Er is geen vorige levering om mee te vergelijken.")
        return
    typer.echo(
        f"Vergeleken met {kwaliteit['vergelekenMet']}, meer of minder vanaf {kwaliteit['afwijking']} % uren per dag."
    )
    if kwaliteit["ontbrekendeMaanden"]:
        typer.echo(f"Overgeslagen maanden: {', '.join(kwaliteit['ontbrekendeMaanden'])}")


def _uren(x100: int) -> str:
    """Honderdsten van uren op zijn Nederlands."""
    geheel = f"{abs(x100) // 100:,}".replace(",", ".")
    return f"{'-' if x100 < 0 else ''}{geheel},{abs(x100) % 100:02d}"


def _tabel(kop: tuple[str, ...], rijen: Sequence[tuple[str, ...]]) -> None:
    """Kolommen onder elkaar; getallen rechts."""
    breed = [max(map(len, kolom)) for kolom in zip(kop, *rijen, strict=True)]
    for rij in (kop, *rijen):
        cellen = [c.rjust(b) if _getal(c) else c.ljust(b) for c, b in zip(rij, breed, strict=True)]
        typer.echo("  ".join(cellen).rstrip())


def _getal(tekst: str) -> bool:
    return tekst.lstrip("-").replace(".", "").replace(",", "").isdigit()
