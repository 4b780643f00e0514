//! A review's reader, driven against the org.

use super::Client;
use leastwise_core::review::{Pause, Reader};
use leastwise_core::salesforce::http::{Answer, Request, Response};

impl Client {
    /// What the org answers to a request of the core.
    pub(crate) fn answer(&mut self, request: Request) -> Response {
        let body = request.body.unwrap_or_default();
        let is_soap = body.starts_with('<');
        let body = body.replace("{{session}}", &self.sid);
        let kind = if is_soap { "text/xml; charset=utf-8" } else { "application/json" };
        let headers = [("content-type", kind), ("soapaction", "\"\"")];
        let answer = self.send(&request.method, &request.path, &headers, &body);
        Response { id: request.id, answer: Ok(Answer { status: answer.status, body: answer.body }) }
    }

    /// Reads to the end, with each answer as `change` makes it, and whatever `pause` says of what it stands still for; how
    /// many rounds of requests, one after another, it took.
    pub(crate) fn drive(
        &mut self,
        reader: &mut Reader,
        mut pause: impl FnMut(&Pause),
        mut change: impl FnMut(&Request, Response) -> Response,
    ) -> usize {
        let mut rounds = 0;
        loop {
            let requests: Vec<Request> = std::iter::from_fn(|| reader.next()).collect();
            if requests.is_empty() {
                let Some(why) = reader.pause() else { return rounds };
                pause(why);
                reader.go_on();
                continue;
            }
            rounds += 1;
            for request in requests {
                let answer = self.answer(request.clone());
                reader.feed(&change(&request, answer));
            }
        }
    }

    /// The same where it may stand still, whatever for, at most 40 times.
    pub(crate) fn drive_on(
        &mut self,
        reader: &mut Reader,
        change: impl FnMut(&Request, Response) -> Response,
    ) {
        let mut pauses = 0;
        let counted = |pause: &Pause| {
            pauses += 1;
            assert!(pauses < 40, "{pause:?}");
        };
        self.drive(reader, counted, change);
    }
}
