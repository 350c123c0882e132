//! Drafts that grow before one's eyes.

use super::*;

async fn events(model: Scripted, request: DraftRequest) -> Vec<Result<DraftEvent, Error>> {
    stream(Arc::new(model), context(), request).collect().await
}

#[tokio::test]
async fn a_stream_cut_at_any_byte_shows_the_same() {
    let family = "importer 👨‍👩‍👧‍👦 \"rust\"\nand é\\";
    let answer = json(&[GOOD[0], OWN[5], family]);
    let whole = drafted(answer.clone(), request()).await;
    for piece in [1, 2, 3, 7, 0] {
        let model = Scripted { piece, ..Scripted::new([answer.clone()]) };
        let mut grown: Vec<String> = Vec::new();
        let (mut passed, mut failed, mut finished) = (Vec::new(), Vec::new(), None);
        for event in events(model, request()).await {
            match event.unwrap() {
                DraftEvent::Growing { candidate, text, weighted_length } => {
                    grown.resize(grown.len().max(candidate + 1), String::new());
                    grown[candidate].push_str(&text);
                    assert_eq!(weighted_length, ghostwren::text::weighted_length(&grown[candidate]));
                }
                DraftEvent::Candidate { candidate, .. } => passed.push(candidate),
                DraftEvent::Rejected { candidate, code, .. } => failed.push((candidate, code)),
                DraftEvent::Finished(outcome) => finished = Some(outcome),
                _ => {}
            }
        }
        assert_eq!(grown, [GOOD[0], OWN[5], family]);
        assert_eq!((passed, failed), (vec![0, 2], vec![(1, "gate.copy".to_owned())]));
        let finished = finished.expect("the last event");
        assert_eq!((&finished.drafts, &finished.rejected), (&whole.drafts, &whole.rejected));
    }
}

#[tokio::test]
async fn a_streamed_list_in_prose_is_read_at_its_end() {
    let answer = format!("Here you go:\n1. {}\n2. {}", GOOD[0], GOOD[1]);
    let events = events(Scripted { piece: 4, ..Scripted::new([answer]) }, request()).await;
    let candidates = events.iter().filter(|event| matches!(event, Ok(DraftEvent::Candidate { .. }))).count();
    assert_eq!(candidates, 2);
    assert!(matches!(events.last(), Some(Ok(DraftEvent::Finished(outcome))) if outcome.drafts.len() == 2));
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_an_error_and_no_draft() {
    let model = Scripted { piece: 5, breaks_after: Some(24), ..Scripted::new([json(&GOOD)]) };
    let events = events(model, request()).await;
    let error = events.last().unwrap().as_ref().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Truncated, "generate.truncated"));
    assert!(events.iter().any(|event| matches!(event, Ok(DraftEvent::Candidate { .. }))), "what was shown was shown");
    assert!(!events.iter().any(|event| matches!(event, Ok(DraftEvent::Finished(_)))));
}

#[tokio::test]
async fn a_stream_repairs_and_refuses_like_a_call() {
    let model = Scripted::new([json(&[OWN[5]]), json(&[GOOD[1], GOOD[2]])]);
    let shown = events(model, request().repair(true)).await;
    assert!(shown.iter().any(|event| matches!(event, Ok(DraftEvent::Repairing { failed: 1 }))));
    assert!(matches!(shown.last(), Some(Ok(DraftEvent::Finished(outcome))) if outcome.drafts.len() == 2));
    let refused = events(Scripted::new(["I cannot assist with that, I won't write it."]), request()).await;
    assert_eq!(refused.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::ContentRefused);
    let invalid = events(Scripted::new(["x"]), request().count(0)).await;
    assert_eq!(invalid.len(), 1);
}

#[tokio::test]
async fn dropping_the_stream_stops_the_model() {
    let model = Scripted { piece: 1, ..Scripted::new([json(&GOOD)]) };
    let (given, dropped) = (Arc::clone(&model.given), Arc::clone(&model.dropped));
    let mut drafts = stream(Arc::new(model), context(), request());
    for _ in 0..3 {
        drafts.next().await.unwrap().unwrap();
    }
    let so_far = given.load(Ordering::SeqCst);
    assert!(so_far < 40, "nothing is read ahead: {so_far}");
    assert!(!dropped.load(Ordering::SeqCst));
    drop(drafts);
    assert!(dropped.load(Ordering::SeqCst), "the model's stream is gone");
    assert_eq!(given.load(Ordering::SeqCst), so_far);
}
