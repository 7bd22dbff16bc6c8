//! Signers whose secret key is in memory. All are deterministic: the same key and text give the same signature.

use std::fmt;

use ed25519_dalek::Signer as _;

use super::{Cosigner, KeyError, KeyId, KeyName, NoteSigner, NoteVerifier as _, SM2_ID, SignError, VerifierKey};
use super::{Point, cosigned_message};
use crate::merkle::SIZE_MAX;

/// Signs with Ed25519 over the text (type 0x01).
pub struct Ed25519Signer {
    public: VerifierKey,
    secret: ed25519_dalek::SigningKey,
}

impl Ed25519Signer {
    /// The signer with this name and secret seed (RFC 8032 §5.1.5).
    pub fn new(name: KeyName, seed: &[u8; 32]) -> Self {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        Self { public: VerifierKey::of(name, Point::Ed25519(secret.verifying_key())), secret }
    }

    /// Its public key.
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }
}

impl NoteSigner for Ed25519Signer {
    fn name(&self) -> &KeyName {
        self.public.name()
    }

    fn id(&self) -> KeyId {
        self.public.id()
    }

    fn sign(&self, text: &str) -> Result<Vec<u8>, SignError> {
        Ok(self.secret.sign(text.as_bytes()).to_vec())
    }
}

/// Signs with SM2 and SM3 over the text (our type under 0xff). The nonce of each signature is derived from key and text as in
/// RFC 6979, so a poor source of randomness cannot reveal the key.
pub struct Sm2Signer {
    public: VerifierKey,
    secret: sm2::dsa::SigningKey,
}

impl Sm2Signer {
    /// The signer with this name and secret number, most significant byte first.
    ///
    /// # Errors
    /// [`KeyError::Secret`] for 0 and for numbers not below the order of the curve less 1.
    pub fn new(name: KeyName, secret: &[u8; 32]) -> Result<Self, KeyError> {
        // With the order less 1, which GB/T 32918.1 excludes, nothing can be signed.
        let refused = |hex_digits: &str| hex::encode(secret) == hex_digits;
        if refused("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122") {
            return Err(KeyError::Secret);
        }
        let secret = sm2::dsa::SigningKey::from_slice(SM2_ID, secret).map_err(|_| KeyError::Secret)?;
        Ok(Self { public: VerifierKey::of(name, Point::Sm2(secret.verifying_key().clone())), secret })
    }

    /// Its public key.
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }
}

impl NoteSigner for Sm2Signer {
    fn name(&self) -> &KeyName {
        self.public.name()
    }

    fn id(&self) -> KeyId {
        self.public.id()
    }

    fn sign(&self, text: &str) -> Result<Vec<u8>, SignError> {
        let signature: sm2::dsa::Signature = self.secret.try_sign(text.as_bytes()).map_err(|_| SignError {
            name: self.public.name().clone(),
            reason: "SM2 found no nonce for this text".to_owned(),
        })?;
        Ok(signature.to_bytes().to_vec())
    }
}

/// Cosigns with Ed25519 and a time (type 0x04).
pub struct Ed25519Cosigner {
    public: VerifierKey,
    secret: ed25519_dalek::SigningKey,
}

impl Ed25519Cosigner {
    /// The cosigner with this name and secret seed (RFC 8032 §5.1.5). The seed must be used for nothing else.
    pub fn new(name: KeyName, seed: &[u8; 32]) -> Self {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        Self { public: VerifierKey::of(name, Point::CosignatureV1(secret.verifying_key())), secret }
    }

    /// Its public key.
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }
}

impl Cosigner for Ed25519Cosigner {
    fn name(&self) -> &KeyName {
        self.public.name()
    }

    fn id(&self) -> KeyId {
        self.public.id()
    }

    fn cosign(&self, text: &str, time_s: u64) -> Result<Vec<u8>, SignError> {
        if !(1..=SIZE_MAX).contains(&time_s) {
            let reason = format!("expected a time from 1 to 2^63 - 1 seconds, but got {time_s}");
            return Err(SignError { name: self.public.name().clone(), reason });
        }
        let signature = self.secret.sign(cosigned_message(text, time_s).as_bytes());
        Ok([time_s.to_be_bytes().as_slice(), &signature.to_bytes()].concat())
    }
}

/// Shows the public half only.
macro_rules! debug_public {
    ($($signer:ty),*) => {$(
        impl fmt::Debug for $signer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($signer)).field("public", &self.public).finish_non_exhaustive()
            }
        }
    )*};
}
debug_public!(Ed25519Signer, Sm2Signer, Ed25519Cosigner);
