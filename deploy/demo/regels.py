"""De regels die bij de demo horen: nulmeting en streefcijfers op haar schaal, en de sleutels die niemand publiceerde.

De versie van de nulmeting (`demo 1 : 50 v1`) staat bij elk cijfer waar zij in zit: daaraan herkent iedereen de demo.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from deploy.demo.doelen import KOLOMMEN, Doelen
from deploy.demo.schaal import deel
from deploy.demo.uren import Urenregel

Rij = dict[str, str]
STREEFCIJFERS = Path(__file__).resolve().parent.parent / "gegevens" / "40-doelstellingen.csv"
_AFGELEID = "Demo: afgeleid, niet gepubliceerd; zo kiezen dat de gedrukte jaarcijfers eruit volgen"
_V0, _V1 = "2014-12-22", "2016-04-29"


def label(schaal: int, regio: str = "") -> str:
    """Hoe de demo heet: `demo 1 : 50`, met de regio erbij als zij alleen die bevat."""
    return f"demo 1 : {schaal} {regio}".strip()


def nulmeting(
    doelen: Doelen, eerste: Sequence[Urenregel], schaal: int, regio: str, regios: Mapping[str, str]
) -> list[Rij]:
    """Landelijk v0 en v1, en per regio wat de bevolking van eind 2012 daar werkte (aangenomen).

    `eerste`: de regels van het eerste kwartaal; `regios`: gemeente → regio. Met een regio alleen haar eigen rijen.
    """
    naam = label(schaal, regio)
    uit = [] if regio else _landelijk(doelen, naam)
    per_regio: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KOLOMMEN, 0))
    for regel in eerste:
        baan = regel.baan
        if baan.kolom and (baan.telt_tot is None or regel.van < baan.telt_tot):
            per_regio[regios[baan.gemeente]][baan.kolom] += regel.uren_x100
    bron = "Demo: de synthetische bevolking van eind 2012 in deze regio; niet gepubliceerd"
    for code in sorted(per_regio):
        if regio in ("", code):
            for kolom in KOLOMMEN:
                uit.append(_deel(f"{naam} v1", code, kolom, per_regio[code][kolom], _V1, bron))
    return uit


def _landelijk(doelen: Doelen, naam: str) -> list[Rij]:
    bron = f"{naam.capitalize()}: eerste nulmeting, een vierde van 87.220.443 uren over 2012 (awvn.nl, 22-12-2014)"
    uit = [_deel(f"{naam} v0", "NL", "", doelen.nulmeting_v0_x100, _V0, bron)]
    bron = f"{naam.capitalize()}: 75.179 banen (Kamerbrief 12-7-2024); de splitsing van het formele deel is aangenomen"
    return uit + [_deel(f"{naam} v1", "NL", k, doelen.nulmeting_x100[k], _V1, bron) for k in KOLOMMEN]


def _deel(versie: str, gebied: str, kolom: str, uren_x100: int, op: str, bron: str) -> Rij:
    return {
        "versie": versie,
        "gebied": gebied,
        "sector": kolom if kolom in ("markt", "overheid") else "",
        "vorm": {"markt": "formeel", "overheid": "formeel"}.get(kolom, kolom),
        "uren": f"{uren_x100 // 100}.{uren_x100 % 100:02d}",
        "besloten_op": op,
        "bron": bron,
        "aangenomen": "ja",
        "bekend_op": op,
    }


def verdeelsleutels(doelen: Doelen) -> list[Rij]:
    """De sleutels die niet gepubliceerd zijn; de gepubliceerde staan al in de regels van een verse stand."""
    uit = []
    for cel in doelen.sleutels:
        if not cel.gepubliceerd:
            overheid = cel.uren_x100
            markt = 100 - Decimal(overheid)
            uit.append(
                {
                    "peiljaar": cel.periode,
                    "markt": str(markt),
                    "overheid": overheid,
                    "besloten_op": cel.bekend_op.isoformat(),
                    "bron": _AFGELEID,
                    "aangenomen": "ja",
                    "bekend_op": cel.bekend_op.isoformat(),
                }
            )
    return uit


def doelstellingen(schaal: int) -> list[Rij]:
    """De vastgestelde streefcijfers op de schaal van de demo; op volle grootte zijn zij er al."""
    if schaal == 1:
        return []
    with STREEFCIJFERS.open(encoding="utf-8", newline="") as bestand:
        rijen = [dict(rij) for rij in csv.DictReader(bestand)]
    naam = label(schaal).capitalize()
    return [
        {**rij, "aantal": str(deel(int(rij["aantal"]), schaal)), "bron": f"{naam} van {rij['aantal']}: {rij['bron']}"}
        for rij in rijen
    ]
