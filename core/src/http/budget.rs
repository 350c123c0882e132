//! The budget of retries: while a host fails, most calls to it fail at the first attempt instead of tripling its load.
//!
//! A token bucket per host, as the AWS SDKs have it (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>,
//! smithy-rs `retries/token_bucket.rs`): 500 tokens; a retry takes 14, after throttling 5; a retry that succeeds gives them
//! back, a success at the first attempt gives 1.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const CAPACITY: u32 = 500;
const RETRY_COST: u32 = 14;
const THROTTLED_COST: u32 = 5;
const FIRST_SUCCESS: u32 = 1;
/// An application speaks to a handful of hosts; beyond this the fullest bucket, which says least, makes room.
const MAX_HOSTS: usize = 256;

#[derive(Debug, Default)]
pub(super) struct RetryBudget {
    /// Only hosts with less than a full bucket are in here.
    hosts: Mutex<HashMap<String, u32>>,
}

impl RetryBudget {
    /// Takes the tokens of one retry; `None` when the bucket of the host does not hold them.
    pub(super) fn take(&self, host: &str, throttled: bool) -> Option<u32> {
        let cost = if throttled { THROTTLED_COST } else { RETRY_COST };
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tokens) = hosts.get_mut(host) {
            *tokens = tokens.checked_sub(cost)?;
            return Some(cost);
        }
        if hosts.len() >= MAX_HOSTS
            && let Some(fullest) = hosts.iter().max_by_key(|(_, tokens)| **tokens).map(|(host, _)| host.clone())
        {
            hosts.remove(&fullest);
        }
        hosts.insert(host.to_owned(), CAPACITY - cost);
        Some(cost)
    }

    /// A call succeeded; `taken` is what its last retry took.
    pub(super) fn succeeded(&self, host: &str, taken: Option<u32>) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tokens) = hosts.get_mut(host) {
            *tokens += taken.unwrap_or(FIRST_SUCCESS);
            if *tokens >= CAPACITY {
                hosts.remove(host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_uses_it_up_and_success_refills_it() {
        let budget = RetryBudget::default();
        let mut retries = 0;
        while budget.take("a", false).is_some() {
            retries += 1;
        }
        assert_eq!(retries, 500 / 14);
        assert!(budget.take("b", false).is_some(), "another host has its own");
        assert!(budget.take("a", true).is_some(), "10 tokens are left for throttling");
        for _ in 0..9 {
            budget.succeeded("a", None);
        }
        assert_eq!(budget.take("a", false), Some(14));
        budget.succeeded("a", Some(14));
        assert_eq!(budget.take("a", false), Some(14));
    }

    #[test]
    fn hosts_are_bounded_and_full_buckets_are_forgotten() {
        let budget = RetryBudget::default();
        for host in 0..10_000 {
            budget.take(&host.to_string(), false);
        }
        assert_eq!(budget.hosts.lock().unwrap().len(), MAX_HOSTS);
        budget.succeeded("9999", Some(14));
        assert_eq!(budget.hosts.lock().unwrap().len(), MAX_HOSTS - 1);
        budget.succeeded("unknown", Some(14));
        assert_eq!(budget.hosts.lock().unwrap().len(), MAX_HOSTS - 1);
    }
}
