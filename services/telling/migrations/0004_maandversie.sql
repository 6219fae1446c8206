-- Wanneer er in een maand voor het laatst iets geboekt is: daaraan ziet een lezer of wat hij onthield nog geldt. Maand 0 is het
-- register, maand 1 wat er van werkgevers bekend is. shard is als bij stand (bij het register de bron), zodat twee instanties voor uren en register nooit dezelfde rij schrijven; (xid, keer)
-- komt nooit terug, ook niet na een teruggedraaide transactie.
create table maandversie (
  maand smallint not null,
  shard smallint not null,
  xid   xid8     not null,
  keer  bigint   not null,
  primary key (maand, shard)
) with (fillfactor = 50);
insert into maandversie
select maand, shard, pg_current_xact_id(), 0 from (select distinct maand, shard from stand) s
union all
select 0, bron, pg_current_xact_id(), 0 from (select distinct bron from registerboeking) r;
