-- Criteria en bevindingen bij een advies: AES-256-GCM (shared/kluis.py). Nooit op de bus; weg met de aanvraag.
create table bevinding (
  aanvraag uuid primary key references aanvraag on delete cascade,
  inhoud   bytea not null,
  client   text not null,
  op       timestamptz not null default now()
);

-- Wie wanneer een bevinding las of wilde lezen: alleen erbij.
create table inzage (
  nr         bigint generated always as identity primary key,
  op         timestamptz not null default now(),
  client     text not null,
  gemeente   text,
  aanvraag   uuid not null,
  uitkomst   text not null check (uitkomst in ('beantwoord', 'geweigerd')),
  activiteit text not null,
  trace_id   bytea not null check (octet_length(trace_id) = 16)
);
create index inzage_aanvraag on inzage (aanvraag, nr);
revoke update, delete, truncate on inzage from beoordeling_app;
