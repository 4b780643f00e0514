//! The settings: what an admin chose, and what the company that runs the browser decided. A company's choices stand under the
//! same keys, in an area of its own, and each of them is above the admin's.

use super::{Area, Write, read};
use leastwise_core::facts::CheckSettings;
use leastwise_core::protocol::{SettingChange, Settings};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The key of what holds on pages. These keys are part of what is stored: none is ever given another meaning.
pub(crate) const SETTINGS: &str = "settings";

/// The key of what holds for checks.
pub(crate) const CHECKS: &str = "checks";

/// The key of whether a save of something critical is asked about: it was there before there were others.
pub(crate) const SAVE_CHECK: &str = "askBeforeSave";

/// All keys.
pub(crate) const KEYS: [&str; 3] = [SETTINGS, CHECKS, SAVE_CHECK];

/// What holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// On pages.
    pub(crate) settings: Settings,
    /// For checks.
    pub(crate) checks: CheckSettings,
    /// What the company decided, by the name that it has where it is stored.
    locked: BTreeSet<String>,
}

impl Chosen {
    /// What holds, out of what an admin chose and what the company decided.
    pub(crate) fn new(local: &Value, managed: &Value) -> Chosen {
        let mut settings: Settings = merged(local, managed, SETTINGS);
        let of = |area: &Value| read(area, SAVE_CHECK).ok().flatten();
        settings.ask_before_critical = of(managed).or_else(|| of(local)).unwrap_or(false);
        let decided = [SETTINGS, CHECKS].into_iter().filter_map(|key| managed.get(key)?.as_object());
        let mut locked: BTreeSet<String> = decided.flat_map(|object| object.keys().cloned()).collect();
        if of(managed).is_some() {
            locked.insert(SAVE_CHECK.to_owned());
        }
        let checks: CheckSettings = merged(local, managed, CHECKS);
        Chosen { settings: settings.bounded(), checks: checks.bounded(), locked }
    }

    /// Whether the company decided what is stored under this name.
    pub(crate) fn is_locked(&self, name: &str) -> bool {
        self.locked.contains(name)
    }
}

/// An admin's choices below the company's. What cannot be read is as if it was not chosen.
fn merged<T: DeserializeOwned + Default>(local: &Value, managed: &Value, key: &str) -> T {
    let of = |area: &Value| area.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
    let (own, decided) = (of(local), of(managed));
    let mut both = own;
    both.extend(decided.clone());
    let parse = |object: Map<String, Value>| T::deserialize(Value::Object(object)).ok();
    parse(both).or_else(|| parse(decided)).unwrap_or_default()
}

/// What is to be stored for a change, where this is what the admin chose before.
pub(crate) fn change(local: &Value, change: SettingChange) -> Write {
    let mut own = Chosen::new(local, &Value::Null);
    let Chosen { settings, checks, .. } = &mut own;
    match change {
        SettingChange::AskBeforeCritical { value } => return Write::put(Area::Local, SAVE_CHECK, &value),
        SettingChange::FindingsOn { value } => settings.findings_on = value,
        SettingChange::Markers { value } => settings.markers = value,
        SettingChange::Place { value } => settings.place = value,
        SettingChange::Width { value } => settings.width = value,
        SettingChange::Theme { value } => settings.theme = value,
        SettingChange::Rule { rule, value: true } => drop(checks.off.remove(&rule)),
        SettingChange::Rule { rule, value: false } => drop(checks.off.insert(rule)),
        SettingChange::OldPasswordDays { value } => checks.old_password_days = value,
        SettingChange::WideRangeAddresses { value } => checks.wide_range_addresses = value,
    }
    let Chosen { settings, checks, .. } = own;
    let (settings, checks) = (settings.bounded(), checks.bounded());
    if Chosen::new(local, &Value::Null).checks == checks {
        Write::put(Area::Local, SETTINGS, &but_save_check(&settings))
    } else {
        Write::put(Area::Local, CHECKS, &checks)
    }
}

/// The settings less what stands under a key of its own.
fn but_save_check(settings: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(settings).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.remove("askBeforeCritical");
    }
    value
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use leastwise_core::protocol::{Markers, PanelPlace, Theme};
    use serde_json::json;

    fn stored(local: &Value, of: SettingChange) -> (String, Value) {
        let Write { area, key, value } = change(local, of);
        assert_eq!(area, Area::Local);
        (key, value.unwrap())
    }

    #[test]
    fn what_is_chosen_is_read_back_and_nothing_else_changes() {
        let mut local = json!({ "askBeforeSave": true, "journal:00D:005": [] });
        for of in [
            SettingChange::Markers { value: Markers::All },
            SettingChange::Place { value: PanelPlace::Docked },
            SettingChange::Width { value: 5_000 },
            SettingChange::Theme { value: Theme::System },
            SettingChange::Rule { rule: "stale-secret".into(), value: false },
            SettingChange::Rule { rule: "shared-profile".into(), value: false },
            SettingChange::Rule { rule: "shared-profile".into(), value: true },
            SettingChange::OldPasswordDays { value: 180 },
        ] {
            let (key, value) = stored(&local, of);
            local.as_object_mut().unwrap().insert(key, value);
        }
        let Chosen { settings, checks, .. } = Chosen::new(&local, &json!({}));
        assert!(settings.findings_on && settings.ask_before_critical);
        assert_eq!((settings.markers, settings.place), (Markers::All, PanelPlace::Docked));
        assert_eq!((settings.width, settings.theme), (Settings::WIDTH.1, Theme::System));
        assert_eq!(checks.off, ["stale-secret".to_owned()].into());
        assert_eq!((checks.old_password_days, checks.wide_range_addresses), (180, 100_000));
        let of = SettingChange::AskBeforeCritical { value: false };
        assert_eq!(stored(&local, of), (SAVE_CHECK.to_owned(), json!(false)));
    }

    #[test]
    fn what_a_company_decides_is_above_and_locked() {
        let local =
            json!({ "settings": { "markers": "all", "theme": "system" }, "checks": { "off": ["a"] } });
        let managed = json!({ "settings": { "markers": "off" }, "checks": { "oldPasswordDays": 30 }, "askBeforeSave": false });
        let chosen = Chosen::new(&local, &managed);
        assert_eq!((chosen.settings.markers, chosen.settings.theme), (Markers::Off, Theme::System));
        assert_eq!((chosen.checks.old_password_days, chosen.checks.is_on("a")), (30, false));
        let names = ["markers", "theme", "oldPasswordDays", "off", SAVE_CHECK];
        assert_eq!(names.map(|name| chosen.is_locked(name)), [true, false, true, false, true]);
    }

    #[test]
    fn what_cannot_be_read_is_as_if_it_was_not_chosen() {
        let local = json!({ "settings": { "markers": 7 }, "checks": "off", "askBeforeSave": "yes" });
        assert_eq!(Chosen::new(&local, &Value::Null), Chosen::default());
        let managed = json!({ "settings": { "theme": "system" } });
        assert_eq!(Chosen::new(&local, &managed).settings.theme, Theme::System);
    }
}
