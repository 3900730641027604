-- Named stretches of road: lines with a direction.

create table segment (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    code         text collate "C" not null,
    name         text not null,
    road         text not null,
    from_name    text not null,
    to_name      text not null,
    key          boolean not null,
    length_m     double precision not null,
    status       text not null,
    source       text not null default '',
    geom         geometry(linestring, 4326) not null,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint segment_pkey primary key (jurisdiction, id),
    constraint segment_status check (status in ('planned', 'in_service', 'removed')),
    constraint segment_geom_range check (st_xmin(geom) >= -180 and st_xmax(geom) <= 180 and st_ymin(geom) >= -90 and st_ymax(geom) <= 90)
);
create unique index segment_code_taken on segment (jurisdiction, code) where code <> '' and deleted_at is null;
create index segment_geom on segment using gist (geom);
