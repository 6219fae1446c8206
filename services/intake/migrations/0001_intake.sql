-- De kluis: het enige waar een BSN staat, versleuteld (AES-256-GCM) en als zoeksleutel (HMAC-SHA256).
-- `persoon` is het pseudoniem: willekeurig, nergens uit af te leiden.
create table kluis (
  persoon         uuid primary key,
  bsn_hmac        bytea not null unique check (octet_length(bsn_hmac) = 32),
  bsn_versleuteld bytea not null,
  geboortedatum   bytea,
  overleden_op    bytea
);

-- Wie hoeveel BSN's omwisselde en wanneer; geen BSN en geen pseudoniem. Alleen aanvullen.
create table raadpleging (
  nr         bigint generated always as identity primary key,
  op         timestamptz not null default clock_timestamp(),
  client     text not null check (client <> ''),
  aantal     integer not null check (aantal >= 0),
  proef      boolean not null,
  correlatie uuid not null
);

-- Wat er over iemand gezegd is: `bekend_op` van het laatste feit (leeg: op logtijd, of nog niets gezegd).
create table tijdlijn (
  persoon       uuid primary key,
  gezegd        boolean not null,
  bekend_op     timestamptz,
  verworpen     text[] not null default '{}',
  beschut_vanaf date[] not null default '{}',
  check (gezegd or bekend_op is null)
);

create type grondslag as enum (
  'PW_INDICATIE', 'PW_PRAKTIJKROUTE', 'WSW', 'WAJONG_OUD', 'WAJONG_NIEUW', 'WAJONG_NIEUW_VOORTGEZET',
  'WAJONG_NIEUW_ARBEIDSONDERSTEUNING', 'WAJONG_DUURZAAM_GEEN', 'VSO_PRO', 'ENTREE', 'WAJONG_AFGEWEZEN',
  'WSW_VERLOPEN', 'EIGEN_VERZOEK', 'OVERGANG', 'IVA_LOONDISPENSATIE', 'LID2_VOOR18', 'WIW_ID'
);

-- Perioden die niet mogen overlappen, zonder btree_gist: gelijkheid is de overlap van twee bereiken van één waarde.
-- PostgreSQL weet van onze bereiken niet hoe ver waarden uiteen liggen, en de index wordt dan traag; de eerste kolom
-- (een hash, waarvan het dat wel weet) is er alleen voor de snelheid, de andere beslissen.
create type uuidbereik as range (subtype = uuid);
create type grondslagbereik as range (subtype = grondslag);

-- De stand van nu. Perioden zijn half open, [van, tot); `tot` leeg: loopt nog.
create table registratie (
  persoon   uuid not null references tijdlijn,
  grondslag grondslag not null,
  van       date not null check (isfinite(van)),
  tot       date check (isfinite(tot) and tot > van),
  primary key (persoon, grondslag, van),
  constraint registratie_overlapt exclude using gist (
    int8range(uuid_hash_extended(persoon, 0), uuid_hash_extended(persoon, 0), '[]') with &&,
    uuidbereik(persoon, persoon, '[]') with &&,
    grondslagbereik(grondslag, grondslag, '[]') with &&,
    daterange(van, tot) with &&
  )
);

-- Een woonplaats geldt van `van` tot de volgende: overlap is niet op te schrijven.
create table woonplaats (
  persoon  uuid not null references tijdlijn,
  gemeente text not null check (gemeente ~ '^[0-9]{4}$'),
  van      date not null check (isfinite(van)),
  primary key (persoon, van)
);

-- Wat wanneer bekend was: elke periode die erbij kwam (+1) of wegging (-1). Alleen aanvullen. De som van `teken` over
-- wat op een moment bekend was, is de stand van toen. Bekend: `bekend_op` in geladen historie, anders `opgetekend_op`.
create table registratie_historie (
  nr            bigint generated always as identity primary key,
  persoon       uuid not null,
  grondslag     grondslag not null,
  van           date not null,
  tot           date,
  teken         smallint not null check (teken in (-1, 1)),
  bekend_op     timestamptz,
  opgetekend_op timestamptz not null default now()
);
create index registratie_historie_persoon on registratie_historie (persoon);

create table woonplaats_historie (
  nr            bigint generated always as identity primary key,
  persoon       uuid not null,
  gemeente      text not null,
  van           date not null,
  teken         smallint not null check (teken in (-1, 1)),
  bekend_op     timestamptz,
  opgetekend_op timestamptz not null default now()
);
create index woonplaats_historie_persoon on woonplaats_historie (persoon);

revoke delete on kluis, tijdlijn from intake_app;
revoke update, delete on raadpleging, registratie_historie, woonplaats_historie from intake_app;
