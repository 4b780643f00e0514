//! SOAP `login()` and its faults, as XML.
//!
//! It never says who may sign in: that is `identity`'s.

use super::envelope::{Dialect, Fault};
use super::{Api, ApiRequest, Call};
use crate::contract::Contract;
use crate::identity::Source;
use crate::identity::soap::{LoginFault, soap_login};
use serde_json::Value;

pub(super) fn answer(api: &mut Api<'_>, call: &Call<'_>, request: &ApiRequest) -> Result<String, Fault> {
    let given = call.given()?;
    let text = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default();
    let source = Source::of(request, api.org);
    let enterprise = call.dialect == Dialect::Enterprise;
    let result = soap_login(api.org, enterprise, call.version, text("username"), text("password"), &source)?;
    let mut body = String::from("<result>");
    Contract::partner().write("LoginResult", &result, &mut body);
    body.push_str("</result>");
    Ok(body)
}

impl From<LoginFault> for Fault {
    fn from(LoginFault { code, message }: LoginFault) -> Fault {
        Fault::login(code, message)
    }
}
