-- Version 4: how old sealed values are and how they fare. NULL where an earlier version wrote the row.

-- When its person logged in, when the value that stands there came, and when it was last taken to be refreshed.
ALTER TABLE credentials ADD COLUMN granted_at TEXT;
ALTER TABLE credentials ADD COLUMN sealed_at TEXT;
ALTER TABLE credentials ADD COLUMN used_at TEXT;
ALTER TABLE credentials ADD COLUMN failed_refreshes INTEGER NOT NULL DEFAULT 0;
