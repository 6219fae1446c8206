"""Op schaal 1 : N: uren gedeeld door N, hele mensen, en niets anders. Er wordt cumulatief afgerond: totalen sluiten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deploy.demo.doelen import GRONDEN, Doelen, Kwartaaldoel, Laat, per_jaar


def deel(aantal: int, schaal: int) -> int:
    """`aantal` gedeeld door `schaal`, half omhoog (van nul af)."""
    teken = -1 if aantal < 0 else 1
    return teken * ((2 * abs(aantal) + schaal) // (2 * schaal))


def verdeel(totaal: int, gewichten: Sequence[int]) -> list[int]:
    """Verdeelt een geheel totaal naar rato van gewichten, cumulatief naar beneden: de delen tellen precies op.

    Alle gewichten ≥ 0 en niet allemaal 0, tenzij het totaal 0 is.
    """
    som, gehad, lopend, delen = sum(gewichten), 0, 0, []
    for gewicht in gewichten:
        lopend += gewicht
        tot_hier = totaal * lopend // som if som else 0
        delen.append(tot_hier - gehad)
        gehad = tot_hier
    return delen


def naar_rato(totaal: int, gewichten: Mapping[str, int]) -> dict[str, int]:
    """Een geheel totaal over namen, met de grootste resten: elk deel is het exacte op minder dan één na."""
    som = sum(gewichten.values())
    if not som:
        return dict.fromkeys(gewichten, 0)
    delen = {naam: totaal * gewicht // som for naam, gewicht in gewichten.items()}
    rest = sorted(gewichten, key=lambda naam: (-(totaal * gewichten[naam] % som), naam))
    for naam in rest[: totaal - sum(delen.values())]:
        delen[naam] += 1
    return delen


def op_schaal(doelen: Doelen, schaal: int) -> Doelen:
    """Dezelfde geschiedenis met alles gedeeld door `schaal`; late uren zo dat kwartaal + laat het officiële jaar is."""
    kwartalen = [_kwartaal(k, schaal) for k in doelen.kwartalen]
    eerste = {k.periode: k.uren_x100 for k in doelen.kwartalen}
    laat: list[Laat] = []
    for (jaar, kolom), groep in per_jaar(doelen.laat).items():
        lopend = eerste[f"{jaar}-Q4"][kolom]
        for late in groep:
            vorig, lopend = lopend, lopend + late.uren_x100
            uren = deel(lopend, schaal) - deel(vorig, schaal)
            laat.append(Laat(late.jaar, late.kolom, late.maand, late.reden, late.bekend_op, uren))
    nul = {kolom: deel(uren, schaal) for kolom, uren in doelen.nulmeting_x100.items()}
    v0 = deel(doelen.nulmeting_v0_x100, schaal)
    return Doelen(kwartalen, laat, nul, v0, doelen.sleutels, doelen.cellen)


def _kwartaal(doel: Kwartaaldoel, schaal: int) -> Kwartaaldoel:
    return Kwartaaldoel(
        doel.periode,
        doel.publicatie,
        {kolom: deel(uren, schaal) for kolom, uren in doel.uren_x100.items()},
        deel(doel.werkzaam, schaal),
        naar_rato(deel(sum(doel.gronden.values()), schaal), {g: doel.gronden[g] for g in GRONDEN}),
        {naam: deel(aantal, schaal) for naam, aantal in doel.stromen.items()},
    )
