//! Time stamps of RFC 3161, by file: the request for a checkpoint, and whether an answer is about it.
//!
//! Whether the authority's signature holds is judged by tools that know its certificates, e.g. `openssl ts -verify`; here an answer is only
//! held against what was asked, so that no other token is kept in its place.

use anyhow::{Context, bail, ensure};
use cms::content_info::ContentInfo;
use der::asn1::{Int, Null, ObjectIdentifier, OctetString};
use der::{Any, Decode, Encode, Reader as _, SliceReader};
use dingce_ledger::Digest;
use x509_tsp::{MessageImprint, TimeStampReq, TimeStampResp, TspVersion};

/// The longest answer that is read, in bytes: a token with a long chain of certificates has some ten thousand.
pub const ANSWER_MAX_BYTES: usize = 262_144;

const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// The request for a time stamp over what has this digest, with the authority's certificate asked for (RFC 3161 §2.4.1).
///
/// # Errors
/// Never, but for an error of the library.
pub fn query(digest: &Digest, nonce: [u8; 8]) -> anyhow::Result<Vec<u8>> {
    // A positive number: a leading zero keeps its sign.
    let nonce = [&[0x00, 0x01], nonce.as_slice()].concat();
    let imprint = MessageImprint {
        hash_algorithm: cms::cert::x509::spki::AlgorithmIdentifier {
            oid: SHA_256,
            parameters: Some(Any::encode_from(&Null)?),
        },
        hashed_message: OctetString::new(digest.as_bytes().as_slice())?,
    };
    let query = TimeStampReq {
        version: TspVersion::V1,
        message_imprint: imprint,
        req_policy: None,
        nonce: Some(Int::new(&nonce[1..])?),
        cert_req: true,
        extensions: None,
    };
    Ok(query.to_der()?)
}

/// Checks that an answer grants a stamp over what has this digest (RFC 3161 §2.4.2).
///
/// # Errors
/// A sentence that says what the answer is instead.
pub fn check(answer: &[u8], digest: &Digest) -> anyhow::Result<()> {
    let about = "the file is no answer of a time-stamping authority (RFC 3161)";
    let answer = TimeStampResp::from_der(answer).context(about)?;
    let status = answer.status.status as u8;
    ensure!(status <= 1, "the authority did not grant the stamp: its status is {status}");
    let Some(ContentInfo { content, .. }) = answer.time_stamp_token else { bail!("the answer holds no token") };
    // Of SignedData (RFC 5652 §5.1) only what is signed is read: authorities send certificates twice, and more that strict readers refuse.
    let mut reader = SliceReader::new(content.value()).context(about)?;
    let info = read_signed(&mut reader).map_err(|error| anyhow::Error::new(error).context(about))?;
    // TSTInfo begins with version, policy and imprint; times with fractions follow, which this need not read.
    let mut reader = SliceReader::new(info.as_bytes()).context(about)?;
    let stamped = reader.sequence(|fields| {
        let _version = TspVersion::decode(fields)?;
        let _policy = ObjectIdentifier::decode(fields)?;
        let stamped = MessageImprint::decode(fields)?;
        while !fields.is_finished() {
            Any::decode(fields)?;
        }
        Ok(stamped)
    });
    let stamped: MessageImprint = stamped.map_err(|error: der::Error| anyhow::Error::new(error).context(about))?;
    ensure!(
        stamped.hash_algorithm.oid == SHA_256 && stamped.hashed_message.as_bytes() == digest.as_bytes(),
        "the stamp is over something else than this checkpoint, whose SHA-256 is {digest}"
    );
    Ok(())
}

/// The content of SignedData: after version and digest algorithms, a type and the bytes.
fn read_signed(reader: &mut SliceReader<'_>) -> der::Result<OctetString> {
    let _version = Any::decode(reader)?;
    let _algorithms = Any::decode(reader)?;
    let content = reader.sequence(|fields| {
        let _type = ObjectIdentifier::decode(fields)?;
        Any::decode(fields)
    })?;
    OctetString::from_der(content.value())
}
