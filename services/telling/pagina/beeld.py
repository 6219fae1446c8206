"""De bladzijde als HTML: gewone tabellen, met reeks en status bij elk blok. Wat van buiten komt, wordt ontsmet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from services.telling.pagina.gegevens import Antwoord, Gegevens
from services.telling.schaal import Demo

Cel = Mapping[str, Any]
_BEDRAGEN = ("banen", "nulmeting", "extra", "doelstelling", "gat")
_KOPPEN = {
    "banen": "Banen",
    "nulmeting": "Nulmeting",
    "extra": "Extra banen",
    "doelstelling": "Doelstelling",
    "gat": "Nog te gaan",
}
_KOLOM = {
    "markt": "Markt, formeel",
    "overheid": "Overheid, formeel",
    None: "Inleen (niet over de sectoren verdeeld)",
}


def getal(waarde: int | None) -> str:
    """Op zijn Nederlands: `86.264`, `−1.996`; onbekend is een streepje dat ook voorgelezen wordt."""
    if waarde is None:
        return '<span aria-label="onbekend">–</span>'
    return f"{waarde:,}".replace(",", ".").replace("-", "−")


def bladzijde(g: Gegevens) -> str:
    """Het hele blad."""
    waar = f"regio {g.demo.regio}" if g.demo and g.demo.regio else "Nederland"
    delen = [
        "<header><h1>Banenspoor</h1>",
        "<p>Extra banen van de banenafspraak: wie telt, hoeveel, en ten opzichte van wanneer.</p>",
        _demo(g.demo),
        _keuze(g),
        '</header><main id="cijfers">',
    ]
    if g.leeg:
        delen.append(
            "<p>Er zijn nog geen uren geladen. Een voorbeeld met verzonnen mensen: <code>banenspoor demo</code>.</p>"
        )
    delen += [
        _hoofd(g),
        _stand(g.totaal),
        _kwartaal(g, waar),
        _jaar(g, waar),
        _regios(g),
        _noten(g),
        "</main>",
        _voet(g),
    ]
    return _blad(f"{g.periode} · Banenspoor", "".join(delen))


def foutblad(titel: str, detail: str) -> str:
    """Wat er niet kan, en de weg terug."""
    return _blad(
        f"{titel} · Banenspoor",
        f'<main id="cijfers"><h1>{escape(titel)}</h1><p>{escape(detail)}</p><p><a href="/">Terug naar de cijfers</a></p></main>',
    )


def _blad(titel: str, inhoud: str) -> str:
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(titel)}</title><link rel="stylesheet" href="/stijl.css"></head><body>'
        f'<a class="sprong" href="#cijfers">Naar de cijfers</a>{inhoud}</body></html>'
    )


def _demo(demo: Demo | None) -> str:
    if demo is None:
        return ""
    schaal = f" Op schaal {demo.label}: onder elk getal staat waar het voor staat." if demo.schaal > 1 else ""
    return (
        '<p class="demo" role="note">Demo met synthetische gegevens: alle mensen, banen en werkgevers zijn verzonnen; '
        f"alleen landelijke totalen volgen gepubliceerde cijfers.{schaal}</p>"
    )


def _keuze(g: Gegevens) -> str:
    return (
        '<form method="get" action="/"><div><label for="periode">Kwartaal</label>'
        f'<input id="periode" name="periode" value="{escape(g.periode)}" pattern="\\d{{4}}-Q[1-4]" size="8" '
        'title="Bijvoorbeeld 2023-Q4"></div>'
        f"{_zoals_bekend(g)}"
        '<button type="submit">Toon</button></form>'
    )


def _zoals_bekend(g: Gegevens) -> str:
    """Het veld voor een eerder moment: alleen in een demo, want openbaar is er anders alleen de stand van nu."""
    if g.demo is None:
        return ""
    return (
        '<div><label for="bekendOp">Zoals bekend op (leeg: nu)</label>'
        f'<input id="bekendOp" name="bekendOp" type="date" value="{escape(g.bekend_op)}"></div>'
    )


def _hoofd(g: Gegevens) -> str:
    """De getallen waar men voor komt: de officiële methode (als er een jaar is) en het kwartaal, met het streven erbij."""
    jaren = g.jaartotaal["cellen"] if g.jaartotaal else []
    blokken = [("jaarmeting", f"eind {c['periode']}", c) for c in jaren] + [
        ("kwartaal", str(c["periode"]), c) for c in g.totaal["cellen"]
    ]
    return f'<div class="hoofd">{"".join(_getalblok(*blok, g.demo) for blok in blokken)}</div>'


def _getalblok(reeks: str, wanneer: str, cel: Cel, demo: Demo | None) -> str:
    extra, doel = (_voor(cel, bedrag, demo) for bedrag in ("extra", "doelstelling"))
    streven = "" if doel is None else f" van {getal(doel)} (streefcijfer)"
    klein = (
        f"{demo.label} · geteld {getal(cel['extra'])}, staat voor {getal(extra)}" if demo and demo.schaal > 1 else ""
    )
    return (
        f"<p><strong>{getal(extra)}</strong> extra banen{streven}, {escape(wanneer)}"
        f'<span class="staat-voor">{klein}</span><span class="merken">{_merken(reeks, [cel])}</span></p>'
    )


def _voor(cel: Cel, bedrag: str, demo: Demo | None) -> int | None:
    """Het bedrag zelf, en in een demo waar het voor staat."""
    waarde: int | None = cel[bedrag]
    if demo is None or waarde is None:
        return waarde
    return demo.staat_voor(str(waarde) if bedrag == "doelstelling" else cel[f"{bedrag}Exact"])


def _stand(antwoord: Antwoord) -> str:
    """Hoe vers, hoe vast en hoe volledig; van het gekozen kwartaal."""
    vers, volledig = antwoord["versheidSeconden"], antwoord["volledigheid"]
    leeftijd = "onbekend hoe vers" if vers is None else f"bijgewerkt tot {getal(vers)} s geleden"
    vast = "deze stand verandert niet meer" if antwoord["vast"] else "deze stand kan nog veranderen"
    delen = [f"Zoals bekend op {_moment(antwoord['bekendOp'])}", vast, leeftijd]
    if volledig is not None:
        delen.append(f"{getal(volledig['gehoord'])} van {getal(volledig['verwacht'])} verwachte baan-maanden gehoord")
    return f'<p class="stand">{" · ".join(delen)}.</p>'


def _moment(tekst: str) -> str:
    moment = datetime.fromisoformat(tekst)
    return f'<time datetime="{escape(tekst)}">{moment.day}-{moment.month}-{moment.year} {moment:%H:%M}</time>'


def _merken(reeks: str, cellen: Sequence[Cel]) -> str:
    status = sorted({cel["status"] for cel in cellen}) or ["geen cijfer"]
    return f'<span class="merk">reeks: {reeks}</span> <span class="merk">status: {escape(", ".join(status))}</span>'


def _kwartaal(g: Gegevens, waar: str) -> str:
    cellen, [totaal] = g.kwartaal["cellen"], g.totaal["cellen"]
    rijen = [(_KOLOM[c["sector"]], c) for c in cellen]
    uitleg = f"{_merken('kwartaal', [totaal])} De kwartaalreeks is en blijft indicatief; inleen is er ongedeeld."
    return _blok(f"Kwartaal {g.periode}, {waar}", uitleg, "Kolom", rijen, g.demo, ("Totaal", totaal))


def _jaar(g: Gegevens, waar: str) -> str:
    if g.jaartotaal is None or not g.jaartotaal["cellen"]:
        return ""
    [totaal] = g.jaartotaal["cellen"]
    rijen = [(str(c["sector"]).capitalize(), c) for c in (g.jaar["cellen"] if g.jaar else ())]
    uitleg = (
        f"{_merken('jaarmeting', [totaal])} De officiële methode: ingeleende uren zijn met een sleutel over markt en overheid "
        "verdeeld."
    )
    return _blok(f"Jaar {totaal['periode']}, {waar}", uitleg, "Sector", rijen, g.demo, ("Totaal", totaal))


def _regios(g: Gegevens) -> str:
    cellen = [c for c in g.regios["cellen"] if c["regio"] is not None]
    rijen = [(str(c.get("regioNaam") or c["regio"]), c) for c in cellen]
    uitleg = f"{_merken('kwartaal', cellen)} Een streefcijfer van een regio is indicatief, als het er is."
    return _blok(f"Per arbeidsmarktregio, {g.periode}", uitleg, "Regio", rijen, g.demo, None)


def _blok(
    titel: str,
    uitleg: str,
    eerste: str,
    rijen: Iterable[tuple[str, Cel]],
    demo: Demo | None,
    slot: tuple[str, Cel] | None,
) -> str:
    kop = "".join(f'<th scope="col">{_KOPPEN[bedrag]}</th>' for bedrag in _BEDRAGEN)
    lijf = "".join(_rij(naam, cel, demo, "") for naam, cel in rijen)
    einde = _rij(*slot, demo, "totaal") if slot else ""
    return (
        f'<section><h2>{escape(titel)}</h2><div class="tabel" tabindex="0" role="region" aria-label="{escape(titel)}"><table>'
        f'<caption>{uitleg}</caption><thead><tr><th scope="col">{eerste}</th>{kop}</tr></thead>'
        f"<tbody>{lijf}{einde}</tbody></table></div></section>"
    )


def _rij(naam: str, cel: Cel, demo: Demo | None, klas: str) -> str:
    if cel.get("onderdrukt"):
        velden = f'<td colspan="{len(_BEDRAGEN)}" class="woord">te klein om te tonen</td>'
    else:
        velden = "".join(f"<td>{_bedrag(cel, bedrag, demo)}</td>" for bedrag in _BEDRAGEN)
    return f'<tr{f" class={klas}" if klas else ""}><th scope="row">{escape(naam)}</th>{velden}</tr>'


def _bedrag(cel: Cel, naam: str, demo: Demo | None) -> str:
    waarde = cel[naam]
    if demo is None or demo.schaal == 1 or waarde is None:
        return getal(waarde)
    return f'{getal(waarde)}<span class="staat-voor">staat voor {getal(_voor(cel, naam, demo))}</span>'


def _noten(g: Gegevens) -> str:
    antwoorden = [a for a in (g.totaal, g.jaartotaal, g.regios) if a is not None]
    noten = dict.fromkeys(noot for antwoord in antwoorden for noot in antwoord["voetnoten"])
    regels = "".join(f"<li>{escape(noot)}</li>" for noot in noten)
    return f"<section><h2>Wat u moet weten</h2><ul>{regels}</ul></section>" if noten else ""


def _voet(g: Gegevens) -> str:
    regels = [
        f"{escape(naam)} {escape(str(regel['versie']))}{' (aangenomen)' if regel['aangenomen'] else ''}"
        for naam, regel in (g.totaal["cellen"][0]["regels"].items() if g.totaal["cellen"] else ())
        if regel is not None
    ]
    return (
        f"<footer><p>Gerekend met: {' · '.join(regels) or 'nog geen regels'}.</p>"
        '<p>Dezelfde cijfers voor machines: <code>GET /v1/tellingen</code> (<a href="/v1/openapi.json">OpenAPI</a>); in de '
        "terminal: <code>banenspoor telling</code>.</p></footer>"
    )
