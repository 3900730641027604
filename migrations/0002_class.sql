-- The catalogue of asset classes, one set per code profile, and the serials
-- given out within each class.

create table class (
    jurisdiction  text collate "C" not null,
    id            uuid not null,
    profile       text not null,
    code          text collate "C" not null,
    name          text not null,
    name_en       text not null,
    major_name    text not null,
    major_name_en text not null,
    geometry      text not null,
    icon          text not null,
    color         text not null,
    radius_m      double precision not null,
    accuracy_m    double precision not null,
    local         boolean not null,
    fields        json not null,
    version       integer not null,
    updated_at    timestamptz not null,
    deleted_at    timestamptz,
    constraint class_pkey primary key (jurisdiction, id),
    constraint class_code_taken unique (jurisdiction, profile, code),
    constraint class_code_format check (code ~ '^[0-9]{4}$'),
    constraint class_geometry check (geometry in ('point', 'line', 'polygon')),
    constraint class_color check (color ~ '^#[0-9a-f]{6}$')
);

create table class_serial (
    jurisdiction text collate "C" not null,
    class        text collate "C" not null,
    last         bigint not null,
    constraint class_serial_pkey primary key (jurisdiction, class)
);
