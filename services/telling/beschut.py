"""Wat telling van beschut werk boekt, naast uren en register: aanvragen, adviezen, besluiten, plaatsen en aantallen."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from banenspoor_contracts import (
    Feit,
    PersoonSamengevoegd,
    PersoonsgegevensVernietigd,
    PlaatsingBeeindigd,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingOngedaanGemaakt,
    PlaatsingVerlengd,
    TeRealiserenAantalVastgesteld,
    Vorm,
    feit_van,
)

from services.telling import handlers
from services.telling.domain.beschut import Dossier, Gehoord, neem, verschil
from services.telling.domain.beschutcijfers import Beschutbaan
from services.telling.domain.grootboek import microseconden
from services.telling.store import beschut as store
from services.telling.store import grootboek
from services.telling.store.beschut import Aantal, BaanStand, Boeking, Dossiers
from services.telling.store.nummers import UuidNummers, bronnen
from shared import personen
from shared.api import AMSTERDAM
from shared.db import Tx
from shared.dead_letter import Vergif
from shared.envelope import Bericht
from shared.inbox import Gezegd, ontleed

TOPIC = "beschut-werk"
TOPICS = (*handlers.TOPICS, TOPIC)
Veranderd = PlaatsingGewijzigd | PlaatsingVerlengd | PlaatsingOmgezet
Baanfeit = PlaatsingGestart | Veranderd | PlaatsingBeeindigd | PlaatsingOngedaanGemaakt
_BAANTYPEN = {
    f.type_
    for f in (
        PlaatsingGestart,
        PlaatsingGewijzigd,
        PlaatsingVerlengd,
        PlaatsingOmgezet,
        PlaatsingBeeindigd,
        PlaatsingOngedaanGemaakt,
    )
}


async def verwerk(tx: Tx, berichten: Sequence[Bericht]) -> Gezegd:
    """Verwerkt een batch: wat over beschut werk gaat hier, al het andere (en een baan ook) in het grootboek van uren."""
    eigen = [(b, _lees(b)) for b in berichten if b.topic == TOPIC or b.type in _BAANTYPEN or b.type in _PERSOON]
    if weg := [f.persoon for _, f in eigen if isinstance(f, PersoonsgegevensVernietigd)]:
        await store.vergeet(tx, weg)
    if rest := [b for b in berichten if b.topic != TOPIC]:
        await handlers.verwerk(tx, rest)
    await _boek_aanvragen(tx, [(b, f) for b, f in eigen if isinstance(f, Gehoord | PersoonSamengevoegd)])
    await _boek_banen(tx, [(b, f) for b, f in eigen if isinstance(f, Baanfeit)])
    for bericht, feit in eigen:
        if isinstance(feit, TeRealiserenAantalVastgesteld):
            aantal = Aantal(feit.gemeente, feit.jaar, feit.bron.value, feit.aantal, feit.besloten_op, feit.van)
            await store.boek_aantal(tx, aantal, microseconden(bericht.kennistijd(feit)), bericht.id)
    return []


_PERSOON = {PersoonSamengevoegd.type_, PersoonsgegevensVernietigd.type_}


def _lees(bericht: Bericht) -> Feit:
    soort = feit_van(bericht.type)
    if soort is None:
        raise Vergif("onbekend_type", "dit type kent telling niet")
    return ontleed(soort, bericht)


async def _nummers(tx: Tx, tabel: str, sleutels: Sequence[UUID]) -> dict[UUID, int]:
    """Nummers zonder geheugen: dit is geen heet pad. Wie vergeten is, krijgt een nummer waar geen pseudoniem bij blijft."""
    nummers = UuidNummers(tabel)
    gevonden = await nummers.voor(tx, {str(sleutel) for sleutel in sleutels})
    if tabel != "aanvraag" and nummers.nieuw and (weg := await personen.vergeten(tx, list(map(UUID, nummers.nieuw)))):
        await grootboek.vergeet(tx, weg)
    return {sleutel: gevonden[str(sleutel)] for sleutel in sleutels}


async def _boek_aanvragen(tx: Tx, feiten: Sequence[tuple[Bericht, Gehoord | PersoonSamengevoegd]]) -> None:
    """Boekt wat er aan de dossiers verandert; bij een samenvoeging gaan haar dossiers over naar het andere nummer."""
    if not feiten:
        return
    plekken = await bronnen(tx, {(b.topic, b.partitie) for b, _ in feiten})
    wie = [p for _, f in feiten for p in ((f.persoon, f.in_) if isinstance(f, PersoonSamengevoegd) else (f.persoon,))]
    personen_ = await _nummers(tx, "persoon", wie)
    aanvragen = await _nummers(
        tx, "aanvraag", [f.aanvraag for _, f in feiten if not isinstance(f, PersoonSamengevoegd)]
    )
    stand: Dossiers = await store.dossiers(tx, aanvragen.values())
    stand |= await store.dossiers_van(
        tx, {personen_[f.persoon] for _, f in feiten if isinstance(f, PersoonSamengevoegd)}
    )
    nieuw: Dossiers = {}
    boekingen: list[Boeking] = []
    for bericht, feit in feiten:
        moment, plek = bericht.kennistijd(feit), plekken[bericht.topic, bericht.partitie]
        for nr, persoon, dossier in _wordt(feit, stand, personen_, aanvragen, moment.astimezone(AMSTERDAM).date()):
            was = stand.get(nr, (persoon, Dossier()))
            stand[nr] = nieuw[nr] = (persoon, dossier)
            oud, erbij = was[1].regels(), dossier.regels()
            if was[0] != persoon:
                stappen = [*((r, -1, was[0]) for r in oud), *((r, 1, persoon) for r in erbij)]
            else:
                stappen = [(r, delta, persoon) for r, delta in verschil(oud, erbij)]
            boekingen += [Boeking(r, d, nr, p, plek, microseconden(moment), bericht.nummer) for r, d, p in stappen]
    await store.boek(tx, boekingen, nieuw)
    if weg := await personen.vergeten(tx, list(personen_)):
        laat = [f.aanvraag for _, f in feiten if not isinstance(f, PersoonSamengevoegd) and f.persoon in weg]
        await store.vergeet_aanvragen(tx, laat)


def _wordt(
    feit: Gehoord | PersoonSamengevoegd,
    stand: Dossiers,
    personen_: dict[UUID, int],
    aanvragen: dict[UUID, int],
    dag: date,
) -> list[tuple[int, int, Dossier]]:
    """Welke dossiers door dit feit anders worden: (aanvraag, persoon, dossier)."""
    if isinstance(feit, PersoonSamengevoegd):
        van, naar = personen_[feit.persoon], personen_[feit.in_]
        return [(nr, naar, dossier) for nr, (persoon, dossier) in stand.items() if persoon == van]
    nr = aanvragen[feit.aanvraag]
    return [(nr, personen_[feit.persoon], neem(stand.get(nr, (0, Dossier()))[1], feit, dag))]


async def _boek_banen(tx: Tx, feiten: Sequence[tuple[Bericht, Baanfeit]]) -> None:
    """Banen in beschut werk; een baan die dat nooit was, wordt hier niet bewaard."""
    beschut = [(b, f) for b, f in feiten if not isinstance(f, PlaatsingGestart) or f.vorm is Vorm.BESCHUT_WERK]
    if not beschut:
        return
    nummers = await _nummers(tx, "plaatsing", [f.plaatsing for _, f in beschut])
    personen_ = await _nummers(tx, "persoon", [f.persoon for _, f in beschut])
    stand = await store.banen(tx, nummers.values())
    nieuw: dict[int, BaanStand] = {}
    boekingen: list[tuple[int, Beschutbaan, int, int]] = []
    for bericht, feit in beschut:
        nr, persoon = nummers[feit.plaatsing], personen_[feit.persoon]
        oud = stand.get(nr, BaanStand(0, persoon, None))
        wordt = _baan(feit, persoon, oud.baan)
        if feit.versie <= oud.versie or (oud.versie == 0 and wordt is None):
            continue
        moment = microseconden(bericht.kennistijd(feit))
        if oud.baan != wordt:
            boekingen += [(nr, b, delta, moment) for b, delta in ((oud.baan, -1), (wordt, 1)) if b is not None]
        stand[nr] = nieuw[nr] = BaanStand(feit.versie, persoon, wordt)
    await store.boek_banen(tx, nieuw, boekingen)


def _baan(feit: Baanfeit, persoon: int, oud: Beschutbaan | None) -> Beschutbaan | None:
    match feit:
        case PlaatsingOngedaanGemaakt():
            return None
        case PlaatsingBeeindigd():
            if oud is None or feit.tot <= oud.van:
                return None
            return Beschutbaan(persoon, oud.gemeente, oud.van, feit.tot)
        case PlaatsingGestart():
            stand = feit.gegevens
        case _:
            stand = feit.stand
    return Beschutbaan(persoon, stand.gemeente_werk, stand.van, stand.tot) if stand.vorm is Vorm.BESCHUT_WERK else None
