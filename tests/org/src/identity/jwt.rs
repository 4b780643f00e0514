//! Signed assertions: a JSON Web Token, and whether a certificate's key made its signature.
//!
//! It never trusts a claim before the signature is checked, and takes RS256 alone, as the platform.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::CertificateDer;
use serde_json::Value;

/// The claims of a token whose header says RS256.
pub(super) fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let header = decoded(parts.next()?)?;
    let claims = decoded(parts.next()?)?;
    (header.get("alg")?.as_str()? == "RS256").then_some(claims)
}

fn decoded(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Whether the key of a certificate (DER) signed a token.
pub(super) fn is_signed_by(token: &str, certificate: &[u8]) -> bool {
    let Some((message, signature)) = token.rsplit_once('.') else { return false };
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature.trim_end_matches('=')) else { return false };
    let certificate = CertificateDer::from(certificate);
    webpki::EndEntityCert::try_from(&certificate).is_ok_and(|certificate| {
        let kind = webpki::ring::RSA_PKCS1_2048_8192_SHA256;
        certificate.verify_signature(kind, message.as_bytes(), &signature).is_ok()
    })
}
