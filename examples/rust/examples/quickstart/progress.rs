//! How far the import is: a bar on a terminal, plain lines otherwise.

use std::io::IsTerminal;

use ghostwren::text::escape_controls;
use ghostwren::workflow::ImportEvent;
use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::tell;

pub(crate) struct Bar {
    bar: Option<ProgressBar>,
    plain: bool,
    next_line: u64,
}

impl Bar {
    pub(crate) fn new(silent: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        // Until it knows how many there are it draws no bar.
        let bar = (terminal && !silent).then(|| ProgressBar::no_length().with_style(style("{spinner} {msg}")));
        Self { bar, plain: !terminal && !silent, next_line: 1 }
    }

    pub(crate) fn show(&mut self, event: &ImportEvent) {
        match event {
            ImportEvent::Waiting { remaining } => {
                self.line(&format!(
                    "another import of these tweets is under way or ended without a word: waiting {:.0} s",
                    remaining.as_secs_f64()
                ));
            }
            ImportEvent::WaitingForLimit { until } => {
                self.line(&format!("X's limit is used up: it goes on at {} UTC", until.format("%H:%M:%S")));
            }
            ImportEvent::Started { resumed: true, run } => {
                self.line(&format!("going on after {} tweets of an import that was cut off", run.counts.read()));
            }
            ImportEvent::Progress(progress) => {
                let read = progress.counts.read();
                if let Some(bar) = &self.bar {
                    bar.set_message(format!("{:.0}/s{}", progress.per_second, left(progress.remaining)));
                    if let Some(total) = progress.total {
                        bar.set_style(style("{bar:30} {pos}/{len} tweets, {msg}"));
                        bar.set_length(total);
                    } else {
                        bar.set_style(style("{spinner} {pos} tweets, {msg}"));
                    }
                    bar.set_position(read);
                } else if self.plain && read >= self.next_line {
                    let of = progress.total.map(|total| format!(" of {total}")).unwrap_or_default();
                    let (rate, left) = (progress.per_second, left(progress.remaining));
                    tell(&format!("imported {read}{of} tweets, {rate:.0}/s{left}"));
                    // A log shows a long import in a few lines: each twice as far as the one before.
                    self.next_line = read.saturating_mul(2);
                }
            }
            ImportEvent::Warning(text) => self.line(&format!("note: {}", escape_controls(text))),
            ImportEvent::Finished(_) => {
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
            }
            _ => {}
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None if self.plain => tell(text),
            None => {}
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn left(remaining: Option<std::time::Duration>) -> String {
    remaining.filter(|left| left.as_secs() > 0).map(|left| format!(", {} s left", left.as_secs())).unwrap_or_default()
}
