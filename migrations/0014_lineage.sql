-- What became of segments that were split or merged: weight is the length, in
-- millimetres, of the old one that went to the new one.

create table lineage (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    kind         text not null,
    from_segment uuid not null,
    to_segment   uuid not null,
    weight       bigint not null,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint lineage_pkey primary key (jurisdiction, id),
    constraint lineage_kind check (kind in ('split', 'merge')),
    constraint lineage_weight check (weight > 0)
);
create unique index lineage_once on lineage (jurisdiction, from_segment, to_segment) where deleted_at is null;
create index lineage_to on lineage (jurisdiction, to_segment);
create index segment_gone on segment (jurisdiction) where deleted_at is not null;
