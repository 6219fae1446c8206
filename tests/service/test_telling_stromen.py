"""`/v1/stromen`: elke stroom, elk gebied en elk kennismoment gelijk aan een hertelling van de gebeurtenissen."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from banenspoor_contracts import (
    Cel,
    CorrectieReden,
    EindReden,
    Feit,
    Grondslag,
    PersoonSamengevoegd,
    Registratie,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
    Vorm,
)
from banenspoor_contracts.wie_telt import DIENSTBETREKKING, hoort_bij, telt, versie_op
from hypothesis import strategies as st

from services.telling.handlers import Verwerker
from services.telling.stromen import StromenParameters, beantwoord, lees_stroomvraag
from shared.db import Tx
from tests.conftest import MaakDatabase
from tests.service.telling_naief import NU, antwoord, geldt, voor_elk
from tests.service.test_telling_grootboek import BEGIN, bericht, cel, uren

Json = dict[str, Any]
WSW, PW, GEBONDEN, LID2 = (
    Grondslag.WSW,
    Grondslag.PW_INDICATIE,
    Grondslag.WAJONG_DUURZAAM_GEEN,
    Grondslag.LID2_VOOR18,
)
MAANDEN = ["2025-09", "2025-12", "2026-03"]
"""De laatste maanden van drie kwartalen; tussen de tweede en de derde verandert de wet, en een regiogrens."""
KWARTALEN = {"2025-09": "2025-Q3", "2025-12": "2025-Q4", "2026-03": "2026-Q1"}
DAGEN = {"2025-09": date(2025, 9, 30), "2025-12": date(2025, 12, 31), "2026-03": date(2026, 3, 31)}
GRENZEN = [  # (gemeente, regio, van, tot)
    ("0014", "AM01", "2012-01-01", None),
    ("0363", "AM18", "2012-01-01", "2026-01-01"),
    ("0363", "AM02", "2026-01-01", None),
]
STROMEN = ("gevonden", "verloren", "instroomWerkend", "uitstroomWerkend", "verhuisdIn", "verhuisdUit")
AANTALLEN = ("begin", *STROMEN, "waarvanGrenzenIn", "waarvanGrenzenUit", "eind")


async def stromen(tx: Tx, **parameters: str) -> Json:
    return await beantwoord(tx, lees_stroomvraag(StromenParameters(**parameters), NU), NU)


# --- een historie, en wat er na elke dag bekend is --------------------------------------------------------------------


@dataclass
class Wereld:
    """Wat het laatst gezegd is: uren per (persoon, baan, maand), de tijdlijn van ieder, en waardoor zij begon en eindigde."""

    uren: dict[tuple[int, int, str], tuple[int, Cel]] = field(default_factory=dict)
    register: dict[int, tuple[Registratie, ...]] = field(default_factory=dict)
    begonnen: dict[tuple[int, str, date], tuple[str, str | None]] = field(default_factory=dict)
    geeindigd: dict[tuple[int, str, date], tuple[str, str | None]] = field(default_factory=dict)

    def kopie(self) -> "Wereld":
        return Wereld(dict(self.uren), dict(self.register), dict(self.begonnen), dict(self.geeindigd))

    def zeg_uren(self, persoon: int, baan: int, maand: str, nieuw: tuple[int, Cel] | None) -> Iterator[Feit]:
        oud = self.uren.pop((persoon, baan, maand), None)
        if nieuw is not None:
            self.uren[persoon, baan, maand] = nieuw
        if oud != nieuw:
            rest: dict[str, Any] = {"persoon": UUID(int=persoon), "plaatsing": UUID(int=1000 + baan)}
            rest |= {"vorig": oud[0], "was": oud[1]} if oud else {}
            rest |= {"cel": nieuw[1]} if nieuw else {}
            yield uren(nieuw[0] if nieuw else None, maand=maand, **rest)

    def zeg_register(self, persoon: int, feit: Any, soort: str, reden: str | None) -> Feit:
        oud = self.register.get(persoon, ())
        for r in feit.registraties:
            if (r.grondslag, r.van) not in {(o.grondslag, o.van) for o in oud}:
                self.begonnen[persoon, r.grondslag, r.van] = soort, reden
            if r.tot is not None and (r.grondslag, r.tot) not in {(o.grondslag, o.tot) for o in oud}:
                self.geeindigd[persoon, r.grondslag, r.tot] = soort, reden
        self.register[persoon] = feit.registraties
        uit: Feit = feit
        return uit


def _registerfeit(persoon: int, oud: Sequence[Registratie], nieuw: Sequence[Registratie], soort: str) -> Any:
    gemeen: dict[str, Any] = {"persoon": UUID(int=persoon), "registraties": nieuw, "woonplaatsen": ()}
    if soort == "registratie-beeindigd":
        return RegistratieBeeindigd(grondslag=WSW, tot=date(2025, 12, 1), reden=EindReden.AOW_LEEFTIJD, **gemeen)
    if soort == "registratie-gecorrigeerd":
        return RegistratieGecorrigeerd(vorige=oud, reden=CorrectieReden.DATUM, **gemeen)
    return RegistratieIngegaan(grondslag=WSW, van=date(2015, 1, 1), **gemeen)


REDEN = {"registratie-ingegaan": None, "registratie-beeindigd": "AOW_LEEFTIJD", "registratie-gecorrigeerd": "DATUM"}


def doe(wereld: Wereld, stap: tuple[Any, ...]) -> list[Feit]:
    """Eén dag: uren, een tijdlijn, of een samenvoeging (het register van de een weg, haar uren onder de ander)."""
    match stap:
        case ("uren", persoon, baan, maand, nieuw):
            return list(wereld.zeg_uren(persoon, 10 * persoon + baan, maand, nieuw))
        case ("register", persoon, soort, tijdlijn):
            feit = _registerfeit(persoon, wereld.register.get(persoon, ()), tijdlijn, soort)
            return [wereld.zeg_register(persoon, feit, soort, REDEN[soort])]
        case ("samen", van, naar) if van != naar:
            weg = PersoonSamengevoegd(persoon=UUID(int=van), in_=UUID(int=naar), registraties=(), woonplaatsen=())
            feiten = [wereld.zeg_register(van, weg, "persoon-samengevoegd", None)]
            for (persoon, baan, maand), nieuw in list(wereld.uren.items()):
                if persoon == van:
                    feiten += [*wereld.zeg_uren(van, baan, maand, None), *wereld.zeg_uren(naar, baan, maand, nieuw)]
            return feiten
    return []


# --- de hertelling: geen SQL, geen code van telling -------------------------------------------------------------------


@dataclass
class Regels:
    """Welke regel waar geldt: met `gemengd` gaat peilmoment en plaats vanaf 2026 anders."""

    gemengd: bool
    plaats: str | None = None

    def anders(self, maand: str) -> bool:
        return self.gemengd and maand == "2026-03"

    def gronden(self, c: Cel, maand: str) -> Sequence[Grondslag]:
        return c.grondslagen_maand if self.anders(maand) else c.grondslagen_kwartaal

    def gemeente(self, c: Cel, maand: str) -> str | None:
        woon = self.plaats == "woon" if self.plaats else self.anders(maand)
        return c.gemeente_woon if woon else c.gemeente_werk


def regio(gemeente: str | None, dag: date) -> str:
    for code, naam, van, tot in GRENZEN:
        if code == gemeente and van <= dag.isoformat() and (tot is None or dag.isoformat() < tot):
            return naam
    return "onbekend"


def werkenden(wereld: Wereld, maand: str, regels: Regels) -> dict[int, Cel]:
    """Wie werkt, met de cel van haar hoofdbaan."""
    wet, tellend = versie_op(DAGEN[maand]), dict[int, list[tuple[int, Cel]]]()
    for (persoon, _, m), (x100, c) in wereld.uren.items():
        if m == maand and telt(regels.gronden(c, m), c.vorm, wet):
            tellend.setdefault(persoon, []).append((x100, c))
    return {
        persoon: min(banen, key=lambda baan: (-baan[0], baan[1].bytes_()))[1]
        for persoon, banen in tellend.items()
        if sum(x100 for x100, _ in banen) > 0
    }


def uren_in(wereld: Wereld, persoon: int, maand: str, vormen: Any) -> bool:
    return sum(x for (p, _, m), (x, c) in wereld.uren.items() if (p, m) == (persoon, maand) and c.vorm in vormen) > 0


def in_doelgroep(wereld: Wereld, persoon: int, maand: str) -> bool:
    gronden = {r.grondslag for r in wereld.register.get(persoon, ()) if geldt(r, DAGEN[maand])}
    werkt = uren_in(wereld, persoon, maand, DIENSTBETREKKING)
    beschut = uren_in(wereld, persoon, maand, {Vorm.BESCHUT_WERK, Vorm.WSW_BESCHUT})
    return hoort_bij(gronden, versie_op(DAGEN[maand]), werkt=werkt, beschut=beschut)


def hertel(wereld: Wereld, voor: str, na: str, regels: Regels, per_regio: bool) -> dict[str | None, Counter[str]]:
    """De stromen van `voor` naar `na`, per regio of (onder None) van het land."""
    begin, eind = werkenden(wereld, voor, regels), werkenden(wereld, na, regels)
    uit: dict[str | None, Counter[str]] = {}

    def boek(waar: str | None, naam: str) -> None:
        uit.setdefault(waar, Counter())[naam] += 1

    for persoon in begin.keys() | eind.keys():
        van = regels.gemeente(begin[persoon], voor) if persoon in begin else None
        naar = regels.gemeente(eind[persoon], na) if persoon in eind else None
        hier = regio(van, DAGEN[voor]) if per_regio else None
        daar = regio(naar, DAGEN[na]) if per_regio else None
        if persoon in begin:
            boek(hier, "begin")
        if persoon in eind:
            boek(daar, "eind")
        if persoon not in begin:
            boek(daar, "gevonden" if in_doelgroep(wereld, persoon, voor) else "instroomWerkend")
        elif persoon not in eind:
            boek(hier, "verloren" if in_doelgroep(wereld, persoon, na) else "uitstroomWerkend")
        elif hier != daar:
            boek(hier, "verhuisdUit")
            boek(daar, "verhuisdIn")
            if regio(van, DAGEN[na]) == daar:
                boek(hier, "waarvanGrenzenUit")
                boek(daar, "waarvanGrenzenIn")
    return uit


def ingeschreven(wereld: Wereld, maand: str) -> dict[int, dict[str, Registratie]]:
    """Wie in het register staat: op welke grondslag, en de registratie die dat draagt."""
    uit: dict[int, dict[str, Registratie]] = {}
    for persoon, tijdlijn in wereld.register.items():
        for r in tijdlijn:
            gebonden = r.grondslag == GEBONDEN and not uren_in(wereld, persoon, maand, DIENSTBETREKKING)
            if geldt(r, DAGEN[maand]) and not gebonden:
                uit.setdefault(persoon, {})[r.grondslag] = r
    return uit


def hertel_register(wereld: Wereld, voor: str, na: str) -> tuple[Counter[Any], dict[str, Counter[Any]]]:
    """Begin, eind en redenen: van personen, en per grondslag."""
    begin, eind = ingeschreven(wereld, voor), ingeschreven(wereld, na)
    ieder, per_grond = Counter[Any](), dict[str, Counter[Any]]()

    def loopt(persoon: int, grond: str, maand: str) -> bool:
        return any(r.grondslag == grond and geldt(r, DAGEN[maand]) for r in wereld.register.get(persoon, ()))

    def waarom_in(persoon: int, grond: str) -> Any:
        if loopt(persoon, grond, voor):
            return "in", "aan-werk-gebonden", None
        return "in", *wereld.begonnen[persoon, grond, eind[persoon][grond].van]

    def waarom_uit(persoon: int, grond: str) -> Any:
        tot = begin[persoon][grond].tot
        if loopt(persoon, grond, na) or tot is None:
            return "uit", "aan-werk-gebonden", None
        return "uit", *wereld.geeindigd[persoon, grond, tot]

    for persoon in begin.keys() | eind.keys():
        oud, nieuw = begin.get(persoon, {}), eind.get(persoon, {})
        ieder.update({"begin": bool(oud), "eind": bool(nieuw)})
        if not oud:
            eerste = min(nieuw, key=lambda g: (nieuw[g].van, g))
            ieder[waarom_in(persoon, eerste)] += 1
        if not nieuw:
            laatste = max(oud, key=lambda g: (oud[g].tot or date.max, g))
            ieder[waarom_uit(persoon, laatste)] += 1
        for grond in oud.keys() | nieuw.keys():
            teller = per_grond.setdefault(grond, Counter())
            teller.update({"begin": grond in oud, "eind": grond in nieuw})
            if grond not in oud:
                teller[waarom_in(persoon, grond)] += 1
            if grond not in nieuw:
                teller[waarom_uit(persoon, grond)] += 1
    return +ieder, per_grond


# --- de eigenschap ----------------------------------------------------------------------------------------------------


CELLEN = [
    cel(werk, gemeente_woon=woon, vorm=vorm, grondslagen_maand=maand, grondslagen_kwartaal=kwartaal)
    for werk, woon, vorm, maand, kwartaal in (
        ("0014", "0363", Vorm.FORMEEL, (WSW,), (WSW,)),
        ("0363", "0363", Vorm.FORMEEL, (PW,), (PW,)),
        ("0363", None, Vorm.WSW_DETACHERING, (WSW,), ()),
        ("9998", "0014", Vorm.FORMEEL, (), (PW, WSW)),
        ("0014", "0014", Vorm.WSW_BESCHUT, (WSW,), (WSW,)),
        ("0014", "0014", Vorm.FORMEEL, (GEBONDEN,), (GEBONDEN,)),
        ("0014", "0014", Vorm.PROEFPLAATSING, (WSW,), (WSW,)),
    )
]
GRENSDAGEN = [date(2025, 1, 1), *DAGEN.values(), date(2025, 10, 1), date(2025, 12, 1), date(2026, 1, 1)]


ALTIJD = (Registratie(grondslag=WSW, van=date(2015, 1, 1)),)
AANTAL = 9


def tijdlijn(kans: random.Random) -> tuple[Registratie, ...]:
    """Vaak de hele tijd op WSW; anders tot twee perioden op WSW (met of zonder gat), en één op andere grondslagen."""
    if kans.random() < 0.4:
        return ALTIJD
    uit = []
    for grond in kans.sample([WSW, PW, GEBONDEN, LID2], kans.randint(0, 3)):
        dagen = sorted(kans.sample(GRENSDAGEN, kans.randint(1, 4 if grond == WSW else 2)))
        for i in range(0, len(dagen), 2):
            tot = dagen[i + 1] if i + 1 < len(dagen) else None
            uit.append(Registratie(grondslag=grond, van=dagen[i], tot=tot))
    return tuple(uit)


def stand(kans: random.Random) -> tuple[int, Cel] | None:
    return None if kans.random() < 0.3 else (kans.choice([50, 100, 100, 200, -100]), kans.choice(CELLEN))


def historie(zaad: int) -> tuple[bool, list[tuple[Any, ...]], int]:
    """Of de regels gemengd zijn, de stappen (elke een dag na de vorige bekend), en hoeveel er het begin van maken."""
    kans = random.Random(zaad)
    stappen: list[tuple[Any, ...]] = []
    for persoon in range(1, AANTAL + 1):
        stappen.append(("register", persoon, "registratie-ingegaan", tijdlijn(kans)))
        stappen += [("uren", persoon, 1, maand, stand(kans)) for maand in MAANDEN]
    begin = len(stappen)
    for _ in range(kans.randint(0, 24)):
        persoon = kans.randint(1, AANTAL)
        match kans.randint(0, 7):
            case 0:
                stappen.append(("samen", persoon, kans.randint(1, AANTAL)))
            case 1 | 2 | 3:
                stappen.append(("register", persoon, kans.choice(sorted(REDEN)), tijdlijn(kans)))
            case _:
                stappen.append(("uren", persoon, kans.randint(1, 2), kans.choice(MAANDEN), stand(kans)))
    return kans.random() < 0.3, stappen, begin


async def _regel(tx: Any, soort: str, inhoud: Json) -> None:
    await tx.execute(
        "insert into regel (soort, sleutel, versie, inhoud, bron, bekend_op, gebeurtenis) "
        "values ($1, $2::jsonb::text, 'v', $2, 'proef', '2013-01-01', gen_random_uuid())",
        soort,
        inhoud,
    )


def _aantallen(c: Json) -> dict[str, int]:
    return {naam: c[naam] for naam in AANTALLEN if c[naam]}


def _klopt(c: Json) -> bool:
    in_, uit = ("gevonden", "instroomWerkend", "verhuisdIn"), ("verloren", "uitstroomWerkend", "verhuisdUit")
    return bool(c["eind"] == c["begin"] + sum(c[naam] for naam in in_) - sum(c[naam] for naam in uit))


def _redenen(stroom: Json) -> Counter[Any]:
    """Begin, eind en redenen zoals de hertelling ze telt; de som van de redenen is in en uit."""
    redenen = Counter({(r["richting"], r["soort"], r["reden"]): r["aantal"] for r in stroom["redenen"]})
    for richting in ("in", "uit"):
        assert stroom[richting] == sum(n for (r, *_), n in redenen.items() if r == richting)
    assert stroom["eind"] == stroom["begin"] + stroom["in"] - stroom["uit"]
    return +Counter({"begin": stroom["begin"], "eind": stroom["eind"]}) + redenen


async def _vergelijk(tx: Tx, wereld: Wereld, regels: Regels, vraag: dict[str, str]) -> None:
    plaats = {"plaats": regels.plaats} if regels.plaats else {}
    kwartalen = {"periode": "2025-Q4..2026-Q1", **plaats, **vraag}
    land, regios = await stromen(tx, **kwartalen), await stromen(tx, **kwartalen, per="regio")
    een = await stromen(tx, **kwartalen, regio="AM18")
    personen = {"reeks": "kwartaal", "periode": "2025-Q3..2026-Q1", "maat": "personen", **plaats, **vraag}
    werkt = await antwoord(tx, **personen, per="regio")
    stand = {(c["periode"], c["regio"]): c["personen"] for c in werkt["cellen"]}
    for voor, na in pairwise(MAANDEN):
        oud, nieuw = KWARTALEN[voor], KWARTALEN[na]
        per_regio = {c["regio"]: c for c in regios["cellen"] if c["periode"] == nieuw}
        (totaal,) = [c for c in land["cellen"] if c["periode"] == nieuw]
        assert _aantallen(totaal) == dict(hertel(wereld, voor, na, regels, False).get(None, {}))
        naief = hertel(wereld, voor, na, regels, True)
        assert {r: _aantallen(c) for r, c in per_regio.items() if _aantallen(c)} == naief
        assert [_aantallen(c) for c in een["cellen"] if c["periode"] == nieuw] == [dict(naief.get("AM18", {}))]
        for naam in AANTALLEN:
            if "verhuisd" not in naam and "Grenzen" not in naam:
                assert sum(c[naam] for c in per_regio.values()) == totaal[naam]
        assert sum(c["verhuisdIn"] - c["verhuisdUit"] for c in per_regio.values()) == 0
        for c in (*per_regio.values(), totaal):
            assert _klopt(c)
        for r, c in per_regio.items():
            assert (c["begin"], c["eind"]) == (stand.get((oud, r), 0), stand.get((nieuw, r), 0))
        (register,) = [r for r in land["register"] if r["periode"] == nieuw]
        ieder, per_grond = hertel_register(wereld, voor, na)
        assert _redenen(register) == ieder
        assert {g["grondslag"]: _redenen(g) for g in register["grondslagen"]} == per_grond
    telt_register = {"reeks": "kwartaal", "periode": "2025-Q3..2026-Q1", "maat": "geregistreerd", **vraag}
    staat = [c["geregistreerd"] for c in (await antwoord(tx, **telt_register))["cellen"]]
    assert [(r["begin"], r["eind"]) for r in land["register"]] == [tuple(staat[:2]), tuple(staat[1:])]
    assert een["register"] is None


async def test_gelijk_aan_een_hertelling_van_de_gebeurtenissen(db: MaakDatabase) -> None:
    """Voor elke historie van uren, register en samenvoegen, op elk kennismoment; begin = vorig eind = `maat=personen`."""
    database = await db("telling")
    async with database.pool.acquire() as conn:
        for gemeente, naam, van, tot in GRENZEN:
            inhoud = {"gemeente": gemeente, "gemeenteNaam": gemeente, "regio": naam, "regioNaam": naam, "van": van}
            await _regel(conn, "gebieden", inhoud | {"tot": tot})

    async def proef(tx: Tx, zaad: int) -> None:
        gemengd, stappen, begin = historie(zaad)
        if gemengd:
            for soort, keuze in (("peilmoment", {"moment": "maand"}), ("plaats", {"plaats": "woon"})):
                await _regel(tx, soort, {"reeks": "kwartaal", "van": "2026-01-01", **keuze})
        wereld, werelden, berichten = Wereld(), [Wereld()], []
        for dag, stap in enumerate(stappen):
            berichten += [bericht(feit, BEGIN + timedelta(days=dag)) for feit in doe(wereld, stap)]
            werelden.append(wereld.kopie())
        helft = len(berichten) // 2
        for batch in (berichten[:helft], berichten[helft:]):
            await Verwerker()(tx, batch)
        for gezien in {(begin + len(stappen)) // 2, len(stappen)}:
            bekend = {"bekend_op": (BEGIN + timedelta(days=gezien, hours=-1)).isoformat()}
            plaats = None if gezien % 2 else "woon"
            await _vergelijk(tx, werelden[gezien], Regels(gemengd, plaats), bekend)

    await voor_elk(database.pool, st.integers(0, 2**32), proef, 30)
