"""Uitsplitsen naar de werkgever zoals nu bekend, werkgevers tellen, en welk deel van alle werkgevers meedoet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from banenspoor_contracts import INLEEN, Cel, Grondslag, Sector, Sectorperiode, UrenStand, Vorm, WerkgeverStand
from banenspoor_contracts.wie_telt import telt, versie_op
from hypothesis import strategies as st

from services.telling.handlers import Verwerker
from shared.db import Tx
from shared.dead_letter import Vergif
from shared.envelope import Bericht
from tests.conftest import MaakDatabase
from tests.service.telling_naief import antwoord, voor_elk
from tests.service.test_telling_cijfers import GEBIEDEN, NAMENS_GEMEENTE, NORM, Telling, telling
from tests.service.test_telling_grootboek import BEGIN, bericht, boek, cel, uren

__all__ = ["telling"]
Q4 = {"reeks": "kwartaal", "periode": "2023-Q4"}
GROEP = UUID(int=700)
ANDERE_GROND = cel(grondslagen_maand=(Grondslag.PW_INDICATIE,), grondslagen_kwartaal=(Grondslag.PW_INDICATIE,))


def werkgever(nr: int) -> UUID:
    return UUID(int=1000 - nr)  # later gezien is niet later op volgorde


def werkt(persoon: int, baan: int, x100: int | None, bij: int = 1, **rest: Any) -> Any:
    rest |= {"persoon": UUID(int=persoon), "plaatsing": UUID(int=100 * persoon + baan), "werkgever": werkgever(bij)}
    return uren(x100, rest.pop("vorig", None), **rest)


def gezegd(nr: int, versie: int = 1, tijd: datetime = BEGIN, **kenmerken: Any) -> Bericht:
    """Wat plaatsing op `werkgevers` zegt."""
    eerst = Sectorperiode(sector=Sector.OVERHEID, van=date(2010, 1, 1), tot=date(2015, 1, 1))
    sectoren = (eerst, Sectorperiode(sector=Sector.MARKT, van=date(2015, 1, 1)))
    return bericht(WerkgeverStand(werkgever=werkgever(nr), versie=versie, sectoren=sectoren, **kenmerken), tijd)


def gewist(nr: int) -> Bericht:
    return gezegd(nr)._replace(waarde=b"")


def per(uit: dict[str, Any], *namen: str) -> dict[Any, Any]:
    """De cellen boven nul: uren, of het aantal dat geteld is."""
    maat = uit["maat"] if uit["maat"] in ("personen", "werkgevers") else "uren"
    alle = [(tuple(c[n] for n in namen), Fraction(c[f"{maat}Exact"])) for c in uit["cellen"]]
    return {kenmerken: aantal for kenmerken, aantal in alle if aantal}


async def test_uren_naar_branche_grootteklasse_werkgever_en_zetel(telling: Telling) -> None:
    await telling.regels("gebieden", *GEBIEDEN.strip().splitlines())
    await telling.regels("norm", NORM)
    await telling.relay(BEGIN)
    await boek(
        telling.pool,
        gezegd(1, branche="Q", grootteklasse="250+", gemeente_zetel="0363", groep=GROEP),
        gezegd(2, branche="C"),
        bericht(werkt(1, 1, 10_000)),
        bericht(werkt(2, 1, 5_000, 2)),
        bericht(werkt(3, 1, 2_500, 3)),  # van deze werkgever is niets gehoord
        bericht(werkt(4, 1, 1_000, 2, cel=cel(vorm=Vorm.UITZENDRELATIE))),
        bericht(werkt(5, 1, 9_000, 2, cel=cel(vorm=Vorm.BESCHUT_WERK))),
    )
    branche = await telling.cijfer(**Q4, per="branche")
    assert per(branche, "branche") == {("C",): 60, ("Q",): 100, ("onbekend",): 25}
    assert [(c["extra"], c["doelstelling"]) for c in branche["cellen"]] == [(None, None)] * 3
    assert branche["cellen"][0]["banenExact"] == "240/1331"
    assert any("niet naar deze kenmerken gesplitst" in noot for noot in branche["voetnoten"])
    assert any("zoals nu bekend" in noot for noot in branche["voetnoten"])
    assert per(await telling.cijfer(**Q4, per="grootteklasse,sector"), "grootteklasse", "sector") == {
        ("250+", "markt"): 100,
        ("onbekend", "markt"): 75,
        ("onbekend", None): 10,
    }
    assert per(await telling.cijfer(**Q4, per="werkgever"), "werkgever") == {
        (str(werkgever(1)),): 100,
        (str(werkgever(2)),): 60,
        (str(werkgever(3)),): 25,
    }
    zetel = await telling.cijfer(**Q4, per="regio", plaats="zetel")
    assert per(zetel, "regio") == {("AM18",): 100, ("onbekend",): 85}
    assert (zetel["plaats"], zetel["cellen"][0]["regels"]["plaats"]["bron"]) == (["zetel"], "zo gevraagd")
    assert per(await telling.cijfer(**Q4, werkgever=str(werkgever(2)), per="vorm"), "vorm") == {
        ("formeel",): 50,
        ("inleen",): 10,
    }
    assert per(await telling.cijfer(**Q4, groep=str(GROEP))) == {(): 100}
    mensen = Q4 | {"maat": "personen"}
    assert per(await telling.cijfer(**mensen, per="branche"), "branche") == {("C",): 2, ("Q",): 1, ("onbekend",): 1}
    assert per(await telling.cijfer(**mensen, groep=str(GROEP))) == {(): 1}
    assert per(await telling.cijfer(**Q4, groep=str(werkgever(1)))) == {}
    assert branche["volledigheid"] == (await telling.cijfer(**Q4))["volledigheid"] == {"verwacht": 0, "gehoord": 4}


async def test_een_oudere_versie_doet_niets_en_een_lege_waarde_wist(telling: Telling) -> None:
    await boek(telling.pool, bericht(werkt(1, 1, 10_000)), gezegd(1, 2, branche="C"), gezegd(1, 3, branche="Q"))

    async def branche() -> list[str]:
        return [c["branche"] for c in (await telling.cijfer(**Q4, per="branche"))["cellen"]]

    assert await branche() == ["Q"]
    await boek(telling.pool, gezegd(1, 3, branche="A"), gezegd(1, 1, branche="A"))
    assert await branche() == ["Q"]
    await boek(telling.pool, gewist(1))
    assert await branche() == ["onbekend"]
    await boek(telling.pool, gezegd(1, 1, branche="A"), gewist(1), gezegd(1, 1, branche="B"))
    assert await branche() == ["B"]
    assert await telling.pool.fetchval("select sectoren from werkgeverstand") == [
        {"sector": "overheid", "subsector": None, "van": "2010-01-01", "tot": "2015-01-01"},
        {"sector": "markt", "subsector": None, "van": "2015-01-01", "tot": None},
    ]
    for fout in (gezegd(1, 2)._replace(waarde=b"{}"), gewist(1)._replace(sleutel="de mijne")):
        with pytest.raises(Vergif):
            await boek(telling.pool, fout)


async def test_wat_de_werkgever_van_nu_volgt_is_nooit_vast(telling: Telling) -> None:
    """Ook bij een ouder kennismoment: de uren zijn die van toen, de branche is die van nu."""
    later = BEGIN + timedelta(days=60)
    await boek(telling.pool, bericht(werkt(1, 1, 10_000)), gezegd(1, branche="C"))
    await boek(telling.pool, bericht(werkt(1, 1, 7_000, vorig=10_000), later), gezegd(1, 2, later, branche="Q"))
    await telling.sluit_historie(later + timedelta(days=1))
    toen = Q4 | {"bekendOp": "2024-01-15"}
    uit = await telling.cijfer(**toen, per="branche")
    assert (per(uit, "branche"), uit["vast"]) == ({("Q",): 100}, False)
    for niet_vast in (
        {"groep": str(GROEP)},
        {"per": "grootteklasse"},
        {"per": "gemeente", "plaats": "zetel"},
        {"maat": "personen", "per": "branche"},
        {"maat": "werkgevers", "per": "branche"},
    ):
        uit = await telling.cijfer(**toen, **niet_vast)
        assert uit["vast"] is False, niet_vast
        assert any("zoals nu bekend" in noot for noot in uit["voetnoten"]) or not uit["cellen"], niet_vast
    for wel_vast in (
        {},
        {"per": "werkgever"},
        {"werkgever": str(werkgever(1))},
        {"maat": "werkgevers", "per": "sector"},
    ):
        assert (await telling.cijfer(**toen, **wel_vast))["vast"] is True, wel_vast


async def test_werkgevers_tellen_met_hun_eigen_sector_en_in_elke_cel_waar_zij_uren_hebben(telling: Telling) -> None:
    await telling.regels("gebieden", *GEBIEDEN.strip().splitlines())
    await telling.relay(BEGIN)
    await boek(
        telling.pool,
        bericht(werkt(1, 1, 100)),
        bericht(werkt(2, 1, 100, cel=cel("0363"))),
        bericht(werkt(3, 1, 100, 2, cel=cel(vorm=Vorm.UITZENDRELATIE))),
        bericht(werkt(4, 1, 100, 3, cel=cel(sector=Sector.OVERHEID))),
        bericht(werkt(5, 1, 100, 4, maand="2023-11")),  # in de laatste maand niet
        bericht(werkt(6, 1, 100, 5, cel=cel(vorm=Vorm.BESCHUT_WERK))),  # telt niet
        bericht(werkt(7, 1, 100, 6)),
        bericht(werkt(8, 1, -100, 6, cel=ANDERE_GROND)),  # samen niet boven nul
    )
    werkgevers = Q4 | {"maat": "werkgevers"}
    assert per(await telling.cijfer(**werkgevers)) == {(): 3}
    sector = await telling.cijfer(**werkgevers, per="sector")
    assert [(c["sector"], c["werkgevers"]) for c in sector["cellen"]] == [("markt", 2), ("overheid", 1)]
    assert per(await telling.cijfer(**werkgevers, sector="markt", per="vorm"), "vorm") == {
        ("formeel",): 1,
        ("inleen",): 1,
    }
    regio = await telling.cijfer(**werkgevers, per="regio")
    assert per(regio, "regio") == {("AM01",): 3, ("AM18",): 1}
    assert any("tellen niet op tot het totaal" in noot for noot in regio["voetnoten"])
    (leeg,) = (await telling.cijfer(reeks="jaarmeting", periode="2022", maat="werkgevers"))["cellen"]
    assert (leeg["werkgevers"], leeg["aandeel"], leeg["status"]) == (0, None, "indicatief")


async def test_het_aandeel_werkgevers_van_de_werkkamer(telling: Telling) -> None:
    """Brief van De Werkkamer, 16 juli 2024: "naast de 14% werkgevers die al meedoen"; hier zeven van de vijftig."""
    await boek(telling.pool, *(bericht(werkt(nr, 1, 100, nr)) for nr in range(1, 8)))
    await boek(telling.pool, *(gezegd(nr, branche="Q" if nr < 3 else "C") for nr in range(1, 8)))
    totalen: list[dict[str, Any]] = [
        {"jaar": "2023", "aantal": 50, "bron": "aangenomen", "aangenomen": "ja"},
        {"jaar": "2023", "sector": "markt", "aantal": 48},
        {"jaar": "2023", "sbi": "Q", "aantal": 7},
        {"jaar": "2023", "sector": "markt", "sbi": "Q", "grootteklasse": "250+", "aantal": 1},
    ]
    assert (await telling.regels("werkgevers-totalen", *totalen))["aanvaard"] == 4
    assert (await telling.regels("werkgevers-totalen", *totalen))["ongewijzigd"] == 4
    await telling.relay(BEGIN)

    async def aandelen(**vraag: str) -> list[Any]:
        cellen = (await telling.cijfer(**Q4 | {"maat": "werkgevers"} | vraag))["cellen"]
        return [(c["werkgevers"], c["werkgeversTotaal"], c["aandeel"], c["aandeelExact"]) for c in cellen]

    assert await aandelen() == [(7, 50, "14,0 %", "7/50")]
    assert await aandelen(sector="markt") == [(7, 48, "14,6 %", "7/48")]
    assert await aandelen(per="branche") == [(5, None, None, None), (2, 7, "28,6 %", "2/7")]
    enger: list[dict[str, str]] = [
        {"periode": "2022-Q4"},
        {"per": "branche,grootteklasse"},
        {"gemeente": "0014"},
        {"vorm": "formeel"},
        {"grondslag": "WSW"},
        {"werkgever": str(werkgever(1))},
    ]
    for vraag in enger:
        assert {(totaal, deel) for _, totaal, deel, _ in await aandelen(**vraag)} == {(None, None)}, vraag
    uit = await telling.cijfer(**Q4, maat="werkgevers")
    assert uit["cellen"][0]["regels"]["werkgeversTotaal"]["aangenomen"] is True
    assert not any("een aandeel is niet te bepalen" in noot for noot in uit["voetnoten"])
    assert any(
        "een aandeel is niet te bepalen" in n
        for n in (await telling.cijfer(**Q4, maat="werkgevers", per="regio"))["voetnoten"]
    )
    for fout, kolom in (
        ({"aantal": 0}, "aantal"),
        ({"aantal": 5, "sbi": "8411"}, "sbi"),
        ({"aantal": 5, "sector": "zorg"}, "sector"),
    ):
        weg = (await telling.regel("werkgevers-totalen", {"jaar": "2023"} | fout)).json()["fouten"]
        assert [f["kolom"] for f in weg] == [kolom]


async def test_de_gemeente_als_werkgever_tegen_haar_eigen_streefcijfer(telling: Telling) -> None:
    """Groningen, eind 2017: streefcijfer 36 banen, 43 gehaald (brief van het college); de nulmeting is hier nul."""
    doel = {"doel": "banenafspraak", "periode": "2017", "besloten_op": "2013-01-01", "status": "indicatief"}
    await telling.regels("norm", NORM)
    await telling.regels(
        "doelstellingen", doel | {"gebied": str(GROEP).upper(), "aantal": 36}, doel | {"gebied": "NL", "aantal": 33_000}
    )
    await telling.regels("doelstellingen", doel | {"gebied": "GM0014", "aantal": 1_000})
    nul = {"versie": "v1", "gebied": str(GROEP), "banen": "0", "besloten_op": "2013-01-01"}
    await telling.regels("nulmeting", nul)
    await telling.regels("gebieden", *GEBIEDEN.strip().splitlines())
    await telling.relay(BEGIN)
    await boek(
        telling.pool,
        gezegd(1, groep=GROEP),
        gezegd(2, groep=GROEP),
        bericht(werkt(1, 1, 40 * 1331_00 // 4, maand="2017-10")),
        bericht(werkt(2, 1, 3 * 1331_00 // 4, 2, maand="2017-11")),
        bericht(werkt(3, 1, 1331_00, 3, maand="2017-12")),
    )
    vraag = {"reeks": "kwartaal", "periode": "2017-Q4"}
    (groep,) = (await telling.cijfer(**vraag, groep=str(GROEP)))["cellen"]
    assert (groep["extraExact"], groep["doelstelling"], groep["gat"]) == ("43/1", 36, -7)
    for deel in ({"groep": str(GROEP), "werkgever": str(werkgever(1))}, {"groep": str(GROEP), "gemeente": "0014"}):
        (cel_,) = (await telling.cijfer(**vraag, **deel))["cellen"]
        assert (cel_["extra"], cel_["doelstelling"]) == (None, None)
    (gemeente,) = (await telling.cijfer(**vraag, per="gemeente"))["cellen"]
    assert (gemeente["banen"], gemeente["extra"], gemeente["doelstelling"]) == (47, None, 1_000)


async def test_wie_namens_een_gemeente_komt_ziet_geen_herkenbare_werkgever(telling: Telling) -> None:
    herkenbaar: list[dict[str, str]] = [{"per": "werkgever"}, {"werkgever": str(GROEP)}, {"groep": str(GROEP)}]
    for deel in herkenbaar:
        antwoord_ = await telling.vraag(NAMENS_GEMEENTE, **Q4, **deel)
        assert (antwoord_.status_code, antwoord_.json()["code"]) == (403, "namens_onjuist"), deel
        assert (await telling.vraag(**Q4, **deel)).status_code == 200
    assert (await telling.vraag(NAMENS_GEMEENTE, **Q4, per="branche")).status_code == 200


# --- hertelling --------------------------------------------------------------------------------------------------------

CELLEN = [
    cel(gemeente, sector=sector, vorm=vorm, grondslagen_maand=gronden, grondslagen_kwartaal=gronden)
    for gemeente, sector, vorm, gronden in (
        ("0014", Sector.MARKT, Vorm.FORMEEL, (Grondslag.WSW,)),
        ("0363", Sector.OVERHEID, Vorm.FORMEEL, (Grondslag.WSW,)),
        ("0003", Sector.MARKT, Vorm.UITZENDRELATIE, (Grondslag.WSW,)),
        ("0014", Sector.MARKT, Vorm.FORMEEL, ()),
    )
]
Stand = tuple[int, Cel, int]
"""Uren in honderdsten, de cel, en de werkgever."""
GEZEGD = st.tuples(
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from(["2023-11", "2023-12", "2023-12"]),
    st.none() | st.tuples(st.sampled_from([-100, 0, 50, 100, 100]), st.sampled_from(CELLEN), st.integers(1, 4)),
)
WERKGEVER = st.tuples(
    st.integers(1, 3),  # van de vierde is nooit iets gehoord
    st.none()
    | st.fixed_dictionaries(
        {
            "branche": st.sampled_from([None, "C", "Q"]),
            "grootteklasse": st.sampled_from([None, "1-9", "250+"]),
            "gemeente_zetel": st.sampled_from([None, "0014", "0003", "9998"]),
            "groep": st.sampled_from([None, GROEP]),
        }
    ),
)
GRENZEN = {
    "toen": {"0014": "AM01", "0363": "AM18", "0003": "AM01"},
    "2022": {"0014": "AM01", "0363": "AM18", "1979": "AM02"},
}
PER = ("branche", "grootteklasse", "werkgever", "branche,grootteklasse,sector", "gemeente", "regio,branche")


class Naief:
    """Hertelt uit wat het laatst gezegd is en wat van werkgevers nu bekend is; geen SQL, geen code van telling."""

    def __init__(self, stand: dict[tuple[int, int, str], Stand], nu: dict[int, dict[str, Any]], grenzen: str) -> None:
        wet = versie_op(date(2023, 12, 31))
        self.tellend = {k: s for k, s in stand.items() if telt(s[1].grondslagen_kwartaal, s[1].vorm, wet)}
        self.nu, self.grenzen = nu, grenzen

    def _kenmerk(self, stand: Stand, naam: str, maat: str) -> str | None:
        _, waar, wie = stand
        van = self.nu.get(wie, {})
        if naam in ("branche", "grootteklasse"):
            return van.get(naam) or "onbekend"
        if naam == "werkgever":
            return str(werkgever(wie))
        if naam == "sector":
            return None if waar.vorm in INLEEN and maat != "werkgevers" else waar.sector.value
        code = van.get("gemeente_zetel")
        code = "1979" if code == "0003" and self.grenzen == "2022" else code
        regio = GRENZEN[self.grenzen].get(code or "", "onbekend")
        return regio if naam == "regio" else code if regio != "onbekend" else "onbekend"

    def cellen(self, maat: str, namen: Sequence[str], groep: bool = False) -> dict[Any, Any]:
        """Per cel het bedrag, zonder nullen."""
        uit: dict[Any, Any] = {}
        if maat == "personen":
            rijen = [(stand, Fraction(1)) for stand in self._hoofdbanen()]
        else:
            maanden = ("2023-12",) if maat == "werkgevers" else ("2023-11", "2023-12")
            rijen = [(s, Fraction(s[0], 100)) for (_, _, maand), s in self.tellend.items() if maand in maanden]
        for stand, bedrag in rijen:
            if groep and self.nu.get(stand[2], {}).get("groep") != GROEP:
                continue
            waar = tuple(self._kenmerk(stand, naam, maat) for naam in namen)
            plek = (waar, stand[2]) if maat == "werkgevers" else waar
            uit[plek] = uit.get(plek, 0) + bedrag
        if maat == "werkgevers":
            alle = [waar for (waar, _), bedrag in uit.items() if bedrag > 0]
            return {waar: alle.count(waar) for waar in alle}
        return {waar: bedrag for waar, bedrag in uit.items() if bedrag}

    def _hoofdbanen(self) -> list[Stand]:
        per_persoon: dict[int, list[Stand]] = {}
        for (persoon, _, maand), stand in self.tellend.items():
            if maand == "2023-12":
                per_persoon.setdefault(persoon, []).append(stand)
        return [
            min(banen, key=lambda s: (-s[0], s[1].bytes_(), werkgever(s[2])))
            for banen in per_persoon.values()
            if sum(s[0] for s in banen) > 0
        ]


def historie(
    uren_: Sequence[Any], werkgevers: Sequence[Any]
) -> tuple[list[Bericht], list[Bericht], list[dict[Any, Stand]], dict[int, dict[str, Any]]]:
    """De berichten van beide topics, wat er na elke dag gezegd was, en wat van werkgevers het laatst bekend is."""
    stand: dict[tuple[int, int, str], Stand] = {}
    momenten, berichten = [dict(stand)], []
    for dag, (persoon, baan, maand, nieuw) in enumerate(uren_):
        oud = stand.pop((persoon, baan, maand), None)
        if nieuw is not None:
            stand[persoon, baan, maand] = nieuw
        if oud != nieuw:
            berichten.append(bericht(_uren(persoon, baan, maand, nieuw, oud), BEGIN + timedelta(days=dag)))
        momenten.append(dict(stand))
    nu: dict[int, dict[str, Any]] = {}
    gezegd_ = []
    for versie, (nr, kenmerken) in enumerate(werkgevers, start=1):
        gezegd_.append(gewist(nr) if kenmerken is None else gezegd(nr, versie, **kenmerken))
        nu[nr] = kenmerken or {}
    return berichten, gezegd_, momenten, nu


def _uren(persoon: int, baan: int, maand: str, nieuw: Stand | None, oud: Stand | None) -> Any:
    """Eén verandering; een andere werkgever is afboeken bij de ene en bijboeken bij de ander."""

    def been(stand: Stand | None) -> UrenStand | None:
        return None if stand is None else UrenStand(uren_x100=stand[0], cel=stand[1], werkgever=werkgever(stand[2]))

    feit = werkt(persoon, baan, 0, maand=maand)
    return feit.model_copy(update={"nieuw": been(nieuw), "vorig": been(oud)})


async def test_gelijk_aan_een_hertelling_van_de_gebeurtenissen(db: MaakDatabase) -> None:
    """Elke historie, elk moment, elke volgorde van de topics, in elke grenzen; werkgevers zoals nu bekend."""
    database = await db("telling")
    async with database.pool.acquire() as conn:
        await conn.execute(
            "insert into regel (soort, sleutel, versie, inhoud, bron, bekend_op, gebeurtenis) select 'gebieden', g, 'v', "
            "jsonb_strip_nulls(jsonb_build_object('gemeente', g, 'gemeenteNaam', g, 'regio', r, 'regioNaam', r, 'van', "
            "'2012-01-01', 'tot', t, 'opvolger', o)), '', '2013-01-01', gen_random_uuid() from (values ('0014', 'AM01', null, "
            "null), ('0363', 'AM18', null, null), ('0003', 'AM01', '2021-01-01', '1979')) v (g, r, t, o)"
        )
        await conn.execute(
            "insert into regel (soort, sleutel, versie, inhoud, bron, bekend_op, gebeurtenis) values ('gebieden', '1979', 'v', "
            "jsonb_build_object('gemeente', '1979', 'gemeenteNaam', 'E', 'regio', 'AM02', 'regioNaam', 'F', 'van', "
            "'2021-01-01'), '', '2013-01-01', gen_random_uuid())"
        )

    async def proef(tx: Tx, voorbeeld: tuple[Sequence[Any], Sequence[Any], bool, str]) -> None:
        gezegde_uren, gezegde_werkgevers, werkgevers_eerst, uitsplitsing = voorbeeld
        namen = uitsplitsing.split(",")
        plaats = {"plaats": "zetel"} if {"gemeente", "regio"} & set(namen) else {}
        berichten, werkgevers, momenten, nu = historie(gezegde_uren, gezegde_werkgevers)
        helft, verwerker = len(berichten) // 2, Verwerker()
        for batch in (
            (berichten[:helft], werkgevers, berichten[helft:]) if werkgevers_eerst else (berichten, werkgevers)
        ):
            await verwerker(tx, batch)
        gezien, grenzen = (len(gezegde_uren), "toen") if werkgevers_eerst else (len(gezegde_uren) // 2, "2022")
        vraag = Q4 | {"bekend_op": (BEGIN + timedelta(days=gezien, hours=-1)).isoformat(), "grenzen": grenzen}
        naief = Naief(momenten[gezien], nu, grenzen)
        for maat in ("uren", "personen", "werkgevers"):
            totaal = per(await antwoord(tx, **vraag, maat=maat))
            assert totaal == naief.cellen(maat, ())
            assert per(await antwoord(tx, **vraag, maat=maat, groep=str(GROEP))) == naief.cellen(maat, (), groep=True)
            cellen = per(await antwoord(tx, **vraag, maat=maat, per=uitsplitsing, **plaats), *namen)
            assert cellen == naief.cellen(maat, namen)
            if maat != "werkgevers" or "sector" not in namen:
                assert sum(cellen.values()) == totaal.get((), 0)

    lijsten = st.lists(GEZEGD, max_size=12), st.lists(WERKGEVER, max_size=8)
    await voor_elk(database.pool, st.tuples(*lijsten, st.booleans(), st.sampled_from(PER)), proef, 40)


async def test_gelijke_uren_in_gelijke_cellen_bij_twee_werkgevers(telling: Telling) -> None:
    """De UUID beslist, niet wie het eerst kwam; de persoon telt één keer."""
    for persoon, volgorde in enumerate([(1, 2), (2, 1)], start=1):
        for bij in volgorde:  # elk in een eigen batch: het nummer volgt wie het eerst kwam
            await boek(telling.pool, bericht(werkt(persoon, bij, 5_000, bij)))
    uit = await telling.cijfer(**Q4, maat="personen", per="werkgever")
    assert per(uit, "werkgever") == {(str(min(werkgever(1), werkgever(2))),): 2}
    assert uit["volledigheid"]["gehoord"] == 4
    assert datetime.fromisoformat(uit["bekendOp"]) > BEGIN.astimezone(UTC)
