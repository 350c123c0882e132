//! Threads that own a connection each and do one piece of work after the other.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::fault::{Fault, settle};
use super::pause::running;
use crate::error::{Error, ErrorKind, Result};

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Work without the type of its answer, so that all around it is compiled once.
type Work = Box<dyn FnOnce(&mut Connection) -> Result<Box<dyn Any + Send>, Fault> + Send>;

/// Callers wait, without blocking a thread, when so many pieces of work are waiting already.
const WAITING: usize = 32;

/// A few threads that share one bounded queue. Works in every async runtime; a piece of work that has begun is finished
/// or rolled back as a whole, whoever stopped waiting for it. Dropping the lane waits for what has begun.
pub(super) struct Lane {
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Lane {
    pub(super) fn start(name: &str, connections: Vec<Connection>) -> Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>(WAITING);
        let queue = Arc::new(Mutex::new(queue));
        let mut threads = Vec::new();
        for mut connection in connections {
            let queue = Arc::clone(&queue);
            let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
                loop {
                    // The one that waits holds the lock; it gives it back with the job in its hands.
                    let job = queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
                    let Some(job) = job else { break };
                    // A panic is a defect; its transaction is rolled back by unwinding, its caller hears of it through
                    // the dropped channel, and the connection lives on.
                    let _running = running();
                    let _ = catch_unwind(AssertUnwindSafe(|| job(&mut connection)));
                }
                let _running = running();
                drop(connection);
            });
            threads.push(thread.map_err(|e| {
                Error::new(ErrorKind::Storage, "store.no_thread", "no thread could be started").with_source(e)
            })?);
        }
        Ok(Self { jobs: Some(jobs), threads })
    }

    /// Does the work on one of the lane's connections. Work whose caller has gone before it began is left out.
    pub(super) fn run<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, Fault> + Send + 'static,
    ) -> impl Future<Output = Result<T>> + Send {
        let work: Work = Box::new(move |connection| Ok(Box::new(work(connection)?)));
        async move { self.answer(operation, work).await?.downcast().map(|answer| *answer).map_err(|_| gone()) }
    }

    async fn answer(&self, operation: &'static str, work: Work) -> Result<Box<dyn Any + Send>> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            if !reply.is_closed() {
                let _ = reply.send(work(connection));
            }
        });
        match &self.jobs {
            Some(jobs) => jobs.send(job).await.map_err(|_| gone())?,
            None => return Err(gone()),
        }
        answer.await.map_err(|_| gone())?.map_err(|fault| settle(fault, operation))
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::Internal, "store.worker_failed", "the database thread did not answer")
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
