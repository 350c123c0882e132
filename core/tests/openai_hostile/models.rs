//! Which model is asked, and with which parameters.

use super::*;

#[tokio::test]
async fn the_policy_follows_what_the_service_says() {
    let gone = r#"{"error":{"message":"The model `one` does not exist or you do not have access to it.","code":"model_not_found"}}"#;
    let server = RawServer::start(move |_, request: &Request| {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match (request.line(), body["model"].as_str()) {
            (_, Some("one")) => Reply::new(404, &[], gone),
            ("GET /v1/models/two", _) => Reply::json(r#"{"id":"two","shutdown_date":"2020-01-01"}"#),
            _ => Reply::json(&answer("ok")),
        }
    })
    .await;
    let chain = ModelPolicy::starting_with("one").then("two", None).then("three", None);
    let client = client(&server).policy(chain);
    assert_eq!((client.name().as_str(), client.notice()), ("one", None));
    client.complete(ask()).await.unwrap();
    assert_eq!(client.name(), "two");
    let notice = client.notice().unwrap();
    assert_eq!((notice.model.as_str(), notice.replaced), ("one", true));
    client.complete(ask()).await.unwrap();
    assert_eq!(server.requests().len(), 3, "the model that is gone is not asked again");
    client.refresh_policy().await.unwrap();
    assert_eq!(client.name(), "three", "its shutdown date is past");
    let pinned = client.clone().model("one");
    assert_eq!(pinned.complete(ask()).await.unwrap_err().code(), "openai.model_not_found");
    let all_gone = client.clone().policy(ModelPolicy::starting_with("one").then("one", None));
    assert_eq!(all_gone.complete(ask()).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(all_gone.name(), "one");
}

#[tokio::test]
async fn the_parameters_of_the_default_policys_models() {
    let server = RawServer::replies([Reply::json(&answer("ok"))]).await;
    let request = ask().temperature(0.7).max_output_tokens(50).cache_key("k").seed(7);
    let openai = client(&server).dialect(Dialect::OpenAi);
    openai.complete(request.clone()).await.unwrap();
    openai.clone().model("gpt-5").complete(request.clone()).await.unwrap();
    let luna = openai.clone().policy(ModelPolicy::starting_with("gpt-6-luna").then("x", None));
    luna.complete(request.clone().reasoning_effort(ghostwren::model::ReasoningEffort::None)).await.unwrap();
    client(&server).model("smollm2").complete(request).await.unwrap();
    let sent: Vec<serde_json::Value> =
        server.requests().iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect();
    assert_eq!((&sent[0]["messages"][0]["role"], &sent[0]["temperature"]), (&"system".into(), &0.7.into()));
    assert_eq!((&sent[0]["max_completion_tokens"], &sent[0]["prompt_cache_key"]), (&50.into(), &"k".into()));
    assert_eq!(sent[1]["messages"][0]["role"], "developer");
    assert!(sent[1].get("temperature").is_none() && sent[1].get("reasoning_effort").is_none());
    assert_eq!((&sent[2]["reasoning_effort"], &sent[2]["temperature"]), (&"none".into(), &0.7.into()));
    assert_eq!(sent[3]["max_tokens"], 50);
    for absent in ["max_completion_tokens", "prompt_cache_key", "store", "stream", "n"] {
        assert!(sent[3].get(absent).is_none(), "{absent} is not for every server");
    }
}
