-- Where each history stood when another life of the database began: what is at
-- or before seq is of the lives before as well. No row where nobody can say.

create table epoch_head (
    jurisdiction text collate "C" not null,
    epoch        uuid not null,
    seq          bigint not null,
    constraint epoch_head_pkey primary key (jurisdiction, epoch)
);
