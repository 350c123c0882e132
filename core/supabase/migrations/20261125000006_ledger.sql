-- Money, model calls, rate windows and the audit log.

-- Adds to what was spent on a day.
create or replace function ghostwren.add_spend(subject uuid, day date, kind text, amount numeric) returns void
language sql volatile set search_path = ''
as $$
    insert into ghostwren.spend as s (subject, day, kind, spent_micros)
    values (add_spend.subject, add_spend.day, add_spend.kind, ghostwren.micros(add_spend.amount))
    on conflict on constraint spend_pkey do update
        set spent_micros = ghostwren.micros(s.spent_micros::numeric + excluded.spent_micros)
$$;

-- Frees a reservation and counts what was really spent, on the day whose limit allowed it; gives whether there was one.
create or replace function ghostwren.settle(subject uuid, reservation uuid, amount numeric) returns boolean
language plpgsql set search_path = ''
as $$
declare
    reserved ghostwren.spend_reservations;
begin
    delete from ghostwren.spend_reservations r where r.subject = settle.subject and r.id = reservation
        returning * into reserved;
    if reserved.id is null then
        return false;
    end if;
    perform ghostwren.add_spend(subject, reserved.day, reserved.kind, amount);
    return true;
end
$$;

-- What a page of an import cost; 0 when it was settled before, because the same page was given twice.
create or replace function ghostwren.settle_page(account_id uuid, amount numeric, reservation uuid) returns bigint
language plpgsql set search_path = ''
as $$
begin
    if reservation is not null then
        if not ghostwren.settle(ghostwren.owned(account_id), reservation, amount) then
            return 0;
        end if;
    elsif amount > 0 then
        perform ghostwren.add_spend(ghostwren.owned(account_id), (ghostwren.now_ms() at time zone 'UTC')::date,
            'twitter', amount);
    end if;
    return ghostwren.micros(amount);
end
$$;

create or replace function ghostwren.dollars(micros numeric) returns text
language sql immutable parallel safe set search_path = ''
as $$ select '$' || trunc(micros / 1000000) || '.' || lpad((micros % 1000000)::bigint::text, 6, '0') $$;

create or replace function ghostwren.reserve_spend(
    account_id uuid, kind text, amount_micros numeric, daily_limit_micros numeric default null)
returns jsonb language plpgsql set search_path = ''
as $$
declare
    who uuid := ghostwren.owned(account_id);
    now timestamptz;
    today date;
    spent numeric;
    reserved numeric;
    made uuid;
begin
    -- One after the other, so that two cannot both take what is left of the day.
    perform pg_advisory_xact_lock(hashtextextended('spend' || who, 0));
    now := ghostwren.now_ms();
    today := (now at time zone 'UTC')::date;
    -- Long lapsed, and nobody came to settle it: a call may last longer than an hour, hardly longer than two days.
    delete from ghostwren.spend_reservations r
        where r.subject = who and r.lapses_at < now - interval '2 days';
    if daily_limit_micros is not null then
        select coalesce(sum(s.spent_micros), 0) into spent from ghostwren.spend s
            where s.subject = who and s.day = today and s.kind = reserve_spend.kind;
        select coalesce(sum(r.amount_micros), 0) into reserved from ghostwren.spend_reservations r
            where r.subject = who and r.day = today and r.kind = reserve_spend.kind
                and r.lapses_at > now;
        if spent + reserved + amount_micros > daily_limit_micros then
            perform ghostwren.fail_until(402, 'budget.exceeded',
                format('the call may cost %s after %s spent and %s reserved today, and the day''s limit is %s',
                    ghostwren.dollars(amount_micros), ghostwren.dollars(spent), ghostwren.dollars(reserved),
                    ghostwren.dollars(daily_limit_micros)),
                (today + 1)::timestamp at time zone 'UTC', 'Raise the limit, or wait for the next day (UTC).');
        end if;
    end if;
    insert into ghostwren.spend_reservations as r (subject, day, kind, amount_micros, lapses_at)
        values (who, today, reserve_spend.kind, ghostwren.micros(amount_micros),
            now + interval '1 hour')
        returning r.id into made;
    perform ghostwren.touch(account_id);
    return jsonb_build_object('id', made, 'day', today);
end
$$;

create or replace function ghostwren.settle_spend(account_id uuid, reservation uuid, actual_micros numeric)
returns boolean language plpgsql set search_path = ''
as $$
declare
    settled boolean := ghostwren.settle(ghostwren.owned(account_id), reservation, actual_micros);
begin
    if settled then
        perform ghostwren.touch(account_id);
    end if;
    return settled;
end
$$;

create or replace function ghostwren.spend(account_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    who uuid := ghostwren.owned(account_id);
    now timestamptz := ghostwren.now_ms();
begin
    return (
        with both_kinds as (
            select s.day, s.kind, s.spent_micros::numeric as spent, 0::numeric as reserved
                from ghostwren.spend s where s.subject = who
            union all
            select r.day, r.kind, 0, r.amount_micros from ghostwren.spend_reservations r
                where r.subject = who and r.lapses_at > now
        ), sums as (
            select b.day, b.kind, ghostwren.micros(sum(b.spent)) as spent, ghostwren.micros(sum(b.reserved)) as reserved,
                dense_rank() over (order by b.day desc) as place
            from both_kinds b group by b.day, b.kind
        )
        select coalesce(jsonb_agg(jsonb_build_object('day', s.day, 'kind', s.kind, 'spent_micros', s.spent,
            'reserved_micros', s.reserved) order by s.day desc, s.kind), '[]')
        from sums s where s.place <= 400);
end
$$;

create or replace function ghostwren.log_ai_run(run jsonb, reservation uuid default null) returns void
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
    r jsonb := ghostwren.arg(run);
    account uuid := (r ->> 'account_id')::uuid;
    who uuid := ghostwren.owned(account);
    cost numeric := (r ->> 'cost_micros')::numeric;
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
        -- The call was repeated: the money was counted the first time.
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

create or replace function ghostwren.ai_runs(
    account_id uuid, page_size integer default 100, after_at timestamptz default null, after_id uuid default null)
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.sized(page_size);
    perform ghostwren.owned(account_id);
    return (
        select ghostwren.page(jsonb_agg(jsonb_build_object('id', r.id, 'account_id', r.account_id, 'purpose', r.purpose,
            'provider', r.provider, 'model', r.model, 'request_id', r.request_id, 'request_hash', r.request_hash,
            'input_tokens', r.input_tokens, 'cached_tokens', r.cached_tokens, 'output_tokens', r.output_tokens,
            'reasoning_tokens', r.reasoning_tokens, 'cost_micros', r.cost_micros, 'latency_ms', r.latency_ms,
            'attempts', r.attempts, 'outcome', r.outcome, 'created_at', r.created_at)
            order by r.created_at desc, r.id desc), page_size)
        from (select * from ghostwren.ai_runs i where i.account_id = ai_runs.account_id
                and (after_at is null or (i.created_at, i.id) < (after_at, after_id))
            order by i.created_at desc, i.id desc limit page_size + 1) r);
end
$$;

-- Refuses a page that is too long: what a function gives is not cut by `max_rows`.
create or replace function ghostwren.sized(page_size integer) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if page_size is null or page_size not between 1 and 1000 then
        perform ghostwren.fail(400, 'store.bad_page', format('a page of %s items was asked for', page_size),
            'Ask for 1 to 1,000 items.');
    end if;
end
$$;

-- The items of a page, of which one more was read to see whether there are more.
create or replace function ghostwren.page(items jsonb, page_size integer) returns jsonb
language sql immutable parallel safe set search_path = ''
as $$
    select jsonb_build_object('items', coalesce(items - page_size, '[]'),
        'more', coalesce(jsonb_array_length(items) > page_size, false))
$$;

create or replace function ghostwren.save_rate_windows(account_id uuid, windows jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
    now timestamptz := ghostwren.now_ms();
begin
    perform ghostwren.owned(account_id);
    insert into ghostwren.rate_windows as w (account_id, scope, endpoint, kind, allowed, remaining, resets_at, seen_at)
    -- Of several words about a window the last one, and of those at the same millisecond the one that leaves less.
    select distinct on (i.scope, i.endpoint, i.kind) save_rate_windows.account_id, i.scope, i.endpoint, i.kind,
        ghostwren.micros(i."limit"), ghostwren.micros(i.remaining),
        -- No window is longer than a day; one that says otherwise must not stop an account for years.
        least(i.resets_at, now + interval '2 days'), least(i.seen_at, now)
    from jsonb_to_recordset(ghostwren.arg(windows)) as i (scope text, endpoint text, kind text, "limit" numeric,
        remaining numeric, resets_at timestamptz, seen_at timestamptz)
    order by i.scope, i.endpoint, i.kind, least(i.seen_at, now) desc, i.remaining
    on conflict on constraint rate_windows_pkey do update set allowed = excluded.allowed,
        remaining = excluded.remaining, resets_at = excluded.resets_at, seen_at = excluded.seen_at
    -- Neither a process whose clock is ahead nor one from before the clock was put back has the last word.
    where excluded.seen_at > w.seen_at or (excluded.seen_at = w.seen_at and excluded.remaining < w.remaining)
        or w.seen_at > ghostwren.now_ms();
    delete from ghostwren.rate_windows w where w.account_id = save_rate_windows.account_id and w.resets_at <= now;
    delete from ghostwren.rate_windows w using (
        select o.scope, o.endpoint, o.kind from ghostwren.rate_windows o
        where o.account_id = save_rate_windows.account_id
        order by o.seen_at desc, o.scope, o.endpoint, o.kind offset 1000) old
    where w.account_id = save_rate_windows.account_id
        and (w.scope, w.endpoint, w.kind) = (old.scope, old.endpoint, old.kind);
end
$$;

create or replace function ghostwren.rate_windows(account_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned(account_id);
    return (select coalesce(jsonb_agg(jsonb_build_object('scope', w.scope, 'endpoint', w.endpoint, 'kind', w.kind,
            'limit', w.allowed, 'remaining', w.remaining, 'resets_at', w.resets_at, 'seen_at', w.seen_at)
            order by w.scope, w.endpoint, w.kind), '[]')
        from ghostwren.rate_windows w
        where w.account_id = rate_windows.account_id and w.resets_at > ghostwren.now_ms());
end
$$;

create or replace function ghostwren.audit(account_id uuid, action text, facts jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
    insert into ghostwren.audit_log (subject, action, facts)
        values (ghostwren.owned(account_id), audit.action, ghostwren.arg(audit.facts));
    perform ghostwren.touch(account_id);
end
$$;

create or replace function ghostwren.audit_log(account_id uuid, page_size integer default 100, before bigint default null)
returns jsonb language plpgsql stable set search_path = ''
as $$
declare
    who uuid := ghostwren.owned(account_id);
begin
    perform ghostwren.sized(page_size);
    return (
        select ghostwren.page(jsonb_agg(jsonb_build_object('key', l.key, 'at', l.at, 'subject', l.subject,
            'action', l.action, 'facts', l.facts::text) order by l.key desc), page_size)
        from (select * from ghostwren.audit_log i where i.subject = who and (before is null or i.key < before)
            order by i.key desc limit page_size + 1) l);
end
$$;

grant execute on function
    ghostwren.add_spend(uuid, date, text, numeric), ghostwren.settle(uuid, uuid, numeric),
    ghostwren.settle_page(uuid, numeric, uuid), ghostwren.dollars(numeric),
    ghostwren.reserve_spend(uuid, text, numeric, numeric), ghostwren.settle_spend(uuid, uuid, numeric),
    ghostwren.spend(uuid), ghostwren.log_ai_run(jsonb, uuid),
    ghostwren.ai_runs(uuid, integer, timestamptz, uuid), ghostwren.page(jsonb, integer), ghostwren.sized(integer),
    ghostwren.save_rate_windows(uuid, jsonb), ghostwren.rate_windows(uuid), ghostwren.audit(uuid, text, jsonb),
    ghostwren.audit_log(uuid, integer, bigint) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
