-- A model call is logged before it is sent, and completed once: a call whose process is killed leaves its row.

-- The log is written to only where a call has no end yet.
grant update (model, request_id, input_tokens, cached_tokens, output_tokens, reasoning_tokens, cost_micros, latency_ms,
    attempts, outcome) on ghostwren.ai_runs to authenticated;
drop policy if exists ended_calls_stay on ghostwren.ai_runs;
create policy ended_calls_stay on ghostwren.ai_runs as restrictive for update to authenticated
    using (outcome ->> 'outcome' = 'open') with check (outcome ->> 'outcome' <> 'open');

create or replace function ghostwren.log_ai_run(run jsonb, reservation uuid default null) returns void
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
    r jsonb := ghostwren.arg(run);
    account uuid := (r ->> 'account_id')::uuid;
    who uuid := ghostwren.owned(account);
    cost numeric := (r ->> 'cost_micros')::numeric;
    is_open boolean := coalesce(r -> 'outcome' ->> 'outcome' = 'open', false);
    freed ghostwren.spend_reservations;
begin
    insert into ghostwren.ai_runs (account_id, id, purpose, provider, model, request_id, request_hash, input_tokens,
        cached_tokens, output_tokens, reasoning_tokens, cost_micros, latency_ms, attempts, outcome, created_at)
    values (account, (r ->> 'id')::uuid, r ->> 'purpose', r ->> 'provider', r ->> 'model', r ->> 'request_id',
        r ->> 'request_hash', ghostwren.micros((r ->> 'input_tokens')::numeric),
        ghostwren.micros((r ->> 'cached_tokens')::numeric),
        ghostwren.micros((r ->> 'output_tokens')::numeric),
        ghostwren.micros((r ->> 'reasoning_tokens')::numeric), ghostwren.micros(cost),
        ghostwren.micros((r ->> 'latency_ms')::numeric), (r ->> 'attempts')::integer,
        r -> 'outcome', (r ->> 'created_at')::timestamptz)
    on conflict do nothing;
    if not found then
        if is_open then
            return;
        end if;
        -- The row of a call that was open is completed. Of two that try, one waits for the other and finds it ended.
        update ghostwren.ai_runs a set model = r ->> 'model', request_id = r ->> 'request_id',
            input_tokens = ghostwren.micros((r ->> 'input_tokens')::numeric),
            cached_tokens = ghostwren.micros((r ->> 'cached_tokens')::numeric),
            output_tokens = ghostwren.micros((r ->> 'output_tokens')::numeric),
            reasoning_tokens = ghostwren.micros((r ->> 'reasoning_tokens')::numeric),
            cost_micros = ghostwren.micros(cost), latency_ms = ghostwren.micros((r ->> 'latency_ms')::numeric),
            attempts = (r ->> 'attempts')::integer, outcome = r -> 'outcome'
        where a.account_id = account and a.id = (r ->> 'id')::uuid and a.outcome ->> 'outcome' = 'open';
        if not found then
            -- The call was repeated: the money was counted the first time.
            return;
        end if;
    end if;
    if is_open then
        -- What it will cost is set aside; it is counted when the call ends, or when nobody settles it.
        perform ghostwren.touch(account);
        return;
    end if;
    delete from ghostwren.spend_reservations s where s.subject = who and s.id = log_ai_run.reservation
        returning * into freed;
    if cost is not null then
        -- On the day whose limit allowed it, so that a call over midnight does not slip past both limits.
        perform ghostwren.add_spend(who,
            coalesce(freed.day, ((r ->> 'created_at')::timestamptz at time zone 'UTC')::date), 'model', cost);
    end if;
    perform ghostwren.touch(account);
end
$$;

create or replace function ghostwren.schema_version() returns bigint
language sql immutable parallel safe set search_path = ''
as $$ select 20261128000002 $$;

notify pgrst, 'reload schema';
