//! The deployment's own keys: the master key that wraps subjects' keys, the key that signs its own tokens, and the key that
//! signs the log's checkpoints; of a witness, the key by which it cosigns.
//!
//! Each is made at first use, in a file that only its owner can read. A file that others can read is refused: the key
//! in it may be known already.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use dingce_app::ports::MasterKey;
use dingce_ledger::key::{Ed25519Cosigner, Ed25519Signer, KeyName, Sm2Signer, VerifierKey};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};

use crate::settings::Settings;
use crate::whole;

/// Name of the key that signs tokens, in the folder of keys.
pub const TOKEN_KEY: &str = "token.key";
/// Name of the key that signs the log's checkpoints, in the folder of keys.
pub const LOG_KEY: &str = "log.key";
/// Name of the key that signs them after the next rotation.
pub const NEXT_LOG_KEY: &str = "log-next.key";
/// Name of the SM2 key that signs them too, where the settings ask for it.
pub const LOG_SM2_KEY: &str = "log-sm2.key";
/// Name of the SM2 key that signs them after the next rotation.
pub const NEXT_LOG_SM2_KEY: &str = "log-sm2-next.key";
/// Name of the file with the public keys that signed them before.
pub const RETIRED_LOG_KEYS: &str = "log-retired.txt";

/// Name of the key by which a witness cosigns, in the folder of keys.
pub const WITNESS_KEY: &str = "witness.key";

/// The key that signs the deployment's own tokens.
pub struct TokenKey {
    /// PKCS#8 PEM.
    pub private_pem: String,
    /// SubjectPublicKeyInfo PEM.
    pub public_pem: String,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

fn random() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the operating system gives no random bytes")?;
    Ok(bytes)
}

/// Makes a folder that only its owner can enter.
pub fn private_folder(path: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("the folder {} cannot be made", path.display()))
}

/// Writes a new file that only its owner can read, durably; an existing one is left as it is and gives an error.
pub fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    match path.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Reads a key, or makes it. Two programs that make it at once end up with the same one.
fn read_or_make(path: &Path, make: impl FnOnce() -> anyhow::Result<String>) -> anyhow::Result<String> {
    if !path.exists() {
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            private_folder(folder)?;
        }
        // Written whole under another name first: a crash must not leave half a key under the real one.
        let part: PathBuf = path.with_extension(format!("{}.part", std::process::id()));
        let text = make()?;
        let written = write_private(&part, text.as_bytes()).and_then(|()| std::fs::hard_link(&part, path));
        let _ = std::fs::remove_file(&part);
        match written {
            Ok(()) => tracing::info!(file = %path.display(), "a new key was made; back it up"),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("the key {} cannot be made", path.display())),
        }
    }
    let about = || format!("the key {} cannot be read", path.display());
    let mode = std::fs::metadata(path).with_context(about)?.permissions().mode();
    if mode & 0o077 != 0 && !is_read_only_secret(path, mode) {
        bail!("the key {} can be read by others; run chmod 600 on it", path.display());
    }
    std::fs::read_to_string(path).with_context(about)
}

/// Container platforms mount secrets readable inside the container under this folder; there it is their boundary.
fn is_read_only_secret(path: &Path, mode: u32) -> bool {
    path.starts_with("/run/secrets") && mode & 0o022 == 0
}

/// The master key: 32 bytes, as 64 hex digits in its file.
///
/// # Errors
/// Where the file cannot be made or read, or holds something else.
pub fn master(settings: &Settings) -> anyhow::Result<MasterKey> {
    seed(&settings.master_key()).map(MasterKey)
}

/// The key that signs the log's checkpoints: Ed25519, its seed as 64 hex digits in its file.
///
/// # Errors
/// Where the file cannot be made or read, or holds something else.
pub fn log(settings: &Settings) -> anyhow::Result<Ed25519Signer> {
    log_key(settings, LOG_KEY)
}

fn log_key(settings: &Settings, name: &str) -> anyhow::Result<Ed25519Signer> {
    let seed = seed(&settings.keys().join(name))?;
    Ok(Ed25519Signer::new(origin(settings)?, &seed))
}

fn origin(settings: &Settings) -> anyhow::Result<KeyName> {
    KeyName::new(&settings.log_origin).context("log_origin must be a name without spaces and +")
}

/// The SM2 key that signs the log's checkpoints too: its secret number as 64 hex digits in its file. `None` where the settings do not
/// ask for it.
///
/// # Errors
/// As [`log()`].
pub fn log_sm2(settings: &Settings) -> anyhow::Result<Option<Sm2Signer>> {
    settings.log_sm2.then(|| sm2_key(settings, LOG_SM2_KEY)).transpose()
}

/// The SM2 key that will sign after the next rotation; made at first use. `None` where the settings do not ask for one.
///
/// # Errors
/// As [`log()`].
pub fn next_log_sm2(settings: &Settings) -> anyhow::Result<Option<Sm2Signer>> {
    settings.log_sm2.then(|| sm2_key(settings, NEXT_LOG_SM2_KEY)).transpose()
}

fn sm2_key(settings: &Settings, name: &str) -> anyhow::Result<Sm2Signer> {
    let (path, origin) = (settings.keys().join(name), origin(settings)?);
    // Not every 32 bytes are a secret number: one draw in four thousand million is drawn again.
    let secret = secret(&path, || {
        loop {
            let drawn = random()?;
            if Sm2Signer::new(origin.clone(), &drawn).is_ok() {
                return Ok(drawn);
            }
        }
    })?;
    Sm2Signer::new(origin.clone(), &secret).with_context(|| format!("the key {} cannot sign", path.display()))
}

/// The key that will sign the log's checkpoints after the next rotation; made at first use, beside the one in use.
///
/// # Errors
/// As [`log()`].
pub fn next_log(settings: &Settings) -> anyhow::Result<Ed25519Signer> {
    log_key(settings, NEXT_LOG_KEY)
}

/// The public keys by which the log was signed before, the oldest first.
///
/// # Errors
/// Where the file cannot be read, or holds something else.
pub fn retired_log(settings: &Settings) -> anyhow::Result<Vec<VerifierKey>> {
    let path = settings.keys().join(RETIRED_LOG_KEYS);
    let about = || format!("{} must hold a public key a line", path.display());
    match std::fs::read_to_string(&path) {
        Ok(text) => text.lines().map(|line| line.parse().with_context(about)).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(about),
    }
}

/// Puts the next keys of the log in the place of those in use, whose public halves are kept and whose secret halves are not. Broken off
/// between two steps, it is done again: the log's own key goes last.
///
/// # Errors
/// Where something cannot be read or written.
pub fn retire_log_keys(settings: &Settings) -> anyhow::Result<()> {
    let mut retired = retired_log(settings)?;
    let sm2 = log_sm2(settings)?.map(|sm2| sm2.verifier().clone());
    for old in sm2.iter().chain([log(settings)?.verifier()]) {
        if !retired.contains(old) {
            retired.push(old.clone());
        }
    }
    let lines: String = retired.iter().map(|key| format!("{key}\n")).collect();
    whole::write(&settings.keys().join(RETIRED_LOG_KEYS), lines)?;
    if sm2.is_some() {
        replace(settings, LOG_SM2_KEY, NEXT_LOG_SM2_KEY)?;
    }
    replace(settings, LOG_KEY, NEXT_LOG_KEY)
}

fn replace(settings: &Settings, key: &str, next: &str) -> anyhow::Result<()> {
    let (next, path) = (settings.keys().join(next), settings.keys().join(key));
    std::fs::rename(&next, &path).with_context(|| format!("{} cannot be replaced", path.display()))?;
    Ok(std::fs::File::open(settings.keys())?.sync_all()?)
}

/// The key by which a witness cosigns: Ed25519, its seed as 64 hex digits in its file. It signs nothing else.
///
/// # Errors
/// Where the file cannot be made or read, or holds something else.
pub fn witness(settings: &Settings) -> anyhow::Result<Ed25519Cosigner> {
    let seed = seed(&settings.keys().join(WITNESS_KEY))?;
    let name = KeyName::new(&settings.witness_name).context("witness_name must be a name without spaces and +")?;
    Ok(Ed25519Cosigner::new(name, &seed))
}

fn seed(path: &Path) -> anyhow::Result<[u8; 32]> {
    secret(path, random)
}

/// 32 secret bytes, as 64 hex digits in their file.
fn secret(path: &Path, make: impl FnOnce() -> anyhow::Result<[u8; 32]>) -> anyhow::Result<[u8; 32]> {
    let text = read_or_make(path, || Ok(format!("{}\n", hex::encode(make()?))))?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes)
        .with_context(|| format!("the key {} must be 64 hex digits", path.display()))?;
    Ok(bytes)
}

/// The key that signs the deployment's own tokens: Ed25519, PKCS#8 PEM.
///
/// # Errors
/// Where the file cannot be made or read, or holds something else.
pub fn token(settings: &Settings) -> anyhow::Result<TokenKey> {
    let path = settings.keys().join(TOKEN_KEY);
    let private_pem = read_or_make(&path, || {
        Ok(SigningKey::from_bytes(&random()?).to_pkcs8_pem(LineEnding::LF).context("writing a key")?.to_string())
    })?;
    let key = SigningKey::from_pkcs8_pem(&private_pem)
        .with_context(|| format!("{} must hold an Ed25519 private key in PKCS#8 PEM", path.display()))?;
    let public_pem = key.verifying_key().to_public_key_pem(LineEnding::LF).context("writing a public key")?;
    Ok(TokenKey { private_pem, public_pem })
}
