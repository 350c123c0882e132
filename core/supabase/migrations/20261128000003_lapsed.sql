-- Money that was set aside and that nobody settled is spent: whoever set it aside was killed, perhaps in a call that is
-- billed. It counts so once it has lapsed, can still be settled for two days at what was really spent, and is booked then.

-- Counts as spent for good what lapsed before this time, or all that is set aside: nobody will settle it any more.
create or replace function ghostwren.book_spend(subject uuid, before timestamptz) returns void
language sql volatile set search_path = ''
as $$
    with left_behind as (
        delete from ghostwren.spend_reservations r where r.subject = book_spend.subject
            and (book_spend.before is null or r.lapses_at < book_spend.before)
        returning r.day, r.kind, r.amount_micros
    )
    select ghostwren.add_spend(book_spend.subject, l.day, l.kind, sum(l.amount_micros)) from left_behind l
        group by l.day, l.kind
$$;

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
    -- A call may last longer than an hour, hardly longer than two days.
    perform ghostwren.book_spend(who, now - interval '2 days');
    if daily_limit_micros is not null then
        select coalesce(sum(s.spent_micros), 0) into spent from ghostwren.spend s
            where s.subject = who and s.day = today and s.kind = reserve_spend.kind;
        select spent + coalesce(sum(r.amount_micros) filter (where r.lapses_at <= now), 0),
                coalesce(sum(r.amount_micros) filter (where r.lapses_at > now), 0) into spent, reserved
            from ghostwren.spend_reservations r
            where r.subject = who and r.day = today and r.kind = reserve_spend.kind;
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
            select r.day, r.kind, case when r.lapses_at <= now then r.amount_micros else 0 end,
                    case when r.lapses_at > now then r.amount_micros else 0 end
                from ghostwren.spend_reservations r where r.subject = who
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

create or replace function ghostwren.erase_account(account_id uuid) returns jsonb
language plpgsql set search_path = '' set statement_timeout = '60s'
as $$
declare
    who uuid := ghostwren.owned(account_id);
    erased jsonb;
begin
    -- Nobody writes to it any more.
    perform 1 from ghostwren.accounts a where a.id = erase_account.account_id for update;
    select jsonb_build_object(
        'tweets', (select count(*) from ghostwren.tweets t where t.account_id = a.id)
            + (select count(*) from ghostwren.context_tweets c where c.account_id = a.id),
        'profiles', (select count(*) from ghostwren.style_profiles p where p.account_id = a.id),
        'drafts', (select count(*) from ghostwren.drafts d where d.account_id = a.id),
        'generations', (select count(*) from ghostwren.generations g where g.account_id = a.id),
        'sealed', a.sealed_values,
        'imports', (select count(*) from ghostwren.import_runs r where r.account_id = a.id),
        'ai_runs', (select count(*) from ghostwren.ai_runs r where r.account_id = a.id),
        'outbox', (select count(*) from ghostwren.outbox o where o.account_id = a.id), 'marked', 0)
        into erased from ghostwren.accounts a where a.id = erase_account.account_id;
    -- What is set aside may be billed, and nobody will come to settle it.
    perform ghostwren.book_spend(who, null);
    insert into ghostwren.audit_log (subject, action, facts) values (who, 'erase.account', erased);
    delete from ghostwren.accounts a where a.id = erase_account.account_id;
    return erased;
end
$$;

create or replace function ghostwren.schema_version() returns bigint
language sql immutable parallel safe set search_path = ''
as $$ select 20261128000003 $$;

grant execute on function ghostwren.book_spend(uuid, timestamptz) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
