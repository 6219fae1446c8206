"""Alle gebeurtenissen, en de klasse bij een `ce_type`."""

from . import beschut_werk as b
from . import doelgroepregister as d
from . import ondersteuning as o
from . import peil, verloonde_uren
from . import plaatsingen as p
from . import tellingen as t
from .feit import Feit

ALLE_FEITEN: tuple[type[Feit], ...] = (
    d.RegistratieIngegaan,
    d.RegistratieBeeindigd,
    d.RegistratieGecorrigeerd,
    d.PersoonVerhuisd,
    d.PersoonSamengevoegd,
    d.PersoonsgegevensVernietigd,
    b.AanvraagOntvangen,
    b.TermijnOpgeschort,
    b.TermijnHervat,
    b.TermijnVerlengd,
    b.TermijnLooptAf,
    b.AanvraagBuitenBehandeling,
    b.AanvraagAfgewezenZonderOnderzoek,
    b.AanvraagIngetrokken,
    b.AdviesUitgebracht,
    b.BesluitBeschutWerkGenomen,
    b.IndicatieVastgesteld,
    b.VoorzieningBeslist,
    b.OpWachtlijstGeplaatst,
    b.PlaatsAangeboden,
    b.BeschutWerkBeeindigd,
    b.TeRealiserenAantalVastgesteld,
    p.PlaatsingGestart,
    p.PlaatsingGewijzigd,
    p.PlaatsingVerlengd,
    p.PlaatsingOmgezet,
    p.PlaatsingBeeindigd,
    p.PlaatsingOngedaanGemaakt,
    p.OvergangVanOnderneming,
    p.PlaatsingVergeten,
    p.PlaatsingStand,
    p.WerkgeverStand,
    o.InstrumentGestart,
    o.InstrumentBeeindigd,
    o.LoonwaardeVastgesteld,
    verloonde_uren.UrenVerloond,
    t.PublicatieVastgesteld,
    t.PublicatieGecorrigeerd,
    t.RegelVastgesteld,
    t.GebeurtenisHersteld,
    t.GebeurtenisVerworpen,
    t.GebeurtenisGeparkeerd,
    peil.Peil,
)
"""Elke gebeurtenis die er is, op volgorde van de catalogus."""

_OP_TYPE: dict[str, type[Feit]] = {feit.type_: feit for feit in ALLE_FEITEN}


def feit_van(type_: str) -> type[Feit] | None:
    """De klasse bij een `ce_type`, of None als deze versie van het pakket dat type niet kent."""
    return _OP_TYPE.get(type_)
