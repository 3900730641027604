-- The sums of what segments of today take over, by the segment that is no more,
-- kept in the transaction that changes them. An entry is counted once for a
-- segment: not where it has a share booked on the segment itself, and under the
-- first origin only where it has several.

create table carried_rollup (
    jurisdiction text collate "C" not null,
    basis        text not null,
    segment      uuid not null,
    origin       uuid not null,
    amount       bigint not null,
    entries      bigint not null,
    constraint carried_rollup_pkey primary key (jurisdiction, basis, segment, origin)
);
create index carried_rollup_segment on carried_rollup (jurisdiction, segment) include (basis, amount);

insert into carried_rollup (jurisdiction, basis, segment, origin, amount, entries)
select jurisdiction, basis, segment, origin, sum(amount)::bigint, count(*) filter (where first = 1 and not exists (select from allocation a
        where a.jurisdiction = c.jurisdiction and a.entry = c.entry and a.noun = 'segment' and a.target = c.segment))
from (select *, row_number() over (partition by jurisdiction, segment, entry order by origin) as first from carried) c
group by jurisdiction, basis, segment, origin;
