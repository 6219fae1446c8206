-- Wat vóór de keten is vastgelegd, blijft staan zoals het was.
alter table raadpleging rename to raadpleging_voor_keten;

-- Wie wanneer naar wie keek: een keten van schakels. `hash` is SHA-256 over `vorige` en de canonieke inhoud (alles
-- behalve `betrokkene`), `vorige` is de hash van de schakel ervoor (de eerste: nullen), `nr` heeft geen gaten.
-- Velden van het Logboek Dataverwerkingen: trace_id, span_id, naam, begin, einde, status (1 goed, 2 fout), activiteit
-- (processing_activity_id), betrokkene (data_subject_id, versleuteld) met zijn soort. Alleen aanvullen.
create table raadpleging (
  nr               bigint primary key check (nr > 0),
  trace_id         bytea not null check (octet_length(trace_id) = 16),
  span_id          bytea not null check (octet_length(span_id) = 8),
  ouder_span_id    bytea check (octet_length(ouder_span_id) = 8),
  naam             text not null check (naam <> ''),
  begin            timestamptz not null,
  einde            timestamptz not null,
  status           smallint not null check (status in (1, 2)),
  activiteit       text not null check (activiteit <> ''),
  client           text not null check (client <> ''),
  werkgever        uuid,
  gemeente         text,
  uitkomst         text not null,
  aantal           integer not null check (aantal >= 0),
  proef            boolean not null,
  correlatie       uuid not null,
  samenvatting     bytea check (octet_length(samenvatting) = 32),
  betrokkene_soort text check (betrokkene_soort in ('pseudoniem', 'zoeksleutel')),
  betrokkene_hmac  bytea check (octet_length(betrokkene_hmac) = 32),
  betrokkene       bytea,
  vorige           bytea not null check (octet_length(vorige) = 32),
  hash             bytea not null check (octet_length(hash) = 32),
  check ((betrokkene_soort is null) = (betrokkene_hmac is null)),
  check (betrokkene is null or betrokkene_hmac is not null)
);
create index raadpleging_betrokkene on raadpleging (betrokkene_hmac, nr) where betrokkene_hmac is not null;

-- De laatste schakel. Wie aanvult neemt eerst het slot op deze rij, als laatste slot van zijn transactie.
create table raadpleging_kop (
  een  boolean primary key default true check (een),
  nr   bigint not null,
  hash bytea not null check (octet_length(hash) = 32)
);
insert into raadpleging_kop (nr, hash) values (0, decode(repeat('00', 32), 'hex'));

-- Een werkgever verklaart dat iemand bij hem solliciteert en met de vraag instemt. Op zoeksleutel: wie onbekend is,
-- krijgt hierdoor geen pseudoniem.
create table kandidaatverklaring (
  werkgever     uuid not null,
  bsn_hmac      bytea not null check (octet_length(bsn_hmac) = 32),
  toestemming_op date not null,
  client        text not null check (client <> ''),
  opgetekend_op timestamptz not null default clock_timestamp(),
  primary key (werkgever, bsn_hmac, toestemming_op)
);

-- Van een schakel mag alleen de versleutelde betrokkene opnieuw versleuteld of gewist worden.
revoke update, delete, truncate on raadpleging, raadpleging_voor_keten from intake_app;
grant update (betrokkene) on raadpleging to intake_app;
revoke insert, delete, truncate on raadpleging_kop from intake_app;
revoke update, truncate on kandidaatverklaring from intake_app;

-- Wie waar werkt, zoals plaatsing het zegt (`versie` per plaatsing). Een ongedaan gemaakte baan is er nooit geweest.
create table werk (
  plaatsing uuid primary key,
  persoon   uuid not null,
  werkgever uuid not null,
  inlener   uuid,
  vorm      text not null,
  van       date not null,
  tot       date,
  versie    bigint not null,
  ongedaan  boolean not null default false
);
create index werk_persoon on werk (persoon);
