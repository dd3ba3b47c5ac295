//! The description of the service, and that it is true.

use crate::support::{case, served};
use serde_json::Value;

#[tokio::test]
async fn every_route_of_the_description_is_there() {
    let served = served().await;
    let document = served.get("/openapi.json").await.json();
    let paths = document["paths"].as_object().expect("paths");
    for (path, operations) in paths {
        let path = path
            .replace("{path}", "checkpoint")
            .replace("{place}", "0")
            .replace("{case}", "call-1")
            .replace("{kind}", "call");
        for method in operations.as_object().expect("operations").keys() {
            if path == "/news" {
                continue;
            }
            let answer = match method.as_str() {
                "get" => served.get(&path).await,
                "put" => served.put(&path, "{}").await,
                _ => served.post(&path, "application/json", &case("call-1", true)).await,
            };
            let is_described = operations[method]["responses"].get(answer.status.to_string()).is_some();
            assert!(is_described, "{method} {path} answers {}: {}", answer.status, answer.body);
        }
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&without_the_case(document)).expect("JSON"));
}

fn without_the_case(mut document: Value) -> Value {
    document["components"]["schemas"]["Case"] = "the schema of a case".into();
    document["components"]["schemas"].as_object_mut().expect("schemas").remove("call");
    document["info"]["version"] = "as built".into();
    document
}
