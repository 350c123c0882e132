use serde_json::{Value, json};

/// A model as the stand-in knows it.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) id: String,
    /// How it names itself in an answer.
    pub(crate) snapshot: String,
    pub(crate) created: u64,
    pub(crate) shutdown_date: Option<String>,
    pub(crate) retired: bool,
    /// Whether it thinks before it writes, and so refuses `max_tokens` and free temperatures.
    pub(crate) reasoning: bool,
    /// Whether effort `none` is known, with which temperatures are free again.
    pub(crate) effort_none: bool,
    pub(crate) context: usize,
    pub(crate) max_output: u64,
}

/// The models of a session.
#[derive(Debug)]
pub(crate) struct Models(Vec<Model>);

impl Models {
    /// The models as of 2026-11: contexts, limits and shutdown dates by <https://developers.openai.com/api/docs/deprecations>
    /// and the price table of LiteLLM 1.109.1.
    pub(crate) fn new() -> Self {
        let row = |id: &str, snapshot: &str, created, gone: Option<&str>, context, max_output| Model {
            id: id.to_owned(),
            snapshot: snapshot.to_owned(),
            created,
            shutdown_date: gone.map(str::to_owned),
            retired: false,
            reasoning: id.starts_with("gpt-5") || id.starts_with("gpt-6"),
            effort_none: id.starts_with("gpt-5.1") || (id.starts_with("gpt-6") && id != "gpt-6.1-sol"),
            context,
            max_output,
        };
        let gone = Some("2027-01-14");
        Self(vec![
            row("gpt-4o", "gpt-4o-2024-08-06", 1_715_367_049, gone, 128_000, 16_384),
            row("gpt-4o-2024-08-06", "gpt-4o-2024-08-06", 1_722_814_719, gone, 128_000, 16_384),
            row("gpt-4o-2024-11-20", "gpt-4o-2024-11-20", 1_739_331_543, gone, 128_000, 16_384),
            row("gpt-4o-mini", "gpt-4o-mini-2024-07-18", 1_721_172_741, gone, 128_000, 16_384),
            row("gpt-4.1", "gpt-4.1-2025-04-14", 1_744_316_542, gone, 1_047_576, 32_768),
            row("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", 1_744_318_173, gone, 1_047_576, 32_768),
            row("gpt-5", "gpt-5-2025-08-07", 1_754_425_777, Some("2026-12-11"), 400_000, 128_000),
            row("gpt-5.1", "gpt-5.1-2025-11-13", 1_762_800_673, Some("2027-04-01"), 400_000, 128_000),
            row("gpt-6-luna", "gpt-6-luna", 1_788_220_800, None, 1_050_000, 128_000),
            row("gpt-6-sol", "gpt-6-sol", 1_788_220_800, None, 1_050_000, 128_000),
            row("gpt-6.1-sol", "gpt-6.1-sol", 1_790_812_800, None, 1_050_000, 128_000),
        ])
    }

    /// The model of that name, if it answers.
    pub(crate) fn get(&self, id: &str) -> Option<&Model> {
        self.0.iter().find(|model| model.id == id && !model.retired)
    }

    pub(crate) fn set_shutdown_date(&mut self, id: &str, date: Option<&str>) {
        self.entry(id).shutdown_date = date.map(str::to_owned);
    }

    pub(crate) fn retire(&mut self, id: &str, date: &str) {
        let model = self.entry(id);
        model.shutdown_date = Some(date.to_owned());
        model.retired = true;
    }

    /// The body of `GET /v1/models`.
    pub(crate) fn list(&self) -> Value {
        json!({"object": "list", "data": self.0.iter().map(Self::object).collect::<Vec<_>>()})
    }

    /// The body of `GET /v1/models/{id}`. A retired model is still described, as the list still has it.
    pub(crate) fn describe(&self, id: &str) -> Option<Value> {
        self.0.iter().find(|model| model.id == id).map(Self::object)
    }

    fn object(model: &Model) -> Value {
        json!({
            "id": model.id,
            "object": "model",
            "created": model.created,
            "owned_by": "system",
            "shutdown_date": model.shutdown_date,
        })
    }

    fn entry(&mut self, id: &str) -> &mut Model {
        let at = match self.0.iter().position(|model| model.id == id) {
            Some(at) => at,
            None => {
                self.0.push(Model {
                    id: id.to_owned(),
                    snapshot: id.to_owned(),
                    created: 1_700_000_000,
                    shutdown_date: None,
                    retired: false,
                    reasoning: false,
                    effort_none: false,
                    context: 128_000,
                    max_output: 16_384,
                });
                self.0.len() - 1
            }
        };
        &mut self.0[at]
    }
}
