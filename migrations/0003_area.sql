-- Polygons inside a jurisdiction. The coordinate range is checked here as well
-- as in the program: PostGIS itself stores NaN and Infinity, and one of them
-- makes every list and index that meets it wrong.

create table area (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    code         text collate "C" not null,
    name         text not null,
    level        text not null,
    parent       uuid,
    area_m2      double precision not null,
    residents    integer,
    source       text not null default '',
    geom         geometry(geometry, 4326) not null,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint area_pkey primary key (jurisdiction, id),
    constraint area_level check (level in ('boundary', 'community', 'resettlement', 'compound', 'grid')),
    constraint area_geom_kind check (geometrytype(geom) in ('POLYGON', 'MULTIPOLYGON')),
    constraint area_geom_range check (st_xmin(geom) >= -180 and st_xmax(geom) <= 180 and st_ymin(geom) >= -90 and st_ymax(geom) <= 90)
);
create unique index area_code_taken on area (jurisdiction, level, code) where code <> '' and deleted_at is null;
create unique index area_boundary_once on area (jurisdiction) where level = 'boundary' and deleted_at is null;
create index area_geom on area using gist (geom);
