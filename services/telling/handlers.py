"""Wat telling hoort, een hele batch tegelijk: uren en register naar het grootboek. Telling zegt er niets op terug."""

from collections.abc import Sequence

from banenspoor_contracts import (
    Feit,
    OvergangVanOnderneming,
    PersoonSamengevoegd,
    PersoonsgegevensVernietigd,
    PersoonVerhuisd,
    PlaatsingBeeindigd,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingOngedaanGemaakt,
    PlaatsingVergeten,
    PlaatsingVerlengd,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
    UrenVerloond,
    WerkgeverStand,
    feit_van,
)
from pydantic import ValidationError

from services.telling.domain import register
from services.telling.domain.grootboek import REDENCODES, Boeking, microseconden, saldeer
from services.telling.domain.perioden import maand_van_tekst
from services.telling.domain.register import Baan, Inschrijving
from services.telling.lezing import Been, Uur, lees_uur
from services.telling.store import grootboek as store
from services.telling.store import werkgevers as store_werkgevers
from services.telling.store.grootboek import Baanboeking, BaanStand, Registerboeking
from services.telling.store.nummers import Genummerd, Nummering
from shared import personen
from shared.db import Tx
from shared.dead_letter import Vergif
from shared.envelope import Bericht
from shared.inbox import ontleed

TOPICS = ("doelgroepregister", "plaatsingen", "verloonde-uren", "werkgevers")

Tijdlijnen = (
    RegistratieIngegaan | RegistratieBeeindigd | RegistratieGecorrigeerd | PersoonVerhuisd | PersoonSamengevoegd
)
Plaatsing = (
    PlaatsingGestart
    | PlaatsingGewijzigd
    | PlaatsingVerlengd
    | PlaatsingOmgezet
    | PlaatsingBeeindigd
    | PlaatsingOngedaanGemaakt
    | OvergangVanOnderneming
    | PlaatsingVergeten
)
Uren = list[tuple[Bericht, Uur, int, Been, bytes]]
"""Per been van een `uren-verloond`: het bericht, wat erin staat, −1 of +1, de stand, en de bytes van haar cel."""
Werkgevers = dict[str, WerkgeverStand | None]
"""Per werkgever wat er het laatst over gezegd is; None: gewist."""


class Verwerker:
    """Verwerkt batches; onthoudt per proces welk nummer bij welke sleutel hoort."""

    def __init__(self) -> None:
        self._nummering = Nummering()

    async def __call__(self, tx: Tx, berichten: Sequence[Bericht]) -> Sequence[tuple[Bericht, Feit]]:
        """Boekt een batch in de transactie van de aanroeper; `Vergif` als er een gebeurtenis niet te lezen is."""
        uren = _benen([(b, lees_uur(b)) for b in berichten if b.type == UrenVerloond.type_])
        werkgevers = _laatste([b for b in berichten if b.type == WerkgeverStand.type_])
        feiten = [(b, _lees(b)) for b in berichten if b.type not in (UrenVerloond.type_, WerkgeverStand.type_)]
        tijdlijnen = [(b, f) for b, f in feiten if isinstance(f, Tijdlijnen)]
        plaatsingen = [(b, f) for b, f in feiten if isinstance(f, Plaatsing)]
        nrs = await self._nummer(tx, berichten, uren, tijdlijnen, plaatsingen, werkgevers)
        if uren:
            await _boek_uren(tx, uren, nrs)
        if tijdlijnen:
            await _boek_register(tx, tijdlijnen, nrs)
        if plaatsingen:
            await _boek_banen(tx, plaatsingen, nrs)
        if werkgevers:
            await store_werkgevers.bewaar(tx, {nrs.werkgevers[w]: stand for w, stand in werkgevers.items()})
        await self._vergeet(tx, [f for _, f in feiten])
        return []

    async def _nummer(
        self,
        tx: Tx,
        berichten: Sequence[Bericht],
        uren: Uren,
        tijdlijnen: Sequence[tuple[Bericht, Tijdlijnen]],
        plaatsingen: Sequence[tuple[Bericht, Plaatsing]],
        werkgevers: Werkgevers,
    ) -> Genummerd:
        try:
            return await self._nummering.nummer(
                tx,
                {(b.topic, b.partitie) for b in berichten},
                {uur.persoon for _, uur, *_ in uren} | {str(f.persoon) for _, f in tijdlijnen},
                {uur.plaatsing for _, uur, *_ in uren} | {str(f.plaatsing) for _, f in plaatsingen},
                {stand.werkgever for *_, stand, _ in uren} | werkgevers.keys(),
                {cel for *_, cel in uren},
            )
        except ValidationError as fout:
            raise Vergif("ongeldig", f"cel: {fout.errors(include_input=False)[0]['type']}") from None
        except ValueError:
            raise Vergif("ongeldig", "geen uuid") from None

    async def _vergeet(self, tx: Tx, feiten: Sequence[Feit]) -> None:
        """Na een vernietiging hoort er geen pseudoniem meer bij het nummer, ook niet als er later nog iets over komt."""
        weg = {f.persoon for f in feiten if isinstance(f, PersoonsgegevensVernietigd)}
        weg |= {f.plaatsing for f in feiten if isinstance(f, PlaatsingVergeten)}
        if weg:
            await personen.vergeet(tx, weg)
        if nieuw := self._nummering.nieuw():
            weg |= await personen.vergeten(tx, nieuw)
        if weg:
            await store.vergeet(tx, weg)
            self._nummering.vergeet(weg)


def _lees(bericht: Bericht) -> Feit:
    soort = feit_van(bericht.type)
    if soort is None:
        raise Vergif("onbekend_type", "dit type kent telling niet")
    return ontleed(soort, bericht)


def _laatste(berichten: Sequence[Bericht]) -> Werkgevers:
    """Van elke werkgever de hoogste versie in deze batch; een lege waarde wist hem, wat daarna komt geldt weer."""
    uit: Werkgevers = {}
    for bericht in berichten:
        nieuw = ontleed(WerkgeverStand, bericht) if bericht.waarde else None
        oud = uit.get(bericht.sleutel)
        if nieuw is None or oud is None or nieuw.versie > oud.versie:
            uit[bericht.sleutel] = nieuw
    return uit


def _benen(uren: Sequence[tuple[Bericht, Uur]]) -> Uren:
    """`vorig` af op zijn cel, `nieuw` bij op de zijne, en anders niets."""
    return [
        (bericht, uur, been, stand, bytes(stand.cel))
        for bericht, uur in uren
        for been, stand in ((-1, uur.vorig), (1, uur.nieuw))
        if stand is not None
    ]


async def _boek_uren(tx: Tx, uren: Uren, nrs: Genummerd) -> None:
    boekingen = [
        Boeking(
            maand_van_tekst(uur.maand),
            REDENCODES[uur.reden],
            been,
            nrs.bronnen[bericht.topic, bericht.partitie],
            nrs.cellen[cel],
            been * stand.uren_x100,
            nrs.personen[uur.persoon],
            nrs.plaatsingen[uur.plaatsing],
            nrs.werkgevers[stand.werkgever],
            microseconden(uur.bekend_op or bericht.tijd),
            bericht.nummer,
        )
        for bericht, uur, been, stand, cel in uren
    ]
    shards = (bericht.partitie for bericht, *_ in uren)
    await store.boek(tx, boekingen, saldeer(zip(shards, boekingen, strict=True)))


async def _boek_register(tx: Tx, feiten: Sequence[tuple[Bericht, Tijdlijnen]], nrs: Genummerd) -> None:
    """De tijdlijn in elke gebeurtenis is de hele stand: geboekt wordt het verschil met wat er geboekt was."""
    betrokken = {nrs.personen[str(feit.persoon)] for _, feit in feiten}
    geboekt = dict.fromkeys(betrokken, frozenset[Inschrijving]()) | await store.inschrijvingen(tx, betrokken)
    boekingen: list[Registerboeking] = []
    for bericht, feit in feiten:
        persoon, bron = nrs.personen[str(feit.persoon)], nrs.bronnen[bericht.topic, bericht.partitie]
        nieuw = frozenset(Inschrijving(r.grondslag.value, r.van, r.tot) for r in feit.registraties)
        moment = microseconden(bericht.kennistijd(feit))
        reden = feit.reden.value if isinstance(feit, RegistratieBeeindigd | RegistratieGecorrigeerd) else None
        for inschrijving, delta in register.verschil(geboekt[persoon], nieuw):
            boekingen.append(
                Registerboeking(persoon, *inschrijving, delta, bron, moment, bericht.nummer, feit.naam, reden)
            )
        geboekt[persoon] = nieuw
    await store.boek_register(tx, boekingen, geboekt)


async def _boek_banen(tx: Tx, feiten: Sequence[tuple[Bericht, Plaatsing]], nrs: Genummerd) -> None:
    """Van banen alleen in welke maanden uren te verwachten zijn; een versie die al bekend is telt niet."""
    betrokken = {nrs.plaatsingen[str(feit.plaatsing)] for _, feit in feiten}
    standen = dict.fromkeys(betrokken, BaanStand(0, None)) | await store.banen(tx, betrokken)
    boekingen: list[Baanboeking] = []
    for bericht, feit in feiten:
        nummer = nrs.plaatsingen[str(feit.plaatsing)]
        oud = standen[nummer]
        if feit.versie > oud.versie:
            nieuw = standen[nummer] = BaanStand(feit.versie, _baan(feit, oud.baan))
            moment = microseconden(bericht.kennistijd(feit))
            for regel in register.activiteit(oud.baan, -1) + register.activiteit(nieuw.baan, 1):
                boekingen.append(Baanboeking(nummer, *regel, moment))
    await store.boek_banen(tx, boekingen, standen)


def _baan(feit: Plaatsing, oud: Baan | None) -> Baan | None:
    """De baan na een gebeurtenis, of None als zij er nooit geweest blijkt."""
    match feit:
        case PlaatsingGestart():
            return Baan(feit.vorm.value, feit.van, feit.tot)
        case PlaatsingGewijzigd() | PlaatsingVerlengd() | PlaatsingOmgezet():
            return Baan(feit.stand.vorm.value, feit.stand.van, feit.stand.tot)
        case PlaatsingBeeindigd():
            return oud._replace(tot=feit.tot) if oud is not None and feit.tot > oud.van else None
        case PlaatsingOngedaanGemaakt():
            return None
        case _:
            return oud


verwerk = Verwerker()
"""De verwerker van dit proces."""
