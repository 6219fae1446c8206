-- Werkgevers, banen en urenregels, en wat er over elke (baan, maand) gezegd is. Perioden zijn half open: [van, tot).
-- Er is geen btree_gist: gelijkheid in een exclusion constraint is overlap van een bereik van één waarde.
create type uuidbereik as range (subtype = uuid);

-- nummer (loonheffingennummer), naam en groep kunnen een BSN of een mens zijn: alleen versleuteld, met een HMAC om op
-- te zoeken. Op de bus staat alleen de willekeurige sleutel `werkgever`.
create table werkgever (
  werkgever   uuid primary key,
  nummer      bytea not null,
  nummer_zoek bytea not null unique check (octet_length(nummer_zoek) = 32)
);

-- Wat er over een werkgever vanaf `van` is opgegeven. opgegeven_tot is wat de bron zei (leeg: tot de volgende opgave),
-- tot is wat daaruit volgt.
create table opgave (
  werkgever      uuid not null references werkgever,
  van            date not null,
  opgegeven_tot  date,
  tot            date,
  sector         text not null check (sector in ('markt', 'overheid')),
  subsector      text check (subsector <> ''),
  sbi            text check (sbi <> ''),
  grootteklasse  text check (grootteklasse <> ''),
  gemeente_zetel text check (gemeente_zetel ~ '^[0-9]{4}$'),
  naam           bytea,
  groep          bytea,
  groep_zoek     bytea check (octet_length(groep_zoek) = 32),
  primary key (werkgever, van),
  constraint periode_niet_leeg check (van < tot),
  constraint opgave_is_wat_volgt check (opgegeven_tot is null or opgegeven_tot = tot),
  constraint groep_heel check ((groep is null) = (groep_zoek is null)),
  constraint opgaven_overlappen_niet
    exclude using gist (uuidbereik(werkgever, werkgever, '[]') with &&, daterange(van, tot) with &&)
);
create index opgave_groep on opgave (groep_zoek) where groep_zoek is not null;

-- sector en subsector zijn die van de formele werkgever op `van`, zoals op `plaatsingen` gezegd; versie telt wat daar
-- over deze baan gezegd is.
create table plaatsing (
  plaatsing          uuid primary key,
  nr                 bigint generated always as identity unique,
  persoon            uuid not null,
  bron               text not null check (bron <> ''),
  referentie         text not null check (referentie <> ''),
  werkgever          uuid not null references werkgever,
  inlener            uuid references werkgever,
  vorm               text not null check (vorm in ('formeel', 'uitzendrelatie', 'wsw_detachering', 'overige_detachering',
                       'begeleid_werken', 'beschut_werk', 'wsw_beschut', 'wiw_id', 'proefplaatsing')),
  contract           text not null check (contract in ('vast', 'tijdelijk', 'onbekend')),
  uren_per_week_x100 integer not null check (uren_per_week_x100 between 0 and 16800),
  gemeente_werk      text not null check (gemeente_werk ~ '^[0-9]{4}$'),
  sector             text not null check (sector in ('markt', 'overheid')),
  subsector          text check (subsector <> ''),
  van                date not null,
  tot                date,
  route              text check (route <> ''),
  ikv                text check (ikv <> ''),
  versie             integer not null check (versie > 0),
  bekend_op          timestamptz,
  unique (referentie, bron),
  constraint periode_niet_leeg check (van < tot),
  constraint inlener_bij_inleen
    check (inlener is null or vorm in ('uitzendrelatie', 'wsw_detachering', 'overige_detachering'))
);
create index plaatsing_persoon on plaatsing (persoon);
create index plaatsing_werkgever on plaatsing (werkgever);
create index plaatsing_inlener on plaatsing (inlener) where inlener is not null;

-- Tijdvakken van één soort overlappen niet. Als rechthoek (baan en soort × dagen) kost dat in GiST 15 µs per regel, als
-- uuidbereik 70 en bij verbeteringen 450 (gemeten). Een rechthoek is met zijn randen: daarom een halve dag eraf.
create table urenregel (
  plaatsing_nr bigint not null references plaatsing (nr),
  soort        text not null check (soort in ('regulier', 'uitbetaling')),
  van          date not null,
  tot          date not null,
  uren_x100    integer not null,
  contract     text check (contract in ('vast', 'tijdelijk', 'onbekend')),
  leverancier  text not null check (leverancier <> ''),
  levering     text check (levering <> ''),
  bekend_op    timestamptz,
  primary key (plaatsing_nr, van, tot, soort),
  constraint tijdvak_niet_leeg check (van < tot),
  constraint tijdvak_niet_te_lang check (tot - van <= 366),
  constraint tijdvakken_overlappen_niet exclude using gist (
    box(
      point(plaatsing_nr * 2 + (soort = 'uitbetaling')::int, van - date '2000-01-01'),
      point(plaatsing_nr * 2 + (soort = 'uitbetaling')::int, tot - date '2000-01-01' - 0.5)
    ) with &&
  )
);

-- Wat er het laatst gezegd is; `vorig` van de volgende gebeurtenis komt hiervandaan en nergens anders (protocol 1).
-- stand: de canonieke JSON, of leeg als gezegd is dat er niets (meer) is.
create table gezegd (
  plaatsing_nr bigint not null references plaatsing (nr),
  maand        text not null check (maand ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  stand        text,
  bekend_op    timestamptz,
  leverancier  text not null,
  primary key (plaatsing_nr, maand)
);

-- De tijdlijnen van een persoon zoals intake ze het laatst zei.
create table register (
  persoon      uuid primary key,
  registraties jsonb not null,
  woonplaatsen jsonb not null
);

-- Vanaf sluit_op is de maand voor deze leverancier gesloten; dat beslist alleen over de reden.
create table maandsluiting (
  leverancier text not null check (leverancier <> ''),
  maand       text not null check (maand ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  sluit_op    date not null,
  primary key (leverancier, maand)
);
