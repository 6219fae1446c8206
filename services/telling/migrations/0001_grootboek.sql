-- Het grootboek van telling. Boekingen worden alleen toegevoegd: de app-rol mag ze niet wijzigen of wissen.
-- Een maand is jaar * 12 + (maand - 1); uren zijn honderdsten; bekend_op is in microseconden sinds 1970 (UTC).

-- Nummers staan voor personen, banen en werkgevers; een nummer komt nooit terug. Vergeten is de rij wissen.
create table persoon   (persoon_nr   integer generated always as identity primary key, persoon   uuid not null unique);
create table plaatsing (plaatsing_nr integer generated always as identity primary key, plaatsing uuid not null unique);
create table werkgever (werkgever_nr integer generated always as identity primary key, werkgever uuid not null unique);

-- Waar een boeking vandaan komt: topic en partitie.
create table bron (
  bron_id  smallint generated always as identity primary key,
  topic    text not null,
  partitie smallint not null,
  unique (topic, partitie)
);

-- Eén combinatie van kenmerken, zoals de gebeurtenis haar zegt; sleutel is haar canonieke JSON.
create table cel (
  cel_id               integer generated always as identity primary key,
  sleutel              text not null unique,
  gemeente_werk        text not null check (gemeente_werk ~ '^[0-9]{4}$'),
  gemeente_woon        text check (gemeente_woon ~ '^[0-9]{4}$'),
  sector               text not null check (sector in ('markt', 'overheid')),
  subsector            text,
  sector_inlener       text check (sector_inlener in ('markt', 'overheid')),
  subsector_inlener    text,
  vorm                 text not null,
  contract             text not null,
  grondslagen_maand    text not null,  -- codes op volgorde met komma's ertussen
  grondslagen_kwartaal text not null
);

create table reden (reden smallint primary key, naam text not null unique);
insert into reden values
  (1, 'LEVERING'), (2, 'NALEVERING'), (3, 'CORRECTIE'), (4, 'STATUS'), (5, 'STATUS_CORRECTIE'), (6, 'SECTOR_CORRECTIE'),
  (7, 'GEMEENTE_CORRECTIE'), (8, 'WETSWIJZIGING'), (9, 'AFBAKENING'), (10, 'LEVERING_INGETROKKEN'), (11, 'ONGEDAAN');

-- Vaste breedte, zonder opvulling; geen sleutel en geen btree zolang de maand loopt. Zoals toen bekend = saldo min de
-- staart van latere boekingen, en die staart vindt BRIN. been: +1 is nieuw, -1 is vorig.
create table boeking (
  maand           smallint not null,
  reden           smallint not null,
  been            smallint not null,
  bron            smallint not null,
  cel_id          integer  not null,
  delta_uren_x100 integer  not null,
  persoon_nr      integer  not null,
  plaatsing_nr    integer  not null,
  werkgever_nr    integer  not null,
  bekend_op       bigint   not null,
  publicatienr    bigint   not null
) partition by range (maand);
create index boeking_bekend on boeking using brin (bekend_op);

-- Een partitie per kwartaal van 2012 tot en met 2035 (de app-rol mag er geen maken); wat daarbuiten valt, in de rest. Per
-- kwartaal, omdat cijfers kwartalen lezen; per maand zou de catalogus verdrievoudigen zonder dat een vraag er minder om leest.
do $$ declare k integer; begin
  for k in 2012 * 4 .. 2036 * 4 - 1 loop
    execute format('create table boeking_%s_q%s partition of boeking for values from (%s) to (%s)',
                   k / 4, k % 4 + 1, k * 3, k * 3 + 3);
  end loop;
end $$;
create table boeking_rest partition of boeking default;

-- Lopend saldo; shard volgt de partitie, zodat twee instanties nooit dezelfde rij schrijven.
create table stand (
  maand     smallint not null,
  cel_id    integer  not null,
  shard     smallint not null,
  uren_x100 bigint   not null,
  boekingen integer  not null,
  gezegd    integer  not null,  -- baan-maanden die nu in deze cel gezegd zijn
  primary key (maand, cel_id, shard)
) with (fillfactor = 70);

-- Het register: wie erin staat, als boekingen van +1 en -1; en wat daarvan het laatst geboekt is.
create table registerboeking (
  persoon_nr   integer  not null,
  grondslag    text     not null,
  van          date     not null,
  tot          date     check (tot > van),
  delta        smallint not null check (delta in (-1, 1)),
  bron         smallint not null,
  bekend_op    bigint   not null,
  publicatienr bigint   not null
);
create index registerboeking_bekend on registerboeking using brin (bekend_op);
create table inschrijving (
  persoon_nr integer not null,
  grondslag  text    not null,
  van        date    not null,
  tot        date    check (tot > van),
  primary key (persoon_nr, grondslag, van)
);

-- Banen, alleen om te weten in welke maanden uren te verwachten zijn: +1 in de eerste maand, -1 in de maand na de laatste.
create table baan (
  plaatsing_nr integer primary key,
  versie       integer not null,
  vorm         text,
  van          date,
  tot          date,
  check ((vorm is null) = (van is null)),
  check (tot > van)
);
create table baanboeking (
  plaatsing_nr integer  not null,
  vorm         text     not null,
  maand        smallint not null,
  delta        smallint not null,
  bekend_op    bigint   not null
);

-- Regels als gedateerde gegevens: nooit gewijzigd, wel door een latere met dezelfde sleutel vervangen. Bekend vanaf
-- bekend_op (geladen historie) of anders vanaf het tijdstip van haar eigen gebeurtenis.
create table regel (
  regel_nr     integer generated always as identity primary key,
  soort        text  not null,
  sleutel      text  not null,
  versie       text  not null,
  inhoud       jsonb not null,
  bron         text  not null,
  bekend_op    timestamptz,
  gebeurtenis  uuid  not null unique
);
create index regel_sleutel on regel (soort, sleutel);

do $$ declare tabel regclass; begin
  for tabel in select 'boeking'::regclass union select inhrelid::regclass from pg_inherits where inhparent = 'boeking'::regclass
               union select unnest(array['registerboeking', 'baanboeking', 'regel', 'reden']::regclass[]) loop
    execute format('revoke update, delete, truncate on %s from telling_app', tabel);
  end loop;
end $$;
revoke insert on reden from telling_app;
revoke update on cel, persoon, plaatsing, werkgever, bron from telling_app;
revoke delete on cel, bron from telling_app;
