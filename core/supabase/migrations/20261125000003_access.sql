-- Who may do what. `authenticated` reaches its own rows under row-level security, `anon` nothing, and the secret key
-- (`service_role`) the private tables and the functions made for it, no table of the owners.

grant usage on schema ghostwren to authenticated, service_role;
grant usage on schema ghostwren_private to service_role;
revoke all on schema ghostwren, ghostwren_private from public, anon;
revoke all on all tables in schema ghostwren, ghostwren_private from public, anon, authenticated, service_role;
revoke all on all sequences in schema ghostwren, ghostwren_private from public, anon, authenticated, service_role;

-- The account that a run is for, while a worker acts in its owner's name (see ghostwren.run_call); null otherwise.
create or replace function ghostwren.run_account() returns uuid
language sql stable parallel safe set search_path = ''
as $$ select nullif(current_setting('ghostwren.run_account', true), '')::uuid $$;

grant execute on function ghostwren.new_id(), ghostwren.now_ms(), ghostwren.run_account() to authenticated, service_role;

-- Accounts. What stands for the account in the logs cannot be chosen, and nothing changes its owner.
grant select, delete on ghostwren.accounts to authenticated;
grant insert (owner, label) on ghostwren.accounts to authenticated;
grant update (label, twitter_user_id, username, name, avatar_url, twitter_created_at, tweet_count, revision, tweets_revision)
    on ghostwren.accounts to authenticated;
-- To refuse an account that is not the owner's.
grant select (id, owner) on ghostwren.accounts to service_role;

alter table ghostwren.accounts enable row level security;
drop policy if exists owner on ghostwren.accounts;
create policy owner on ghostwren.accounts for all to authenticated
    using (owner = (select auth.uid())
        and ((select ghostwren.run_account()) is null or id = (select ghostwren.run_account())))
    with check (owner = (select auth.uid())
        and ((select ghostwren.run_account()) is null or id = (select ghostwren.run_account())));

-- What belongs to an account is its owner's: the subquery is itself under the policy of accounts, and is run once.
do $$
declare
    of_account record;
begin
    for of_account in select * from (values
        ('tweets', 'select, insert, update, delete'),
        ('context_tweets', 'select, insert, update, delete'),
        ('import_runs', 'select, insert, update'),
        ('style_profiles', 'select, insert, delete'),
        ('generations', 'select, insert, update, delete'),
        ('drafts', 'select, insert, update, delete'),
        ('ai_runs', 'select, insert'),
        ('rate_windows', 'select, insert, update, delete'),
        ('outbox', 'select, insert, update, delete')) as t (name, rights)
    loop
        execute format('grant %s on ghostwren.%I to authenticated', of_account.rights, of_account.name);
        execute format('alter table ghostwren.%I enable row level security', of_account.name);
        execute format('drop policy if exists owner on ghostwren.%I', of_account.name);
        execute format(
            'create policy owner on ghostwren.%I for all to authenticated
             using (account_id in (select id from ghostwren.accounts where owner = (select auth.uid())))
             with check (account_id in (select id from ghostwren.accounts where owner = (select auth.uid())))',
            of_account.name);
    end loop;
    for of_account in select * from (values
        ('spend', 'select, insert, update'),
        ('spend_reservations', 'select, insert, delete'),
        ('audit_log', 'select')) as t (name, rights)
    loop
        execute format('grant %s on ghostwren.%I to authenticated', of_account.rights, of_account.name);
        execute format('alter table ghostwren.%I enable row level security', of_account.name);
        execute format('drop policy if exists owner on ghostwren.%I', of_account.name);
        execute format(
            'create policy owner on ghostwren.%I for all to authenticated
             using (subject in (select subject from ghostwren.accounts where owner = (select auth.uid())))
             with check (subject in (select subject from ghostwren.accounts where owner = (select auth.uid())))',
            of_account.name);
    end loop;
end
$$;

-- An event is appended with the time of the database, and stays as it is.
grant insert (subject, action, facts) on ghostwren.audit_log to authenticated;

-- What was spent only grows.
create or replace function ghostwren_private.spend_only_grows() returns trigger
language plpgsql set search_path = ''
as $$
begin
    if new.spent_micros < old.spent_micros
        or (new.subject, new.day, new.kind) is distinct from (old.subject, old.day, old.kind) then
        raise exception 'what was spent cannot be taken back' using errcode = '42501';
    end if;
    return new;
end
$$;
create or replace trigger spend_only_grows before update on ghostwren.spend
    for each row execute function ghostwren_private.spend_only_grows();

-- The owner hands work out and takes it back; only a worker moves it on.
grant select on ghostwren.jobs to authenticated;
grant insert (account_id, owner, kind, actions, params, delegated_until, run_after) on ghostwren.jobs to authenticated;
grant update (state, updated_at) on ghostwren.jobs to authenticated;
alter table ghostwren.jobs enable row level security;
drop policy if exists owner on ghostwren.jobs;
drop policy if exists owner_reads on ghostwren.jobs;
create policy owner_reads on ghostwren.jobs for select to authenticated
    using (owner = (select auth.uid()) and account_id in (select id from ghostwren.accounts));
drop policy if exists owner_delegates on ghostwren.jobs;
-- A worker that acts for the owner cannot delegate further.
create policy owner_delegates on ghostwren.jobs for insert to authenticated
    with check (owner = (select auth.uid()) and (select ghostwren.run_account()) is null);
drop policy if exists owner_cancels on ghostwren.jobs;
create policy owner_cancels on ghostwren.jobs for update to authenticated
    using (owner = (select auth.uid()) and state in ('queued', 'running'))
    with check (owner = (select auth.uid()) and state = 'cancelled');

-- The private tables: rows for the secret key alone, which passes row-level security.
alter table ghostwren_private.credentials enable row level security;
alter table ghostwren_private.login_states enable row level security;
grant select, insert, update, delete on ghostwren_private.credentials, ghostwren_private.login_states to service_role;

-- Every write to a sealed value counts as a write to its account. It is done here because the secret key has no right to
-- the owner's tables; a trigger function cannot be called by anybody.
create or replace function ghostwren_private.count_sealed() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    update ghostwren.accounts set revision = revision + 1, sealed_values = sealed_values
        + case tg_op when 'INSERT' then 1 when 'DELETE' then -1 else 0 end
    where id = coalesce(new.account_id, old.account_id);
    return null;
end
$$;
create or replace trigger count_sealed after insert or update or delete on ghostwren_private.credentials
    for each row execute function ghostwren_private.count_sealed();

-- Logins that wait for an account by its label go with it; those that name its id go by their foreign key.
create or replace function ghostwren_private.forget_logins() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    delete from ghostwren_private.login_states where owner = old.owner and label = old.label;
    return null;
end
$$;
create or replace trigger forget_logins after delete on ghostwren.accounts
    for each row execute function ghostwren_private.forget_logins();

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
