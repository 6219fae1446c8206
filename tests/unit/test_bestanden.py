"""De pagina over bestanden is wat de code aanneemt, en de beloofde soorten zijn er."""

from pathlib import Path

from deploy.bestanden import pagina
from deploy.elders import soorten

BELOOFD = {
    "personen": "bsn,geboortedatum,overleden_op",
    "registraties": "bsn,grondslag,van,gemeente,tot,reden",
    "registratie-correcties": "bsn,grondslag,van,tot,reden",
    "verhuizingen": "bsn,gemeente,van",
    "werkgevers": "werkgever,sector,van,naam,subsector,sbi,grootteklasse,gemeente_zetel,groep,tot",
    "plaatsingen": "referentie,bsn,werkgever,vorm,contract,uren_per_week,gemeente_werk,van,ikv,inlener,tot,route",
    "uren": "referentie,tijdvak_van,tijdvak_tot,uren,contract,soort,levering,leverancier",
    "maandsluiting": "leverancier,maand,sluit_op",
    "ondersteuning": "referentie,instrument,verstrekker,van,verstrekker_gemeente,tot",
    "loonwaarden": "referentie,procent,methode,op",
    "aanvragen": "referentie,soort,bsn,aanvrager,gemeente,ontvangen_op",
    "adviezen": "referentie,uitkomst,uitgebracht_op",
    "besluiten": "referentie,uitkomst,besluit_op",
    "doelstellingen": "doel,gebied,sector,periode,aantal,besloten_op,status",
    "nulmeting": "versie,gebied,sector,vorm,uren,banen,besloten_op",
    "verdeelsleutel": "peiljaar,markt,overheid,besloten_op",
    "norm": "versie,soort,uren_per_week,uren_per_jaar,van,besloten_op",
    "wie-telt": "versie,van,besloten_op",
    "meetvenster": "venster,van,besloten_op",
    "peilmoment": "reeks,moment,van,besloten_op",
    "gebieden": "gemeente,gemeente_naam,regio,regio_naam,van,tot,opvolger",
}
"""Wat buitenstaanders vasthouden: kolommen mogen erbij komen, nooit anders heten."""


def test_every_promised_file_has_its_promised_columns() -> None:
    echt = {soort.naam: set(soort.volgorde) for soort in soorten()}
    for naam, kolommen in BELOOFD.items():
        assert set(kolommen.split(",")) <= echt[naam], naam


def test_the_page_is_what_the_code_says(wortel: Path) -> None:
    assert (wortel / "docs" / "bestanden.md").read_text() == pagina(), "draai: python -m deploy.bestanden"
