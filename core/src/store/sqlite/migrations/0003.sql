-- Publishing that is in doubt, and publishing that was given up.

-- When the next tweet was sent for the first time, as long as nothing says whether it is on Twitter.
ALTER TABLE outbox ADD COLUMN sent_at TEXT;

-- What was given up does not stand for its draft.
DROP INDEX outbox_draft;
CREATE UNIQUE INDEX outbox_draft ON outbox (account_id, draft_id)
    WHERE draft_id IS NOT NULL AND state <> 'ended' AND (state <> 'failed' OR posted_ids <> '[]');
CREATE INDEX outbox_of_draft ON outbox (account_id, draft_id, created_at DESC);
