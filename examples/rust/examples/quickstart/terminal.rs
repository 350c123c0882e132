//! Questions to the person at the terminal.

use tokio::sync::mpsc;

pub(crate) struct Terminal {
    lines: Option<mpsc::Receiver<String>>,
    yes: bool,
}

impl Terminal {
    /// With `yes` nothing is asked.
    pub(crate) fn new(yes: bool) -> Self {
        Self { lines: None, yes }
    }

    pub(crate) fn says_yes(&self) -> bool {
        self.yes
    }

    /// What the person answers; `None` when nobody is there.
    pub(crate) async fn ask(&mut self, question: &str) -> Option<String> {
        eprint!("{question} ");
        let answer = self.line().await;
        if answer.is_none() {
            eprintln!();
        }
        answer
    }

    /// The next line; `None` when nobody is there.
    pub(crate) async fn line(&mut self) -> Option<String> {
        let lines = self.lines.get_or_insert_with(|| {
            let (send, lines) = mpsc::channel(1);
            // A thread of its own, which ends with the program: reading from a terminal cannot be stopped.
            std::thread::spawn(move || {
                for line in std::io::stdin().lines().map_while(Result::ok) {
                    if send.blocking_send(line).is_err() {
                        break;
                    }
                }
            });
            lines
        });
        lines.recv().await.map(|line| line.trim().to_owned())
    }

    /// Whether the person agrees; nobody does not.
    pub(crate) async fn agrees(&mut self, question: &str) -> bool {
        if self.yes {
            return true;
        }
        self.ask(&format!("{question} [y/N]"))
            .await
            .is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }
}
