use crate::http::OnLimit;
use crate::twitter::TwitterClient;

/// How to read from the X API: for [`Account::import_timeline_with`](super::Account::import_timeline_with),
/// [`import_all_with`](super::Account::import_all_with) and [`reconcile_with`](super::Account::reconcile_with).
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub struct ImportOptions {
    /// What the run may cost at most over all its sessions, in millionths of a US dollar; `None` for no limit of its own.
    pub budget_micros: Option<u64>,
    /// What to do when X's limit is used up.
    pub on_limit: OnLimit,
    /// Whether to read all of it anew.
    pub again: bool,
    /// A client whose tokens the application keeps; `None` for the account's own login.
    pub client: Option<TwitterClient>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { budget_micros: None, on_limit: OnLimit::Wait, again: false, client: None }
    }
}

impl ImportOptions {
    /// Sets what the run may cost at most, in millionths of a US dollar: nothing is sent that could cost more than is left
    /// of it. It holds for the run over all its sessions; to go on with a run that ended `OverBudget`, name a higher one.
    pub fn budget_micros(mut self, micros: u64) -> Self {
        self.budget_micros = Some(micros);
        self
    }

    /// Sets what to do when X's limit is used up: `Wait` unless set, and the lease is held meanwhile. `Yield` ends the
    /// session at once with [`ImportEnd::Waiting`](crate::records::ImportEnd::Waiting), so that a worker can do something
    /// else until then; `Fail` waits up to a minute and fails with `RateLimited` beyond.
    pub fn on_limit(mut self, on_limit: OnLimit) -> Self {
        self.on_limit = on_limit;
        self
    }

    /// Reads everything anew, what was read before included; X bills it again unless that was on the same UTC day. A run that
    /// was begun so goes on where it stopped.
    pub fn again(mut self) -> Self {
        self.again = true;
        self
    }

    /// Reads through a client whose tokens the application keeps, instead of the account's login.
    pub fn client(mut self, client: TwitterClient) -> Self {
        self.client = Some(client);
        self
    }
}
