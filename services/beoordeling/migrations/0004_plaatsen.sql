-- Aantallen en volgordes zoals besloten: alleen erbij, zodat te zien blijft wat wanneer bekend was.
create table te_realiseren (
  nr          bigint generated always as identity primary key,
  gemeente    text not null check (gemeente ~ '^[0-9]{4}$'),
  jaar        smallint not null,
  bron        text not null check (bron in ('REGELING', 'VERORDENING')),
  aantal      integer not null check (aantal >= 0),
  besloten_op date not null,
  van         date not null,
  bekend_op   timestamptz not null
);
create index te_realiseren_gemeente on te_realiseren (gemeente, jaar);
create table wachtlijstvolgorde (
  nr        bigint generated always as identity primary key,
  gemeente  text not null check (gemeente ~ '^[0-9]{4}$'),
  volgorde  text not null check (volgorde in ('BESLUIT', 'AANVRAAG', 'VOORRANG')),
  van       date not null,
  bekend_op timestamptz not null
);
create index wachtlijstvolgorde_gemeente on wachtlijstvolgorde (gemeente);
revoke update, delete, truncate on te_realiseren, wachtlijstvolgorde from beoordeling_app;

-- Banen zoals plaatsing ze zegt; een gewijzigde baan is zoals zij het laatst is.
create table werk (
  plaatsing         uuid primary key,
  persoon           uuid not null,
  vorm              text not null,
  gemeente          text not null,
  uren_per_week_x100 integer not null check (uren_per_week_x100 >= 0),
  van               date not null,
  tot               date,
  reden             text not null default 'ONBEKEND',
  versie            integer not null,
  ongedaan          boolean not null default false
);
create index werk_persoon on werk (persoon);
create index werk_beschut on werk (gemeente) where vorm = 'beschut_werk';

-- Wie wanneer in het doelgroepregister staat, op welke grond ook.
create table geregistreerd (
  persoon uuid not null,
  van     date not null,
  tot     date check (tot > van)
);
create index geregistreerd_persoon on geregistreerd (persoon);

-- Gemeenten waar misschien een plaats te geven is: alleen erbij, en weg door wie verdeelt.
create table te_verdelen (
  nr       bigint generated always as identity primary key,
  gemeente text not null
);
create index te_verdelen_gemeente on te_verdelen (gemeente);

drop index aanvraag_beschut;
create index aanvraag_beschut on aanvraag (gemeente, besluit) where soort = 'BESCHUT_WERK' and besluit is not null;
