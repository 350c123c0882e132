//! What a model answers: read in every shape, and held against the gates.

use super::*;

#[tokio::test]
async fn answers_in_every_shape_become_drafts() {
    let listed = format!("Sure! Here are some tweets:\n\n1. \"{}\"\n2. {}\n", GOOD[0], GOOD[1]);
    let fenced = format!("```json\n{}\n```\nLet me know!", json(&GOOD[..2]));
    let objects = format!("{{\"drafts\":[{{\"text\":\"{}\"}},{{\"text\":\"{}\"}}]}}", GOOD[0], GOOD[1]);
    for answer in [json(&GOOD[..2]), listed, fenced, objects] {
        let outcome = drafted(answer.clone(), request()).await;
        assert_eq!(texts(&outcome), BTreeSet::from([GOOD[0], GOOD[1]]), "{answer}\n{outcome:?}");
        for draft in &outcome.drafts {
            assert_eq!(draft.weighted_length as usize, draft.text.chars().count());
            assert!((0.0..=1.0).contains(&draft.scores.style) && draft.scores.topic > 0.0, "{:?}", draft.scores);
        }
        assert!(has_note(&outcome, "profile.too_small"), "eight tweets are said to be few");
        assert_eq!(outcome.exemplars.len(), OWN.len());
    }
}

#[tokio::test]
async fn half_json_gives_its_whole_strings() {
    let whole = json(&[GOOD[0], "this one never"]);
    let cut = whole.strip_suffix("\"]}").unwrap();
    let mut response = ModelResponse::text("scripted-1", cut);
    response.answers[0].1 = FinishReason::Length;
    let outcome = draft(&Scripted::results(vec![Ok(response)]), &context(), &request()).await.unwrap();
    assert_eq!(texts(&outcome), BTreeSet::from([GOOD[0]]));
    assert_eq!(codes(&outcome), ["gate.incomplete"]);
    assert_eq!(outcome.rejected[0].text, "this one never");
    assert!(has_note(&outcome, "generate.cut") && has_note(&outcome, "generate.fewer"));
}

/// A model that keeps to a schema, as far as it says.
fn schema_model(answers: impl IntoIterator<Item = String>) -> Scripted {
    let mut can = Capabilities::default();
    can.json_schema = true;
    Scripted { can, ..Scripted::new(answers) }
}

#[tokio::test]
async fn prose_where_a_schema_was_asked_is_no_draft() {
    let listed = format!("1. {}\n2. {}", GOOD[0], GOOD[1]);
    for answer in [
        GOOD[0].to_owned(),
        format!("Sure! Here are some tweets:\n\n{listed}"),
        listed,
        format!("I would not say [\"{}\"] here.", GOOD[0]),
        "Sure! Here are a few ideas that could work well for your audience. Let me know which one you like.".to_owned(),
    ] {
        let outcome = draft(&schema_model([answer.clone()]), &context(), &request()).await.unwrap();
        assert_eq!((texts(&outcome), codes(&outcome)), (BTreeSet::new(), vec!["gate.prose"]), "{answer}");
        assert!(has_note(&outcome, "generate.nothing"));
        let shown: Vec<_> = stream(Arc::new(schema_model([answer])), context(), request()).collect().await;
        assert!(
            shown.iter().any(|event| matches!(event, Ok(DraftEvent::Rejected { code, .. }) if code == "gate.prose"))
        );
        assert!(matches!(shown.last(), Some(Ok(DraftEvent::Finished(end))) if end.drafts.is_empty()));
    }
    // What the model did wrong is said to it once.
    let model = schema_model(["Sure! Here are some tweets:".to_owned(), json(&GOOD[..2])]);
    let outcome = draft(&model, &context(), &request().repair(true)).await.unwrap();
    assert_eq!(texts(&outcome), BTreeSet::from([GOOD[0], GOOD[1]]));
    assert!(
        model.asked()[1].messages.last().unwrap().content.contains("it is prose, where the model was asked for JSON")
    );
}

#[tokio::test]
async fn json_that_breaks_off_as_if_whole_is_no_draft() {
    let whole = json(&[GOOD[0], GOOD[1]]);
    let half = whole.strip_suffix("\"]}").unwrap();
    let outcome = draft(&schema_model([half.to_owned()]), &context(), &request()).await.unwrap();
    assert_eq!((texts(&outcome), codes(&outcome)), (BTreeSet::new(), vec!["gate.incomplete", "gate.incomplete"]));
    assert!(has_note(&outcome, "generate.cut"));
    // A token limit is told by the service, and what is whole stays.
    let mut response = ModelResponse::text("scripted-1", half);
    response.answers[0].1 = FinishReason::Length;
    let model = Scripted { can: schema_model([]).can, ..Scripted::results(vec![Ok(response)]) };
    let outcome = draft(&model, &context(), &request()).await.unwrap();
    assert_eq!((texts(&outcome), codes(&outcome)), (BTreeSet::from([GOOD[0]]), vec!["gate.incomplete"]));
}

#[tokio::test]
async fn plain_text_is_read_with_care_where_nothing_else_can_be_asked() {
    for answer in [
        "Sure! Here are some tweets:",
        "Sure! Here are a few ideas that could work well for your audience. Let me know which one you like.",
        "The user wants tweets about an importer in Rust, so i keep them short",
    ] {
        let outcome = drafted(answer, request()).await;
        assert_eq!((texts(&outcome), codes(&outcome)), (BTreeSet::new(), vec!["gate.prose"]), "{answer}");
    }
    let introduced = format!("Certainly! Two drafts for you.\n\n{}\n\n{}\n\nLet me know!", GOOD[0], GOOD[1]);
    assert_eq!(texts(&drafted(introduced, request()).await), BTreeSet::from([GOOD[0], GOOD[1]]));
    let mut cut = ModelResponse::text("scripted-1", format!("1. {}\n2. nobody asked for", GOOD[0]));
    cut.answers[0].1 = FinishReason::Length;
    let outcome = draft(&Scripted::results(vec![Ok(cut)]), &context(), &request()).await.unwrap();
    assert_eq!((texts(&outcome), codes(&outcome)), (BTreeSet::from([GOOD[0]]), vec!["gate.incomplete"]));
}

#[tokio::test]
async fn what_a_model_thinks_is_no_draft() {
    let thought = format!("maybe {} or \"{}\", the user said", json(&[GOOD[2]]), GOOD[3]);
    let good = json(&GOOD[..2]);
    for schema in [true, false] {
        let model = |answer: &str| Scripted {
            can: if schema { schema_model([]).can } else { Capabilities::default() },
            ..Scripted::new([answer.to_owned()])
        };
        for answer in [
            format!("<think>{thought}</think>\n\n{good}"),
            format!("{thought}\n</think>\n{good}"),
            format!("<think></think>```json\n{good}\n```"),
            json(&[&format!("<think>{}</think>{}", GOOD[2], GOOD[0]), GOOD[1]]),
        ] {
            let outcome = draft(&model(&answer), &context(), &request()).await.unwrap();
            assert_eq!(texts(&outcome), BTreeSet::from([GOOD[0], GOOD[1]]), "{answer}");
            assert!(codes(&outcome).is_empty(), "{outcome:?}");
            for piece in [1, 5] {
                let model = Scripted { piece, ..model(&answer) };
                let shown: Vec<_> = stream(Arc::new(model), context(), request()).collect().await;
                let Some(Ok(DraftEvent::Finished(end))) = shown.last() else { panic!("{shown:?}") };
                assert_eq!(texts(end), BTreeSet::from([GOOD[0], GOOD[1]]), "{answer}");
            }
        }
        for answer in [format!("<think>{thought}"), "<think>".to_owned(), "<thi".to_owned() + "nk>\n" + GOOD[0]] {
            let outcome = draft(&model(&answer), &context(), &request()).await.unwrap();
            assert!(outcome.drafts.is_empty() && has_note(&outcome, "generate.cut"), "{answer}: {outcome:?}");
            let shown: Vec<_> = stream(Arc::new(model(&answer)), context(), request()).collect().await;
            let candidates = shown.iter().filter(|event| matches!(event, Ok(DraftEvent::Candidate { .. }))).count();
            assert_eq!(candidates, 0, "{answer}");
        }
    }
    let outcome = drafted(json(&[&format!("<think>{}", GOOD[2]), GOOD[0]]), request()).await;
    assert_eq!((texts(&outcome), codes(&outcome)), (BTreeSet::from([GOOD[0]]), vec!["gate.prose"]));
}

#[tokio::test]
async fn a_rejected_text_keeps_no_words_of_a_tweet() {
    let long = format!("{} {}", OWN[5], "and more of it ".repeat(30));
    let mut response =
        ModelResponse::text("scripted-1", format!("{{\"tweets\":[{:?},{:?}", long, OWN[7]).trim_end_matches('"'));
    response.answers[0].1 = FinishReason::Length;
    let outcome = draft(&Scripted::results(vec![Ok(response)]), &context(), &request()).await.unwrap();
    assert_eq!(codes(&outcome), ["gate.too_long", "gate.incomplete"]);
    assert!(outcome.rejected.iter().all(|one| one.text.is_empty()), "{:?}", outcome.rejected);
}

#[tokio::test]
async fn nothing_is_a_valid_end_with_a_reason() {
    for answer in ["", "   \n", "{\"tweets\":[]}", "{}", "[1,2]", "{\"tweets\":null}"] {
        let outcome = drafted(answer, request()).await;
        assert!(outcome.drafts.is_empty() && outcome.rejected.is_empty(), "{answer}: {outcome:?}");
        assert!(has_note(&outcome, "generate.nothing"), "{answer}: {outcome:?}");
        assert_eq!(outcome.calls.len(), 1);
    }
}

#[tokio::test]
async fn a_refusal_is_an_error_of_its_kind() {
    let prose = Scripted::new(["I'm sorry, but I can't help with that."]);
    let error = draft(&prose, &context(), &request()).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::ContentRefused, "generate.refused"));
    assert_ne!(error.remedy(), Error::new(error.kind(), "", "").remedy());
    let mut filtered = ModelResponse::text("scripted-1", "");
    filtered.answers[0].1 = FinishReason::ContentFilter;
    let error = draft(&Scripted::results(vec![Ok(filtered)]), &context(), &request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContentRefused);
    let own = Error::new(ErrorKind::ContentRefused, "openai.refused", "no");
    let error = draft(&Scripted::results(vec![Err(own)]), &context(), &request()).await.unwrap_err();
    assert_eq!(error.code(), "openai.refused");
}

#[tokio::test]
async fn each_bad_candidate_is_named_with_its_gate() {
    let long = "rust ".repeat(80);
    for (bad, code) in [
        (long.trim(), "gate.too_long"),
        (OWN[5], "gate.copy"),
        ("ok so the BORROW checker was right! and our importer is in rust", "gate.copy"),
        ("el importador está en rust y eso es todo lo que hay que decir de la migración", "gate.language"),
        ("ask @stranger about the importer", "gate.invented_handle"),
        ("the importer is out: https://evil.example/x", "gate.invented_link"),
        ("the importer is 47% faster now", "gate.invented_number"),
        ("importer #rust #rewrite #wow", "gate.hashtags"),
        ("", "gate.empty"),
        ("{\"tweet\": 1}", "gate.prose"),
    ] {
        let outcome = drafted(json(&[bad, GOOD[0]]), request()).await;
        assert_eq!(texts(&outcome), BTreeSet::from([GOOD[0]]), "{bad}");
        assert_eq!(codes(&outcome), [code], "{bad}");
        assert!(!outcome.rejected[0].reason.is_empty());
    }
    let outcome = drafted(json(&[GOOD[0], "Delighted to share the importer"]), request().banned("delighted")).await;
    assert_eq!(codes(&outcome), ["gate.banned_word"]);
    let outcome = drafted(json(&[GOOD[0], GOOD[0], &format!("{}!", GOOD[0])]), request()).await;
    assert_eq!((outcome.drafts.len(), codes(&outcome)), (1, vec!["gate.duplicate", "gate.duplicate"]));
}

#[tokio::test]
async fn what_was_given_may_be_used() {
    let given = request()
        .fact("47% faster, see https://ghostwren.example/post, thanks to @stranger")
        .hashtags(HashtagPolicy::Free);
    let text = "47% faster! thanks @stranger https://ghostwren.example/post #rust #wow";
    let outcome = drafted(json(&[text, "ok @anna the importer is done"]), given).await;
    assert_eq!(outcome.drafts.len(), 2, "{outcome:?}");
}

#[tokio::test]
async fn unicode_counts_as_x_counts() {
    let family = "👨‍👩‍👧‍👦".repeat(140);
    let japanese = "字".repeat(141);
    let outcome = drafted(json(&[&family, &japanese]), request()).await;
    assert_eq!(outcome.drafts.len(), 1, "{outcome:?}");
    assert_eq!(outcome.drafts[0].weighted_length, 280);
    assert_eq!(codes(&outcome), ["gate.too_long"]);
}
