-- The facilities themselves. segment, chainage_m, side, offset_m and community
-- are derived on save from the geometry.

create table asset (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    code         text collate "C" not null,
    class        text collate "C" not null,
    name         text not null,
    status       text not null,
    condition    text not null,
    segment      uuid,
    chainage_m   double precision,
    side         text not null default '',
    offset_m     double precision,
    community    uuid,
    accuracy_m   double precision,
    source       text not null default '',
    source_id    text collate "C" not null default '',
    source_crs   text not null default '',
    installed_on date,
    attributes   json not null,
    geom         geometry(geometry, 4326) not null,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint asset_pkey primary key (jurisdiction, id),
    constraint asset_status check (status in ('planned', 'in_service', 'removed')),
    constraint asset_condition check (condition in ('good', 'fair', 'poor', 'dangerous')),
    constraint asset_side check (side in ('', 'left', 'right')),
    constraint asset_geom_kind check (geometrytype(geom) in ('POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON')),
    constraint asset_geom_range check (st_xmin(geom) >= -180 and st_xmax(geom) <= 180 and st_ymin(geom) >= -90 and st_ymax(geom) <= 90)
);
-- A code stays taken after its asset is gone: it is never given out again.
create unique index asset_code_taken on asset (jurisdiction, code) where code <> '';
create unique index asset_source_taken on asset (jurisdiction, source, source_id) where source_id <> '';
create index asset_geom on asset using gist (geom);
