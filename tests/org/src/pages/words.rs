//! The pages' words, in English, German and Japanese.
//!
//! It never translates an id: what a script or an extension keys on stays as it is.

/// The words of one language.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    language: String,
}

/// English, German, Japanese.
const WORDS: &[(&str, &str, &str)] = &[
    ("Active", "Aktiv", "有効"),
    ("Administrative Permissions", "Administratorberechtigungen", "システム管理者権限"),
    ("Alias", "Alias", "別名"),
    ("All Profiles", "Alle Profile", "すべてのプロファイル"),
    ("All Users", "Alle Benutzer", "すべてのユーザ"),
    ("Cancel", "Abbrechen", "キャンセル"),
    ("Checked", "Aktiviert", "チェック済み"),
    ("Company Information", "Unternehmensinformationen", "組織情報"),
    ("Department", "Abteilung", "部署"),
    ("Edit", "Bearbeiten", "編集"),
    ("Email", "E-Mail", "メール"),
    ("Employee Number", "Personalnummer", "従業員番号"),
    ("Enabled", "Aktiviert", "有効"),
    ("End IP Address", "End-IP-Adresse", "終了 IP アドレス"),
    ("First Name", "Vorname", "名"),
    ("General Information", "Allgemeine Informationen", "一般情報"),
    ("General User Permissions", "Allgemeine Benutzerberechtigungen", "一般ユーザ権限"),
    ("Home", "Startseite", "ホーム"),
    ("Last Login", "Letzte Anmeldung", "最終ログイン"),
    ("LastLoginDate", "Letzte Anmeldung", "最終ログイン"),
    ("Last Name", "Nachname", "姓"),
    ("Login", "Anmelden", "ログイン"),
    ("Login History", "Anmeldeverlauf", "ログイン履歴"),
    ("Login IP Ranges", "IP-Bereiche für Anmeldung", "ログイン IP アドレスの制限"),
    ("LoginIPRanges", "IP-Bereiche für Anmeldung", "ログイン IP アドレスの制限"),
    ("LoginHours", "Anmeldezeiten", "ログイン時間帯の制限"),
    ("Marketing User", "Marketingbenutzer", "マーケティングユーザ"),
    ("Name", "Name", "名前"),
    (
        "No Login IP Ranges specified.",
        "Keine IP-Bereiche angegeben.",
        "ログイン IP アドレスは指定されていません。",
    ),
    ("None Specified", "Nicht angegeben", "指定なし"),
    ("Not Checked", "Nicht aktiviert", "未チェック"),
    ("ObjectsAndTabs", "Objekteinstellungen", "オブジェクト設定"),
    ("PasswordPolicies", "Kennwortrichtlinien", "パスワードポリシー"),
    ("Permission Name", "Berechtigungsname", "権限名"),
    ("Permission Set", "Berechtigungssatz", "権限セット"),
    ("Permission Set Assignments", "Berechtigungssatzzuweisungen", "権限セットの割り当て"),
    ("Permission Sets", "Berechtigungssätze", "権限セット"),
    ("Profile", "Profil", "プロファイル"),
    ("Profile Detail", "Profildetails", "プロファイルの詳細"),
    ("Profile Edit", "Profil bearbeiten", "プロファイルの編集"),
    ("Profiles", "Profile", "プロファイル"),
    ("Role", "Rolle", "ロール"),
    ("Save", "Speichern", "保存"),
    ("Search Setup", "Setup durchsuchen", "設定を検索"),
    ("SessionSettings", "Sitzungseinstellungen", "セッションの設定"),
    ("Setup", "Setup", "設定"),
    ("Standard Object Permissions", "Standardobjektberechtigungen", "標準オブジェクト権限"),
    ("Start IP Address", "Start-IP-Adresse", "開始 IP アドレス"),
    ("SystemPermissions", "Systemberechtigungen", "システム権限"),
    ("Title", "Position", "役職"),
    ("User", "Benutzer", "ユーザ"),
    ("User Detail", "Benutzerdetails", "ユーザの詳細"),
    ("User Edit", "Benutzer bearbeiten", "ユーザの編集"),
    ("User License", "Benutzerlizenz", "ユーザライセンス"),
    ("Username", "Benutzername", "ユーザ名"),
    ("Users", "Benutzer", "ユーザ"),
];

impl Words {
    /// The words of a language such as `de` or `ja`; English for those not known.
    pub(crate) fn of(language: &str) -> Words {
        Words { language: language.to_owned() }
    }

    /// As `LanguageLocaleKey` has it.
    pub(crate) fn language(&self) -> &str {
        &self.language
    }

    /// For the `lang` attribute.
    pub(crate) fn lang(&self) -> String {
        self.language.replace('_', "-")
    }

    /// For the `dir` attribute.
    pub(crate) fn dir(&self) -> &'static str {
        if matches!(self.language.get(..2), Some("iw" | "he" | "ar")) { "rtl" } else { "ltr" }
    }

    /// A word of the page.
    pub(crate) fn say<'w>(&self, word: &'w str) -> &'w str {
        let found = WORDS.iter().find(|(english, ..)| *english == word);
        match (found, self.language.get(..2)) {
            (Some((_, german, _)), Some("de")) => german,
            (Some((.., japanese)), Some("ja")) => japanese,
            _ => english(word),
        }
    }
}

/// Section codes and field names as they are shown in English.
fn english(word: &str) -> &str {
    match word {
        "SystemPermissions" => "System Permissions",
        "ObjectsAndTabs" | "EntityPermissions" => "Object Settings",
        "LoginIPRanges" => "Login IP Ranges",
        "LoginHours" => "Login Hours",
        "SessionSettings" => "Session Settings",
        "PasswordPolicies" => "Password Policies",
        "LastLoginDate" => "Last Login",
        other => other,
    }
}
