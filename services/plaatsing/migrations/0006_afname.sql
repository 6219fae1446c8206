-- Welke baan welke afnemer nu ziet: komt zij niet meer door het filter, dan krijgt de afnemer een lege waarde.
create table afname (
  plaatsing uuid not null,
  afnemer   text not null check (afnemer <> ''),
  primary key (plaatsing, afnemer)
);
