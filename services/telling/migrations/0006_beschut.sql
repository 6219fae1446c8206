-- Beschut werk en de andere aanvragen, als boekingen van +1 en -1; alleen erbij. bekend_op: microseconden sinds 1970 (UTC).
create table aanvraag (aanvraag_nr integer generated always as identity primary key, aanvraag uuid not null unique);

create table beschutboeking (
  feit           text     not null check (feit in ('AANVRAAG', 'ADVIES', 'BESLUIT', 'AANGEBODEN', 'INGETROKKEN',
                                                   'BUITEN_BEHANDELING', 'AFGEWEZEN_ZONDER_ONDERZOEK')),
  dag            date     not null,
  soort          text,     -- leeg: de aanvraag zelf is nog niet gehoord
  aanvrager      text,
  gemeente       text,
  kantoor        text,
  uitkomst       text,
  binnen_termijn boolean,
  delta          smallint not null check (delta in (-1, 1)),
  aanvraag_nr    integer  not null,
  persoon_nr     integer  not null,
  bron           smallint not null,
  bekend_op      bigint   not null,
  publicatienr   bigint   not null
);
create index beschutboeking_dag on beschutboeking (dag);

-- Wat van elke aanvraag het laatst gehoord is; hieruit volgt wat er geboekt staat.
create table beschutdossier (
  aanvraag_nr integer primary key,
  persoon_nr  integer not null,
  inhoud      jsonb   not null
);
create index beschutdossier_persoon on beschutdossier (persoon_nr);

-- Banen in beschut werk, om te weten wie werkt en hoe snel na een advies.
create table beschutbaan (
  plaatsing_nr integer primary key,
  versie       integer not null,
  persoon_nr   integer not null,
  gemeente     text,  -- leeg: geen beschut werk (meer)
  van          date,
  tot          date check (tot > van),
  check ((gemeente is null) = (van is null))
);
create table beschutbaanboeking (
  plaatsing_nr integer  not null,
  persoon_nr   integer  not null,
  gemeente     text     not null,
  van          date     not null,
  tot          date     check (tot > van),
  delta        smallint not null check (delta in (-1, 1)),
  bekend_op    bigint   not null
);
create index beschutbaanboeking_persoon on beschutbaanboeking (persoon_nr);

create table beschutaantal (
  gemeente    text     not null,
  jaar        smallint not null,
  aantal      integer  not null,
  bron        text     not null,
  besloten_op date     not null,
  van         date     not null,
  bekend_op   bigint   not null,
  gebeurtenis uuid     not null unique
);
create index beschutaantal_jaar on beschutaantal (jaar);

revoke update, delete, truncate on beschutboeking, beschutbaanboeking, beschutaantal from telling_app;
revoke update on aanvraag from telling_app;
