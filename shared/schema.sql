-- Leidingwerk van elke dienst: zeggen (uitgaand, relay), horen (verwerkt, geparkeerd), opdrachten (idempotentie).
-- Regels en redenen: docs/bezorging.md.

create table slot (sleutel text primary key);

create table uitgaand (
  id            uuid primary key,
  volgorde      bigint generated always as identity,
  topic         text not null,
  partitie      smallint not null,
  sleutel       text not null,
  type          text not null,
  data          bytea,
  correlatie    uuid,
  oorzaak       uuid,
  traceparent   text,
  publicatienr  bigint check (publicatienr > 0),
  ce_time       timestamptz,
  check ((publicatienr is null) = (ce_time is null)),
  unique (topic, partitie, publicatienr)
);
create index uitgaand_wacht on uitgaand (volgorde) where publicatienr is null;

create table relay_stand (
  een            boolean primary key default true check (een),
  relay          text,
  pid            integer,
  gecontroleerd  boolean not null default false,
  afwijking      text,
  ronde          timestamptz,
  peil_bevestigd timestamptz,
  historie       boolean not null default true
);
insert into relay_stand default values;

create table relay_merk (
  topic      text not null,
  partitie   smallint not null,
  genummerd  bigint not null default 0,
  bevestigd  bigint not null default 0,
  log_offset bigint,
  ce_id      uuid,
  primary key (topic, partitie),
  check (bevestigd <= genummerd),
  check ((bevestigd = 0) = (log_offset is null))
);

create table verwerkt (
  topic        text not null,
  partitie     smallint not null,
  log_offset   bigint not null default -1,
  publicatienr bigint not null default 0,
  ce_id        uuid,
  primary key (topic, partitie)
);

create table geparkeerd_sleutel (
  topic   text not null,
  sleutel text not null,
  sinds   timestamptz not null default clock_timestamp(),
  primary key (topic, sleutel)
);

create table geparkeerd (
  topic        text not null,
  sleutel      text not null,
  partitie     smallint not null,
  publicatienr bigint not null,
  log_offset   bigint not null,
  ce_id        uuid not null,
  ce_time      timestamptz not null,
  bron         text not null,
  type         text not null,
  correlatie   uuid,
  waarde       bytea,
  code         text not null,
  melding      text not null,
  primary key (topic, partitie, publicatienr),
  foreign key (topic, sleutel) references geparkeerd_sleutel
);
create index geparkeerd_op_sleutel on geparkeerd (topic, sleutel, publicatienr);

create table geparkeerd_handeling (
  id           bigint generated always as identity primary key,
  handeling    text not null check (handeling in ('hersteld', 'verworpen', 'opnieuw')),
  topic        text not null,
  sleutel      text not null,
  publicatienr bigint not null,
  ce_id        uuid not null,
  door         text not null,
  op           timestamptz not null default clock_timestamp()
);

create table dode_brief (
  topic      text not null,
  partitie   smallint not null,
  log_offset bigint not null,
  hash       bytea not null,
  reden      text not null,
  bron       text,
  waarde     bytea,
  op         timestamptz not null default clock_timestamp(),
  primary key (topic, partitie, log_offset, hash)
);

create table peil (
  bron     text primary key,
  tijd     timestamptz,
  historie boolean not null
);

create table idempotentie (
  client    text not null,
  route     text not null,
  sleutel   text not null,
  vinger    bytea not null,
  status    smallint not null,
  antwoord  jsonb not null,
  blijvend  boolean not null,
  op        timestamptz not null default clock_timestamp(),
  primary key (client, route, sleutel)
);
