-- Publishing that is in doubt, and publishing that was given up.

-- When the next tweet was sent for the first time, as long as nothing says whether it is on Twitter.
alter table ghostwren.outbox add column if not exists sent_at timestamptz;

alter table ghostwren.outbox drop constraint if exists outbox_state_check;
alter table ghostwren.outbox add constraint outbox_state_check
    check (state in ('pending', 'sending', 'posted', 'failed', 'unknown', 'ended'));

-- What was given up does not stand for its draft.
drop index if exists ghostwren.outbox_draft;
create unique index outbox_draft on ghostwren.outbox (account_id, draft_id)
    where draft_id is not null and state <> 'ended' and (state <> 'failed' or posted_ids <> '{}');
create index if not exists outbox_of_draft on ghostwren.outbox (account_id, draft_id, created_at);

create or replace function ghostwren.outbox_record(o ghostwren.outbox) returns jsonb
language sql stable parallel safe set search_path = ''
as $$
    select jsonb_build_object('id', o.id, 'account_id', o.account_id, 'draft_id', o.draft_id,
        'content_hash', o.content_hash, 'payload', o.payload::text, 'state', o.state, 'posted_ids', o.posted_ids,
        'attempts', o.attempts, 'error_code', o.error_code, 'fence', o.fence, 'lease_until', o.lease_until,
        'sent_at', o.sent_at, 'created_at', o.created_at, 'updated_at', o.updated_at)
$$;

-- Of those that were not given up the index `outbox_draft` allows one.
create or replace function ghostwren.outbox_of_draft(account_id uuid, draft_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned(account_id);
    return (
        select ghostwren.outbox_record(o) from ghostwren.outbox o
        where o.account_id = outbox_of_draft.account_id and o.draft_id = outbox_of_draft.draft_id
            and (o.state not in ('failed', 'ended') or o.posted_ids <> '{}')
        order by o.state = 'ended', o.created_at desc, o.id desc limit 1);
end
$$;

create or replace function ghostwren.put_outbox(entry jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
    e jsonb := ghostwren.arg(entry);
    account uuid := (e ->> 'account_id')::uuid;
    entry_id uuid := (e ->> 'id')::uuid;
    draft uuid := (e ->> 'draft_id')::uuid;
    approved ghostwren.drafts;
begin
    perform ghostwren.owned(account);
    if exists (select 1 from ghostwren.outbox o where o.account_id = account and o.id = entry_id) then
        return ghostwren.outbox_entry(entry_id);
    end if;
    if draft is not null then
        -- Locked: of two entries for one draft the second waits and finds the first.
        select * into approved from ghostwren.drafts d where d.account_id = account and d.id = draft for update;
        if approved.id is null then
            perform ghostwren.fail(404, 'store.no_draft', 'there is no such draft');
        end if;
        if exists (select 1 from ghostwren.outbox o where o.account_id = account and o.draft_id = draft
                and o.id <> entry_id and o.state <> 'ended' and (o.state <> 'failed' or o.posted_ids <> '{}')) then
            perform ghostwren.fail(409, 'outbox.already', 'the draft is in the outbox already',
                'Go on with the entry that is there.');
        end if;
        if approved.state <> 'approved' then
            perform ghostwren.fail(409, 'draft.state',
                format('the draft is in the state ''%s'', and only an approved one is published', approved.state),
                'Approve the draft first.');
        end if;
    end if;
    insert into ghostwren.outbox (account_id, id, draft_id, content_hash, payload)
        values (account, entry_id, draft, e ->> 'content_hash', (e ->> 'payload')::jsonb)
        on conflict on constraint outbox_pkey do nothing;
    perform ghostwren.touch(account);
    return ghostwren.outbox_entry(entry_id);
end
$$;

-- Something of it is left to be sent, and nobody is at it.
create or replace function ghostwren.is_free(entry ghostwren.outbox, now timestamptz) returns void
language plpgsql set search_path = ''
as $$
declare
    held timestamptz := ghostwren.held(entry.leased_at, entry.lease_until, now);
begin
    if entry.state = 'posted' then
        perform ghostwren.fail(409, 'outbox.posted', 'all of it is on Twitter', 'Look it up by its posted ids.');
    elsif entry.state = 'sending' and held is not null then
        perform ghostwren.fail_until(409, 'outbox.sending', 'another worker is sending it', held,
            'Wait until it is done, or until its lease has run out.');
    end if;
end
$$;

-- A draft gets another text or is approved no more: what waits to be sent of it is withdrawn. Too late for that once
-- something of it may be on Twitter, also of a thread that failed half-way.
create or replace function ghostwren.withdraw(account_id uuid, draft_id uuid, now timestamptz) returns void
language plpgsql set search_path = ''
as $$
begin
    update ghostwren.outbox o set state = 'failed', error_code = 'draft.changed', updated_at = withdraw.now
    where o.account_id = withdraw.account_id and o.draft_id = withdraw.draft_id and o.state = 'pending'
        and o.posted_ids = '{}';
    if exists (select 1 from ghostwren.outbox o where o.account_id = withdraw.account_id
            and o.draft_id = withdraw.draft_id
            and (o.state in ('pending', 'sending', 'unknown') or o.state = 'failed' and o.posted_ids <> '{}')) then
        perform ghostwren.fail(409, 'draft.publishing', 'the draft is being published',
            'Go on with its entry in the outbox, or give that up.');
    end if;
end
$$;

create or replace function ghostwren.begin_sending(entry_id uuid, lease_ms bigint) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    draft ghostwren.drafts;
    before ghostwren.outbox;
    now timestamptz;
    until timestamptz;
    after ghostwren.outbox;
begin
    -- The draft first, as `change_draft` locks them: of two that meet the second finds what the first one did.
    select d.* into draft from ghostwren.accounts a
        join ghostwren.outbox o on o.account_id = a.id
        join ghostwren.drafts d on d.account_id = o.account_id and d.id = o.draft_id
        where a.owner = (select auth.uid()) and o.id = entry_id for share of d;
    before := ghostwren.own_entry(entry_id);
    now := ghostwren.now_ms();
    until := ghostwren.lease_end(now, lease_ms);
    perform ghostwren.is_free(before, now);
    if before.state = 'ended' then
        perform ghostwren.fail(409, 'outbox.ended', 'its owner gave it up',
            'Approve the draft again and publish it anew, or what is left of it.');
    elsif before.state = 'failed' and before.posted_ids = '{}' then
        perform ghostwren.fail(409, 'outbox.failed', 'it failed or was withdrawn, and nothing of it is on Twitter',
            'Put a new entry into the outbox.');
    elsif before.draft_id is not null and draft.id is null then
        perform ghostwren.fail(404, 'store.no_draft', 'there is no such draft');
    elsif before.draft_id is not null and draft.state <> 'approved' then
        perform ghostwren.fail(409, 'draft.state',
            format('the draft is in the state ''%s'', and only an approved one is published', draft.state),
            'Approve the draft first.');
    end if;
    update ghostwren.outbox o set state = 'sending', attempts = o.attempts + 1, error_code = null, fence = o.fence + 1,
        leased_at = now, lease_until = until, updated_at = now
    where o.account_id = before.account_id and o.id = entry_id returning * into after;
    perform ghostwren.touch(before.account_id);
    return jsonb_build_object('entry', ghostwren.outbox_record(after), 'fence', after.fence, 'until', until,
        'interrupted', before.state in ('sending', 'unknown'));
end
$$;

create or replace function ghostwren.record_sending(entry_id uuid, fence bigint) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    before ghostwren.outbox := ghostwren.leased_entry(entry_id, fence);
    now timestamptz := ghostwren.now_ms();
begin
    update ghostwren.outbox o set sent_at = coalesce(o.sent_at, now), leased_at = now,
        lease_until = now + (o.lease_until - o.leased_at), updated_at = now
    where o.account_id = before.account_id and o.id = entry_id;
    perform ghostwren.touch(before.account_id);
    return ghostwren.outbox_entry(entry_id);
end
$$;

-- The next tweet of the thread may have this place and this id.
create or replace function ghostwren.next_tweet(entry ghostwren.outbox, place integer, tweet_id text) returns void
language plpgsql set search_path = ''
as $$
begin
    if tweet_id is null or place <> cardinality(entry.posted_ids) or place >= jsonb_array_length(entry.payload)
            or tweet_id = any (entry.posted_ids) then
        perform ghostwren.fail(409, 'outbox.position', format(
            'the tweet at %s cannot be recorded, the next one is %s', place, cardinality(entry.posted_ids)),
            'Read the entry again and go on where it is.');
    end if;
end
$$;

create or replace function ghostwren.record_posted(entry_id uuid, fence bigint, place integer, tweet_id text)
returns jsonb language plpgsql set search_path = ''
as $$
declare
    before ghostwren.outbox := ghostwren.leased_entry(entry_id, fence);
    now timestamptz := ghostwren.now_ms();
begin
    -- Arrays count from 1.
    if before.posted_ids[place + 1] = tweet_id then
        return ghostwren.outbox_record(before);
    end if;
    perform ghostwren.next_tweet(before, place, tweet_id);
    update ghostwren.outbox o set posted_ids = o.posted_ids || tweet_id, sent_at = null, leased_at = now,
        lease_until = now + (o.lease_until - o.leased_at), updated_at = now
    where o.account_id = before.account_id and o.id = entry_id;
    perform ghostwren.touch(before.account_id);
    return ghostwren.outbox_entry(entry_id);
end
$$;

create or replace function ghostwren.end_sending(entry_id uuid, fence bigint, outcome jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    o jsonb := ghostwren.arg(outcome);
    before ghostwren.outbox := ghostwren.leased_entry(entry_id, fence);
    now timestamptz := ghostwren.now_ms();
    posted integer := cardinality(before.posted_ids);
begin
    if o ->> 'outcome' = 'posted' then
        if posted < jsonb_array_length(before.payload) then
            perform ghostwren.fail(409, 'outbox.not_posted',
                format('%s of %s tweets are recorded', posted, jsonb_array_length(before.payload)),
                'Record each tweet of the thread first.');
        end if;
        -- Whatever was done to the draft meanwhile: it is on Twitter.
        update ghostwren.drafts d set state = 'published', updated_at = now
            where d.account_id = before.account_id and d.id = before.draft_id;
    end if;
    update ghostwren.outbox e set state = case o ->> 'outcome' when 'later' then 'pending' else o ->> 'outcome' end,
        error_code = o ->> 'code', sent_at = case o ->> 'outcome' when 'unknown' then e.sent_at end,
        leased_at = null, lease_until = null, updated_at = now
    where e.account_id = before.account_id and e.id = entry_id;
    perform ghostwren.touch(before.account_id);
    return ghostwren.outbox_entry(entry_id);
end
$$;

-- What the owner says of an entry that cannot go on by itself.
create or replace function ghostwren.resolve_outbox(entry_id uuid, resolution jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    r jsonb := ghostwren.arg(resolution);
    what text := r ->> 'resolution';
    tweet text := r ->> 'tweet_id';
    before ghostwren.outbox := ghostwren.own_entry(entry_id);
    now timestamptz := ghostwren.now_ms();
    posted text[] := before.posted_ids;
    becomes text := 'pending';
begin
    -- Said already. What failed before anything of it was tweeted stands for nothing either.
    if (case what
            when 'posted' then posted[cardinality(posted)] = tweet
            when 'not_posted' then before.state = 'pending'
            when 'given_up' then before.state = 'ended' or before.state = 'failed' and posted = '{}'
            end) then
        return ghostwren.outbox_record(before);
    end if;
    perform ghostwren.is_free(before, now);
    if what <> 'given_up' and before.state not in ('sending', 'unknown') then
        perform ghostwren.fail(409, 'outbox.not_in_doubt', 'nothing of it is in doubt',
            'Read the entry, which says how far it is.');
    end if;
    case what
        when 'given_up' then
            becomes := 'ended';
            update ghostwren.drafts d set state = 'draft', updated_at = now
                where d.account_id = before.account_id and d.id = before.draft_id and d.state = 'approved';
        when 'posted' then
            perform ghostwren.next_tweet(before, cardinality(posted), tweet);
            posted := posted || tweet;
            if cardinality(posted) = jsonb_array_length(before.payload) then
                becomes := 'posted';
                update ghostwren.drafts d set state = 'published', updated_at = now
                    where d.account_id = before.account_id and d.id = before.draft_id;
            end if;
        when 'not_posted' then
            null;
    end case;
    -- A worker that was slow has lost it.
    update ghostwren.outbox o set state = becomes, posted_ids = posted, sent_at = null, fence = o.fence + 1,
        leased_at = null, lease_until = null, updated_at = now,
        error_code = case becomes when 'ended' then o.error_code end
    where o.account_id = before.account_id and o.id = entry_id;
    perform ghostwren.touch(before.account_id);
    return ghostwren.outbox_entry(entry_id);
end
$$;

-- To say what became of a tweet is for the owner; a run may only write down that it sends one.
insert into ghostwren_private.run_methods (method, action) values ('record_sending', 'publish') on conflict do nothing;

create or replace function ghostwren.schema_version() returns bigint
language sql immutable parallel safe set search_path = ''
as $$ select 20261128000001 $$;

grant execute on function
    ghostwren.record_sending(uuid, bigint), ghostwren.resolve_outbox(uuid, jsonb),
    ghostwren.is_free(ghostwren.outbox, timestamptz), ghostwren.next_tweet(ghostwren.outbox, integer, text)
    to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
