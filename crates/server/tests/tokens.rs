//! Whose tokens are believed: the deployment's own, those of key files, or those of a provider, and only one of them.

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dingce_api::auth::{AuthError, NewToken, issue};
use dingce_server::tokens::{Issuer, TokenFor, principal, verifier};
use dingce_server::{ManualClock, Settings};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{EncodePrivateKey, EncodePublicKey};
use poem::listener::{Acceptor, Listener, TcpListener};

const PERSON: &str = "person_0123456789abcdef0123456789abcdef";
const POST: &str = "post_0123456789abcdef0123456789abcdef";

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2023-05-04T01:00:00Z".parse().expect("an instant")))
}

fn settings(folder: &Path) -> Settings {
    Settings::in_folder(&folder.join("data"))
}

fn others_token(key: &SigningKey, kid: Option<&str>) -> String {
    let pem = key.to_pkcs8_pem(LineEnding::LF).expect("a key");
    let now = dingce_app::ports::Clock::now(clock().as_ref()).as_second();
    let token = NewToken {
        person: PERSON.to_owned(),
        issuer: "dingce".to_owned(),
        audience: "dingce".to_owned(),
        issued_at: now,
        expires_at: now + 60,
        post: None,
        acting_for: None,
    };
    issue(&pem, kid, &token).expect("signed")
}

#[tokio::test]
async fn a_token_says_again_what_was_signed() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings(folder.path());
    let person = PERSON.parse().expect("a person");
    let wanted = TokenFor {
        post: Some(POST.parse().expect("a post")),
        acting_for: Some(person),
        minutes: 5,
        ..TokenFor::person(person)
    };
    let token = Issuer::own(&settings).expect("its key is made").sign(wanted, clock().as_ref()).expect("signed");
    let verified = verifier(&settings, clock()).expect("the same key").verify(&token).await.expect("believed");
    let who = principal(&verified).expect("ids of ours");
    assert_eq!((who.person, who.post, who.acting_for), (wanted.person, wanted.post, wanted.acting_for));
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(settings.keys().join("token.key")).expect("the key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner reads the key");
    let stranger = others_token(&SigningKey::from_bytes(&[1; 32]), None);
    let refused = verifier(&settings, clock()).expect("the same key").verify(&stranger).await;
    assert_eq!(refused.expect_err("another's key"), AuthError::Signature);
}

#[tokio::test]
async fn with_key_files_the_own_key_is_not_believed() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = settings(folder.path());
    let own_token = Issuer::own(&own)
        .expect("its key is made")
        .sign(TokenFor::person(PERSON.parse().expect("a person")), clock().as_ref())
        .expect("signed");
    let key = SigningKey::from_bytes(&[2; 32]);
    let file = folder.path().join("provider.pem");
    std::fs::write(&file, key.verifying_key().to_public_key_pem(LineEnding::LF).expect("PEM")).expect("written");
    let settings = Settings { jwt_public_key_files: vec![file], ..own };
    let verifier = verifier(&settings, clock()).expect("the file is read");
    verifier.verify(&others_token(&key, None)).await.expect("believed");
    verifier.verify(&own_token).await.expect_err("not believed");
    Issuer::own(&settings).expect_err("and so nothing is signed with it");
}

#[tokio::test]
async fn a_providers_keys_are_fetched() {
    let key = SigningKey::from_bytes(&[3; 32]);
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    let document = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"2023","use":"sig","x":"{x}"}}]}}"#);
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a port");
    let address = acceptor.local_addr()[0].as_socket_addr().copied().expect("an address");
    let routes = poem::Route::new().at("/keys", poem::endpoint::make_sync(move |_| document.clone()));
    tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(routes));

    let folder = tempfile::tempdir().expect("a folder");
    let of = |path: &str| Settings { jwt_jwks_url: Some(format!("http://{address}{path}")), ..settings(folder.path()) };
    let verified = verifier(&of("/keys"), clock()).expect("a client").verify(&others_token(&key, Some("2023"))).await;
    assert_eq!(verified.expect("believed").person, PERSON);
    let nothing = verifier(&of("/nothing"), clock()).expect("a client").verify(&others_token(&key, Some("2023"))).await;
    assert_eq!(nothing.expect_err("no keys"), AuthError::KeysUnavailable);
}
