"""`GET /v1/tellingen`: een cijfer, met alles wat nodig is om te weten wat het waard is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.telling import antwoord, openbaar, schaal
from services.telling.domain.brug import REGELVOLGORDE
from services.telling.domain.grootboek import REDENCODES, microseconden
from services.telling.domain.perioden import Onjuist
from services.telling.domain.regels import Regelboek
from services.telling.handlers import TOPICS
from services.telling.maten import Bouw, maat_van
from services.telling.openbaar import Openbaar, openbaar_van
from services.telling.revisie import revisie
from services.telling.store import boekingen, cijfers, regels
from services.telling.store.cijfers import ALTIJD
from services.telling.uitkomst import gebiedsnamen, uitkomst
from services.telling.verklaring import Regel, verklaar
from services.telling.vraag import (
    Bladwijzer,
    Parameters,
    Revisieparameters,
    Verklaringparameters,
    Vraag,
    bestandsnaam,
    lees_revisie,
    lees_verklaring,
    lees_vraag,
)
from shared.api import AMSTERDAM, Opdracht, Probleem, alleen_over_iedereen, lees_tx, lezer, lezer_of_ieder
from shared.db import Tx
from shared.peil import vast_tot

BRONNEN = ("intake", "plaatsing")
"""De diensten waarvan telling hoort; hun peilen bepalen samen wat vast is."""
LEZEN, OPENBAAR = "tellingen:lezen", "tellingen:openbaar"
BOEKINGEN = "boekingen:lezen"
FORMULES = {
    "uren": "uren = de tellende uren van de boekingen, elk voor haar deel",
    "banen": "banen = uren / uren per baan (de norm)",
    "extra": "extra banen = uren / uren per baan (de norm) − nulmeting",
    "personen": "personen = wie in de laatste maand tellende uren boven nul heeft, elk één keer bij haar hoofdbaan",
    "werkgevers": "werkgevers = wie in de laatste maand tellende uren boven nul verloont, in elke cel apart",
    "stromen": "eind = begin + gevonden − verloren + instroom werkend − uitstroom werkend + verhuisd in − verhuisd uit",
    "geregistreerd": "geregistreerd = wie op de laatste dag van de periode in het register staat",
}
GEEN_BRUG = (
    "Van een cijfer dat op een van beide momenten niet te bepalen is (geen norm of nulmeting), zijn er geen stappen: vraag "
    "de brug van maat=uren of maat=banen."
)
router = APIRouter()


@router.get("/v1/tellingen", summary="Cijfers per periode, uitgesplitst naar keuze")
async def tellingen(
    verzoek: Request,
    uit: Response,
    parameters: Annotated[Parameters, Query()],
    opdracht: Annotated[Opdracht | None, lezer_of_ieder(LEZEN, OPENBAAR)],
) -> dict[str, Any]:
    """Het cijfer en zijn stand, uit één momentopname van de database.

    Zonder token, of met alleen `tellingen:openbaar`: het land en regio × sector, in stappen, afgerond, zonder kleine aantallen.
    """
    try:
        if opdracht is None or LEZEN not in opdracht.scopes:
            nu = datetime.now(AMSTERDAM) if opdracht is None else opdracht.nu
            grens = openbaar_van(verzoek.app)
            async with grens.slot, lees_tx(verzoek) as tx:
                inhoud = await beantwoord_openbaar(tx, parameters, nu, grens)
        else:
            vraag = _toegestaan(lees_vraag(parameters, opdracht.nu), opdracht)
            async with lees_tx(verzoek) as tx:
                inhoud = await beantwoord(tx, vraag, opdracht.nu)
        uit.headers["Content-Disposition"] = f'inline; filename="{inhoud["bestandsnaam"]}.json"'
        return inhoud
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


@router.get(
    "/v1/tellingen/revisie", summary="De brug tussen twee kennismomenten: per reden, dan per regel, zonder rest"
)
async def tellingen_revisie(
    verzoek: Request, parameters: Annotated[Revisieparameters, Query()], opdracht: Annotated[Opdracht, lezer(LEZEN)]
) -> dict[str, Any]:
    """Wat er tussen twee kennismomenten aan een cijfer veranderde, uit één momentopname van de database."""
    try:
        vraag, van = lees_revisie(parameters, opdracht.nu)
        _toegestaan(vraag, opdracht)
        async with lees_tx(verzoek) as tx:
            return await overbrug(tx, vraag, van, opdracht.nu)
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


@router.get("/v1/tellingen/verklaring", summary="Een cijfer geopend: invoer, bijdragen per reden, en de boekingen zelf")
async def tellingen_verklaring(
    verzoek: Request, parameters: Annotated[Verklaringparameters, Query()], opdracht: Annotated[Opdracht, lezer(LEZEN)]
) -> dict[str, Any]:
    """Waaruit een cijfer bestaat. Pseudoniemen bij boekingen ziet alleen wie de scope `boekingen:lezen` heeft."""
    try:
        vraag, na = lees_verklaring(parameters, opdracht.nu)
        _toegestaan(vraag, opdracht)
        async with lees_tx(verzoek) as tx:
            return await open_(tx, vraag, na, parameters.aantal, opdracht.nu, wie=mag_zien_van_wie(opdracht))
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


def mag_zien_van_wie(opdracht: Opdracht) -> bool:
    """Mag de aanroeper zien van wie boekingen zijn? Niet wie namens één partij komt: dit gaat over iedereen."""
    return BOEKINGEN in opdracht.scopes and not opdracht.namens_een


def _toegestaan(vraag: Vraag, opdracht: Opdracht) -> Vraag:
    """De vraag, tenzij zij cijfers van een herkenbare werkgever toont aan wie namens één partij komt (403)."""
    if vraag.selectie.over_een_werkgever:
        alleen_over_iedereen(opdracht)
    return vraag


async def beantwoord_openbaar(tx: Tx, parameters: Parameters, nu: datetime, grens: Openbaar) -> dict[str, Any]:
    """Wat iedereen te zien krijgt; `Onjuist` bij wat niet openbaar is."""
    vraag = openbaar.lees(parameters, nu, await cijfers.gehoord_tot(tx, BRONNEN), grens.stap)
    boek, _ = await zoals_bekend(tx, vraag)
    return await openbaar.toon(tx, await beantwoord(tx, vraag, nu), vraag, boek, grens)


async def beantwoord(tx: Tx, vraag: Vraag, nu: datetime) -> dict[str, Any]:
    """Leest regels en standen zoals toen bekend en rekent; `tx` is één momentopname (repeatable read)."""
    boek, toen = await zoals_bekend(tx, vraag)
    uit = await uitkomst(tx, vraag, boek, toen)
    return {
        "reeks": vraag.selectie.reeks,
        "maat": vraag.maat,
        "per": list(vraag.selectie.per),
        "plaats": uit.plaats,
        "bestandsnaam": bestandsnaam(vraag),
        "bekendOp": antwoord.moment(vraag.bekend_op or nu),
        "volledigheid": uit.volledigheid,
        **await omslag(tx, vraag, nu),
        "cellen": uit.cellen,
        "voetnoten": uit.voetnoten,
    }


async def zoals_bekend(tx: Tx, vraag: Vraag) -> tuple[Regelboek, int | None]:
    """De regels waarmee deze vraag gerekend wordt, en haar kennismoment (microseconden sinds 1970; leeg: alles)."""
    toen = None if vraag.bekend_op is None else microseconden(vraag.bekend_op)
    return vraag.anders(await _boek(tx, vraag, vraag.bekend_op)), toen


async def omslag(tx: Tx, vraag: Vraag, nu: datetime) -> dict[str, Any]:
    """Wat bij elk antwoord zegt wat het waard is: vast of niet, hoe vers, wat als of echt, demo of echt."""
    vast, gehoord_tot = await vast_tot(tx, BRONNEN), await cijfers.gehoord_tot(tx, BRONNEN)
    demo = await schaal.demo(tx)
    anders = vraag.regels_nu or vraag.wat_als or vraag.selectie.werkgever_nu
    return {
        "watAls": vraag.wat_als and dict(vraag.wat_als.gevraagd),
        "vast": vast is not None and (vraag.bekend_op or nu) <= vast and not anders,
        "vastTot": antwoord.moment(vast),
        "positie": await cijfers.posities(tx, TOPICS),
        "versheidSeconden": None if gehoord_tot is None else max(0, int((nu - gehoord_tot).total_seconds())),
        "demo": demo and {"schaal": demo.schaal, "regio": demo.regio},
    }


async def overbrug(tx: Tx, vraag: Vraag, van: datetime, nu: datetime, bouw: Bouw = maat_van) -> dict[str, Any]:
    """De brug van `van` naar het moment van de vraag; `tx` als bij `beantwoord`, `bouw` maakt de maat."""
    maat = bouw(tx, vraag)
    eerst, later = await _boek(tx, vraag, van), await _boek(tx, vraag, vraag.bekend_op)
    tot = ALTIJD if vraag.bekend_op is None else microseconden(vraag.bekend_op)
    gevonden = await revisie(tx, vraag, bouw, microseconden(van), tot, eerst, later)
    return {
        "reeks": vraag.selectie.reeks,
        "maat": maat.naam,
        "per": list(maat.per),
        "bekendVan": antwoord.moment(van),
        "bekendTot": antwoord.moment(vraag.bekend_op or nu),
        "volgorde": {"redenen": list(REDENCODES), "regels": list(REGELVOLGORDE)},
        **await omslag(tx, vraag, nu),
        "cellen": antwoord.bruggen(gevonden, maat.per, gebiedsnamen(vraag.selectie, later)),
        "voetnoten": [GEEN_BRUG] if any(brug.verschil is None for brug in gevonden) else [],
    }


async def open_(
    tx: Tx, vraag: Vraag, na: Bladwijzer | None, aantal: int, nu: datetime, *, wie: bool, bouw: Bouw = maat_van
) -> dict[str, Any]:
    """De verklaring van een vraag, met het blad van `aantal` boekingen na `na`; `wie`: ook van wie zij zijn."""
    maat = bouw(tx, vraag)
    per, naam = maat.per, maat.naam
    boek, toen = await zoals_bekend(tx, vraag)
    uit = await verklaar(tx, vraag, bouw, boek, ALTIJD if toen is None else toen, na, aantal + 1)
    blad, namen = uit.regels[:aantal], gebiedsnamen(vraag.selectie, boek)
    pseudoniemen = await _pseudoniemen(tx, blad) if wie else {}
    return {
        "reeks": vraag.selectie.reeks,
        "maat": naam,
        "per": list(per),
        "bekendOp": antwoord.moment(vraag.bekend_op or nu),
        **await omslag(tx, vraag, nu),
        "formule": FORMULES[naam],
        "cellen": antwoord.verklaringen(naam, uit, per, namen),
        "boekingen": antwoord.regels(blad, per, namen, pseudoniemen),
        "volgende": ".".join(map(str, blad[-1].plaats)) if len(uit.regels) > aantal else None,
    }


async def _pseudoniemen(tx: Tx, blad: Sequence[Regel]) -> dict[str, dict[int, UUID]]:
    nummers = {
        "persoon": {regel.persoon_nr for regel in blad},
        "plaatsing": {regel.plaatsing_nr for regel in blad if regel.plaatsing_nr is not None},
        "werkgever": {regel.werkgever_nr for regel in blad if regel.werkgever_nr is not None},
    }
    return {soort: await boekingen.namen(tx, soort, van_soort) for soort, van_soort in nummers.items()}


async def _boek(tx: Tx, vraag: Vraag, moment: datetime | None) -> Regelboek:
    """De regels die op `moment` bekend waren, of met `regels=nu` (en zonder moment) die van nu."""
    return await regels.bekend_op(tx, None if vraag.regels_nu else moment)
