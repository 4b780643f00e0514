//! The pages' words, in English, German and Japanese; some in French, Chinese and Hebrew.
//!
//! It never translates an id: what a script or an extension keys on stays as it is.

/// The words of one language.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    language: String,
}

/// English, German, Japanese.
const WORDS: &[(&str, &str, &str)] = &[
    ("--None--", "--Kein--", "--なし--"),
    ("1 hour of inactivity", "1 Stunde Inaktivität", "1 時間の無操作"),
    ("12 hours of inactivity", "12 Stunden Inaktivität", "12 時間の無操作"),
    ("15 minutes of inactivity", "15 Minuten Inaktivität", "15 分間の無操作"),
    ("180 days", "180 Tage", "180 日"),
    ("2 hours of inactivity", "2 Stunden Inaktivität", "2 時間の無操作"),
    ("24 hours of inactivity", "24 Stunden Inaktivität", "24 時間の無操作"),
    ("30 days", "30 Tage", "30 日"),
    ("30 minutes of inactivity", "30 Minuten Inaktivität", "30 分間の無操作"),
    ("4 hours of inactivity", "4 Stunden Inaktivität", "4 時間の無操作"),
    ("60 days", "60 Tage", "60 日"),
    ("8 hours of inactivity", "8 Stunden Inaktivität", "8 時間の無操作"),
    ("90 days", "90 Tage", "90 日"),
    ("Account", "Account", "取引先"),
    ("Action", "Aktion", "アクション"),
    ("Active", "Aktiv", "有効"),
    ("Additional Information", "Weitere Informationen", "追加情報"),
    ("Administrative Permissions", "Administratorberechtigungen", "システム管理者権限"),
    ("Alias", "Alias", "別名"),
    ("All Permission Set Groups", "Alle Berechtigungssatzgruppen", "すべての権限セットグループ"),
    ("All Permission Sets", "Alle Berechtigungssätze", "すべての権限セット"),
    ("All Profiles", "Alle Profile", "すべてのプロファイル"),
    ("All Users", "Alle Benutzer", "すべてのユーザ"),
    ("API Name", "API-Name", "API 参照名"),
    ("Application", "Anwendung", "アプリケーション"),
    ("AppPermissions", "Anwendungsberechtigungen", "アプリケーション権限"),
    ("Apps", "Anwendungen", "アプリケーション"),
    ("Asset", "Asset", "納入商品"),
    ("Assigned Users", "Zugewiesene Benutzer", "割り当てられたユーザ"),
    ("AssignedApps", "Zugewiesene Anwendungen", "割り当てられたアプリケーション"),
    ("Basic Access", "Standardzugriff", "基本アクセス"),
    ("Campaign", "Kampagne", "キャンペーン"),
    ("Cancel", "Abbrechen", "キャンセル"),
    ("Case", "Kundenvorgang", "ケース"),
    ("Checked", "Aktiviert", "チェック済み"),
    ("ClassAccess", "Apex-Klassenzugriff", "Apex クラスアクセス"),
    ("Clone", "Duplizieren", "コピー"),
    ("Clone Profile", "Profil duplizieren", "プロファイルのコピー"),
    ("Company", "Firma", "会社名"),
    ("Company Information", "Unternehmensinformationen", "組織情報"),
    ("ConnectedApps", "Zugewiesene verbundene Anwendungen", "割り当てられた接続アプリケーション"),
    ("Contact", "Kontakt", "取引先責任者"),
    ("Contract", "Vertrag", "契約"),
    ("Create", "Erstellen", "作成"),
    ("Created Date", "Erstelldatum", "作成日"),
    ("Custom", "Benutzerdefiniert", "カスタム"),
    ("Custom App Settings", "Benutzerdefinierte Anwendungseinstellungen", "カスタムアプリケーション設定"),
    ("Custom Object Permissions", "Benutzerdefinierte Objektberechtigungen", "カスタムオブジェクト権限"),
    ("Custom Profile", "Benutzerdefiniertes Profil", "カスタムプロファイル"),
    ("CustomPermissions", "Benutzerdefinierte Berechtigungen", "カスタム権限"),
    ("Data Administration", "Datenverwaltung", "データ管理"),
    ("Day", "Tag", "曜日"),
    ("Default Off", "Standardmäßig deaktiviert", "デフォルトで非表示"),
    ("Default On", "Standardmäßig aktiviert", "デフォルトで表示"),
    ("Delete", "Löschen", "削除"),
    ("Department", "Abteilung", "部署"),
    ("Description", "Beschreibung", "説明"),
    ("Division", "Unternehmensbereich", "ディビジョン"),
    ("Document", "Dokument", "ドキュメント"),
    ("Edit", "Bearbeiten", "編集"),
    ("Edit Assignments", "Zuweisungen bearbeiten", "割り当ての編集"),
    ("Email", "E-Mail", "メール"),
    ("Email Encoding", "E-Mail-Kodierung", "メールの文字コード"),
    ("Employee Number", "Personalnummer", "従業員番号"),
    ("Enabled", "Aktiviert", "有効"),
    ("End Time", "Endzeit", "終了時刻"),
    ("Enforce password history", "Kennwortverlauf erzwingen", "過去のパスワードの利用制限回数"),
    ("EntityPermissions", "Objekteinstellungen", "オブジェクト設定"),
    ("Error", "Fehler", "エラー"),
    (
        "Error: You must enter a value",
        "Fehler: Sie müssen einen Wert eingeben",
        "エラー: 値を入力してください",
    ),
    ("Existing Profile", "Vorhandenes Profil", "既存のプロファイル"),
    ("Find Settings...", "Einstellungen suchen…", "設定の検索..."),
    ("First Name", "Vorname", "名"),
    ("Flow User", "Flow-Benutzer", "フローユーザ"),
    ("FlowAccess", "Flow-Zugriff", "フローアクセス"),
    ("Freeze", "Sperren", "凍結"),
    ("friday", "Freitag", "金曜日"),
    ("Full Name", "Vollständiger Name", "氏名"),
    ("General Information", "Allgemeine Informationen", "一般情報"),
    ("General User Permissions", "Allgemeine Benutzerberechtigungen", "一般ユーザ権限"),
    (
        "Generate new password and notify user immediately",
        "Neues Kennwort generieren und Benutzer sofort benachrichtigen",
        "パスワードをリセットしてユーザに通知する",
    ),
    ("High Assurance", "Hohe Sicherheit", "高保証"),
    ("Home", "Startseite", "ホーム"),
    ("Idea", "Idee", "アイデア"),
    ("Insufficient Privileges", "Unzureichende Berechtigungen", "権限がありません"),
    ("IP End Address", "IP-Endadresse", "終了 IP アドレス"),
    ("IP Start Address", "IP-Startadresse", "開始 IP アドレス"),
    ("Knowledge User", "Knowledge-Benutzer", "ナレッジユーザ"),
    ("Language", "Sprache", "言語"),
    ("Last Login", "Letzte Anmeldung", "最終ログイン"),
    ("Last Name", "Nachname", "姓"),
    (
        "Last Password Change or Reset",
        "Letzte Änderung oder Zurücksetzung des Kennworts",
        "最終パスワード変更またはリセット",
    ),
    ("LastLoginDate", "Letzte Anmeldung", "最終ログイン"),
    ("Lead", "Lead", "リード"),
    ("License", "Lizenz", "ライセンス"),
    ("Locale", "Gebietsschema", "地域"),
    ("Locale Settings", "Gebietsschemaeinstellungen", "地域の設定"),
    ("Lockout effective period", "Dauer der Sperrung", "ロックアウトの有効期間"),
    ("Login", "Anmelden", "ログイン"),
    ("Login allowed at any time", "Anmeldung jederzeit zulässig", "常にログイン可能"),
    ("Login History", "Anmeldeverlauf", "ログイン履歴"),
    ("Login IP Ranges", "IP-Bereiche für Anmeldung", "ログイン IP アドレスの制限"),
    ("Login Time", "Anmeldezeit", "ログイン時刻"),
    ("Login Type", "Anmeldetyp", "ログイン種別"),
    ("LoginHours", "Anmeldezeiten", "ログイン時間帯の制限"),
    ("LoginIPRanges", "IP-Bereiche für Anmeldung", "ログイン IP アドレスの制限"),
    ("Manage Assignments", "Zuweisungen verwalten", "割り当ての管理"),
    ("Manager", "Manager", "マネージャ"),
    ("Marketing User", "Marketingbenutzer", "マーケティングユーザ"),
    (
        "Maximum invalid login attempts",
        "Maximale Anzahl ungültiger Anmeldeversuche",
        "ログイン失敗によりロックするまでの回数",
    ),
    ("Minimum password length", "Mindestlänge des Kennworts", "最小パスワード長"),
    ("Modify All", "Alle ändern", "すべて変更"),
    ("monday", "Montag", "月曜日"),
    (
        "Muting Permission Set in Group",
        "Stummschaltungsberechtigungssatz in Gruppe",
        "グループ内のミュート権限セット",
    ),
    ("Name", "Name", "名前"),
    ("Namespace Prefix", "Namespace-Präfix", "名前空間プレフィックス"),
    ("Never expires", "Läuft nie ab", "無期限"),
    ("New", "Neu", "新規"),
    ("Nickname", "Spitzname", "ニックネーム"),
    ("No Access", "Kein Zugriff", "アクセス権なし"),
    ("No Limit", "Kein Limit", "無制限"),
    (
        "No Login IP Ranges specified.",
        "Keine IP-Bereiche angegeben.",
        "ログイン IP アドレスは指定されていません。",
    ),
    ("No restriction", "Keine Einschränkung", "制限なし"),
    ("None", "Keine", "なし"),
    ("None Specified", "Nicht angegeben", "指定なし"),
    ("Not Checked", "Nicht aktiviert", "未チェック"),
    ("Object Name", "Objektname", "オブジェクト名"),
    ("Object Permissions", "Objektberechtigungen", "オブジェクト権限"),
    ("ObjectsAndTabs", "Objekteinstellungen", "オブジェクト設定"),
    (
        "Obscure secret answer for password resets",
        "Geheime Antwort beim Zurücksetzen von Kennwörtern verbergen",
        "パスワードリセットの秘密の回答を非表示にする",
    ),
    ("Offline User", "Offline-Benutzer", "オフラインユーザ"),
    ("One year", "Ein Jahr", "1 年"),
    ("Opportunity", "Opportunity", "商談"),
    ("Order", "Auftrag", "注文"),
    ("PageAccess", "Visualforce-Seitenzugriff", "Visualforce ページのアクセス"),
    ("Password complexity requirement", "Anforderung an die Kennwortkomplexität", "パスワード文字列の制限"),
    ("Password question requirement", "Anforderung an die Kennwortfrage", "パスワード質問の制限"),
    ("PasswordPolicies", "Kennwortrichtlinien", "パスワードポリシー"),
    ("Permission Name", "Berechtigungsname", "権限名"),
    ("Permission Set", "Berechtigungssatz", "権限セット"),
    ("Permission Set Assignments", "Berechtigungssatzzuweisungen", "権限セットの割り当て"),
    ("Permission Set Group", "Berechtigungssatzgruppe", "権限セットグループ"),
    (
        "Permission Set Group Assignments",
        "Berechtigungssatzgruppen-Zuweisungen",
        "権限セットグループの割り当て",
    ),
    ("Permission Set Group Label", "Berechtigungssatzgruppen-Bezeichnung", "権限セットグループの表示ラベル"),
    ("Permission Set Groups", "Berechtigungssatzgruppen", "権限セットグループ"),
    ("Permission Set Label", "Berechtigungssatz-Bezeichnung", "権限セットの表示ラベル"),
    ("Permission Set Overview", "Berechtigungssatz-Übersicht", "権限セットの概要"),
    ("Permission Sets", "Berechtigungssätze", "権限セット"),
    ("Permission Sets in Group", "Berechtigungssätze in Gruppe", "グループ内の権限セット"),
    ("Phone", "Telefon", "電話"),
    ("Pricebook2", "Preisbuch", "価格表"),
    ("Product2", "Produkt", "商品"),
    ("Profile", "Profil", "プロファイル"),
    ("Profile Detail", "Profildetails", "プロファイルの詳細"),
    ("Profile Edit", "Profil bearbeiten", "プロファイルの編集"),
    ("Profile Name", "Profilname", "プロファイル名"),
    ("Profile Overview", "Profilübersicht", "プロファイルの概要"),
    ("Profiles", "Profile", "プロファイル"),
    ("Read", "Lesen", "参照"),
    ("Register", "Registrieren", "登録"),
    (
        "Require a minimum 1 day password lifetime",
        "Mindestlebensdauer des Kennworts von 1 Tag erforderlich",
        "1 日以上のパスワード有効期間が必要",
    ),
    ("Role", "Rolle", "ロール"),
    ("Salesforce CRM Content User", "Salesforce CRM Content-Benutzer", "Salesforce CRM Content ユーザ"),
    ("saturday", "Samstag", "土曜日"),
    ("Save", "Speichern", "保存"),
    ("Search Setup", "Setup durchsuchen", "設定を検索"),
    (
        "Security Key (U2F or WebAuthn)",
        "Sicherheitsschlüssel (U2F oder WebAuthn)",
        "セキュリティキー (U2F または WebAuthn)",
    ),
    ("Service Cloud User", "Service Cloud-Benutzer", "Service Cloud ユーザ"),
    ("ServiceProviders", "Serviceanbieter", "サービスプロバイダ"),
    (
        "Session Security Level Required at Login",
        "Bei der Anmeldung erforderliche Sitzungssicherheitsebene",
        "ログイン時に必要なセッションセキュリティレベル",
    ),
    ("Session Times Out After", "Sitzungs-Timeout nach", "セッションタイムアウト"),
    ("SessionSettings", "Sitzungseinstellungen", "セッションの設定"),
    ("Setup", "Setup", "設定"),
    ("Solution", "Lösung", "ソリューション"),
    ("Source IP", "Quell-IP", "ソース IP"),
    ("Standard", "Standard", "標準"),
    ("Standard Object Permissions", "Standardobjektberechtigungen", "標準オブジェクト権限"),
    ("Start Time", "Startzeit", "開始時刻"),
    ("Status", "Status", "状況"),
    ("sunday", "Sonntag", "日曜日"),
    ("System", "System", "システム"),
    ("SystemPermissions", "Systemberechtigungen", "システム権限"),
    ("Tab Hidden", "Registerkarte ausgeblendet", "タブを隠す"),
    ("Tab Settings", "Registerkarteneinstellungen", "タブの設定"),
    ("thursday", "Donnerstag", "木曜日"),
    ("Time Zone", "Zeitzone", "タイムゾーン"),
    ("Title", "Position", "役職"),
    ("tuesday", "Dienstag", "火曜日"),
    ("Unfreeze", "Sperre aufheben", "凍結解除"),
    ("User", "Benutzer", "ユーザ"),
    ("User Detail", "Benutzerdetails", "ユーザの詳細"),
    ("User Edit", "Benutzer bearbeiten", "ユーザの編集"),
    ("User License", "Benutzerlizenz", "ユーザライセンス"),
    ("User passwords expire in", "Benutzerkennwörter laufen ab nach", "パスワードの有効期間"),
    ("Username", "Benutzername", "ユーザ名"),
    ("Users", "Benutzer", "ユーザ"),
    ("View All", "Alle anzeigen", "すべて表示"),
    ("View Summary", "Zusammenfassung anzeigen", "概要を表示"),
    ("View Users", "Benutzer anzeigen", "ユーザの表示"),
    ("Visible", "Sichtbar", "参照可能"),
    ("wednesday", "Mittwoch", "水曜日"),
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
            (_, Some(other)) => {
                let own = SOME.iter().find(|(language, of, _)| *language == other && *of == word);
                own.map_or_else(|| english(word), |(.., word)| word)
            }
            _ => english(word),
        }
    }
}

/// Words of edit pages in other languages. Assumed: no page in these languages is published.
const SOME: &[(&str, &str, &str)] = &[
    ("fr", "SystemPermissions", "Autorisations système"),
    ("fr", "Permission Name", "Nom de l’autorisation"),
    ("fr", "Enabled", "Activé"),
    ("fr", "Cancel", "Annuler"),
    ("fr", "Profile Edit", "Modification du profil"),
    ("fr", "Administrative Permissions", "Autorisations d’administration"),
    ("zh", "SystemPermissions", "系统权限"),
    ("zh", "Permission Name", "权限名称"),
    ("zh", "Enabled", "已启用"),
    ("zh", "Save", "保存"),
    ("zh", "Cancel", "取消"),
    ("zh", "Profile Edit", "简档编辑"),
    ("zh", "Administrative Permissions", "管理权限"),
    ("iw", "SystemPermissions", "הרשאות מערכת"),
    ("iw", "Permission Name", "שם ההרשאה"),
    ("iw", "Enabled", "מופעל"),
    ("iw", "Save", "שמור"),
    ("iw", "Cancel", "ביטול"),
    ("iw", "Profile Edit", "עריכת פרופיל"),
    ("iw", "Administrative Permissions", "הרשאות ניהוליות"),
];

/// Section codes, days and field names as they are shown in English.
fn english(word: &str) -> &str {
    match word {
        "SystemPermissions" => "System Permissions",
        "ObjectsAndTabs" | "EntityPermissions" => "Object Settings",
        "AssignedApps" => "Assigned Apps",
        "ConnectedApps" => "Assigned Connected Apps",
        "AppPermissions" => "App Permissions",
        "ClassAccess" => "Apex Class Access",
        "PageAccess" => "Visualforce Page Access",
        "FlowAccess" => "Flow Access",
        "CustomPermissions" => "Custom Permissions",
        "ServiceProviders" => "Service Providers",
        "LoginIPRanges" => "Login IP Ranges",
        "LoginHours" => "Login Hours",
        "SessionSettings" => "Session Settings",
        "PasswordPolicies" => "Password Policies",
        "LastLoginDate" => "Last Login",
        "Pricebook2" => "Price Book",
        "Product2" => "Product",
        "sunday" => "Sunday",
        "monday" => "Monday",
        "tuesday" => "Tuesday",
        "wednesday" => "Wednesday",
        "thursday" => "Thursday",
        "friday" => "Friday",
        "saturday" => "Saturday",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_languages_have_words_and_others_english() {
        let say = |language: &str, word: &'static str| Words::of(language).say(word).to_owned();
        assert_eq!(say("de", "SystemPermissions"), "Systemberechtigungen");
        assert_eq!(say("ja", "Save"), "保存");
        assert_eq!(say("en_US", "LoginIPRanges"), "Login IP Ranges");
        assert_eq!(say("fr", "Save"), "Save");
        assert_eq!(say("zh_CN", "Save"), "保存");
        assert_eq!(say("iw", "SystemPermissions"), "הרשאות מערכת");
        assert_eq!((Words::of("pt_BR").lang().as_str(), Words::of("iw").dir()), ("pt-BR", "rtl"));
    }

    #[test]
    fn no_word_stands_twice() {
        for (at, (word, ..)) in WORDS.iter().enumerate() {
            assert!(!WORDS.iter().skip(at + 1).any(|(other, ..)| other == word), "{word}");
        }
    }
}
