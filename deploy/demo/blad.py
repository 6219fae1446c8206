"""Het blad `docs/demo.md`: de cijfers van de demo naast de gepubliceerde, met elk verschil."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deploy.demo.vergelijk import GROEI, NIET_TE_MAKEN, Vergeleken

_CEL = {
    "/inleen": "inleen, ongedeeld",
    "inleen (undivided)": "inleen, ongedeeld",
    "markt/formeel": "markt, formeel",
    "overheid/formeel": "overheid, formeel",
    "markt/inleen": "markt, inleen",
    "overheid/inleen": "overheid, inleen",
}
_KOP = """# De demo naast de gepubliceerde cijfers

Dit blad is gemaakt door `make golden`: elk getal komt uit `GET /v1/tellingen`, nadat een synthetische bevolking op schaal
1 : {schaal} door de voordeur is geladen. *Berekend* is half omhoog afgerond({schaal} × `extraExact`); *gepubliceerd* is wat er
gedrukt staat. Elk cijfer is gelezen zoals bekend op zijn eigen publicatiedag. Er zijn {cellen} gepubliceerde cellen; daarvan
verschillen er {anders}.

**De bevolking is verzonnen.** Alleen de totalen zijn die van de publicaties. Waar een deel niet gepubliceerd is, staat het
onder *Aangenomen*. Gepubliceerd noemen wij ook wat uit twee gedrukte getallen volgt (afgeleid).
"""


def getal(waarde: int | None) -> str:
    """Op zijn Nederlands: `86.264`, `−1.996`."""
    return "" if waarde is None else f"{waarde:,}".replace(",", ".").replace("-", "−")


def blad(cellen: Sequence[Vergeleken], schaal: int) -> str:
    """Het hele blad als Markdown."""
    gedrukt = [c for c in cellen if c.doel.gepubliceerd]
    anders = [c for c in gedrukt if c.verschil]
    delen = [_KOP.format(schaal=schaal, cellen=len(gedrukt), anders=len(anders) or "geen")]
    for reeks, titel in (("jaarmeting", "Officiële jaren"), ("kwartaal", "Kwartalen (indicatief)")):
        delen.append(f"## {titel}\n\n" + _tabel([c for c in gedrukt if c.doel.reeks == reeks]))
    delen += [_groei(cellen), _niet_te_maken(), _aangenomen([c for c in cellen if not c.doel.gepubliceerd])]
    return "\n".join(delen)


def _tabel(cellen: Sequence[Vergeleken]) -> str:
    kop = (
        "| periode | cel | bekend op | berekend | gepubliceerd | verschil | herkomst |\n|---|---|---|--:|--:|--:|---|\n"
    )
    return kop + "".join(
        f"| {c.doel.periode} | {_CEL.get(c.doel.cel, c.doel.cel)} | {c.gelezen_op} | {getal(c.berekend)} "
        f"| {getal(c.doel.gedrukt)} | {getal(c.verschil)} | {_herkomst(c.doel.status)} |\n"
        for c in cellen
    )


def _herkomst(status: str) -> str:
    return {"given": "gedrukt", "given-derived": "afgeleid uit gedrukte getallen"}.get(status, status)


def _groei(cellen: Sequence[Vergeleken]) -> str:
    totaal = {c.doel.periode: c.berekend for c in cellen if (c.doel.reeks, c.doel.cel) == ("kwartaal", "totaal")}
    uit = (
        "## Groei per kwartaal\n\nEen gedrukte groei is het verschil van twee cijfers, elk op zijn eigen publicatiedag, "
        "en nooit van twee kwartalen op één moment: als 2021-Q1 verschijnt (60.525) is 2020-Q4 door late uren al 66.097, "
        "en toch staat er −6.205, ten opzichte van 66.730.\n\n"
        "| kwartaal | berekend | gepubliceerd | verschil |\n|---|--:|--:|--:|\n"
    )
    for periode, gedrukt in groei(totaal):
        berekend = totaal[periode] - totaal[vorig_kwartaal(periode)]
        uit += f"| {periode} | {getal(berekend)} | {getal(gedrukt)} | {getal(berekend - gedrukt)} |\n"
    return uit


def groei(totaal: dict[str, int]) -> Iterator[tuple[str, int]]:
    """De gedrukte groei van elk kwartaal waarvan beide cijfers er zijn."""
    return ((p, g) for p, g in GROEI.items() if p in totaal and vorig_kwartaal(p) in totaal)


def vorig_kwartaal(periode: str) -> str:
    """`2021-Q1` → `2020-Q4`."""
    jaar, nr = int(periode[:4]), int(periode[6])
    return f"{jaar - 1}-Q4" if nr == 1 else f"{jaar}-Q{nr - 1}"


def _niet_te_maken() -> str:
    regels = "".join(f"| {p} | {c} | {g} | {waarom} |\n" for p, c, g, waarom in NIET_TE_MAKEN)
    return (
        "## Wat niet uit kan komen\n\nVan deze cellen zijn twee verschillende getallen gedrukt.\n\n"
        f"| periode | cel | het andere getal | waarom |\n|---|---|--:|---|\n{regels}"
    )


def _aangenomen(cellen: Sequence[Vergeleken]) -> str:
    uit = (
        "## Aangenomen\n\nNiet gepubliceerd: zo gekozen of geïnterpoleerd dat de gepubliceerde cellen uitkomen. De sleutels van "
        "2015, 2017–2019, 2021 en 2022 zijn afgeleid, niet gepubliceerd.\n\n"
        "| periode | reeks | " + " | ".join(_KOLOMMEN.values()) + " |\n|---|---|" + "--:|" * len(_KOLOMMEN) + "\n"
    )
    rijen: dict[tuple[str, str], dict[str, int]] = {}
    for c in cellen:
        rijen.setdefault((c.doel.periode, c.doel.reeks), {})[c.doel.cel] = c.berekend
    for (periode, reeks), waarden in rijen.items():
        per_kolom = {_KOLOM.get(cel, cel): waarde for cel, waarde in waarden.items()}
        uit += f"| {periode} | {reeks} | " + " | ".join(getal(per_kolom.get(k)) for k in _KOLOMMEN) + " |\n"
    return uit


_KOLOM = {"/inleen": "inleen", "inleen (undivided)": "inleen"}
_KOLOMMEN = {
    "markt/formeel": "markt formeel",
    "overheid/formeel": "overheid formeel",
    "formeel": "formeel",
    "inleen": "inleen",
    "markt/inleen": "markt inleen",
    "overheid/inleen": "overheid inleen",
    "totaal": "totaal",
}
