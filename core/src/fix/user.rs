//! Freezing and deactivating a user.
//!
//! It never deactivates without saying what runs as the user.

use super::{Context, plan, used};
use crate::fact::User;
use crate::plan::{Plan, Safety, Step, Term, fields};

pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let mut breaks: Vec<String> =
        used(user, context.facts, "Whatever signs in as this user is refused from then on", |_| true)
            .into_iter()
            .collect();
    let jobs = context
        .facts
        .jobs
        .known()
        .map_or(0, |jobs| jobs.rows.iter().filter(|job| job.owner_id == user.id).count());
    if jobs > 0 {
        breaks.push(format!("{jobs} scheduled jobs run as this user."));
    }
    let key = fields([("UserId", Term::id(&user.id))]);
    let title = format!("Freeze {}", user.name);
    // The row exists once somebody tried to sign in, and cannot be made.
    let step = Step::change(title.clone(), "UserLogin", key, fields([("IsFrozen", Term::flag(true))]));
    let mut freeze = plan("freeze", title, vec![step], None, breaks.clone());
    let title = format!("Deactivate {}", user.name);
    let step = Step::update(title.clone(), "User", &user.id, fields([("IsActive", Term::flag(false))]));
    let mut deactivate = plan("deactivate", title, vec![step], None, breaks);
    freeze.safety = Safety::Confirm;
    deactivate.safety = Safety::Confirm;
    // Who is not active has nothing left to be stopped.
    if user.is_active { vec![freeze, deactivate] } else { vec![] }
}
