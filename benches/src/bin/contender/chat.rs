//! `chat`, `chat_stream`, `chat_fanout`: CHATS completions of the server at `OPENAI_BASE_URL`, through the trait `Model`.

use futures_util::StreamExt;
use ghostwren::model::{Message, Model, ModelDelta, ModelRequest};
use ghostwren::openai::OpenAi;

use crate::clock::{Error, Outcome};

fn request() -> ModelRequest {
    let messages = vec![Message::system("You are brief."), Message::user("Summarise my tweets.")];
    ModelRequest::new("bench", messages)
}

/// The number of texts and the sum of their lengths.
async fn streamed(openai: &OpenAi) -> Result<(u64, u64), Error> {
    let mut stream = openai.stream(request()).await?;
    let mut sum = (0, 0);
    while let Some(delta) = stream.next().await {
        if let ModelDelta::Text { text, .. } = delta? {
            sum = (sum.0 + 1, sum.1 + text.len() as u64);
        }
    }
    Ok(sum)
}

async fn whole(openai: &OpenAi) -> Result<(u64, u64), Error> {
    let response = openai.complete(request()).await?;
    let text = response.answers.first().map_or(0, |(text, _)| text.len());
    Ok((1, text as u64))
}

/// Answers and the sum of their lengths.
pub(crate) fn run(task: &str) -> Result<Outcome, Error> {
    let count: usize = std::env::var("CHATS").ok().map_or(Ok(10), |count| count.parse())?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let openai = OpenAi::from_env()?.model("gpt-4o");
        let mut sums = Vec::with_capacity(count);
        match task {
            "chat_fanout" => sums = futures_util::future::try_join_all((0..count).map(|_| streamed(&openai))).await?,
            "chat_stream" => {
                for _ in 0..count {
                    sums.push(streamed(&openai).await?);
                }
            }
            _ => {
                for _ in 0..count {
                    sums.push(whole(&openai).await?);
                }
            }
        }
        let check = sums.iter().map(|(_, length)| length).sum();
        Ok(Outcome { items: sums.iter().map(|(items, _)| items).sum(), check: Some(check) })
    })
}
