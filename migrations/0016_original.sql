-- The original of a photo, as the camera made it, is a photo of its own that
-- follows its smaller copy. A copy has at most one.
alter table photo add column original_of uuid;
create unique index photo_original on photo (jurisdiction, original_of) where original_of is not null and deleted_at is null;
