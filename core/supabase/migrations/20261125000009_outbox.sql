-- Publishing: what is to be sent, what was sent, and who is sending.

create or replace function ghostwren.outbox_record(o ghostwren.outbox) returns jsonb
language sql stable parallel safe set search_path = ''
as $$
    select jsonb_build_object('id', o.id, 'account_id', o.account_id, 'draft_id', o.draft_id,
        'content_hash', o.content_hash, 'payload', o.payload::text, 'state', o.state, 'posted_ids', o.posted_ids,
        'attempts', o.attempts, 'error_code', o.error_code, 'fence', o.fence, 'lease_until', o.lease_until,
        'created_at', o.created_at, 'updated_at', o.updated_at)
$$;

-- The entry, locked until the end of the call.
create or replace function ghostwren.own_entry(entry_id uuid) returns ghostwren.outbox
language plpgsql set search_path = ''
as $$
declare
    found ghostwren.outbox;
begin
    select o.* into found from ghostwren.accounts a join ghostwren.outbox o on o.account_id = a.id
        where a.owner = (select auth.uid()) and o.id = entry_id for update of o;
    if found.id is null then
        perform ghostwren.fail(404, 'store.no_outbox_entry', 'the outbox has no such entry');
    end if;
    return found;
end
$$;

create or replace function ghostwren.outbox_entry(entry_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    found jsonb;
begin
    select ghostwren.outbox_record(o) into found from ghostwren.accounts a
        join ghostwren.outbox o on o.account_id = a.id
        where a.owner = (select auth.uid()) and o.id = entry_id;
    if found is null then
        perform ghostwren.fail(404, 'store.no_outbox_entry', 'the outbox has no such entry');
    end if;
    return found;
end
$$;

create or replace function ghostwren.outbox(
    account_id uuid, page_size integer default 100, after_at timestamptz default null, after_id uuid default null)
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.sized(page_size);
    perform ghostwren.owned(account_id);
    return (
        select ghostwren.page(jsonb_agg(ghostwren.outbox_record(o) order by o.created_at desc, o.id desc), page_size)
        from (select * from ghostwren.outbox i where i.account_id = outbox.account_id
                and (after_at is null or (i.created_at, i.id) < (after_at, after_id))
            order by i.created_at desc, i.id desc limit page_size + 1) o);
end
$$;

-- A draft gets another text or is approved no more: what waits to be sent of it is withdrawn. Too late for that once
-- something of it may be on Twitter.
create or replace function ghostwren.withdraw(account_id uuid, draft_id uuid, now timestamptz) returns void
language plpgsql set search_path = ''
as $$
begin
    update ghostwren.outbox o set state = 'failed', error_code = 'draft.changed', updated_at = withdraw.now
    where o.account_id = withdraw.account_id and o.draft_id = withdraw.draft_id and o.state = 'pending'
        and o.posted_ids = '{}';
    if exists (select 1 from ghostwren.outbox o where o.account_id = withdraw.account_id
            and o.draft_id = withdraw.draft_id and o.state in ('pending', 'sending', 'unknown')) then
        perform ghostwren.fail(409, 'draft.publishing', 'the draft is being published',
            'Bring its entry in the outbox to an end first.');
    end if;
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
                and o.id <> entry_id and (o.state <> 'failed' or o.posted_ids <> '{}')) then
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

create or replace function ghostwren.begin_sending(entry_id uuid, lease_ms bigint) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    before ghostwren.outbox := ghostwren.own_entry(entry_id);
    now timestamptz := ghostwren.now_ms();
    held timestamptz := ghostwren.held(before.leased_at, before.lease_until, now);
    until timestamptz := ghostwren.lease_end(now, lease_ms);
    after ghostwren.outbox;
begin
    if before.state = 'posted' then
        perform ghostwren.fail(409, 'outbox.posted', 'all of it is on Twitter', 'Look it up by its posted ids.');
    elsif before.state = 'sending' and held is not null then
        perform ghostwren.fail_until(409, 'outbox.sending', 'another worker is sending it', held,
            'Wait until it is done, or until its lease has run out.');
    elsif before.state = 'failed' and before.posted_ids = '{}' then
        perform ghostwren.fail(409, 'outbox.failed', 'it failed or was withdrawn, and nothing of it is on Twitter',
            'Put a new entry into the outbox.');
    end if;
    update ghostwren.outbox o set state = 'sending', attempts = o.attempts + 1, error_code = null, fence = o.fence + 1,
        leased_at = now, lease_until = until, updated_at = now
    where o.account_id = before.account_id and o.id = entry_id returning * into after;
    perform ghostwren.touch(before.account_id);
    return jsonb_build_object('entry', ghostwren.outbox_record(after), 'fence', after.fence, 'until', until,
        'interrupted', before.state in ('sending', 'unknown'));
end
$$;

-- The entry, locked, whose newest lease has this fence. The fence alone decides, never the clock.
create or replace function ghostwren.leased_entry(entry_id uuid, fence bigint) returns ghostwren.outbox
language plpgsql set search_path = ''
as $$
declare
    entry ghostwren.outbox := ghostwren.own_entry(entry_id);
begin
    if entry.fence <> leased_entry.fence or entry.state <> 'sending' then
        perform ghostwren.fail(409, 'outbox.lease_lost',
            'another worker has taken this entry over, or the attempt has ended',
            'Send nothing more; read the entry to see how far it is.');
    end if;
    return entry;
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
    if place <> cardinality(before.posted_ids) or place >= jsonb_array_length(before.payload) then
        perform ghostwren.fail(409, 'outbox.position', format(
            'the tweet at %s cannot be recorded, the next one is %s', place, cardinality(before.posted_ids)),
            'Read the entry again and go on where it is.');
    end if;
    update ghostwren.outbox o set posted_ids = o.posted_ids || tweet_id, leased_at = now,
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
        error_code = o ->> 'code', leased_at = null, lease_until = null, updated_at = now
    where e.account_id = before.account_id and e.id = entry_id;
    perform ghostwren.touch(before.account_id);
    return ghostwren.outbox_entry(entry_id);
end
$$;

grant execute on function
    ghostwren.outbox_record(ghostwren.outbox), ghostwren.own_entry(uuid), ghostwren.outbox_entry(uuid),
    ghostwren.outbox(uuid, integer, timestamptz, uuid), ghostwren.withdraw(uuid, uuid, timestamptz),
    ghostwren.put_outbox(jsonb), ghostwren.begin_sending(uuid, bigint), ghostwren.leased_entry(uuid, bigint),
    ghostwren.record_posted(uuid, bigint, integer, text), ghostwren.end_sending(uuid, bigint, jsonb) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
