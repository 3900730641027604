-- What a map shows of a segment beside its own members is counted when it is
-- asked for: the living assets on it, and what entries bought.

create index asset_on_segment on asset (jurisdiction, segment) include (condition) where deleted_at is null and status <> 'removed';
create index asset_history_on_segment on asset_history (jurisdiction, segment) where deleted_at is null and status <> 'removed';
create index entry_bought on entry (jurisdiction, id) where assets is not null;
