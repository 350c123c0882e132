-- What timelines, custody and publishing ask of the store: a source of imports that looks for what is gone, a new token
-- that outlives its lease, and the entry of a draft in one step.

alter table ghostwren.import_runs drop constraint if exists import_runs_source_check;
alter table ghostwren.import_runs add constraint import_runs_source_check
    check (source in ('archive', 'timeline', 'reconcile'));

-- The entry that stands for a draft: in the words of the index `outbox_draft`, which allows one.
create or replace function ghostwren.outbox_of_draft(account_id uuid, draft_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned(account_id);
    return (
        select ghostwren.outbox_record(o) from ghostwren.outbox o
        where o.account_id = outbox_of_draft.account_id and o.draft_id = outbox_of_draft.draft_id
            and (o.state <> 'failed' or o.posted_ids <> '{}'));
end
$$;

create or replace function ghostwren.end_refresh(owner uuid, account_id uuid, name text, fence bigint, outcome jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
    o jsonb := ghostwren.arg(outcome);
    way text := o ->> 'outcome';
    stored ghostwren_private.credentials := ghostwren.locked_credential(owner, account_id, name);
    -- The fence alone decides, never the clock: who was slow may save as long as nobody took over.
    leased boolean := stored.fence = end_refresh.fence and stored.lease_until is not null;
    -- Who took over holds a token that was used up by this one; the new one must not be lost.
    rescued boolean := not leased and way = 'rotated'
        and (stored.key_id, stored.sealed) is not distinct from (o #>> '{from,key_id}', o #>> '{from,sealed}');
begin
    if not leased and not rescued then
        perform ghostwren.fail(409, 'credential.lease_lost',
            'the refresh was ended, or another refresh or login has begun since',
            'Read the credential again and use what is there.');
    end if;
    update ghostwren_private.credentials c set
        key_id = case when way = 'rotated' then o -> 'value' ->> 'key_id' else c.key_id end,
        sealed = case when way = 'rotated' then o -> 'value' ->> 'sealed' else c.sealed end,
        created_at = case when way = 'rotated' then ghostwren.now_ms() else c.created_at end,
        -- What an earlier refresh left in doubt stays in doubt.
        unended = case way when 'rotated' then 0 when 'unchanged' then greatest(c.unended - 1, 0) else c.unended end,
        failed_refreshes = case way when 'rotated' then 0 when 'unchanged' then c.failed_refreshes
            else c.failed_refreshes + 1 end,
        needs_login = case when way = 'dead' then o ->> 'reason' end,
        needs_login_since = case when way = 'dead' then ghostwren.now_ms() end,
        -- Every refresh that was begun since has lost its lease.
        fence = c.fence + rescued::integer, leased_at = null, lease_until = null
    where c.account_id = end_refresh.account_id and c.name = end_refresh.name;
end
$$;

insert into ghostwren_private.run_methods (method, action) values ('outbox_of_draft', 'publish') on conflict do nothing;

create or replace function ghostwren.schema_version() returns bigint
language sql immutable parallel safe set search_path = ''
as $$ select 20261125000014 $$;

grant execute on function ghostwren.outbox_of_draft(uuid, uuid) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
