-- The background map that is drawn without the internet.

create table basemap (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    kind         text not null,
    name         text not null,
    source       text not null default '',
    geom         geometry(geometry, 4326) not null,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint basemap_pkey primary key (jurisdiction, id),
    constraint basemap_kind check (kind in ('water', 'green', 'block', 'building')),
    constraint basemap_geom_kind check (geometrytype(geom) in ('POLYGON', 'MULTIPOLYGON')),
    constraint basemap_geom_range check (st_xmin(geom) >= -180 and st_xmax(geom) <= 180 and st_ymin(geom) >= -90 and st_ymax(geom) <= 90)
);
