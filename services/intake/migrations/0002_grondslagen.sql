-- Grondslagen waarvan de voorwaarden vervielen: wie blijft, blijft door Wfsv art. 38b lid 6.
alter table tijdlijn add column vervallen text[] not null default '{}';

-- Wat er over het vervallen van voorwaarden gemeld is. Alleen aanvullen; nooit in een gebeurtenis.
create table voorwaarden_vervallen (
  nr            bigint generated always as identity primary key,
  persoon       uuid not null,
  grondslag     grondslag not null,
  vervallen_op  date not null,
  reden         text not null check (reden in ('HERBEOORDELING', 'LOONWAARDE_BOVEN_WML', 'VERLOPEN')),
  bekend_op     timestamptz,
  opgetekend_op timestamptz not null default now(),
  unique (persoon, grondslag, vervallen_op, reden)
);

-- Het bewijs bij een registratie, in honderdsten van procenten; nooit in een gebeurtenis.
create table registratie_bewijs (
  persoon         uuid not null,
  grondslag       grondslag not null,
  van             date not null,
  loonwaarde_x100 integer check (loonwaarde_x100 >= 0 and loonwaarde_x100 < 10000),
  loonwaarde_op   date,
  verzoek_op      date,
  opgetekend_op   timestamptz not null default now(),
  primary key (persoon, grondslag, van)
);

-- In welke maand iemand op zijn vroegst de AOW-leeftijd bereikt. De dag zelf staat alleen versleuteld in de kluis.
create table termijn (
  persoon uuid primary key,
  maand   date not null check (extract(day from maand) = 1)
);
create index termijn_maand on termijn (maand, persoon);

revoke update, delete, truncate on voorwaarden_vervallen from intake_app;
