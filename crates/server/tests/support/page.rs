//! The queries of a how-to page, run as they stand there.

use serde_json::{Value, json};

use super::Served;

/// A page; each of its queries has a name in its first line.
pub struct Page(pub &'static str);

impl Page {
    /// The text of a query.
    pub fn query(&self, name: &str) -> &'static str {
        let blocks = self.0.split("```graphql\n").skip(1).filter_map(|rest| rest.split("```").next());
        let named = blocks.filter_map(|block| block.strip_prefix("# ")?.split_once('\n'));
        named.filter(|(of, _)| *of == name).map(|(_, query)| query).next().unwrap_or_else(|| panic!("no query {name}"))
    }

    /// What a query gives.
    pub async fn ask(&self, served: &Served, who: Option<&str>, name: &str, variables: Value) -> Value {
        served.graphql(who, self.query(name), variables).await
    }

    async fn payload(&self, served: &Served, who: &str, name: &str, variables: Value) -> Value {
        let data = self.ask(served, Some(who), name, variables).await;
        data.as_object().and_then(|d| d.values().next()).expect("one field").clone()
    }

    /// The thing that an accepted mutation gives.
    pub async fn done(&self, served: &Served, who: &str, name: &str, variables: Value) -> Value {
        let payload = self.payload(served, who, name, variables).await;
        assert_eq!(payload["errors"], json!([]), "{name}");
        payload.as_object().and_then(|p| p.iter().find(|(field, _)| *field != "errors")).expect("a thing").1.clone()
    }

    /// The code of a refused mutation.
    pub async fn refused(&self, served: &Served, who: &str, name: &str, variables: Value) -> String {
        let payload = self.payload(served, who, name, variables).await;
        payload["errors"][0]["code"].as_str().unwrap_or_else(|| panic!("{name} was done: {payload}")).to_owned()
    }
}

impl Served {
    /// What GraphQL answers to somebody, or to the public.
    pub async fn graphql(&self, who: Option<&str>, query: &str, variables: Value) -> Value {
        let path = if who.is_some() { "/graphql" } else { "/public/graphql" };
        let mut request = self.client.post(self.url(path)).header("accept-language", "en");
        if let Some(who) = who {
            request = request.bearer_auth(self.token(who));
        }
        let answer = request.json(&json!({ "query": query, "variables": variables })).send().await.expect("an answer");
        let answer: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
        assert_eq!(answer["errors"], Value::Null, "{query}: {answer}");
        answer["data"].clone()
    }
}
