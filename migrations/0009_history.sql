-- Versions that are no longer the present one, beside the rows they were of.
-- A row moves here in the transaction that supersedes it, so that what a
-- registry was at a time T is: present rows since T or earlier, and rows here
-- whose span holds T. An import writes nothing here.

create table area_history (like area, ended_at timestamptz not null,
    constraint area_history_pkey primary key (jurisdiction, id, version));
create table segment_history (like segment, ended_at timestamptz not null,
    constraint segment_history_pkey primary key (jurisdiction, id, version));
create table asset_history (like asset, ended_at timestamptz not null,
    constraint asset_history_pkey primary key (jurisdiction, id, version));

-- Place and time in one index: a box in the past is as cheap as one today.
create index area_history_span on area_history using gist (geom, tstzrange(updated_at, ended_at));
create index segment_history_span on segment_history using gist (geom, tstzrange(updated_at, ended_at));
create index asset_history_span on asset_history using gist (geom, tstzrange(updated_at, ended_at));

create index change_time on change (jurisdiction, at);
