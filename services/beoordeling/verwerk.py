"""Opdrachten van beoordeling: wat elke soort rij betekent; hoe rijen verwerkt worden staat in `stapwerk`."""

from collections.abc import Sequence

from banenspoor_contracts import Feit

from services.beoordeling.domain import plekstappen, stappen
from services.beoordeling.domain.aanvraag import Aanvraag, Opgave, ontvang
from services.beoordeling.domain.bevinding import keur
from services.beoordeling.domain.machine import Handeling, Weigering
from services.beoordeling.domain.processtappen import zet_processtap
from services.beoordeling.domain.stappen import Gevolg
from services.beoordeling.plaats import beeindigd, volg
from services.beoordeling.rijen import (
    BEOORDELAAR,
    AanvraagRij,
    AdviesRij,
    AfsluitingRij,
    BesluitRij,
    BezwaarRij,
    IntrekkingRij,
    OpschortingRij,
    ProcesstapRij,
    StapRij,
    TerugkeerRij,
    UitstroomRij,
    VerlengingRij,
)
from services.beoordeling.rijen import Afsluiting as Hoe
from services.beoordeling.stapwerk import stap_voor_stap, verwerk_rijen
from services.beoordeling.store import aanvragen as store
from services.beoordeling.store import bevindingen
from shared import outbox
from shared.api import Opdracht, Uitslag
from shared.db import Tx, vergrendel
from shared.envelope import uuid7
from shared.personen import vergeten, vergrendel_personen


async def aanvragen(tx: Tx, rijen: Sequence[tuple[int, AanvraagRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt aanvragen aan. Slot ook op de referenties: twee leveringen van een nieuwe mogen elkaar niet kruisen."""

    def beslis(vorige: Aanvraag | None, r: AanvraagRij) -> Gevolg:
        if r.persoon in weg:
            return Weigering("persoon", "vernietigd", "de gegevens van deze persoon zijn vernietigd")
        wat = (r.referentie, nu[r.persoon], r.soort, r.aanvrager, r.gemeente, r.ontvangen_op, r.kantoor)
        return ontvang(vorige, uuid7(), Opgave(*wat, nieuwe_feiten=r.nieuwe_feiten), opdracht.vandaag)

    nu = await vergrendel_personen(tx, {r.persoon for _, r in rijen})
    await vergrendel(tx, {f"aanvraag:{r.referentie}" for _, r in rijen})
    weg = await vergeten(tx, nu)
    return await verwerk_rijen(tx, rijen, opdracht, beslis)


async def adviezen(tx: Tx, rijen: Sequence[tuple[int, AdviesRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt adviezen aan bij bekende aanvragen, met criteria en bevindingen als een beoordelaar ze geeft."""

    def beslis(a: Aanvraag | None, r: AdviesRij) -> Gevolg:
        if r.achtergrond and BEOORDELAAR not in opdracht.scopes:
            return Weigering("bevinding", "geen_scope", f"Criteria en bevindingen vragen de scope {BEOORDELAAR}.")
        nieuw = a is not None and a.nieuwe_feiten
        wat = (r.achtergrond, r.uitkomst, r.uitgebracht_op)
        fout = keur(*wat, nieuwe_feiten=nieuw, verplicht=opdracht.bewijs_verplicht)
        return fout or stappen.adviseer(a, r.uitkomst, r.uitgebracht_op, opdracht.vandaag)

    uitslag = await stap_voor_stap(tx, rijen, opdracht, beslis)
    mis = {fout.rij for fout in uitslag.fouten}
    goed = {r.referentie: r.achtergrond for nr, r in rijen if nr not in mis and r.achtergrond}
    if goed:
        bij = await store.aanvragen(tx, goed)
        await bevindingen.bewaar(tx, {bij[r].aanvraag: wat for r, wat in goed.items()}, opdracht.client)
    return uitslag


async def besluiten(tx: Tx, rijen: Sequence[tuple[int, BesluitRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt besluiten aan, bij beschut werk na een advies."""

    def beslis(a: Aanvraag | None, r: BesluitRij) -> Gevolg:
        return stappen.besluit(
            a,
            r.uitkomst,
            r.besluit_op,
            opdracht.vandaag,
            onzorgvuldig_advies=r.onzorgvuldig_advies,
            herziening=r.herziening,
            voorrang=r.voorrang,
        )

    uitslag = await stap_voor_stap(tx, rijen, opdracht, beslis)
    await _volg(tx, rijen, opdracht)
    return uitslag


async def _volg(tx: Tx, rijen: Sequence[tuple[int, StapRij]], opdracht: Opdracht) -> None:
    """Wat deze besluiten voor ieders plaats betekenen."""
    op_referentie = await store.aanvragen(tx, {r.referentie for _, r in rijen})
    bekend = {op_referentie[r.referentie].persoon: r.bekend_op for _, r in rijen if r.referentie in op_referentie}
    await outbox.put(tx, await volg(tx, bekend, opdracht.nu, opdracht.client, bekend), correlatie=opdracht.correlatie)


async def opschortingen(tx: Tx, rijen: Sequence[tuple[int, OpschortingRij]], opdracht: Opdracht) -> Uitslag:
    """Zet klokken stil, en weer aan."""
    return await stap_voor_stap(tx, rijen, opdracht, lambda a, r: stappen.schort_op(a, r.van, r.tot, opdracht.vandaag))


async def verlengingen(tx: Tx, rijen: Sequence[tuple[int, VerlengingRij]], opdracht: Opdracht) -> Uitslag:
    """Verlengt termijnen."""
    return await stap_voor_stap(tx, rijen, opdracht, lambda a, r: stappen.verleng(a, r.op, r.weken, opdracht.vandaag))


async def intrekkingen(tx: Tx, rijen: Sequence[tuple[int, IntrekkingRij]], opdracht: Opdracht) -> Uitslag:
    """Trekt aanvragen in."""
    wat = Handeling.TREK_IN
    return await stap_voor_stap(tx, rijen, opdracht, lambda a, r: stappen.sluit_af(a, wat, r.op, opdracht.vandaag))


async def afsluitingen(tx: Tx, rijen: Sequence[tuple[int, AfsluitingRij]], opdracht: Opdracht) -> Uitslag:
    """Sluit aanvragen af zonder advies: onvolledig gebleven, of te snel na de vorige."""
    herhaald = {r.referentie for _, r in rijen if r.uitkomst is Hoe.AFGEWEZEN_ZONDER_ONDERZOEK}
    eerder = {referentie: await store.eerder_advies(tx, referentie) for referentie in herhaald}

    def beslis(a: Aanvraag | None, r: AfsluitingRij) -> Gevolg:
        if r.uitkomst is Hoe.AFGEWEZEN_ZONDER_ONDERZOEK:
            return stappen.wijs_af_zonder_onderzoek(a, eerder[r.referentie], r.op, opdracht.vandaag)
        return stappen.sluit_af(a, Handeling.STEL_BUITEN_BEHANDELING, r.op, opdracht.vandaag)

    return await stap_voor_stap(tx, rijen, opdracht, beslis)


async def bezwaren(tx: Tx, rijen: Sequence[tuple[int, BezwaarRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt bezwaren aan, en wat erop beslist is."""

    def beslis(a: Aanvraag | None, r: BezwaarRij) -> Gevolg:
        if (r.gegrond is None) != (r.beslist_op is None):
            return Weigering("gegrond", "onjuist", "gegrond en beslist_op horen bij elkaar")
        if r.gegrond is None or r.beslist_op is None:
            return stappen.maak_bezwaar(a, r.op, opdracht.vandaag)
        na = a if a is not None and a.bezwaar_op == r.op else stappen.maak_bezwaar(a, r.op, opdracht.vandaag)
        return (
            na
            if isinstance(na, Weigering)
            else stappen.beslis_op_bezwaar(na, r.gegrond, r.beslist_op, opdracht.vandaag)
        )

    uitslag = await stap_voor_stap(tx, rijen, opdracht, beslis)
    await _volg(tx, rijen, opdracht)
    return uitslag


async def uitstroom(tx: Tx, rijen: Sequence[tuple[int, UitstroomRij]], opdracht: Opdracht) -> Uitslag:
    """Laat mensen beschut werk of de wachtlijst verlaten."""

    def beslis(a: Aanvraag | None, r: UitstroomRij) -> Gevolg:
        return plekstappen.stroom_uit(a, r.naar, r.op, opdracht.vandaag)

    def zeg(a: Aanvraag, r: UitstroomRij) -> list[Feit]:
        return [beeindigd(a, r.naar, r.op, r.bekend_op)]

    return await stap_voor_stap(tx, rijen, opdracht, beslis, zeg)


async def terugkeer(tx: Tx, rijen: Sequence[tuple[int, TerugkeerRij]], opdracht: Opdracht) -> Uitslag:
    """Maakt wie terugkeert weer beschikbaar."""
    return await stap_voor_stap(tx, rijen, opdracht, lambda a, r: plekstappen.keer_terug(a, r.op, opdracht.vandaag))


async def processtappen(tx: Tx, rijen: Sequence[tuple[int, ProcesstapRij]], opdracht: Opdracht) -> Uitslag:
    """Legt stappen van het werkproces loonkostensubsidie vast; dezelfde stap op dezelfde dag is niets nieuws."""
    gezet = await store.gezette_processtappen(tx, {r.referentie for _, r in rijen})

    def beslis(a: Aanvraag | None, r: ProcesstapRij) -> Gevolg:
        sleutel = (r.referentie, r.stap.value, r.op)
        if a is not None and sleutel in gezet:
            return a
        na = zet_processtap(a, r.op, opdracht.vandaag)
        if isinstance(na, Aanvraag):
            gezet.add(sleutel)
        return na

    return await stap_voor_stap(tx, rijen, opdracht, beslis)
