-- Tijdelijk leeg: deze stap komt van een andere tak.
select 1;
