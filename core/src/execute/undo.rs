//! From what was carried out to further plans: the one that takes it back, and the one that takes more along.

use super::executor::Executor;
use super::progress::Progress;
use super::records;
use super::reverse::reversed;
use super::stop::Stop;
use crate::plan::{Described, Place, Plan, Step, Term, Undo, Way};

impl Executor {
    /// The plan that restores what was there before: the steps that were written, the last first. `None` when nothing
    /// was, or when it cannot be undone.
    ///
    /// A step whose write was never settled is undone too: where it did not take place, the undo finds it so already.
    pub fn undo(&self) -> Option<Plan> {
        if matches!(self.plan.undo, Undo::Never(_)) || !self.has_written() {
            return None;
        }
        let made = self.made();
        let (mut steps, mut waits) = (vec![], vec![]);
        // A component that arrives late brings its lists along, and with them rows under new ids: then rows are told by
        // what they say.
        let is_whole = |(step, progress): (&Step, &Progress)| {
            matches!(step.place, Place::Component { .. }) && *progress == Progress::Writing
        };
        let by_key = self.plan.steps.iter().zip(&self.progress).any(is_whole);
        let is_partly = matches!(self.plan.undo, Undo::Partly(_));
        for (at, (step, progress)) in self.plan.steps.iter().zip(&self.progress).enumerate().rev() {
            if is_partly && matches!(step.place, Place::Tokens { .. }) {
                continue;
            }
            if step.way == Way::Wait && progress.is_done() {
                waits.push(reversed(step, progress.id(), &made)?);
            } else if matches!(step.place, Place::Rows { .. }) {
                steps.extend(records::reversed(step, progress, self.latest(at), &made)?);
            } else if progress.has_written() {
                let late = self.latest(at).filter(|_| *progress == Progress::Writing);
                let id = progress.id().filter(|_| !(by_key && step.makes));
                steps.push(Step { late, ..reversed(step, id, &made)? });
            }
        }
        if steps.is_empty() {
            return None;
        }
        // What the platform works out follows what was taken back.
        steps.append(&mut waits);
        Some(Plan {
            fix: self.plan.fix.clone(),
            title: match self.plan.undone.as_str() {
                "" => format!("Undo: {}", self.plan.title),
                words => words.to_owned(),
            },
            button: String::new(),
            undone: String::new(),
            is_destructive: false,
            steps,
            breaks: vec![],
            inputs: vec![],
            looks: vec![],
            depends: vec![],
            ..self.plan.clone()
        })
    }

    /// The plan with what the platform said depends on what was to go, switched off along with it; none when it
    /// stopped for another reason, or named something that has no API name among `labels` (by API name).
    pub fn widened(&self, labels: &crate::facts::Labels) -> Option<Plan> {
        let Some(Stop::Dependents(names)) = &self.stop else { return None };
        let mut plan = self.plan.clone();
        let step = plan.steps.get_mut(self.at)?;
        for name in names {
            // The platform names them by label alone: where two permissions have it, nobody knows which one is meant.
            let mut named = labels.iter().filter(|(own, label)| *label == name || *own == name);
            let (Some((own, _)), None) = (named.next(), named.next()) else { return None };
            let field = format!("Permissions{}", own.strip_prefix("Permissions").unwrap_or(own));
            step.words.push_str(&format!(", and {name}"));
            for described in &mut step.described {
                if let Described::List { items, .. } = described
                    && !items.contains(name)
                {
                    items.push(name.clone());
                }
            }
            step.after.get_or_insert_default().push((field, Term::flag(false)));
        }
        Some(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Step, fields};
    use crate::salesforce::id::Id;

    #[test]
    fn a_label_that_two_permissions_have_widens_nothing() {
        let id = Id::parse("0PS5g00000AbCdE").unwrap();
        let off = fields([("PermissionsViewSetup", Term::flag(false))]);
        let step = Step::update("Off", "PermissionSet", &id, off);
        let mut apply = Executor::new(Plan::new("untick-permission", "Off".into(), vec![step]));
        apply.stop = Some(Stop::Dependents(vec!["Manage Things".into()]));
        let labels = |all: &[(&str, &str)]| -> crate::facts::Labels {
            all.iter().map(|(name, label)| ((*name).to_owned(), (*label).to_owned())).collect()
        };
        let one = labels(&[("ManageThings", "Manage Things"), ("ViewSetup", "View Setup")]);
        let wider = apply.widened(&one).unwrap();
        let names: Vec<&str> = wider.steps[0].after.iter().flatten().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["PermissionsViewSetup", "PermissionsManageThings"]);
        let two = labels(&[("ManageThings", "Manage Things"), ("ManageThingsToo", "Manage Things")]);
        assert_eq!(apply.widened(&two), None);
    }
}
