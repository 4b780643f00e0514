//! When a certificate ends, as PEM or bare base64 says it.
//!
//! It never checks a certificate: whose it is and who signed it are nobody's question here.
//!
//! Source: RFC 5280, section 4.1 (Certificate, TBSCertificate, Validity).

use crate::salesforce::time::Timestamp;
use base64::Engine as _;
use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode as _, SliceReader, Tagged as _};

/// The last moment of a certificate; none where it cannot be read.
pub(crate) fn ends(text: &str) -> Option<Timestamp> {
    let base64: String = text
        .lines()
        .filter(|line| !line.contains("-----"))
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(base64).ok()?;
    let end = not_after(&bytes).ok()?;
    Some(Timestamp(i64::try_from(end.as_secs()).ok()?))
}

fn not_after(bytes: &[u8]) -> der::Result<core::time::Duration> {
    let certificate = AnyRef::from_der(bytes)?;
    let mut parts = inside(certificate)?;
    let mut signed = inside(AnyRef::decode(&mut parts)?)?;
    // A version stands before the serial number in all but the oldest.
    if AnyRef::decode(&mut signed)?.tag().is_context_specific() {
        AnyRef::decode(&mut signed)?;
    }
    // The algorithm, and who signed it.
    for _ in 0..2 {
        AnyRef::decode(&mut signed)?;
    }
    let mut validity = inside(AnyRef::decode(&mut signed)?)?;
    AnyRef::decode(&mut validity)?;
    let end = AnyRef::decode(&mut validity)?;
    match UtcTime::try_from(end) {
        Ok(time) => Ok(time.to_unix_duration()),
        Err(_) => Ok(GeneralizedTime::try_from(end)?.to_unix_duration()),
    }
}

/// What is in a sequence.
fn inside(sequence: AnyRef<'_>) -> der::Result<SliceReader<'_>> {
    SliceReader::new(sequence.value())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A certificate that ended on 2025-01-01, of the oldest version.
    pub(crate) const ENDED: &str = "-----BEGIN CERTIFICATE-----
MIIBFzCBvgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1MZWRnZXIgRXhwb3J0
MB4XDTI0MDEwMTAwMDAwMFoXDTI1MDEwMTAwMDAwMFowGDEWMBQGA1UEAwwNTGVk
Z2VyIEV4cG9ydDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIcxBgNuVHzqTt95
3cjD9q3gBEi+eRM4OkyL40p2hq7hAw7bhH0fh1o2t/aWYc30jK6YBt612rjUv3df
JAAQeykwCgYIKoZIzj0EAwIDSAAwRQIhAJ17wAfExkZOw0tD8vRgyjMB+oMq9nY0
qzjoCR9edfEJAiBCYejYZ37VJlj3vIk6JJkKklOhlhwVK4C9TwNrbFbSqg==
-----END CERTIFICATE-----";

    /// One that ends in 2099, beyond what the older form of a date can say.
    const FAR: &str = "MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAOMQwwCgYDVQQDDANGYXIwIBcNMjQwMTAxMDAwMDAwWhgPMjA5OTEyMzEyMzU5NTlaMA4xDDAKBgNVBAMMA0ZhcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLO3jaB8sbgPd5Yr9EsEDF2mIkV823ZmWSf6WBDHVuARn+ZYDCGfqNxyWqcm6aX9d8umyG9kXvDirblaIiAKAK8wCgYIKoZIzj0EAwIDSQAwRgIhAPJUVk103HFxJ31hrXWED/TU2V4NGAVnd/kgOvbK7Jl/AiEA+mbhubea1eObah7umETfPQyu0QMiqRzFPdnfKPG7jhM=";

    /// One of today's version, which says so.
    const VERSION_3: &str = "MIIBcTCCARegAwIBAgIUZ0Jdz7fIYdlebR+Yvplq8M7b31cwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCVjMwIBcNMjYxMjAxMDkzODUzWhgPMjEyNjExMDcwOTM4NTNaMA0xCzAJBgNVBAMMAlYzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExhvo6guMgQ9RQC+D6kMpTZ7byiCxfZVEfDTIEXSHKq1/IEOBSXAtDEtXQEf0Jyd8SQBPLWzZuGDt4KI/CPVn+qNTMFEwHQYDVR0OBBYEFN8oJr0B7xaHv04lcqbyiyZzj6I4MB8GA1UdIwQYMBaAFN8oJr0B7xaHv04lcqbyiyZzj6I4MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgXVQjqoxwGOD3+3IjhrmnTUk1RAnixp2lk22rx9FnDswCIQDIvZZ9jxj47b+uqMQ69DDX5QCvOV/f4kbK74tHC7Udfw==";

    #[test]
    fn the_end_is_read_from_each_form_and_version() {
        assert_eq!(ends(ENDED), Timestamp::parse("2025-01-01"));
        assert_eq!(ends(FAR), Timestamp::parse("2099-12-31T23:59:59Z"));
        assert!(ends(VERSION_3) > Timestamp::parse("2100-01-01"));
    }

    #[test]
    fn what_is_no_certificate_ends_never_and_breaks_nothing() {
        for text in ["", "AAAA", "not base64 !", "MIIBFzCBvg==", FAR.get(..200).unwrap()] {
            assert_eq!(ends(text), None, "{text}");
        }
        let bytes = base64::engine::general_purpose::STANDARD.decode(FAR).unwrap();
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 0xff;
            let _ = not_after(&broken);
            let _ = not_after(&bytes[..at]);
        }
    }
}
