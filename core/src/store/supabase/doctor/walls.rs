//! How the walls of the database stand, compared with what the migrations make of an empty project.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Check, Diagnosis, Remedy, Severity};

/// What `ghostwren.inspect()` gives of a database with all migrations; a test compares it with a real one.
const EXPECTED: &str = include_str!("expected.json");

/// What applies the migrations that are missing.
pub(super) const PUSH: &str = "supabase db push --workdir core --remote";

/// What applies all of them once more: they may be run again, over data as well.
const AGAIN: &str = "cat core/supabase/migrations/*.sql | psql -1 -v ON_ERROR_STOP=1 \"$DATABASE_URL\"";

/// The shortest time in which a page of an import surely fits.
const SHORTEST_MS: u64 = 3_000;

/// A part of what `ghostwren.inspect()` gives.
#[derive(Debug, Deserialize)]
pub(super) struct Walls {
    pub(super) version: u64,
    objects: BTreeSet<String>,
    /// Each as `role privilege object` or `role privilege(column) object`.
    rights: BTreeSet<String>,
    #[serde(default)]
    without_row_security: Vec<String>,
    policies: Vec<Policy>,
    /// Whether each is public; nothing where the database has no Storage.
    #[serde(default)]
    buckets: Option<BTreeMap<String, bool>>,
    #[serde(default)]
    timeouts: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Policy {
    name: String,
    table: String,
    command: String,
    roles: String,
    permissive: bool,
    using: Option<String>,
    check: Option<String>,
}

impl Policy {
    fn same(&self, other: &Self) -> bool {
        // Versions of PostgreSQL differ in how they set brackets and spaces.
        let plain = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')')).collect::<String>()
        };
        (&self.command, &self.roles, self.permissive) == (&other.command, &other.roles, other.permissive)
            && plain(&self.using) == plain(&other.using)
            && plain(&self.check) == plain(&other.check)
    }

    fn create(&self) -> String {
        let Self { name, table, command, roles, .. } = self;
        let way = if self.permissive { "permissive" } else { "restrictive" };
        let mut sql = format!("create policy {} on {table} as {way} for {command} to {roles}", quoted(name));
        for (word, condition) in [("using", &self.using), ("with check", &self.check)] {
            if let Some(condition) = condition {
                let condition = condition.split_whitespace().collect::<Vec<_>>().join(" ");
                sql.push_str(&format!(" {word} ({condition})"));
            }
        }
        sql + ";"
    }

    fn drop(&self) -> String {
        format!("drop policy {} on {};", quoted(&self.name), self.table)
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The walls as the migrations of this SDK make them.
pub(super) fn expected() -> serde_json::Result<Walls> {
    crate::json::read(EXPECTED)
}

/// Says of each difference what mends it.
pub(super) fn compare(expected: &Walls, found: &Walls, diagnosis: &mut Diagnosis) {
    for check in [Check::Grants, Check::RowSecurity, Check::Policies, Check::Timeouts] {
        diagnosis.saw(check);
    }
    let gone: Vec<&str> = expected.objects.difference(&found.objects).map(String::as_str).collect();
    if !gone.is_empty() {
        let what = format!("the schema has its version, and yet lacks {}", gone.join(", "));
        diagnosis.find(Check::Version, Severity::Broken, what, Remedy::Command(AGAIN.to_owned()));
    }
    rights(expected, found, diagnosis);
    for table in &found.without_row_security {
        let what =
            format!("row-level security is off on {table}: whoever has a right to it sees the rows of everybody");
        let sql = format!("alter table {table} enable row level security;");
        diagnosis.find(Check::RowSecurity, Severity::Danger, what, Remedy::Sql(sql));
    }
    policies(expected, found, diagnosis);
    buckets(found.buckets.as_ref(), diagnosis);
    timeouts(&found.timeouts, diagnosis);
}

/// The rights of a role to an object: privileges, and the columns of those that are for columns.
type Rights<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<&'a str, Vec<&'a str>>>;

fn grouped<'a>(rights: impl Iterator<Item = &'a String>) -> Rights<'a> {
    let mut all = Rights::new();
    for right in rights {
        let mut words = right.splitn(3, ' ');
        let (Some(role), Some(privilege), Some(object)) = (words.next(), words.next(), words.next()) else { continue };
        let (privilege, column) = match privilege.split_once('(') {
            Some((privilege, column)) => (privilege, column.strip_suffix(')')),
            None => (privilege, None),
        };
        all.entry((role, object)).or_default().entry(privilege).or_default().extend(column);
    }
    all
}

/// `select, insert (label, owner)`.
fn listed(privileges: &BTreeMap<&str, Vec<&str>>) -> String {
    let one = |(privilege, columns): (&&str, &Vec<&str>)| match columns.as_slice() {
        [] => (*privilege).to_owned(),
        columns => format!("{privilege} ({})", columns.join(", ")),
    };
    privileges.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The object as `grant` and `revoke` name it.
fn named(object: &str) -> String {
    match (object.contains('('), object.contains('.')) {
        (true, _) => format!("function {object}"),
        (false, false) => format!("schema {object}"),
        _ => object.to_owned(),
    }
}

fn rights(expected: &Walls, found: &Walls, diagnosis: &mut Diagnosis) {
    let there = |object: &str| !object.contains('.') || found.objects.contains(object);
    for ((role, object), privileges) in grouped(expected.rights.difference(&found.rights)) {
        if there(object) {
            let (privileges, object) = (listed(&privileges), named(object));
            let what = format!("{role} lacks {privileges} on {object}");
            let sql = format!("grant {privileges} on {object} to {role};");
            diagnosis.find(Check::Grants, Severity::Broken, what, Remedy::Sql(sql));
        }
    }
    // What an app added to the schema is its own, unless everybody may use it.
    let ours = |object: &str| !object.contains('.') || expected.objects.contains(object);
    for ((role, object), privileges) in grouped(found.rights.difference(&expected.rights)) {
        if ours(object) || matches!(role, "public" | "anon") {
            let (privileges, object) = (listed(&privileges), named(object));
            let what = format!("{role} has {privileges} on {object}, which it must not have");
            let sql = format!("revoke {privileges} on {object} from {role};");
            diagnosis.find(Check::Grants, Severity::Danger, what, Remedy::Sql(sql));
        }
    }
}

fn policies(expected: &Walls, found: &Walls, diagnosis: &mut Diagnosis) {
    let is = |policy: &Policy, other: &Policy| (&policy.table, &policy.name) == (&other.table, &other.name);
    let has_storage = found.buckets.is_some();
    for policy in expected.policies.iter().filter(|policy| has_storage || !policy.table.starts_with("storage.")) {
        let title = format!("the policy {} on {}", quoted(&policy.name), policy.table);
        match found.policies.iter().find(|other| is(policy, other)) {
            None => {
                let what = format!("{title} is missing: users do not reach what is theirs");
                diagnosis.find(Check::Policies, Severity::Broken, what, Remedy::Sql(policy.create()));
            }
            Some(other) if !policy.same(other) => {
                let what = format!("{title} is not as the migrations made it: users may reach what is not theirs");
                let sql = format!("{}\n{}", policy.drop(), policy.create());
                diagnosis.find(Check::Policies, Severity::Danger, what, Remedy::Sql(sql));
            }
            Some(_) => {}
        }
    }
    let ours = |policy: &&Policy| policy.table.starts_with("storage.") || expected.objects.contains(&policy.table);
    for policy in found.policies.iter().filter(ours) {
        if !expected.policies.iter().any(|other| is(policy, other)) {
            let what = format!(
                "the policy {} on {} is none of the SDK's: it may open rows to those whose they are not",
                quoted(&policy.name),
                policy.table
            );
            diagnosis.find(Check::Policies, Severity::Danger, what, Remedy::Sql(policy.drop()));
        }
    }
}

fn buckets(found: Option<&BTreeMap<String, bool>>, diagnosis: &mut Diagnosis) {
    let Some(found) = found else {
        diagnosis.skip(&[Check::Buckets], "this database has no Storage");
        return;
    };
    diagnosis.saw(Check::Buckets);
    for (bucket, public) in [("ghostwren", false), ("ghostwren-public", true)] {
        match found.get(bucket) {
            None => {
                let what = format!("there is no bucket `{bucket}`: files cannot be stored");
                let sql = format!(
                    "insert into storage.buckets (id, name, public) values ('{bucket}', '{bucket}', {public});"
                );
                diagnosis.find(Check::Buckets, Severity::Broken, what, Remedy::Sql(sql));
            }
            Some(is) if *is != public => {
                let (severity, what) = match public {
                    false => (Severity::Danger, "the private bucket `ghostwren` is open to everybody"),
                    true => {
                        (Severity::Broken, "the bucket `ghostwren-public` is private: what is published has no address")
                    }
                };
                let sql = format!("update storage.buckets set public = {public} where id = '{bucket}';");
                diagnosis.find(Check::Buckets, severity, what, Remedy::Sql(sql));
            }
            Some(_) => {}
        }
    }
}

fn timeouts(found: &BTreeMap<String, String>, diagnosis: &mut Diagnosis) {
    let of = |role: &str| found.get(role).and_then(|text| milliseconds(text));
    // Where the role has none of its own, that of the login of the Data API counts.
    let what = match of("authenticated").or_else(|| of("authenticator")) {
        None | Some(0) => "a statement of a user may take as long as it likes, and a few of them hold the database up",
        Some(limit) if limit < SHORTEST_MS => "a statement of a user is stopped before a page of an import is stored",
        Some(_) => return,
    };
    let sql = "alter role authenticated set statement_timeout = '8s';\nnotify pgrst, 'reload config';";
    diagnosis.find(Check::Timeouts, Severity::Advice, what, Remedy::Sql(sql.to_owned()));
}

/// A time as PostgreSQL writes it in a setting: a number and a unit, milliseconds without one.
fn milliseconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = match unit.trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(change: impl FnOnce(&mut Walls)) -> Diagnosis {
        let (expected, mut found) = (expected().unwrap(), expected().unwrap());
        found.buckets = Some([("ghostwren".to_owned(), false), ("ghostwren-public".to_owned(), true)].into());
        found.timeouts = [("authenticated".to_owned(), "8s".to_owned())].into();
        change(&mut found);
        let mut diagnosis = Diagnosis::new("http://127.0.0.1:54321".to_owned());
        compare(&expected, &found, &mut diagnosis);
        diagnosis.finished()
    }

    #[test]
    fn what_the_migrations_make_is_well() {
        let diagnosis = compared(|_| {});
        assert!(diagnosis.is_well(), "{diagnosis}");
        assert!(diagnosis.checked.contains(&Check::Policies));
    }

    #[test]
    fn columns_stand_with_their_privilege() {
        let diagnosis = compared(|found| {
            found
                .rights
                .retain(|right| right != "authenticated delete ghostwren.accounts" && !right.contains("insert("));
        });
        let sql: Vec<String> = diagnosis.findings.iter().map(|finding| finding.remedy.to_string()).collect();
        assert!(
            sql.contains(
                &"SQL: grant delete, insert (label, owner) on ghostwren.accounts to authenticated;".to_owned()
            ),
            "{sql:?}"
        );
        assert_eq!(diagnosis.worst(), Some(Severity::Broken));
    }

    #[test]
    fn a_version_of_postgresql_with_other_brackets_is_none_of_ours() {
        let diagnosis = compared(|found| {
            for policy in &mut found.policies {
                policy.using = policy.using.as_ref().map(|using| format!("( {} )", using.replace('\n', " ")));
            }
        });
        assert!(diagnosis.is_well(), "{diagnosis}");
    }

    #[test]
    fn names_of_others_steer_no_terminal() {
        let diagnosis = compared(|found| {
            let mut policy = found.policies.iter().find(|policy| policy.table == "ghostwren.tweets").unwrap().clone();
            policy.name = "\u{1b}]0;owned\u{7}\nx".to_owned();
            found.policies.push(policy);
        });
        assert_eq!(diagnosis.worst(), Some(Severity::Danger));
        assert!(!diagnosis.to_string().chars().any(|c| c.is_control() && c != '\n'), "{diagnosis}");
    }

    #[test]
    fn times_of_postgresql() {
        for (text, ms) in [
            ("8s", Some(8_000)),
            ("500ms", Some(500)),
            ("2min", Some(120_000)),
            ("0", Some(0)),
            ("8000", Some(8_000)),
            ("x", None),
        ] {
            assert_eq!(milliseconds(text), ms, "{text}");
        }
    }
}
